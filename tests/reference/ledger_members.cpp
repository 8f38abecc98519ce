// Members: the trees as they are, measures, requirements, who is active, ranks.
#include <algorithm>

#include "tests/reference/arithmetic.hpp"
#include "tests/reference/ledger.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

bool Ledger::is_affiliate(MemberIndex member) const {
    return in.members.kind[member] == MemberKind::affiliate;
}

bool Ledger::is_terminated(MemberIndex member) const {
    return in.members.status[member] == Status::terminated;
}

MemberIndex Ledger::parent(MemberIndex member, Tree tree) const {
    if (tree == Tree::placement)
        return in.members.placement.empty() ? no_member : in.members.placement[member];
    const bool has_enrollers = !in.members.enroller.empty();
    return tree == Tree::enroller && has_enrollers ? in.members.enroller[member]
                                                   : in.members.sponsor[member];
}

/// A member's direct affiliates: customers are no legs.
std::vector<MemberIndex> Ledger::frontline(MemberIndex member, Tree tree) const {
    std::vector<MemberIndex> direct;
    for (const MemberIndex child : children_.at(tree)[member])
        if (is_affiliate(child)) direct.push_back(child);
    return direct;
}

// ── Measures ─────────────────────────────────────────────────────────────────────────────────

std::int64_t Ledger::measure(MemberIndex member, MeasureIndex index) const {
    if (!is_affiliate(member)) return 0;
    const Measure& measure = plan.measures[index];
    switch (measure.source) {
        case Measure::Source::orders: return order_measure(member, measure);
        case Measure::Source::over_members:
        case Measure::Source::count_members: return member_measure(member, measure);
        case Measure::Source::window: return window_measure(member, measure);
    }
    throw NotCovered("measure " + measure.name);
}

/// Own orders and those of one's customers: an order belongs to its seller, once.
std::int64_t Ledger::order_measure(MemberIndex member, const Measure& measure) const {
    const auto known = order_measure_found_.find({member, &measure});
    if (known != order_measure_found_.end()) return known->second;
    if (measure.column == Measure::Column::customer_count) return count_customers(member, measure);
    std::int64_t sum = 0;
    std::set<std::uint32_t> orders;
    for (const NetLine& line : lines) {
        if (line.seller != member) continue;
        const bool is_own = line.buyer == member;
        if (is_own ? !measure.from_self : !measure.from_customers) continue;
        if (!takes(measure.orders, line, Titles::before)) continue;
        switch (measure.column) {
            case Measure::Column::volume: sum += volume(line, ""); break;
            case Measure::Column::qualifying_volume: sum += qualifying(line, ""); break;
            case Measure::Column::amount: sum += line.amount_minor; break;
            case Measure::Column::quantity: sum += line.quantity; break;
            case Measure::Column::order_count:
                if (!line.is_fully_returned) orders.insert(line.order);
                break;
            case Measure::Column::customer_count: break;
        }
    }
    if (measure.column == Measure::Column::order_count)
        sum = static_cast<std::int64_t>(orders.size());
    const bool may_ask_for_ranks = measure.orders.seller || measure.orders.negated;
    if (trials_.empty() || !may_ask_for_ranks) order_measure_found_[{member, &measure}] = sum;
    return sum;
}

/// Customers of the member with an order that stands, who bought all that is asked.
std::int64_t Ledger::count_customers(MemberIndex member, const Measure& measure) const {
    std::int64_t count = 0;
    for (MemberIndex customer = 0; customer < in.members.count; ++customer) {
        const bool is_mine = !is_affiliate(customer) && seller_of(customer) == member;
        if (!is_mine || bought(customer, measure, Measure::Column::order_count) == 0) continue;
        bool is_counted = true;
        for (const Measure::Bought& asked : measure.bought)
            is_counted = is_counted && bought(customer, measure, asked.column) >= asked.min;
        count += is_counted;
    }
    return count;
}

/// Of the orders that the measure takes; one that was fully returned counts for nothing.
std::int64_t Ledger::bought(MemberIndex customer, const Measure& measure,
                            Measure::Column column) const {
    std::int64_t sum = 0;
    std::set<std::uint32_t> orders;
    for (const NetLine& line : lines) {
        if (line.buyer != customer || line.is_fully_returned) continue;
        if (!takes(measure.orders, line, Titles::before)) continue;
        orders.insert(line.order);
        if (column == Measure::Column::volume) sum += volume(line, "");
        if (column == Measure::Column::qualifying_volume) sum += qualifying(line, "");
        if (column == Measure::Column::amount) sum += line.amount_minor;
        if (column == Measure::Column::quantity) sum += line.quantity;
    }
    return column == Measure::Column::order_count ? static_cast<std::int64_t>(orders.size()) : sum;
}

std::int64_t Ledger::member_measure(MemberIndex member, const Measure& measure) const {
    const bool is_downline = measure.over == Measure::Over::downline;
    std::int64_t sum = 0;
    if (is_downline && measure.with_self) sum += contribution(member, measure, {member, 0});
    std::int64_t greatest = 0, least = INT64_MAX, named = 0;
    const std::vector<MemberIndex> heads = frontline(member, measure.tree);
    for (const MemberIndex head : heads) {
        const std::int64_t value = measure.over == Measure::Over::frontline
                                       ? contribution(member, measure, {head, 1})
                                       : leg_value(member, measure, head);
        sum += value;
        greatest = std::max(greatest, value);
        least = std::min(least, value);
        if (measure.tree == Tree::placement && in.members.leg[head] == measure.leg) named += value;
    }
    switch (measure.over) {
        case Measure::Over::downline:
        case Measure::Over::frontline: return sum;
        case Measure::Over::greater_leg: return greatest;
        case Measure::Over::outside_greatest_leg: return sum - greatest;
        case Measure::Over::leg: return named;
        case Measure::Over::lesser_leg: return heads.size() < 2 ? 0 : least;
    }
    throw NotCovered("measure " + measure.name);
}

std::int64_t Ledger::leg_value(MemberIndex asking, const Measure& measure,
                               MemberIndex head) const {
    std::int64_t sum = 0;
    const Requirement* until = measure.until ? &*measure.until : nullptr;
    for (const Found& found : leg(head, 1, measure.tree, measure.levels, until))
        sum += contribution(asking, measure, found);
    return sum;
}

std::vector<Ledger::Found> Ledger::leg(MemberIndex head, std::uint32_t depth, Tree tree,
                                       std::optional<std::uint32_t> levels,
                                       const Requirement* until) const {
    if (levels && depth > *levels) return {};
    if (until && !is_terminated(head) && meets(head, *until, Titles::before)) return {};
    std::vector<Found> all{{head, depth}};
    for (const MemberIndex child : frontline(head, tree))
        for (const Found& below : leg(child, depth + 1, tree, levels, until)) all.push_back(below);
    return all;
}

/// What one member of the set adds: its measure, or its weight where it is counted.
std::int64_t Ledger::contribution(MemberIndex asking, const Measure& measure,
                                  const Found& found) const {
    if (measure.only_enrolled && parent(found.member, Tree::enroller) != asking) return 0;
    if (measure.source == Measure::Source::over_members) {
        const std::int64_t value = this->measure(found.member, measure.of);
        if (measure.weights.empty()) return value;
        return found.depth <= measure.weights.size() ? measure.weights[found.depth - 1] * value : 0;
    }
    if (is_terminated(found.member)) return 0;
    if (measure.where && !meets(found.member, *measure.where, Titles::before)) return 0;
    if (measure.weights.empty()) return 1;
    if (found.depth == 0 || found.depth > measure.weights.size()) return 0;
    return measure.weights[found.depth - 1];
}

/// SPEC 3.1, 9.8, 9.24: this run's value with those of the final runs before; a period without one
/// gives 0. A lifetime is every final run so far.
std::int64_t Ledger::window_measure(MemberIndex member, const Measure& window) const {
    const bool is_count = window.window == Measure::Window::count;
    std::vector<std::int64_t> values{is_count ? holds_now(member, window)
                                              : measure(member, window.of)};
    if (window.periods == 0)
        for (const PastRun& run : past) values.push_back(value_in(run, member, window));
    Period period = in.period;
    for (std::uint32_t before = 1; before < window.periods; ++before) {
        period = previous_period(period);
        std::int64_t value = 0;
        for (const PastRun& run : past)
            if (run.period == period) value = value_in(run, member, window);
        values.push_back(value);
    }
    if (window.window == Measure::Window::max) return *std::ranges::max_element(values);
    if (window.window == Measure::Window::min) return *std::ranges::min_element(values);
    std::int64_t sum = 0;
    for (const std::int64_t value : values) sum += value;
    return sum;
}

/// What an earlier run found, by name: of who was not there, or under a name that it did not know,
/// nothing.
std::int64_t Ledger::value_in(const PastRun& run, MemberIndex member,
                              const Measure& window) const {
    const std::int64_t number = in.members.number[member];
    if (window.window == Measure::Window::count) {
        const auto held = run.held.find(window.name);
        return held != run.held.end() && held->second.contains(number);
    }
    const auto values = run.measures.find(plan.measures[window.of].name);
    if (values == run.measures.end()) return 0;
    const auto value = values->second.find(number);
    return value == values->second.end() ? 0 : value->second;
}

bool Ledger::holds_now(MemberIndex member, const Measure& count) const {
    return meets(member, *count.where, Titles::before);
}

std::vector<MemberIndex> Ledger::placement_leg(MemberIndex member,
                                               std::uint32_t leg_number) const {
    std::vector<MemberIndex> all;
    for (const MemberIndex head : frontline(member, Tree::placement))
        if (in.members.leg[head] == leg_number)
            for (const Found& found : leg(head, 1, Tree::placement, std::nullopt, nullptr))
                all.push_back(found.member);
    return all;
}

// ── Requirements ─────────────────────────────────────────────────────────────────────────────

bool Ledger::meets(MemberIndex member, const Requirement& requirement, Titles titles) const {
    if (requirement.alternatives.empty()) return true;
    for (const std::vector<Test>& table : requirement.alternatives) {
        bool is_met = true;
        for (const Test& test : table) is_met = is_met && passes(member, test, titles);
        if (is_met) return true;
    }
    return false;
}

bool Ledger::passes(MemberIndex member, const Test& test, Titles titles) const {
    const Day days = in.period.last - in.members.joined_on[member];
    switch (test.kind) {
        case Test::Kind::measure: return passes_measure(member, test);
        case Test::Kind::rank: return rank(member) >= test.rank;
        case Test::Kind::title: return title(member, titles) >= test.rank;
        case Test::Kind::active: return is_active(member) == test.flag;
        case Test::Kind::joined_within_days: return days <= test.min;
        case Test::Kind::joined_at_least_days: return days >= test.min;
        case Test::Kind::legs: return passes_legs(member, test, titles);
        case Test::Kind::frontline: return passes_frontline(member, test, titles);
    }
    throw NotCovered("a test");
}

/// With `max_per_leg` each leg counts for at most that part of the minimum; compared in
/// millionths, so that nothing is rounded.
bool Ledger::passes_measure(MemberIndex member, const Test& test) const {
    const std::int64_t value = measure(member, test.measure);
    if (!test.max_per_leg_ppm) return value >= test.min && value <= test.max;
    const Measure& over = plan.measures[test.measure];
    if (over.over != Measure::Over::downline || over.source == Measure::Source::orders)
        throw NotCovered("max_per_leg on a measure that is not over a downline");
    Int128 counted = 0;
    if (over.with_self) counted += Int128{contribution(member, over, {member, 0})} * 1'000'000;
    for (const MemberIndex head : frontline(member, over.tree))
        counted += std::min(Int128{leg_value(member, over, head)} * 1'000'000,
                            Int128{test.min} * *test.max_per_leg_ppm);
    return counted >= Int128{test.min} * 1'000'000 && value <= test.max;
}

/// A rank or title is held by anybody in the leg, all else is asked of its head (SPEC 9.21).
bool Ledger::passes_legs(MemberIndex member, const Test& test, Titles titles) const {
    std::int64_t count = 0;
    for (const MemberIndex head : frontline(member, Tree::sponsor)) {
        bool is_counted = !test.each;
        if (test.each)
            for (const std::vector<Test>& table : test.each->alternatives)
                is_counted = is_counted || leg_has(head, table, titles);
        count += is_counted;
    }
    return count >= test.count;
}

bool Ledger::leg_has(MemberIndex head, const std::vector<Test>& table, Titles titles) const {
    std::vector<Test> of_anybody;
    for (const Test& test : table) {
        if (test.kind == Test::Kind::rank || test.kind == Test::Kind::title)
            of_anybody.push_back(test);
        else if (is_terminated(head) || !passes(head, test, titles))
            return false;
    }
    if (of_anybody.empty()) return !is_terminated(head);
    for (const Found& found : leg(head, 1, Tree::sponsor, std::nullopt, nullptr)) {
        if (is_terminated(found.member)) continue;
        bool is_met = true;
        for (const Test& test : of_anybody) is_met = is_met && passes(found.member, test, titles);
        if (is_met) return true;
    }
    return false;
}

bool Ledger::passes_frontline(MemberIndex member, const Test& test, Titles titles) const {
    std::int64_t count = 0;
    for (const MemberIndex direct : frontline(member, Tree::sponsor))
        count += !is_terminated(direct) && (!test.each || meets(direct, *test.each, titles));
    return count >= test.count;
}

// ── Active, ranks, titles ────────────────────────────────────────────────────────────────────

bool Ledger::is_active(MemberIndex member) const {
    if (!is_affiliate(member) || is_terminated(member)) return false;
    if (!plan.active) return true;
    const auto known = active_found_.find(member);
    if (known != active_found_.end()) return known->second;
    return active_found_[member] = meets(member, *plan.active, Titles::before);
}

/// Lowest first; while a member is tried its own rank is the highest that holds so far.
RankPlace Ledger::rank(MemberIndex member) const {
    if (!is_affiliate(member) || is_terminated(member)) return 0;
    const auto known = rank_found_.find(member);
    if (known != rank_found_.end()) return known->second;
    if (!trials_.empty() && trials_.back().first == member) return trials_.back().second;
    for (const auto& [tried, so_far] : trials_)
        if (tried == member) throw NotCovered("a rank that asks for itself around a circle");
    trials_.emplace_back(member, RankPlace{0});
    for (std::size_t i = 0; i < plan.ranks.size(); ++i) {
        const Rank& step = plan.ranks[i];
        const auto place = static_cast<RankPlace>(i + 1);
        const bool is_kept = step.maintain && title(member, Titles::before) >= place &&
                             meets(member, *step.maintain, Titles::before);
        if (is_kept || meets(member, step.requires_, Titles::before)) trials_.back().second = place;
    }
    rank_found_[member] = trials_.back().second;
    trials_.pop_back();
    return rank_found_[member];
}

RankPlace Ledger::title(MemberIndex member, Titles titles) const {
    const auto& before = in.members.title_before;
    const RankPlace held = before.empty() ? RankPlace{0} : before[member];
    return titles == Titles::before ? held : std::max(held, rank(member));
}

}  // namespace downline::reference
