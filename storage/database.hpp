// One SQLite file: opening it safely, statements and transactions that clean up after themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace downline {

/// A prepared statement. Parameters are bound by place (1-based), columns read by place (0-based).
/// Every SQLite error is a StorageError with what was tried and what to do.
class Query {
public:
    Query(sqlite3* handle, std::string_view sql);
    ~Query();
    Query(Query&& other) noexcept;
    Query& operator=(Query&&) = delete;
    Query& bind(int place, std::int64_t value);
    Query& bind(int place, std::string_view value);
    Query& bind_blob(int place, const void* data, std::size_t size);  ///< not copied: must outlive step
    Query& bind_null(int place);
    /// The next row; false at the end.
    bool step();
    /// Runs a statement that returns nothing and resets it, bindings kept.
    void run();
    void reset();
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const;  ///< until the next step or reset
    [[nodiscard]] std::string_view blob(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] sqlite3_stmt* raw() const { return statement_; }

private:
    sqlite3* handle_;
    sqlite3_stmt* statement_ = nullptr;
};

class Database {
public:
    enum class Access { read, write, create };
    /// Opens FILE. `create` makes it where it does not exist (with the schema, without currency).
    /// Refuses (StorageError, one sentence each, with the remedy): no such file, no permission, a
    /// directory, not a database, truncated, another program's, a newer version, locked.
    Database(const std::string& path, Access access);
    /// A fresh database in memory, for a plan's examples and for tests.
    static Database in_memory();
    ~Database();
    Database(Database&& other) noexcept;
    Database& operator=(Database&&) = delete;

    [[nodiscard]] sqlite3* handle() const { return handle_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    void execute(const std::string& sql);
    Query query(std::string_view sql) { return {handle_, sql}; }
    /// First column of the first row, or nothing.
    std::optional<std::int64_t> integer(std::string_view sql);
    std::optional<std::string> text(std::string_view sql);
    [[nodiscard]] std::optional<std::string> setting(std::string_view name);
    void set_setting(std::string_view name, std::string_view value);
    /// The database's currency, or nothing before it has one.
    [[nodiscard]] std::optional<std::string> currency() { return setting("currency"); }
    /// Whether this open created the file: then it is removed again if nothing is committed.
    [[nodiscard]] bool is_new() const { return is_new_; }

private:
    Database() = default;
    void begin_new();
    sqlite3* handle_ = nullptr;
    std::string path_;
    bool is_new_ = false;       ///< the schema is in a transaction that is still open
    bool is_file_new_ = false;
    bool committed_ = false;
    friend class Transaction;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back where it was not committed.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool is_open_ = true;
    bool is_in_creation_ = false;  ///< the transaction that creates a new database is around it
};

/// What storage wrote must be there when it is read again; else somebody else wrote to the file, or
/// it is damaged: a StorageError.
void ensure_intact(bool holds, const char* what);

/// Throws StorageError for a SQLite result code, with the sentence that its cause deserves.
[[noreturn]] void throw_sqlite_error(sqlite3* handle, int code, std::string_view doing);

/// SHA-256 of a database's tables, indexes, views and triggers, each with its text.
[[nodiscard]] std::string schema_digest(sqlite3* handle);

}  // namespace downline
