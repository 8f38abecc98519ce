// Text on a terminal: widths of columns, and bytes that must not reach it.
#include "cli/text_width.hpp"

#include <doctest/doctest.h>

using namespace downline;

TEST_CASE("control characters, escapes and direction marks are written out") {
    CHECK(shown("ann") == "ann");
    CHECK(shown("Zoë 李") == "Zoë 李");
    CHECK(shown("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    CHECK(shown("\x1b[31mred") == "\\x1b[31mred");
    CHECK(shown("\x7f") == "\\x7f");
    CHECK(shown("\xc2\x9b" "2J") == "\\x9b2J");         // U+009B, a control sequence in one character
    CHECK(shown("\xe2\x80\xae" "abc") == "\\u202eabc");  // right-to-left override
    CHECK(shown("\xff\xfe") == "\\xff\\xfe");            // no UTF-8
    CHECK(shown(std::string_view("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("wide characters take two columns and combining ones none") {
    CHECK(column_count("abc") == 3);
    CHECK(column_count("李娜") == 4);
    CHECK(column_count("Zoë") == 3);
    CHECK(column_count("e\xcc\x81") == 1);  // e and a combining acute accent
    CHECK(column_count("\xff") == 1);
    CHECK(column_count("") == 0);
}
