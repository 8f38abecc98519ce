// What measures and ranks are made of: see the header.
#include "engine/plan/asked.hpp"

#include <algorithm>
#include <set>

namespace downline {

namespace {

// Recursive through `legs` and `frontline`, as deep as the text nests.
void collect(const Requirement& requirement, bool is_below, Asked& asked) {
    for (const std::vector<Test>& tests : requirement.alternatives) {
        for (const Test& test : tests) {
            if (test.kind == Test::Kind::measure)
                (is_below ? asked.below : asked.own).push_back(test.measure);
            if (test.kind == Test::Kind::active) asked.active = true;
            if (test.kind == Test::Kind::rank && is_below) asked.rank_below = true;
            if (test.kind == Test::Kind::rank && !is_below)
                asked.own_rank = std::max(asked.own_rank, test.rank);
            if (test.each) collect(*test.each, true, asked);
        }
    }
}

void collect(const OrderFilter& filter, Asked& asked) {
    if (filter.seller) collect(*filter.seller, false, asked);
    if (filter.negated) collect(*filter.negated, asked);
}

}  // namespace

Asked asked_by(const Requirement& requirement) {
    Asked asked;
    collect(requirement, false, asked);
    return asked;
}

Asked asked_by(const Measure& measure) {
    using Source = Measure::Source;
    Asked asked;
    if (measure.source == Source::orders) {
        collect(measure.orders, asked);
        return asked;
    }
    const bool is_window = measure.source == Source::window;
    const bool is_below = !is_window && !measure.with_self;
    if (measure.source == Source::over_members ||
        (is_window && measure.window != Measure::Window::count))
        (is_below ? asked.below : asked.own).push_back(measure.of);
    if (measure.where) collect(*measure.where, is_below, asked);
    if (measure.until) collect(*measure.until, true, asked);
    return asked;
}

MeasureOrder::MeasureOrder(const Plan& plan)
    : needs(plan.measures.size(), Needs::nothing), own_rank(plan.measures.size(), 0) {
    std::vector<Asked> asked;
    for (const Measure& measure : plan.measures) asked.push_back(asked_by(measure));
    std::vector<std::vector<MeasureIndex>> users(asked.size());
    std::vector<std::size_t> open(asked.size(), 0);
    std::set<MeasureIndex> ready;  // the first of the file is taken first
    for (MeasureIndex index = 0; index < asked.size(); ++index) {
        for (const auto* used : {&asked[index].own, &asked[index].below})
            for (const MeasureIndex needed : *used) users[needed].push_back(index);
        open[index] = asked[index].own.size() + asked[index].below.size();
        if (open[index] == 0) ready.insert(index);
    }
    while (!ready.empty()) {
        const MeasureIndex index = ready.extract(ready.begin()).value();
        measures.push_back(index);
        needs[index] = needs_of(asked[index]);
        own_rank[index] = asked[index].own_rank;
        for (const MeasureIndex used : asked[index].own)
            own_rank[index] = std::max(own_rank[index], own_rank[used]);
        for (const MeasureIndex user : users[index])
            if (--open[user] == 0) ready.insert(user);
    }
}

Needs MeasureOrder::needs_of(const Asked& asked) const {
    if (asked.own_rank != 0 || asked.rank_below) return Needs::rank;
    Needs most = asked.active ? Needs::active : Needs::nothing;
    for (const auto* used : {&asked.own, &asked.below})
        for (const MeasureIndex measure : *used) most = std::max(most, needs[measure]);
    return most;
}

}  // namespace downline
