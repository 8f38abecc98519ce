// What the reference engine pays: each order line's slots under each bonus, one after another.
#include <algorithm>

#include "engine/bonuses/personal.hpp"
#include "engine/bonuses/unilevel.hpp"
#include "tests/reference/arithmetic.hpp"
#include "tests/reference/ledger.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

namespace {

/// A rate or an amount per unit as one slot has it.
struct Price {
    bool is_amount = false;
    std::int64_t value{};
};

/// One slot: what it is on, the most it could be, and, where somebody is paid, at what.
struct Slot {
    std::int64_t base{};
    Price highest;
    Price own;
    MemberIndex earner = no_member;
    std::uint32_t level{}, paid_level{};
    std::optional<Reason> forfeited;
};

class Payer {
public:
    Payer(const Ledger& ledger, std::size_t bonus_place, Outcome& outcome)
        : ledger_(ledger), plan_(ledger.plan), place_(bonus_place),
          bonus_(ledger.plan.bonuses[bonus_place]), outcome_(outcome) {}

    void pay() {
        if (const auto* rule = dynamic_cast<const PersonalRule*>(bonus_.rule.get()))
            personal(*rule);
        else if (const auto* rule_of_levels = dynamic_cast<const UnilevelRule*>(bonus_.rule.get()))
            unilevel(*rule_of_levels);
        else
            throw NotCovered("kind " + bonus_.kind);
    }

private:
    // ── personal ──
    void personal(const PersonalRule& rule) {
        std::map<MemberIndex, std::int64_t> filled;  // marginal tiers: by each seller so far
        for (const NetLine& line : ledger_.lines) {
            const bool is_own = ledger_.is_affiliate(line.buyer);
            if (is_own ? !rule.from_self : !rule.from_customers) continue;
            if (!ledger_.takes(bonus_.orders, line, Titles::after)) continue;
            if (rule.rate.kind == RateForm::Kind::tiers && rule.rate.tiers.is_marginal &&
                line.seller != no_member)
                slices(line, rule.rate.tiers, filled[line.seller]);
            else
                settle(line, personal_slot(line, rule.rate));
        }
    }

    Slot personal_slot(const NetLine& line, const RateForm& rate) {
        Slot slot;
        slot.base = base_of(line);
        slot.earner = line.seller;
        slot.forfeited = line.seller == no_member ? Reason::no_upline : why_not(line.seller);
        const RankPlace rank = line.seller == no_member ? RankPlace{0} : rank_of(line.seller);
        if (rate.kind == RateForm::Kind::pay) {
            slot.highest = highest_of(rate.pay);
            slot.own = at(rate.pay, rank);
        } else if (rate.kind == RateForm::Kind::by_sequence) {
            for (const auto& [from, pay] : rate.by_sequence) {
                if (!line.sequence || *line.sequence < from) continue;
                slot.highest = highest_of(pay);
                slot.own = at(pay, rank);
            }
            if (!rate.by_sequence.empty())
                slot.highest.is_amount = slot.own.is_amount = rate.by_sequence[0].second.is_amount;
        } else {
            slot.highest = highest_of(rate.tiers);
            slot.own.is_amount = slot.highest.is_amount;
            if (line.seller != no_member)
                std::tie(slot.own, slot.paid_level) = step_of(rate.tiers, line.seller, rank);
        }
        return slot;
    }

    /// Marginal tiers (SPEC 9.6): the line's base from `filled` on is cut at the floors, each piece
    /// is a slot.
    void slices(const NetLine& line, const Tiers& tiers, std::int64_t& filled) {
        const std::int64_t from = filled;
        const std::int64_t to = filled + base_of(line);
        filled = to;
        for (std::size_t step = 0; step <= tiers.steps.size(); ++step) {
            const std::int64_t floor = step == 0 ? INT64_MIN : tiers.steps[step - 1].floor;
            const std::int64_t ceiling =
                step == tiers.steps.size() ? INT64_MAX : tiers.steps[step].floor;
            Slot slot;
            slot.base = std::min(to, ceiling) - std::max(from, floor);
            if (slot.base <= 0) continue;
            slot.highest = highest_of(tiers);
            if (step > 0) slot.own = at(tiers.steps[step - 1].pay, rank_of(line.seller));
            slot.earner = line.seller;
            slot.paid_level = static_cast<std::uint32_t>(step);
            slot.forfeited = why_not(line.seller);
            settle(line, slot);
        }
    }

    // ── unilevel ──
    void unilevel(const UnilevelRule& rule) {
        for (const NetLine& line : ledger_.lines)
            if (ledger_.takes(bonus_.orders, line, Titles::after)) walk(line, rule);
    }

    /// Up the raw line from the seller or the buyer; whoever is passed over uses up no level.
    void walk(const NetLine& line, const UnilevelRule& rule) {
        MemberIndex upline = line.seller;
        std::uint32_t distance = 0;
        const bool is_seller_level_one = rule.counts_from_buyer && line.buyer != line.seller;
        if (upline != no_member && !is_seller_level_one) {
            upline = ledger_.parent(upline, bonus_.tree);
            distance = 1;
        }
        std::size_t level = 1;
        for (; upline != no_member && level <= rule.levels.size();
             upline = ledger_.parent(upline, bonus_.tree), ++distance) {
            if (is_passed_over(upline, line, rule, level)) continue;
            settle(line, level_slot(upline, line, rule, level, distance));
            ++level;
        }
        for (; level <= rule.levels.size(); ++level) {
            Slot slot = level_slot(no_member, line, rule, level, 0);
            slot.forfeited = Reason::no_upline;
            settle(line, slot);
        }
    }

    bool is_passed_over(MemberIndex upline, const NetLine& line, const UnilevelRule& rule,
                        std::size_t level) {
        if (ledger_.is_terminated(upline)) return true;
        if (rule.compression == Compression::none) return false;
        const bool is_inactive = bonus_.needs_active && !ledger_.is_active(upline);
        if (is_inactive) return true;
        if (rule.compression == Compression::inactive) return false;
        if (!ledger_.meets(upline, bonus_.requires_, Titles::after)) return true;
        if (rule.compression == Compression::unqualified || rule.tiers) return false;
        const Pay& pay = rule.levels[level - 1];
        return pay.value.is_table && at(pay, rate_rank(upline, line, rule)).value == 0 &&
               highest_of(pay).value > 0;
    }

    Slot level_slot(MemberIndex upline, const NetLine& line, const UnilevelRule& rule,
                    std::size_t level, std::uint32_t distance) {
        Slot slot;
        slot.base = base_of(line);
        slot.earner = upline;
        slot.level = distance;
        slot.paid_level = static_cast<std::uint32_t>(level);
        const Pay& pay = rule.levels[level - 1];
        slot.highest = rule.tiers ? highest_of(*rule.tiers) : highest_of(pay);
        slot.own.is_amount = slot.highest.is_amount;
        if (upline == no_member) return slot;
        slot.forfeited = why_not(upline);
        const RankPlace rank = rate_rank(upline, line, rule);
        slot.own = rule.tiers ? step_of(*rule.tiers, upline, rank).first : at(pay, rank);
        return slot;
    }

    /// SPEC 9.20: a customer counts as without a rank.
    RankPlace rate_rank(MemberIndex payee, const NetLine& line, const UnilevelRule& rule) {
        if (!rule.rank_of_lower) return rank_of(payee);
        const RankPlace of_buyer =
            ledger_.is_affiliate(line.buyer) ? rank_of(line.buyer) : RankPlace{0};
        return std::min(rank_of(payee), of_buyer);
    }

    // ── shared ──
    /// SPEC 9.9: the terminated are never paid (`inactive`), whatever the bonus asks.
    std::optional<Reason> why_not(MemberIndex member) {
        if (ledger_.is_terminated(member)) return Reason::inactive;
        if (bonus_.needs_active && !ledger_.is_active(member)) return Reason::inactive;
        if (!ledger_.meets(member, bonus_.requires_, Titles::after)) return Reason::unqualified;
        return std::nullopt;
    }

    RankPlace rank_of(MemberIndex member) {
        return bonus_.rank_by_title ? ledger_.title(member, Titles::after) : ledger_.rank(member);
    }

    std::int64_t base_of(const NetLine& line) {
        switch (bonus_.base) {
            case Base::volume: return ledger_.volume(line, bonus_.code);
            case Base::qualifying_volume: return ledger_.qualifying(line, bonus_.code);
            case Base::amount: return line.amount_minor;
            case Base::margin:
                if (!line.cost_minor) return 0;
                return std::max<std::int64_t>(0, line.amount_minor - *line.cost_minor);
        }
        throw NotCovered("a base");
    }

    static Price at(const Pay& pay, RankPlace rank) {
        return {pay.is_amount, pay.value.at(rank).value_or(0)};
    }

    static Price highest_of(const Pay& pay) {
        Price price{pay.is_amount, 0};
        for (const auto& value : pay.value.by_place)
            price.value = std::max(price.value, value.value_or(0));
        return price;
    }

    static Price highest_of(const Tiers& tiers) {
        Price highest;
        for (const Tiers::Step& step : tiers.steps) {
            const Price price = highest_of(step.pay);
            highest = {price.is_amount, std::max(highest.value, price.value)};
        }
        return highest;
    }

    /// The highest step whose floor the member's measure reaches, and its place; 0 below the first.
    std::pair<Price, std::uint32_t> step_of(const Tiers& tiers, MemberIndex member,
                                            RankPlace rank) {
        std::pair<Price, std::uint32_t> found{{highest_of(tiers).is_amount, 0}, 0};
        const std::int64_t value = ledger_.measure(member, tiers.by);
        for (std::size_t i = 0; i < tiers.steps.size(); ++i)
            if (tiers.steps[i].floor <= value)
                found = {at(tiers.steps[i].pay, rank), static_cast<std::uint32_t>(i + 1)};
        return found;
    }

    std::int64_t factor_of(std::optional<RankPlace> rank) {
        if (bonus_.factor_ppm.by_place.empty()) return 1'000'000;
        if (rank) return bonus_.factor_ppm.at(*rank).value_or(0);
        std::int64_t highest = 0;
        for (const auto& value : bonus_.factor_ppm.by_place)
            highest = std::max(highest, value.value_or(0));
        return highest;
    }

    /// SPEC 9.1: base × rate × factor, rounded once. A point is `point` currency units.
    std::int64_t money(const NetLine& line, std::int64_t base, Price price, std::int64_t factor) {
        const std::int64_t millionth = 1'000'000;
        if (price.is_amount)
            return rounded({line.quantity, price.value, factor}, {millionth}, plan_.rounding);
        if (bonus_.base == Base::amount || bonus_.base == Base::margin)
            return rounded({base, price.value, factor}, {millionth, millionth}, plan_.rounding);
        std::int64_t minor_per_unit = 1;
        for (int i = 0; i < ledger_.in.currency_places; ++i) minor_per_unit *= 10;
        return rounded({base, minor_per_unit, bonus_.point_ppm, price.value, factor},
                       {100, millionth, millionth, millionth}, plan_.rounding);
    }

    /// Ends a slot paid or forfeited, in the bonus's breakdown and, where something is paid, in a
    /// line.
    void settle(const NetLine& line, const Slot& slot) {
        Breakdown& breakdown = outcome_.breakdowns[place_];
        const std::int64_t most = money(line, slot.base, slot.highest, factor_of(std::nullopt));
        breakdown.maximum_minor += most;
        if (slot.forfeited) {
            breakdown.forfeited_minor[static_cast<std::size_t>(*slot.forfeited)] += most;
            return;
        }
        const std::int64_t paid =
            money(line, slot.base, slot.own, factor_of(rank_of(slot.earner)));
        breakdown.forfeited_minor[static_cast<std::size_t>(Reason::rank)] += most - paid;
        breakdown.paid_minor += paid;
        outcome_.paid_minor += paid;
        if (paid == 0) return;
        const std::int64_t shown_base = slot.own.is_amount ? line.quantity : slot.base;
        outcome_.payments.push_back({place_, slot.earner, std::int64_t{line.index} + 1,
                                     line.buyer, slot.level, slot.paid_level,
                                     stream_of(line, slot), slot.own.is_amount, slot.own.value,
                                     shown_base, paid});
    }

    /// SPEC 7 and 9.18.
    StreamKind stream_of(const NetLine& line, const Slot& slot) {
        if (bonus_.stream) return *bonus_.stream;
        const bool is_first = line.sequence == 1;
        if (slot.earner == line.seller) return is_first ? StreamKind::active : StreamKind::residual;
        const TextColumn& kinds = ledger_.in.orders.kind;
        if (kinds.texts[kinds[line.index]] == "event") return StreamKind::active_leveraged;
        return is_first ? StreamKind::leveraged : StreamKind::leveraged_residual;
    }

    const Ledger& ledger_;
    const Plan& plan_;
    std::size_t place_;
    const Bonus& bonus_;
    Outcome& outcome_;
};

void state_members(const Ledger& ledger, Outcome& outcome) {
    const std::uint32_t count = ledger.in.members.count;
    for (MemberIndex member = 0; member < count; ++member) {
        outcome.rank.push_back(ledger.rank(member));
        outcome.title.push_back(ledger.title(member, Titles::after));
        outcome.is_active.push_back(ledger.is_active(member));
    }
    outcome.measures.resize(ledger.plan.measures.size());
    for (std::size_t i = 0; i < ledger.plan.measures.size(); ++i)
        for (MemberIndex member = 0; member < count; ++member)
            outcome.measures[i].push_back(ledger.measure(member, static_cast<MeasureIndex>(i)));
}

}  // namespace

Outcome compute(const Plan& plan, const Snapshot& snapshot) {
    const Ledger ledger(plan, snapshot);
    Outcome outcome;
    state_members(ledger, outcome);
    outcome.breakdowns.resize(plan.bonuses.size());
    for (std::size_t i = 0; i < plan.bonuses.size(); ++i) Payer(ledger, i, outcome).pay();
    for (const NetLine& line : ledger.lines) {
        outcome.volume_centipoints += ledger.volume(line, "");
        outcome.amount_minor += line.amount_minor;
    }
    for (const std::uint8_t is_returned : ledger.is_order_fully_returned)
        outcome.order_count += !is_returned;
    outcome.orders_after = ledger.orders_after;
    outcome.first_on_after = ledger.first_on_after;
    std::sort(outcome.payments.begin(), outcome.payments.end());
    return outcome;
}

}  // namespace downline::reference
