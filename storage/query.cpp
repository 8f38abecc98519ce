// Statements, and the sentence that each cause of a failure deserves.
#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "engine/errors.hpp"
#include "storage/database.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

constexpr std::size_t path_bytes_max = 4096;

/// The rest of a sentence that begins with the file's name.
std::string why(int code, std::string_view doing, const std::string& detail) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "is in use by another process; wait until it has ended and try again";
        case SQLITE_FULL:
            return "cannot be written: the disk is full; nothing was changed, free some space and "
                   "try again";
        case SQLITE_READONLY:
            return "is read-only; ask its owner for permission to write, to the folder too";
        case SQLITE_PERM:
        case SQLITE_AUTH: return "may not be used; ask its owner for permission";
        case SQLITE_CORRUPT: return "is damaged; restore it from a backup";
        case SQLITE_NOTADB: return "is not a database; --db names the file of Downline";
        case SQLITE_CANTOPEN:
            return "cannot be opened, or no file can be created beside it; look at the permissions "
                   "of its folder";
        case SQLITE_NOMEM: return "needs more memory than there is; nothing was changed";
        case SQLITE_IOERR:
            return fmt::format(
                "failed while {}: {}; nothing was changed, look at the disk and try "
                "again",
                doing, detail);
        default: return fmt::format("refused while {}: {}", doing, detail);
    }
}

}  // namespace

Query::Query(sqlite3* handle, std::string_view sql) : handle_(handle) {
    const int code =
        sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(handle, code, "reading");
}

Query::~Query() { sqlite3_finalize(statement_); }

Query::Query(Query&& other) noexcept
    : handle_(other.handle_), statement_(std::exchange(other.statement_, nullptr)) {}

Query& Query::bind(int place, std::int64_t value) {
    const int code = sqlite3_bind_int64(statement_, place, value);
    if (code != SQLITE_OK) throw_sqlite_error(handle_, code, "writing");
    return *this;
}

Query& Query::bind(int place, std::string_view value) {
    const char* data = value.data() == nullptr ? "" : value.data();
    const int code =
        sqlite3_bind_text64(statement_, place, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) throw_sqlite_error(handle_, code, "writing");
    return *this;
}

Query& Query::bind_blob(int place, const void* data, std::size_t size) {
    const int code =
        sqlite3_bind_blob64(statement_, place, data == nullptr ? "" : data, size, SQLITE_STATIC);
    if (code != SQLITE_OK) throw_sqlite_error(handle_, code, "writing");
    return *this;
}

Query& Query::bind_null(int place) {
    sqlite3_bind_null(statement_, place);
    return *this;
}

bool Query::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const bool is_writing = sqlite3_stmt_readonly(statement_) == 0;
    throw_sqlite_error(handle_, code, is_writing ? "writing" : "reading");
}

void Query::run() {
    step();
    reset();
}

void Query::reset() { sqlite3_reset(statement_); }

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Query::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void throw_sqlite_error(sqlite3* handle, int code, std::string_view doing) {
    const char* file = handle == nullptr ? nullptr : sqlite3_db_filename(handle, "main");
    const bool is_named = file != nullptr && *file != '\0';
    const std::string detail = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
    throw StorageError(fmt::format("{} {}",
                                   is_named ? harmless(file, path_bytes_max) : "the database",
                                   why(code, doing, detail)));
}

void ensure_intact(bool holds, const char* what) {
    if (!holds)
        throw StorageError(fmt::format("the database is damaged: {}; `downline verify` says what "
                                       "differs, a backup mends it",
                                       what));
}

}  // namespace downline
