// An authorizer refuses while the statement is compiled what must not happen when it runs.
#include "storage/ask.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/errors.hpp"

namespace downline {
namespace {

bool is_one_of(const char* name, std::initializer_list<std::string_view> names) {
    return name != nullptr && std::find(names.begin(), names.end(), name) != names.end();
}

/// What a question may do. A virtual table's columns are declared by what SQLite takes for an update
/// of sqlite_master; a real one is refused in any case ("may not be modified").
int authorize(void*, int action, const char* first, const char* second, const char*, const char*) {
    switch (action) {
        case SQLITE_UPDATE: return is_one_of(first, {"sqlite_master"}) ? SQLITE_OK : SQLITE_DENY;
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_RECURSIVE: return SQLITE_OK;
        case SQLITE_FUNCTION:
            return is_one_of(second, {"load_extension", "fts3_tokenizer"}) ? SQLITE_DENY
                                                                           : SQLITE_OK;
        case SQLITE_PRAGMA:
            return is_one_of(first, {"table_info", "table_xinfo", "table_list", "index_list",
                                     "index_info", "index_xinfo", "foreign_key_list"})
                       ? SQLITE_OK
                       : SQLITE_DENY;
        default: return SQLITE_DENY;
    }
}

/// SQL after the first statement that is more than blanks and semicolons.
bool has_more(std::string_view tail) {
    return tail.find_first_not_of(" \t\r\n;") != std::string_view::npos;
}

}  // namespace

Question::Question(Database& database, const std::string& sql) : database_(database) {
    sqlite3* handle = database.handle();
    sqlite3_set_authorizer(handle, authorize, nullptr);
    const char* tail = nullptr;
    const int size = static_cast<int>(sql.size()) + 1;
    const int code = sqlite3_prepare_v2(handle, sql.c_str(), size, &statement_, &tail);
    std::string refusal;
    if (code == SQLITE_AUTH)
        refusal = "sql only reads: a statement that changes something is refused";
    else if (code == SQLITE_ERROR || code == SQLITE_TOOBIG)
        refusal = fmt::format("sql: {}", sqlite3_errmsg(handle));
    else if (code == SQLITE_OK && statement_ == nullptr)
        refusal = "sql: there is no statement in it";
    else if (code == SQLITE_OK && has_more(tail))
        refusal = "sql: one statement at a time";
    else if (code == SQLITE_OK && sqlite3_stmt_readonly(statement_) == 0)
        refusal = "sql only reads: a statement that changes something is refused";
    if (refusal.empty() && code == SQLITE_OK) {
        for (int i = 0; i < sqlite3_column_count(statement_); ++i)
            columns_.emplace_back(sqlite3_column_name(statement_, i));
        return;
    }
    sqlite3_finalize(statement_);
    sqlite3_set_authorizer(handle, nullptr, nullptr);
    if (!refusal.empty()) throw UsageError(refusal);
    throw_sqlite_error(handle, code, "reading for sql");
}

Question::~Question() {
    sqlite3_finalize(statement_);
    sqlite3_set_authorizer(database_.handle(), nullptr, nullptr);
}

bool Question::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    if ((code & 0xff) == SQLITE_ERROR)
        throw UsageError(fmt::format("sql: {}", sqlite3_errmsg(database_.handle())));
    throw_sqlite_error(database_.handle(), code, "reading for sql");
}

Cell Question::cell(std::size_t column) const {
    const int place = static_cast<int>(column);
    const int type = sqlite3_column_type(statement_, place);
    if (type == SQLITE_NULL) return {Cell::Type::null, {}};
    if (type == SQLITE_BLOB) {
        const auto* bytes = static_cast<const unsigned char*>(sqlite3_column_blob(statement_, place));
        std::string text;
        for (int i = 0; i < sqlite3_column_bytes(statement_, place); ++i)
            text += fmt::format("{:02x}", bytes[i]);
        return {Cell::Type::blob, std::move(text)};
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, place));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, place));
    const Cell::Type kind = type == SQLITE_INTEGER ? Cell::Type::integer
                            : type == SQLITE_FLOAT ? Cell::Type::real
                                                   : Cell::Type::text;
    return {kind, std::string(text, size)};
}

void copy_database(Database& database, const std::string& path) {
    sqlite3* opened = nullptr;
    const int open_code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> copy(opened, sqlite3_close);
    if (open_code != SQLITE_OK) throw_sqlite_error(copy.get(), open_code, "writing the backup");
    sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", database.handle(), "main");
    if (backup == nullptr)
        throw_sqlite_error(copy.get(), sqlite3_errcode(copy.get()), "writing the backup");
    const int step_code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (step_code != SQLITE_DONE) throw_sqlite_error(copy.get(), step_code, "writing the backup");
}

}  // namespace downline
