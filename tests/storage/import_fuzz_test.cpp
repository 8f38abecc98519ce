// Any bytes as a file: an import applies all of it or reports and applies nothing, and what it
// leaves behind always holds together.
#include <doctest/doctest.h>

#include <random>

#include "engine/errors.hpp"
#include "tests/property/holds.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

const std::vector<std::pair<ImportKind, std::string>> seeds{
    {ImportKind::members,
     "member_id,sponsor_id,joined_on,kind,kind_on,name,status,status_on,enroller_id,placement_id,"
     "leg,country,title\n"
     "A,,2026-01-01,affiliate,,\"Ann, \"\"the\"\" first\",,,,,,DE,\n"
     "B,A,2026-01-02,affiliate,2026-02-01,Bo\xc3\xa9,suspended,2026-03-01,A,A,L,,gold\n"
     "C,B,2026-01-03,customer,,,,,,,,,\nD,A,2026-01-03,,,,terminated,,B,A,2,,\n"},
    {ImportKind::members, "member_id,sponsor_id,joined_on\r\nE,D,2026-01-01\r\nF,E,2026-01-01\r\n"},
    {ImportKind::orders,
     "order_id,line,member_id,ordered_on,amount,volume,qualifying_volume,cost,sku,category,kind,"
     "quantity,contract,currency\n"
     "1,1,A,2026-02-01,10.00,9,8.5,7,S,,kit,2,,USD\n1,2,A,2026-02-01,1,,,,,,,,,\n"
     "2,1,C,2026-02-03,5.50,,,,S,,,,P,\n3,1,B,2026-01-31,0,,,,,,,,,\n"},
    {ImportKind::returns,
     "return_id,order_id,line,returned_on,amount,volume\nR,1,1,2026-02-05,5,\nR,1,2,2026-02-05,1,"
     "1\n"},
    {ImportKind::products,
     "sku,name,category,price,volume,creator_id,valid_from\nS,Soap,care,5,4.5,B,\nS,Soap,care,6,5,"
     "B,"
     "2026-03-01\n"},
    {ImportKind::moves,
     "member_id,tree,new_parent_id,effective_on,leg,reason\nB,sponsor,,2026-02-01,,away\n"
     "D,sponsor,B,2026-02-01,,along\nD,placement,B,2026-02-03,R,x\nC,enroller,B,2026-02-04,,y\n"},
    {ImportKind::opening,
     "member_id,item,amount,bonus,measure,order_id,line,level\nA,balance,-5.00,,,,,\n"
     "B,left,2.5,,,,,\nB,right,2,P,,,,\nA,measure,9,,best,,,\nA,line,1.00,P,,1,2,3\n"},
};

/// A text with a few bytes, fields or lines changed.
std::string mutated(std::string text, std::mt19937& chance) {
    const auto below = [&chance](std::size_t count) { return chance() % count; };
    constexpr char bytes[] = "\0\n\r\",;ABCDEF0129-. \t\x7f\xc2\x85\xff";
    const std::string_view alphabet{bytes, sizeof bytes - 1};
    for (std::size_t i = below(4); i > 0 && !text.empty(); --i) {
        const std::size_t at = below(text.size());
        switch (below(6)) {
            case 0: text[at] = alphabet[below(alphabet.size())]; break;
            case 1: text.insert(at, 1, alphabet[below(alphabet.size())]); break;
            case 2: text.erase(at, below(8)); break;
            case 3: {  // a line again, somewhere
                const std::size_t end = text.find('\n', at);
                if (end != std::string::npos) text.insert(end + 1, text.substr(at, end + 1 - at));
                break;
            }
            case 4: text.insert(at, text.substr(below(text.size()), below(40))); break;
            default: text.resize(at); break;
        }
    }
    return text;
}

std::string content(Database& database) {
    std::string all;
    for (const char* table : {"import", "member", "member_change", "order_line", "order_extent",
                              "return_line", "product", "opening", "replaced"}) {
        Query query = database.query(std::string("SELECT * FROM ") + table);
        while (query.step())
            for (int column = 0; column < 15; ++column)
                all += std::string(query.text(column)) + "|";
    }
    return all;
}

/// What holds in every database.
void check_whole(Database& database) {
    CHECK(database.integer("SELECT count(*) FROM pragma_foreign_key_check") == 0);
    CHECK(database.integer("SELECT count(*) FROM order_line") ==
          database.integer("SELECT ifnull(sum(last_row - first_row + 1), 0) FROM order_extent"));
    CHECK(database.integer("SELECT count(*) FROM order_line o WHERE NOT EXISTS (SELECT 1 FROM"
                           " order_extent e WHERE o.row BETWEEN e.first_row AND e.last_row AND"
                           " e.ordered_on = o.ordered_on AND e.import = o.import)") == 0);
    CHECK(database.integer("SELECT count(*) FROM (SELECT order_id FROM order_line WHERE row NOT IN"
                           " (SELECT row FROM replaced WHERE table_name = 'order_line') GROUP BY"
                           " order_id HAVING count(DISTINCT line) < count(*) OR count(DISTINCT"
                           " buyer) > 1 OR count(DISTINCT ordered_on) > 1)") == 0);
    CHECK(database.integer("WITH RECURSIVE line(start, number, depth) AS (SELECT number, sponsor, 1"
                           " FROM member UNION ALL SELECT start, sponsor, depth + 1 FROM line JOIN"
                           " member USING (number) WHERE depth < 1000) SELECT max(depth) < 1000"
                           " FROM line") != 0);
}

}  // namespace

TEST_CASE("mutated files are applied whole or not at all") {
    const std::uint64_t seed = property::from_environment("DOWNLINE_SEED", 20260101);
    const std::uint64_t factor = property::from_environment("DOWNLINE_CASES_FACTOR", 1);
    std::mt19937 chance(static_cast<std::mt19937::result_type>(seed));
    std::size_t applied_count = 0, refused_count = 0;
    for (std::uint64_t round = 0; round < 30 * factor; ++round) {
        Database database = Database::in_memory();
        for (int i = 0; i < 60; ++i) {
            const auto& [kind, text] = seeds[chance() % seeds.size()];
            ImportOptions options = options_for(kind, mutated(text, chance));
            options.replace = chance() % 4 == 0;
            options.ignore_unknown = chance() % 4 == 0;
            const std::string before = content(database);
            const ImportReport report = import_files(database, options);
            ++(report.applied ? applied_count : refused_count);
            CAPTURE(options.texts.front());
            CHECK(report.applied == (report.error_count == 0));
            if (!report.applied) CHECK(content(database) == before);
            for (const RowError& error : report.errors) {
                CHECK(error.line >= 1);
                CHECK(error.column >= 1);
            }
            if (report.import_number == 0) continue;
            options.replace = false;
            const ImportReport again = import_files(database, options);
            CHECK(again.error_count == 0);
            CHECK(again.new_rows + again.changed_rows == 0);
        }
        check_whole(database);
    }
    MESSAGE("fuzzed imports: ", applied_count, " applied, ", refused_count, " refused");
    CHECK(applied_count > 100 * factor);
    CHECK(refused_count > 100 * factor);
}

TEST_CASE("random bytes are refused or have no rows") {
    std::mt19937 chance(20260101);
    Database database = Database::in_memory();
    for (int i = 0; i < 2000; ++i) {
        std::string text(chance() % 200, '\0');
        for (char& byte : text) byte = static_cast<char>(chance());
        const auto kind = static_cast<ImportKind>(chance() % 4);
        CHECK_FALSE(import_files(database, options_for(kind, text)).applied);
    }
    CHECK(database.integer("SELECT count(*) FROM import") == 0);
}

}  // namespace downline
