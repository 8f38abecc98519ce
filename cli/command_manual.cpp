// completion SHELL: a script that completes commands. manual DIR: the manual pages.
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "cli/choose.hpp"
#include "cli/commands.hpp"
#include "cli/manual.hpp"
#include "cli/output.hpp"

namespace downline {
namespace {

void write_pages(const std::filesystem::path& directory, const CommandDescription& command,
                 const std::string& full_name, const CommandDescription& program, bool force) {
    std::string file = full_name + ".1";
    std::ranges::replace(file, ' ', '-');
    Output output((directory / file).string(), force);
    output << manual_page(command, full_name, program);
    output.finish();
    for (const CommandDescription& below : command.commands)
        write_pages(directory, below, full_name + " " + below.name, program, force);
}

}  // namespace

void add_completion(Command& root, Settings& settings) {
    Command command = root.command("completion", "A script that completes commands and options");
    const auto shell = std::make_shared<std::string>();
    command.argument("SHELL", *shell, "bash, zsh or fish");
    command.examples(
        "  downline completion bash > ~/.local/share/bash-completion/completions/downline\n"
        "  downline completion fish > ~/.config/fish/completions/downline.fish\n");
    command.runs([&settings, shell] {
        static const std::array<std::string, 3> shells{"bash", "zsh", "fish"};
        const std::string script =
            completion_script(choose("shell", *shell, shells), described_commands());
        Output output(settings.output_path, settings.force);
        output << script;
        output.finish();
    });
}

void add_manual(Command& root, Settings& settings) {
    Command command = root.command("manual", "Writes a manual page for every command");
    const auto directory = std::make_shared<std::string>();
    command.argument("DIR", *directory, "A directory, made where there is none");
    command.examples("  downline manual ~/.local/share/man/man1\n");
    command.runs([&settings, directory] {
        std::error_code made;
        std::filesystem::create_directories(*directory, made);  // what fails is said by writing
        const CommandDescription program = described_commands();
        write_pages(*directory, program, program.name, program, settings.force);
    });
}

}  // namespace downline
