// Tables for people.
#include "cli/table.hpp"

#include <doctest/doctest.h>

#include "engine/errors.hpp"
#include "tests/cli/written.hpp"

using namespace downline;

TEST_CASE("columns are as wide as their widest cell and numbers stand to the right") {
    const std::string text = written([](Output& output) {
        Table table(output, {{"name"}, {"amount", Align::right}, {"note"}});
        table.row({"ann", "5.00", "x"});
        table.row({"李娜", "1234.50", ""});
        table.finish();
    });
    CHECK(text ==
          "name   amount  note\n"
          "----  -------  ----\n"
          "ann      5.00  x\n"
          "李娜  1234.50\n");  // no blanks at the end
}

TEST_CASE("a cell cannot break out of its row") {
    const std::string text = written([](Output& output) {
        Table table(output, {{"name"}});
        table.row({"a\nb\x1b[2J"});
        table.finish();
    });
    CHECK(text == "name\n-----------\na\\nb\\x1b[2J\n");
}

TEST_CASE("a table without rows has its titles") {
    const std::string text = written([](Output& output) {
        Table table(output, {{"name"}, {"amount", Align::right}});
        table.finish();
        CHECK(table.row_count() == 0);
    });
    CHECK(text == "name  amount\n----  ------\n");
}

TEST_CASE("rows after the first thousand keep the widths, and none is lost") {
    const std::string text = written([](Output& output) {
        Table table(output, {{"n", Align::right}, {"x"}});
        for (int i = 0; i < 1500; ++i) table.row({std::to_string(i), "y"});
        table.row({"123456", "wider"});
        table.finish();
        CHECK(table.row_count() == 1501);
    });
    CHECK(text.starts_with("  n  x\n---  -\n  0  y\n"));
    CHECK(text.ends_with("1499  y\n123456  wider\n"));  // 1,000 rows have at most three digits
    CHECK(std::count(text.begin(), text.end(), '\n') == 1503);
}

TEST_CASE("a row with a cell too few is a bug that is found") {
    Output output;
    Table table(output, {{"a"}, {"b"}});
    CHECK_THROWS_AS(table.row({"x"}), BrokenInvariant);
}
