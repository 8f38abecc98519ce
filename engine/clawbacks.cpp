// Clawbacks: see the header.
//
// After each return the part of a line that is reversed in all is round(line × part), where the part
// is: of a line on an order, what came back ÷ the order as it was paid on; of a match, the reversed
// ÷ all lines of `of` of its source; of a cap, the reversed ÷ all lines it cut; of a limit, the same
// over everything its member earned in that run. The new reversal is what is missing to that.
#include "engine/clawbacks.hpp"

#include <algorithm>
#include <map>

#include "engine/errors.hpp"

namespace downline {

namespace {

/// A part of a whole; all of it where there is nothing to divide by.
struct Part {
    Int128 numerator = 0, denominator = 0;
};

std::int64_t part_of(std::int64_t amount, const Part& part, Rounding rounding) {
    if (part.numerator <= 0) return 0;
    if (part.numerator >= part.denominator) return amount;
    // Sums of money and volumes have at most 63 bits each, so the product has at most 126.
    return divide_rounded(Int128{amount} * part.numerator, part.denominator, rounding);
}

/// What all returns up to some event took of an order line (9.19: together, rounded once).
struct Taken {
    std::int64_t amount_minor = 0, volume_centipoints = 0;
};

Taken taken_by(const ReturnedOrderLine& order, std::uint32_t event_max, bool own_period_only,
               Rounding rounding) {
    Taken taken;
    std::int64_t proportional_minor = 0;
    bool has_proportional = false;
    for (const ReturnEvent& item : order.returns) {
        if (own_period_only ? !item.is_of_own_period : item.event > event_max) continue;
        taken.amount_minor = add_checked(taken.amount_minor, item.amount_minor);
        if (item.volume_centipoints >= 0) {
            taken.volume_centipoints = add_checked(taken.volume_centipoints, item.volume_centipoints);
        } else {
            has_proportional = true;
            proportional_minor += item.amount_minor;
        }
    }
    if (has_proportional)
        taken.volume_centipoints +=
            proportional_minor >= order.amount_minor
                ? order.volume_centipoints
                : divide_rounded(Int128{order.volume_centipoints} * proportional_minor,
                                 order.amount_minor, rounding);
    taken.volume_centipoints = std::min(taken.volume_centipoints, order.volume_centipoints);
    taken.amount_minor = std::min(taken.amount_minor, order.amount_minor);
    return taken;
}

class Reverser {
public:
    explicit Reverser(const ClosedRun& run) : run_(run), reversed_(run.lines.size()) {
        for (std::size_t i = 0; i < run.lines.size(); ++i) reversed_[i] = run.lines[i].reversed_minor;
        for (const ClosedRun::Sum& sum : run.sums) {
            sums_[{sum.earner, sum.bonus}] = {sum.amount_minor, sum.reversed_minor};
            Held& all = whole_[sum.earner];
            if (run.bonuses[sum.bonus].is_limit) continue;
            all.amount_minor = add_checked(all.amount_minor, sum.amount_minor);
            all.reversed_minor = add_checked(all.reversed_minor, sum.reversed_minor);
        }
        for (const ReturnedOrderLine& order : run.orders)
            for (const ReturnEvent& item : order.returns) last_event_ = std::max(last_event_, item.event);
    }

    std::vector<Reversal> reverse() && {
        for (std::uint32_t event = 1; event <= last_event_; ++event) {
            // Lines on orders first, then what was earned on them in the order of the plan (a match
            // follows what it matches), then caps, then limits.
            for (std::uint32_t bonus = 0; bonus < run_.bonuses.size(); ++bonus)
                reverse_bonus(event, bonus);
        }
        return std::move(reversals_);
    }

private:
    struct Held {
        std::int64_t amount_minor = 0, reversed_minor = 0;
    };

    /// REQUIRES: bonuses of the run come before their caps, and those before the limit.
    void reverse_bonus(std::uint32_t event, std::uint32_t bonus) {
        if (by_bonus_.empty()) index_lines();
        for (const std::uint32_t line : by_bonus_[bonus]) {
            const std::int64_t target =
                part_of(run_.lines[line].amount_minor, part(event, run_.lines[line]), run_.rounding);
            add(event, line, target - reversed_[line]);
        }
    }

    void index_lines() {
        by_bonus_.resize(run_.bonuses.size());
        for (std::uint32_t i = 0; i < run_.lines.size(); ++i)
            by_bonus_[run_.lines[i].bonus].push_back(i);
    }

    [[nodiscard]] Part part(std::uint32_t event, const ClosedLine& line) const {
        const ClosedRun::BonusOfRun& bonus = run_.bonuses[line.bonus];
        if (line.order != UINT32_MAX) return part_of_order(event, line);
        if (bonus.is_limit) return as_part(held(whole_, line.earner));
        if (bonus.cuts >= 0)
            return as_part(
                held(sums_, std::pair(line.earner, static_cast<std::uint32_t>(bonus.cuts))));
        Held matched;
        for (const std::uint32_t of : bonus.matches) {
            const Held one = held(sums_, std::pair(line.source, of));
            matched.amount_minor = add_checked(matched.amount_minor, one.amount_minor);
            matched.reversed_minor = add_checked(matched.reversed_minor, one.reversed_minor);
        }
        return as_part(matched);
    }

    [[nodiscard]] Part part_of_order(std::uint32_t event, const ClosedLine& line) const {
        const ReturnedOrderLine& order = run_.orders[line.order];
        const Taken own = taken_by(order, 0, true, run_.rounding);
        const Taken now = taken_by(order, event, false, run_.rounding);
        Part part;
        if (line.goes_by_volume) {
            part = {now.volume_centipoints - own.volume_centipoints,
                    order.volume_centipoints - own.volume_centipoints};
        } else {
            part = {now.amount_minor - own.amount_minor, order.amount_minor - own.amount_minor};
        }
        return part;
    }

    [[nodiscard]] static Part as_part(const Held& held) {
        return {held.reversed_minor, held.amount_minor};
    }

    template <typename Map, typename Key>
    [[nodiscard]] static Held held(const Map& map, const Key& key) {
        const auto at = map.find(key);
        return at == map.end() ? Held{} : at->second;
    }

    void add(std::uint32_t event, std::uint32_t line, std::int64_t more) {
        if (more == 0) return;
        const ClosedLine& closed = run_.lines[line];
        reversed_[line] += more;
        ensure(closed.amount_minor < 0 ? reversed_[line] >= closed.amount_minor
                                       : reversed_[line] <= closed.amount_minor,
               "a line would be reversed by more than it paid");
        sums_[{closed.earner, closed.bonus}].reversed_minor += more;
        if (!run_.bonuses[closed.bonus].is_limit) whole_[closed.earner].reversed_minor += more;
        reversals_.push_back({line, event, -more});
    }

    const ClosedRun& run_;
    std::vector<std::int64_t> reversed_;  ///< by line
    std::map<std::pair<MemberIndex, std::uint32_t>, Held> sums_;
    std::map<MemberIndex, Held> whole_;   ///< all lines of a member after caps
    std::vector<std::vector<std::uint32_t>> by_bonus_;
    std::uint32_t last_event_ = 0;
    std::vector<Reversal> reversals_;
};

}  // namespace

std::vector<Reversal> reverse(const ClosedRun& run) { return Reverser(run).reverse(); }

}  // namespace downline
