// CSV that goes out.
#include "cli/csv_writer.hpp"

#include <doctest/doctest.h>

#include "tests/cli/written.hpp"

using namespace downline;

TEST_CASE("fields with commas, quotes or line ends are quoted, others are not") {
    const std::string text = written([](Output& output) {
        CsvWriter csv(output);
        csv.header({"id", "text"});
        csv.text("a").text("plain").end_row();
        csv.text("b").text("one, two").end_row();
        csv.text("c").text("say \"hi\"").end_row();
        csv.text("d").text("two\nlines").end_row();
        csv.text("e").none().end_row();
    });
    CHECK(text ==
          "id,text\n"
          "a,plain\n"
          "b,\"one, two\"\n"
          "c,\"say \"\"hi\"\"\"\n"
          "d,\"two\nlines\"\n"
          "e,\n");
}

TEST_CASE("text that a spreadsheet would run gets a quote in front, numbers do not") {
    const std::string text = written([](Output& output) {
        CsvWriter csv(output);
        csv.text("=1+1").text("+49 30").text("-x").text("@sum").text("\tx").end_row();
        csv.text("-5").text("-12.50").number(-7).decimal(std::string("-3.00")).text("a=b").end_row();
    });
    CHECK(text ==
          "'=1+1,'+49 30,'-x,'@sum,'\tx\n"
          "-5,-12.50,-7,-3.00,a=b\n");
}

TEST_CASE("what is not there is an empty field") {
    const std::string text = written([](Output& output) {
        CsvWriter csv(output);
        csv.text(std::optional<std::string>{}).decimal(std::optional<std::string>{});
        csv.text(std::optional<std::string>{"x"}).end_row();
    });
    CHECK(text == ",,x\n");
}
