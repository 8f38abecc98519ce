// The virtual tables over packed statements, for any SQLite connection.
#pragma once

struct sqlite3;

namespace downline {

/// Registers earning_line and earning_total; a SQLite result code.
int create_earning_modules(sqlite3* handle);

}  // namespace downline
