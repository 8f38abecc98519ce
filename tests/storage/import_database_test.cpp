// Opening a database: every way in which it can fail says what to do, and a failure leaves nothing.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/errors.hpp"
#include "storage/database.hpp"

namespace downline {
namespace {

namespace fs = std::filesystem;
using Access = Database::Access;

/// A folder that is gone when the test is.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "downline-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    [[nodiscard]] std::string file(const std::string& name) const { return path / name; }
    fs::path path;
};

void create(const std::string& path) {
    Database database(path, Access::create);
    Transaction transaction(database);
    database.set_setting("currency", "USD");
    transaction.commit();
}

std::string error_of_opening(const std::string& path, Access access) {
    try {
        Database database(path, access);
    } catch (const StorageError& error) {
        return error.what();
    }
    return "no error";
}

/// Runs SQL on a file without any of our checks.
void raw_sql(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
}

}  // namespace

TEST_CASE("a new database is ours, has our tables, and opens again") {
    const Folder folder;
    create(folder.file("a.db"));
    Database database(folder.file("a.db"), Access::read);
    CHECK(database.currency() == "USD");
    CHECK(database.integer("SELECT count(*) FROM member") == 0);
    CHECK(database.text("PRAGMA integrity_check") == "ok");
}

TEST_CASE("a new database in which nothing was committed leaves no file") {
    const Folder folder;
    {
        Database database(folder.file("a.db"), Access::create);
        {
            Transaction transaction(database);
            database.set_setting("currency", "USD");
        }
        CHECK_FALSE(database.currency());
        Transaction second(database);
        database.set_setting("currency", "EUR");
    }
    CHECK(fs::is_empty(folder.path));
}

TEST_CASE("a transaction that failed in a new database does not stop the next") {
    const Folder folder;
    {
        Database database(folder.file("a.db"), Access::create);
        { Transaction given_up(database); }
        for (const char* currency : {"EUR", "JPY"}) {
            Transaction transaction(database);
            database.set_setting("currency", currency);
            transaction.commit();
        }
    }
    CHECK(Database(folder.file("a.db"), Access::read).currency() == "JPY");
}

TEST_CASE("what cannot be opened is refused with what to do") {
    const Folder folder;
    const std::string path = folder.file("a.db");
    CHECK(error_of_opening(path, Access::read) ==
          path + " does not exist; `downline init` or an import creates it, --db names another");
    CHECK(error_of_opening(folder.path, Access::read) ==
          folder.path.string() + " is a directory; name a file in it (--db FILE)");
    CHECK(error_of_opening(folder.file("b/a.db"), Access::create) ==
          folder.file("b/a.db") + " cannot be created: the folder " + folder.file("b") +
              " does not exist; create it first");
    REQUIRE(mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    CHECK(error_of_opening(folder.file("pipe"), Access::read) ==
          folder.file("pipe") + " is not a file; name a file (--db FILE)");
    CHECK(error_of_opening(path + "/x", Access::read).starts_with(path + "/x does not exist"));
}

TEST_CASE("an empty file is no database, but becomes one where one may be created") {
    const Folder folder;
    const std::string path = folder.file("a.db");
    std::ofstream(path).close();
    CHECK(error_of_opening(path, Access::read) ==
          path + " is empty; `downline init` or an import makes a database of it");
    { Database given_up(path, Access::create); }
    CHECK(fs::exists(path));  // it was there before
    create(path);
    CHECK(error_of_opening(path, Access::read) == "no error");
}

TEST_CASE("what is no database, cut off, foreign, newer or changed is refused") {
    const Folder folder;
    const std::string path = folder.file("a.db");
    std::ofstream(path) << "member_id,sponsor_id,joined_on\nA,,2026-01-01\n";
    CHECK(error_of_opening(path, Access::write) ==
          path + " is not a database; --db names the file of Downline");
    fs::remove(path);
    create(path);
    fs::resize_file(path, fs::file_size(path) - 4096);
    CHECK(error_of_opening(path, Access::write) ==
          path + " is cut off: its end is missing; restore it from a backup");
    fs::remove(path);
    raw_sql(path, "CREATE TABLE place(name)");
    CHECK(error_of_opening(path, Access::create) ==
          path + " is a database of another program; --db names the file of Downline");
    fs::remove(path);
    create(path);
    raw_sql(path, "PRAGMA user_version = 99");
    CHECK(error_of_opening(path, Access::read) ==
          path +
              " was written by a newer version of Downline (schema 99, this one knows 2); "
              "install the newer version");
    fs::remove(path);
    create(path);
    raw_sql(path, "DROP TRIGGER run_final_update");
    CHECK(error_of_opening(path, Access::read) ==
          path +
              " has other tables than Downline makes: somebody changed them; restore it from a "
              "backup");
}

TEST_CASE("every kind of damage to the first page is an error and no crash") {
    const Folder folder;
    const std::string path = folder.file("a.db");
    create(path);
    std::ifstream file(path, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t at = 0; at < 400; at += 3) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        std::ofstream(path, std::ios::binary) << damaged;
        try {
            Database database(path, Access::write);
            (void)database.integer("SELECT count(*) FROM member");
        } catch (const StorageError& error) {
            CHECK(std::string(error.what()).starts_with(path));
        }
    }
}

TEST_CASE("a locked database is refused after waiting") {
    const Folder folder;
    const std::string path = folder.file("a.db");
    create(path);
    Database first(path, Access::write);
    const Transaction writing(first);
    Database second(path, Access::write);
    sqlite3_busy_timeout(second.handle(), 10);
    CHECK_THROWS_WITH_AS(Transaction{second},
                         (path + " is in use by another process; wait until it has ended and try "
                                 "again")
                             .c_str(),
                         StorageError);
}

TEST_CASE("a database that is opened for reading cannot be written") {
    const Folder folder;
    const std::string path = folder.file("a.db");
    create(path);
    Database database(path, Access::read);
    CHECK_THROWS_AS(database.set_setting("currency", "EUR"), StorageError);
}

TEST_CASE("a full database says that the disk is full") {
    Database database = Database::in_memory();
    database.execute("PRAGMA max_page_count = 1");
    CHECK_THROWS_WITH_AS(
        database.execute("CREATE TABLE big(x); INSERT INTO big SELECT zeroblob(1000000)"),
        "the database cannot be written: the disk is full; nothing was changed, free some space "
        "and try again",
        StorageError);
}

}  // namespace downline
