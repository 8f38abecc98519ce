// What depends on what: measures, who is active, ranks. Finds cycles and prints them.
//
// Ranks are found from the bottom up, so a rank rule may ask for the ranks of those below, and for
// whatever is made of them. What one member's rank, activity and measures ask of the same member
// must not come back to itself; nor may a measure or activity alone, of whomever it is asked. A
// rank may ask for what is made of a lower one: ranks are tried lowest first.
#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "engine/plan/asked.hpp"
#include "engine/plan/sections.hpp"

namespace downline {

namespace {

using Node = std::size_t;
constexpr Node no_node = SIZE_MAX;
using Uses = std::vector<std::vector<Node>>;  ///< by node: what it is made of

Asked asked_by(const Rank& rank) {
    Requirement either = rank.requires_;
    if (rank.maintain)
        either.alternatives.insert(either.alternatives.end(), rank.maintain->alternatives.begin(),
                                   rank.maintain->alternatives.end());
    Asked asked = asked_by(either);
    asked.own_rank = 0;  // it is the highest so far
    return asked;
}

/// Measures, then active, then the ranks.
class Dependencies {
public:
    Dependencies(const Plan& plan, const PlanPlaces& places, Problems& problems)
        : plan_(plan), places_(places), problems_(problems) {
        for (const Measure& measure : plan.measures) asked_.push_back(asked_by(measure));
        asked_.push_back(plan.active ? asked_by(*plan.active) : Asked{});
        for (const Rank& rank : plan.ranks) asked_.push_back(asked_by(rank));
        own_.resize(asked_.size());
        any_.resize(asked_.size());
        is_reported_.assign(asked_.size(), 0);
        for (Node node = 0; node < asked_.size(); ++node) connect(node);
    }

    void check() {
        check_active();
        report_cycles(own_);
        report_cycles(any_);
    }

private:
    [[nodiscard]] Node active() const { return plan_.measures.size(); }
    [[nodiscard]] Node first_rank() const { return active() + 1; }

    void connect(Node node) {
        const Asked& asked = asked_[node];
        std::vector<Node>& own = own_[node];
        own.assign(asked.own.begin(), asked.own.end());
        if (asked.active) own.push_back(active());
        if (node <= active()) {
            any_[node] = own;
            any_[node].insert(any_[node].end(), asked.below.begin(), asked.below.end());
        }
        if (node == active()) return;
        for (Node rank = 0; rank < asked.own_rank; ++rank) own.push_back(first_rank() + rank);
    }

    /// Every measure that a node is made of, and activity; itself included.
    [[nodiscard]] std::vector<Node> reached_from(Node start) const {
        std::vector<std::uint8_t> is_seen(any_.size(), 0);
        std::vector<Node> reached{start};
        is_seen[start] = 1;
        for (std::size_t i = 0; i < reached.size(); ++i)
            for (const Node used : any_[reached[i]])
                if (!is_seen[used]) {
                    is_seen[used] = 1;
                    reached.push_back(used);
                }
        return reached;
    }

    void check_active() {
        if (!plan_.active) return;
        for (const Node node : reached_from(active())) {
            if (asked_[node].own_rank == 0 && !asked_[node].rank_below) continue;
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

    /// The shortest way from a node back to itself through nodes that are left, or nothing.
    [[nodiscard]] std::vector<Node> shortest_cycle(const Uses& uses, Node start,
                                                   const std::vector<std::uint8_t>& is_left) const {
        std::vector<Node> from(uses.size(), no_node);
        std::queue<Node> queue;
        queue.push(start);
        while (!queue.empty()) {
            const Node node = queue.front();
            queue.pop();
            for (const Node used : uses[node]) {
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
    [[nodiscard]] std::vector<std::uint8_t> on_cycles(const Uses& uses) const {
        std::vector<std::size_t> open(uses.size(), 0);
        std::vector<std::vector<Node>> used_by(uses.size());
        std::vector<Node> ready;
        for (Node node = 0; node < uses.size(); ++node) {
            open[node] = uses[node].size();
            for (const Node used : uses[node]) used_by[used].push_back(node);
            if (open[node] == 0) ready.push_back(node);
        }
        std::vector<std::uint8_t> is_left(uses.size(), 1);
        for (std::size_t i = 0; i < ready.size(); ++i) {
            is_left[ready[i]] = 0;
            for (const Node user : used_by[ready[i]])
                if (--open[user] == 0) ready.push_back(user);
        }
        return is_left;
    }

    void report_cycles(const Uses& uses) {
        std::vector<std::uint8_t> is_left = on_cycles(uses);
        for (Node node = 0; node < uses.size(); ++node) is_left[node] &= !is_reported_[node];
        for (Node node = 0; node < uses.size(); ++node) {
            if (!is_left[node]) continue;
            const std::vector<Node> cycle = shortest_cycle(uses, node, is_left);
            for (const Node member : cycle) {
                is_left[member] = 0;
                is_reported_[member] = 1;
            }
            if (!cycle.empty()) report(cycle);
        }
    }

    void report(const std::vector<Node>& cycle) {
        std::string way;
        for (const Node node : cycle) way += name(node) + " → ";
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
    std::vector<Asked> asked_;  ///< by node
    Uses own_;  ///< of the same member; activity and ranks of others are found before or below
    Uses any_;  ///< of measures and activity: of whomever they are asked
    std::vector<std::uint8_t> is_reported_;  ///< by node
};

}  // namespace

void check_dependencies(const Plan& plan, const PlanPlaces& places, Problems& problems) {
    Dependencies(plan, places, problems).check();
}

}  // namespace downline
