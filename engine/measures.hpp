// Measures: numbers per affiliate and period, each one pass over orders or over a tree.
#pragma once

#include "engine/standing.hpp"

namespace downline {

/// What a measure must know before it can be computed, itself or through what it is made of.
enum class Needs : std::uint8_t { nothing, active, rank };
[[nodiscard]] Needs needs_of(const Plan& plan, const Measure& measure);
[[nodiscard]] Needs needs_of(const Plan& plan, const Requirement& requirement);

struct MeasurePass {
    const Plan& plan;
    const Snapshot& snapshot;
    const Trees& trees;
    const NetOrders& orders;
    const Weighted& weighted;
    const Examiner& examiner;

    /// Computes every measure that has exactly these needs and is not computed yet. Measures come
    /// after those that they are made of. REQUIRES: those with lesser needs are computed.
    void compute(Standing& standing, Needs needs) const;
};

/// A measure over members of a tree, found bottom-up: a position's value is known when all below
/// it have been noted.
class TreeMeasure {
public:
    /// Allocates the measure's column in the standing.
    TreeMeasure(const MeasurePass& pass, MeasureIndex index, Standing& standing);
    /// Sets the value at p. REQUIRES: every position above p in number has been noted.
    void visit(Position p);
    /// Notes what p gives to those above it. REQUIRES: visit(p); p's rank, where that is asked for.
    void note(Position p);

private:
    [[nodiscard]] std::int64_t contribution(Position p) const;
    [[nodiscard]] std::int64_t by_levels(Position p) const;
    [[nodiscard]] std::int64_t by_legs(Position p) const;

    const MeasurePass& pass_;
    const Measure& measure_;
    const Forest& forest_;
    Standing& standing_;
    std::vector<std::int64_t>& values_;  ///< by member
    bool asks_levels_;
    std::vector<std::int64_t> after_;    ///< by position: contributions of it and all after it
    std::vector<std::int64_t> leg_;      ///< by position: what it and all below give as one leg
};

}  // namespace downline
