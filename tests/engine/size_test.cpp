// Shapes that break engines: a chain and a star of a million members.
#include <doctest/doctest.h>

#include "engine/bonuses/unilevel.hpp"
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
        lines.sequence.push_back(buyer);
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

}  // namespace
}  // namespace downline
