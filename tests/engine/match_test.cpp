// The kind `match`: a share of what downline members earned.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

constexpr const char* matched = R"(
[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"
[[bonus]]
code   = "match"
kind   = "match"
of     = ["retail"]
levels = ["50%", "20%"]
)";

TEST_CASE("a match pays one line per earner and downline member, on the sum of that one's lines") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            cat 0
              carl 100 30 customer
    )");
    const Paid paid = pay(drawn, matched);
    REQUIRE(paid.lines.size() == 4);  // two of cat's retail
    // cat earned 13.00: bob 50 % at level 1, ann 20 % at level 2.
    CHECK(paid.lines[2] == PaidLine{"ann", "cat", 2, 2, 260, StreamKind::leveraged});
    CHECK(paid.lines[3] == PaidLine{"bob", "cat", 1, 1, 650, StreamKind::leveraged});
}

TEST_CASE("a match compresses the inactive as a unilevel does") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 inactive
            cat 0
              carl 100 customer
    )");
    const Paid paid = pay(drawn, matched);
    CHECK(paid.to("ann") == 500);
    CHECK(paid.forfeited(Reason::no_upline, 1) == 200);
}

TEST_CASE("a match by generations is asked of everybody unless earners = boundary") {
    const DrawnTree drawn = draw(R"(
        ann 0 title=1
          bob 0
            lea 0 title=1
              carl 100 customer
    )");
    const std::string plan = R"(
[[rank]]
name     = "leader"
requires = { title = "leader" }
[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"
[[bonus]]
code        = "match"
kind        = "match"
of          = ["retail"]
boundary    = "leader"
generations = ["50%"]
)";
    const Paid all = pay(drawn, plan);
    CHECK(all.to("bob") == 500);  // one leader, lea herself, stands below each
    CHECK(all.to("ann") == 500);
    const Paid boundary = pay(drawn, plan + "earners = \"boundary\"\n");
    CHECK(boundary.to("bob") == 0);
    CHECK(boundary.to("ann") == 500);
}

}  // namespace
}  // namespace downline
