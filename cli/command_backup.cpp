// backup FILE: a copy of the database as it is now, while others may use it.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/text_width.hpp"
#include "storage/ask.hpp"

namespace downline {
namespace {

void backup(const Settings& settings, const std::string& path) {
    Database database = open_database(settings, Database::Access::read);
    NewFile file(path, settings.force);
    copy_database(database, file.temporary_path());
    file.finish();
    Output output;
    output << fmt::format("{} is copied to {}\n", shown(database.path()), shown(path));
    output.finish();
}

}  // namespace

void add_backup(Command& root, Settings& settings) {
    Command command = root.command("backup", "Copy the database to a new file");
    const auto path = std::make_shared<std::string>();
    command.argument("FILE", *path, "The copy; --force overwrites one that is there");
    command.examples("  downline backup backup-2026-11-02.db\n");
    command.runs([&settings, path] { backup(settings, *path); });
}

}  // namespace downline
