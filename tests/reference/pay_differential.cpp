// The reference's differential: entitlements less the highest that was paid below.
#include <algorithm>

#include "engine/bonuses/differential.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

/// Up one order's raw line; SPEC 3.4, 9.2, 9.3, 9.20, 9.30.
class DifferentialWalk {
public:
    DifferentialWalk(Payer& payer, const DifferentialRule& rule, const NetLine& line)
        : payer_(payer), rule_(rule), line_(line) {}

    void walk() {
        if (line_.seller != no_member) {
            if (rule_.self == DifferentialRule::Self::paid) consider(line_.seller, 0);
            if (rule_.self == DifferentialRule::Self::counts)
                reached_ = entitlement(line_.seller).first;
            go_up();
        }
        if (top() > reached_) settle(no_member, 0, top() - reached_, 0);
    }

private:
    void go_up() {
        const Ledger& ledger = payer_.ledger;
        std::uint32_t distance = 1;
        std::uint32_t counted = 0;
        for (MemberIndex upline = ledger.parent(line_.seller, payer_.bonus.tree);
             upline != no_member; upline = ledger.parent(upline, payer_.bonus.tree), ++distance) {
            if (ledger.is_terminated(upline)) continue;
            if (rule_.uplines && counted == *rule_.uplines) return;
            ++counted;
            consider(upline, distance);
        }
    }

    void consider(MemberIndex member, std::uint32_t distance) {
        if (payer_.ledger.is_terminated(member)) return;  // passed over, as on every line
        const auto [own, place] = entitlement(member);
        if (own <= reached_) return;
        if (payer_.why_not(member) && !rule_.unqualified_forfeits) return;
        settle(member, distance, own - reached_, place);
        reached_ = own;
    }

    /// A member's rate or amount, and the step or rank it comes from.
    std::pair<std::int64_t, std::uint32_t> entitlement(MemberIndex member) {
        const RankPlace rank = payer_.rank_of(member);
        if (!rule_.by) return {Payer::at(rule_.by_rank, rank).value, rank};
        const auto [price, step] = payer_.step_of(tiers(), member, rank);
        return {price.value, step};
    }

    Tiers tiers() const {
        Tiers tiers;
        tiers.by = *rule_.by;
        tiers.steps = rule_.steps;
        return tiers;
    }

    Price highest() const {
        return rule_.by ? Payer::highest_of(tiers()) : Payer::highest_of(rule_.by_rank);
    }
    std::int64_t top() const { return highest().value; }

    void settle(MemberIndex earner, std::uint32_t distance, std::int64_t difference,
                std::uint32_t place) {
        Slot slot;
        slot.line = &line_;
        slot.base = payer_.base_of(line_);
        slot.highest = slot.own = {highest().is_amount, difference};
        slot.earner = earner;
        slot.level = distance;
        slot.paid_level = place;
        payer_.settle(slot);
    }

    Payer& payer_;
    const DifferentialRule& rule_;
    const NetLine& line_;
    std::int64_t reached_ = 0;
};

}  // namespace

void pay_differential(Payer& payer) {
    const auto& rule = dynamic_cast<const DifferentialRule&>(*payer.bonus.rule);
    for (const NetLine* line : payer.order_lines()) DifferentialWalk(payer, rule, *line).walk();
}

}  // namespace downline::reference
