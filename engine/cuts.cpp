// Caps and limits: see the header.
//
// The order is fixed: per_source, per_member, of_volume, all in one line `cap:CODE` per member; then
// `limit:payout` over what is left. Where a sum is over its limit, everyone's part of it is scaled to
// the limit (rounded down), exactly, by largest remainder.
#include "engine/cuts.hpp"

#include <algorithm>
#include <map>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "engine/shares.hpp"

namespace downline {

namespace {

/// A share of the company's volume in minor units, a point being one currency unit, rounded down.
std::int64_t part_of_volume(const Plan& plan, std::int64_t volume_centipoints,
                            std::int64_t share_ppm) {
    Int128 minor_per_unit = 1;
    for (int place = 0; place < plan.currency_places; ++place) minor_per_unit *= 10;
    const Int128 part = Int128{volume_centipoints} * minor_per_unit * share_ppm / 100 / 1'000'000;
    return static_cast<std::int64_t>(std::min(part, Int128{INT64_MAX}));
}

/// What is left to each of some members (by member id) when their sum may be at most `most_minor`.
void scale_to(std::int64_t most_minor, std::vector<std::int64_t>& amounts) {
    Int128 sum = 0;
    for (const std::int64_t amount : amounts) sum += amount;
    if (sum > most_minor) amounts = share_out(most_minor, amounts);
}

class CapOfBonus {
public:
    CapOfBonus(const Plan& plan, const Bonus& bonus, const Snapshot& snapshot,
               const Standing& standing)
        : plan_(plan), bonus_(bonus), snapshot_(snapshot), standing_(standing) {}

    /// What the caps leave of each entry of the book.
    [[nodiscard]] std::vector<std::int64_t> left_of(const LineBook& book,
                                                    std::int64_t volume_centipoints) const {
        std::vector<std::int64_t> left;
        for (std::size_t i = 0; i < book.entries().size(); ++i) {
            const LineBook::Entry& entry = book.entries()[i];
            std::int64_t amount = entry.amount_minor;
            const RankPlace rank = bonus_.rank_by_title ? standing_.title[entry.earner]
                                                        : standing_.rank[entry.earner];
            if (const auto cap = bonus_.cap.per_source_minor.at(rank))
                amount = after_source_cap(book.lines(i), *cap);
            if (const auto cap = bonus_.cap.per_member_minor.at(rank))
                amount = std::min(amount, *cap);
            left.push_back(amount);
        }
        if (bonus_.cap.of_volume_ppm)
            scale_to(part_of_volume(plan_, volume_centipoints, *bonus_.cap.of_volume_ppm), left);
        return left;
    }

private:
    /// A source is the buyer of an order, or the member whose earnings were matched.
    [[nodiscard]] std::int64_t after_source_cap(const std::vector<Line>& lines,
                                                std::int64_t cap_minor) const {
        std::map<std::int64_t, std::int64_t> by_source;
        for (const Line& line : lines) {
            const std::int64_t source =
                line.order_ref != 0
                    ? std::int64_t{snapshot_.orders.buyer[static_cast<std::size_t>(line.order_ref - 1)]}
                    : -1 - line.from;
            by_source[source] = add_checked(by_source[source], line.amount_minor);
        }
        std::int64_t sum = 0;
        for (const auto& [source, amount] : by_source) sum += std::min(amount, cap_minor);
        return sum;
    }

    const Plan& plan_;
    const Bonus& bonus_;
    const Snapshot& snapshot_;
    const Standing& standing_;
};

void add_cut(LineBook& book, MemberIndex member, std::int64_t cut_minor) {
    if (cut_minor == 0) return;
    Line line;
    line.stream = StreamKind::limit;
    line.amount_minor = -cut_minor;
    book.add(member, {&line, 1});
}

void keep(std::vector<Cut>& cuts, Cut&& cut) {
    if (!cut.book.entries().empty()) cuts.push_back(std::move(cut));
}

}  // namespace

std::vector<Cut> find_cuts(const Plan& plan, const Snapshot& snapshot, const Standing& standing,
                           std::span<const LineBook> books, std::int64_t volume_centipoints) {
    std::vector<Cut> cuts;
    // What is left to everyone, by member; only for a limit.
    std::vector<std::int64_t> total(plan.limits.payout_ppm ? snapshot.members.count : 0, 0);
    for (std::size_t b = 0; b < plan.bonuses.size(); ++b) {
        const Bonus& bonus = plan.bonuses[b];
        const bool has_cap = bonus.cap.per_member_minor.is_given() ||
                             bonus.cap.per_source_minor.is_given() || bonus.cap.of_volume_ppm;
        if (!has_cap && !plan.limits.payout_ppm) continue;
        std::vector<std::int64_t> left;
        if (has_cap)
            left = CapOfBonus(plan, bonus, snapshot, standing).left_of(books[b], volume_centipoints);
        Cut cut{"cap:" + bonus.code, {}};
        for (std::size_t i = 0; i < books[b].entries().size(); ++i) {
            const LineBook::Entry& entry = books[b].entries()[i];
            const std::int64_t amount = has_cap ? left[i] : entry.amount_minor;
            add_cut(cut.book, entry.earner, entry.amount_minor - amount);
            if (plan.limits.payout_ppm) total[entry.earner] = add_checked(total[entry.earner], amount);
        }
        keep(cuts, std::move(cut));
    }
    if (!plan.limits.payout_ppm) return cuts;

    std::vector<std::int64_t> left = total;
    scale_to(part_of_volume(plan, volume_centipoints, *plan.limits.payout_ppm), left);
    Cut cut{"limit:payout", {}};
    for (MemberIndex member = 0; member < total.size(); ++member)
        add_cut(cut.book, member, total[member] - left[member]);
    keep(cuts, std::move(cut));
    return cuts;
}

}  // namespace downline
