// Measures: see the header. Values are by member; work over a tree is by position.
#include "engine/measures.hpp"

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/windows.hpp"

namespace downline {

namespace {

using Values = std::vector<std::int64_t>;

Needs needs_of_filter(const Plan& plan, const OrderFilter& filter) {
    Needs needs = Needs::nothing;
    if (filter.seller) needs = needs_of(plan, *filter.seller);
    if (filter.negated) needs = std::max(needs, needs_of_filter(plan, *filter.negated));
    return needs;
}

std::int64_t order_value(const MeasurePass& pass, const Measure& measure, OrderLineIndex line) {
    switch (measure.column) {
        case Measure::Column::volume: return pass.weighted.volume_centipoints[line];
        case Measure::Column::qualifying_volume: return pass.weighted.qualifying_centipoints[line];
        case Measure::Column::amount: return pass.orders.amount_minor[line];
        case Measure::Column::quantity: return pass.orders.quantity[line];
        case Measure::Column::order_count: return 1;
    }
    return 0;
}

/// A customer's orders count for its seller. An order counts once, and not when fully returned.
Values sum_orders(const MeasurePass& pass, const Measure& measure) {
    const OrderMatcher matcher(
        measure.orders, pass.snapshot, pass.orders,
        [&pass](const Requirement& asked, MemberIndex m) { return pass.examiner.meets(asked, m); });
    const bool is_count = measure.column == Measure::Column::order_count;
    Values sum(pass.snapshot.members.count, 0);
    std::uint32_t counted_order = 0xffff'ffff;
    for (OrderLineIndex line = 0; line < pass.snapshot.orders.count; ++line) {
        const MemberIndex seller = pass.orders.seller[line];
        const bool is_wanted =
            pass.orders.is_from_customer[line] ? measure.from_customers : measure.from_self;
        if (seller == no_member || !is_wanted || !matcher.takes(line)) continue;
        const std::uint32_t order = pass.snapshot.orders.order[line];
        if (is_count && (pass.orders.is_returned[order] || order == counted_order)) continue;
        counted_order = order;
        sum[seller] = add_checked(sum[seller], order_value(pass, measure, line));
    }
    return sum;
}

}  // namespace

Needs needs_of(const Plan& plan, const Requirement& requirement) {
    Needs needs = Needs::nothing;
    for (const std::vector<Test>& tests : requirement.alternatives) {
        for (const Test& test : tests) {
            if (test.kind == Test::Kind::measure)
                needs = std::max(needs, needs_of(plan, plan.measures[test.measure]));
            if (test.kind == Test::Kind::active) needs = std::max(needs, Needs::active);
            if (test.kind == Test::Kind::rank) needs = Needs::rank;  // titles are those before the run
            if (test.each) needs = std::max(needs, needs_of(plan, *test.each));
        }
    }
    return needs;
}

Needs needs_of(const Plan& plan, const Measure& measure) {
    if (measure.source == Measure::Source::orders) return needs_of_filter(plan, measure.orders);
    Needs needs = Needs::nothing;
    const bool is_count = measure.source == Measure::Source::count_members ||
                          (measure.source == Measure::Source::window &&
                           measure.window == Measure::Window::count);
    if (!is_count) needs = needs_of(plan, plan.measures[measure.of]);
    if (measure.where) needs = std::max(needs, needs_of(plan, *measure.where));
    if (measure.until) needs = std::max(needs, needs_of(plan, *measure.until));
    return needs;
}

TreeMeasure::TreeMeasure(const MeasurePass& pass, MeasureIndex index, Standing& standing)
    : pass_(pass),
      measure_(pass.plan.measures[index]),
      forest_(pass.trees.of(measure_.tree)),
      standing_(standing),
      values_(standing.measures[index]),
      asks_levels_(measure_.over == Measure::Over::frontline || measure_.levels ||
                   !measure_.weights.empty()) {
    values_.assign(pass.snapshot.members.count, 0);
    if (asks_levels_) after_.assign(forest_.count() + 1U, 0);
    else leg_.assign(forest_.count(), 0);
}

/// What a member gives: its value of the measure that is summed, or 1 where it counts.
std::int64_t TreeMeasure::contribution(Position p) const {
    const MemberIndex member = forest_.member()[p];
    if (measure_.source == Measure::Source::over_members)
        return standing_.measures[measure_.of][member];
    return pass_.snapshot.members.status[member] != Status::terminated &&
           (!measure_.where || pass_.examiner.meets(*measure_.where, member));
}

/// Level after level of the downline is a range of positions.
std::int64_t TreeMeasure::by_levels(Position p) const {
    const bool is_frontline = measure_.over == Measure::Over::frontline;
    const std::size_t level_max = !measure_.weights.empty() ? measure_.weights.size()
                                  : is_frontline            ? 1
                                                            : *measure_.levels;
    std::int64_t sum = measure_.with_self && !is_frontline ? contribution(p) : 0;
    std::pair<Position, Position> range = forest_.children({p, p + 1});
    for (std::size_t level = 1; level <= level_max && range.first < range.second; ++level) {
        const std::int64_t weight = measure_.weights.empty() ? 1 : measure_.weights[level - 1];
        const std::int64_t given = after_[range.first] - after_[range.second];
        if (measure_.levels && level > *measure_.levels) break;
        sum = add_checked(sum, multiply_checked(weight, given));
        range = forest_.children(range);
    }
    return sum;
}

std::int64_t TreeMeasure::by_legs(Position p) const {
    std::int64_t sum = 0, greatest = 0, least = INT64_MAX, chosen = 0;
    const Position first = forest_.first_child(p), last = forest_.first_child(p + 1);
    for (Position c = first; c < last; ++c) {
        sum = add_checked(sum, leg_[c]);
        greatest = std::max(greatest, leg_[c]);
        least = std::min(least, leg_[c]);
        if (measure_.over == Measure::Over::leg && !pass_.snapshot.members.leg.empty() &&
            pass_.snapshot.members.leg[forest_.member()[c]] == measure_.leg)
            chosen = leg_[c];
    }
    switch (measure_.over) {
        case Measure::Over::leg: return chosen;
        case Measure::Over::lesser_leg: return last - first < 2 ? 0 : least;
        case Measure::Over::greater_leg: return greatest;
        case Measure::Over::outside_greatest_leg: return sum - greatest;
        case Measure::Over::downline:
        case Measure::Over::frontline: break;
    }
    return measure_.with_self ? add_checked(sum, contribution(p)) : sum;
}

void TreeMeasure::visit(Position p) {
    values_[forest_.member()[p]] = asks_levels_ ? by_levels(p) : by_legs(p);
}

void TreeMeasure::note(Position p) {
    const std::int64_t given = contribution(p);
    if (asks_levels_) {
        after_[p] = add_checked(after_[p + 1], given);
        return;
    }
    const MemberIndex member = forest_.member()[p];
    if (measure_.until && pass_.examiner.meets(*measure_.until, member)) return;
    std::int64_t sum = given;
    for (Position c = forest_.first_child(p); c < forest_.first_child(p + 1); ++c)
        sum = add_checked(sum, leg_[c]);
    leg_[p] = sum;
}

void MeasurePass::compute(Standing& standing, Needs needs) const {
    for (std::size_t m = 0; m < plan.measures.size(); ++m) {
        const Measure& measure = plan.measures[m];
        if (!standing.measures[m].empty() || needs_of(plan, measure) != needs) continue;
        if (measure.source == Measure::Source::orders) {
            standing.measures[m] = sum_orders(*this, measure);
            continue;
        }
        if (measure.source == Measure::Source::window) {
            WindowMeasure window(*this, static_cast<MeasureIndex>(m), standing);
            for (const MemberIndex member : trees.sponsor.member()) window.visit(member);
            continue;
        }
        TreeMeasure tree_measure(*this, static_cast<MeasureIndex>(m), standing);
        for (Position p = trees.of(measure.tree).count(); p-- > 0;) {
            tree_measure.visit(p);
            tree_measure.note(p);
        }
    }
}

}  // namespace downline
