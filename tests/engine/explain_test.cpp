// The way up from an order, kind by kind: who stands at a slot, who is passed over and why.
#include "engine/explain.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "engine/plan/reader.hpp"
#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

constexpr const char* plan_head = R"([plan]
name = "drawn"
currency = "USD"
period = "month"
effective = 2026-01-01
[active]
requires = { joined_at_least_days = 1 }
)";

/// "bob 1 2.00/4.00 rank; 2 passed inactive cat..dan; nobody 0.00/1.00 no-upline": by the first
/// bonus, the steps of the last order.
std::string way_up(const DrawnTree& drawn, const std::string& plan_text) {
    const PlanReading reading = read_plan(plan_head + plan_text);
    for (const PlanError& error : reading.errors) FAIL(error.line, ": ", error.text);
    const Snapshot snapshot = snapshot_of(drawn.facts);
    std::vector<std::string> ids(drawn.facts.members.size());
    for (const auto& member : drawn.facts.members) ids[drawn.index(member.id)] = member.id;
    const OrderExplanation all = explain_order(reading.plan, snapshot, snapshot.orders.count - 1,
                                               snapshot.orders.count);
    std::string text;
    for (const Step& step : all.bonuses[0].steps) {
        text += text.empty() ? "" : "; ";
        if (!step.slot) {
            text += fmt::format("{} passed {} {}", step.count, passed_name(step.passed),
                                ids[step.first]);
            if (step.count > 1) text += ".." + ids[step.last];
            continue;
        }
        const Slot& slot = *step.slot;
        text += fmt::format("{} {} {}/{}", slot.payee == no_member ? "nobody" : ids[slot.payee],
                            slot.paid_level, format_decimal(slot.paid_minor, 2),
                            format_decimal(slot.maximum_minor, 2));
        if (slot.paid_minor != slot.maximum_minor)
            text += " " + std::string(reason_name(slot.reason));
    }
    return text;
}

constexpr const char* line = R"(
    ann 0 title=2
      bob 0
        cat 0 inactive
          dan 0 inactive
            eve 0 title=1
              fay 0 terminated
                gus 100
)";
constexpr const char* two_ranks = R"(
[[rank]]
name = "silver"
requires = { title = "silver" }
[[rank]]
name = "gold"
requires = { title = "gold" }
)";

TEST_CASE("a unilevel passes over the terminated and whom its compression leaves out") {
    const DrawnTree drawn = draw(line);
    const std::string plan =
        "[[bonus]]\ncode = \"b\"\nkind = \"unilevel\"\nlevels = [\"4%\", \"2%\", "
        "\"1%\", \"1%\"]\ncompression = ";
    CHECK(way_up(drawn, plan + "\"unqualified\"") ==
          "1 passed terminated fay; eve 1 4.00/4.00; 2 passed inactive dan..cat; bob 2 2.00/2.00; "
          "ann 3 1.00/1.00; nobody 4 0.00/1.00 no-upline");
    CHECK(way_up(drawn, plan + "\"none\"") ==
          "1 passed terminated fay; eve 1 4.00/4.00; dan 2 0.00/2.00 inactive; cat 3 0.00/1.00 "
          "inactive; bob 4 1.00/1.00");
}

TEST_CASE("full compression passes over who is paid nothing at the level, and says so") {
    CHECK(way_up(draw(line), std::string(two_ranks) + R"(
[[bonus]]
code = "b"
kind = "unilevel"
compression = "full"
by_rank = { none = ["0%", "0%"], silver = ["3%", "0%"], gold = ["5%", "2%"] }
)") == "1 passed terminated fay; eve 1 3.00/5.00 rank; 2 passed inactive dan..cat; 1 passed rank "
       "bob; ann 2 2.00/2.00");
}

TEST_CASE("a differential passes over who is entitled to no more than was reached") {
    const std::string plan = std::string(two_ranks) + R"(
[[bonus]]
code = "b"
kind = "differential"
by_rank = { none = "1%", silver = "4%", gold = "10%" }
)";
    // gus 1 %, eve 4 - 1, ann 10 - 4; bob's 1 % is less than what eve reached.
    CHECK(way_up(draw(line), plan) ==
          "gus 0 1.00/1.00; 1 passed terminated fay; eve 1 3.00/3.00; 2 passed inactive dan..cat; "
          "1 passed rank bob; ann 2 6.00/6.00");
    // Two above the seller who are not terminated: eve and dan. What is above is out of reach.
    CHECK(way_up(draw(line), plan + "uplines = 2\n") ==
          "gus 0 1.00/1.00; 1 passed terminated fay; eve 1 3.00/3.00; 1 passed inactive dan; "
          "3 passed reach cat..ann; nobody 0 0.00/6.00 no-upline");
}

TEST_CASE("a generation tells its slots one by one, and who is below the boundary rank") {
    const std::string plan = std::string(two_ranks) + R"(
[[bonus]]
code = "b"
kind = "generation"
boundary = "silver"
closer = "included"
generations = ["5%", "3%", "1%"]
)";
    CHECK(way_up(draw(line), plan) ==
          "1 passed terminated fay; eve 1 5.00/5.00; 3 passed rank dan..bob; ann 2 3.00/3.00; "
          "nobody 3 0.00/1.00 no-upline");
    CHECK(way_up(draw(line), plan + "earners = \"all\"\n") ==
          "1 passed terminated fay; eve 1 5.00/5.00; dan 2 0.00/3.00 inactive; cat 2 0.00/3.00 "
          "inactive; bob 2 3.00/3.00; ann 2 3.00/3.00; nobody 3 0.00/1.00 no-upline");
}

TEST_CASE("the seller's slot: slices of marginal tiers, and a lower step") {
    // Gus has 100 points of one order: 60 at 10 %, 40 at 20 %. The maximum is at 20 %.
    CHECK(way_up(draw(line), R"(
[[bonus]]
code = "b"
kind = "personal"
from = ["self"]
tiers = { by = "pv", mode = "marginal", steps = [[0, "10%"], [60, "20%"]] }
)") == "gus 1 6.00/12.00 rank; gus 2 8.00/8.00");
}

TEST_CASE(
    "an affiliate is told what it missed: as if it could have been paid, and at a lower rate") {
    const DrawnTree drawn = draw(R"(
        ann 0
          bob 0 inactive
            cat 0 title=1
              dan 100
    )");
    const PlanReading reading = read_plan(std::string(plan_head) + two_ranks + R"(
[[bonus]]
code = "b"
kind = "unilevel"
by_rank = { none = ["4%", "2%"], silver = ["5%", "2%"], gold = ["7%", "3%"] }
[[bonus]]
code = "m"
kind = "match"
of = ["b"]
levels = ["50%"]
)");
    REQUIRE(reading.errors.empty());
    const Snapshot snapshot = snapshot_of(drawn.facts);
    const MemberExplanation bob = explain_member(reading.plan, snapshot, drawn.index("bob"));
    REQUIRE(bob.missed.size() == 2);
    CHECK(bob.missed[0].reason == Reason::inactive);
    CHECK(bob.missed[0].amount_minor == 200);  // 2 % of dan's 100.00 at level 2, which ann got
    CHECK(bob.missed[1].bonus == 1);
    CHECK(bob.missed[1].amount_minor == 250);  // half of cat's 5.00
    REQUIRE(bob.active.size() == 1);
    CHECK_FALSE(bob.active[0][0].second.is_met);
    CHECK(bob.active[0][0].second.value == 0);
    CHECK(bob.active[0][0].second.needed == 1);

    const MemberExplanation cat = explain_member(reading.plan, snapshot, drawn.index("cat"));
    REQUIRE(cat.missed.size() == 1);
    CHECK(cat.missed[0].reason == Reason::rank);
    CHECK(cat.missed[0].amount_minor == 200);  // 5 % of at most 7 % on 100.00
    REQUIRE(cat.ranks.size() == 2);
    CHECK(cat.ranks[0].is_reached);
    CHECK_FALSE(cat.ranks[1].is_reached);
    CHECK(cat.ranks[1].requires_[0][0].second.value == 1);
    CHECK(cat.ranks[1].requires_[0][0].second.needed == 2);
}

TEST_CASE("a rank is explained by what was so far when it was tried, not by what came of it") {
    const DrawnTree drawn = draw("ann 50");
    const PlanReading reading = read_plan(std::string(plan_head) + R"(
[measures]
was_one = { count = "periods", periods = 2, where = { rank = "one" } }
[[rank]]
name = "one"
requires = { pv = 100 }
[[rank]]
name = "two"
requires = { was_one = { max = 0 } }
[[rank]]
name = "three"
requires = { was_one = 1 }
[[bonus]]
code = "own"
kind = "personal"
from = ["self"]
rate = "1%"
)");
    REQUIRE(reading.errors.empty());
    const Snapshot snapshot = snapshot_of(drawn.facts);
    const MemberExplanation ann = explain_member(reading.plan, snapshot, drawn.index("ann"));
    // Not one by her 50 points, so two; two is above one, so from there on she was one: three.
    REQUIRE(ann.ranks.size() == 3);
    CHECK_FALSE(ann.ranks[0].is_reached);
    CHECK(ann.ranks[1].is_reached);
    CHECK(ann.ranks[1].requires_[0][0].second.value == 0);
    CHECK(ann.ranks[2].is_reached);
    CHECK(ann.ranks[2].requires_[0][0].second.value == 1);
    CHECK(ann.result.standing.rank[drawn.index("ann")] == 3);
}

}  // namespace
}  // namespace downline
