// The order in which ranks are found: see the header.
#include "engine/rank_order.hpp"

#include <algorithm>

#include "engine/measures.hpp"

namespace downline {

namespace {

constexpr Tree all_trees[] = {Tree::sponsor, Tree::enroller, Tree::placement};

/// Goes through what rank rules ask for, and through what that is made of.
class Asking {
public:
    explicit Asking(const Plan& plan)
        : plan_(plan), order_(plan), is_asked_(plan.measures.size(), 0) {
        for (const Rank& rank : plan.ranks) {
            ask(rank.requires_);
            if (rank.maintain) ask(*rank.maintain);
        }
    }
    [[nodiscard]] bool asks(Tree tree) const { return trees_[static_cast<std::size_t>(tree)]; }
    [[nodiscard]] std::vector<AskedForRanks::Measured> measures() const {
        std::vector<AskedForRanks::Measured> asked;
        for (const MeasureIndex index : order_.measures)
            if (is_asked_[index]) asked.push_back({index, order_.own_rank[index]});
        // What a measure asks of the member itself through another, it asks too: so each stays
        // behind those that it is made of.
        std::ranges::stable_sort(asked, {}, &AskedForRanks::Measured::own_rank);
        return asked;
    }

private:
    // Recursive through requirements in requirements and measures made of measures: each measure is
    // asked once, and there are at most a thousand.
    void ask(const Requirement& requirement) {
        for (const std::vector<Test>& tests : requirement.alternatives) {
            for (const Test& test : tests) {
                if (test.kind == Test::Kind::measure) ask(test.measure);
                if (!test.each) continue;
                if (order_.needs_of(asked_by(*test.each)) == Needs::rank) add(Tree::sponsor);
                ask(*test.each);
            }
        }
    }

    void ask(const OrderFilter& filter) {
        if (filter.seller) ask(*filter.seller);
        if (filter.negated) ask(*filter.negated);
    }

    void ask(MeasureIndex index) {
        using Source = Measure::Source;
        const Measure& measure = plan_.measures[index];
        if (is_asked_[index] || order_.needs[index] != Needs::rank) return;
        is_asked_[index] = 1;
        if (measure.source == Source::orders) return ask(measure.orders);
        if (measure.source != Source::window) add(measure.tree);
        if (measure.source == Source::over_members ||
            (measure.source == Source::window && measure.window != Measure::Window::count))
            ask(measure.of);
        if (measure.where) ask(*measure.where);
        if (measure.until) ask(*measure.until);
    }

    void add(Tree tree) { trees_[static_cast<std::size_t>(tree)] = true; }

    const Plan& plan_;
    MeasureOrder order_;
    std::vector<std::uint8_t> is_asked_;
    bool trees_[3] = {false, false, false};
};

std::vector<const Forest*> forests_of(const Asking& asking, const Trees& trees) {
    std::vector<const Forest*> forests;
    for (const Tree tree : all_trees) {
        const Forest* forest = &trees.of(tree);
        if (asking.asks(tree) && std::ranges::find(forests, forest) == forests.end())
            forests.push_back(forest);
    }
    return forests;
}

/// Who `bottom_up` leaves out, by member.
std::vector<std::uint8_t> left_out(const std::vector<const Forest*>& forests) {
    std::vector<std::uint8_t> is_left(forests.front()->position().size(), 0);
    for (const MemberIndex member : forests.front()->member()) is_left[member] = 1;
    for (const MemberIndex member : bottom_up(forests, *forests.front())) is_left[member] = 0;
    return is_left;
}

/// The lowest member left out who stands directly below one, and in which tree.
CycleStep one_below(const Asking& asking, const Trees& trees,
                    const std::vector<std::uint8_t>& is_left, MemberIndex member) {
    CycleStep below{no_member, Tree::sponsor};
    for (const Tree tree : all_trees) {
        if (!asking.asks(tree)) continue;
        const Forest& forest = trees.of(tree);
        const Position p = forest.position()[member];
        for (Position c = forest.first_child(p); c < forest.first_child(p + 1); ++c)
            if (is_left[forest.member()[c]] && forest.member()[c] < below.member)
                below = {forest.member()[c], tree};
    }
    return below;
}

}  // namespace

AskedForRanks asked_for_ranks(const Plan& plan, const Trees& trees) {
    const Asking asking(plan);
    AskedForRanks asked{asking.measures(), forests_of(asking, trees), false};
    asked.asks_sponsor = !asked.forests.empty() && asked.forests.front() == &trees.sponsor;
    return asked;
}

std::vector<MemberIndex> bottom_up(const std::vector<const Forest*>& forests,
                                   const Forest& otherwise) {
    const Forest& first = forests.empty() ? otherwise : *forests.front();
    std::vector<MemberIndex> order(first.member().rbegin(), first.member().rend());
    if (forests.size() < 2) return order;
    // How many stand directly below each, in all of the trees, and have not been reached.
    std::vector<std::uint32_t> open(first.position().size(), 0);
    for (const Forest* forest : forests)
        for (Position p = 0; p < forest->count(); ++p)
            open[forest->member()[p]] += forest->first_child(p + 1) - forest->first_child(p);
    std::erase_if(order, [&](MemberIndex member) { return open[member] != 0; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (const Forest* forest : forests) {
            const Position above = forest->parent()[forest->position()[order[i]]];
            if (above == no_position) continue;
            const MemberIndex member = forest->member()[above];
            if (--open[member] == 0) order.push_back(member);
        }
    }
    return order;
}

bool asks_in_several_trees(const Plan& plan) {
    const Asking asking(plan);
    return std::ranges::count_if(all_trees, [&](Tree tree) { return asking.asks(tree); }) > 1;
}

std::vector<CycleStep> find_rank_cycle(const Plan& plan, const Snapshot& snapshot) {
    if (!asks_in_several_trees(plan)) return {};
    const Asking asking(plan);
    const Trees trees = make_trees(plan, snapshot);
    const std::vector<const Forest*> forests = forests_of(asking, trees);
    if (forests.size() < 2) return {};
    const std::vector<std::uint8_t> is_left = left_out(forests);
    const auto start = std::ranges::find(is_left, 1);
    if (start == is_left.end()) return {};
    // Who is left out has somebody left out below it, so the way down comes back to where it was.
    std::vector<CycleStep> way;
    std::vector<std::uint8_t> is_met(is_left.size(), 0);
    CycleStep at{static_cast<MemberIndex>(start - is_left.begin()), Tree::sponsor};
    for (; !is_met[at.member]; at = one_below(asking, trees, is_left, at.member)) {
        is_met[at.member] = 1;
        way.push_back(at);
    }
    const auto begin = std::ranges::find(way, at.member, &CycleStep::member);
    begin->tree = at.tree;
    std::vector<CycleStep> cycle(begin, way.end());
    std::ranges::reverse(cycle);
    std::rotate(cycle.begin(), std::ranges::min_element(cycle, {}, &CycleStep::member),
                cycle.end());
    return cycle;
}

}  // namespace downline
