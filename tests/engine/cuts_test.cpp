// Caps and limits: what a plan takes back, exactly, in lines of their own.
#include <doctest/doctest.h>

#include <map>

#include "engine/cuts.hpp"
#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

/// What a cap or limit took from a member; 0 where nothing.
std::int64_t cut(const DrawnTree& drawn, const Paid& paid, std::string_view code,
                 std::string_view id) {
    for (const Cut& cut : paid.result.cuts)
        if (cut.code == code)
            for (const LineBook::Entry& entry : cut.book.entries())
                if (entry.earner == drawn.index(id)) return entry.amount_minor;
    return 0;
}

constexpr const char* own_tenth = R"(
[[bonus]]
code = "own"
kind = "personal"
from = ["self"]
rate = "10%"
)";

TEST_CASE("a cap per member binds one unit above it, not at it and not below it") {
    const DrawnTree drawn = draw(R"(
        ann 499.90
        bob 500
        cat 500.10
    )");
    // 10 %: 49.99, 50.00, 50.01.
    const Paid paid = pay_alone(drawn, std::string(own_tenth) + "cap = { per_member = \"50.00\" }");
    CHECK(cut(drawn, paid, "cap:own", "ann") == 0);
    CHECK(cut(drawn, paid, "cap:own", "bob") == 0);
    CHECK(cut(drawn, paid, "cap:own", "cat") == -1);
    CHECK(paid.result.paid_minor == 4999 + 5000 + 5000);
    REQUIRE(paid.result.cuts.size() == 1);
    const Line line = paid.result.cuts[0].book.lines(0).at(0);
    CHECK(line.stream == StreamKind::limit);
    CHECK(line.order_ref == 0);
    CHECK_FALSE(line.base.has_value());
    CHECK_FALSE(line.rate.has_value());
}

TEST_CASE("a cap of 0.00 leaves nothing, and no cap leaves everything") {
    const DrawnTree drawn = draw("ann 100");
    const Paid nothing = pay_alone(drawn, std::string(own_tenth) + "cap = { per_member = \"0.00\" }");
    CHECK(nothing.result.paid_minor == 0);
    CHECK(pay_alone(drawn, own_tenth).result.cuts.empty());
}

TEST_CASE("a cap by rank does not bind a rank for which it names nothing") {
    const DrawnTree drawn = draw(R"(
        ann 1000
        bob 1000 title=1
        cat 1000 title=2
    )");
    const Paid paid = pay_alone(drawn, R"(
[[rank]]
name = "silver"
requires = { title = "silver" }
[[rank]]
name = "gold"
requires = { title = "gold" }
[[bonus]]
code = "own"
kind = "personal"
from = ["self"]
rate = "10%"
cap  = { per_member = { silver = "30.00", gold = "60.00" } }
)");
    CHECK(cut(drawn, paid, "cap:own", "ann") == 0);  // silver and gold say nothing of no rank
    CHECK(cut(drawn, paid, "cap:own", "bob") == -7000);
    CHECK(cut(drawn, paid, "cap:own", "cat") == -4000);
}

TEST_CASE("a cap per source counts all lines that come from one buyer, then the cap per member") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 300 300
          cat 500
    )");
    // 10 % of bob's 600 and of cat's 500: from bob 60 to 50, from cat 50 stays; 100 to 90.
    const Paid paid = pay_alone(drawn, R"(
[[bonus]]
code   = "team"
kind   = "unilevel"
levels = ["10%"]
cap    = { per_source = "50.00", per_member = "90.00" }
)");
    CHECK(paid.to("ann") == 11000);
    CHECK(cut(drawn, paid, "cap:team", "ann") == -2000);
    CHECK(paid.result.cuts.at(0).book.entries().size() == 1);
}

TEST_CASE("the source of a match is the member whose earnings are matched") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 1000
          cat 200
    )");
    // own: bob 100.00, cat 20.00. Match of 50 %: 50.00 from bob (cut to 30.00) and 10.00 from cat.
    const Paid paid = pay_alone(drawn, std::string(own_tenth) + R"(
[[bonus]]
code   = "match"
kind   = "match"
of     = ["own"]
levels = ["50%"]
cap    = { per_source = "30.00" }
)");
    CHECK(cut(drawn, paid, "cap:match", "ann") == -2000);
}

TEST_CASE("a cap of the company's volume is shared out exactly, by largest remainder") {
    const DrawnTree drawn = draw(R"(
        ann 100
        bob 100
        cat 100
    )");
    // 30.00 paid; 5.01 % of 300 is 15.03: 5.01 each. 5 % of 300.02 is 15.001, rounded down.
    CHECK(pay_alone(drawn, std::string(own_tenth) + "cap = { of_volume = \"5.01%\" }")
              .result.paid_minor == 1503);
    // 3.33 % is 9.99, 3.34 % is 10.02; 1.1134 % is 3.3402, so 3.34: 1.12, 1.11, 1.11.
    const Paid paid = pay_alone(drawn, std::string(own_tenth) + "cap = { of_volume = \"1.1134%\" }");
    CHECK(paid.result.paid_minor == 334);
    CHECK(cut(drawn, paid, "cap:own", "ann") == -1000 + 112);  // equal remainders: the lower id
    CHECK(cut(drawn, paid, "cap:own", "bob") == -1000 + 111);
    CHECK(cut(drawn, paid, "cap:own", "cat") == -1000 + 111);
}

TEST_CASE("the limit on the payout scales what caps leave, and binds just above it") {
    const DrawnTree drawn = draw(R"(
        ann 100
        bob 300
    )");
    const std::string capped = std::string(own_tenth) + "cap = { per_member = \"20.00\" }\n";
    // 10.00 and 30.00, capped to 20.00: 30.00 of 400 points are 7.5 %.
    CHECK(pay_alone(drawn, capped + "[limits]\npayout = \"7.5%\"").result.paid_minor == 3000);
    const Paid paid = pay_alone(drawn, capped + "[limits]\npayout = \"7.4975%\"");  // 29.99
    CHECK(paid.result.paid_minor == 2999);
    // 2999 × 1000 / 3000 = 999.67, 2999 × 2000 / 3000 = 1999.33: the unit is ann's.
    CHECK(cut(drawn, paid, "limit:payout", "ann") == 0);
    CHECK(cut(drawn, paid, "limit:payout", "bob") == -1);
    CHECK(cut(drawn, paid, "cap:own", "bob") == -1000);
}

TEST_CASE("a limit takes one line per earner, over all bonuses") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 100
    )");
    const Paid paid = pay_alone(drawn, std::string(own_tenth) + R"(
[[bonus]]
code   = "team"
kind   = "unilevel"
levels = ["10%"]
[[bonus]]
code = "more"
kind = "personal"
from = ["self"]
rate = "20%"
[limits]
payout = "20%"
)");
    // bob 10 + 20, ann 10: 40.00 over 20.00, so half is left to both.
    REQUIRE(paid.result.cuts.size() == 1);
    CHECK(cut(drawn, paid, "limit:payout", "ann") == -500);
    CHECK(cut(drawn, paid, "limit:payout", "bob") == -1500);
}

TEST_CASE("a limit on no volume pays nothing") {
    const DrawnTree drawn = draw("ann 0 title=1");
    const Paid paid = pay_alone(drawn, R"(
[[rank]]
name = "silver"
requires = { title = "silver" }
[[bonus]]
code = "car"
kind = "fixed"
by_rank = { silver = "300.00" }
[limits]
payout = "45%"
)");
    CHECK(cut(drawn, paid, "limit:payout", "ann") == -30000);
    CHECK(paid.result.paid_minor == 0);
}

TEST_CASE("cuts are lines of places behind the bonuses, in plan order, the limit last") {
    const DrawnTree drawn = draw("ann 100");
    const Paid paid = pay_alone(drawn, R"(
[[bonus]]
code = "one"
kind = "personal"
from = ["self"]
rate = "10%"
cap  = { per_member = "5.00" }
[[bonus]]
code = "two"
kind = "personal"
from = ["self"]
rate = "10%"
cap  = { per_member = "4.00" }
[limits]
payout = "1%"
)");
    REQUIRE(paid.result.book_count() == 5);
    CHECK(paid.result.cuts[0].code == "cap:one");
    CHECK(paid.result.cuts[1].code == "cap:two");
    CHECK(paid.result.cuts[2].code == "limit:payout");
    CHECK(paid.result.book(3).entries()[0].amount_minor == -600);
    CHECK(paid.result.paid_minor == 100);
}

}  // namespace
}  // namespace downline
