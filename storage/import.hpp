// Import: files of one kind → rows → a verdict per row → one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"

namespace downline {

enum class ImportKind { members, orders, returns, products, moves, adjustments, goals, opening };
[[nodiscard]] std::string_view import_kind_name(ImportKind kind);

struct ImportOptions {
    ImportKind kind{};
    std::vector<std::string> files;             ///< "-" is standard input
    std::vector<std::string> texts;             ///< instead of files: contents (examples, tests)
    std::optional<std::string> currency;        ///< for a new database; USD unless said
    std::string made_by;
    std::string made_at;                        ///< UTC, ISO 8601; the caller's clock
    std::map<std::string, std::string> map;     ///< their column name → ours
    std::vector<std::string> needed;            ///< of `map`, their columns that every file must have
    bool ignore_unknown = false;
    bool replace = false;
    bool late = false;
    bool dry_run = false;
    std::optional<std::string> skip_bad;        ///< write rejected rows here, apply the rest
    std::optional<std::string> errors;          ///< write all errors here
    std::optional<std::int64_t> expect_rows;
    std::optional<std::string> expect_total;    ///< decimal, of the amount column
    char delimiter = ',';
    char decimal = '.';
    std::string dates = "%Y-%m-%d";             ///< of %Y %m %d and literals
    bool force = false;                         ///< overwrite files named by skip_bad and errors
    /// Sees the rows of a dry run in place, under this number, before they are taken back.
    std::function<void(std::int64_t import_number)> inspect;
    std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_total)> progress;
};

/// A bad row: printed as FILE:LINE:COLUMN: error CODE: text.
struct RowError {
    std::string file;
    std::uint64_t line{}, column{};  ///< 1-based; the column is the character in the line
    std::string code, text;
};
[[nodiscard]] std::string row_error_text(const RowError& error);

struct ImportReport {
    std::int64_t import_number = 0;  ///< 0: nothing to import (all unchanged), dry run, or rejected
    std::uint64_t rows = 0, new_rows = 0, changed_rows = 0, unchanged_rows = 0, rejected_rows = 0;
    std::uint64_t error_count = 0;
    std::vector<RowError> errors;    ///< the first 1,000
    std::vector<std::string> warnings;
    bool applied = false;            ///< false: rejected as a whole, or a dry run
    bool created_currency = false;   ///< this import gives the database its currency
    std::string currency;
    std::optional<std::string> replaced_currency;  ///< that of a database with nothing in it
};

/// One transaction over all files. Bad rows are in the report, not exceptions.
[[nodiscard]] ImportReport import_files(Database& database, const ImportOptions& options);

struct ImportRecord {
    std::int64_t number{};
    std::string kind, files_json, made_by, made_at;
    std::int64_t new_rows{}, changed_rows{}, unchanged_rows{}, rejected_rows{};
    std::optional<Day> first_day, last_day;
    std::optional<std::string> undone_by, undone_at;
};
[[nodiscard]] std::vector<ImportRecord> list_imports(Database& database);

/// Withdraws an import that no closed period has seen and nothing later depends on; Refusal
/// otherwise (state).
void undo_import(Database& database, std::int64_t number, const std::string& by, const std::string& at);

}  // namespace downline
