// Measures: see the header. Values are by member; work over a tree is by position.
#include "engine/measures.hpp"

#include <algorithm>

#include "engine/order_measures.hpp"
#include "engine/windows.hpp"

namespace downline {

std::vector<std::uint8_t> measures_asked_by_leg(const Plan& plan) {
    std::vector<std::uint8_t> is_asked(plan.measures.size(), 0);
    each_test(plan, [&](const Test& test) {
        if (test.max_per_leg_ppm) is_asked[test.measure] = 1;
    });
    return is_asked;
}

RangeSums::RangeSums(std::size_t count, Order order) : order_(order), sums_(count + 1, 0) {}

void RangeSums::add(Position p, std::int64_t value) {
    if (order_ == Order::descending) {
        sums_[p] = add_checked(sums_[p + 1], value);
        return;
    }
    for (std::size_t i = std::size_t{p} + 1; i < sums_.size(); i += i & (~i + 1))
        sums_[i] = add_checked(sums_[i], value);
}

std::int64_t RangeSums::before(Position last) const {
    std::int64_t sum = 0;
    for (std::size_t i = last; i > 0; i -= i & (~i + 1)) sum += sums_[i];
    return sum;
}

std::int64_t RangeSums::sum(Position first, Position last) const {
    return order_ == Order::descending ? sums_[first] - sums_[last] : before(last) - before(first);
}

TreeMeasure::TreeMeasure(const MeasurePass& pass, MeasureIndex index, Standing& standing,
                         Order order)
    : pass_(pass),
      measure_(pass.plan.measures[index]),
      forest_(pass.trees.of(measure_.tree)),
      standing_(standing),
      values_(standing.measures[index]),
      as_leg_(standing.as_leg[index]),
      asks_levels_(!measure_.only_enrolled &&
                   (measure_.over == Measure::Over::frontline || measure_.levels ||
                    !measure_.weights.empty())),
      stops_by_level_(asks_levels_ && measure_.until) {
    values_.assign(pass.snapshot.members.count, 0);
    if (pass.is_asked_by_leg[index]) as_leg_.assign(pass.snapshot.members.count, 0);
    if (stops_by_level_) below_.resize(forest_.count());
    else if (asks_levels_) given_ = RangeSums(forest_.count(), order);
    else leg_.assign(forest_.count(), 0);
    if (measure_.only_enrolled) preorder_ = preorder_of(forest_);
}

/// What a member gives: its value of the measure that is summed, or 1 where it counts.
std::int64_t TreeMeasure::contribution(Position p) const {
    const MemberIndex member = forest_.member()[p];
    if (measure_.source == Measure::Source::over_members)
        return standing_.measures[measure_.of][member];
    return pass_.snapshot.members.status[member] != Status::terminated &&
           (!measure_.where || pass_.examiner.meets(*measure_.where, member));
}

/// How many levels below are looked at.
std::size_t TreeMeasure::level_max() const {
    if (measure_.over == Measure::Over::frontline) return 1;
    const std::size_t most = measure_.levels.value_or(UINT32_MAX);
    return measure_.weights.empty() ? most : std::min(most, measure_.weights.size());
}

/// Level after level of a downline is a range of positions.
std::int64_t TreeMeasure::levels_of(std::pair<Position, Position> range) const {
    const std::size_t most = level_max();
    std::int64_t sum = 0;
    for (std::size_t level = 1; level <= most && range.first < range.second; ++level) {
        const std::int64_t weight = measure_.weights.empty() ? 1 : measure_.weights[level - 1];
        sum = add_checked(sum, multiply_checked(weight, given_.sum(range.first, range.second)));
        range = forest_.children(range);
    }
    return sum;
}

std::int64_t TreeMeasure::by_levels(Position p) const {
    const bool counts_self = measure_.with_self && measure_.over != Measure::Over::frontline;
    const std::int64_t below = levels_of(forest_.children({p, p + 1}));
    return counts_self ? add_checked(below, contribution(p)) : below;
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

std::int64_t TreeMeasure::by_depth(Position p) const {
    const std::vector<std::int64_t>& levels = below_[p];
    const std::size_t most = std::min(levels.size(), level_max());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < most; ++i) {
        const std::int64_t weight = measure_.weights.empty() ? 1 : measure_.weights[i];
        sum = add_checked(sum, multiply_checked(weight, levels[levels.size() - 1 - i]));
    }
    return sum;
}

/// Level by level, into the deepest of the children's: what is added disappears, so all of it
/// together is linear.
void TreeMeasure::gather_below(Position p) {
    std::vector<std::int64_t>& levels = below_[p];
    for (Position c = forest_.first_child(p); c < forest_.first_child(p + 1); ++c) {
        std::vector<std::int64_t>& child = below_[c];
        if (child.size() > levels.size()) std::swap(child, levels);
        const std::size_t deeper = levels.size() - child.size();
        for (std::size_t i = 0; i < child.size(); ++i)
            levels[deeper + i] = add_checked(levels[deeper + i], child[i]);
        child = {};
    }
}

void TreeMeasure::gather_enrolled(Position p) {
    const Position first = forest_.first_child(p), last = forest_.first_child(p + 1);
    std::fill(leg_.begin() + first, leg_.begin() + last, 0);
    const Forest& enrollers = pass_.trees.of(Tree::enroller);
    const Position by = enrollers.position()[forest_.member()[p]];
    for (Position e = enrollers.first_child(by); e < enrollers.first_child(by + 1); ++e) {
        const Position enrolled = forest_.position()[enrollers.member()[e]];
        const std::uint32_t number = preorder_.first[enrolled];
        if (number <= preorder_.first[p] || number >= preorder_.last[p]) continue;
        const std::size_t level = forest_.depth()[enrolled] - forest_.depth()[p];
        if (level > level_max()) continue;
        const std::int64_t weight = measure_.weights.empty() ? 1 : measure_.weights[level - 1];
        // The leg is the last child whose numbers begin at this one or before.
        const auto after = std::upper_bound(preorder_.first.begin() + first,
                                            preorder_.first.begin() + last, number);
        std::int64_t& leg = leg_[static_cast<std::size_t>(after - preorder_.first.begin()) - 1];
        leg = add_checked(leg, multiply_checked(weight, contribution(enrolled)));
    }
    if (as_leg_.empty()) return;
    for (Position c = first; c < last; ++c) as_leg_[forest_.member()[c]] = leg_[c];
}

void TreeMeasure::visit(Position p) {
    if (measure_.only_enrolled) gather_enrolled(p);
    if (stops_by_level_) {
        gather_below(p);
        const std::int64_t own = measure_.with_self ? contribution(p) : 0;
        values_[forest_.member()[p]] = add_checked(by_depth(p), own);
        return;
    }
    values_[forest_.member()[p]] = asks_levels_ ? by_levels(p) : by_legs(p);
}

void TreeMeasure::note(Position p) {
    if (measure_.only_enrolled) return;  // it gives to one above, who asks for it
    const MemberIndex member = forest_.member()[p];
    const std::int64_t given = contribution(p);
    const bool is_stop = measure_.until &&
                         pass_.snapshot.members.status[member] != Status::terminated &&
                         pass_.examiner.meets(*measure_.until, member);
    if (stops_by_level_) {
        if (is_stop) below_[p] = {};
        else below_[p].push_back(given);
        if (!as_leg_.empty()) as_leg_[member] = by_depth(p);
        return;
    }
    if (asks_levels_) {
        given_.add(p, given);
        if (!as_leg_.empty()) as_leg_[member] = levels_of({p, p + 1});
        return;
    }
    if (is_stop) return;
    std::int64_t sum = given;
    for (Position c = forest_.first_child(p); c < forest_.first_child(p + 1); ++c)
        sum = add_checked(sum, leg_[c]);
    leg_[p] = sum;
    if (!as_leg_.empty()) as_leg_[member] = sum;
}

void MeasurePass::compute(Standing& standing, Needs needs) const {
    for (const MeasureIndex m : order.measures) {
        const Measure& measure = plan.measures[m];
        if (!standing.measures[m].empty() || order.needs[m] != needs) continue;
        if (measure.source == Measure::Source::orders) {
            standing.measures[m] = sum_orders(*this, measure);
            continue;
        }
        if (measure.source == Measure::Source::window) {
            WindowMeasure window(*this, m, standing);
            for (const MemberIndex member : trees.sponsor.member()) window.visit(member);
            continue;
        }
        TreeMeasure tree_measure(*this, m, standing);
        for (Position p = trees.of(measure.tree).count(); p-- > 0;) {
            tree_measure.visit(p);
            tree_measure.note(p);
        }
    }
}

}  // namespace downline
