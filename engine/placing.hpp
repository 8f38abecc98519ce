// Automatic placement: affiliates without a place get one below who enrolled them.
//
// [placement]
// kind  = "matrix"           # or "binary"
// width = 3                  # of a matrix
// fill  = "breadth-first"    # of a binary also lesser-leg, left, right, alternate
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// Places every affiliate that `has_place` does not mark, in order of (joined_on, id): below the
/// enroller or, where that one has no place by then, the nearest above who has; a root where nobody
/// above has. Who stands below the member itself (by a place of a file) is passed over. Fills members.placement and members.leg (a root: no_member and 0). Customers get no
/// place, the terminated do. Near-linear, also for one enroller of all.
/// REQUIRES: has_place.size() == members.count; members by id.
void place_members(const Placement& placement, Members& members,
                   const std::vector<std::uint8_t>& has_place);

}  // namespace downline
