// The kind `differential`: entitlements less the highest that was paid below.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

/// 3 % from 0, 6 % from 600, 9 % from 1,200 of group volume, with further keys.
std::string stairs(const std::string& keys) {
    return R"(
[[bonus]]
code  = "stairs"
kind  = "differential"
by    = "gv"
steps = [[0, "3%"], [600, "6%"], [1200, "9%"]]
)" + keys;
}

constexpr const char* line_of_three = R"(
    ann 600
      bob 500
        dan 100
)";

TEST_CASE("each gets its own entitlement less the highest paid below, the seller included") {
    const Paid paid = pay(draw(line_of_three), stairs(""));
    // Group volumes: dan 100 (3 %), bob 600 (6 %), ann 1,200 (9 %).
    CHECK(paid.to("dan") == 300);
    CHECK(paid.to("bob") == 3000 + 300);         // 6 % of his 500; 6 - 3 % of dan's 100
    CHECK(paid.to("ann") == 5400 + 1500 + 300);  // 9 % of 600, 3 % of 500, 3 % of 100
    CHECK(paid.result.accounts[0].maximum_minor == 10'800);  // 9 % of 1,200
    CHECK(paid.forfeited(Reason::no_upline) == 0);
}

TEST_CASE("what is left up to the highest entitlement of the table has no upline") {
    const Paid paid = pay(draw("bob 500\n  dan 100\n"), stairs(""));
    CHECK(paid.to("dan") == 300);
    CHECK(paid.to("bob") == 3000 + 300);
    CHECK(paid.forfeited(Reason::no_upline) == 1500 + 300);  // from 6 to 9 %
}

TEST_CASE("self = false starts above the seller; self = counts subtracts and does not pay it") {
    const DrawnTree drawn = draw(line_of_three);
    const Paid absent = pay(drawn, stairs("self = false\n"));
    CHECK(absent.to("dan") == 0);
    CHECK(absent.to("bob") == 600);          // 6 % of dan's 100
    CHECK(absent.to("ann") == 4500 + 300);   // 9 % of bob's 500, 3 % of dan's 100
    const Paid counts = pay(drawn, stairs("self = \"counts\"\n"));
    CHECK(counts.to("dan") == 0);
    CHECK(counts.to("bob") == 300);          // 6 - 3 % of dan's 100
    CHECK(counts.to("ann") == 1500 + 300);   // 9 - 6 % of bob's 500, 9 - 6 % of dan's
}

TEST_CASE("who may not be paid is passed over, or forfeits what it is entitled to") {
    const DrawnTree drawn = draw(R"(
        ann 600
          bob 500 inactive
            dan 100
    )");
    const Paid up = pay(drawn, stairs(""));
    CHECK(up.to("ann") == 5400 + 4500 + 600);  // 9 % of 600 and 500, 9 - 3 % of dan's 100
    const Paid forfeit = pay(drawn, stairs("unqualified = \"forfeit\"\n"));
    CHECK(forfeit.to("ann") == 5400 + 1500 + 300);
    CHECK(forfeit.forfeited(Reason::inactive) == 3000 + 300);
}

TEST_CASE("by rank an amount per unit is subtracted alike; the paid level is the rank's place") {
    const DrawnTree drawn = draw(R"(
        ann 0 title=2
          bob 0 title=1
            carl 10 customer quantity=3
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "dealer"
requires = { title = "dealer" }
[[rank]]
name     = "manager"
requires = { title = "manager" }
[[bonus]]
code    = "margin"
kind    = "differential"
by_rank = { dealer = "5.00", manager = "8.00" }
)");
    REQUIRE(paid.lines.size() == 2);
    CHECK(paid.lines[0] == PaidLine{"ann", "carl", 1, 2, 900, StreamKind::leveraged});  // 3 × 3.00
    CHECK(paid.lines[1] == PaidLine{"bob", "carl", 0, 1, 1500, StreamKind::active});    // 3 × 5.00
}

TEST_CASE("uplines limits how far above the seller, the terminated not counted") {
    const DrawnTree drawn = draw(R"(
        ann 1100
          tom 0 terminated
            bob 0
              dan 100
    )");
    CHECK(pay(drawn, stairs("uplines = 1\n")).to("ann") == 9900);        // her own 1,100 alone
    CHECK(pay(drawn, stairs("uplines = 2\n")).to("ann") == 9900 + 600);  // and 9 - 3 % of 100
}

}  // namespace
}  // namespace downline
