// Columns with rows put in between: see the header.
#include "engine/suppose.hpp"

#include <algorithm>
#include <functional>

#include "engine/errors.hpp"

namespace downline {

namespace {

/// A column of the new orders: `were` old rows keep their order, new ones stand where `from` says
/// (an old row's index, or `were` + that of a supposed one). An empty column had `otherwise`.
template <typename T, typename Otherwise, typename Supposed>
void put_between(std::vector<T>& column, const std::vector<std::uint32_t>& from, std::uint32_t were,
                 const Otherwise& otherwise, const Supposed& supposed) {
    std::vector<T> all(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from[i] >= were) all[i] = supposed(from[i] - were);
        else all[i] = column.empty() ? otherwise(from[i]) : column[from[i]];
    }
    column = std::move(all);
}

/// The place of a text in the column's list; it is added where it is new.
std::uint32_t place_of(TextColumn& column, const std::string& text) {
    const auto found = std::ranges::find(column.texts, text);
    const auto place = static_cast<std::uint32_t>(found - column.texts.begin());
    if (found == column.texts.end()) column.texts.push_back(text);
    return place;
}

/// Which row stands where: old rows by day, then the supposed ones of that day.
std::vector<std::uint32_t> places(const OrderLines& lines,
                                  const std::vector<SupposedOrder>& supposed) {
    std::vector<std::uint32_t> from;
    std::size_t next = 0;
    const auto take_before = [&](Day day) {
        for (; next < supposed.size() && supposed[next].ordered_on < day; ++next)
            from.push_back(lines.count + static_cast<std::uint32_t>(next));
    };
    for (OrderLineIndex line = 0; line < lines.count; ++line) {
        take_before(lines.ordered_on[line]);
        from.push_back(line);
    }
    take_before(INT32_MAX);
    return from;
}

}  // namespace

Snapshot with_orders(Snapshot snapshot, std::vector<SupposedOrder> supposed) {
    std::ranges::stable_sort(supposed, {}, [](const SupposedOrder& order) {
        return std::pair(order.ordered_on, order.order);
    });
    for (const SupposedOrder& order : supposed)
        ensure(order.buyer < snapshot.members.count && snapshot.period.first <= order.ordered_on &&
                   order.ordered_on <= snapshot.period.last,
               "a supposed order is outside of the period or its network");
    OrderLines& lines = snapshot.orders;
    const std::uint32_t were = lines.count;
    const std::vector<std::uint32_t> from = places(lines, supposed);
    std::vector<OrderLineIndex> now(were);
    for (std::uint32_t i = 0; i < from.size(); ++i)
        if (from[i] < were) now[from[i]] = i;
    for (ReturnOfLine& line : snapshot.returns) line.order_line = now[line.order_line];

    const std::vector<std::int64_t> amount_before = lines.amount_minor;
    const std::vector<std::int64_t> volume_before =
        lines.volume_centipoints.empty() ? amount_before : lines.volume_centipoints;
    const auto put = [&](auto& column, const auto& otherwise, auto field) {
        put_between(column, from, were, otherwise,
                    [&](std::size_t i) { return std::invoke(field, supposed[i]); });
    };
    const auto constant = [](auto value) { return [value](std::uint32_t) { return value; }; };
    put(lines.qualifying_centipoints, [&](std::uint32_t i) { return volume_before[i]; },
        &SupposedOrder::qualifying_centipoints);
    put(lines.volume_centipoints, [&](std::uint32_t i) { return amount_before[i]; },
        &SupposedOrder::volume_centipoints);
    put(lines.amount_minor, constant(std::int64_t{0}), &SupposedOrder::amount_minor);
    put(lines.cost_minor, constant(std::int64_t{-1}), &SupposedOrder::cost_minor);
    put(lines.quantity, constant(std::uint32_t{1}), &SupposedOrder::quantity);
    put(lines.creator, constant(no_member), &SupposedOrder::creator);
    put(lines.ordered_on, constant(Day{}), &SupposedOrder::ordered_on);
    if (!lines.sequence.empty())  // a supposed order is in no contract
        put(lines.sequence, constant(std::uint32_t{0}), &SupposedOrder::buyer);
    put(lines.buyer, constant(no_member), &SupposedOrder::buyer);
    const auto put_text = [&](TextColumn& column, auto field) {
        put(column.of, constant(std::uint32_t{0}), [&](const SupposedOrder& order) {
            return place_of(column, std::invoke(field, order));
        });
    };
    put_text(lines.sku, &SupposedOrder::sku);
    put_text(lines.category, &SupposedOrder::category);
    put_text(lines.kind, &SupposedOrder::kind);
    // Numbers of orders ascend; those of supposed ones are told apart from the old ones.
    std::vector<std::int64_t> number(from.size());
    for (std::size_t i = 0; i < from.size(); ++i)
        number[i] = from[i] < were ? std::int64_t{lines.order[from[i]]}
                                   : -1 - std::int64_t{supposed[from[i] - were].order};
    lines.order.assign(from.size(), 0);
    std::uint32_t order = 0;
    for (std::size_t i = 1; i < from.size(); ++i)
        lines.order[i] = number[i] == number[i - 1] ? order : ++order;
    lines.count = static_cast<std::uint32_t>(from.size());
    snapshot.order_count = from.empty() ? 0 : order + 1;
    return snapshot;
}

}  // namespace downline
