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

    /// Computes every measure that has exactly these needs, what it is made of first.
    /// REQUIRES: those with lesser needs are computed.
    void compute(Standing& standing, Needs needs) const;
};

}  // namespace downline
