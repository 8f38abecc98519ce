// Included before every file of the extension: SQLite's functions are those of the program that
// loads it.
#pragma once

#include <sqlite3ext.h>

extern "C" {
SQLITE_EXTENSION_INIT3
}
