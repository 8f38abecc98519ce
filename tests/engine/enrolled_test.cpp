// Measures over whom a member enrolled, wherever they stand. Every case is compared with the reference.
#include <doctest/doctest.h>

#include "tests/engine/standings.hpp"

namespace downline {
namespace {

/// Places: ann L bob (L dan (R fay)), R cat (L gus). Ann enrolled bob, dan, fay and hal, who has no
/// place below her; bob enrolled cat and gus.
constexpr const char* company = R"(
    ann 5
      bob 10 place=ann:L
        cat 20 place=ann:R
        dan 40 enroller=ann place=bob:L
          fay 80 enroller=ann place=dan:R
        gus 160 place=cat:L
      hal 320
)";

TEST_CASE("of a leg those whom the member enrolled, however deep they stand") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
left    = { count = "affiliates", over = "leg", leg = "L", tree = "placement", enrolled = true }
right   = { sum = "pv", over = "leg", leg = "R", tree = "placement", enrolled = true }
lesser  = { count = "affiliates", over = "lesser-leg", tree = "placement", enrolled = true }
greater = { sum = "pv", over = "greater-leg", tree = "placement", enrolled = true }
all     = { sum = "pv", over = "downline", tree = "placement", enrolled = true }
outside = { sum = "pv", over = "outside-greatest-leg", tree = "sponsor", enrolled = true }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 3);       // bob, dan, fay
    CHECK(measure(drawn, paid, 3, "ann") == 0);       // cat and gus are bob's
    CHECK(measure(drawn, paid, 4, "ann") == 0);
    CHECK(measure(drawn, paid, 5, "ann") == 130'00);  // 10 + 40 + 80
    CHECK(measure(drawn, paid, 6, "ann") == 130'00);
    CHECK(measure(drawn, paid, 2, "bob") == 0);  // cat and gus do not stand below him
    CHECK(measure(drawn, paid, 6, "bob") == 0);
    // By sponsors: the leg of bob holds bob, dan and fay, 130; hal's is the greatest with 320.
    CHECK(measure(drawn, paid, 7, "ann") == 130'00);
    CHECK(measure(drawn, paid, 7, "bob") == 20'00);  // cat 20 beside gus 160
}

TEST_CASE("levels and weights go by where the enrolled stand; the frontline is level one") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
two     = { sum = "pv", over = "downline", levels = 2, tree = "placement", enrolled = true }
points  = { sum = "pv", over = "downline", weights = [3, 0, 2], tree = "placement", enrolled = true }
direct  = { count = "affiliates", over = "frontline", tree = "placement", enrolled = true }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 50'00);       // bob 10, dan 40; fay is the third
    CHECK(measure(drawn, paid, 3, "ann") == 190'00);      // 3 x 10 + 0 x 40 + 2 x 80
    CHECK(measure(drawn, paid, 4, "ann") == 1);           // bob; cat is bob's
}

TEST_CASE("the terminated whom one enrolled stay in sums and are not counted") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 10 place=ann:L terminated
          cat 20 place=bob:L enroller=ann
          dan 30 place=ann:R
    )");
    const Paid paid = paid_by(drawn, R"(
[measures]
sides = { count = "affiliates", over = "lesser-leg", tree = "placement", enrolled = true }
left  = { count = "affiliates", over = "leg", leg = "L", tree = "placement", enrolled = true }
all   = { sum = "pv", over = "downline", tree = "placement", enrolled = true }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 1);
    CHECK(measure(drawn, paid, 3, "ann") == 1);  // cat, below bob
    CHECK(measure(drawn, paid, 4, "ann") == 60'00);
}

TEST_CASE("a rank may ask for one of the member's own with a rank on each side") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 100 place=ann:L
          cat 50 place=ann:R
            dan 100 place=cat:L enroller=ann
          eve 0 place=dan:L
            fay 100 place=eve:L
            gus 100 place=eve:R
    )");
    const Paid paid = paid_by(drawn, R"(
[measures]
sides = { count = "affiliates", over = "lesser-leg", tree = "placement", enrolled = true, where = { rank = "silver" } }
[[rank]]
name = "silver"
requires = { pv = 100 }
[[rank]]
name = "gold"
requires = { sides = 1 }
)");
    // Ann: bob to the left, dan to the right, cat is not silver. Eve: fay and gus. Bob has nobody.
    CHECK(measure(drawn, paid, 2, "ann") == 1);
    CHECK(paid.result.standing.rank[drawn.index("ann")] == 2);
    CHECK(paid.result.standing.rank[drawn.index("eve")] == 2);
    CHECK(paid.result.standing.rank[drawn.index("bob")] == 1);
}

TEST_CASE("what one leg may give at most holds of the enrolled too") {
    const DrawnTree drawn = draw(company);
    const auto plan = [](const char* asked) {
        return std::string(R"(
[measures]
brought = { sum = "pv", over = "downline", enrolled = true }
[[rank]]
name = "silver"
requires = { brought = { min = )") + asked + ", max_per_leg = \"50%\" } }\n";
    };
    // Ann's legs: bob's with 10 + 40 + 80 = 130, hal's with 320. Of 260 each may give 130: met. Of 262
    // bob's gives 130 and hal's 131: one short.
    CHECK(paid_by(drawn, plan("260")).result.standing.rank[drawn.index("ann")] == 1);
    CHECK(paid_by(drawn, plan("262")).result.standing.rank[drawn.index("ann")] == 0);
}

}  // namespace
}  // namespace downline
