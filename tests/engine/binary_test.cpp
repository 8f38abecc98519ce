// The kind `binary`: what both legs hold, matched, paid and carried.
#include <doctest/doctest.h>

#include "engine/bonuses/binary.hpp"
#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

/// Ann with so much on both sides.
DrawnTree legs(const std::string& left, const std::string& right, const std::string& ann = "") {
    return draw("ann 0 " + ann + "\n  bob " + left + " place=ann:L\n  cat " + right +
                " place=ann:R\n");
}

Paid binary(const DrawnTree& drawn, const std::string& keys, const std::string& before = "") {
    return pay(drawn, before + "[[bonus]]\ncode = \"team\"\nkind = \"binary\"\nvolume = \"pv\"\n" +
                          keys);
}

Carry left_to(const DrawnTree& drawn, const Paid& paid, std::string_view id) {
    const auto team = paid.result.carry_after.find("team");
    if (team != paid.result.carry_after.end())
        for (const Carry& carry : team->second)
            if (carry.member == drawn.index(id)) return carry;
    return {drawn.index(id), 0, 0};
}

TEST_CASE("a rate is paid on the lesser leg, taken from both, and the rest is carried") {
    const DrawnTree drawn = legs("300", "120.50");
    const Paid paid = binary(drawn, "rate = \"10%\"");
    CHECK(paid.to("ann") == 1205);  // 10 % of 120.50
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 17950, 0});
    REQUIRE(paid.lines.size() == 1);
    CHECK(paid.lines[0] == PaidLine{"ann", "", 0, 0, 1205, StreamKind::leveraged});
    CHECK(paid.result.books[0].lines(0).at(0).base == 12050);
}

TEST_CASE("without carry what is left is lost") {
    const Paid paid = binary(legs("300", "100"), "rate = \"10%\"\ncarry = \"none\"");
    CHECK(paid.to("ann") == 1000);
    CHECK(paid.result.carry_after.empty());
}

TEST_CASE("who is not paid is not matched: the legs keep everything") {
    const DrawnTree drawn = legs("300", "100", "inactive");
    const Paid paid = binary(drawn, "rate = \"10%\"");
    CHECK(paid.to("ann") == 0);
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 30000, 10000});
}

TEST_CASE("min is the least lesser leg that pays, after the legs are cut to max_leg") {
    const auto to_ann = [](const char* right, const char* keys) {
        return binary(legs("300", right), std::string("rate = \"10%\"\n") + keys).to("ann");
    };
    CHECK(to_ann("99.99", "min = 100") == 0);
    CHECK(to_ann("100", "min = 100") == 1000);
    CHECK(to_ann("100.10", "min = 100") == 1001);
    CHECK(to_ann("120", "min = 100\nmax_leg = 99") == 0);
    CHECK(to_ann("120", "min = 100\nmax_leg = 100") == 1000);
}

TEST_CASE("a table of cycles by rank is a cycle of tables by rank") {
    const auto pays = [](const std::string& cycle, int title) {
        return binary(legs("300", "120", "title=" + std::to_string(title)),
                      "rank_by = \"title\"\ncycle = " + cycle,
                      "[[rank]]\nname = \"silver\"\nrequires = { title = \"silver\" }\n"
                      "[[rank]]\nname = \"gold\"\nrequires = { title = \"gold\" }\n")
            .to("ann");
    };
    const char* by_rank = "{ silver = { greater = 100, lesser = 50, amount = \"3.00\" }, "
                          "gold = { greater = 100, lesser = 60, amount = \"7.00\" } }";
    const char* tables = "{ greater = 100, lesser = { silver = 50, gold = 60 }, "
                         "amount = { silver = \"3.00\", gold = \"7.00\" } }";
    for (const char* cycle : {by_rank, tables}) {
        CHECK(pays(cycle, 0) == 0);
        // (300, 120) → (200, 70) → (100, 20); with 60 (200, 60) → (100, 0).
        CHECK(pays(cycle, 1) == 600);
        CHECK(pays(cycle, 2) == 1400);
    }
}

TEST_CASE("legs may hold a count, three sales on either side to a cycle") {
    const DrawnTree drawn = legs("300", "120.50");
    const auto pays = [&](const std::string& keys) {
        return pay(drawn, "[measures]\nsales = { count = \"orders\" }\n[[bonus]]\ncode = \"team\"\n"
                          "kind = \"binary\"\nvolume = \"sales\"\n" +
                              keys);
    };
    // One order on each side.
    const Paid paid = pays("cycle = { greater = 1, lesser = 1, amount = \"7.00\" }");
    CHECK(paid.to("ann") == 700);
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 0, 0});
    CHECK(pays("steps = [[1, \"3.00\"], [2, \"9.00\"]]").to("ann") == 300);
    const Paid none = pays("cycle = { greater = 2, lesser = 1, amount = \"7.00\" }");
    CHECK(none.to("ann") == 0);
    CHECK(left_to(drawn, none, "ann") == Carry{drawn.index("ann"), 100, 100});
}

TEST_CASE("max_leg cuts a leg, and what it cuts is lost") {
    const DrawnTree drawn = legs("300", "120");
    const Paid paid = binary(drawn, "rate = \"10%\"\nmax_leg = 200");
    CHECK(paid.to("ann") == 1200);
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 8000, 0});
}

TEST_CASE("cycles: which leg is the greater is decided anew for each") {
    // 500 and 500, 200 + 100 each: (500, 500) → (300, 400) → (200, 200) → (0, 100).
    const DrawnTree drawn = legs("500", "500");
    const Paid paid = binary(drawn, "cycle = { greater = 200, lesser = 100, amount = \"7.00\" }");
    CHECK(paid.to("ann") == 2100);
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 0, 10000});
    CHECK(paid.result.books[0].lines(0).at(0).base == 3);  // cycles
}

TEST_CASE("cycles: one below, at and above what a cycle takes") {
    const auto cycles = [](const char* left, const char* right) {
        return binary(legs(left, right),
                      "cycle = { greater = 200, lesser = 100, amount = \"1.00\" }")
            .to("ann");
    };
    CHECK(cycles("199.99", "150") == 0);
    CHECK(cycles("200", "99.99") == 0);
    CHECK(cycles("200", "100") == 100);
    CHECK(cycles("200.01", "100.01") == 100);
    CHECK(cycles("100", "200") == 100);
}

TEST_CASE("taking cycles at once is taking them one by one") {
    for (const auto& [greater, lesser] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {2, 1}, {1, 1}, {5, 3}, {7, 0}, {3, 4}, {0, 2}})
        for (std::int64_t left = 0; left <= 40; ++left)
            for (std::int64_t right = 0; right <= 40; ++right)
                for (const std::int64_t most : {std::int64_t{3}, INT64_MAX}) {
                    std::int64_t a = left, b = right, count = 0;
                    while (count < most) {
                        std::int64_t& high = a >= b ? a : b;
                        std::int64_t& low = a >= b ? b : a;
                        if (high < greater || low < lesser) break;
                        high -= greater;
                        low -= lesser;
                        ++count;
                    }
                    std::int64_t x = left, y = right;
                    CAPTURE(greater);
                    CAPTURE(left);
                    CAPTURE(right);
                    REQUIRE(take_cycles(x, y, greater, lesser, most) == count);
                    REQUIRE(x == a);
                    REQUIRE(y == b);
                }
}

TEST_CASE("steps: the highest that the lesser leg reaches, of which its floor is taken") {
    const char* keys = "steps = [[250, \"40.00\"], [2000, \"400.00\"]]";
    CHECK(binary(legs("9000", "249.99"), keys).to("ann") == 0);
    CHECK(binary(legs("9000", "250"), keys).to("ann") == 4000);
    CHECK(binary(legs("9000", "1999.99"), keys).to("ann") == 4000);
    const DrawnTree drawn = legs("9000", "2000");
    const Paid paid = binary(drawn, keys);
    CHECK(paid.to("ann") == 40000);
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 700000, 0});
}

TEST_CASE("what a cap per member leaves unpaid stays in the legs, unless it is flushed") {
    const DrawnTree drawn = legs("1000", "1000");
    // 10 % of 1,000 is 100.00; the cap of 33.33 takes 33.33 ÷ 10 % = 333.30 points.
    const Paid kept = binary(drawn, "rate = \"10%\"\ncap = { per_member = \"33.33\" }");
    CHECK(kept.to("ann") == 10000);
    CHECK(kept.result.paid_minor == 3333);
    CHECK(left_to(drawn, kept, "ann") == Carry{drawn.index("ann"), 66670, 66670});
    // 33.33 ÷ 30 % = 111.10 points exactly; 33.34 ÷ 30 % = 111.1333…, rounded up 111.14.
    CHECK(left_to(drawn, binary(drawn, "rate = \"30%\"\ncap = { per_member = \"33.34\" }"), "ann")
              .left_centipoints == 100000 - 11114);
    const Paid flushed =
        binary(drawn, "rate = \"10%\"\ncap = { per_member = \"33.33\" }\nflush_over_cap = true");
    CHECK(flushed.result.paid_minor == 3333);
    CHECK(left_to(drawn, flushed, "ann") == Carry{drawn.index("ann"), 0, 0});
    // Just at the cap nothing is left.
    CHECK(left_to(drawn, binary(drawn, "rate = \"10%\"\ncap = { per_member = \"100.00\" }"), "ann") ==
          Carry{drawn.index("ann"), 0, 0});
}

TEST_CASE("of cycles those that begin under the cap are taken") {
    const DrawnTree drawn = legs("500", "500");
    const auto left_with = [&](const char* cap) {
        return left_to(drawn,
                       binary(drawn, std::string("cycle = { greater = 100, lesser = 100, amount = "
                                                 "\"10.00\" }\ncap = { per_member = \"") +
                                         cap + "\" }"),
                       "ann")
            .left_centipoints;
    };
    CHECK(left_with("50.00") == 0);
    CHECK(left_with("49.99") == 0);      // the fifth begins at 40.00
    CHECK(left_with("40.01") == 0);
    CHECK(left_with("40.00") == 10000);  // four reach it
    CHECK(left_with("0.00") == 50000);
}

TEST_CASE("a pay that rounds to nothing is not paid, so nothing is matched") {
    const DrawnTree drawn = legs("0.04", "0.04");
    const Paid paid = binary(drawn, "rate = \"10%\"");
    CHECK(paid.lines.empty());
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 4, 4});
}

TEST_CASE("amounts by rank: none matches nothing; the legs go through everybody below") {
    const DrawnTree drawn = draw(R"(
        ann 0 title=1
          bob 50 place=ann:L
            dan 150 place=bob:R
          cat 0 place=ann:R
            eve 200 place=cat:L
              fay 300 place=eve:L
            gus 100 place=cat:R
    )");
    const Paid paid = binary(drawn, R"(
cycle = { greater = 100, lesser = 100, amount = { silver = "5.00" } }
)",
                             "[[rank]]\nname = \"silver\"\nrequires = { title = \"silver\" }\n");
    CHECK(paid.to("ann") == 1000);  // 200 left, 600 right
    CHECK(left_to(drawn, paid, "ann") == Carry{drawn.index("ann"), 0, 40000});
    CHECK(paid.to("cat") == 0);
    CHECK(left_to(drawn, paid, "cat") == Carry{drawn.index("cat"), 50000, 10000});
}

}  // namespace
}  // namespace downline
