// What a match, pool, fixed amount or binary decided for a member, as people read it.
#include "storage/explain_slots.hpp"

#include "engine/bonuses/fixed.hpp"
#include "engine/bonuses/pool.hpp"
#include "engine/limits.hpp"
#include "storage/explain_words.hpp"

namespace downline {
namespace {

int places_of(const Plan& plan, const Measure& measure) {
    return measure.unit == Measure::Unit::centipoints ? 2
           : measure.unit == Measure::Unit::minor     ? plan.currency_places
                                                      : 0;
}

/// A pool's slot: its place's share of the fund, or so many of all shares.
void show_share(const Plan& plan, const PoolRule& pool, const Slot& slot, MemberSlot& shown) {
    shown.base = format_decimal(slot.base, plan.currency_places);
    if (!pool.places_ppm.empty()) {
        shown.share = format_percent(slot.share);
        return;
    }
    const int places = pool.by ? places_of(plan, plan.measures[*pool.by]) : 0;
    shown.share = format_decimal(slot.share, places);
    if (slot.share_sum <= INT64_MAX)
        shown.share_sum = format_decimal(static_cast<std::int64_t>(slot.share_sum), places);
}

MemberSlot shown_slot(const Plan& plan, const Snapshot& snapshot, const Bonus& bonus,
                      const Step& step, RunReader& reader) {
    const Slot& slot = *step.slot;
    MemberSlot shown;
    shown.bonus = bonus.code;
    shown.kind = bonus.kind;
    shown.paid_level = slot.paid_level;
    shown.maximum_minor = slot.maximum_minor;
    shown.paid_minor = slot.paid_minor;
    if (slot.maximum_minor != slot.paid_minor) shown.reason = reason_name(slot.reason);
    if (slot.factor_ppm != 1'000'000) shown.factor = format_percent(slot.factor_ppm);
    if (slot.of == Slot::Of::member) {
        shown.from = std::string{reader.member_id(snapshot.members.number[slot.item])};
        shown.level = step.level;
    }
    if (const auto* pool = dynamic_cast<const PoolRule*>(bonus.rule.get())) {
        show_share(plan, *pool, slot, shown);
        return shown;
    }
    const auto* fixed = dynamic_cast<const FixedRule*>(bonus.rule.get());
    if (!fixed) shown.base = base_text(plan, bonus, slot);
    else if (!fixed->tiers.steps.empty()) shown.by = plan.measures[fixed->tiers.by].name;
    shown.rate = rate_text(plan, slot, slot.rate);
    shown.rate_most = rate_text(plan, slot, slot.rate_most);
    if (slot.paid_minor != 0) shown.exact = exact_text(plan, bonus, slot);
    return shown;
}

void add_legs(const std::string& bonus, const LegsOfMember& legs, std::vector<MemberLeg>& shown) {
    const auto points = [](std::int64_t centipoints) { return format_decimal(centipoints, 2); };
    const auto add = [&](const char* leg, std::int64_t carried, std::int64_t whole,
                         std::int64_t counted, std::int64_t after) {
        shown.push_back({bonus, leg, points(carried), points(whole), points(counted),
                         points(counted - after), points(after),
                         points(legs.is_carried ? after : 0)});
    };
    add("left", legs.left_carried, legs.left, legs.left_counted, legs.left_after);
    add("right", legs.right_carried, legs.right, legs.right_counted, legs.right_after);
}

}  // namespace

void show_own_slots(const Plan& plan, const Snapshot& snapshot, const MemberExplanation& explained,
                    RunReader& reader, ExplainedMember& shown) {
    for (std::size_t place = 0; place < plan.bonuses.size(); ++place) {
        const OwnSlots& own = explained.own[place];
        for (const Step& step : own.steps)
            shown.slots.push_back(shown_slot(plan, snapshot, plan.bonuses[place], step, reader));
        if (own.legs) add_legs(plan.bonuses[place].code, *own.legs, shown.legs);
    }
}

}  // namespace downline
