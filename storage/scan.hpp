// Reading millions of rows: SQLite calls us for every row, instead of us calling SQLite for every
// row and column. A third of the time goes away.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "storage/database.hpp"

namespace downline {

/// The values of one row, valid while `take` runs.
class ScannedRow {
public:
    explicit ScannedRow(sqlite3_value** values) : values_(values) {}
    [[nodiscard]] bool is_null(int column) const {
        return sqlite3_value_type(values_[column]) == SQLITE_NULL;
    }
    [[nodiscard]] std::int64_t integer(int column) const {
        return sqlite3_value_int64(values_[column]);
    }
    /// An index, a count, a place: REQUIRES it to fit; 0 for NULL.
    [[nodiscard]] std::uint32_t index(int column) const {
        return static_cast<std::uint32_t>(integer(column));
    }
    /// Empty for NULL.
    [[nodiscard]] std::string_view text(int column) const {
        const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values_[column]));
        const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values_[column]));
        return bytes == nullptr ? std::string_view{} : std::string_view{bytes, size};
    }

private:
    sqlite3_value** values_;
};

/// SELECT of columns, prepared; `name` is one that no other living scan of the connection has.
class Scan {
public:
    using Take = std::function<void(const ScannedRow&)>;
    Scan(Database& database, const std::string& name, std::string_view columns,
         std::string_view from_where, Take take);
    Scan(const Scan&) = delete;
    Scan& operator=(const Scan&) = delete;
    /// For binding parameters.
    Query& query() { return *query_; }
    /// Takes every row; may be run again. Throws what `take` throws.
    void run();

private:
    static void step(sqlite3_context* context, int count, sqlite3_value** values);
    static void finish(sqlite3_context*) {}
    Take take_;
    std::exception_ptr failure_;
    std::optional<Query> query_;
};

}  // namespace downline
