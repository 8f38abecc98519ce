// Measures: see the header. Values are by member; work over a tree is by position.
#include "engine/measures.hpp"

#include <algorithm>

#include "engine/errors.hpp"

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

/// What everyone contributes to a measure over members: a value, or 1 for who counts.
Values contributions(const MeasurePass& pass, const Measure& measure, const Standing& standing,
                     const Forest& forest) {
    Values value(forest.count());
    const bool is_count = measure.source == Measure::Source::count_members;
    for (Position p = 0; p < forest.count(); ++p) {
        const MemberIndex member = forest.member()[p];
        if (!is_count) {
            value[p] = standing.measures[measure.of][member];
        } else {
            value[p] = pass.snapshot.members.status[member] != Status::terminated &&
                       (!measure.where || pass.examiner.meets(*measure.where, member));
        }
    }
    return value;
}

/// Everyone's value goes to oneself and to all within `levels` links above: what lies further up
/// gets it from below and has it taken away again at the first place beyond.
Values sum_downline(const Forest& forest, const Measure& measure, const Values& value) {
    Values reach = value;
    if (measure.levels && *measure.levels < forest.count()) {
        const std::vector<Position> beyond = ancestor_at(forest, *measure.levels + 1);
        for (Position p = 0; p < forest.count(); ++p)
            if (beyond[p] != no_position) reach[beyond[p]] -= value[p];
    }
    Values sum = roll_up(forest, reach);
    if (!measure.with_self)
        for (Position p = 0; p < forest.count(); ++p) sum[p] -= value[p];
    return sum;
}

Values sum_frontline(const Forest& forest, const Values& value) {
    Values sum(forest.count(), 0);
    for (Position p = 0; p < forest.count(); ++p)
        if (forest.parent()[p] != no_position)
            sum[forest.parent()[p]] = add_checked(sum[forest.parent()[p]], value[p]);
    return sum;
}

Values over_members(const MeasurePass& pass, const Measure& measure, const Standing& standing) {
    const Forest& forest = pass.trees.of(measure.tree);
    const Values value = contributions(pass, measure, standing, forest);
    const bool is_frontline = measure.over == Measure::Over::frontline;
    ensure(is_frontline || measure.over == Measure::Over::downline, "a measure over legs");
    const Values by_position =
        is_frontline ? sum_frontline(forest, value) : sum_downline(forest, measure, value);
    Values result(pass.snapshot.members.count, 0);
    for (Position p = 0; p < forest.count(); ++p) result[forest.member()[p]] = by_position[p];
    return result;
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
    if (measure.source != Measure::Source::count_members)
        needs = needs_of(plan, plan.measures[measure.of]);
    if (measure.where) needs = std::max(needs, needs_of(plan, *measure.where));
    if (measure.until) needs = std::max(needs, needs_of(plan, *measure.until));
    return needs;
}

void MeasurePass::compute(Standing& standing, Needs needs) const {
    const auto is_computed = [&](std::size_t m) { return !standing.measures[m].empty(); };
    const std::uint32_t count = snapshot.members.count;
    // A measure may be made of a later one of the file; the checker has refused cycles.
    const auto compute_one = [&](const auto& self, std::size_t m) -> void {
        const Measure& measure = plan.measures[m];
        if (is_computed(m) || count == 0 || needs_of(plan, measure) != needs) return;
        if (measure.source == Measure::Source::orders) {
            standing.measures[m] = sum_orders(*this, measure);
            return;
        }
        const auto compute_asked = [&](const std::optional<Requirement>& asked) {
            if (!asked) return;
            for (const auto& tests : asked->alternatives)
                for (const Test& test : tests)
                    if (test.kind == Test::Kind::measure) self(self, test.measure);
        };
        compute_asked(measure.where);
        if (measure.source == Measure::Source::over_members) self(self, measure.of);
        standing.measures[m] = over_members(*this, measure, standing);
    };
    for (std::size_t m = 0; m < plan.measures.size(); ++m) compute_one(compute_one, m);
}

}  // namespace downline
