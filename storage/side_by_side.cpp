// Opens, holds and compares connections: see the header.
#include "storage/side_by_side.hpp"

#include <sqlite3.h>

#include "engine/errors.hpp"

namespace downline {

namespace {

/// What may differ between two connections if another process commits in between.
std::string state_of(Database& database) {
    return database
        .text(
            "SELECT count(*) || ' ' || coalesce(max(number), 0) || ' ' ||"
            " count(undone_at) FROM import")
        .value_or("");
}

}  // namespace

std::optional<Database> second_connection(Database& database) {
    const char* file = sqlite3_db_filename(database.handle(), "main");
    if (file == nullptr || *file == '\0' || sqlite3_get_autocommit(database.handle()) == 0)
        return std::nullopt;
    return std::optional<Database>(std::in_place, database.path(), Database::Access::read);
}

ReadTransaction::ReadTransaction(Database& database) : handle_(database.handle()) {
    is_own_ = sqlite3_get_autocommit(handle_) != 0;
    if (is_own_) database.execute("BEGIN");
}

ReadTransaction::~ReadTransaction() {
    if (is_own_) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void check_same_state(Database& database, Database& second) {
    if (state_of(second) != state_of(database))
        throw StorageError(database.path() +
                           ": the database was changed while it was read; try again");
}

}  // namespace downline
