// Measures over orders: sums of what was bought, counts of orders and of customers who bought.
#pragma once

#include "engine/measures.hpp"

namespace downline {

/// The values of a measure over orders, by member: one pass over the lines.
[[nodiscard]] std::vector<std::int64_t> sum_orders(const MeasurePass& pass,
                                                   const Measure& measure);

/// Counts customers by what they bought: all lines that a measure takes are added, then each customer
/// counts once. Sums are by buyer, so lines may come in any order that keeps an order's together.
class CustomerCount {
public:
    CustomerCount(const MeasurePass& pass, const Measure& measure);
    void add(OrderLineIndex line);
    /// 1 at the first line of a customer that bought enough, else 0; forgets what it bought.
    [[nodiscard]] std::int64_t take(OrderLineIndex line);

private:
    const MeasurePass& pass_;
    const Measure& measure_;
    std::vector<std::uint8_t> has_bought_;           ///< by member
    std::vector<std::vector<std::int64_t>> bought_;  ///< [entry of measure.bought][member]
    std::uint32_t counted_order_;
};

/// The order lines of each seller: those of member m are `line[first[m]]` … before
/// `line[first[m + 1]]`, ascending.
struct LinesOfSellers {
    explicit LinesOfSellers(const MeasurePass& pass);
    std::vector<std::uint32_t> first;
    std::vector<OrderLineIndex> line;
};

/// A measure over orders, member by member, where the filter asks for a rank of the seller that is
/// found meanwhile.
class OrderMeasure {
public:
    /// Allocates the measure's column in the standing. `lines` must outlive it.
    OrderMeasure(const MeasurePass& pass, MeasureIndex index, const LinesOfSellers& lines,
                 Standing& standing);
    /// Sets the member's value. REQUIRES: what the filter asks of the seller is known of the member.
    void visit(MemberIndex member);

private:
    const MeasurePass& pass_;
    const Measure& measure_;
    const LinesOfSellers& lines_;
    OrderMatcher matcher_;
    std::optional<CustomerCount> customers_;  ///< where it counts them
    std::vector<std::int64_t>& values_;  ///< by member
};

}  // namespace downline
