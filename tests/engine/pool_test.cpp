// The kind `pool`: a fund that those who qualify share to the last minor unit.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

TEST_CASE("a pool is shared to the last cent by largest remainder, ties by member id") {
    const DrawnTree drawn = draw(R"(
        ann 0
        bob 0
        cat 0
        ida 0 inactive
          carl 1.00 customer
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "leadership"
kind   = "pool"
fund   = "100%"
shares = 1
)");
    CHECK(paid.to("ann") == 34);  // 100 cents over three: the odd one goes to the first id
    CHECK(paid.to("bob") == 33);
    CHECK(paid.to("cat") == 33);
    CHECK(paid.to("ida") == 0);
    REQUIRE(!paid.lines.empty());
    CHECK(paid.lines[0].stream == StreamKind::leveraged);
    CHECK(paid.result.books[0].lines(0).at(0).base == 100);  // the fund
}

TEST_CASE("shares by rank: who has none gets nothing") {
    const DrawnTree drawn = draw(R"(
        ann 100 title=2
        bob 0 title=1
        cat 0
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "silver"
requires = { title = "silver" }
[[rank]]
name     = "gold"
requires = { title = "gold" }
[[bonus]]
code   = "leadership"
kind   = "pool"
fund   = "2%"
shares = { silver = 1, gold = 3 }
)");
    CHECK(paid.to("ann") == 150);  // 2.00 in four shares
    CHECK(paid.to("bob") == 50);
    CHECK(paid.to("cat") == 0);
}

TEST_CASE("of equal remainders in places the unit goes to the lower id, not to the better place") {
    // Group volumes: zoe 300, yan 200, ann 100. The fund is 1.00.
    const DrawnTree drawn = draw(R"(
        zoe 300
        yan 200
        ann 100
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "race"
kind   = "pool"
fund   = "0.1667%"
places = ["50%", "25.5%", "24.5%"]
by     = "gv"
)");
    // 0.1667 % of 600 is 1.0002, rounded once to 1.00. 50, 25.5, 24.5 cents: the remaining cent is
    // a tie of yan and ann.
    CHECK(paid.to("zoe") == 50);
    CHECK(paid.to("yan") == 25);
    CHECK(paid.to("ann") == 25);
}

TEST_CASE("places that are not filled and pools that nobody qualifies for are breakage") {
    const DrawnTree drawn = draw(R"(
        ann 100
    )");
    const Paid places = pay(drawn, R"(
[[bonus]]
code   = "race"
kind   = "pool"
fund   = "10%"
places = ["60%", "40%"]
by     = "gv"
)");
    CHECK(places.to("ann") == 600);
    CHECK(places.forfeited(Reason::unqualified) == 400);
    const Paid nobody = pay(drawn, R"(
[[bonus]]
code     = "leadership"
kind     = "pool"
fund     = "10%"
shares   = 1
requires = { pv = 200 }
)");
    CHECK(nobody.lines.empty());
    CHECK(nobody.forfeited(Reason::unqualified) == 1000);
}

}  // namespace
}  // namespace downline
