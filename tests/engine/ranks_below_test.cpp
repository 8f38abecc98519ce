// Ranks by what the ranks of those below decide: measures and orders that are chosen by rank, and
// measures in whatever order they are made of each other. Every case is compared with the reference.
#include <doctest/doctest.h>

#include "tests/engine/standings.hpp"

namespace downline {
namespace {

constexpr const char* company = R"(
    ann 0
      bob 20
        cat 60
          dan 100
        eve 160
)";

TEST_CASE("a rank may ask for what those below sold who hold a rank themselves") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
own = { sum = "volume", from = ["self"] }
by_gold = { sum = "volume", from = ["self"], orders = { seller = { rank = "gold" } } }
led     = { sum = "by_gold", over = "downline", self = false }
[[rank]]
name = "gold"
requires = [{ own = 100 }, { led = 150 }]
)");
    // Dan and Eve are gold by their own 100 and 160. Cat leads Dan's 100 only, and sells 60. Bob leads
    // 100 + 160 = 260: gold, so his own 20 count for Ann.
    CHECK(rank_of(drawn, paid, "dan") == 1);
    CHECK(rank_of(drawn, paid, "eve") == 1);
    CHECK(rank_of(drawn, paid, "cat") == 0);
    CHECK(rank_of(drawn, paid, "bob") == 1);
    CHECK(rank_of(drawn, paid, "ann") == 1);
    CHECK(measure(drawn, paid, 3, "bob") == 2'000);
    CHECK(measure(drawn, paid, 3, "cat") == 0);
    CHECK(measure(drawn, paid, 4, "bob") == 26'000);
    CHECK(measure(drawn, paid, 4, "ann") == 28'000);
}

TEST_CASE("the head of a leg and a direct affiliate may be asked for what depends on their rank") {
    const DrawnTree drawn = draw(company);
    const auto plan = [](const char* asked) {
        return std::string(R"(
[measures]
own = { sum = "volume", from = ["self"] }
by_gold = { count = "orders", from = ["self"], orders = { not = { seller = { rank = "gold" } } } }
[[rank]]
name = "gold"
requires = [{ own = 100 }, )") + asked + "]\n";
    };
    // Orders of those who are not gold: Cat's is one, Dan's and Eve's are none.
    const Paid legs = paid_by(drawn, plan("{ legs = { count = 1, by_gold = 1 } }"));
    CHECK(rank_of(drawn, legs, "bob") == 1);  // Cat's leg
    CHECK(rank_of(drawn, legs, "cat") == 0);  // Dan is gold
    CHECK(rank_of(drawn, legs, "ann") == 0);  // Bob is gold
    const Paid direct = paid_by(drawn, plan("{ frontline = { count = 2, by_gold = { min = 0, max = 0 } } }"));
    CHECK(rank_of(drawn, direct, "bob") == 0);  // Eve only
    CHECK(rank_of(drawn, direct, "ann") == 0);
    CHECK(measure(drawn, direct, 3, "bob") == 1);
}

TEST_CASE("orders of a seller who has ranked members below count before its own rank is known") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
own = { sum = "volume", from = ["self"] }
with_gold = { sum = "volume", orders = { seller = { frontline = { count = 1, rank = "gold" } } } }
[[rank]]
name = "gold"
requires = [{ own = 100 }, { with_gold = 60 }, { legs = { count = 1, with_gold = 60 } }]
)");
    // Cat sells 60 above Dan, who is gold. Bob has such a leg. Ann has nobody but Bob, who sold 20.
    CHECK(rank_of(drawn, paid, "cat") == 1);
    CHECK(rank_of(drawn, paid, "bob") == 1);
    CHECK(measure(drawn, paid, 3, "bob") == 2'000);
    CHECK(measure(drawn, paid, 3, "eve") == 0);
    CHECK(rank_of(drawn, paid, "ann") == 0);
}

TEST_CASE("ranks by a measure of another tree that is made of the ranks in the first") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 place=ann:R
            dan 100
            fay 100
          cat 0 place=bob:L
            eve 100
    )");
    // Golds below in the sponsor tree: Bob 2, Cat 1. By places Ann is above Bob above Cat, so Bob
    // has Cat's 1 below him, Ann 2 + 1.
    const Paid paid = paid_by(drawn, R"(
[measures]
golds  = { count = "affiliates", over = "frontline", where = { rank = "gold" } }
placed = { sum = "golds", over = "downline", self = false, tree = "placement" }
[[rank]]
name = "gold"
requires = { pv = 100 }
[[rank]]
name = "two"
requires = { golds = 2 }
[[rank]]
name = "three"
requires = { placed = 3 }
)");
    CHECK(rank_of(drawn, paid, "bob") == 2);
    CHECK(rank_of(drawn, paid, "cat") == 0);
    CHECK(measure(drawn, paid, 3, "bob") == 1);
    CHECK(measure(drawn, paid, 3, "ann") == 3);
    CHECK(rank_of(drawn, paid, "ann") == 3);
}

TEST_CASE("pv and gv may be made of measures that are defined after them") {
    const DrawnTree drawn = draw(R"(
        ann 40
          bob 100
            cat 30
    )");
    const Paid paid = paid_by(drawn, R"(
[measures]
own  = { sum = "volume", from = ["self"] }
pv   = { sum = "own", over = "frontline" }
gv   = { sum = "late", over = "downline" }
late = { sum = "pv", over = "downline", levels = 1 }
)");
    // pv: Ann 100 (Bob's), Bob 30. late: Ann 100 + 30, Bob 30 + 0. gv: Ann 130 + 30 + 0, Bob 30.
    CHECK(measure(drawn, paid, 0, "ann") == 10'000);
    CHECK(measure(drawn, paid, 0, "bob") == 3'000);
    CHECK(measure(drawn, paid, 1, "ann") == 16'000);
    CHECK(measure(drawn, paid, 1, "bob") == 3'000);
}

}  // namespace
}  // namespace downline
