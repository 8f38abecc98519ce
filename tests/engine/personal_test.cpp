// The kind `personal`: what sellers are paid for their customers' and their own orders.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

TEST_CASE("personal pays the seller for a direct customer's order, not for its own") {
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 50
            carl 80 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"
)");
    REQUIRE(paid.lines.size() == 1);
    CHECK(paid.lines[0] == PaidLine{"bob", "carl", 0, 0, 800, StreamKind::active});  // 10 % of 80
    CHECK(paid.result.accounts[0].maximum_minor == 800);
}

TEST_CASE("personal from self pays own orders, from both pays each order once") {
    const DrawnTree drawn = draw(R"(
        ann 100
          carl 80 customer
    )");
    const Paid own = pay(drawn, R"(
[[bonus]]
code = "rebate"
kind = "personal"
from = ["self"]
rate = "10%"
)");
    CHECK(own.to("ann") == 1000);  // 10 % of her own 100
    const Paid both = pay(drawn, R"(
[[bonus]]
code = "all"
kind = "personal"
from = ["self", "customers"]
rate = "10%"
)");
    CHECK(both.to("ann") == 1800);  // 10 % of 100 and of 80
}

TEST_CASE("an order of a customer without a sponsor is forfeited for want of an upline") {
    const DrawnTree drawn = draw(R"(
        carl 80 customer
        ann 0
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"
)");
    CHECK(paid.lines.empty());
    CHECK(paid.forfeited(Reason::no_upline) == 800);
    CHECK(paid.result.volume_centipoints == 8000);  // the company's all the same
}

TEST_CASE("an inactive seller forfeits, unless the bonus does not ask; a terminated one always") {
    const DrawnTree drawn = draw(R"(
        ann 0 inactive
          carl 80 customer
        tom 0 terminated
          cora 60 customer
        sue 0 suspended
          cleo 20 customer
    )");
    const Paid asked = pay(drawn, R"(
[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"
)");
    CHECK(asked.forfeited(Reason::inactive) == 800 + 600);
    CHECK(asked.to("sue") == 200);  // suspended: computed like any other, held later
    const Paid not_asked = pay(drawn, R"(
[[bonus]]
code   = "retail"
kind   = "personal"
rate   = "10%"
active = false
)");
    CHECK(not_asked.to("ann") == 800);
    CHECK(not_asked.to("tom") == 0);
    CHECK(not_asked.forfeited(Reason::inactive) == 600);
}

TEST_CASE("a seller who fails the bonus's own requirement forfeits as unqualified") {
    const DrawnTree drawn = draw(R"(
        ann 0
          carl 99.99 customer
        bob 0
          cora 100 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code     = "retail"
kind     = "personal"
rate     = "10%"
requires = { pv = 100 }
)");
    CHECK(paid.to("bob") == 1000);  // exactly at the minimum meets it
    CHECK(paid.to("ann") == 0);     // a hundredth of a point below
    CHECK(paid.forfeited(Reason::unqualified) == 1000);  // 10 % of 99.99 is 9.999, so 10.00
}

TEST_CASE("the floor of a step is reached at the floor, not a hundredth below") {
    const DrawnTree drawn = draw(R"(
        below 0
          c1 99.99 customer
        on 0
          c2 100 customer
        above 0
          c3 100.01 customer
        low 0
          c4 49 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code  = "tiered"
kind  = "personal"
tiers = { by = "pv", steps = [[50, "10%"], [100, "20%"]] }
)");
    CHECK(paid.to("below") == 1000);  // 10 % of 99.99 = 9.999
    CHECK(paid.to("on") == 2000);     // 20 % of 100
    CHECK(paid.to("above") == 2000);  // 20 % of 100.01 = 20.002
    CHECK(paid.to("low") == 0);       // below the first step the rate is zero
    for (const PaidLine& line : paid.lines)
        CHECK(line.paid_level == (line.earner == "below" ? 1 : 2));
    // Every slot's maximum is at 20 %: 20.00 + 20.00 + 20.00 + 9.80; forfeited by rank are the
    // 10.00 of `below` and the 9.80 of `low`.
    CHECK(paid.result.accounts[0].maximum_minor == 6980);
    CHECK(paid.forfeited(Reason::rank) == 1980);
}

TEST_CASE("marginal tiers fill their slices by date and pay one line per slice") {
    DrawnTree drawn = draw(R"(
        ann 0
          carl 80 customer on=2026-03-20
          cora 70 customer on=2026-03-05
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code  = "marginal"
kind  = "personal"
tiers = { steps = [[0, "10%"], [100, "20%"]], mode = "marginal" }
)");
    // Cora's 70 come first: 10 % of 70. Of carl's 80 the first 30 reach 100, the other 50 do not.
    REQUIRE(paid.lines.size() == 3);
    CHECK(paid.lines[0] == PaidLine{"ann", "cora", 0, 1, 700, StreamKind::active});
    CHECK(paid.lines[1] == PaidLine{"ann", "carl", 0, 1, 300, StreamKind::active});
    CHECK(paid.lines[2] == PaidLine{"ann", "carl", 0, 2, 1000, StreamKind::active});
}

TEST_CASE("every slice of marginal tiers is a slot of the maximum, rounded as its line is") {
    const DrawnTree drawn = draw(R"(
        ann 0
          carl 0.10 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code  = "marginal"
kind  = "personal"
tiers = { steps = [[0, "10%"], ["0.05", "10%"]], mode = "marginal" }
)");
    // Two slices of 5 hundredths: 10 % is half a cent each, rounded up to one.
    CHECK(paid.to("ann") == 2);
    CHECK(paid.result.accounts[0].maximum_minor == 2);
    CHECK(paid.forfeited(Reason::rank) == 0);  // not -1, as 10 % of 0.10 at once would leave
}

TEST_CASE("a rate by rank takes the nearest rank named below") {
    const DrawnTree drawn = draw(R"(
        ann 0
          c1 100 customer
        bea 0 title=1
          c2 100 customer
        cat 0 title=2
          c3 100 customer
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "silver"
requires = { title = "silver" }
[[rank]]
name     = "gold"
requires = { title = "gold" }
[[bonus]]
code    = "ranked"
kind    = "personal"
by_rank = { silver = "10%" }
)");
    CHECK(paid.to("ann") == 0);     // nothing is named for her or below
    CHECK(paid.to("bea") == 1000);
    CHECK(paid.to("cat") == 1000);  // gold is not named: silver's
    CHECK(paid.forfeited(Reason::rank) == 1000);
}

TEST_CASE("an amount is per unit of quantity") {
    const DrawnTree drawn = draw(R"(
        ann 0
          carl 80 customer quantity=3
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "per-piece"
kind   = "personal"
amount = "5.00"
)");
    CHECK(paid.to("ann") == 1500);
    const auto line = paid.result.books[0].lines(0).at(0);
    CHECK(line.rate_is_amount);
    CHECK(line.base == 3);
    CHECK(line.rate == 500);
}

TEST_CASE("renewals are paid by the buyer's n-th order, first orders and reorders apart") {
    const DrawnTree drawn = draw(R"(
        ann 0
          new 100 100 customer
          old 100 customer before=1
          loyal 100 customer before=4
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code        = "renewal"
kind        = "personal"
by_sequence = [[1, "50%"], [2, "5%"], [5, "0%"]]
[[bonus]]
code   = "first"
kind   = "personal"
rate   = "1%"
orders = { sequence = "first" }
[[bonus]]
code   = "reorder"
kind   = "personal"
rate   = "2%"
orders = { sequence = "reorder" }
)");
    const auto of_bonus = [&](std::size_t bonus) { return paid.result.accounts[bonus].paid_minor; };
    CHECK(of_bonus(0) == 5000 + 500 + 500);  // new's first, new's second, old's second; no fifth
    CHECK(of_bonus(1) == 100);               // new's first
    CHECK(of_bonus(2) == 3 * 200);           // all the others
}

TEST_CASE("a half is rounded as the plan says") {
    const DrawnTree drawn = draw(R"(
        ann 0
          carl 0.50 1.50 customer
    )");
    const auto paid_with = [&](const std::string& rounding) {
        return pay_by(drawn, "[plan]\nname = \"halves\"\ncurrency = \"USD\"\nperiod = \"month\"\n"
                             "effective = 2020-01-01\nrounding = \"" + rounding + "\"\n"
                             "[[bonus]]\ncode = \"one\"\nkind = \"personal\"\nrate = \"1%\"\n")
            .to("ann");
    };
    CHECK(paid_with("half-up") == 3);    // 0.5 and 1.5 cents: 1 + 2
    CHECK(paid_with("half-even") == 2);  // 0 + 2
    CHECK(paid_with("down") == 1);       // 0 + 1
}

TEST_CASE("a line of zero is not written") {
    const DrawnTree drawn = draw(R"(
        ann 0
          carl 0.01 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"
)");
    CHECK(paid.lines.empty());
    CHECK(paid.result.accounts[0].line_count == 0);
}

TEST_CASE("the margin is the amount less its cost, never below zero, and zero without a cost") {
    const DrawnTree drawn = draw(R"(
        ann 0
          c1 100 customer cost=60
          c2 100 customer cost=130
          c3 100 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code = "retail-profit"
kind = "personal"
base = "margin"
rate = "100%"
)");
    REQUIRE(paid.lines.size() == 1);
    CHECK(paid.lines[0] == PaidLine{"ann", "c1", 0, 0, 4000, StreamKind::active});
}

TEST_CASE("windows of days and months include both of their edges") {
    // Joined on 2026-02-10; day 30 is 2026-03-12; February is month 1.
    const DrawnTree drawn = draw(R"(
        ann 0
          c1 10 customer joined=2026-02-10 on=2026-03-12
          c2 20 customer joined=2026-02-10 on=2026-03-13
          c3 40 customer joined=2026-03-31 on=2026-03-31
          c4 80 customer joined=2026-01-31 on=2026-03-01
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "days"
kind   = "personal"
rate   = "100%"
orders = { within_days_of_joining = 30 }
[[bonus]]
code   = "months"
kind   = "personal"
rate   = "100%"
orders = { within_months_of_joining = 2 }
)");
    CHECK(paid.result.accounts[0].paid_minor == 1000 + 4000 + 8000);  // c1 and c3; c4 is 29 days
    CHECK(paid.result.accounts[1].paid_minor == 1000 + 2000 + 4000);  // c4 is in its month 3
}

TEST_CASE("months since the first order count from 1 in the month of that order") {
    // Who has orders before had the first on 2026-01-15: March is month 3.
    const DrawnTree drawn = draw(R"(
        ann 0
          old 10 customer before=1
          new 20 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "first-two"
kind   = "personal"
rate   = "100%"
orders = { months_since_first = [1, 2] }
[[bonus]]
code   = "third"
kind   = "personal"
rate   = "100%"
orders = { months_since_first = [3, 3] }
)");
    CHECK(paid.result.accounts[0].paid_minor == 2000);
    CHECK(paid.result.accounts[1].paid_minor == 1000);
}

TEST_CASE("a fully returned order is neither a first order nor a reorder") {
    DrawnTree drawn = draw(R"(
        ann 0
          carl 100 50 customer
    )");
    drawn.facts.orders[0].returns = {{10'000, -1}};
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "first"
kind   = "personal"
rate   = "10%"
orders = { sequence = "first" }
)");
    CHECK(paid.to("ann") == 500);  // the second order has become the first
    CHECK(paid.result.order_count == 1);
    CHECK(paid.result.sequences_after.orders_before[drawn.index("carl")] == 1);
}

TEST_CASE("a weight changes what it names, and a bonus that it excepts does not see it") {
    const DrawnTree drawn = draw(R"(
        ann 0
          carl 100 customer
    )");
    const Paid paid = pay(drawn, R"(
[[weight]]
orders = { buyer = "customer" }
volume = "50%"
except = ["whole"]
[[bonus]]
code = "half"
kind = "personal"
rate = "10%"
[[bonus]]
code = "whole"
kind = "personal"
rate = "10%"
)");
    CHECK(paid.result.accounts[0].paid_minor == 500);
    CHECK(paid.result.accounts[1].paid_minor == 1000);
    CHECK(paid.result.volume_centipoints == 5000);
    CHECK(paid.result.standing.measures[pv_measure][drawn.index("ann")] == 10'000);
}

}  // namespace
}  // namespace downline
