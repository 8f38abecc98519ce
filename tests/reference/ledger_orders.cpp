// Orders as they count: returns taken off, numbered per buyer and contract, weighted, filtered.
#include <algorithm>

#include "tests/reference/arithmetic.hpp"
#include "tests/reference/ledger.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

Ledger::Ledger(const Plan& the_plan, const Snapshot& snapshot, const Past& the_past)
    : plan(the_plan), in(snapshot), past(the_past) {
    for (const Tree tree : {Tree::sponsor, Tree::enroller, Tree::placement}) {
        auto& children = children_[tree];
        children.resize(in.members.count);
        for (MemberIndex member = 0; member < in.members.count; ++member)
            if (parent(member, tree) != no_member) children[parent(member, tree)].push_back(member);
    }
    subtract_returns();
    number_orders();
}

/// SPEC 9.10, 9.19: everything in proportion to the amount; volume as a return states it, else in
/// proportion; of all returns of a line together, rounded once.
void Ledger::subtract_returns() {
    const OrderLines& orders = in.orders;
    is_order_fully_returned.assign(in.order_count, 0);
    std::vector<std::int64_t> order_amount(in.order_count), order_returned(in.order_count);
    std::vector<std::uint8_t> has_return(in.order_count);
    for (OrderLineIndex i = 0; i < orders.count; ++i) {
        const std::int64_t amount = orders.amount_minor[i];
        const std::int64_t volume =
            orders.volume_centipoints.empty() ? amount : orders.volume_centipoints[i];
        std::int64_t returned = 0;
        std::int64_t returned_without_volume = 0;
        std::int64_t stated_volume = 0;
        bool is_returned = false;
        bool is_all_stated = true;
        for (const ReturnOfLine& back : in.returns) {
            if (back.order_line != i) continue;
            is_returned = true;
            returned += back.amount_minor;
            if (back.volume_centipoints >= 0) {
                stated_volume += back.volume_centipoints;
            } else {
                is_all_stated = false;
                returned_without_volume += back.amount_minor;
            }
        }
        // The whole amount takes the whole; a free line is returned as a whole.
        const auto left = [&](std::int64_t whole, std::int64_t part) {
            if (!is_returned) return whole;
            if (amount == 0) return std::int64_t{0};
            return whole - rounded({whole, part}, {amount}, plan.rounding);
        };
        NetLine line;
        line.index = i;
        line.order = orders.order[i];
        line.buyer = orders.buyer[i];
        line.seller = seller_of(line.buyer);
        line.ordered_on = orders.ordered_on[i];
        line.amount_minor = amount - returned;
        line.volume_centipoints =
            is_all_stated ? volume - stated_volume
                          : std::max<std::int64_t>(0, left(volume, returned_without_volume) -
                                                          stated_volume);
        const std::int64_t qualifying = orders.qualifying_centipoints.empty()
                                            ? volume
                                            : orders.qualifying_centipoints[i];
        line.qualifying_centipoints = left(qualifying, returned);
        line.quantity = left(orders.quantity.empty() ? 1 : orders.quantity[i], returned);
        if (!orders.cost_minor.empty() && orders.cost_minor[i] >= 0)
            line.cost_minor = left(orders.cost_minor[i], returned);
        lines.push_back(line);
        order_amount[line.order] += amount;
        order_returned[line.order] += returned;
        if (is_returned) has_return[line.order] = 1;
    }
    for (std::uint32_t order = 0; order < in.order_count; ++order)
        is_order_fully_returned[order] =
            has_return[order] && order_returned[order] >= order_amount[order];
    for (NetLine& line : lines) line.is_fully_returned = is_order_fully_returned[line.order];
}

/// SPEC 3.4 and 9.29: the n-th order of the buyer (or its contract), by (ordered_on, order_id).
void Ledger::number_orders() {
    orders_after = in.sequences.orders_before;
    first_on_after = in.sequences.first_on;
    std::map<std::uint32_t, std::int64_t> number_of_order;
    for (NetLine& line : lines) {
        if (line.is_fully_returned) continue;
        const std::uint32_t row = in.orders.sequence_of(line.index);
        if (!number_of_order.contains(line.order)) {
            if (orders_after[row] == 0) first_on_after[row] = line.ordered_on;
            number_of_order[line.order] = ++orders_after[row];
        }
        line.sequence = number_of_order[line.order];
        line.sequence_first_on = first_on_after[row];
    }
}

MemberIndex Ledger::seller_of(MemberIndex buyer) const {
    MemberIndex member = buyer;
    while (member != no_member && !is_affiliate(member)) member = in.members.sponsor[member];
    return member;
}

bool Ledger::takes(const OrderFilter& filter, const NetLine& line, Titles titles) const {
    if (!takes_itself(filter, line, titles)) return false;
    return !filter.negated || !takes(*filter.negated, line, titles);
}

bool Ledger::takes_itself(const OrderFilter& filter, const NetLine& line, Titles titles) const {
    const bool is_by_affiliate = is_affiliate(line.buyer);
    if (filter.buyer == OrderFilter::Buyer::customer && is_by_affiliate) return false;
    if (filter.buyer == OrderFilter::Buyer::affiliate && !is_by_affiliate) return false;
    if (filter.sequence == OrderFilter::Sequence::first && line.sequence != 1) return false;
    if (filter.sequence == OrderFilter::Sequence::reorder &&
        (!line.sequence || *line.sequence < 2))
        return false;
    const auto is_among = [&](const std::vector<std::string>& names, const TextColumn& column) {
        return names.empty() ||
               std::count(names.begin(), names.end(), column.texts[column[line.index]]) > 0;
    };
    if (!is_among(filter.kinds, in.orders.kind)) return false;
    if (!is_among(filter.categories, in.orders.category)) return false;
    if (!is_among(filter.skus, in.orders.sku)) return false;
    if (!is_in_windows(filter, line)) return false;
    if (filter.seller &&
        (line.seller == no_member || !meets(line.seller, *filter.seller, titles)))
        return false;
    return true;
}

/// SPEC 9.11: 0 to n days after joining; the month of joining or of the first order is month 1.
bool Ledger::is_in_windows(const OrderFilter& filter, const NetLine& line) const {
    const Day joined_on = in.members.joined_on[line.buyer];
    if (filter.within_days_of_joining) {
        const Day days = line.ordered_on - joined_on;
        if (days < 0 || days > *filter.within_days_of_joining) return false;
    }
    if (filter.within_months_of_joining) {
        const int month = month_number(line.ordered_on) - month_number(joined_on) + 1;
        if (month < 1 || month > *filter.within_months_of_joining) return false;
    }
    if (filter.months_since_first) {
        if (!line.sequence) return false;
        const int month =
            month_number(line.ordered_on) - month_number(line.sequence_first_on) + 1;
        if (month < filter.months_since_first->first || month > filter.months_since_first->second)
            return false;
    }
    return true;
}

std::int64_t Ledger::volume(const NetLine& line, const std::string& bonus_code) const {
    return weighted(line, bonus_code, false);
}

std::int64_t Ledger::qualifying(const NetLine& line, const std::string& bonus_code) const {
    return weighted(line, bonus_code, true);
}

/// SPEC 9.10, 9.22: all matching weights multiply, rounded once; a bonus does not see those that
/// except it.
std::int64_t Ledger::weighted(const NetLine& line, const std::string& bonus_code,
                              bool is_qualifying) const {
    std::vector<std::int64_t> shares;
    for (const Weight& weight : plan.weights) {
        const auto& share = is_qualifying ? weight.qualifying_volume_ppm : weight.volume_ppm;
        if (!share || !takes(weight.orders, line, Titles::before)) continue;
        if (std::count(weight.except.begin(), weight.except.end(), bonus_code) > 0) continue;
        shares.push_back(*share);
    }
    if (shares.size() > 3) throw NotCovered("more than three weights on an order line");
    shares.resize(3, 1'000'000);
    return rounded({is_qualifying ? line.qualifying_centipoints : line.volume_centipoints,
                    shares[0], shares[1], shares[2]},
                   {1'000'000, 1'000'000, 1'000'000}, plan.rounding);
}

}  // namespace downline::reference
