// Databases of every schema that there was: they open, are brought up to date, and are right.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "engine/errors.hpp"
#include "storage/database.hpp"
#include "storage/schema.hpp"
#include "storage/verify.hpp"
#include "tests/storage/books_hold.hpp"

using namespace downline;

namespace {

/// The kept database of a version, unpacked to a file of its own.
class KeptDatabase {
public:
    explicit KeptDatabase(int version)
        : path_(std::filesystem::temp_directory_path() /
                fmt::format("downline-kept-{}-{}.db", version, std::rand())) {
        const std::string command = fmt::format("xz -dc '{}/tests/storage/schemas/{}.db.xz' > '{}'",
                                                DOWNLINE_SOURCE_DIR, version, path_.string());
        REQUIRE(std::system(command.c_str()) == 0);
    }
    ~KeptDatabase() { std::filesystem::remove(path_); }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a database of every older schema is brought up to date when it is opened") {
    for (int version = 1; version < schema_version; ++version) {
        CAPTURE(version);
        const KeptDatabase kept(version);
        Database database(kept.path(), Database::Access::read);
        CHECK(database.integer("PRAGMA user_version") == schema_version);
        CHECK(database.text("SELECT group_concat(period || ' ' || state, ', ') FROM run") ==
              "2026-01 final, 2026-02 final, 2026-03 draft");
        // bob's payment failed and came back
        CHECK(database.integer("SELECT sum(amount) FROM balance WHERE member = 2") > 0);
        check_verifies(database);
    }
}

TEST_CASE("the digests of the schemas are those of their steps") {
    Database database = Database::in_memory();
    const auto remove_all = [&] {
        sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_RESET_DATABASE, 1, nullptr);
        database.execute("VACUUM");
        sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_RESET_DATABASE, 0, nullptr);
    };
    remove_all();
    for (std::size_t step = 0; step < schema_steps.size(); ++step) {
        database.execute(schema_steps[step]);
        CHECK(schema_digest(database.handle()) == schema_digests[step]);
    }
}

TEST_CASE("an older database that may not be written to is refused with the remedy") {
    const KeptDatabase kept(1);
    std::filesystem::permissions(kept.path(), std::filesystem::perms::owner_read);
    if (geteuid() == 0) return;  // to root nothing is read-only
    CHECK_THROWS_WITH_AS(Database(kept.path(), Database::Access::read),
                         doctest::Contains("open it once with permission to write"), StorageError);
}
