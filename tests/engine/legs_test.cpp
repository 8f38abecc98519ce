// Legs: of the sponsor tree and of places; what a leg may count for; ranks through several trees.
#include <doctest/doctest.h>

#include "engine/rank_order.hpp"
#include "tests/engine/drawing.hpp"
#include "tests/engine/plan_texts.hpp"

namespace downline {
namespace {


std::int64_t measure(const DrawnTree& drawn, const Paid& paid, std::size_t place,
                     std::string_view id) {
    return paid.result.standing.measures.at(place).at(drawn.index(id));
}

TEST_CASE("legs of places: by name, lesser, greater and outside the greatest") {
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 200 place=ann:L
            dan 50 place=bob:L
            eve 10 place=ann:R
          cat 30 place=eve:R
    )");
    // Places: ann (bob (dan), eve (cat)). Left 250, right 40.
    const Paid paid = pay_alone(drawn, R"(
[measures]
left    = { sum = "pv", over = "leg", leg = "L", tree = "placement" }
right   = { sum = "pv", over = "leg", leg = 2, tree = "placement" }
lesser  = { sum = "pv", over = "lesser-leg", tree = "placement" }
greater = { sum = "pv", over = "greater-leg", tree = "placement" }
outside = { sum = "pv", over = "outside-greatest-leg", tree = "placement" }
people  = { count = "affiliates", over = "lesser-leg", tree = "placement" }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 25000);
    CHECK(measure(drawn, paid, 3, "ann") == 4000);
    CHECK(measure(drawn, paid, 4, "ann") == 4000);
    CHECK(measure(drawn, paid, 5, "ann") == 25000);
    CHECK(measure(drawn, paid, 6, "ann") == 4000);
    CHECK(measure(drawn, paid, 7, "ann") == 2);  // two on both sides
    // Bob has one leg: the lesser of fewer than two is 0, the greater is that leg.
    CHECK(measure(drawn, paid, 2, "bob") == 5000);
    CHECK(measure(drawn, paid, 4, "bob") == 0);
    CHECK(measure(drawn, paid, 5, "bob") == 5000);
    CHECK(measure(drawn, paid, 6, "bob") == 0);
    CHECK(measure(drawn, paid, 3, "eve") == 3000);
}

TEST_CASE("legs of the sponsor tree: as many as there are direct affiliates") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 100
          cat 60
            dan 50
          eve 30
    )");
    const Paid paid = pay_alone(drawn, R"(
[measures]
lesser  = { sum = "pv", over = "lesser-leg" }
greater = { sum = "pv", over = "greater-leg" }
outside = { sum = "pv", over = "outside-greatest-leg" }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 3000);
    CHECK(measure(drawn, paid, 3, "ann") == 11000);  // cat with dan
    CHECK(measure(drawn, paid, 4, "ann") == 13000);  // bob and eve
}

TEST_CASE("weights by level: the first is that of the frontline, below the last nobody counts") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            cat 0
              dan 0
          eve 0
          fay 0 inactive
    )");
    const Paid paid = pay_alone(drawn, R"(
[measures]
points = { count = "affiliates", over = "downline", weights = [5, 2], where = { active = true } }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 5 + 5 + 2);  // bob, eve; cat; dan stands too deep
    CHECK(measure(drawn, paid, 2, "bob") == 5 + 2);
}

TEST_CASE("weights by level multiply what a sum takes of each level") {
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 10
            cat 7
              dan 1000
          eve 20
    )");
    const Paid paid = pay_alone(drawn, R"(
[measures]
weighted = { sum = "pv", over = "downline", weights = [5, 2], self = false }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 5 * (1000 + 2000) + 2 * 700);  // hundredths
    CHECK(measure(drawn, paid, 2, "bob") == 5 * 700 + 2 * 100000);
}

TEST_CASE("until stops within levels and weights too, which go by the distance in the whole tree") {
    const DrawnTree drawn = draw(R"(
        ann 1
          bob 10
            cat 100
              dan 1000
          eve 20 title=1
            fay 200
          gus 40 title=1 terminated
            hal 400
    )");
    const Paid paid = pay_alone(drawn, R"(
[measures]
near   = { sum = "pv", over = "downline", levels = 2, until = { title = "director" } }
below  = { sum = "pv", over = "downline", levels = 2, self = false, until = { title = "director" } }
points = { count = "affiliates", over = "downline", weights = [5, 2], until = { title = "director" } }
[[rank]]
name = "director"
requires = { title = "director" }
)");
    // Eve is a director: neither she nor fay. The terminated stop nothing. Dan stands on level 3.
    CHECK(measure(drawn, paid, 2, "ann") == 100 * (1 + 10 + 100 + 40 + 400));
    CHECK(measure(drawn, paid, 3, "ann") == 100 * (10 + 100 + 40 + 400));
    CHECK(measure(drawn, paid, 3, "bob") == 100 * (100 + 1000));
    CHECK(measure(drawn, paid, 2, "eve") == 100 * (20 + 200));  // one's own title stops nothing
    CHECK(measure(drawn, paid, 4, "ann") == 5 + 2 + 2);         // bob; cat and hal
}

TEST_CASE("max_per_leg of a count, of weights, and of a sum that stops") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            b1 0
            b2 0
            b3 0
          cat 0
          dan 0 title=1
            d1 0
            d2 0
    )");
    const std::string plan = R"(
[measures]
people = { count = "affiliates", over = "downline" }
points = { count = "affiliates", over = "downline", weights = [3, 1] }
near   = { count = "affiliates", over = "downline", until = { title = "director" } }
top    = { count = "affiliates", over = "downline", levels = 2, until = { title = "director" } }
[[rank]]
name = "director"
requires = { title = "director" }
[[rank]]
name = "ranked"
requires = )";
    // People: bob's leg 4, cat's 1, dan's 3. With at most half of 6 a leg counts for 3: 3 + 1 + 3.
    const auto rank_of_ann = [&](const std::string& asked) {
        const Paid paid = pay_alone(drawn, plan + asked);
        return paid.result.standing.rank[drawn.index("ann")];
    };
    CHECK(rank_of_ann("{ people = { min = 6, max_per_leg = \"50%\" } }") == 2);
    CHECK(rank_of_ann("{ people = { min = 8 } }") == 2);
    CHECK(rank_of_ann("{ people = { min = 8, max_per_leg = \"50%\" } }") == 2);    // 4 + 1 + 3
    CHECK(rank_of_ann("{ people = { min = 8, max_per_leg = \"49%\" } }") == 0);    // 3.92 + 1 + 3
    // Points: bob's leg 3 + 3, cat's 3, dan's 3 + 2.
    CHECK(rank_of_ann("{ points = { min = 14 } }") == 2);
    CHECK(rank_of_ann("{ points = { min = 12, max_per_leg = \"40%\" } }") == 2);   // 4.8 + 3 + 4.8
    CHECK(rank_of_ann("{ points = { min = 13, max_per_leg = \"30%\" } }") == 0);   // 3.9 + 3 + 3.9
    // Dan is a director: his leg gives nothing.
    CHECK(rank_of_ann("{ near = { min = 5 } }") == 2);
    CHECK(rank_of_ann("{ near = { min = 5, max_per_leg = \"80%\" } }") == 2);      // 4 + 1
    CHECK(rank_of_ann("{ near = { min = 5, max_per_leg = \"79%\" } }") == 0);
    CHECK(rank_of_ann("{ top = { min = 5, max_per_leg = \"80%\" } }") == 2);
    CHECK(rank_of_ann("{ top = { min = 5, max_per_leg = \"79%\" } }") == 0);
}

TEST_CASE("one's own part is not limited by max_per_leg") {
    const DrawnTree drawn = draw(R"(
        ann 80
          bob 500
    )");
    const auto rank = [&](const char* share) {
        const Paid paid = pay_alone(
            drawn, std::string("[[rank]]\nname = \"r\"\nrequires = { gv = { min = 100, "
                               "max_per_leg = \"") +
                       share + "\" } }\n");
        return paid.result.standing.rank[drawn.index("ann")];
    };
    CHECK(rank("20%") == 1);      // 80 + 20
    CHECK(rank("19.99%") == 0);   // 80 + 19.99
}

TEST_CASE("ranks through the placement tree: who is below there is decided first") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
          cat 0 place=bob:L
          dan 100 place=cat:L
    )");
    // By places: bob above cat above dan. Dan is silver by his own 100, so cat counts one, bob two.
    const Paid paid = pay_alone(drawn, R"(
[measures]
silvers = { count = "affiliates", over = "downline", tree = "placement", where = { rank = "silver" } }
[[rank]]
name = "silver"
requires = [{ pv = 100 }, { silvers = 1 }]
)");
    CHECK(paid.result.standing.rank[drawn.index("dan")] == 1);
    CHECK(paid.result.standing.rank[drawn.index("cat")] == 1);
    CHECK(paid.result.standing.rank[drawn.index("bob")] == 1);
    CHECK(paid.result.standing.rank[drawn.index("ann")] == 0);  // nobody is placed below
    CHECK(measure(drawn, paid, 2, "bob") == 2);
}

constexpr const char* two_trees = R"(
[measures]
placed = { count = "affiliates", over = "downline", tree = "placement", levels = 1, where = { rank = "silver" } }
[[rank]]
name = "silver"
requires = [{ pv = 100 }, { placed = 1, frontline = { count = 1, rank = "silver" } }]
)";

TEST_CASE("ranks through two trees: a member waits for those below in both") {
    // Sponsors: ann (bob, cat (dan)). Places: bob above ann above dan.
    const DrawnTree drawn = draw(R"(
        zoe 0
          ann 0 place=zoe:R
            bob 0 place=ann:R
            cat 100
              dan 100 place=ann:L
    )");
    const Paid paid = pay_alone(drawn, two_trees);
    CHECK(paid.result.standing.rank[drawn.index("ann")] == 1);  // dan is placed, cat is direct
    CHECK(paid.result.standing.rank[drawn.index("zoe")] == 1);  // ann is both
    CHECK(paid.result.standing.rank[drawn.index("bob")] == 0);
}

TEST_CASE("two trees that form a cycle together are refused, and the cycle is found") {
    DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            cat 0
        dan 0 place=cat:L
    )");
    // Sponsors: cat below bob below ann. Places: ann below dan, dan below cat.
    drawn.facts.members[static_cast<std::size_t>(drawn.row("ann"))].placement = drawn.row("dan");
    drawn.facts.members[static_cast<std::size_t>(drawn.row("ann"))].leg = 1;
    const Plan plan = plan_texts::good_plan(plan_texts::header + std::string(two_trees));
    const Snapshot snapshot = property::snapshot_of(drawn.facts);
    const std::vector<CycleStep> cycle = find_rank_cycle(plan, snapshot);
    REQUIRE(cycle.size() == 4);
    const char* names[] = {"ann", "dan", "cat", "bob"};
    const Tree trees[] = {Tree::placement, Tree::placement, Tree::sponsor, Tree::sponsor};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(cycle[i].member == drawn.index(names[i]));
        CHECK(cycle[i].tree == trees[i]);
    }
    CHECK_THROWS_WITH((void)run(plan, snapshot),
                      "the trees through which rank rules ask for ranks form a cycle together");
    const Plan one_tree = plan_texts::good_plan(plan_texts::header +
                                                "[[rank]]\nname = \"silver\"\nrequires = { frontline"
                                                " = { count = 1, rank = \"silver\" } }\n");
    CHECK(find_rank_cycle(one_tree, snapshot).empty());
    CHECK_NOTHROW((void)run(one_tree, snapshot));
}

TEST_CASE("who is placed below a title in a leg counts for measures that ask before ranks are known") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            cat 0
              dan 0 title=1
    )");
    const Paid paid = pay_alone(drawn, R"(
[measures]
holders = { count = "affiliates", over = "frontline", where = { legs = { count = 1, title = "silver" } } }
[[rank]]
name = "silver"
requires = { title = "silver" }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 1);  // bob, with dan in cat's leg
    CHECK(measure(drawn, paid, 2, "bob") == 1);
    CHECK(measure(drawn, paid, 2, "cat") == 0);  // dan's own leg holds nobody
}

}  // namespace
}  // namespace downline
