// The reference's kinds that pay one member for an order: the seller, or the product's creator.
#include <algorithm>
#include <map>

#include "engine/bonuses/personal.hpp"
#include "engine/bonuses/royalty.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

/// Marginal tiers (SPEC 9.6): the line's base from `filled` on is cut at the floors, each piece is
/// a slot.
void pay_slices(Payer& payer, const NetLine& line, MemberIndex earner, const Tiers& tiers,
                std::int64_t& filled) {
    const std::int64_t from = filled;
    const std::int64_t to = filled + payer.base_of(line);
    filled = to;
    for (std::size_t step = 0; step <= tiers.steps.size(); ++step) {
        const std::int64_t floor = step == 0 ? INT64_MIN : tiers.steps[step - 1].floor;
        const std::int64_t ceiling =
            step == tiers.steps.size() ? INT64_MAX : tiers.steps[step].floor;
        Slot slot;
        slot.line = &line;
        slot.base = std::min(to, ceiling) - std::max(from, floor);
        if (slot.base <= 0) continue;
        slot.highest = Payer::highest_of(tiers);
        if (step > 0) slot.own = Payer::at(tiers.steps[step - 1].pay, payer.rank_of(earner));
        slot.earner = earner;
        slot.paid_level = static_cast<std::uint32_t>(step);
        payer.settle(slot);
    }
}

void pay_line(Payer& payer, const NetLine& line, MemberIndex earner, const RateForm& rate) {
    Slot slot;
    slot.line = &line;
    slot.base = payer.base_of(line);
    slot.earner = earner;
    const RankPlace rank = earner == no_member ? RankPlace{0} : payer.rank_of(earner);
    if (rate.kind == RateForm::Kind::pay) {
        slot.highest = Payer::highest_of(rate.pay);
        slot.own = Payer::at(rate.pay, rank);
    } else if (rate.kind == RateForm::Kind::by_sequence) {
        for (const auto& [from, pay] : rate.by_sequence) {
            if (!line.sequence || *line.sequence < from) continue;
            slot.highest = Payer::highest_of(pay);
            slot.own = Payer::at(pay, rank);
        }
    } else {
        slot.highest = Payer::highest_of(rate.tiers);
        if (earner != no_member)
            std::tie(slot.own, slot.paid_level) = payer.step_of(rate.tiers, earner, rank);
    }
    payer.settle(slot);
}

/// One member for one order; `filled` is how far each has filled its marginal tiers.
void pay_order(Payer& payer, const NetLine& line, MemberIndex earner, const RateForm& rate,
               std::map<MemberIndex, std::int64_t>& filled) {
    const bool is_marginal = rate.kind == RateForm::Kind::tiers && rate.tiers.is_marginal;
    if (is_marginal && earner != no_member)
        pay_slices(payer, line, earner, rate.tiers, filled[earner]);
    else
        pay_line(payer, line, earner, rate);
}

}  // namespace

void pay_personal(Payer& payer) {
    const auto& rule = dynamic_cast<const PersonalRule&>(*payer.bonus.rule);
    std::map<MemberIndex, std::int64_t> filled;
    for (const NetLine* line : payer.order_lines()) {
        const bool is_own = payer.ledger.is_affiliate(line->buyer);
        if (is_own ? rule.from_self : rule.from_customers)
            pay_order(payer, *line, line->seller, rule.rate, filled);
    }
}

/// SPEC 9.26: a creator who is no affiliate of the network has no slot.
void pay_royalty(Payer& payer) {
    const auto& rule = dynamic_cast<const RoyaltyRule&>(*payer.bonus.rule);
    const auto& creators = payer.ledger.in.orders.creator;
    std::map<MemberIndex, std::int64_t> filled;
    for (const NetLine* line : payer.order_lines()) {
        if (creators.empty() || creators[line->index] == no_member) continue;
        const MemberIndex creator = creators[line->index];
        if (payer.ledger.is_affiliate(creator))
            pay_order(payer, *line, creator, rule.rate, filled);
    }
}

}  // namespace downline::reference
