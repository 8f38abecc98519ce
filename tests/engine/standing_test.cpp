// Measures, requirements, who is active, ranks and titles, in drawn companies.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

/// The standing of a drawn company under a plan without bonuses that anybody earns of.
struct Stood {
    Paid paid;
    const DrawnTree& drawn;
    [[nodiscard]] int rank(std::string_view id) const {
        return paid.result.standing.rank[drawn.index(id)];
    }
    [[nodiscard]] int title(std::string_view id) const {
        return paid.result.standing.title[drawn.index(id)];
    }
    [[nodiscard]] std::int64_t measure(std::size_t place, std::string_view id) const {
        return paid.result.standing.measures[place][drawn.index(id)];
    }
};

Stood stand(const DrawnTree& drawn, const std::string& rules) {
    return {pay(drawn, rules + "\n[[bonus]]\ncode = \"b\"\nkind = \"personal\"\nrate = \"1%\"\n"),
            drawn};
}

TEST_CASE("pv is one's own and one's customers', gv adds everybody below, terminated ones too") {
    const DrawnTree drawn = draw(R"(
        ann 10
          carl 20 customer
          bob 0 terminated
            dan 40
              cora 80 customer
    )");
    const Stood stood = stand(drawn, "");
    CHECK(stood.measure(pv_measure, "ann") == 3000);
    CHECK(stood.measure(pv_measure, "dan") == 12'000);
    CHECK(stood.measure(pv_measure, "carl") == 0);  // a customer's counts for its seller, once
    CHECK(stood.measure(gv_measure, "ann") == 15'000);
    CHECK(stood.measure(gv_measure, "bob") == 12'000);
}

TEST_CASE("a requirement is met at its minimum and not a hundredth of a point below") {
    const DrawnTree drawn = draw(R"(
        below 99.99
        on 100
        above 100.01
    )");
    const Stood stood = stand(drawn, "[[rank]]\nname = \"r\"\nrequires = { pv = 100 }\n");
    CHECK(stood.rank("below") == 0);
    CHECK(stood.rank("on") == 1);
    CHECK(stood.rank("above") == 1);
}

TEST_CASE("a range includes both of its ends") {
    const DrawnTree drawn = draw(R"(
        low 99.99
        min 100
        max 200
        high 200.01
    )");
    const Stood stood =
        stand(drawn, "[[rank]]\nname = \"r\"\nrequires = { pv = { min = 100, max = 200 } }\n");
    CHECK(stood.rank("low") == 0);
    CHECK(stood.rank("min") == 1);
    CHECK(stood.rank("max") == 1);
    CHECK(stood.rank("high") == 0);
}

TEST_CASE("of a list of tables any suffices, of a table all must hold") {
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 200
        zoe 300
    )");
    const Stood stood = stand(
        drawn, "[[rank]]\nname = \"r\"\nrequires = [ { pv = 100, gv = 300 }, { pv = 250 } ]\n");
    CHECK(stood.rank("ann") == 1);  // 100 and 300
    CHECK(stood.rank("bob") == 0);  // 200 and 200
    CHECK(stood.rank("zoe") == 1);
}

TEST_CASE("at most half of the minimum counts of one leg, and one's own part is not limited") {
    const std::string half =
        "[[rank]]\nname = \"r\"\nrequires = { gv = { min = 2000, max_per_leg = \"50%\" } }\n";
    const DrawnTree one_leg = draw(R"(
        ann 999
          bob 5000
    )");
    CHECK(stand(one_leg, half).rank("ann") == 0);  // 999 + 1000
    const DrawnTree own = draw(R"(
        ann 1000
          bob 5000
    )");
    CHECK(stand(own, half).rank("ann") == 1);  // 1000 + 1000
    const DrawnTree two_legs = draw(R"(
        ann 0
          bob 5000
          cat 500
            dan 500
    )");
    CHECK(stand(two_legs, half).rank("ann") == 1);  // 1000 + 1000
}

TEST_CASE("a leg's part of a measure with levels is what stands within those levels") {
    // Two levels below ann are bob and cat; dan, three below, is not hers to count, though he is
    // within two levels of bob.
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 0
            cat 0
              dan 100
    )");
    const Stood stood = stand(drawn, R"(
[measures]
team = { sum = "pv", over = "downline", levels = 2 }
[[rank]]
name = "r"
requires = { team = { min = 100, max_per_leg = "50%" } }
)");
    CHECK(stood.rank("ann") == 1);  // her own 100
    CHECK(stood.rank("bob") == 0);  // dan's leg counts with 50 at most
}

TEST_CASE("sums and counts over a downline: with oneself in a sum, without in a count") {
    const DrawnTree drawn = draw(R"(
        ann 1
          bob 2
            cat 4
              dan 8
          eve 16 terminated
    )");
    // In the order of the file, after pv and gv.
    const Stood stood = stand(drawn, R"(
[measures]
two    = { sum = "pv", over = "downline", levels = 2 }
others = { sum = "pv", over = "downline", self = false }
direct = { sum = "pv", over = "frontline" }
below  = { count = "affiliates", over = "downline", where = { pv = 2 } }
within = { count = "affiliates", over = "downline", self = true, where = { pv = 4 } }
)");
    const auto& measures = stood.paid.result.standing.measures;
    REQUIRE(measures.size() == 7);
    CHECK(stood.measure(2, "ann") == 2300);  // 1 + 2 + 4 + 16: terminated ones stay in every sum
    CHECK(stood.measure(3, "ann") == 3000);
    CHECK(stood.measure(4, "ann") == 1800);
    CHECK(stood.measure(5, "ann") == 3);  // bob, cat, dan; eve is never counted
    CHECK(stood.measure(6, "dan") == 1);  // himself
}

TEST_CASE("legs count where anybody in them has the rank; heads are asked all else") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            cat 0 title=1
          dan 0 terminated
            eve 0 title=1
          fay 0
            gus 0 terminated title=1
    )");
    const std::string silver = "[[rank]]\nname = \"silver\"\nrequires = { title = \"silver\" }\n";
    const auto gold = [&](const std::string& requires_) {
        return silver + "[[rank]]\nname = \"gold\"\nrequires = { " + requires_ + " }\n";
    };
    // The legs of bob and dan (a terminated head's leg stays) have a silver; gus is never counted.
    CHECK(stand(drawn, gold("legs = { count = 2, rank = \"silver\" }")).rank("ann") == 2);
    CHECK(stand(drawn, gold("legs = { count = 3, rank = \"silver\" }")).rank("ann") == 0);
    // Of heads only bob and fay can be asked: dan is terminated.
    CHECK(stand(drawn, gold("legs = { count = 2, pv = 0 }")).rank("ann") == 2);
    CHECK(stand(drawn, gold("legs = { count = 3, pv = 0 }")).rank("ann") == 0);
}

TEST_CASE("activity and measures may ask for titles in legs: those before the run") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            cat 0 title=1
          dan 0
    )");
    const Stood stood{pay_by(drawn, R"(
        [plan]
        name = "p"
        currency = "USD"
        period = "month"
        effective = 2020-01-01
        [active]
        requires = { legs = { count = 1, title = "silver" } }
        [measures]
        leaders = { count = "affiliates", over = "downline", where = { legs = { count = 1, title = "silver" } } }
        [[rank]]
        name = "silver"
        requires = { title = "silver" }
        [[bonus]]
        code = "b"
        kind = "personal"
        rate = "1%"
    )"), drawn};
    CHECK(stood.paid.result.standing.is_active[drawn.index("ann")]);  // cat, in bob's leg
    CHECK(stood.paid.result.standing.is_active[drawn.index("bob")]);
    CHECK_FALSE(stood.paid.result.standing.is_active[drawn.index("dan")]);
    CHECK(stood.measure(2, "ann") == 1);  // bob
}

TEST_CASE("entries of a list of legs are each tested on their own") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 200
          cat 100
    )");
    const auto rank_with = [&](const std::string& legs) {
        return stand(drawn, "[[rank]]\nname = \"r\"\nrequires = { legs = " + legs + " }\n")
            .rank("ann");
    };
    CHECK(rank_with("[ { count = 1, gv = 200 }, { count = 2, gv = 100 } ]") == 1);  // bob in both
    CHECK(rank_with("[ { count = 2, gv = 200 }, { count = 2, gv = 100 } ]") == 0);
}

TEST_CASE("frontline asks direct affiliates themselves, not customers, not the terminated") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 100
          cat 100 inactive
          dan 100 terminated
          carl 100 customer
    )");
    const auto rank_with = [&](const std::string& frontline) {
        const std::string requires_ = "{ frontline = " + frontline + " }\n";
        return stand(drawn, "[[rank]]\nname = \"r\"\nrequires = " + requires_).rank("ann");
    };
    CHECK(rank_with("{ count = 2, pv = 100 }") == 1);
    CHECK(rank_with("{ count = 3, pv = 100 }") == 0);
    CHECK(rank_with("{ count = 2, pv = 100, active = true }") == 0);
}

TEST_CASE("days since joining are counted to the last day of the period") {
    const DrawnTree drawn = draw(R"(
        ann 0 joined=2026-03-01
        bob 0 joined=2026-02-28
    )");
    // 30 and 31 days to 2026-03-31.
    const Stood within =
        stand(drawn, "[[rank]]\nname = \"r\"\nrequires = { joined_within_days = 30 }\n");
    CHECK(within.rank("ann") == 1);
    CHECK(within.rank("bob") == 0);
    const Stood at_least =
        stand(drawn, "[[rank]]\nname = \"r\"\nrequires = { joined_at_least_days = 31 }\n");
    CHECK(at_least.rank("ann") == 0);
    CHECK(at_least.rank("bob") == 1);
}

TEST_CASE("ranks are tried lowest first, and one's own rank is the highest so far") {
    const DrawnTree drawn = draw(R"(
        ann 100
        bob 50
    )");
    const Stood stood = stand(drawn, R"(
[[rank]]
name     = "first"
requires = { pv = 100 }
[[rank]]
name     = "second"
requires = { rank = "first" }
[[rank]]
name     = "third"
requires = { rank = "third" }
[[rank]]
name     = "fourth"
requires = { pv = 50 }
)");
    CHECK(stood.rank("ann") == 4);  // first, so second; never third; fourth need not include it
    CHECK(stood.rank("bob") == 4);
    const Stood short_ladder = stand(drawn, R"(
[[rank]]
name     = "first"
requires = { rank = "second" }
[[rank]]
name     = "second"
requires = { pv = 100 }
)");
    CHECK(short_ladder.rank("ann") == 2);
}

TEST_CASE("a rank may ask for what is made of the member's own lower ranks, as they are so far") {
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 100
            cat 40
        eve 40
    )");
    const Paid paid = pay_alone(drawn, R"(
[measures]
leaders = { count = "affiliates", over = "downline", self = true, where = { rank = "silver" } }
loyal   = { count = "periods", periods = 6, where = { rank = "silver" } }
[[rank]]
name = "silver"
requires = { pv = 100 }
[[rank]]
name = "gold"
requires = { leaders = 2, loyal = 1 }
)");
    // bob is the one leader in his own line; ann and bob are two in hers.
    CHECK(paid.result.standing.rank[drawn.index("bob")] == 1);
    CHECK(paid.result.standing.rank[drawn.index("ann")] == 2);
    CHECK(paid.result.standing.rank[drawn.index("eve")] == 0);
    CHECK(paid.result.standing.measures[2][drawn.index("ann")] == 2);
    CHECK(paid.result.standing.measures[3][drawn.index("cat")] == 0);
}

TEST_CASE("ranks are found bottom-up, so an upline counts what its legs reach this period") {
    const DrawnTree drawn = draw(R"(
        zoe 0
          yan 0
            ann 100
    )");
    const Stood stood = stand(drawn, R"(
[[rank]]
name     = "one"
requires = [ { pv = 100 }, { legs = { count = 1, rank = "one" } } ]
)");
    CHECK(stood.rank("ann") == 1);
    CHECK(stood.rank("yan") == 1);
    CHECK(stood.rank("zoe") == 1);
}

TEST_CASE("maintain suffices for who has the title; a title once held stays") {
    const DrawnTree drawn = draw(R"(
        held 80 title=1
        lost 79.99 title=1
        new 80
        gone 500 terminated title=1
    )");
    const Stood stood = stand(drawn, R"(
[[rank]]
name     = "silver"
requires = { pv = 100 }
maintain = { pv = 80 }
)");
    CHECK(stood.rank("held") == 1);
    CHECK(stood.rank("lost") == 0);
    CHECK(stood.title("lost") == 1);
    CHECK(stood.rank("new") == 0);
    CHECK(stood.rank("gone") == 0);  // terminated: never ranked
    CHECK(stood.title("gone") == 1);
}

TEST_CASE("ranks see the title before the run, bonuses that with this period's rank") {
    const DrawnTree drawn = draw(R"(
        ann 100
          carl 100 customer
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "silver"
requires = { pv = 100 }
[[rank]]
name     = "gold"
requires = { title = "silver" }
[[bonus]]
code     = "titled"
kind     = "personal"
rate     = "10%"
requires = { title = "silver" }
)");
    CHECK(paid.result.standing.rank[drawn.index("ann")] == 1);  // not gold: no title before
    CHECK(paid.to("ann") == 1000);
}

TEST_CASE("a count of orders counts ids, not lines, and not what was fully returned") {
    DrawnTree drawn = draw(R"(
        ann 10 20 30 40
    )");
    auto& orders = drawn.facts.orders;
    orders[1].order_id = orders[0].order_id;
    orders[1].line = 2;
    orders[2].returns = {{3000, -1}};
    orders[3].returns = {{3999, -1}};
    const Stood stood = stand(drawn, "[measures]\norders_n = { count = \"orders\", from = "
                                     "[\"self\", \"customers\"] }\n");
    CHECK(stood.measure(2, "ann") == 2);
    CHECK(stood.measure(pv_measure, "ann") == 3000 + 1);  // 10 + 20 and 0.01 of the fourth
}

}  // namespace
}  // namespace downline
