// One SQL question that somebody types: it can read everything and change nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/database.hpp"

namespace downline {

/// A value of a row. `text` is what SQLite makes of it, a blob in hexadecimal, "" for NULL; it
/// holds until the next step().
struct Cell {
    enum class Type { null, integer, real, text, blob };
    Type type{};
    std::string text;
};

/// The rows of one read-only statement. While it lives the connection refuses to write, to attach
/// files and to load code.
class Question {
public:
    /// UsageError for bad SQL, for more or less than one statement, and for one that would write.
    Question(Database& database, const std::string& sql);
    ~Question();
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    bool step();  ///< the next row; false at the end
    [[nodiscard]] Cell cell(std::size_t column) const;

private:
    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
    std::vector<std::string> columns_;
};

/// Copies the database as it is now into the empty file at `path`, through SQLite's backup API, so
/// that a write at the same time is in it as a whole or not at all. StorageError where it fails.
void copy_database(Database& database, const std::string& path);

}  // namespace downline
