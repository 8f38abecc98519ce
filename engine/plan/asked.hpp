// What measures and ranks are made of: of the member itself, and of those below it.
//
// The two differ, since members are gone through from the bottom up: what is asked of those below is
// known whatever it is made of, what is asked of oneself must not come back to itself.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/plan.hpp"

namespace downline {

struct Asked {
    std::vector<MeasureIndex> own;    ///< measures of the member itself
    std::vector<MeasureIndex> below;  ///< measures of those below
    bool active = false;              ///< who is active, itself or below
    RankPlace own_rank = 0;           ///< the highest rank that the member itself is asked for
    bool rank_below = false;
};
[[nodiscard]] Asked asked_by(const Requirement& requirement);
[[nodiscard]] Asked asked_by(const Measure& measure);

/// What must be known first, of oneself or of those below.
enum class Needs : std::uint8_t { nothing, active, rank };

/// The measures of a plan, in the order in which they can be found. REQUIRES: no cycle among them.
struct MeasureOrder {
    explicit MeasureOrder(const Plan& plan);
    [[nodiscard]] Needs needs_of(const Asked& asked) const;
    std::vector<MeasureIndex> measures;  ///< each after those that it is made of
    std::vector<Needs> needs;            ///< by measure, also through what it is made of
    std::vector<RankPlace> own_rank;  ///< by measure: the highest asked of the member itself, likewise
};

}  // namespace downline
