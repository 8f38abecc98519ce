// Upper bounds on what comes in, so that no sum of it can overflow 64 bits.
#pragma once

#include <cstdint>

namespace downline {

/// One amount of money in a file, in minor units; volumes (hundredths) and quantities likewise.
inline constexpr std::int64_t amount_minor_max = 1'000'000'000'000'000;  // 10^15
inline constexpr std::int64_t volume_centipoints_max = amount_minor_max;
inline constexpr std::int64_t quantity_max = 1'000'000'000;
/// The sum of any column over the orders of one run; load refuses more.
inline constexpr std::int64_t run_sum_max = 1'000'000'000'000'000'000;  // 10^18
/// Rates and factors, in millionths.
inline constexpr std::int64_t rate_ppm_max = 1'000'000'000;  // 100,000 %
inline constexpr std::int64_t point_ppm_max = 1'000'000'000;  // 1,000 units of money

inline constexpr std::size_t id_bytes_max = 64;
inline constexpr std::size_t field_bytes_max = 64 * 1024;
inline constexpr std::size_t plan_bytes_max = 8 * 1024 * 1024;
/// Levels, ranks, bonuses, steps: of each at most so many in a plan.
inline constexpr std::size_t plan_entries_max = 1000;
/// Members of a database; an index is 32 bits and the last one means "none".
inline constexpr std::uint32_t member_count_max = 0x7fff'ffff;
/// Order lines of one period.
inline constexpr std::uint32_t order_line_count_max = 0x7fff'ffff;

// base × rate × point × minor units per unit stays inside 127 bits; so does amount × quantity. A
// factor comes on top and is checked where it is applied.
static_assert(static_cast<long double>(amount_minor_max) * rate_ppm_max * point_ppm_max * 1000 <
              1.7e38L);
static_assert(static_cast<long double>(amount_minor_max) * quantity_max < 1.7e38L);
static_assert(run_sum_max < INT64_MAX / 8);

}  // namespace downline
