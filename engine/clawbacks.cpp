// Clawbacks: see the header.
//
// After each return the part of a line that is reversed in all is round(line × part), where the part
// is: of a line on an order, what came back ÷ the order as it was paid on; of a match, the reversed
// ÷ all lines of `of` of its source; of a cap, the reversed ÷ all lines it cut; of a limit, the same
// over everything its member earned in that run. The new reversal is what is missing to that.
#include "engine/clawbacks.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "engine/errors.hpp"

namespace downline {

namespace {

/// A part of a whole.
struct Part {
    Int128 numerator = 0, denominator = 0;
};

std::int64_t part_of(std::int64_t amount, const Part& part, Rounding rounding) {
    if (part.numerator <= 0) return 0;
    if (part.numerator >= part.denominator) return amount;
    // Sums of money and volumes have at most 63 bits each, so the product has at most 126.
    return divide_rounded(Int128{amount} * part.numerator, part.denominator, rounding);
}

/// What came back of an order line so far (9.19: all returns together, rounded once).
class Taken {
public:
    void add(const ReturnEvent& item) {
        has_return_ = true;
        amount_minor_ = add_checked(amount_minor_, item.amount_minor);
        if (item.volume_centipoints >= 0)
            stated_centipoints_ = add_checked(stated_centipoints_, item.volume_centipoints);
        else proportional_minor_ = add_checked(proportional_minor_, item.amount_minor);
        has_proportional_ |= item.volume_centipoints < 0;
    }
    [[nodiscard]] bool has_return() const { return has_return_; }
    [[nodiscard]] std::int64_t amount_minor(const ReturnedOrderLine& order) const {
        return std::min(amount_minor_, order.amount_minor);
    }
    [[nodiscard]] std::int64_t volume_centipoints(const ReturnedOrderLine& order,
                                                  Rounding rounding) const {
        std::int64_t volume = stated_centipoints_;
        if (has_proportional_)
            volume += proportional_minor_ >= order.amount_minor
                          ? order.volume_centipoints
                          : divide_rounded(Int128{order.volume_centipoints} * proportional_minor_,
                                           order.amount_minor, rounding);
        return std::min(volume, order.volume_centipoints);
    }

private:
    std::int64_t amount_minor_ = 0, stated_centipoints_ = 0, proportional_minor_ = 0;
    bool has_return_ = false, has_proportional_ = false;
};

class Reverser {
public:
    explicit Reverser(const ClosedRun& run)
        : run_(run), reversed_(run.lines.size()), own_(run.orders.size()), now_(run.orders.size()) {
        for (const ClosedRun::Sum& sum : run.sums) {
            sums_[{sum.earner, sum.bonus}] = {sum.amount_minor, sum.reversed_minor};
            Held& all = whole_[sum.earner];
            if (run.bonuses[sum.bonus].is_limit) continue;
            all.amount_minor = add_checked(all.amount_minor, sum.amount_minor);
            all.reversed_minor = add_checked(all.reversed_minor, sum.reversed_minor);
        }
        index_orders();
        index_lines();
    }

    std::vector<Reversal> reverse() && {
        for (const auto& [event, orders] : events_) {
            for (const auto& [order, item] : orders) {
                now_[order].add(*item);
                touched_.insert(lines_on_[order].begin(), lines_on_[order].end());
            }
            // By bonus: a match comes after what it matches, then caps, then the limit.
            while (!touched_.empty()) {
                const std::uint32_t line = *touched_.begin();
                touched_.erase(touched_.begin());
                reverse_line(event, line);
            }
        }
        return std::move(reversals_);
    }

private:
    struct Held {
        std::int64_t amount_minor = 0, reversed_minor = 0;
    };
    using Lines = std::vector<std::uint32_t>;

    void index_orders() {
        for (std::uint32_t order = 0; order < run_.orders.size(); ++order)
            for (const ReturnEvent& item : run_.orders[order].returns) {
                if (item.is_of_own_period) own_[order].add(item);
                if (item.event == 0) now_[order].add(item);
                else events_[item.event].emplace_back(order, &item);
            }
    }

    void index_lines() {
        lines_on_.resize(run_.orders.size());
        for (std::uint32_t i = 0; i < run_.lines.size(); ++i) {
            const ClosedLine& line = run_.lines[i];
            ensure(i == 0 || run_.lines[i - 1].bonus <= line.bonus, "closed lines are not by bonus");
            reversed_[i] = line.reversed_minor;
            const ClosedRun::BonusOfRun& bonus = run_.bonuses[line.bonus];
            if (line.order != UINT32_MAX) lines_on_[line.order].push_back(i);
            else if (bonus.is_limit) limits_[line.earner].push_back(i);
            else if (bonus.cuts >= 0)
                follow_[{line.earner, static_cast<std::uint32_t>(bonus.cuts)}].push_back(i);
            else
                for (const std::uint32_t of : bonus.matches) follow_[{line.source, of}].push_back(i);
        }
    }

    void reverse_line(std::uint32_t event, std::uint32_t line) {
        const ClosedLine& closed = run_.lines[line];
        const std::int64_t more =
            part_of(closed.amount_minor, part(closed), run_.rounding) - reversed_[line];
        if (more == 0) return;
        reversed_[line] += more;
        ensure(closed.amount_minor < 0
                   ? more < 0 && reversed_[line] >= closed.amount_minor
                   : more > 0 && reversed_[line] <= closed.amount_minor,
               "a line would be reversed by more than it paid");
        reversals_.push_back({line, event, -more});
        sums_[{closed.earner, closed.bonus}].reversed_minor += more;
        if (run_.bonuses[closed.bonus].is_limit) return;
        whole_[closed.earner].reversed_minor += more;
        touch(follow_, std::pair(closed.earner, closed.bonus), line);
        touch(limits_, closed.earner, line);
    }

    template <typename Map, typename Key>
    void touch(const Map& map, const Key& key, std::uint32_t cause) {
        const auto at = map.find(key);
        if (at == map.end()) return;
        for (const std::uint32_t line : at->second) {
            ensure(line > cause, "a closed line comes before the one that it follows from");
            touched_.insert(line);
        }
    }

    [[nodiscard]] Part part(const ClosedLine& line) const {
        const ClosedRun::BonusOfRun& bonus = run_.bonuses[line.bonus];
        if (line.order != UINT32_MAX) return part_of_order(line);
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

    /// Of what the line was paid on: the order after the returns of its own period.
    [[nodiscard]] Part part_of_order(const ClosedLine& line) const {
        const ReturnedOrderLine& order = run_.orders[line.order];
        const Taken &own = own_[line.order], &now = now_[line.order];
        const auto part = [&](std::int64_t whole, std::int64_t before, std::int64_t taken) {
            if (whole > before) return Part{taken - before, whole - before};
            return now.has_return() ? Part{1, 1} : Part{};
        };
        if (!line.goes_by_volume)
            return part(order.amount_minor, own.amount_minor(order), now.amount_minor(order));
        return part(order.volume_centipoints, own.volume_centipoints(order, run_.rounding),
                    now.volume_centipoints(order, run_.rounding));
    }

    [[nodiscard]] static Part as_part(const Held& held) {
        return {held.reversed_minor, held.amount_minor};
    }

    template <typename Map, typename Key>
    [[nodiscard]] static Held held(const Map& map, const Key& key) {
        const auto at = map.find(key);
        return at == map.end() ? Held{} : at->second;
    }

    const ClosedRun& run_;
    std::vector<std::int64_t> reversed_;  ///< by line
    std::vector<Taken> own_, now_;        ///< by order: in its own period; up to this event
    std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, const ReturnEvent*>>> events_;
    std::map<std::pair<MemberIndex, std::uint32_t>, Held> sums_;
    std::map<MemberIndex, Held> whole_;  ///< all lines of a member after caps
    std::vector<Lines> lines_on_;        ///< by order
    std::map<std::pair<MemberIndex, std::uint32_t>, Lines> follow_;  ///< matches and caps of a
                                                                     ///< member's lines of a bonus
    std::map<MemberIndex, Lines> limits_;
    std::set<std::uint32_t> touched_;
    std::vector<Reversal> reversals_;
};

}  // namespace

std::vector<Reversal> reverse(const ClosedRun& run) { return Reverser(run).reverse(); }

}  // namespace downline
