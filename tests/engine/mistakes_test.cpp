// Mistakes that other commission engines made: each is a test here, so that it is not made again.
#include <doctest/doctest.h>

#include "engine/errors.hpp"
#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

constexpr const char* two_levels = R"(
[[bonus]]
code   = "levels"
kind   = "unilevel"
levels = ["10%", "10%"]
)";

TEST_CASE("a second run of the same period pays the same, not again") {
    const DrawnTree drawn = draw(R"(
        ann 0
          dan 100 100
    )");
    const Paid first = pay(drawn, two_levels);
    const Paid second = pay(drawn, two_levels);
    CHECK(first.lines == second.lines);
    CHECK(first.to("ann") == 2000);
    CHECK(first.result.paid_minor == second.result.paid_minor);
}

TEST_CASE("two uplines are both paid for one order, and one upline for two of its lines") {
    DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            dan 100 50
    )");
    drawn.facts.orders[1].order_id = drawn.facts.orders[0].order_id;  // a second line of one order
    drawn.facts.orders[1].line = 2;
    const Paid paid = pay(drawn, two_levels);
    CHECK(paid.lines.size() == 4);
    CHECK(paid.to("bob") == 1500);
    CHECK(paid.to("ann") == 1500);
    CHECK(paid.result.order_count == 1);
}

TEST_CASE("a cycle of sponsors is refused, not silently left out") {
    DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            dan 100
    )");
    drawn.facts.members[0].sponsor = drawn.row("dan");
    const Plan plan;
    CHECK_THROWS_AS((void)run(plan, snapshot_of(drawn.facts)), Refusal);
}

TEST_CASE("an inactive ancestor does not cut the chain above it") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 inactive
            cat 0 inactive
              eve 0 inactive
                dan 100
    )");
    CHECK(pay(drawn, two_levels).to("ann") == 1000);
}

TEST_CASE("volume without a qualified upline does not vanish: it is forfeited with a reason") {
    const DrawnTree drawn = draw(R"(
        ann 0 inactive
          dan 100
    )");
    const Paid paid = pay(drawn, two_levels);
    CHECK(paid.lines.empty());
    CHECK(paid.result.accounts[0].maximum_minor == 2000);
    CHECK(paid.forfeited(Reason::no_upline) == 2000);
}

TEST_CASE("amounts that floating point gets a cent wrong are exact") {
    // In doubles 70 × 0.05 / 100 is 0.034999…, 145 × 0.1 / 100 times 100 is 14.499…,
    // 150 × 0.15 / 100 is 0.22499…
    const DrawnTree drawn = draw(R"(
        ann 0
          a70 0.70 customer
          b145 1.45 customer
          c150 1.50 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code = "five"
kind = "personal"
rate = "5%"
[[bonus]]
code = "ten"
kind = "personal"
rate = "10%"
[[bonus]]
code = "fifteen"
kind = "personal"
rate = "15%"
)");
    const auto amount = [&](std::size_t bonus, std::int64_t order_ref) {
        for (const auto& line : paid.result.books[bonus].lines(0))
            if (line.order_ref == order_ref) return line.amount_minor;
        return std::int64_t{0};
    };
    CHECK(amount(0, 1) == 4);   // 3.5 cents
    CHECK(amount(1, 2) == 15);  // 14.5 cents
    CHECK(amount(2, 3) == 23);  // 22.5 cents
}

TEST_CASE("an order on the last day of the month is paid, as one on the first is") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 100 on=2026-03-01
          dan 100 on=2026-03-31
    )");
    CHECK(pay(drawn, two_levels).to("ann") == 2000);
}

TEST_CASE("weeks follow each other without a gap or an overlap, across years") {
    Period week = parse_period("2020-W01").value();
    for (int i = 0; i < 600; ++i) {
        const Period next = next_period(week);
        REQUIRE(next.first == week.last + 1);
        REQUIRE(week.last - week.first == 6);
        REQUIRE(parse_period(period_name(next)) == next);
        week = next;
    }
}

TEST_CASE("a minimum of 0 is a minimum that everybody meets, a rate of 0 pays nobody") {
    const DrawnTree drawn = draw(R"(
        ann 0
          dan 100
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code     = "zero-minimum"
kind     = "unilevel"
levels   = ["10%"]
requires = { pv = 0 }
[[bonus]]
code   = "zero-rate"
kind   = "unilevel"
levels = ["0%"]
)");
    CHECK(paid.result.accounts[0].paid_minor == 1000);
    CHECK(paid.result.accounts[1].maximum_minor == 0);
}

TEST_CASE("what does not fit into 64 bits is refused in a sentence and never wraps around") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 10000000000
          dan 10000000000
    )");
    const auto huge = [](const std::string& code) {
        return "[[bonus]]\ncode = \"" + code +
               "\"\nkind = \"unilevel\"\nlevels = [\"100000%\"]\nfactor = \"100000%\"\n";
    };
    // An order is 10^12 minor units: a thousandfold, and that a thousandfold, is 10^18.
    CHECK(pay(drawn, huge("a")).to("ann") == 2'000'000'000'000'000'000);
    // Five times 2 × 10^18 is more than 2^63, about 9.2 × 10^18.
    const std::string five = huge("a") + huge("b") + huge("c") + huge("d") + huge("e");
    CHECK_THROWS_WITH_AS(pay_alone(drawn, five), doctest::Contains("does not fit into 64 bits"),
                         Refusal);
    // With a point of 1,000.00 one line alone is 10^21.
    CHECK_THROWS_WITH_AS(pay_alone(drawn, huge("a") + "point = \"1000\"\n"),
                         doctest::Contains("does not fit into 64 bits"), Refusal);
}

}  // namespace
}  // namespace downline
