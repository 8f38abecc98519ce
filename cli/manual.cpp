// Pages in the language of man(7): see the header.
#include "cli/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

namespace downline {
namespace {

/// Text as a page has it: no character is taken for a request or an escape.
std::string roff(const std::string& text) {
    std::string safe;
    bool begins_line = true;
    for (const char letter : text) {
        if (begins_line && (letter == '.' || letter == '\'')) safe += "\\&";
        if (letter == '\\') safe += "\\e";
        else if (letter == '-') safe += "\\-";
        else safe += letter;
        begins_line = letter == '\n';
    }
    return safe;
}

std::string page_name(std::string full_name) {
    std::ranges::replace(full_name, ' ', '-');
    return full_name;
}

std::string names_of(const CommandDescription::Item& item) {
    std::string names;
    for (const std::string& name : item.names)
        names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
    if (!item.value.empty()) names += fmt::format(" \\fI{}\\fR", roff(item.value));
    return names;
}

std::string synopsis(const CommandDescription& command, const std::string& full_name) {
    std::string text = fmt::format("\\fB{}\\fR", roff(full_name));
    if (!command.options.empty()) text += " [\\fIOPTIONS\\fR]";
    if (!command.commands.empty()) text += " \\fICOMMAND\\fR …";
    for (const auto& argument : command.arguments)
        text += fmt::format(" {}\\fI{}\\fR{}", argument.is_required ? "" : "[",
                            roff(argument.names.front()), argument.is_required ? "" : "]");
    return text;
}

void add_items(std::string& page, const char* title,
               const std::vector<CommandDescription::Item>& items) {
    if (items.empty()) return;
    page += fmt::format(".SH {}\n", title);
    for (const auto& item : items)
        page += fmt::format(".TP\n{}\n{}.{}\n", names_of(item), roff(item.help),
                            item.is_required ? " Required." : "");
}

/// The lines of the examples; what stands behind them in `--help` is text of its own.
void add_examples(std::string& page, const std::string& examples) {
    std::istringstream lines(examples);
    std::string code, words;
    for (std::string line; std::getline(lines, line);)
        if (!line.ends_with("downline --help") && !line.starts_with("downline COMMAND --help"))
            (line.starts_with("  ") ? code : words) += line + "\n";
    if (!code.empty()) page += ".SH EXAMPLES\n.nf\n" + roff(code) + ".fi\n";
    while (words.starts_with("\n")) words.erase(0, 1);
    while (words.ends_with("\n\n")) words.pop_back();
    if (!words.empty()) page += ".SH NOTES\n" + roff(words);
}

constexpr const char* diagnostics = R"(.SH EXIT STATUS
.TP
0
done
.TP
1
an error inside the program
.TP
2
wrong usage
.TP
3
input was rejected
.TP
4
refused by the state of things: closed, stale, not approved
.TP
5
storage: locked, full, damaged, not ours, newer
.TP
6
a check found a difference
.SH DIAGNOSTICS
Results go to standard output, everything else to standard error. A message says where, what, the
value and what to do.
)";
constexpr const char* environment = R"(.SH ENVIRONMENT
.TP
\fBDOWNLINE_DB\fR
the database, where no \fB\-\-db\fR is given
.TP
\fBNO_COLOR\fR
no colour, whatever the terminal
)";

void add_see_also(std::string& page, const CommandDescription& command,
                  const std::string& full_name) {
    std::vector<std::string> pages;
    if (full_name != "downline") pages.push_back("downline");
    for (const CommandDescription& below : command.commands)
        pages.push_back(page_name(full_name + " " + below.name));
    page += ".SH SEE ALSO\n";
    for (std::size_t i = 0; i < pages.size(); ++i)
        page += fmt::format(".BR {} (1){}\n", roff(pages[i]), i + 1 < pages.size() ? "," : "");
}

/// A command or the program with its place, and everything below it.
template <typename Take>
void each_command(const CommandDescription& command, const std::string& full_name,
                  const Take& take) {
    take(command, full_name);
    for (const CommandDescription& below : command.commands)
        each_command(below, full_name + " " + below.name, take);
}

std::string words_of(const CommandDescription& command, const CommandDescription& program) {
    std::string words;
    const auto add = [&](const std::string& word) { words += (words.empty() ? "" : " ") + word; };
    for (const CommandDescription& below : command.commands) add(below.name);
    for (const auto& option : command.options) add(option.names.back());
    if (&command != &program)
        for (const auto& option : program.options)
            if (option.names.back() != "--version" && option.names.back() != "--help")
                add(option.names.back());
    return words;
}

/// The cases that bash and zsh share: which words lead to which command, and what each takes.
std::string shell_cases(const CommandDescription& program) {
    std::string paths, words;
    each_command(program, program.name,
                 [&](const CommandDescription& command, const std::string& name) {
                     if (name != program.name)
                         paths += fmt::format("{}\"{}\"", paths.empty() ? "" : "|", name);
                     words += fmt::format("        \"{}\") offered=\"{}\" ;;\n", name,
                                          words_of(command, program));
                 });
    return fmt::format(
        "    for word in \"${{before[@]}}\"; do\n"
        "        case \"$place $word\" in\n            {}) place=\"$place $word\" ;;\n        "
        "esac\n"
        "    done\n    case $place in\n{}    esac\n",
        paths, words);
}

std::string fish_script(const CommandDescription& program) {
    std::string script = "# Completion of downline for fish.\ncomplete -c downline -f\n";
    const auto quoted = [](std::string text) {
        std::string safe = "'";
        for (const char letter : text)
            safe += letter == '\'' ? std::string("\\'") : std::string(1, letter);
        return safe + "'";
    };
    each_command(
        program, program.name, [&](const CommandDescription& command, const std::string& name) {
            const std::string below =
                name == program.name ? "" : name.substr(program.name.size() + 1);
            std::string condition;
            for (std::size_t at = 0; at < below.size();) {
                const std::size_t end = std::min(below.find(' ', at), below.size());
                condition +=
                    fmt::format("{}__fish_seen_subcommand_from {}",
                                condition.empty() ? "" : "; and ", below.substr(at, end - at));
                at = end + 1;
            }
            const std::string when = condition.empty() ? "" : fmt::format(" -n '{}'", condition);
            for (const CommandDescription& next : command.commands)
                script += fmt::format("complete -c downline{} -a {} -d {}\n",
                                      when.empty() ? " -n __fish_use_subcommand" : when, next.name,
                                      quoted(next.does));
            for (const auto& option : command.options)
                script += fmt::format("complete -c downline{} -l {}{} -d {}\n", when,
                                      option.names.back().substr(2),
                                      option.value.empty() ? "" : " -rF", quoted(option.help));
            if (command.commands.empty())
                script += fmt::format("complete -c downline{} -F\n", when);
        });
    return script;
}

}  // namespace

std::string manual_page(const CommandDescription& command, const std::string& full_name,
                        const CommandDescription& program) {
    std::string page = fmt::format(
        ".TH {} 1 \"\" \"downline {}\" \"Downline\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}\n",
        roff(page_name(full_name)), DOWNLINE_VERSION, roff(page_name(full_name)),
        roff(command.does), synopsis(command, full_name));
    add_items(page, "ARGUMENTS", command.arguments);
    if (!command.commands.empty()) {
        page += ".SH COMMANDS\n";
        for (const CommandDescription& below : command.commands)
            page += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", roff(below.name), roff(below.does));
    }
    add_items(page, "OPTIONS", command.options);
    if (&command != &program) {
        std::vector<CommandDescription::Item> common;
        std::ranges::copy_if(program.options, std::back_inserter(common), [](const auto& option) {
            return option.names.back() != "--help" && option.names.back() != "--version";
        });
        add_items(page, "OPTIONS OF EVERY COMMAND", common);
    }
    add_examples(page, command.examples);
    page += environment;
    page += diagnostics;
    add_see_also(page, command, full_name);
    return page;
}

std::string completion_script(const std::string& shell, const CommandDescription& program) {
    if (shell == "fish") return fish_script(program);
    if (shell == "zsh")
        return "#compdef downline\n# Completion of downline for zsh.\n_downline() {\n"
               "    local -a before=(\"${(@)words[2,CURRENT-1]}\")\n"
               "    local place=downline word offered\n" +
               shell_cases(program) +
               "    compadd -- ${=offered}\n    _files\n}\n"
               "if [ \"$funcstack[1]\" = _downline ]; then _downline; else compdef _downline "
               "downline; fi\n";
    return "# Completion of downline for bash.\n_downline() {\n"
           "    local place=downline word offered\n"
           "    local before=(\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n" +
           shell_cases(program) +
           "    COMPREPLY=($(compgen -W \"$offered\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
           "complete -o default -F _downline downline\n";
}

}  // namespace downline
