// The scanner of CSV: what RFC 4180 says, and the same as libcsv in strict mode on random texts.
#include "storage/csv.hpp"

#include <csv.h>
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <optional>

#include "tests/property/holds.hpp"

namespace downline {
namespace {

using Records = std::vector<std::vector<std::string>>;

/// All records of a text that is given in pieces of `piece` bytes; nothing where one is wrong.
std::optional<Records> scanned(const std::string& text, std::size_t piece) {
    Records records;
    std::string rest;
    std::size_t given = 0;
    while (true) {
        rest += text.substr(given, piece);
        given = std::min(given + piece, text.size());
        const bool is_last = given == text.size();
        CsvScanner scanner(rest, ',', is_last);
        while (true) {
            const CsvScanner::Found found = scanner.next();
            if (found == CsvScanner::Found::end) break;
            if (found != CsvScanner::Found::record) return std::nullopt;
            records.emplace_back(scanner.fields().begin(), scanner.fields().end());
        }
        if (is_last) return records;
        rest.erase(0, scanner.next_begin());
    }
}

/// The same by libcsv: strict, blanks kept. It leaves out empty lines.
std::optional<Records> by_libcsv(const std::string& text) {
    struct Target {
        Records records{{}};
    } target;
    csv_parser parser{};
    REQUIRE(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
    csv_set_space_func(&parser, [](unsigned char) { return 0; });
    const auto end_field = [](void* bytes, std::size_t size, void* given) {
        static_cast<Target*>(given)->records.back().emplace_back(static_cast<char*>(bytes), size);
    };
    const auto end_record = [](int, void* given) {
        static_cast<Target*>(given)->records.emplace_back();
    };
    const bool is_good = csv_parse(&parser, text.data(), text.size(), end_field, end_record,
                                   &target) == text.size() &&
                         csv_fini(&parser, end_field, end_record, &target) == 0;
    csv_free(&parser);
    if (!is_good) return std::nullopt;
    target.records.pop_back();
    return target.records;
}

/// Without records of one empty field: what an empty line is.
std::optional<Records> without_empty(std::optional<Records> records) {
    if (records) std::erase(*records, std::vector<std::string>{""});
    return records;
}

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
