// The period's orders as the plan sees them: after returns, numbered per buyer, weighted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// A column of the snapshot as it is, or with changes of its own; a constant where there is none.
template <typename T>
class Column {
public:
    explicit Column(T constant = {}) : constant_(constant) {}
    explicit Column(const std::vector<T>& lent) : lent_(lent.data()) {}
    [[nodiscard]] T operator[](std::size_t row) const { return lent_ ? lent_[row] : constant_; }
    /// Changes one value; the first change copies the column, which has `count` rows.
    void change(std::size_t row, T value, std::size_t count) {
        if (own_.empty()) {
            own_.resize(count, constant_);
            if (lent_) std::copy_n(lent_, count, own_.begin());
            lent_ = own_.data();
        }
        own_[row] = value;
    }
    /// The same values, lent by this column, which must outlive it.
    [[nodiscard]] Column lend() const {
        Column column(constant_);
        column.lent_ = lent_;
        return column;
    }
    Column(Column&&) noexcept = default;  // a moved vector keeps its place, so lent_ stays right
    Column& operator=(Column&&) noexcept = default;
    Column(const Column&) = delete;
    Column& operator=(const Column&) = delete;

private:
    const T* lent_ = nullptr;
    T constant_{};
    std::vector<T> own_;
};

/// Order lines less what was returned of them, with their sellers and sequence numbers.
/// By OrderLineIndex but for the last ones. Lends from the snapshot, which must outlive it.
struct NetOrders {
    Column<std::int64_t> amount_minor, volume_centipoints, qualifying_centipoints;
    Column<std::int64_t> cost_minor{-1};  ///< -1: not known
    Column<std::uint32_t> quantity{1};
    std::vector<MemberIndex> seller;  ///< no_member: a customer without a sponsor
    std::vector<std::uint8_t> is_from_customer;
    /// By order: is it fully returned; its number among the buyer's (and contract's) orders, 0 for
    /// one that is fully returned.
    Column<std::uint8_t> is_returned{0};
    std::vector<std::uint32_t> sequence;
    std::uint32_t standing_order_count = 0;  ///< orders not fully returned
    Sequences sequences_after;
};

/// Source: docs/sources.md#returns, #sequences.
[[nodiscard]] NetOrders net_orders(const Plan& plan, const Snapshot& snapshot);

/// Answers a requirement on a member.
using Ask = std::function<bool(const Requirement&, MemberIndex)>;

/// Which lines a filter takes. `ask` answers its `seller` requirement, once per member; without it
/// a seller must be learned before its lines are asked for.
class OrderMatcher {
public:
    OrderMatcher(const OrderFilter& filter, const Snapshot& snapshot, const NetOrders& orders,
                 const Ask& ask = {});
    void learn(MemberIndex seller, const Ask& ask);
    [[nodiscard]] bool takes(OrderLineIndex line) const;

private:
    [[nodiscard]] std::int32_t month_since_first(OrderLineIndex line) const;
    [[nodiscard]] bool takes_texts(OrderLineIndex line) const;
    [[nodiscard]] bool takes_dates(OrderLineIndex line) const;
    const OrderFilter& filter_;
    const Snapshot& snapshot_;
    const NetOrders& orders_;
    bool has_dates_;                                       ///< does it ask for dates at all
    std::vector<std::uint8_t> kinds_, categories_, skus_;  ///< by text: is it in the filter's list
    std::vector<std::uint8_t> sellers_;                    ///< by member: 1 meets it, 2 does not; empty: any
    std::vector<OrderMatcher> negated_;                    ///< none or one
};

/// Volumes after weights; lent from the net orders where no weight changes them.
struct Weighted {
    Column<std::int64_t> volume_centipoints, qualifying_centipoints;
};
/// All matching weights multiply, one rounding to hundredths. Weights whose `except` names
/// `bonus_code` are left out ("" for measures and the company's volume).
[[nodiscard]] Weighted weigh(const Plan& plan, const Snapshot& snapshot, const NetOrders& orders,
                             std::string_view bonus_code);

}  // namespace downline
