// The scanner of CSV: what RFC 4180 says, and the same as libcsv in strict mode on random texts.
#include "storage/csv.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "tests/property/holds.hpp"
#include "tests/storage/csv_records.hpp"

namespace downline {
namespace {

/// A text of few different characters, so that quotes meet delimiters often. A return is always
/// one of a CRLF: alone it ends a record for libcsv, and is a character like others for us.
rc::Gen<std::string> csv_like_text() {
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "a", "b", " ", ",", ",", "\n", "\r\n", "\"", "\"", "\"\"", "\",\"", "\"\n")),
        [](const std::vector<std::string>& parts) {
            std::string text;
            for (const std::string& part : parts) text += part;
            return text;
        });
}

Records records_of(const std::string& text) {
    const auto records = scanned(text, text.size() + 1);
    REQUIRE(records.has_value());
    return *records;
}

}  // namespace

TEST_CASE("records end with LF, CRLF or the text, and fields are quoted as a whole or not") {
    CHECK(records_of("a,b\nc,d\r\ne,f") == Records{{"a", "b"}, {"c", "d"}, {"e", "f"}});
    CHECK(records_of("\"a,\"\"b\"\"\",\"\r\n\"\n") == Records{{"a,\"b\"", "\r\n"}});
    CHECK(records_of(",\n,") == Records{{"", ""}, {"", ""}});
    CHECK(records_of("").empty());
    CHECK(records_of("\n") == Records{{""}});
    CHECK(records_of("a\r") == Records{{"a"}});
    CHECK_FALSE(scanned("a\"b\"\n", 10));
    CHECK_FALSE(scanned("\"a\"b\n", 10));
    CHECK_FALSE(scanned("\"a\n", 10));
}

TEST_CASE("after an error the next line follows") {
    const std::string text = "a\"b,c\n\"d\"e\nf\n\"g\nh\n";
    CsvScanner scanner(text, ',', true);
    CHECK(scanner.next() == CsvScanner::Found::stray_quote);
    CHECK(scanner.error_at() == 1);
    CHECK(scanner.next() == CsvScanner::Found::after_quote);
    CHECK(scanner.error_at() == 9);
    CHECK(scanner.next() == CsvScanner::Found::record);
    CHECK(scanner.next() == CsvScanner::Found::open_quote);
    CHECK(scanner.error_at() == 13);
    CHECK(scanner.next() == CsvScanner::Found::record);
    CHECK(scanner.fields().front() == "h");
    CHECK(scanner.next() == CsvScanner::Found::end);
}

TEST_CASE("random texts are read as libcsv reads them in strict mode") {
    property::holds("as libcsv", 2000, [] {
        const std::string text = *csv_like_text();
        RC_ASSERT(without_empty(scanned(text, text.size() + 1)) == without_empty(by_libcsv(text)));
    });
}

TEST_CASE("pieces make no difference") {
    property::holds("in pieces", 2000, [] {
        const std::string text = *csv_like_text();
        const auto piece = *rc::gen::inRange<std::size_t>(1, 6);
        RC_ASSERT(scanned(text, piece) == scanned(text, text.size() + 1));
    });
}

TEST_CASE("what csv_field writes is read again") {
    property::holds("round trip", 1000, [](const std::string& field) {
        RC_PRE(field.find('\0') == std::string::npos);
        const Records expected{{"x", field}};
        RC_ASSERT(records_of("x," + csv_field(field) + "\n") == expected);
    });
}

}  // namespace downline
