// What every bonus is paid from: the view of the period that a rule sees, and the arithmetic of a line.
#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

#include "engine/bonuses/bonus.hpp"
#include "engine/forest.hpp"
#include "engine/orders.hpp"
#include "engine/money.hpp"
#include "engine/ranges.hpp"
#include "engine/standing.hpp"
#include "engine/unfilled.hpp"
#include "engine/watch.hpp"

namespace downline {

/// May a member be paid under the bonus, and if not, why.
enum class Verdict : std::uint8_t { payable, inactive, unqualified, terminated };

/// One bonus's view of the period. Orders are weighted as this bonus sees them and filtered.
struct PayView {
    const Plan& plan;
    const Bonus& bonus;
    const Snapshot& snapshot;
    const Trees& trees;
    const Forest& forest;  ///< the tree that the bonus names
    const Standing& standing;
    const NetOrders& orders;
    const Column<std::int64_t>& base;     ///< by order line, in the unit of the bonus's base
    std::span<const std::uint8_t> takes;  ///< by order line: does its filter take it
    std::vector<Verdict> verdict;         ///< by member
    /// Of the bonuses before this one, in plan order; none where the rule does not follow others.
    std::span<const LineBook> books_before;
    unsigned thread_count = 1;
    Watcher* watcher = nullptr;  ///< told of every slot

    /// The rank that chooses rates for a member: paid-as, or the title.
    [[nodiscard]] RankPlace rank_of(MemberIndex member) const {
        return bonus.rank_by_title ? standing.title[member] : standing.rank[member];
    }
};

/// The base of every order line as a bonus has it (never below 0 for margins).
[[nodiscard]] Column<std::int64_t> bonus_base(const Bonus& bonus, const NetOrders& orders,
                                              const Weighted& weighted, std::size_t line_count);

/// What a line amounts to: round(base × rate × factor), once. One of these per bonus.
class LineAmount {
public:
    LineAmount(const Plan& plan, const Bonus& bonus);
    /// A share of the base, or an amount per unit of quantity.
    [[nodiscard]] std::int64_t of(const Pay& pay, std::int64_t value, std::int64_t base,
                                  std::uint32_t quantity, std::int64_t factor_ppm) const {
        std::int64_t product = 0, numerator = 0;
        const bool is_plain = !pay.is_amount && factor_ppm == whole_ppm &&
                              rounding_ == Rounding::half_up &&
                              !__builtin_mul_overflow(base, value, &product) &&
                              !__builtin_mul_overflow(product, scale_numerator_, &numerator) &&
                              numerator >= 0 && numerator < INT64_MAX / 2;
        if (!is_plain) return exactly(pay, value, base, quantity, factor_ppm);
        return (numerator + share_denominator_ / 2) / share_denominator_;  // of nearly every slot
    }
    /// A count times an amount: cycles, steps.
    [[nodiscard]] std::int64_t of_count(std::int64_t value, std::int64_t count,
                                        std::int64_t factor_ppm) const;
    /// The least base of which a share amounts to `amount_minor` before rounding.
    /// REQUIRES: value and factor_ppm are positive.
    [[nodiscard]] std::int64_t base_for(std::int64_t amount_minor, std::int64_t value,
                                        std::int64_t factor_ppm) const;
    /// The bonus's factor for a member of this rank; its highest.
    [[nodiscard]] std::int64_t factor_ppm(RankPlace place) const;
    [[nodiscard]] std::int64_t factor_ppm_max() const;

private:
    static constexpr std::int64_t whole_ppm = 1'000'000;
    /// The same where it does not fit into 64 bits, or is more than a share.
    [[nodiscard]] std::int64_t exactly(const Pay& pay, std::int64_t value, std::int64_t base,
                                       std::uint32_t quantity, std::int64_t factor_ppm) const;

    const Bonus& bonus_;
    Rounding rounding_;
    std::int64_t scale_numerator_ = 1, scale_denominator_ = 1;  ///< minor units per unit of the base
    std::int64_t share_denominator_ = whole_ppm;  ///< scale denominator × 10^6
};

/// The stream of a line: section 7 of the words.
[[nodiscard]] StreamKind stream_of(const PayView& view, OrderLineIndex line, bool earner_made_the_sale);

/// Fills in what a line pays: `value` is the rate or amount of `pay`, of the base or per unit.
inline void set_paid(Line& line, const Pay& pay, std::int64_t value, std::int64_t base,
                     std::uint32_t quantity, std::int64_t amount_minor) {
    line.rate_is_amount = pay.is_amount;
    line.rate = value;
    line.base = pay.is_amount ? std::int64_t{quantity} : base;
    line.amount_minor = amount_minor;
}

/// One paid line of an order, its amounts filled in.
[[nodiscard]] Line order_line_paid(const PayView& view, OrderLineIndex order_line, const Pay& pay,
                                   std::int64_t value, std::int64_t amount_minor);

/// What slots are paid on: order lines, or what members earned. An item is an index.
class Sources {
public:
    virtual ~Sources() = default;
    /// Whether an item is an order line, else it is a member.
    [[nodiscard]] virtual bool are_order_lines() const = 0;
    /// Whose uplines the item pays; no_member: nobody's.
    [[nodiscard]] virtual MemberIndex seller(std::uint32_t item) const = 0;
    /// Whether the seller itself may stand at level 1.
    [[nodiscard]] virtual bool may_pay_seller(std::uint32_t item) const = 0;
    [[nodiscard]] virtual RankPlace buyer_rank(std::uint32_t item) const = 0;
    [[nodiscard]] virtual std::int64_t base(std::uint32_t item) const = 0;
    [[nodiscard]] virtual std::uint32_t quantity(std::uint32_t item) const = 0;
    [[nodiscard]] virtual StreamKind stream(std::uint32_t item, bool earner_is_seller) const = 0;
    /// A line that names the item: its order line or its member.
    [[nodiscard]] virtual Line line_of(std::uint32_t item) const = 0;
};

/// Items are order lines.
class OrderSources final : public Sources {
public:
    OrderSources(const PayView& view, bool counts_from_buyer)
        : view_(view), counts_from_buyer_(counts_from_buyer) {}
    [[nodiscard]] bool are_order_lines() const override { return true; }
    [[nodiscard]] MemberIndex seller(std::uint32_t item) const override;
    [[nodiscard]] bool may_pay_seller(std::uint32_t item) const override;
    [[nodiscard]] RankPlace buyer_rank(std::uint32_t item) const override;
    [[nodiscard]] std::int64_t base(std::uint32_t item) const override;
    [[nodiscard]] std::uint32_t quantity(std::uint32_t item) const override;
    [[nodiscard]] StreamKind stream(std::uint32_t item, bool earner_is_seller) const override;
    [[nodiscard]] Line line_of(std::uint32_t item) const override;

private:
    const PayView& view_;
    bool counts_from_buyer_;
};

/// The order lines that the bonus's filter takes.
[[nodiscard]] std::vector<OrderLineIndex> taken_order_lines(const PayView& view);

/// What the slots of an item need of it, kept together because it is asked for once per slot.
struct PaidItem {
    std::int64_t base{};
    std::uint32_t item{};
    std::uint32_t quantity{};
    std::uint32_t seller_depth{};  ///< in the bonus's tree
    StreamKind stream_of_seller{}, stream_of_others{};
};
using PaidItems = UnfilledVector<PaidItem>;
/// Item i stands at `place[i]` of the result, at i where no places are given.
[[nodiscard]] PaidItems paid_items(const PayView& view, const Sources& sources,
                                   std::span<const std::uint32_t> items,
                                   std::span<const std::uint32_t> place = {});

/// The reason for which one with this verdict forfeits a slot. REQUIRES: not payable.
[[nodiscard]] Reason reason_of(Verdict verdict);

/// Why one who may not be paid is passed over; of one who may: its rank or measure.
[[nodiscard]] Passed passed_of(Verdict verdict);

/// The step of whole tiers that a measure's value reaches (1-based; 0: below the first).
[[nodiscard]] std::size_t step_of(const Tiers& tiers, std::int64_t value);

/// Calls `work(from, to)` over contiguous ranges that together are [0, count), in ascending order of
/// results: what the calls return is appended in that order, whatever the number of threads.
[[nodiscard]] Payout pay_in_ranges(std::uint32_t count, unsigned thread_count,
                                   const std::function<Payout(std::uint32_t, std::uint32_t)>& work);

/// Collects lines in any order and makes a book of them, each earner's in the order they came.
class LineCollector {
public:
    void add(MemberIndex earner, const Line& line) { lines_.push_back({earner, line}); }
    [[nodiscard]] std::size_t line_count() const { return lines_.size(); }
    [[nodiscard]] LineBook book() &&;

private:
    struct Earned {
        MemberIndex earner{};
        Line line;
    };
    std::vector<Earned> lines_;
};

/// Keeps the account of a bonus while it pays.
class AccountKeeper {
public:
    void maximum(std::int64_t amount_minor) {
        account_.maximum_minor = add_checked(account_.maximum_minor, amount_minor);
    }
    void paid(std::int64_t amount_minor) {
        account_.paid_minor = add_checked(account_.paid_minor, amount_minor);
        if (amount_minor != 0) ++account_.line_count;
    }
    void forfeit(Reason reason, std::int64_t amount_minor) {
        std::int64_t& sum = account_.forfeited_minor[static_cast<std::size_t>(reason)];
        sum = add_checked(sum, amount_minor);
    }
    [[nodiscard]] const Account& account() const { return account_; }

private:
    Account account_;
};

/// Items sorted by key, stable: item i belongs at `place[i]`, and key k's at [first[k], first[k + 1]).
struct Grouping {
    std::vector<std::uint32_t> first;
    UnfilledVector<std::uint32_t> place;
};

/// REQUIRES: key(item) <= key_max, also asked on several threads. Linear.
template <typename Items, typename Key>
[[nodiscard]] Grouping grouping_of(const Items& items, std::uint32_t key_max,
                                   unsigned thread_count, Key key) {
    UnfilledVector<std::uint32_t> keys(items.size());
    Grouping grouping{std::vector<std::uint32_t>(std::size_t{key_max} + 2, 0),
                      UnfilledVector<std::uint32_t>(items.size())};
    std::vector<std::uint32_t>& first = grouping.first;
    in_ranges(static_cast<std::uint32_t>(items.size()), thread_count,
              [&](std::uint32_t, std::uint32_t from, std::uint32_t to) {
                  for (std::uint32_t i = from; i < to; ++i) keys[i] = key(items[i]);
              });
    for (const std::uint32_t k : keys) ++first[k + 1];
    for (std::size_t k = 1; k < first.size(); ++k) first[k] += first[k - 1];
    // Every thread goes over all items and places those of its keys, which hold about as many as
    // another thread's.
    std::vector<std::uint32_t> next = first;
    const auto begin_of = [&](std::uint64_t part) {
        const std::uint64_t placed_before = part * items.size() / thread_count;
        return part == thread_count
                   ? std::uint64_t{key_max} + 1
                   : static_cast<std::uint64_t>(std::ranges::lower_bound(first, placed_before) -
                                                first.begin());
    };
    in_ranges(thread_count, thread_count, [&](std::uint32_t part, std::uint32_t, std::uint32_t) {
        const std::uint64_t from = begin_of(part), to = begin_of(part + std::uint64_t{1});
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (from <= keys[i] && keys[i] < to) grouping.place[i] = next[keys[i]]++;
    });
    return grouping;
}

/// Adds b to a.
void add_account(Account& a, const Account& b);

}  // namespace downline
