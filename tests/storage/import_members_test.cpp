// Members: first imports, versions, and trees that are none.
#include <doctest/doctest.h>

#include "tests/storage/importing.hpp"

namespace downline {
namespace {

const std::string header = "member_id,sponsor_id,joined_on\n";

std::string import_members_text(Database& database, const std::string& text) {
    return import_text(database, ImportKind::members, text);
}

std::string changes(Database& database) {
    return database
        .text(
            "SELECT group_concat(member_id || ' ' || item || ' ' || date(holds_from * 86400,"
            " 'unixepoch') || ' ' || value, ', ') FROM (SELECT * FROM member_change c JOIN"
            " member m ON m.number = c.member ORDER BY row)")
        .value_or("");
}

}  // namespace

TEST_CASE("members get numbers in the order of their ids, whatever the order of rows") {
    Database database = Database::in_memory();
    CHECK(
        import_members_text(database, header + "C,A,2026-01-02\nA,,2026-01-01\nB,C,2026-01-03\n") ==
        "3 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(database.text("SELECT group_concat(number || member_id || ifnull(sponsor, '-'), ' ')"
                        " FROM member") == "1A- 2B3 3C1");
}

TEST_CASE("the same file again is a no-op without an import number") {
    Database database = Database::in_memory();
    const std::string text =
        "member_id,sponsor_id,joined_on,kind,kind_on,status,status_on,enroller_id,placement_id,leg,"
        "name,country,title\n"
        "A,,2026-01-01,,,,,,,,Ann,DE,gold\n"
        "B,A,2026-01-02,affiliate,2026-03-01,terminated,2026-04-01,A,A,L,Bob,,\n"
        "C,A,2026-01-02,customer,,suspended,,,,,,,\n";
    import_good(database, ImportKind::members, text);
    CHECK(import_members_text(database, text) == "0 new, 0 changed, 3 unchanged, 0 rejected");
    CHECK(database.integer("SELECT count(*) FROM import") == 1);
    CHECK(import_members_text(database, header + "B,A,2026-01-02\n") ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
}

TEST_CASE("an affiliate since a day after joining was a customer before") {
    Database database = Database::in_memory();
    import_good(database, ImportKind::members,
                "member_id,sponsor_id,joined_on,kind,kind_on\n"
                "A,,2026-01-01,affiliate,2026-02-01\nB,,2026-01-01,affiliate,2026-01-01\n");
    CHECK(database.text("SELECT group_concat(kind) FROM member") == "1,0");
    CHECK(changes(database) == "A kind 2026-02-01 0");
}

TEST_CASE("a new status, kind, name or country is a dated version") {
    Database database = Database::in_memory();
    import_good(database, ImportKind::members,
                "member_id,sponsor_id,joined_on,kind,name\nA,,2026-01-01,customer,Ann\n");
    const std::string header_of_changes =
        "member_id,sponsor_id,joined_on,kind,kind_on,status,status_on,name,country\n";
    const std::string row = "A,,2026-01-01,affiliate,2026-05-01,terminated,2026-06-01,Ann Bee,DE\n";
    CHECK(import_members_text(database, header_of_changes + row) ==
          "0 new, 1 changed, 0 unchanged, 0 rejected");
    CHECK(changes(database) ==
          "A kind 2026-05-01 0, A status 2026-06-01 2, A name 2026-11-21 Ann Bee, "
          "A country 2026-11-21 DE");
    CHECK(import_members_text(database, header_of_changes + row) ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(database.text("SELECT name || kind FROM member") == "Ann1");  // as first imported
}

TEST_CASE("the day on which a customer became an affiliate can be replaced") {
    Database database = Database::in_memory();
    const std::string text =
        "member_id,sponsor_id,joined_on,kind,kind_on\nA,,2026-01-01,affiliate,";
    import_good(database, ImportKind::members, text + "2026-05-01\n");
    CHECK(import_members_text(database, text + "2026-06-01\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "members:2:25: error conflict: kind_on is 2026-05-01, here 2026-06-01; correct the file, "
          "or --replace lets the new day count");
    ImportOptions options = options_for(ImportKind::members, text + "2026-06-01\n");
    options.replace = true;
    CHECK(said(import_files(database, options)) == "0 new, 1 changed, 0 unchanged, 0 rejected");
    CHECK(changes(database) == "A kind 2026-05-01 0, A kind 2026-05-01 1, A kind 2026-06-01 0");
    CHECK(import_members_text(database, text + "2026-06-01\n") ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
    options.texts = {text + "2026-04-01\n"};
    CHECK(said(import_files(database, options)) == "0 new, 1 changed, 0 unchanged, 0 rejected");
    CHECK(import_members_text(database, text + "2026-04-01\n") ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
}

TEST_CASE("versions of a status hold by their days, in whatever order they come") {
    const std::string head = "member_id,sponsor_id,joined_on,status,status_on\n";
    const std::string ends = "A,,2026-01-01,terminated,2026-02-01\n";
    const std::string begins = "A,,2026-01-01,active,2026-03-01\n";  // A is active when it comes first
    for (const std::string& rows : {ends + begins, begins + ends}) {
        Database database = Database::in_memory();
        import_good(database, ImportKind::members, "member_id,sponsor_id,joined_on\nA,,2026-01-01\n");
        CHECK(import_members_text(database, head + rows) ==
              "0 new, 2 changed, 0 unchanged, 0 rejected");
        CHECK(import_members_text(database, head + rows) ==
              "0 new, 0 changed, 2 unchanged, 0 rejected");
        CHECK(database.text("SELECT group_concat(value) FROM (SELECT value FROM member_change"
                            " ORDER BY holds_from)") == "2,0");
    }
}

TEST_CASE("the day of joining and the title that was brought along can be replaced") {
    Database database = Database::in_memory();
    const std::string head = "member_id,sponsor_id,joined_on,title\n";
    import_good(database, ImportKind::members, head + "A,,2026-01-01,\nB,A,2026-01-02,gold\n");
    const auto replace = [&](const std::string& rows) {
        ImportOptions options = options_for(ImportKind::members, head + rows);
        options.replace = true;
        return said(import_files(database, options));
    };
    const auto members = [&] {
        return *database.text("SELECT group_concat(member_id || ' ' || date(joined_on * 86400,"
                              " 'unixepoch') || ' ' || ifnull(title, '-'), ', ') FROM member");
    };
    CHECK(import_members_text(database, head + "B,A,2026-01-03,gold\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "members:2:1: error conflict: member_id \"B\" is known with other content: joined_on is "
          "\"2026-01-02\", here \"2026-01-03\"; --replace lets the new content count");
    CHECK(replace("A,,2026-01-01,\nB,A,2026-01-03,silver\n") ==
          "0 new, 1 changed, 1 unchanged, 0 rejected");
    CHECK(members() == "A 2026-01-01 -, B 2026-01-03 silver");
    CHECK(replace("B,A,2026-01-03,silver\nB,A,2026-01-04,silver\n")
              .ends_with("\"2026-01-04\"; the files have it twice, take one out"));
    undo_import(database, 2, "tester", "2026-11-21T00:00:00Z");
    CHECK(members() == "A 2026-01-01 -, B 2026-01-02 gold");
    CHECK(changes(database) == "");
}

TEST_CASE("who was moved keeps the day of joining") {
    Database database = Database::in_memory();
    const std::string head = "member_id,sponsor_id,joined_on\n";
    import_good(database, ImportKind::members, head + "A,,2026-01-01\nB,A,2026-01-02\n");
    import_good(database, ImportKind::moves,
                "member_id,tree,new_parent_id,effective_on,reason\nB,sponsor,,2026-02-01,asked\n");
    ImportOptions options = options_for(ImportKind::members, head + "B,A,2026-01-03\n");
    options.replace = true;
    CHECK(said(import_files(database, options))
              .ends_with("its place and its moves begin with that day; undo the import that brought "
                         "it"));
}

TEST_CASE("versions of one member may stand in one file") {
    Database database = Database::in_memory();
    CHECK(import_members_text(database,
                              "member_id,sponsor_id,joined_on,status,status_on\n"
                              "A,,2026-01-01,,\n"
                              "A,,2026-01-01,suspended,2026-02-01\n"
                              "A,,2026-01-01,active,2026-03-01\n") ==
          "1 new, 2 changed, 0 unchanged, 0 rejected");
    CHECK(changes(database) == "A status 2026-02-01 1, A status 2026-03-01 0");
}

TEST_CASE("every cycle is printed, by the line of its row") {
    Database database = Database::in_memory();
    CHECK(import_members_text(database, header +
                                            "A,C,2026-01-01\nB,A,2026-01-01\nC,B,2026-01-01\n"
                                            "D,A,2026-01-01\nE,F,2026-01-01\nF,E,2026-01-01\n") ==
          "0 new, 0 changed, 0 unchanged, 2 rejected\n"
          "members:2:3: error sponsor_cycle: sponsor links form a cycle of 3: A -> C -> B -> A; "
          "correct one of them\n"
          "members:6:3: error sponsor_cycle: sponsor links form a cycle of 2: E -> F -> E; "
          "correct one of them");
}

TEST_CASE("a chain of a hundred thousand is no cycle, and costs a walk") {
    std::string text = header + "M1000000,,2026-01-01\n";
    for (int i = 1'000'001; i < 1'100'000; ++i)
        text += "M" + std::to_string(i) + ",M" + std::to_string(i - 1) + ",2026-01-01\n";
    Database database = Database::in_memory();
    CHECK(import_members_text(database, text) == "100000 new, 0 changed, 0 unchanged, 0 rejected");
}

}  // namespace downline
