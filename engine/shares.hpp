// Sharing out an amount so that every minor unit goes somewhere: largest remainder.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace downline {

/// Parts of `amount_minor` in proportion to `weights` that add up to it exactly. What rounding down
/// leaves goes, a unit each, to the largest remainders, ties to the earlier.
/// REQUIRES: amount_minor >= 0, weights >= 0 and their sum is positive.
[[nodiscard]] std::vector<std::int64_t> share_out(std::int64_t amount_minor,
                                                  std::span<const std::int64_t> weights);

}  // namespace downline
