// The loadable extension `downline_sqlite`: earning_line and earning_total in any SQLite shell.
//
//     sqlite3 downline.db ".load build/release/downline_sqlite" "SELECT * FROM earning_line LIMIT
//     5"
#include "storage/earning_tables.hpp"
#include "storage/extension/sqlite_api.hpp"

extern "C" {
SQLITE_EXTENSION_INIT1

/// SQLite finds it by this name: "sqlite3_", the letters of the file's name, "_init".
[[gnu::visibility("default")]] int sqlite3_downlinesqlite_init(
    sqlite3* handle, char** /*message*/, const sqlite3_api_routines* routines) {
    SQLITE_EXTENSION_INIT2(routines)
    return downline::create_earning_modules(handle);
}
}
