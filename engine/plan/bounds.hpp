// The highest share of what is sold that a plan can pay, per bonus and in all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"

namespace downline {

/// What one bonus, or (with an empty `bonus`) the whole plan, pays at most.
struct MostPaid {
    std::string bonus;
    std::string most;  ///< "at most 17% of volume", "unbounded: …"
    /// As a share of the company's volume in ppm, where it is only that and bounded.
    std::optional<std::int64_t> volume_share_ppm;
};

/// Every bonus in plan order, then the plan in all. Bonuses that provably never take the same
/// order line (by buyer, sequence, kind, category or sku) are not added up.
/// REQUIRES: the plan was read without errors.
[[nodiscard]] std::vector<MostPaid> most_paid(const Plan& plan);

}  // namespace downline
