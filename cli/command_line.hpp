// The command line: commands, their options and help. The only file that knows CLI11.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/settings.hpp"

namespace CLI {
class App;
}

namespace downline {

/// One command while it is being described. What options name is bound to variables that must
/// outlive the parse; NAMES are as in "-o,--output".
class Command {
public:
    explicit Command(CLI::App* app) : app_(app) {}
    Command command(const std::string& name, const std::string& does);

    void argument(const std::string& name, std::string& value, const std::string& help,
                  bool is_required = true);
    void argument(const std::string& name, std::optional<std::string>& value,
                  const std::string& help);
    void arguments(const std::string& name, std::vector<std::string>& values,
                   const std::string& help);
    void option(const std::string& names, const std::string& value_name, std::string& value,
                const std::string& help);
    void required_option(const std::string& names, const std::string& value_name,
                         std::string& value, const std::string& help);
    void option(const std::string& names, const std::string& value_name,
                std::optional<std::string>& value, const std::string& help);
    void option(const std::string& names, const std::string& value_name,
                std::optional<std::int64_t>& value, const std::string& help);
    /// May be given several times.
    void option(const std::string& names, const std::string& value_name,
                std::vector<std::string>& values, const std::string& help);
    void flag(const std::string& names, bool& value, const std::string& help);
    /// --json, --csv (where there is one), --output FILE
    void results(Settings& settings, bool has_csv = true);
    void examples(const std::string& text);
    void needs_command();  ///< it does nothing without one of its own commands
    /// What it does, once the whole command line makes sense.
    void runs(std::function<void()> work);

private:
    CLI::App* app_;
};

/// Parses, and runs the command that was named. UsageError for what makes no sense, with the
/// nearest command or option; help and version go to standard output.
void run_command_line(int argument_count, char** arguments);

}  // namespace downline
