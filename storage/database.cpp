// Opening asks in this order: may the file be opened, is it a whole SQLite file, is it ours, is it
// of this version, has it our tables. Nothing of a file is trusted before.
//
// A new database is created in a transaction that stays open until the first commit: whoever fails
// before leaves nothing behind. Foreign keys are declared but not enforced by SQLite: import checks
// every reference itself, all bad rows at once, and tests run `PRAGMA foreign_key_check`.
#include "storage/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "engine/errors.hpp"
#include "storage/digest.hpp"
#include "storage/messages.hpp"
#include "storage/schema.hpp"

namespace downline {
namespace {

constexpr int busy_timeout_ms = 5000;
constexpr std::size_t path_bytes_max = 4096;

std::string name_of(const std::string& path) { return harmless(path, path_bytes_max); }

std::string directory_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
    throw StorageError(fmt::format("{} {}", name_of(path), why));
}

/// Says why a path cannot be a database, as far as the file system knows; whether it is there.
bool check_path(const std::string& path, Database::Access access) {
    struct stat found {};
    if (stat(path.c_str(), &found) == 0) {
        if (S_ISDIR(found.st_mode)) refuse(path, "is a directory; name a file in it (--db FILE)");
        if (!S_ISREG(found.st_mode)) refuse(path, "is not a file; name a file (--db FILE)");
        if (::access(path.c_str(), R_OK) != 0)
            refuse(path, "may not be read; ask its owner for permission");
        if (access != Database::Access::read && ::access(path.c_str(), W_OK) != 0)
            refuse(path, "is read-only; ask its owner for permission to write");
        return true;
    }
    if (errno == EACCES)
        refuse(path, "is in a folder that may not be entered; ask its owner for permission");
    if (errno != ENOENT) refuse(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
    if (access != Database::Access::create)
        refuse(path, "does not exist; `downline init` or an import creates it, --db names another");
    const std::string directory = directory_of(path);
    if (stat(directory.c_str(), &found) != 0)
        refuse(path, fmt::format("cannot be created: the folder {} does not exist; create it first",
                                 name_of(directory)));
    if (::access(directory.c_str(), W_OK | X_OK) != 0)
        refuse(path, fmt::format("cannot be created: no permission to write to the folder {}",
                                 name_of(directory)));
    return false;
}

/// The bytes of an integer in SQLite's header, big-endian.
std::uint64_t header_number(const std::array<unsigned char, 100>& header, std::size_t at,
                            std::size_t bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i) number = number << 8 | header[at + i];
    return number;
}

/// A whole SQLite file, by its header and length; an empty one is a database without tables. A
/// journal beside it means that the last write did not end: SQLite mends that when it opens.
void check_header(const std::string& path) {
    if (std::filesystem::exists(path + "-journal")) return;
    std::array<unsigned char, 100> header{};
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               std::fclose);
    if (!file) refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    const std::size_t got = std::fread(header.data(), 1, header.size(), file.get());
    if (std::ferror(file.get()) != 0)
        refuse(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    if (got == 0) return;
    constexpr std::string_view magic{"SQLite format 3\0", 16};
    if (std::memcmp(header.data(), magic.data(), std::min(got, magic.size())) != 0)
        refuse(path, "is not a database; --db names the file of Downline");
    std::uint64_t page_bytes = got < 18 ? 0 : header_number(header, 16, 2);
    if (page_bytes == 1) page_bytes = 65536;
    const bool counts_pages = header_number(header, 24, 4) == header_number(header, 92, 4);
    const std::uint64_t bytes = counts_pages ? header_number(header, 28, 4) * page_bytes : 0;
    struct stat found {};
    if (got < header.size() || (fstat(fileno(file.get()), &found) == 0 &&
                                static_cast<std::uint64_t>(found.st_size) < bytes))
        refuse(path, "is cut off: its end is missing; restore it from a backup");
}

/// Every table, index and trigger with its text, in order of name.
std::string schema_text(sqlite3* handle) {
    Query query(handle,
                "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema "
                "WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY type, name");
    std::string text;
    while (query.step()) text.append(query.text(0)).push_back('\n');
    return text;
}

void execute_on(sqlite3* handle, const std::string& sql) {
    const int code = sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sqlite_error(handle, code, "writing");
}

/// Takes the steps after `version` up to the present schema.
void complete_schema(sqlite3* handle, int version, int target = schema_version) {
    for (int step = version; step < target; ++step)
        execute_on(handle, schema_steps[static_cast<std::size_t>(step)]);
    execute_on(handle, fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                   application_id, target));
}

std::int64_t pragma_number(sqlite3* handle, std::string_view name) {
    Query query(handle, fmt::format("PRAGMA {}", name));
    return query.step() ? query.integer(0) : 0;
}

/// A connection that one thread uses at a time: its locks cost a third of a bulk read. Nor does SQLite
/// keep count of the memory it has, which takes a lock for every piece: a tenth of a run.
int open_connection(const char* file, int flags, sqlite3** handle) {
    // Possible until SQLite begins; a program that began it before keeps its count.
    static const int without_count = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)without_count;
    return sqlite3_open_v2(file, handle, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | flags,
                           nullptr);
}

/// The tables that a version of the schema has.
std::string schema_text_of(int version) {
    sqlite3* handle = nullptr;
    const int code = open_connection(":memory:", 0, &handle);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closer(handle, sqlite3_close_v2);
    if (code != SQLITE_OK) throw_sqlite_error(handle, code, "opening");
    complete_schema(handle, 0, version);
    return schema_text(handle);
}

/// The version of a database that Downline made; every other is refused.
int check_ours(sqlite3* handle, const std::string& path) {
    if (pragma_number(handle, "application_id") != application_id)
        refuse(path, "is a database of another program; --db names the file of Downline");
    const std::int64_t version = pragma_number(handle, "user_version");
    if (version > schema_version)
        refuse(path, fmt::format("was written by a newer version of Downline (schema {}, this one "
                                 "knows {}); install the newer version",
                                 version, schema_version));
    // Other releases of SQLite may word a table that was altered in another way: then it is compared
    // with one that is made here.
    if (version < 1 ||
        (schema_digest(handle) != schema_digests[static_cast<std::size_t>(version) - 1] &&
         schema_text(handle) != schema_text_of(static_cast<int>(version))))
        refuse(path,
               "has other tables than Downline makes: somebody changed them; restore it from "
               "a backup");
    return static_cast<int>(version);
}

/// Brings a database of an older version to the present schema, in one transaction.
void migrate(sqlite3* handle, const std::string& path) {
    if (::access(path.c_str(), W_OK) != 0)
        refuse(path, "was written by an older version of Downline and may not be written to; "
                     "open it once with permission to write, it is brought up to date then");
    execute_on(handle, "BEGIN EXCLUSIVE");
    try {
        // Another process may have been first.
        complete_schema(handle, check_ours(handle, path));
        execute_on(handle, "COMMIT");
    } catch (...) {
        sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

void configure(sqlite3* handle) {
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // EXTRA also syncs the folder after the journal is gone: a close that was acknowledged stays.
    // No spilling below a gibibyte of pages: readers are locked out only while a commit writes. A
    // larger transaction locks them out earlier, instead of filling the memory. (SQLite looks at the
    // lowest byte of the number of pages: of 65536 it is 0, which means never.)
    execute_on(handle,
               "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = OFF;"
               "PRAGMA synchronous = EXTRA; PRAGMA cache_spill = 65535;"
               "PRAGMA temp_store = MEMORY");
}

bool has_moved(sqlite3* handle) {
    int moved = 0;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

}  // namespace

std::string schema_digest(sqlite3* handle) { return sha256_hex(schema_text(handle)); }

Database::Database(const std::string& path, Access access) : path_(path) {
    const bool was_there = check_path(path, access);
    if (was_there) check_header(path);
    // With "./" a name that begins as a URI or is ":memory:" is a file like any other.
    const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
    const int code = open_connection(
        file.c_str(), access == Access::create ? SQLITE_OPEN_CREATE : 0, &handle_);
    try {
        if (code != SQLITE_OK) throw_sqlite_error(handle_, code, "opening");
        configure(handle_);
        if (pragma_number(handle_, "page_count") == 0 && access == Access::create) begin_new();
        if (!is_new_) {
            if (pragma_number(handle_, "page_count") == 0)
                refuse(path, "is empty; `downline init` or an import makes a database of it");
            if (check_ours(handle_, path) < schema_version) migrate(handle_, path);
        }
        if (access == Access::read) execute_on(handle_, "PRAGMA query_only = ON");
        is_file_new_ = is_new_ && !was_there;
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

void Database::begin_new() {
    execute_on(handle_, "PRAGMA page_size = 16384; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    if (has_moved(handle_)) refuse(path_, "was removed while it was opened; try again");
    if (integer("SELECT count(*) FROM sqlite_schema") != 0) {  // another process was first
        execute("ROLLBACK");
        return;
    }
    complete_schema(handle_, 0);
    is_new_ = true;
}

Database Database::in_memory() {
    Database database;
    const int code = open_connection(":memory:", SQLITE_OPEN_CREATE, &database.handle_);
    if (code != SQLITE_OK) throw_sqlite_error(database.handle_, code, "opening");
    database.path_ = ":memory:";
    configure(database.handle_);
    complete_schema(database.handle_, 0);
    return database;
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      path_(std::move(other.path_)),
      is_new_(std::exchange(other.is_new_, false)),
      is_file_new_(std::exchange(other.is_file_new_, false)),
      committed_(other.committed_) {}

Database::~Database() {
    if (handle_ == nullptr) return;
    // Removed before the lock is given up: a process that waits for it sees that the file is gone.
    if (is_file_new_ && !committed_) unlink(path_.c_str());
    sqlite3_close_v2(handle_);
}

void Database::execute(const std::string& sql) { execute_on(handle_, sql); }

std::optional<std::int64_t> Database::integer(std::string_view sql) {
    Query question = query(sql);
    if (!question.step() || question.is_null(0)) return std::nullopt;
    return question.integer(0);
}

std::optional<std::string> Database::text(std::string_view sql) {
    Query question = query(sql);
    if (!question.step() || question.is_null(0)) return std::nullopt;
    return std::string(question.text(0));
}

std::optional<std::string> Database::setting(std::string_view name) {
    Query question = query("SELECT value FROM setting WHERE name = ?");
    question.bind(1, name);
    if (!question.step()) return std::nullopt;
    return std::string(question.text(0));
}

void Database::set_setting(std::string_view name, std::string_view value) {
    query("INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)")
        .bind(1, name)
        .bind(2, value)
        .run();
}

Transaction::Transaction(Database& database) : database_(database) {
    is_in_creation_ = database.is_new_ && !database.committed_;
    database_.execute(is_in_creation_ ? "SAVEPOINT first" : "BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!is_open_) return;
    sqlite3_exec(database_.handle(),
                 is_in_creation_ ? "ROLLBACK TO first; RELEASE first" : "ROLLBACK", nullptr,
                 nullptr, nullptr);
}

void Transaction::commit() {
    database_.execute("COMMIT");  // with every savepoint
    is_open_ = false;
    database_.committed_ = true;
}

}  // namespace downline
