// Shapes that break engines: a chain and a star of a million members.
#include <doctest/doctest.h>

#include "engine/bonuses/unilevel.hpp"
#include "engine/plan/reader.hpp"
#include "engine/run.hpp"

namespace downline {
namespace {

// The sanitizers look at every access: a tenth of it shows them the same. What is not linear does
// not end within the time that a test has.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint32_t member_count = 100'000;
#else
constexpr std::uint32_t member_count = 1'000'000;
#endif

Measure order_volume(const char* name) {
    Measure measure;
    measure.name = name;
    measure.column = Measure::Column::qualifying_volume;
    return measure;
}

/// pv and gv, active from 100 points, and seven levels of 1 % in one unilevel bonus.
Plan seven_levels(Compression compression) {
    Plan plan;
    Measure group;
    group.name = "gv";
    group.source = Measure::Source::over_members;
    group.of = pv_measure;
    plan.measures = {order_volume("pv"), group};
    Test test;
    test.measure = pv_measure;
    test.min = 10'000;
    plan.active = Requirement{{{test}}};
    auto rule = std::make_shared<UnilevelRule>();
    Pay pay;
    pay.value.by_place = {10'000};
    rule->levels.assign(7, pay);
    rule->compression = compression;
    Bonus bonus;
    bonus.code = "levels";
    bonus.kind = "unilevel";
    bonus.rule = rule;
    plan.bonuses = {bonus};
    return plan;
}

/// Everybody below `sponsor_of(member)`; whoever `orders` names has one order of 100 points.
template <typename SponsorOf>
Snapshot company(SponsorOf sponsor_of, const std::vector<MemberIndex>& orders) {
    Snapshot snapshot;
    snapshot.period = parse_period("2026-03").value();
    Members& members = snapshot.members;
    members.count = member_count;
    for (MemberIndex member = 0; member < member_count; ++member) {
        members.number.push_back(member + 1);
        members.sponsor.push_back(sponsor_of(member));
    }
    members.kind.assign(member_count, MemberKind::affiliate);
    members.status.assign(member_count, Status::active);
    members.joined_on.assign(member_count, snapshot.period.first - 100);
    snapshot.sequences.orders_before.assign(member_count, 0);
    snapshot.sequences.first_on.assign(member_count, 0);
    for (const MemberIndex buyer : orders) {
        OrderLines& lines = snapshot.orders;
        lines.order.push_back(lines.count);
        lines.buyer.push_back(buyer);
        lines.ordered_on.push_back(snapshot.period.first);
        lines.amount_minor.push_back(10'000);
        lines.volume_centipoints.push_back(10'000);
        ++lines.count;
    }
    snapshot.order_count = snapshot.orders.count;
    return snapshot;
}

std::vector<MemberIndex> every(MemberIndex step) {
    std::vector<MemberIndex> members;
    for (MemberIndex member = 0; member < member_count; member += step) members.push_back(member);
    return members;
}

const auto above = [](MemberIndex member) { return member == 0 ? no_member : member - 1; };
const auto below_the_first = [](MemberIndex member) {
    return member == 0 ? no_member : MemberIndex{0};
};

TEST_CASE("a chain of a member_count, every thousandth active, is compressed in linear time") {
    const RunResult result =
        run(seven_levels(Compression::unqualified), company(above, every(1000)), 2);
    // An order each; the k-th active from the top has k actives above it, seven of which are paid:
    // 0 + 1 + … + 6 for the first seven, 7 for each of the others; 1.00 for each.
    constexpr std::int64_t actives = member_count / 1000;
    CHECK(result.accounts[0].line_count == 21 + (actives - 7) * 7);
    CHECK(result.paid_minor == (21 + (actives - 7) * 7) * 100);
    CHECK(result.standing.measures[gv_measure][0] == actives * 10'000);
}

TEST_CASE("a chain of a million active members pays seven levels for each order") {
    const RunResult result =
        run(seven_levels(Compression::none), company(above, every(1)), 2);
    CHECK(result.accounts[0].line_count == 21 + (member_count - 7) * 7ULL);
    CHECK(result.standing.measures[gv_measure][member_count - 1] == 10'000);
}

TEST_CASE("a chain of a million inactive members leaves the bottom's order without an upline") {
    const RunResult result = run(seven_levels(Compression::unqualified),
                                        company(above, {member_count - 1}), 2);
    CHECK(result.accounts[0].line_count == 0);
    CHECK(result.accounts[0].forfeited_minor[static_cast<std::size_t>(Reason::no_upline)] == 700);
}

TEST_CASE("a star of a million pays its centre for every order below it") {
    const RunResult result =
        run(seven_levels(Compression::unqualified), company(below_the_first, every(1)), 2);
    CHECK(result.accounts[0].line_count == member_count - 1);
    CHECK(result.standing.measures[gv_measure][0] == std::int64_t{member_count} * 10'000);
}

/// Places: a chain whose members stand by turns in the left and the right leg of the one above.
Snapshot placed_in_a_chain(Snapshot snapshot) {
    snapshot.members.placement.resize(member_count);
    snapshot.members.leg.resize(member_count);
    for (MemberIndex member = 0; member < member_count; ++member) {
        snapshot.members.placement[member] = above(member);
        snapshot.members.leg[member] = member == 0 ? 0 : 1 + member % 2;
    }
    return snapshot;
}

constexpr const char* places_plan = R"([plan]
name      = "places"
currency  = "USD"
period    = "month"
effective = 2020-01-01
[measures]
lesser = { sum = "pv", over = "lesser-leg", tree = "placement" }
placed = { count = "affiliates", over = "downline", tree = "placement", levels = 2, where = { rank = "silver" } }
[[rank]]
name     = "silver"
requires = [{ pv = 100 }, { placed = 1, legs = { count = 1, rank = "silver" } }, { gv = { min = 1000, max_per_leg = "10%" } }]
[[bonus]]
code = "team"
kind = "binary"
rate = "10%"
cap  = { per_member = "5.00", of_volume = "40%" }
[limits]
payout = "30%"
)";

TEST_CASE("legs, ranks through two trees, a binary, caps and a limit on a star placed in a chain") {
    const PlanReading reading = read_plan(places_plan);
    REQUIRE(reading.errors.empty());
    const RunResult result =
        run(reading.plan, placed_in_a_chain(company(below_the_first, every(2))), 2);
    // In a chain one leg is empty, so nothing is matched and everything is carried.
    CHECK(result.paid_minor == 0);
    CHECK(result.carry_after.at("team").size() == member_count - 2);  // the last two hold nothing
    CHECK(result.standing.rank[0] == 1);
    CHECK(result.standing.rank[1] == 0);  // nobody is sponsored by it
}

}  // namespace
}  // namespace downline
