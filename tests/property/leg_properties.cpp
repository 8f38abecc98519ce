// Places, legs and binaries on random plans and companies.
#include <algorithm>
#include <map>

#include "engine/bonuses/binary.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"
#include "tests/reference/compare.hpp"

namespace downline::property {
namespace {

using Legs = std::pair<std::int64_t, std::int64_t>;

TEST_CASE("with places, legs and binaries the engine equals the reference") {
    std::size_t payment_count = 0, carry_count = 0;
    holds("places: equal to the reference", 3000, [&] {
        const Case made = case_of(*throws(), {.has_binaries = true});
        const Snapshot snapshot = snapshot_of(made.facts);
        const auto expected = reference::compute(made.plan, snapshot);
        payment_count += expected.payments.size();
        carry_count += expected.carry_after.size();
        const std::string found = reference::differences(
            made.plan, expected, reference::outcome_of(run(made.plan, snapshot), snapshot));
        RC_LOG() << made.plan_text << describe(made.facts) << found;
        RC_ASSERT(found.empty());
    });
    MESSAGE(payment_count, " lines and ", carry_count, " legs that carry were compared");
    CHECK(carry_count >= enough(1'000));
}

/// What stands in everybody's legs, by walking up from each; and what is carried in.
std::map<MemberIndex, Legs> legs_before(const Snapshot& snapshot, const Standing& standing,
                                        const Bonus& bonus, const BinaryRule& rule) {
    const Members& members = snapshot.members;
    std::map<MemberIndex, Legs> legs;
    for (MemberIndex member = 0; member < members.count && !members.placement.empty(); ++member) {
        if (members.kind[member] != MemberKind::affiliate) continue;
        for (MemberIndex at = member; members.placement[at] != no_member;
             at = members.placement[at]) {
            const std::uint32_t leg = members.leg[at];
            Legs& above = legs[members.placement[at]];
            const std::int64_t held =
                rule.hundredths_per_unit * standing.measures[rule.volume][member];
            if (leg == 1) above.first += held;
            if (leg == 2) above.second += held;
        }
    }
    const auto carried = snapshot.carry.find(bonus.code);
    if (carried != snapshot.carry.end())
        for (const Carry& carry : carried->second) {
            legs[carry.member].first += carry.left_centipoints;
            legs[carry.member].second += carry.right_centipoints;
        }
    return legs;
}

TEST_CASE("volume in legs is conserved: what a match takes of one leg it takes of the other") {
    std::size_t matched_count = 0;
    holds("conserved volume", 2000, [&] {
        const Case made = case_of(*throws(), {.has_binaries = true});
        const Snapshot snapshot = snapshot_of(made.facts);
        const RunResult result = run(made.plan, snapshot);
        for (std::size_t b = 0; b < made.plan.bonuses.size(); ++b) {
            const Bonus& bonus = made.plan.bonuses[b];
            const auto* rule = dynamic_cast<const BinaryRule*>(bonus.rule.get());
            if (!rule || !rule->carries || rule->max_leg.is_given() ||
                rule->form == BinaryRule::Form::cycle)
                continue;
            std::map<MemberIndex, Legs> after;
            if (const auto left = result.carry_after.find(bonus.code);
                left != result.carry_after.end())
                for (const Carry& carry : left->second)
                    after[carry.member] = {carry.left_centipoints, carry.right_centipoints};
            std::map<MemberIndex, std::int64_t> paid;
            for (const LineBook::Entry& entry : result.books[b].entries())
                paid[entry.earner] = entry.amount_minor;
            for (const auto& [member, before] :
                 legs_before(snapshot, result.standing, bonus, *rule)) {
                const std::int64_t taken = before.first - after[member].first;
                RC_ASSERT(taken == before.second - after[member].second);
                RC_ASSERT(taken >= 0);
                RC_ASSERT(paid[member] > 0 || taken == 0);
                matched_count += taken > 0;
            }
        }
    });
    CHECK(matched_count >= enough(100));  // the cases are worth it
}

}  // namespace
}  // namespace downline::property
