// Measures over orders: see the header.
#include "engine/order_measures.hpp"

#include <algorithm>
#include <span>

namespace downline {

namespace {

constexpr std::uint32_t no_order = 0xffff'ffff;

std::int64_t order_value(const MeasurePass& pass, Measure::Column column, OrderLineIndex line) {
    switch (column) {
        case Measure::Column::volume: return pass.weighted.volume_centipoints[line];
        case Measure::Column::qualifying_volume: return pass.weighted.qualifying_centipoints[line];
        case Measure::Column::amount: return pass.orders.amount_minor[line];
        case Measure::Column::quantity: return pass.orders.quantity[line];
        case Measure::Column::order_count:
        case Measure::Column::customer_count: return 1;
    }
    return 0;
}

/// Adds up lines that come in order: a customer's orders count for its seller; an order counts once,
/// and not when fully returned.
class OrderSum {
public:
    OrderSum(const MeasurePass& pass, const Measure& measure, const OrderMatcher& matcher)
        : pass_(pass), measure_(measure), matcher_(matcher) {}

    [[nodiscard]] std::int64_t value_of(OrderLineIndex line) {
        const bool is_wanted =
            pass_.orders.is_from_customer[line] ? measure_.from_customers : measure_.from_self;
        if (!is_wanted || !matcher_.takes(line)) return 0;
        const std::uint32_t order = pass_.snapshot.orders.order[line];
        const bool is_count = measure_.column == Measure::Column::order_count;
        if (is_count && (pass_.orders.is_returned[order] || order == counted_order_)) return 0;
        counted_order_ = order;
        return order_value(pass_, measure_.column, line);
    }

private:
    const MeasurePass& pass_;
    const Measure& measure_;
    const OrderMatcher& matcher_;
    std::uint32_t counted_order_ = no_order;
};

}  // namespace

CustomerCount::CustomerCount(const MeasurePass& pass, const Measure& measure)
    : pass_(pass),
      measure_(measure),
      has_bought_(pass.snapshot.members.count, 0),
      bought_(measure.bought.size(), std::vector<std::int64_t>(pass.snapshot.members.count, 0)),
      counted_order_(no_order) {}

void CustomerCount::add(OrderLineIndex line) {
    const std::uint32_t order = pass_.snapshot.orders.order[line];
    if (!pass_.orders.is_from_customer[line] || pass_.orders.is_returned[order]) return;
    const MemberIndex buyer = pass_.snapshot.orders.buyer[line];
    has_bought_[buyer] = 1;
    for (std::size_t i = 0; i < bought_.size(); ++i) {
        const Measure::Column column = measure_.bought[i].column;
        if (column == Measure::Column::order_count && order == counted_order_) continue;
        bought_[i][buyer] = add_checked(bought_[i][buyer], order_value(pass_, column, line));
    }
    counted_order_ = order;
}

std::int64_t CustomerCount::take(OrderLineIndex line) {
    const MemberIndex buyer = pass_.snapshot.orders.buyer[line];
    if (!has_bought_[buyer]) return 0;
    counted_order_ = no_order;
    has_bought_[buyer] = 0;
    bool is_counted = true;
    for (std::size_t i = 0; i < bought_.size(); ++i) {
        is_counted = is_counted && bought_[i][buyer] >= measure_.bought[i].min;
        bought_[i][buyer] = 0;
    }
    return is_counted;
}

std::vector<std::int64_t> sum_orders(const MeasurePass& pass, const Measure& measure) {
    const OrderMatcher matcher(
        measure.orders, pass.snapshot, pass.orders,
        [&pass](const Requirement& asked, MemberIndex m) { return pass.examiner.meets(asked, m); });
    const std::vector<MemberIndex>& seller = pass.orders.seller;
    std::vector<std::int64_t> sum(pass.snapshot.members.count, 0);
    const auto add_all = [&](auto&& value_of) {
        for (OrderLineIndex line = 0; line < pass.snapshot.orders.count; ++line)
            if (seller[line] != no_member)
                sum[seller[line]] = add_checked(sum[seller[line]], value_of(line));
    };
    if (measure.column != Measure::Column::customer_count) {
        OrderSum orders(pass, measure, matcher);
        add_all([&](OrderLineIndex line) { return orders.value_of(line); });
        return sum;
    }
    CustomerCount customers(pass, measure);
    for (OrderLineIndex line = 0; line < pass.snapshot.orders.count; ++line)
        if (matcher.takes(line)) customers.add(line);
    add_all([&](OrderLineIndex line) { return customers.take(line); });
    return sum;
}

LinesOfSellers::LinesOfSellers(const MeasurePass& pass)
    : first(std::size_t{pass.snapshot.members.count} + 1, 0) {
    const std::uint32_t count = pass.snapshot.orders.count;
    for (OrderLineIndex at = 0; at < count; ++at)
        if (pass.orders.seller[at] != no_member) ++first[pass.orders.seller[at] + 1];
    for (std::size_t member = 1; member < first.size(); ++member)
        first[member] += first[member - 1];
    line.resize(first.back());
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    for (OrderLineIndex at = 0; at < count; ++at)
        if (pass.orders.seller[at] != no_member) line[next[pass.orders.seller[at]]++] = at;
}

OrderMeasure::OrderMeasure(const MeasurePass& pass, MeasureIndex index,
                           const LinesOfSellers& lines, Standing& standing)
    : pass_(pass),
      measure_(pass.plan.measures[index]),
      lines_(lines),
      matcher_(measure_.orders, pass.snapshot, pass.orders),
      values_(standing.measures[index]) {
    values_.assign(pass.snapshot.members.count, 0);
    if (measure_.column == Measure::Column::customer_count) customers_.emplace(pass, measure_);
}

void OrderMeasure::visit(MemberIndex member) {
    matcher_.learn(member, [this](const Requirement& asked, MemberIndex seller) {
        return pass_.examiner.meets(asked, seller);
    });
    const std::span<const OrderLineIndex> lines(lines_.line.data() + lines_.first[member],
                                                lines_.line.data() + lines_.first[member + 1]);
    OrderSum orders(pass_, measure_, matcher_);
    std::int64_t sum = 0;
    if (customers_)
        for (const OrderLineIndex line : lines)
            if (matcher_.takes(line)) customers_->add(line);
    for (const OrderLineIndex line : lines)
        sum = add_checked(sum, customers_ ? customers_->take(line) : orders.value_of(line));
    values_[member] = sum;
}

}  // namespace downline
