// The reference's kinds that pay uplines by level or by generation: of orders, or of earnings.
#include <map>
#include <variant>

#include "engine/bonuses/generation.hpp"
#include "engine/bonuses/match.hpp"
#include "engine/bonuses/unilevel.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

/// What uplines are paid on: an order line of a seller, or what a member earned.
struct Item {
    const NetLine* line = nullptr;
    MemberIndex source = no_member;  ///< the seller, or who earned
    std::int64_t base{};
};

Slot slot_of(const Item& item, MemberIndex earner, std::uint32_t level, std::size_t paid_level) {
    Slot slot;
    slot.line = item.line;
    slot.from = item.source;
    slot.base = item.base;
    slot.earner = earner;
    slot.level = level;
    slot.paid_level = static_cast<std::uint32_t>(paid_level);
    return slot;
}

/// Up the raw line; whoever is passed over uses up no level.
class LevelWalk {
public:
    LevelWalk(Payer& payer, const LevelRates& rates) : payer_(payer), rates_(rates) {}

    /// From the source itself (its seller is level 1) or from above it.
    void walk(const Item& item, bool is_source_level_one) {
        const Tree tree = payer_.bonus.tree;
        MemberIndex upline = item.source;
        std::uint32_t distance = 0;
        if (upline != no_member && !is_source_level_one) {
            upline = payer_.ledger.parent(upline, tree);
            distance = 1;
        }
        std::size_t level = 1;
        for (; upline != no_member && level <= rates_.levels.size();
             upline = payer_.ledger.parent(upline, tree), ++distance) {
            if (is_passed_over(upline, item, level)) continue;
            settle(item, upline, level, distance);
            ++level;
        }
        for (; level <= rates_.levels.size(); ++level) settle(item, no_member, level, 0);
    }

private:
    bool is_passed_over(MemberIndex upline, const Item& item, std::size_t level) {
        const Ledger& ledger = payer_.ledger;
        if (ledger.is_terminated(upline)) return true;
        if (rates_.compression == Compression::none) return false;
        if (payer_.bonus.needs_active && !ledger.is_active(upline)) return true;
        if (rates_.compression == Compression::inactive) return false;
        if (!ledger.meets(upline, payer_.bonus.requires_, Titles::after)) return true;
        if (rates_.compression == Compression::unqualified || rates_.tiers) return false;
        const Pay& pay = rates_.levels[level - 1];
        return pay.value.is_table && Payer::at(pay, rate_rank(upline, item)).value == 0 &&
               Payer::highest_of(pay).value > 0;
    }

    void settle(const Item& item, MemberIndex upline, std::size_t level, std::uint32_t distance) {
        Slot slot = slot_of(item, upline, distance, level);
        const Pay& pay = rates_.levels[level - 1];
        slot.highest = rates_.tiers ? Payer::highest_of(*rates_.tiers) : Payer::highest_of(pay);
        if (upline != no_member) {
            const RankPlace rank = rate_rank(upline, item);
            slot.own = rates_.tiers ? payer_.step_of(*rates_.tiers, upline, rank).first
                                    : Payer::at(pay, rank);
        }
        payer_.settle(slot);
    }

    /// SPEC 9.20: a customer counts as without a rank.
    RankPlace rate_rank(MemberIndex payee, const Item& item) {
        if (!rates_.rank_of_lower) return payer_.rank_of(payee);
        const MemberIndex buyer = item.line ? item.line->buyer : item.source;
        const RankPlace of_buyer =
            payer_.ledger.is_affiliate(buyer) ? payer_.rank_of(buyer) : RankPlace{0};
        return std::min(payer_.rank_of(payee), of_buyer);
    }

    Payer& payer_;
    const LevelRates& rates_;
};

/// Up the raw line; SPEC 3.4 and 9.4.
class GenerationWalk {
public:
    GenerationWalk(Payer& payer, const GenerationRates& rates) : payer_(payer), rates_(rates) {}

    void walk(const Item& item) {
        const Ledger& ledger = payer_.ledger;
        // Closers that stand strictly below whoever is asked next; the seller only where a
        // generation starts at a closer.
        std::size_t closers = 0;
        std::map<std::size_t, bool> has_upline;
        if (item.source != no_member) {
            if (!rates_.closer_is_included && is_closer(item.source)) ++closers;
            std::uint32_t distance = 1;
            for (MemberIndex upline = ledger.parent(item.source, payer_.bonus.tree);
                 upline != no_member;
                 upline = ledger.parent(upline, payer_.bonus.tree), ++distance) {
                if (ledger.is_terminated(upline)) continue;
                const std::size_t generation = closers + (rates_.closer_is_included ? 1 : 0);
                const bool is_earner = rates_.all_earn || is_closer(upline);
                if (is_earner && pay_of(generation)) {
                    settle(item, upline, generation, distance);
                    has_upline[generation] = true;
                }
                if (is_closer(upline)) ++closers;
            }
        }
        for (std::size_t generation = 0; generation <= rates_.generations.size(); ++generation)
            if (pay_of(generation) && !has_upline[generation])
                settle(item, no_member, generation, 0);
    }

private:
    /// Nothing for a generation that the plan does not pay.
    const Pay* pay_of(std::size_t generation) {
        if (generation == 0)
            return rates_.own_group && !rates_.closer_is_included ? &*rates_.own_group : nullptr;
        return generation <= rates_.generations.size() ? &rates_.generations[generation - 1]
                                                       : nullptr;
    }

    bool is_closer(MemberIndex member) {
        return !payer_.ledger.is_terminated(member) && payer_.rank_of(member) >= rates_.boundary;
    }

    void settle(const Item& item, MemberIndex upline, std::size_t generation,
                std::uint32_t distance) {
        Slot slot = slot_of(item, upline, distance, generation);
        const Pay& pay = *pay_of(generation);
        const bool has_tiers = rates_.tiers && generation > 0;
        slot.highest = has_tiers ? Payer::highest_of(*rates_.tiers) : Payer::highest_of(pay);
        if (upline != no_member) {
            const RankPlace rank = payer_.rank_of(upline);
            slot.own = has_tiers ? payer_.step_of(*rates_.tiers, upline, rank).first
                                 : Payer::at(pay, rank);
        }
        payer_.settle(slot);
    }

    Payer& payer_;
    const GenerationRates& rates_;
};

}  // namespace

void pay_unilevel(Payer& payer) {
    const auto& rule = dynamic_cast<const UnilevelRule&>(*payer.bonus.rule);
    for (const NetLine* line : payer.order_lines())
        LevelWalk(payer, rule).walk({line, line->seller, payer.base_of(*line)},
                                    rule.counts_from_buyer && line->buyer != line->seller);
}

void pay_generation(Payer& payer) {
    const auto& rule = dynamic_cast<const GenerationRule&>(*payer.bonus.rule);
    for (const NetLine* line : payer.order_lines())
        GenerationWalk(payer, rule).walk({line, line->seller, payer.base_of(*line)});
}

/// SPEC 9.5: of the sum of each member's lines of `of`.
void pay_match(Payer& payer) {
    const auto& rule = dynamic_cast<const MatchRule&>(*payer.bonus.rule);
    std::map<MemberIndex, std::int64_t> earned;
    for (const Payment& payment : payer.outcome.payments)
        for (const std::string& code : rule.of)
            if (payer.ledger.plan.bonuses[payment.bonus].code == code)
                earned[payment.earner] += payment.amount_minor;
    for (const auto& [member, amount] : earned) {
        const Item item{nullptr, member, amount};
        if (const auto* levels = std::get_if<LevelRates>(&rule.rates))
            LevelWalk(payer, *levels).walk(item, false);
        else
            GenerationWalk(payer, std::get<GenerationRates>(rule.rates)).walk(item);
    }
}

}  // namespace downline::reference
