// Two connections to one file that read the same facts on two threads.
#pragma once

#include <optional>

#include "storage/database.hpp"

namespace downline {

/// A second connection to the same file, for another thread to read by; nothing where only this one
/// sees the data (in memory, or inside a transaction).
[[nodiscard]] std::optional<Database> second_connection(Database& database);

/// A read transaction while it lives; none where one is open already.
class ReadTransaction {
public:
    explicit ReadTransaction(Database& database);
    ~ReadTransaction();
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;

private:
    sqlite3* handle_;
    bool is_own_ = false;
};

/// StorageError where another process committed between the read transactions of the two.
void check_same_state(Database& database, Database& second);

}  // namespace downline
