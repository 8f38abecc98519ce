// Manual pages and shell completion, made of the same description that the command line is read by.
#pragma once

#include <string>
#include <vector>

namespace downline {

/// A command as it is described to people: what `--help` shows, in parts.
struct CommandDescription {
    struct Item {
        std::vector<std::string> names;  ///< "-o", "--output"; of an argument its name
        std::string value;               ///< "FILE"; "" for a flag
        std::string help;
        bool is_required = false;
    };
    std::string name;  ///< "explain order"; "downline" itself first
    std::string does;
    std::vector<Item> arguments, options;
    std::string examples;  ///< lines, indented
    std::vector<CommandDescription> commands;
};

/// Everything, from the program down. (cli/command_line.cpp)
[[nodiscard]] CommandDescription described_commands();

/// A manual page of one command in man(7) form; `full_name` as in "downline explain order".
[[nodiscard]] std::string manual_page(const CommandDescription& command,
                                      const std::string& full_name,
                                      const CommandDescription& program);
/// A script that completes commands and options. `shell` is bash, zsh or fish.
[[nodiscard]] std::string completion_script(const std::string& shell,
                                            const CommandDescription& program);

}  // namespace downline
