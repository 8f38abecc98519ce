// The period's orders as the plan sees them: after returns, numbered per buyer, weighted.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// Order lines less what was returned of them, with their sellers and sequence numbers.
/// By OrderLineIndex but for the last ones.
struct NetOrders {
    std::vector<std::int64_t> amount_minor, volume_centipoints, qualifying_centipoints, cost_minor;
    std::vector<std::uint32_t> quantity;
    std::vector<MemberIndex> seller;  ///< no_member: a customer without a sponsor
    std::vector<std::uint8_t> is_from_customer;
    /// By order: is it fully returned; its number among the buyer's (and contract's) orders, 0 for
    /// one that is fully returned; months since the first, from 1 (0 likewise).
    std::vector<std::uint8_t> is_returned;
    std::vector<std::uint32_t> sequence;
    std::vector<std::int32_t> month_since_first;
    std::uint32_t standing_order_count = 0;  ///< orders not fully returned
    Sequences sequences_after;
};

/// Source: docs/sources.md#returns, #sequences.
[[nodiscard]] NetOrders net_orders(const Plan& plan, const Snapshot& snapshot);

/// Answers a requirement on a member.
using Ask = std::function<bool(const Requirement&, MemberIndex)>;

/// Which lines a filter takes. `ask` answers its `seller` requirement, once per member.
class OrderMatcher {
public:
    OrderMatcher(const OrderFilter& filter, const Snapshot& snapshot, const NetOrders& orders,
                 const Ask& ask = {});
    [[nodiscard]] bool takes(OrderLineIndex line) const;

private:
    [[nodiscard]] bool takes_texts(OrderLineIndex line) const;
    [[nodiscard]] bool takes_dates(OrderLineIndex line) const;
    const OrderFilter& filter_;
    const Snapshot& snapshot_;
    const NetOrders& orders_;
    std::vector<std::uint8_t> kinds_, categories_, skus_;  ///< by text: is it in the filter's list
    std::vector<std::uint8_t> sellers_;                    ///< by member; empty: any seller
    std::vector<OrderMatcher> negated_;                    ///< none or one
};

/// Volumes after weights; the spans point into the net orders where no weight changes them.
struct Weighted {
    std::span<const std::int64_t> volume_centipoints, qualifying_centipoints;
    std::vector<std::int64_t> own_volume, own_qualifying;
};
/// All matching weights multiply, one rounding to hundredths. Weights whose `except` names
/// `bonus_code` are left out ("" for measures and the company's volume).
[[nodiscard]] Weighted weigh(const Plan& plan, const Snapshot& snapshot, const NetOrders& orders,
                             std::string_view bonus_code);

}  // namespace downline
