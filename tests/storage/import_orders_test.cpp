// Orders: what is stored of them, and rows that come again.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/storage/importing.hpp"

namespace downline {
namespace {

Database with_members() {
    Database database = Database::in_memory();
    import_good(database, ImportKind::members,
                "member_id,sponsor_id,joined_on,kind\n"
                "A,,2026-01-01,affiliate\nB,A,2026-01-01,customer\n");
    return database;
}

std::string import_orders_text(Database& database, const std::string& text) {
    return import_text(database, ImportKind::orders, text);
}

const std::string header = "order_id,member_id,ordered_on,amount\n";

}  // namespace

TEST_CASE("an order keeps what is stated and nothing else") {
    Database database = with_members();
    CHECK(import_orders_text(database,
                             "order_id,line,member_id,ordered_on,amount,volume,qualifying_volume,"
                             "cost,sku,category,kind,quantity,contract,currency\n"
                             "1,2,B,2026-01-05,12.5,10,9.99,7,S,C,K,3,P,USD\n"
                             "2,,A,2026-01-06,1,,,,,,,,,\n") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(database.text("SELECT order_id || line || buyer || ' ' || amount || ' ' || volume || ' '"
                        " || qualifying_volume || ' ' || cost || sku || category || kind ||"
                        " quantity || contract FROM order_line WHERE row = 1") ==
          "122 1250 1000 999 700SCK3P");
    CHECK(database.integer("SELECT count(*) FROM order_line WHERE row = 2 AND line = 1 AND volume"
                           " IS NULL AND qualifying_volume IS NULL AND cost IS NULL AND quantity IS"
                           " NULL AND sku IS NULL AND contract IS NULL") == 1);
}

TEST_CASE("the largest amount goes in, and zeros before a number say nothing") {
    Database database = with_members();
    CHECK(import_orders_text(database, header + "1,A,2026-01-05,10000000000000.00\n"
                                                "2,A,2026-01-05,00000000000000000001.50\n"
                                                "3,A,2026-01-05,00000000000000000000.50\n"
                                                "4,A,2026-01-05,00000000000000000000\n") ==
          "4 new, 0 changed, 0 unchanged, 0 rejected");
    // 10^15 minor units, the most that an amount may be, and 1.50 + 0.50 + 0.
    CHECK(database.integer("SELECT sum(amount) FROM order_line") == 1'000'000'000'000'200);
}

TEST_CASE("rows of a day lie together, and extents say where") {
    Database database = with_members();
    import_good(database, ImportKind::orders,
                header + "1,A,2026-01-06,1\n2,A,2026-01-05,1\n3,B,2026-01-06,1\n");
    CHECK(database.text("SELECT group_concat(order_id || '/' || row, ' ') FROM (SELECT * FROM"
                        " order_line ORDER BY row)") == "2/1 1/2 3/3");
    CHECK(database.text("SELECT group_concat(date(ordered_on * 86400, 'unixepoch') || ':' ||"
                        " first_row || '-' || last_row, ' ') FROM order_extent") ==
          "2026-01-05:1-1 2026-01-06:2-3");
    CHECK(database.text("SELECT date(first_day * 86400, 'unixepoch') || date(last_day * 86400,"
                        " 'unixepoch') FROM import WHERE number = 2") == "2026-01-052026-01-06");
}

TEST_CASE("the same rows again are unchanged, new ones beside them are new") {
    Database database = with_members();
    const std::string text = header + "1,A,2026-01-06,1\n2,B,2026-01-05,1\n";
    import_good(database, ImportKind::orders, text);
    CHECK(import_orders_text(database, text) == "0 new, 0 changed, 2 unchanged, 0 rejected");
    CHECK(import_orders_text(database, text + "0,A,2026-01-05,3\n3,A,2026-01-05,3\n") ==
          "2 new, 0 changed, 2 unchanged, 0 rejected");
    CHECK(import_orders_text(database, text + text.substr(header.size())) ==
          "0 new, 0 changed, 4 unchanged, 0 rejected");
    CHECK(database.integer("SELECT count(*) FROM import") == 3);
}

TEST_CASE("a column that a file lacks does not differ, and a replaced row keeps it") {
    Database database = with_members();
    import_good(database, ImportKind::orders,
                "order_id,member_id,ordered_on,amount,sku,volume\n1,A,2026-01-06,10,S,7\n");
    CHECK(import_orders_text(database, header + "1,A,2026-01-06,10\n") ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(
        import_orders_text(database, header + "1,B,2026-01-06,12\n") ==
        "0 new, 0 changed, 0 unchanged, 1 rejected\n"
        "orders:2:1: error conflict: order_id \"1\" line 1 is known with other content: member_id "
        "is \"A\", here \"B\"; amount is \"10.00\", here \"12.00\"; --replace lets the new "
        "content count");
    ImportOptions options =
        options_for(ImportKind::orders, header + "1,B,2026-01-07,12\n2,B,2026-01-07,1\n");
    options.replace = true;
    CHECK(said(import_files(database, options)) == "1 new, 1 changed, 0 unchanged, 0 rejected");
    CHECK(database.text("SELECT group_concat(row || sku || volume || amount, ' ') FROM order_line"
                        " WHERE order_id = '1'") == "1S7001000 3S7001200");
    CHECK(database.text("SELECT row || ' ' || import || ' ' || by_row FROM replaced") == "1 3 3");
    CHECK(import_orders_text(database, header + "1,B,2026-01-07,12\n") ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
}

TEST_CASE("lines of an order have one buyer, one day, one contract") {
    Database database = with_members();
    const std::string lines = "order_id,line,member_id,ordered_on,amount,contract\n";
    CHECK(
        import_orders_text(database, lines + "1,1,A,2026-01-06,1,\n1,2,B,2026-01-06,1,\n"
                                             "2,1,A,2026-01-06,1,\n2,2,A,2026-01-07,1,\n"
                                             "3,1,A,2026-01-06,1,X\n3,2,A,2026-01-06,1,Y\n"
                                             "4,1,A,2026-01-06,1,X\n4,2,A,2026-01-06,1,X\n") ==
        "0 new, 0 changed, 0 unchanged, 3 rejected\n"
        "orders:3:1: error order_mismatch: order_id \"1\" has another line for which member_id is "
        "\"A\", here \"B\"; all lines of an order have one buyer, one day, one contract\n"
        "orders:5:1: error order_mismatch: order_id \"2\" has another line for which ordered_on is "
        "\"2026-01-06\", here \"2026-01-07\"; all lines of an order have one buyer, one day, one "
        "contract\n"
        "orders:7:1: error order_mismatch: order_id \"3\" has another line for which contract is "
        "\"X\", here \"Y\"; all lines of an order have one buyer, one day, one contract");
    CHECK(database.integer("SELECT count(*) FROM order_line") == 0);
}

TEST_CASE("returns are of what is left") {
    Database database = with_members();
    import_good(database, ImportKind::orders, header + "1,A,2026-01-06,100\n");
    const std::string returns = "return_id,order_id,returned_on,amount\n";
    CHECK(import_text(database, ImportKind::returns,
                      returns + "R1,1,2026-01-06,60\nR2,1,2026-02-01,40\n") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(
        import_text(database, ImportKind::returns,
                    returns + "R1,1,2026-01-06,60\nR3,1,2026-02-01,0.01\n") ==
        "0 new, 0 changed, 1 unchanged, 1 rejected\n"
        "returns:3:17: error more_than_left: amount \"0.01\" is more than what is left of order_id "
        "\"1\" line 1: 0.00 of 100.00; return that at most");
}

TEST_CASE("products are versions") {
    Database database = with_members();
    const std::string header_of_products = "sku,price,valid_from,creator_id\n";
    CHECK(import_text(database, ImportKind::products,
                      header_of_products + "S,10,,A\nS,12,2026-02-01,\nT,1,,\n") ==
          "3 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(import_text(database, ImportKind::products, header_of_products + "S,10,,A\n") ==
          "0 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(
        import_text(database, ImportKind::products, header_of_products + "S,11,,A\n") ==
        "0 new, 0 changed, 0 unchanged, 1 rejected\n"
        "products:2:1: error conflict: sku \"S\" is known with other content: price is \"10.00\", "
        "here \"11.00\"; give the new version a valid_from of its own, or --replace lets it count");
}

TEST_CASE("an import that is withdrawn leaves what was before it") {
    Database database = with_members();
    import_good(database, ImportKind::orders, header + "1,A,2026-01-06,100\n");
    ImportOptions options =
        options_for(ImportKind::orders, header + "1,A,2026-01-06,50\n2,A,2026-01-06,1\n");
    options.replace = true;
    CHECK(said(import_files(database, options)) == "1 new, 1 changed, 0 unchanged, 0 rejected");
    undo_import(database, 3, "tester", "2026-11-22T00:00:00Z");
    CHECK(database.integer("SELECT sum(amount) FROM order_line WHERE row NOT IN (SELECT row FROM"
                           " replaced)") == 10000);
    CHECK(list_imports(database).back().undone_by == "tester");
    CHECK(import_orders_text(database, header + "3,A,2026-01-06,5\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(database.integer("SELECT max(number) FROM import") == 4);
}

TEST_CASE("a row larger than the first blocks is read whole, and one beyond a mebibyte is refused") {
    const auto said_of = [](std::size_t sku_bytes) {
        Database database = Database::in_memory();
        import_good(database, ImportKind::members,
                    "member_id,sponsor_id,joined_on\nA,,2026-01-01\n");
        return import_text(database, ImportKind::orders,
                           fmt::format("order_id,member_id,ordered_on,amount,sku\n"
                                       "1,A,2026-01-02,1.00,{:x>{}}\n2,A,2026-01-02,1.00,y\n",
                                       "", sku_bytes));
    };
    for (const std::size_t bytes : {262'000UL, 262'144UL, 300'000UL, 600'000UL, 1'000'000UL})
        CHECK(said_of(bytes) ==
              fmt::format("0 new, 0 changed, 0 unchanged, 1 rejected\norders:2:21: error "
                          "field_too_long: sku has {} bytes, at most 65536 are allowed; shorten it",
                          bytes));
    CHECK(said_of(1'100'000) ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\norders:2:1: error line_too_long: a row of more "
          "than 1048576 bytes; is a quotation mark never closed?");
}

}  // namespace downline
