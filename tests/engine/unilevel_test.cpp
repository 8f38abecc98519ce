// The kind `unilevel`: levels, compression, trees, streams.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

/// A unilevel of 5 %, 4 %, 3 % with further keys.
std::string three_levels(const std::string& keys) {
    return R"(
[[bonus]]
code   = "levels"
kind   = "unilevel"
levels = ["5%", "4%", "3%"]
)" + keys;
}

TEST_CASE("unilevel pays the active upline and compresses the inactive one out") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 inactive
            cat 0
              dan 100
    )");
    const Paid paid = pay(drawn, three_levels(""));
    REQUIRE(paid.lines.size() == 2);
    // ann: true distance 3, but second of those who use up a level: 4 % of dan's 100 points.
    CHECK(paid.lines[0] == PaidLine{"ann", "dan", 3, 2, 400, StreamKind::leveraged});
    CHECK(paid.lines[1] == PaidLine{"cat", "dan", 1, 1, 500, StreamKind::leveraged});  // 5 %
    CHECK(paid.forfeited(Reason::no_upline) == 300);  // the third level, 3 %
}

TEST_CASE("without compression the inactive upline uses up a level and forfeits it") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 inactive
            cat 0
              dan 100
    )");
    const Paid paid = pay(drawn, three_levels("compression = \"none\"\n"));
    CHECK(paid.to("cat") == 500);
    CHECK(paid.forfeited(Reason::inactive) == 400);
    CHECK(paid.to("ann") == 300);
    CHECK(paid.forfeited(Reason::no_upline) == 0);
}

TEST_CASE("a terminated upline uses up no level even without compression") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 terminated
            cat 0
              dan 100
    )");
    const Paid paid = pay(drawn, three_levels("compression = \"none\"\n"));
    CHECK(paid.to("cat") == 500);
    CHECK(paid.to("ann") == 400);
    CHECK(paid.forfeited(Reason::inactive) == 0);
    CHECK(paid.forfeited(Reason::no_upline) == 300);
}

TEST_CASE("a suspended upline is paid like any other") {
    const DrawnTree drawn = draw(R"(
        ann 0 suspended
          dan 100
    )");
    CHECK(pay(drawn, three_levels("")).to("ann") == 500);
}

constexpr const char* unqualified_in_between = R"(
    ann 50
      bob 0
        cat 50
          dan 100
)";

TEST_CASE("compression unqualified passes over who fails the bonus's requirement") {
    const Paid paid =
        pay(draw(unqualified_in_between), three_levels("requires = { pv = 50 }\n"));
    // cat: 5 % of 100 from dan. ann: bob is passed over, so 4 % of dan's 100 and 5 % of cat's 50.
    CHECK(paid.to("cat") == 500);
    CHECK(paid.to("ann") == 400 + 250);
    CHECK(paid.to("bob") == 0);
    CHECK(paid.forfeited(Reason::unqualified) == 0);
}

TEST_CASE("compression inactive lets who fails the requirement use up a level") {
    const Paid paid = pay(draw(unqualified_in_between),
                          three_levels("requires = { pv = 50 }\ncompression = \"inactive\"\n"));
    // dan's order: bob's 4 % are forfeited, ann gets 3 %. cat's order: bob's 5 % are forfeited, ann
    // gets 4 % of 50.
    CHECK(paid.to("ann") == 300 + 200);
    CHECK(paid.forfeited(Reason::unqualified) == 400 + 250);
}

TEST_CASE("compression full also passes over who is not paid at this level by rank") {
    const DrawnTree drawn = draw(R"(
        ann 0 title=1
          bob 0
            cat 0
              dan 100
    )");
    const std::string ranks = "[[rank]]\nname = \"gold\"\nrequires = { title = \"gold\" }\n";
    const std::string bonus =
        "[[bonus]]\ncode = \"levels\"\nkind = \"unilevel\"\n"
        "by_rank = { none = [\"5%\"], gold = [\"5%\", \"4%\"] }\n";
    const Paid unqualified = pay(drawn, ranks + bonus);
    CHECK(unqualified.to("cat") == 500);
    CHECK(unqualified.to("ann") == 0);  // bob used up level 2, at which only gold is paid
    CHECK(unqualified.forfeited(Reason::rank) == 400);
    const Paid full = pay(drawn, ranks + bonus + "compression = \"full\"\n");
    CHECK(full.to("cat") == 500);
    CHECK(full.to("ann") == 400);  // the slot passes up to her
    CHECK(full.forfeited(Reason::rank) == 0);
}

TEST_CASE("with active = false, compression inactive passes over nobody") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 inactive
            dan 100
    )");
    const Paid paid = pay(drawn, three_levels("active = false\ncompression = \"inactive\"\n"));
    CHECK(paid.to("bob") == 500);
    CHECK(paid.to("ann") == 400);
}

TEST_CASE("levels count from the seller, or from the buyer: then a customer's seller is level 1") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            carl 100 customer
    )");
    const Paid from_seller = pay(drawn, three_levels(""));
    REQUIRE(from_seller.lines.size() == 1);
    CHECK(from_seller.lines[0] == PaidLine{"ann", "carl", 1, 1, 500, StreamKind::leveraged});
    const Paid from_buyer = pay(drawn, three_levels("counts_from = \"buyer\"\n"));
    REQUIRE(from_buyer.lines.size() == 2);
    CHECK(from_buyer.lines[0] == PaidLine{"ann", "carl", 1, 2, 400, StreamKind::leveraged});
    CHECK(from_buyer.lines[1] == PaidLine{"bob", "carl", 0, 1, 500, StreamKind::active});
}

TEST_CASE("an affiliate's own order pays its sponsor at level 1, from buyer and seller alike") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 100
    )");
    const PaidLine expected{"ann", "bob", 1, 1, 500, StreamKind::leveraged};
    for (const char* keys : {"", "counts_from = \"buyer\"\n"}) {
        const Paid paid = pay(drawn, three_levels(keys));
        REQUIRE(paid.lines.size() == 1);
        CHECK(paid.lines[0] == expected);
    }
}

TEST_CASE("in the enroller tree the enrollers are paid; a customer's level 1 is its seller") {
    const DrawnTree drawn = draw(R"(
        ann 0
        zoe 0
          bob 0 enroller=ann
            carl 100 customer
    )");
    const Paid from_seller = pay(drawn, three_levels("tree = \"enroller\"\n"));
    CHECK(from_seller.to("ann") == 500);
    CHECK(from_seller.to("zoe") == 0);
    const Paid from_buyer =
        pay(drawn, three_levels("tree = \"enroller\"\ncounts_from = \"buyer\"\n"));
    CHECK(from_buyer.to("bob") == 500);
    CHECK(from_buyer.to("ann") == 400);
}

TEST_CASE("the payee's own measure sets the rate of every level") {
    const DrawnTree drawn = draw(R"(
        ann 100
          bob 99.99
            dan 200
    )");
    const Paid paid = pay(drawn, R"(
[[bonus]]
code   = "levels"
kind   = "unilevel"
levels = 2
tiers  = { by = "pv", steps = [[0, "1%"], [100, "10%"]] }
)");
    // dan's 200: bob at 1 %, ann at 10 %; bob's 99.99: ann at 10 %.
    CHECK(paid.to("bob") == 200);
    CHECK(paid.to("ann") == 2000 + 1000);
    for (const PaidLine& line : paid.lines) CHECK(line.paid_level == line.level);
}

TEST_CASE("the lower rank of payee and buyer chooses the rate; a customer has none") {
    const DrawnTree drawn = draw(R"(
        ann 0 title=2
          bob 100 title=1
            carl 100 customer
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "silver"
requires = { title = "silver" }
[[rank]]
name     = "gold"
requires = { title = "gold" }
[[bonus]]
code        = "levels"
kind        = "unilevel"
by_rank     = { none = ["1%"], silver = ["2%"], gold = ["9%"] }
rank_of     = "lower"
)");
    // bob's own 100: the lower of gold and silver, 2 %. carl's 100: he counts as none, 1 %.
    CHECK(paid.to("ann") == 200 + 100);
}

TEST_CASE("streams tell one's own sales from others', first orders from reorders, and events") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0
            new 100 customer
            old 100 customer before=1
            guest 100 customer kind=event
    )");
    const Paid paid = pay(drawn, three_levels("counts_from = \"buyer\"\n"));
    const auto stream_to = [&](std::string_view earner, std::string_view from) {
        for (const PaidLine& line : paid.lines)
            if (line.earner == earner && line.from == from) return line.stream;
        return StreamKind::limit;
    };
    CHECK(stream_to("bob", "new") == StreamKind::active);
    CHECK(stream_to("bob", "old") == StreamKind::residual);
    CHECK(stream_to("bob", "guest") == StreamKind::active);
    CHECK(stream_to("ann", "new") == StreamKind::leveraged);
    CHECK(stream_to("ann", "old") == StreamKind::leveraged_residual);
    CHECK(stream_to("ann", "guest") == StreamKind::active_leveraged);
}

TEST_CASE("the last level is paid and the one above it is not") {
    const DrawnTree drawn = draw(R"(
        top 0
          ann 0
            bob 0
              cat 0
                dan 100
    )");
    const Paid paid = pay(drawn, three_levels(""));
    CHECK(paid.to("ann") == 300);
    CHECK(paid.to("top") == 0);
    CHECK(paid.result.accounts[0].maximum_minor == 1200);  // 5 + 4 + 3 % of 100
}

TEST_CASE("a factor by rank multiplies before the one rounding; the maximum is at the highest") {
    const DrawnTree drawn = draw(R"(
        ann 0 title=1
          bob 0
            dan 33.33
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "gold"
requires = { title = "gold" }
[[bonus]]
code   = "levels"
kind   = "unilevel"
levels = ["5%", "5%"]
factor = { none = "40%", gold = "95%" }
)");
    CHECK(paid.to("bob") == 67);   // 33.33 × 5 % × 40 % = 0.6666
    CHECK(paid.to("ann") == 158);  // 33.33 × 5 % × 95 % = 1.583175
    CHECK(paid.result.accounts[0].maximum_minor == 2 * 158);
    CHECK(paid.forfeited(Reason::rank) == 158 - 67);
}

}  // namespace
}  // namespace downline
