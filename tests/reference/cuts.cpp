// The reference's caps and limits; SPEC 3.4, 3.5, 9.16, 9.22, 9.31, 9.34.
#include <algorithm>
#include <map>

#include "tests/reference/arithmetic.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

using PerMember = std::map<MemberIndex, std::int64_t>;

std::int64_t sum_of(const PerMember& left) {
    std::int64_t sum = 0;
    for (const auto& [member, amount] : left) sum += amount;
    return sum;
}

/// A share of the company's volume, a point being one currency unit, rounded down.
std::int64_t of_volume(const Ledger& ledger, const Outcome& outcome, std::int64_t share) {
    std::int64_t minor_per_unit = 1;
    for (int i = 0; i < ledger.in.currency_places; ++i) minor_per_unit *= 10;
    return rounded({outcome.volume_centipoints, minor_per_unit, share}, {100, 1'000'000},
                   Rounding::down);
}

void scale_to(std::int64_t most, PerMember& left) {
    if (sum_of(left) <= most) return;
    std::vector<Sharer> sharers;
    for (const auto& [member, amount] : left) sharers.push_back({member, amount, 0});
    share_out(most, sharers);
    for (const Sharer& sharer : sharers) left[sharer.member] = sharer.part;
}

void write(Outcome& outcome, const std::string& code, const PerMember& before,
           const PerMember& after) {
    for (const auto& [member, amount] : before) {
        const std::int64_t cut = amount - after.at(member);
        if (cut == 0) continue;
        outcome.cuts.push_back({code, member, -cut});
        outcome.paid_minor -= cut;
    }
}

/// What each earner's lines of a bonus come to, by where they come from.
std::map<MemberIndex, PerMember> by_source(const Outcome& outcome, std::size_t bonus) {
    std::map<MemberIndex, PerMember> sums;
    for (const Payment& payment : outcome.payments)
        if (payment.bonus == bonus) sums[payment.earner][payment.from] += payment.amount_minor;
    return sums;
}

PerMember after_caps(Payer& payer, const std::map<MemberIndex, PerMember>& earned) {
    const Cap& cap = payer.bonus.cap;
    PerMember left;
    for (const auto& [earner, sources] : earned) {
        const auto most_per_source = cap.per_source_minor.at(payer.rank_of(earner));
        for (const auto& [source, amount] : sources)
            left[earner] += std::min(amount, most_per_source.value_or(amount));
        if (const auto most = cap.per_member_minor.at(payer.rank_of(earner)))
            left[earner] = std::min(left[earner], *most);
    }
    if (cap.of_volume_ppm)
        scale_to(of_volume(payer.ledger, payer.outcome, *cap.of_volume_ppm), left);
    return left;
}

}  // namespace

void cut_pay(const Ledger& ledger, Outcome& outcome) {
    PerMember all;
    for (std::size_t bonus = 0; bonus < ledger.plan.bonuses.size(); ++bonus) {
        Payer payer(ledger, bonus, outcome);
        const std::map<MemberIndex, PerMember> earned = by_source(outcome, bonus);
        PerMember before;
        for (const auto& [earner, sources] : earned) before[earner] = sum_of(sources);
        const PerMember after = after_caps(payer, earned);
        write(outcome, "cap:" + payer.bonus.code, before, after);
        for (const auto& [member, amount] : after) all[member] += amount;
    }
    if (ledger.plan.limits.payout_ppm) {
        PerMember limited = all;
        scale_to(of_volume(ledger, outcome, *ledger.plan.limits.payout_ppm), limited);
        write(outcome, "limit:payout", all, limited);
    }
    std::sort(outcome.cuts.begin(), outcome.cuts.end());
    std::sort(outcome.carry_after.begin(), outcome.carry_after.end());
}

}  // namespace downline::reference
