// Bulk insertion: rows in memory, shown to SQLite as a virtual table, go into a table by one
// INSERT … SELECT. Twice as fast as binding every value of a prepared statement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

struct sqlite3_context;

namespace downline {

class Feed {
public:
    /// Gives the value of one cell with sqlite3_result_…; without a call the cell is NULL. Texts
    /// may be SQLITE_STATIC where they outlive insert(). May not throw.
    using Emit = void (*)(const void* rows, std::size_t row, int column, sqlite3_context* cell);

    /// A column of the table, and as which column Emit is asked for it; or one number for all rows.
    struct Column {
        std::string_view name;
        int place{};
        std::optional<std::int64_t> constant{};
    };
    /// Prepares the insertion into `columns` of `table`; the others get their defaults. The
    /// database must outlive it.
    Feed(Database& database, std::string_view table, const std::vector<Column>& columns);
    /// The same for columns that are asked for by their place in the list.
    Feed(Database& database, std::string_view table,
         std::initializer_list<std::string_view> columns);
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    /// Inserts rows `first` to `end` (not included). Rows go in fastest in the order of the
    /// table's key. StorageError as for any statement.
    void insert(const void* rows, std::size_t first, std::size_t end, Emit emit);

    struct Source;

private:
    sqlite3* handle_;
    std::string module_;
    Source* source_;  ///< belongs to the module
    std::optional<Query> insert_;
};

}  // namespace downline
