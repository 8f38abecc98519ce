// The reference's kinds that pay members for what they are: pools and fixed amounts.
#include <algorithm>
#include <numeric>

#include "engine/bonuses/fixed.hpp"
#include "engine/bonuses/pool.hpp"
#include "tests/reference/arithmetic.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

}  // namespace

void share_out(std::int64_t whole, std::vector<Sharer>& sharers) {
    Int128 sum = 0;
    for (const Sharer& sharer : sharers) sum += sharer.weight;
    std::int64_t left = whole;
    std::vector<std::pair<Int128, std::size_t>> remainders;
    for (std::size_t i = 0; i < sharers.size(); ++i) {
        const Int128 product = Int128{whole} * sharers[i].weight;
        sharers[i].part = static_cast<std::int64_t>(product / sum);
        left -= sharers[i].part;
        remainders.emplace_back(product % sum, i);
    }
    std::sort(remainders.begin(), remainders.end(), [&](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first > b.first;
        return sharers[a.second].member < sharers[b.second].member;
    });
    for (std::size_t i = 0; left > 0; ++i, --left) ++sharers[remainders[i].second].part;
}

namespace {

/// Who has a part in the pool, by member; the weight is its shares, or what places are given by.
std::vector<Sharer> sharers_of(Payer& payer, const PoolRule& rule) {
    std::vector<Sharer> sharers;
    for (MemberIndex member = 0; member < payer.ledger.in.members.count; ++member) {
        if (!payer.ledger.is_affiliate(member) || payer.why_not(member)) continue;
        const std::int64_t weight = rule.by ? payer.ledger.measure(member, *rule.by)
                                            : rule.shares.at(payer.rank_of(member)).value_or(0);
        if (weight > 0) sharers.push_back({member, weight, 0});
    }
    return sharers;
}

}  // namespace

/// SPEC 9.15 and 9.25.
void pay_pool(Payer& payer) {
    const auto& rule = dynamic_cast<const PoolRule&>(*payer.bonus.rule);
    const Rounding rounding = payer.ledger.plan.rounding;
    Slot whole;
    for (const NetLine* line : payer.order_lines()) whole.base += payer.base_of(*line);
    const std::int64_t fund = payer.money(whole, {false, rule.fund_ppm}, payer.highest_factor());
    std::vector<Sharer> sharers = sharers_of(payer, rule);
    std::int64_t most = fund;
    std::int64_t shared = fund;
    if (!rule.places_ppm.empty()) {
        std::stable_sort(sharers.begin(), sharers.end(), [](const Sharer& a, const Sharer& b) {
            return a.weight > b.weight;
        });
        std::int64_t all_places = 0;
        std::int64_t filled_places = 0;
        for (std::size_t i = 0; i < rule.places_ppm.size(); ++i) {
            all_places += rule.places_ppm[i];
            if (i < sharers.size()) {
                filled_places += rule.places_ppm[i];
                sharers[i].weight = rule.places_ppm[i];
            }
        }
        if (sharers.size() > rule.places_ppm.size()) sharers.resize(rule.places_ppm.size());
        most = rounded({fund, all_places}, {1'000'000}, rounding);
        shared = rounded({fund, filled_places}, {1'000'000}, rounding);
    }
    if (sharers.empty()) shared = 0;
    Breakdown& breakdown = payer.outcome.breakdowns[payer.place];
    breakdown.maximum_minor = most;
    breakdown.forfeited_minor[static_cast<std::size_t>(Reason::unqualified)] = most - shared;
    if (sharers.empty()) return;
    share_out(shared, sharers);
    for (const Sharer& sharer : sharers)
        payer.write({.bonus = payer.place,
                     .earner = sharer.member,
                     .from = no_member,
                     .stream = payer.bonus.stream.value_or(StreamKind::leveraged),
                     .rate = std::nullopt,
                     .base = fund,
                     .amount_minor = sharer.part});
}

/// SPEC 9.7: `first-time` where the rank that the table names is above the title before the run.
void pay_fixed(Payer& payer) {
    const auto& rule = dynamic_cast<const FixedRule&>(*payer.bonus.rule);
    Breakdown& breakdown = payer.outcome.breakdowns[payer.place];
    for (MemberIndex member = 0; member < payer.ledger.in.members.count; ++member) {
        if (!payer.ledger.is_affiliate(member)) continue;
        const RankPlace rank = payer.rank_of(member);
        std::int64_t amount = rule.amount_minor.at(rank).value_or(0);
        for (const Tiers::Step& step : rule.tiers.steps)
            if (payer.ledger.measure(member, rule.tiers.by) >= step.floor)
                amount = step.pay.value.at(rank).value_or(0);
        const RankPlace named = rule.amount_minor.named_at(rank);
        if (rule.first_time && named <= payer.ledger.title(member, Titles::before)) continue;
        const Slot slot;
        const std::int64_t most = payer.money(slot, {true, amount}, payer.highest_factor());
        breakdown.maximum_minor += most;
        if (const auto why = payer.why_not(member)) {
            breakdown.forfeited_minor[static_cast<std::size_t>(*why)] += most;
            continue;
        }
        const std::int64_t paid = payer.money(slot, {true, amount}, payer.factor_of(member));
        breakdown.forfeited_minor[static_cast<std::size_t>(Reason::rank)] += most - paid;
        payer.write({.bonus = payer.place,
                     .earner = member,
                     .from = no_member,
                     .stream = payer.bonus.stream.value_or(StreamKind::leveraged),
                     .rate = std::nullopt,
                     .base = std::nullopt,
                     .amount_minor = paid});
    }
}

void pay_bonus(Payer& payer) {
    const std::string& kind = payer.bonus.kind;
    if (kind == "personal") pay_personal(payer);
    else if (kind == "unilevel") pay_unilevel(payer);
    else if (kind == "generation") pay_generation(payer);
    else if (kind == "differential") pay_differential(payer);
    else if (kind == "match") pay_match(payer);
    else if (kind == "pool") pay_pool(payer);
    else if (kind == "fixed") pay_fixed(payer);
    else if (kind == "royalty") pay_royalty(payer);
    else if (kind == "binary") pay_binary(payer);
    else throw NotCovered("kind " + kind);
}

}  // namespace downline::reference
