// CLI11 behind a narrow door: what it finds wrong becomes a sentence with a remedy.
#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>

#include "cli/commands.hpp"
#include "cli/log.hpp"
#include "cli/manual.hpp"
#include "cli/output.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/nearest.hpp"

namespace downline {
namespace {

constexpr const char* program_does = "Downline computes what the members of a sales network earn";

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

std::vector<std::string> option_names(const CLI::App* app) {
    std::vector<std::string> names;
    for (; app != nullptr; app = app->get_parent())
        for (const CLI::Option* option : app->get_options())
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

const CLI::App* named_command(const CLI::App& app) {
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
    return command;
}

std::string full_name(const CLI::App* command) {
    std::string name = command->get_name();
    for (const CLI::App* up = command->get_parent(); up != nullptr; up = up->get_parent())
        name = up->get_name() + " " + name;
    return name;
}

std::string see_help(const CLI::App& command) {
    return fmt::format(" (see {} --help)", full_name(&command));
}

std::string unknown_command(const CLI::App& above, const std::string& name) {
    return fmt::format("unknown command \"{}\"{}{}", shown(name),
                       did_you_mean(name, command_names(above)), see_help(above));
}

/// What to say about arguments that nothing took.
std::string unexpected(const CLI::App& app, const std::vector<std::string>& extras) {
    const CLI::App* command = named_command(app);
    const std::string help = see_help(*command);
    for (const std::string& extra : extras)
        if (extra.size() > 1 && extra.starts_with("-")) {
            const std::string name = extra.substr(0, extra.find('='));
            return fmt::format("unknown option {}{}{}", shown(name),
                               did_you_mean(name, option_names(command)), help);
        }
    const bool names_command = command == &app || !command_names(*command).empty();
    if (names_command && !extras.empty())
        return unknown_command(*command, extras.front());
    if (names_command) return "a command is missing" + help;
    return fmt::format("one argument too many: \"{}\"{}", shown(extras.front()), help);
}

[[noreturn]] void throw_usage_error(const CLI::App& app, const CLI::ParseError& error) {
    const std::vector<std::string> extras = app.remaining(true);
    const bool is_unexpected = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
    const bool lacks_command = command_names(*named_command(app)).size() > 0 &&
                               dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    const bool has_unknown_option =
        !extras.empty() && extras.front().size() > 1 && extras.front().starts_with("-");
    if (is_unexpected || lacks_command || has_unknown_option)
        throw UsageError(unexpected(app, extras));
    throw UsageError(shown(error.what()) + see_help(*named_command(app)));
}

void print(const std::string& text) {
    Output output;
    output << text;
    output.finish();
}

void show_help(const std::vector<std::string>& names);

void add_help(Command& root) {
    Command help = root.command("help", "Show the help of a command");
    const auto names = std::make_shared<std::vector<std::string>>();
    help.arguments("COMMAND", *names, "Which; without it, all are listed");
    help.examples("  downline help\n  downline help payout export\n");
    help.runs([names] { show_help(*names); });
}

void describe(CLI::App& app, Settings& settings) {
    Command root(&app);
    app.require_subcommand(0, 1);  // an id may be called as a command is
    for (const auto& [theirs, ours] : {std::pair("Positionals", "Arguments"),
                                       std::pair("Subcommands", "Commands"),
                                       std::pair("SUBCOMMAND", "COMMAND")})
        app.get_formatter()->label(theirs, ours);
    app.set_version_flag("--version", "downline " DOWNLINE_VERSION, "Show the version and end");
    app.set_help_flag("-h,--help", "Show this help and end");
    root.option("--db", "FILE", settings.database_path,
                "The database; else $DOWNLINE_DB, else downline.db here");
    root.option("--by", "NAME", settings.made_by,
                "Who does this, kept with what is stored; the login name unless said");
    root.flag("-q,--quiet", settings.is_quiet, "Only errors on standard error, no progress");
    root.option("--log-level", "LEVEL", settings.log_level,
                "error, warning, info (unless said) or debug");
    root.option("--log-file", "FILE", settings.log_file,
                "Messages go to the end of this file too, with their time");
    root.flag("--force", settings.force, "Overwrite files that are already there");
    root.examples(
        "  downline import members members.csv\n"
        "  downline import orders orders.csv\n"
        "  downline run 2026-10 --plan plan.toml\n"
        "  downline close 2026-10 --yes\n"
        "  downline earnings ann 2026-10 --lines\n");
    add_commands(root, settings);
    add_help(root);
}

/// What the command says with --help.
void show_help(const std::vector<std::string>& names) {
    Settings settings;
    CLI::App app(std::string(program_does) + ".", "downline");
    describe(app, settings);
    std::vector<std::string> words{"--help"};
    const CLI::App* command = &app;
    for (const std::string& name : names) {
        const auto below = command->get_subcommands(
            [&name](const CLI::App* known) { return known->get_name() == name; });
        if (below.empty()) throw UsageError(unknown_command(*command, name));
        words.insert(words.begin() + 1, name);  // the parser takes the last one first
        command = below.front();
    }
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        print(app.help());
    }
}

CommandDescription::Item described(const CLI::Option& option) {
    CommandDescription::Item item;
    for (const std::string& name : option.get_snames()) item.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) item.names.push_back("--" + name);
    if (item.names.empty()) item.names.push_back(option.get_name());
    else if (option.get_type_size() != 0) item.value = option.get_type_name();
    item.help = option.get_description();
    item.is_required = option.get_required();
    return item;
}

CommandDescription described(const CLI::App& app) {
    CommandDescription command;
    command.name = app.get_name();
    command.does = app.get_description();
    for (const CLI::Option* option : app.get_options())
        (option->get_positional() ? command.arguments : command.options)
            .push_back(described(*option));
    command.examples = app.get_footer();
    if (command.examples.starts_with("Examples:\n")) command.examples.erase(0, 10);
    for (const CLI::App* below : app.get_subcommands({}))
        command.commands.push_back(described(*below));
    return command;
}

}  // namespace

CommandDescription described_commands() {
    Settings settings;
    CLI::App app(program_does, "downline");
    describe(app, settings);
    return described(app);
}

Command Command::command(const std::string& name, const std::string& does) {
    CLI::App* added = app_->add_subcommand(name, does);
    added->fallthrough();
    added->require_subcommand(0, 1);
    return Command(added);
}

void Command::argument(const std::string& name, std::string& value, const std::string& help,
                       bool is_required) {
    app_->add_option(name, value, help)->required(is_required)->type_name("");
}

void Command::argument(const std::string& name, std::optional<std::string>& value,
                       const std::string& help) {
    app_->add_option_function<std::string>(
            name, [&value](const std::string& text) { value = text; }, help)
        ->type_name("");
}

void Command::arguments(const std::string& name, std::vector<std::string>& values,
                        const std::string& help) {
    app_->add_option(name, values, help)->type_name("");
}

void Command::option(const std::string& names, const std::string& value_name, std::string& value,
                     const std::string& help) {
    app_->add_option(names, value, help)->type_name(value_name);
}

void Command::required_option(const std::string& names, const std::string& value_name,
                              std::string& value, const std::string& help) {
    app_->add_option(names, value, help)->required()->type_name(value_name);
}

void Command::option(const std::string& names, const std::string& value_name,
                     std::optional<std::string>& value, const std::string& help) {
    app_->add_option_function<std::string>(
            names, [&value](const std::string& text) { value = text; }, help)
        ->type_name(value_name);
}

void Command::option(const std::string& names, const std::string& value_name,
                     std::optional<std::int64_t>& value, const std::string& help) {
    const auto read = [&value, names](const std::string& text) {
        std::int64_t number = 0;
        const char* end = text.data() + text.size();
        const auto [stopped, code] = std::from_chars(text.data(), end, number);
        if (code != std::errc{} || stopped != end || number < 0)
            throw UsageError(fmt::format("{} takes a whole number from 0, not \"{}\"", names,
                                         shown(text)));
        value = number;
    };
    app_->add_option_function<std::string>(names, read, help)->type_name(value_name);
}

void Command::option(const std::string& names, const std::string& value_name,
                     std::vector<std::string>& values, const std::string& help) {
    app_->add_option(names, values, help)->type_name(value_name)->type_size(1)->expected(1)
        ->take_all();
}

void Command::flag(const std::string& names, bool& value, const std::string& help) {
    app_->add_flag(names, value, help);
}

void Command::results(Settings& settings, bool has_csv) {
    const auto choose_format = [&settings](Format format) {
        if (settings.format != Format::table && settings.format != format)
            throw UsageError("--json and --csv exclude each other");
        settings.format = format;
    };
    app_->add_flag("--json", [=](std::int64_t) { choose_format(Format::json); },
                   "JSON instead of a table");
    if (has_csv)
        app_->add_flag("--csv", [=](std::int64_t) { choose_format(Format::csv); },
                       "CSV instead of a table");
    option("-o,--output", "FILE", settings.output_path,
           "Write to this new file instead of standard output");
}

void Command::examples(const std::string& text) {
    const char* end = app_->get_parent() == nullptr
                          ? "\ndownline COMMAND --help says more about each."
                          : "\nOptions of every command: downline --help";
    app_->footer("Examples:\n" + text + end);
}

void Command::needs_command() { app_->require_subcommand(1, 1); }

void Command::runs(std::function<void()> work) {
    app_->callback([app = app_, work = std::move(work)] {
        if (app->get_subcommands().empty()) work();
    });
}

void run_command_line(int argument_count, char** arguments) {
    Settings settings;
    CLI::App app(std::string(program_does) + ".", "downline");
    describe(app, settings);
    app.parse_complete_callback([&settings] { begin_log(settings); });
    try {
        app.parse(argument_count, arguments);
        if (app.get_subcommands().empty()) throw UsageError(unexpected(app, {}));
    } catch (const CLI::CallForHelp&) {
        print(app.help());
    } catch (const CLI::CallForVersion& version) {
        print(std::string(version.what()) + "\n");
    } catch (const CLI::ParseError& error) {
        throw_usage_error(app, error);
    }
}

}  // namespace downline
