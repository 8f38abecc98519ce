// Caps and limits on random plans and companies: they hold, and take no more than they must.
#include <algorithm>
#include <map>

#include "engine/cuts.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"

namespace downline::property {
namespace {

ByRank everywhere(std::int64_t value) {
    ByRank number;
    number.by_place = {value};
    return number;
}

/// Sums per earner of a book.
std::map<MemberIndex, std::int64_t> sums(const LineBook& book) {
    std::map<MemberIndex, std::int64_t> amounts;
    for (const LineBook::Entry& entry : book.entries()) amounts[entry.earner] += entry.amount_minor;
    return amounts;
}

std::int64_t total(const std::map<MemberIndex, std::int64_t>& amounts) {
    std::int64_t sum = 0;
    for (const auto& [member, amount] : amounts) sum += amount;
    return sum;
}

/// Adds the cuts of one code; each is negative and takes no more than there is.
void take(const RunResult& result, const std::string& code,
          std::map<MemberIndex, std::int64_t>& amounts) {
    for (const Cut& cut : result.cuts) {
        if (cut.code != code) continue;
        for (const auto& [member, amount] : sums(cut.book)) {
            RC_ASSERT(amount < 0);
            RC_ASSERT(amounts[member] + amount >= 0);
            amounts[member] += amount;
        }
    }
}

std::int64_t share_of(const Plan& plan, std::int64_t volume_centipoints, std::int64_t ppm) {
    Int128 minor = 1;
    for (int place = 0; place < plan.currency_places; ++place) minor *= 10;
    const Int128 share = minor * volume_centipoints * ppm / 100'000'000;
    return static_cast<std::int64_t>(std::min(share, Int128{INT64_MAX}));
}

TEST_CASE("caps and limits hold, and what they leave is what they allow, to the unit") {
    std::size_t cut_count = 0;
    holds("caps and limits", 1000, [&] {
        Case made = case_of(*throws(), {.has_caps = false});  // its caps are set here
        const std::int64_t per_member = *rc::gen::inRange<std::int64_t>(0, 5000);
        const std::int64_t of_volume_ppm = *rc::gen::inRange<std::int64_t>(0, 60'000);
        const std::int64_t payout_ppm = *rc::gen::inRange<std::int64_t>(0, 200'000);
        for (std::size_t b = 0; b < made.plan.bonuses.size(); ++b) {
            if (b % 3 != 1) made.plan.bonuses[b].cap.per_member_minor = everywhere(per_member);
            if (b % 3 != 0) made.plan.bonuses[b].cap.of_volume_ppm = of_volume_ppm;
        }
        made.plan.limits.payout_ppm = payout_ppm;
        const RunResult result = run(made.plan, snapshot_of(made.facts));
        std::map<MemberIndex, std::int64_t> all;
        for (std::size_t b = 0; b < made.plan.bonuses.size(); ++b) {
            const Bonus& bonus = made.plan.bonuses[b];
            std::map<MemberIndex, std::int64_t> left = sums(result.books[b]);
            std::int64_t allowed = 0;  // by the cap per member alone
            for (const auto& [member, amount] : left)
                allowed += bonus.cap.per_member_minor.is_given() ? std::min(amount, per_member)
                                                                 : amount;
            if (bonus.cap.of_volume_ppm)
                allowed = std::min(
                    allowed, share_of(made.plan, result.volume_centipoints, of_volume_ppm));
            take(result, "cap:" + bonus.code, left);
            RC_ASSERT(total(left) == allowed);
            for (const auto& [member, amount] : left) {
                RC_ASSERT(!bonus.cap.per_member_minor.is_given() || amount <= per_member);
                all[member] += amount;
            }
        }
        const std::int64_t allowed = std::min(
            total(all), share_of(made.plan, result.volume_centipoints, payout_ppm));
        take(result, "limit:payout", all);
        RC_ASSERT(total(all) == allowed);
        RC_ASSERT(result.paid_minor == allowed);
        cut_count += result.cuts.size();
    });
    CHECK(cut_count >= enough(500));  // the cases are worth it
}

}  // namespace
}  // namespace downline::property
