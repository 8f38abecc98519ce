// Whether the trees through which rank rules ask for the ranks of others form a cycle together
// (SPEC 3.3): asked of the plan rule by rule, and of the network by taking away who has nobody below.
#include <algorithm>

#include "tests/reference/ledger.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

namespace {

class RankTrees {
public:
    explicit RankTrees(const Plan& plan) : plan_(plan) {
        for (const Rank& rank : plan.ranks) {
            walk(rank.requires_);
            if (rank.maintain) walk(*rank.maintain);
        }
    }

    std::set<Tree> trees;

private:
    [[nodiscard]] bool needs_rank(const Requirement& asked) const {
        for (const std::vector<Test>& table : asked.alternatives)
            for (const Test& test : table)
                if (test.kind == Test::Kind::rank || (test.each && needs_rank(*test.each)) ||
                    (test.kind == Test::Kind::measure && needs_rank(plan_.measures[test.measure])))
                    return true;
        return false;
    }
    [[nodiscard]] bool needs_rank(const OrderFilter& filter) const {
        return (filter.seller && needs_rank(*filter.seller)) ||
               (filter.negated && needs_rank(*filter.negated));
    }
    [[nodiscard]] bool sums_measure(const Measure& measure) const {
        return measure.source == Measure::Source::over_members ||
               (measure.source == Measure::Source::window &&
                measure.window != Measure::Window::count);
    }
    [[nodiscard]] bool needs_rank(const Measure& measure) const {
        if (measure.source == Measure::Source::orders) return needs_rank(measure.orders);
        return (sums_measure(measure) && needs_rank(plan_.measures[measure.of])) ||
               (measure.where && needs_rank(*measure.where)) ||
               (measure.until && needs_rank(*measure.until));
    }

    void walk(const Requirement& asked) {
        for (const std::vector<Test>& table : asked.alternatives)
            for (const Test& test : table) {
                if (test.kind == Test::Kind::measure) walk(plan_.measures[test.measure]);
                if (!test.each) continue;
                if (needs_rank(*test.each)) trees.insert(Tree::sponsor);
                walk(*test.each);
            }
    }
    void walk(const OrderFilter& filter) {
        if (filter.seller) walk(*filter.seller);
        if (filter.negated) walk(*filter.negated);
    }
    void walk(const Measure& measure) {
        if (!needs_rank(measure)) return;
        if (measure.source == Measure::Source::orders) return walk(measure.orders);
        if (measure.source != Measure::Source::window) trees.insert(measure.tree);
        if (sums_measure(measure)) walk(plan_.measures[measure.of]);
        if (measure.where) walk(*measure.where);
        if (measure.until) walk(*measure.until);
    }

    const Plan& plan_;
};

}  // namespace

void Ledger::refuse_rank_cycle() const {
    const std::set<Tree> trees = RankTrees(plan).trees;
    std::set<MemberIndex> left;
    for (MemberIndex member = 0; member < in.members.count; ++member)
        if (is_affiliate(member)) left.insert(member);
    const auto has_below = [&](MemberIndex member) {
        return std::ranges::any_of(left, [&](MemberIndex other) {
            return std::ranges::any_of(
                trees, [&](Tree tree) { return parent(other, tree) == member; });
        });
    };
    for (std::size_t before = left.size() + 1; before != left.size();) {
        before = left.size();
        std::erase_if(left, [&](MemberIndex member) { return !has_below(member); });
    }
    if (!left.empty()) throw RankCycle("the trees that rank rules ask in form a cycle together");
}

}  // namespace downline::reference
