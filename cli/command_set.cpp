// set NAME VALUE: settings of the database, kept with who changed them.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "cli/choose.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "engine/errors.hpp"
#include "storage/approval.hpp"

namespace downline {
namespace {

void set(const Settings& settings, const std::string& name,
         const std::optional<std::string>& value) {
    (void)choose("setting", name, std::array<std::string, 1>{"approval"});
    Output output(settings.output_path, settings.force);
    if (value) {
        const std::string chosen =
            choose("approval", *value, std::array<std::string, 2>{"one", "two-person"});
        if (settings.made_by.empty())
            throw UsageError("set needs --by NAME: who changes it is kept");
        Database database = open_database(settings, Database::Access::write);
        set_approval(database, chosen == "two-person", settings.made_by, now_utc());
        output << "approval " << chosen << "\n";
    } else {
        Database database = open_database(settings, Database::Access::read);
        output << "approval " << (needs_second_person(database) ? "two-person" : "one") << "\n";
    }
    output.finish();
}

}  // namespace

void add_set(Command& root, Settings& settings) {
    Command command = root.command("set", "Show or change a setting of the database");
    const auto name = std::make_shared<std::string>();
    const auto value = std::make_shared<std::optional<std::string>>();
    command.argument("NAME", *name, "approval: whether closing and paying need a second person");
    command.argument("VALUE", *value,
                     "one or two-person; the setting is shown where none is given");
    command.examples(
        "  downline set approval two-person --by ann\n"
        "  downline set approval\n");
    command.runs([&settings, name, value] { set(settings, *name, *value); });
}

}  // namespace downline
