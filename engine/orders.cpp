// Orders after returns, numbered and weighted: see the header.
#include "engine/orders.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "engine/errors.hpp"
#include "engine/limits.hpp"

namespace downline {

namespace {

/// `part` of `whole` that goes with `returned` of `amount`; all of it when everything returned.
std::int64_t in_proportion(std::int64_t whole, std::int64_t returned, std::int64_t amount,
                           Rounding rounding) {
    if (returned >= amount) return whole;
    return divide_rounded(Int128{whole} * returned, amount, rounding);
}

/// All returns of one order line together (9.19).
struct Returned {
    std::int64_t amount_minor = 0;
    std::int64_t volume_centipoints = 0;     ///< as returns state it
    std::int64_t proportional_minor = 0;     ///< amount of returns that state no volume
    bool has_return = false, has_proportional = false;
};

void take_back(NetOrders& net, OrderLineIndex line, std::size_t line_count,
               const Returned& returned, Rounding rounding) {
    const std::int64_t amount = net.amount_minor[line];
    const auto rest = [&](std::int64_t value) {
        return value - in_proportion(value, returned.amount_minor, amount, rounding);
    };
    const std::int64_t volume = net.volume_centipoints[line];
    std::int64_t taken = returned.volume_centipoints;
    if (returned.has_proportional)
        taken += in_proportion(volume, returned.proportional_minor, amount, rounding);
    net.volume_centipoints.change(line, volume - std::min(taken, volume), line_count);
    net.qualifying_centipoints.change(line, rest(net.qualifying_centipoints[line]), line_count);
    if (net.cost_minor[line] > 0)
        net.cost_minor.change(line, rest(net.cost_minor[line]), line_count);
    if (net.quantity[line] != 0)
        net.quantity.change(line, static_cast<std::uint32_t>(rest(net.quantity[line])), line_count);
    net.amount_minor.change(line, amount - std::min(returned.amount_minor, amount), line_count);
}

void set_sellers(NetOrders& net, const Snapshot& snapshot) {
    const Members& members = snapshot.members;
    const OrderLines& lines = snapshot.orders;
    net.seller.resize(lines.count);
    net.is_from_customer.resize(lines.count);
    for (OrderLineIndex line = 0; line < lines.count; ++line) {
        const MemberIndex buyer = lines.buyer[line];
        const bool is_customer = members.kind[buyer] == MemberKind::customer;
        net.is_from_customer[line] = is_customer;
        net.seller[line] = is_customer ? members.sponsor[buyer] : buyer;
    }
}

/// An order is fully returned when it has returns and they reach the amount of all its lines.
void apply_returns(NetOrders& net, const Plan& plan, const Snapshot& snapshot) {
    const OrderLines& lines = snapshot.orders;
    if (snapshot.returns.empty()) return;
    std::vector<Returned> by_line(lines.count);
    std::vector<std::uint8_t> has_return(snapshot.order_count, 0);
    for (const ReturnOfLine& item : snapshot.returns) {
        Returned& returned = by_line[item.order_line];
        has_return[lines.order[item.order_line]] = 1;
        returned.has_return = true;
        returned.amount_minor += item.amount_minor;
        if (item.volume_centipoints >= 0) {
            returned.volume_centipoints += item.volume_centipoints;
        } else {
            returned.has_proportional = true;
            returned.proportional_minor += item.amount_minor;
        }
    }
    std::vector<std::int64_t> left_minor(snapshot.order_count, 0);
    for (OrderLineIndex line = 0; line < lines.count; ++line) {
        left_minor[lines.order[line]] += lines.amount_minor[line] - by_line[line].amount_minor;
        if (by_line[line].has_return)
            take_back(net, line, lines.count, by_line[line], plan.rounding);
    }
    for (std::uint32_t order = 0; order < snapshot.order_count; ++order)
        if (has_return[order] && left_minor[order] <= 0)
            net.is_returned.change(order, 1, snapshot.order_count);
}

/// Numbers every order among its buyer's (and contract's). Lines come in order date sequence.
void number_orders(NetOrders& net, const Snapshot& snapshot) {
    const OrderLines& lines = snapshot.orders;
    Sequences& after = net.sequences_after;
    after = snapshot.sequences;
    net.sequence.assign(snapshot.order_count, 0);
    for (OrderLineIndex line = 0; line < lines.count; ++line) {
        const std::uint32_t order = lines.order[line];
        if (line > 0 && lines.order[line - 1] == order) continue;
        if (net.is_returned[order]) continue;
        ++net.standing_order_count;
        const std::uint32_t sequence = lines.sequence_of(line);
        const std::uint32_t number = ++after.orders_before[sequence];
        if (number == 1) after.first_on[sequence] = lines.ordered_on[line];
        net.sequence[order] = number;
    }
}

std::vector<std::uint8_t> listed(const TextColumn& column, const std::vector<std::string>& list) {
    if (list.empty()) return {};
    std::vector<std::uint8_t> is_listed(column.texts.size(), 0);
    for (std::size_t i = 0; i < column.texts.size(); ++i)
        is_listed[i] = std::ranges::find(list, column.texts[i]) != list.end();
    return is_listed;
}

bool holds(const std::vector<std::uint8_t>& is_listed, const TextColumn& column, std::size_t line) {
    return is_listed.empty() || is_listed[column[line]];
}

/// Exact until the one rounding: while several shares fit into 127 bits they are multiplied, beyond
/// that reduced by their common factors (a share has at most six places, so this is exact too).
std::int64_t weighted_value(std::int64_t value, OrderLineIndex line,
                            std::span<const std::pair<OrderMatcher, std::int64_t>> weights,
                            Rounding rounding) {
    Int128 numerator = value, denominator = 1;
    for (const auto& [matcher, share_ppm] : weights) {
        if (!matcher.takes(line)) continue;
        const std::int64_t common = std::gcd(share_ppm, std::int64_t{1'000'000});
        numerator *= share_ppm / common;
        denominator *= 1'000'000 / common;
        if (numerator > Int128{1} << 90 || denominator > Int128{1} << 90)
            throw Refusal(Refusal::Kind::input, "the weights of one order multiply to a number with "
                          "too many places; use fewer weights or rounder shares");
    }
    return divide_rounded(numerator, denominator, rounding);
}

}  // namespace

NetOrders net_orders(const Plan& plan, const Snapshot& snapshot) {
    const OrderLines& lines = snapshot.orders;
    NetOrders net;
    net.amount_minor = Column(lines.amount_minor);
    const auto& volume =
        lines.volume_centipoints.empty() ? lines.amount_minor : lines.volume_centipoints;
    net.volume_centipoints = Column(volume);
    net.qualifying_centipoints = Column(
        lines.qualifying_centipoints.empty() ? volume : lines.qualifying_centipoints);
    if (!lines.cost_minor.empty()) net.cost_minor = Column(lines.cost_minor);
    if (!lines.quantity.empty()) net.quantity = Column(lines.quantity);
    set_sellers(net, snapshot);
    apply_returns(net, plan, snapshot);
    number_orders(net, snapshot);
    return net;
}

OrderMatcher::OrderMatcher(const OrderFilter& filter, const Snapshot& snapshot,
                           const NetOrders& orders, const Ask& ask)
    : filter_(filter),
      snapshot_(snapshot),
      orders_(orders),
      has_dates_(filter.within_days_of_joining || filter.within_months_of_joining ||
                 filter.months_since_first),
      kinds_(listed(snapshot.orders.kind, filter.kinds)),
      categories_(listed(snapshot.orders.category, filter.categories)),
      skus_(listed(snapshot.orders.sku, filter.skus)) {
    if (filter.negated) negated_.emplace_back(*filter.negated, snapshot, orders, ask);
    if (filter.seller) sellers_.assign(snapshot.members.count, 0);
    if (!filter.seller || !ask) return;
    for (const MemberIndex seller : orders.seller)
        if (seller != no_member && sellers_[seller] == 0)
            sellers_[seller] = ask(*filter.seller, seller) ? 1 : 2;
}

void OrderMatcher::learn(MemberIndex seller, const Ask& ask) {
    if (filter_.seller) sellers_[seller] = ask(*filter_.seller, seller) ? 1 : 2;
    if (!negated_.empty()) negated_.front().learn(seller, ask);
}

bool OrderMatcher::takes(OrderLineIndex line) const {
    using Buyer = OrderFilter::Buyer;
    using Sequence = OrderFilter::Sequence;
    const std::uint32_t number = orders_.sequence[snapshot_.orders.order[line]];
    if (filter_.buyer != Buyer::any &&
        (filter_.buyer == Buyer::customer) != (orders_.is_from_customer[line] != 0))
        return false;
    if (filter_.sequence == Sequence::first && number != 1) return false;
    if (filter_.sequence == Sequence::reorder && number < 2) return false;
    if (!takes_texts(line) || !takes_dates(line)) return false;
    if (!sellers_.empty()) {
        const MemberIndex seller = orders_.seller[line];
        if (seller == no_member) return false;
        ensure(sellers_[seller] != 0, "an order filter asks for its seller where nobody answers");
        if (sellers_[seller] != 1) return false;
    }
    return negated_.empty() || !negated_.front().takes(line);
}

bool OrderMatcher::takes_texts(OrderLineIndex line) const {
    const OrderLines& lines = snapshot_.orders;
    return holds(kinds_, lines.kind, line) && holds(categories_, lines.category, line) &&
           holds(skus_, lines.sku, line);
}

/// The month of the first order is month 1; 0 for an order that is in no sequence.
std::int32_t OrderMatcher::month_since_first(OrderLineIndex line) const {
    const OrderLines& lines = snapshot_.orders;
    if (orders_.sequence[lines.order[line]] == 0) return 0;
    return month_number(lines.ordered_on[line]) -
           month_number(orders_.sequences_after.first_on[lines.sequence_of(line)]) + 1;
}

bool OrderMatcher::takes_dates(OrderLineIndex line) const {
    if (!has_dates_) return true;
    const Day ordered_on = snapshot_.orders.ordered_on[line];
    const Day joined_on = snapshot_.members.joined_on[snapshot_.orders.buyer[line]];
    if (filter_.within_days_of_joining) {
        const Day days = ordered_on - joined_on;
        if (days < 0 || days > *filter_.within_days_of_joining) return false;
    }
    if (filter_.within_months_of_joining) {
        const std::int32_t month = month_number(ordered_on) - month_number(joined_on) + 1;
        if (month < 1 || month > *filter_.within_months_of_joining) return false;
    }
    if (filter_.months_since_first) {
        const std::int32_t month = month_since_first(line);
        const auto [from, to] = *filter_.months_since_first;
        if (month < from || month > to || month == 0) return false;
    }
    return true;
}

Weighted weigh(const Plan& plan, const Snapshot& snapshot, const NetOrders& orders,
               std::string_view bonus_code) {
    Weighted weighted{orders.volume_centipoints.lend(), orders.qualifying_centipoints.lend()};
    const auto apply = [&](auto share_of, Column<std::int64_t>& column) {
        std::vector<std::pair<OrderMatcher, std::int64_t>> weights;
        for (const Weight& weight : plan.weights)
            if (share_of(weight) &&
                std::ranges::find(weight.except, bonus_code) == weight.except.end())
                weights.emplace_back(OrderMatcher(weight.orders, snapshot, orders),
                                     *share_of(weight));
        if (weights.empty()) return;
        const OrderLineIndex count = snapshot.orders.count;
        for (OrderLineIndex line = 0; line < count; ++line)
            column.change(line, weighted_value(column[line], line, weights, plan.rounding), count);
    };
    apply(std::mem_fn(&Weight::volume_ppm), weighted.volume_centipoints);
    apply(std::mem_fn(&Weight::qualifying_volume_ppm), weighted.qualifying_centipoints);
    return weighted;
}

}  // namespace downline
