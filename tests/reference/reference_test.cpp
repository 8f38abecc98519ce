// The reference engine by itself, against published numbers and some that are worked out here.
#include <doctest/doctest.h>

#include "engine/plan/reader.hpp"
#include "tests/engine/drawing.hpp"
#include "tests/reference/arithmetic.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {
namespace {

/// What `earner` is paid by the reference alone, in minor units.
std::int64_t paid(const DrawnTree& drawn, const std::string& rules, std::string_view earner) {
    const PlanReading reading =
        read_plan("[plan]\nname = \"p\"\ncurrency = \"USD\"\nperiod = \"month\"\n"
                  "effective = 2020-01-01\n" + rules);
    REQUIRE(reading.errors.empty());
    std::int64_t sum = 0;
    for (const Payment& payment : compute(reading.plan, snapshot_of(drawn.facts)).payments)
        if (payment.earner == drawn.index(earner)) sum += payment.amount_minor;
    return sum;
}

TEST_CASE("the reference rounds halves as told, on the magnitude") {
    CHECK(rounded({5}, {10}, Rounding::half_up) == 1);
    CHECK(rounded({-5}, {10}, Rounding::half_up) == -1);
    CHECK(rounded({5}, {10}, Rounding::half_even) == 0);
    CHECK(rounded({15}, {10}, Rounding::half_even) == 2);
    CHECK(rounded({-15}, {10}, Rounding::half_even) == -2);
    CHECK(rounded({51}, {100}, Rounding::half_even) == 1);
    CHECK(rounded({19}, {10}, Rounding::down) == 1);
    CHECK(rounded({-19}, {10}, Rounding::down) == -1);
    // 10^18 × 10^18 ÷ 10^18 is beyond 64 bits on the way.
    const std::int64_t large = 1'000'000'000'000'000'000;
    CHECK(rounded({large, large}, {large}, Rounding::half_up) == large);
}

// Source: globalmlmsolution.com, "Compression in MLM" (undated): levels of 10, 5 and 3 %, 100 PV to
// qualify; Kat 90 (not qualified, no volume here), Robin 120, Joseph 160, Nia 110, Omar 105.
constexpr const char* article = R"(
    earner 100
      kat 0
        robin 120
          joseph 160
            nia 110
              omar 105
)";
constexpr const char* article_levels =
    "[active]\nrequires = { pv = 100 }\n[[bonus]]\ncode = \"levels\"\nkind = \"unilevel\"\n"
    "levels = [\"10%\", \"5%\", \"3%\"]\n";

TEST_CASE("the article's earner gets 10.80 without and 23.30 with compression") {
    const DrawnTree drawn = draw(article);
    const std::string levels = article_levels;
    // Without: 5 % of 120 and 3 % of 160. With: 10 % of 120, 5 % of 160, 3 % of 110.
    CHECK(paid(drawn, levels + "compression = \"none\"\n", "earner") == 1080);
    CHECK(paid(drawn, levels + "compression = \"inactive\"\n", "earner") == 2330);
}

TEST_CASE("a window of the reference adds what earlier periods found, by name") {
    const DrawnTree drawn = draw("ann 100\n  bob 20\n");
    const PlanReading reading = read_plan(
        "[plan]\nname = \"p\"\ncurrency = \"USD\"\nperiod = \"month\"\neffective = 2020-01-01\n"
        "[measures]\nthree = { sum = \"gv\", periods = 3 }\n"
        "ever = { sum = \"gv\", periods = \"lifetime\" }\nleast = { min = \"gv\", periods = 2 }\n"
        "[[bonus]]\ncode = \"b\"\nkind = \"personal\"\nrate = \"1%\"\n");
    REQUIRE(reading.errors.empty());
    const Snapshot snapshot = snapshot_of(drawn.facts);
    const MemberIndex ann = drawn.index("ann"), bob = drawn.index("bob");
    const std::int64_t number = snapshot.members.number[ann];
    const Past past{{*parse_period("2025-11"), {{"gv", {{number, 1}}}}, {}},
                    {*parse_period("2026-01"), {{"gv", {{number, 500}}}}, {}}};
    const Outcome outcome = compute(reading.plan, snapshot, past);
    // The period is 2026-03: February had no run, November is beyond three periods.
    CHECK(outcome.measures[2][ann] == 12'000 + 0 + 500);
    CHECK(outcome.measures[3][ann] == 12'000 + 500 + 1);
    CHECK(outcome.measures[4][ann] == 0);
    CHECK(outcome.measures[2][bob] == 2'000);
}

}  // namespace
}  // namespace downline::reference
