// Prices and slots, as all kinds of the reference engine have them.
#include "tests/reference/payer.hpp"

#include <algorithm>

#include "tests/reference/arithmetic.hpp"

namespace downline::reference {

std::vector<const NetLine*> Payer::order_lines() const {
    std::vector<const NetLine*> taken;
    for (const NetLine& line : ledger.lines)
        if (ledger.takes(bonus.orders, line, Titles::after)) taken.push_back(&line);
    return taken;
}

std::int64_t Payer::base_of(const NetLine& line) const {
    switch (bonus.base) {
        case Base::volume: return ledger.volume(line, bonus.code);
        case Base::qualifying_volume: return ledger.qualifying(line, bonus.code);
        case Base::amount: return line.amount_minor;
        case Base::margin:
            if (!line.cost_minor) return 0;
            return std::max<std::int64_t>(0, line.amount_minor - *line.cost_minor);
    }
    throw NotCovered("a base");
}

/// SPEC 9.1: base × rate × factor, rounded once. A point is `point` currency units.
std::int64_t Payer::money(const Slot& slot, Price price, std::int64_t factor) const {
    const std::int64_t millionth = 1'000'000;
    const Rounding rounding = ledger.plan.rounding;
    if (price.is_amount)
        return rounded({slot.line ? slot.line->quantity : 1, price.value, factor}, {millionth},
                       rounding);
    const bool is_money = bonus.kind == "match" || bonus.base == Base::amount ||
                          bonus.base == Base::margin;
    if (is_money)
        return rounded({slot.base, price.value, factor}, {millionth, millionth}, rounding);
    std::int64_t minor_per_unit = 1;
    for (int i = 0; i < ledger.in.currency_places; ++i) minor_per_unit *= 10;
    return rounded({slot.base, minor_per_unit, bonus.point_ppm, price.value, factor},
                   {100, millionth, millionth, millionth}, rounding);
}

/// SPEC 9.9: the terminated are never paid (`inactive`), whatever the bonus asks.
std::optional<Reason> Payer::why_not(MemberIndex member) const {
    if (ledger.is_terminated(member)) return Reason::inactive;
    if (bonus.needs_active && !ledger.is_active(member)) return Reason::inactive;
    if (!ledger.meets(member, bonus.requires_, Titles::after)) return Reason::unqualified;
    return std::nullopt;
}

RankPlace Payer::rank_of(MemberIndex member) const {
    return bonus.rank_by_title ? ledger.title(member, Titles::after) : ledger.rank(member);
}

std::int64_t Payer::factor_of(MemberIndex member) const {
    if (bonus.factor_ppm.by_place.empty()) return 1'000'000;
    return bonus.factor_ppm.at(rank_of(member)).value_or(0);
}

std::int64_t Payer::highest_factor() const {
    if (bonus.factor_ppm.by_place.empty()) return 1'000'000;
    std::int64_t highest = 0;
    for (const auto& value : bonus.factor_ppm.by_place)
        highest = std::max(highest, value.value_or(0));
    return highest;
}

Price Payer::at(const Pay& pay, RankPlace rank) {
    return {pay.is_amount, pay.value.at(rank).value_or(0)};
}

Price Payer::highest_of(const Pay& pay) {
    Price price{pay.is_amount, 0};
    for (const auto& value : pay.value.by_place)
        price.value = std::max(price.value, value.value_or(0));
    return price;
}

Price Payer::highest_of(const Tiers& tiers) {
    Price highest;
    for (const Tiers::Step& step : tiers.steps) {
        const Price price = highest_of(step.pay);
        highest = {price.is_amount, std::max(highest.value, price.value)};
    }
    return highest;
}

std::pair<Price, std::uint32_t> Payer::step_of(const Tiers& tiers, MemberIndex member,
                                               RankPlace rank) const {
    std::pair<Price, std::uint32_t> found{{highest_of(tiers).is_amount, 0}, 0};
    const std::int64_t value = ledger.measure(member, tiers.by);
    for (std::size_t i = 0; i < tiers.steps.size(); ++i)
        if (tiers.steps[i].floor <= value)
            found = {at(tiers.steps[i].pay, rank), static_cast<std::uint32_t>(i + 1)};
    return found;
}

void Payer::settle(const Slot& slot) {
    Breakdown& breakdown = outcome.breakdowns[place];
    const std::int64_t most = money(slot, slot.highest, highest_factor());
    breakdown.maximum_minor += most;
    const std::optional<Reason> why =
        slot.earner == no_member ? Reason::no_upline : why_not(slot.earner);
    if (why) {
        breakdown.forfeited_minor[static_cast<std::size_t>(*why)] += most;
        return;
    }
    const std::int64_t paid = money(slot, slot.own, factor_of(slot.earner));
    breakdown.forfeited_minor[static_cast<std::size_t>(Reason::rank)] += most - paid;
    Payment payment{.bonus = place,
                    .earner = slot.earner,
                    .from = slot.from,
                    .level = slot.level,
                    .paid_level = slot.paid_level,
                    .stream = stream_of(slot),
                    .rate_is_amount = slot.own.is_amount,
                    .rate = slot.own.value,
                    .base = slot.base,
                    .amount_minor = paid};
    if (slot.line) {
        payment.order_ref = std::int64_t{slot.line->index} + 1;
        payment.from = slot.line->buyer;
        if (slot.own.is_amount) payment.base = slot.line->quantity;
    }
    write(payment);
}

void Payer::write(Payment payment) {
    outcome.breakdowns[place].paid_minor += payment.amount_minor;
    outcome.paid_minor += payment.amount_minor;
    if (payment.amount_minor != 0) outcome.payments.push_back(payment);
}

/// SPEC 7 and 9.18.
StreamKind Payer::stream_of(const Slot& slot) const {
    if (bonus.stream) return *bonus.stream;
    if (!slot.line) return StreamKind::leveraged;
    const NetLine& line = *slot.line;
    const bool is_first = line.sequence == 1;
    const bool is_own = slot.earner == line.seller || bonus.kind == "royalty";
    if (is_own) return is_first ? StreamKind::active : StreamKind::residual;
    const TextColumn& kinds = ledger.in.orders.kind;
    if (kinds.texts[kinds[line.index]] == "event") return StreamKind::active_leveraged;
    return is_first ? StreamKind::leveraged : StreamKind::leveraged_residual;
}

}  // namespace downline::reference
