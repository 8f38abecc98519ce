// SQL that somebody types: it reads everything and changes nothing.
#include "storage/ask.hpp"

#include <doctest/doctest.h>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"

using namespace downline;

TEST_CASE("a question gives its columns, and each value with its type") {
    Database database = Database::in_memory();
    Question question(database, "SELECT 1 AS n, 2.5 AS r, 'a' AS t, x'00ff' AS b, NULL AS absent");
    CHECK(question.columns() == std::vector<std::string>{"n", "r", "t", "b", "absent"});
    REQUIRE(question.step());
    CHECK(question.cell(0).type == Cell::Type::integer);
    CHECK(question.cell(0).text == "1");
    CHECK(question.cell(1).type == Cell::Type::real);
    CHECK(question.cell(1).text == "2.5");
    CHECK(question.cell(2).text == "a");
    CHECK(question.cell(3).type == Cell::Type::blob);
    CHECK(question.cell(3).text == "00ff");
    CHECK(question.cell(4).type == Cell::Type::null);
    CHECK_FALSE(question.step());
}

TEST_CASE("what would change something is refused, whatever way it is tried") {
    Database database = Database::in_memory();
    const char* refusal = "sql only reads: a statement that changes something is refused";
    for (const char* sql :
         {"DELETE FROM member", "INSERT INTO setting VALUES ('a', 'b')", "DROP TABLE member",
          "CREATE TABLE x (a)", "CREATE TEMP TABLE x (a)", "ATTACH 'x.db' AS x", "DETACH main",
          "BEGIN IMMEDIATE", "COMMIT", "SAVEPOINT s", "VACUUM", "VACUUM INTO 'x.db'", "REINDEX",
          "ANALYZE", "PRAGMA writable_schema = 1", "PRAGMA journal_mode = WAL",
          "PRAGMA user_version = 5",
          "WITH x AS (SELECT 1) DELETE FROM member", "ALTER TABLE member RENAME TO x"}) {
        CAPTURE(sql);
        CHECK_THROWS_WITH_AS(Question(database, sql), refusal, UsageError);
    }
    CHECK_THROWS_WITH_AS(Question(database, "SELECT load_extension('x')"),
                         "sql: not authorized to use function: load_extension", UsageError);
    CHECK_THROWS_WITH_AS(Question(database, "UPDATE sqlite_master SET sql = ''"),
                         "sql: table sqlite_master may not be modified", UsageError);
    Question question(database, "SELECT count(*) FROM member");
    CHECK(question.step());
}

TEST_CASE("the tables of earnings can be asked although they are virtual") {
    Database database = Database::in_memory();
    register_earning_tables(database);
    Question question(database, "SELECT count(*) FROM earning_line, earning_total");
    REQUIRE(question.step());
    CHECK(question.cell(0).text == "0");
}

TEST_CASE("bad SQL and more than one statement are wrong usage") {
    Database database = Database::in_memory();
    CHECK_THROWS_WITH_AS(Question(database, "SELEC 1"), "sql: near \"SELEC\": syntax error",
                         UsageError);
    CHECK_THROWS_WITH_AS(Question(database, "SELECT * FROM x"), "sql: no such table: x",
                         UsageError);
    CHECK_THROWS_WITH_AS(Question(database, "SELECT 1; SELECT 2"), "sql: one statement at a time",
                         UsageError);
    CHECK_THROWS_WITH_AS(Question(database, ";"), "sql: there is no statement in it", UsageError);
    Question trailing(database, "SELECT 1 ; \n");
    CHECK(trailing.step());
}

TEST_CASE("after a question the connection may write again") {
    Database database = Database::in_memory();
    { const Question question(database, "SELECT 1"); }
    CHECK_THROWS_AS(Question(database, "SELEC 1"), UsageError);
    database.set_setting("currency", "USD");
    CHECK(database.currency() == "USD");
}
