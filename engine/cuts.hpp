// Caps and limits: what a plan takes back from what its bonuses paid, a line per member and cause.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/lines.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// The cuts of `[cap]` keys and of `[limits] payout`, in plan order; books without entries are left
/// out. Lines are negative, of stream `limit`, and name neither order nor level.
/// `volume_centipoints` is the company's. Source: docs/sources.md#caps.
[[nodiscard]] std::vector<Cut> find_cuts(const Plan& plan, const Snapshot& snapshot,
                                         const Standing& standing,
                                         std::span<const LineBook> books,
                                         std::int64_t volume_centipoints);

}  // namespace downline
