// Loops on several threads: contiguous ranges, so that nothing depends on who computed what.
#pragma once

#include <cstdint>
#include <functional>

namespace downline {

/// Into how many ranges in_ranges cuts `count`: more than threads, so that one heavy range does not
/// leave the others waiting.
[[nodiscard]] std::uint32_t range_count_of(std::uint32_t count, unsigned thread_count);

/// Calls `work(range, from, to)` once for every range; the ranges are numbered from 0 and together
/// are [0, count). Of several exceptions the one of the first range is thrown.
void in_ranges(std::uint32_t count, unsigned thread_count,
               const std::function<void(std::uint32_t, std::uint32_t, std::uint32_t)>& work);

}  // namespace downline
