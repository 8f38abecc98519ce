// What depends on what: measures, who is active, ranks. Finds cycles and prints them.
//
// A measure of a member may ask for the ranks of others only below it; a rank rule may ask for
// those below too. What one member's rank, activity and measures ask of the same member must not
// come back to itself.
#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "engine/plan/sections.hpp"

namespace downline {

namespace {

using Node = std::size_t;
constexpr Node no_node = SIZE_MAX;

/// What a requirement asks for.
struct Asked {
    std::vector<MeasureIndex> measures;
    bool active = false;
    bool own_rank = false;    ///< the rank of the member that is asked
    bool rank_below = false;  ///< the ranks of others below it
};

// Recursive through `legs` and `frontline`, as deep as the text nests.
void collect(const Requirement& requirement, bool is_below, Asked& asked) {
    for (const std::vector<Test>& tests : requirement.alternatives) {
        for (const Test& test : tests) {
            if (test.kind == Test::Kind::measure) asked.measures.push_back(test.measure);
            if (test.kind == Test::Kind::active) asked.active = true;
            if (test.kind == Test::Kind::rank)
                (is_below ? asked.rank_below : asked.own_rank) = true;
            if (test.each) collect(*test.each, true, asked);
        }
    }
}

void collect(const OrderFilter& filter, Asked& asked) {
    if (filter.seller) collect(*filter.seller, false, asked);
    if (filter.negated) collect(*filter.negated, asked);
}

Asked asked_by(const Measure& measure) {
    Asked asked;
    if (measure.source == Measure::Source::orders) {
        collect(measure.orders, asked);
        return asked;
    }
    const bool is_own = measure.source == Measure::Source::window;
    if (measure.source == Measure::Source::over_members ||
        (is_own && measure.window != Measure::Window::count))
        asked.measures.push_back(measure.of);
    if (measure.where) collect(*measure.where, !is_own && !measure.with_self, asked);
    if (measure.until) collect(*measure.until, true, asked);
    return asked;
}

Asked asked_by(const Rank& rank) {
    Asked asked;
    collect(rank.requires_, false, asked);
    if (rank.maintain) collect(*rank.maintain, false, asked);
    asked.own_rank = false;  // it is the highest so far: ranks are tried lowest first
    return asked;
}

/// Measures, then active, then "the rank" (which every rank leads to), then the ranks.
class Dependencies {
public:
    Dependencies(const Plan& plan, const PlanPlaces& places, Problems& problems)
        : plan_(plan), places_(places), problems_(problems) {
        uses_.resize(first_rank() + plan.ranks.size());
        for (std::size_t m = 0; m < plan.measures.size(); ++m)
            asked_.push_back(asked_by(plan.measures[m]));
        asked_.emplace_back();
        if (plan.active) collect(*plan.active, false, asked_.back());
        asked_.emplace_back();
        for (const Rank& rank : plan.ranks) asked_.push_back(asked_by(rank));
        for (Node node = 0; node < uses_.size(); ++node) connect(node);
    }

    void check() {
        check_active();
        check_ranks();
        report_cycles();
    }

private:
    [[nodiscard]] Node active() const { return plan_.measures.size(); }
    [[nodiscard]] Node the_rank() const { return active() + 1; }
    [[nodiscard]] Node first_rank() const { return active() + 2; }

    void connect(Node node) {
        std::vector<Node>& uses = uses_[node];
        for (const MeasureIndex measure : asked_[node].measures) uses.push_back(measure);
        if (asked_[node].active) uses.push_back(active());
        if (asked_[node].own_rank && node != active()) uses.push_back(the_rank());
        if (node == the_rank())
            for (Node rank = first_rank(); rank < uses_.size(); ++rank) uses.push_back(rank);
    }

    /// Everything that a node is made of, itself included.
    [[nodiscard]] std::vector<Node> reached_from(Node start) const {
        std::vector<std::uint8_t> is_seen(uses_.size(), 0);
        std::vector<Node> reached{start};
        is_seen[start] = 1;
        for (std::size_t i = 0; i < reached.size(); ++i)
            for (const Node used : uses_[reached[i]])
                if (!is_seen[used]) {
                    is_seen[used] = 1;
                    reached.push_back(used);
                }
        return reached;
    }

    void check_active() {
        if (!plan_.active) return;
        for (const Node node : reached_from(active())) {
            if (!asked_[node].own_rank && !asked_[node].rank_below) continue;
            problems_.error(places_.active, "active_needs_rank",
                            node == active()
                                ? "[active] asks for a rank, but ranks are found among the active; "
                                  "ask for a title, or in the bonus"
                                : fmt::format("[active] asks for the {}, which depends on ranks, "
                                              "but ranks are found among the active; ask for a "
                                              "title, or in the bonus",
                                              name(node)));
            return;
        }
    }

    void check_ranks() {
        for (std::size_t r = 0; r < plan_.ranks.size(); ++r) {
            const RankPlace place = static_cast<RankPlace>(r + 1);
            if (is_unreachable(plan_.ranks[r].requires_, place))
                problems_.warning(places_.ranks[r], "unreachable_rank",
                                  fmt::format("rank \"{}\" asks for itself or a rank above it, so "
                                              "nobody can reach it",
                                              plan_.ranks[r].name));
        }
    }

    /// Every alternative asks for a rank that is not below this one.
    static bool is_unreachable(const Requirement& requirement, RankPlace place) {
        return !requirement.alternatives.empty() &&
               std::ranges::all_of(requirement.alternatives, [place](const auto& tests) {
                   return std::ranges::any_of(tests, [place](const Test& test) {
                       return test.kind == Test::Kind::rank && test.rank >= place;
                   });
               });
    }

    /// The shortest way from a node back to itself through nodes that are left, or nothing.
    [[nodiscard]] std::vector<Node> shortest_cycle(Node start,
                                                   const std::vector<std::uint8_t>& is_left) const {
        std::vector<Node> from(uses_.size(), no_node);
        std::queue<Node> queue;
        queue.push(start);
        while (!queue.empty()) {
            const Node node = queue.front();
            queue.pop();
            for (const Node used : uses_[node]) {
                if (!is_left[used] || from[used] != no_node) continue;
                from[used] = node;
                if (used == start) {
                    std::vector<Node> cycle{start};
                    for (Node step = node; step != start; step = from[step]) cycle.push_back(step);
                    std::reverse(cycle.begin() + 1, cycle.end());
                    return cycle;
                }
                queue.push(used);
            }
        }
        return {};
    }

    /// Nodes that only lead away from cycles are no part of one: dropped until none is left over.
    [[nodiscard]] std::vector<std::uint8_t> on_cycles() const {
        std::vector<std::size_t> open(uses_.size(), 0);
        std::vector<std::vector<Node>> used_by(uses_.size());
        std::vector<Node> ready;
        for (Node node = 0; node < uses_.size(); ++node) {
            open[node] = uses_[node].size();
            for (const Node used : uses_[node]) used_by[used].push_back(node);
            if (open[node] == 0) ready.push_back(node);
        }
        std::vector<std::uint8_t> is_left(uses_.size(), 1);
        for (std::size_t i = 0; i < ready.size(); ++i) {
            is_left[ready[i]] = 0;
            for (const Node user : used_by[ready[i]])
                if (--open[user] == 0) ready.push_back(user);
        }
        return is_left;
    }

    void report_cycles() {
        std::vector<std::uint8_t> is_left = on_cycles();
        for (Node node = 0; node < uses_.size(); ++node) {
            if (!is_left[node] || node == the_rank()) continue;
            const std::vector<Node> cycle = shortest_cycle(node, is_left);
            for (const Node member : cycle) is_left[member] = 0;
            if (!cycle.empty()) report(cycle);
        }
    }

    void report(const std::vector<Node>& cycle) {
        std::string way;
        for (const Node node : cycle)
            if (node != the_rank()) way += name(node) + " → ";
        problems_.error(
            place(cycle[0]), "cycle",
            fmt::format("{}{}: each needs the next, in a circle; break it at one of them", way,
                        name(cycle[0])));
    }

    [[nodiscard]] std::string name(Node node) const {
        if (node < active()) return fmt::format("measure \"{}\"", plan_.measures[node].name);
        if (node == active()) return "[active]";
        return fmt::format("rank \"{}\"", plan_.ranks[node - first_rank()].name);
    }

    [[nodiscard]] Place place(Node node) const {
        if (node < active()) return places_.measures[node];
        return node == active() ? places_.active : places_.ranks[node - first_rank()];
    }

    const Plan& plan_;
    const PlanPlaces& places_;
    Problems& problems_;
    std::vector<Asked> asked_;               ///< by node
    std::vector<std::vector<Node>> uses_;    ///< by node: what it is made of
};

}  // namespace

void check_dependencies(const Plan& plan, const PlanPlaces& places, Problems& problems) {
    Dependencies(plan, places, problems).check();
}

}  // namespace downline
