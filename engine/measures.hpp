// Measures: numbers per affiliate and period, each one pass over orders or over a tree.
#pragma once

#include "engine/plan/asked.hpp"
#include "engine/standing.hpp"

namespace downline {

/// By measure: does any `max_per_leg` of the plan ask for it.
[[nodiscard]] std::vector<std::uint8_t> measures_asked_by_leg(const Plan& plan);

struct MeasurePass {
    const Plan& plan;
    const Snapshot& snapshot;
    const Trees& trees;
    const NetOrders& orders;
    const Weighted& weighted;
    const Examiner& examiner;
    MeasureOrder order{plan};
    std::vector<std::uint8_t> is_asked_by_leg = measures_asked_by_leg(plan);

    /// Computes every measure that has exactly these needs and is not computed yet. REQUIRES: those
    /// with lesser needs are computed.
    void compute(Standing& standing, Needs needs) const;
};

/// In which order a tree is gone through, besides that everybody comes after all below it.
enum class Order : std::uint8_t { descending, any };

/// Sums over ranges of positions, of what has been added so far.
class RangeSums {
public:
    RangeSums() = default;
    RangeSums(std::size_t count, Order order);
    /// REQUIRES: nothing was added there; where the order is descending, everything after it was.
    void add(Position p, std::int64_t value);
    /// Where nothing was added counts as 0. One look, or (in any order) logarithmic.
    [[nodiscard]] std::int64_t sum(Position first, Position last) const;

private:
    [[nodiscard]] std::int64_t before(Position last) const;
    Order order_{};
    std::vector<std::int64_t> sums_;  ///< of it and all after it; or a binary indexed tree
};

/// A measure over members of a tree, found bottom-up: a position's value is known when all below
/// it have been noted.
class TreeMeasure {
public:
    /// Allocates the measure's column in the standing.
    TreeMeasure(const MeasurePass& pass, MeasureIndex index, Standing& standing,
                Order order = Order::descending);
    /// Sets the value at p. REQUIRES: everybody below p has been noted.
    void visit(Position p);
    /// Notes what p gives to those above it. REQUIRES: visit(p); p's rank, where that is asked for.
    void note(Position p);
    [[nodiscard]] Position position(MemberIndex member) const { return forest_.position()[member]; }

private:
    [[nodiscard]] std::int64_t contribution(Position p) const;
    [[nodiscard]] std::size_t level_max() const;
    [[nodiscard]] std::int64_t by_levels(Position p) const;
    /// Levels below and at the top of a range of one depth, `weights[0]` being that of the range.
    [[nodiscard]] std::int64_t levels_of(std::pair<Position, Position> range) const;
    [[nodiscard]] std::int64_t by_legs(Position p) const;
    /// The levels of `below_` at p, `weights[0]` being that of its last entry.
    [[nodiscard]] std::int64_t by_depth(Position p) const;
    void gather_below(Position p);
    /// What whom p enrolled gives, by the leg of p that it stands in.
    void gather_enrolled(Position p);

    const MeasurePass& pass_;
    const Measure& measure_;
    const Forest& forest_;
    Standing& standing_;
    std::vector<std::int64_t>& values_;  ///< by member
    std::vector<std::int64_t>& as_leg_;  ///< by member; empty where nobody asks
    bool asks_levels_, stops_by_level_;
    RangeSums given_;                    ///< by position: contributions
    /// By position: what it and all below give as one leg; of the enrolled, to the one directly above.
    std::vector<std::int64_t> leg_;
    /// By position, where levels are asked for and `until` stops: what each level gives, the deepest
    /// first; of who has been noted itself included; empty where the leg stops.
    std::vector<std::vector<std::int64_t>> below_;
    Preorder preorder_;  ///< where only the enrolled count
};

}  // namespace downline
