// Bulk insertion from memory.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <array>

#include "engine/errors.hpp"
#include "storage/feed.hpp"

namespace downline {
namespace {

constexpr std::array<const char*, 3> places{"Bonn", "Graz", "Chur"};

void emit_place(const void* rows, std::size_t row, int column, sqlite3_context* cell) {
    if (column == 0) sqlite3_result_int64(cell, static_cast<sqlite3_int64>(row));
    else if (row != 1)  // the second has no name
        sqlite3_result_text(cell, static_cast<const char* const*>(rows)[row], -1, SQLITE_STATIC);
}

}  // namespace

TEST_CASE("a feed inserts the rows of a range, and a cell that is not given is NULL") {
    Database database = Database::in_memory();
    database.execute("CREATE TABLE place(name TEXT, number INTEGER PRIMARY KEY) STRICT");
    Feed feed(database, "place", {"number", "name"});
    feed.insert(places.data(), 0, 2, emit_place);
    feed.insert(places.data(), 2, 3, emit_place);
    CHECK(database.text("SELECT group_concat(number || ifnull(name, '-')) FROM place") ==
          "0Bonn,1-,2Chur");
}

TEST_CASE("a row that the table refuses is an error, and nothing of the call is inserted") {
    Database database = Database::in_memory();
    database.execute("CREATE TABLE place(name TEXT NOT NULL, number INTEGER PRIMARY KEY) STRICT");
    Feed feed(database, "place", {"number", "name"});
    CHECK_THROWS_AS(feed.insert(places.data(), 0, 3, emit_place), StorageError);
    CHECK(database.integer("SELECT count(*) FROM place") == 0);
}

}  // namespace downline
