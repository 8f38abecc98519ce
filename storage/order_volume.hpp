// Money as points and back: one unit of the currency is one point.
#pragma once

#include "engine/money.hpp"

namespace downline {

[[nodiscard]] inline std::int64_t ten_to(int exponent) {
    std::int64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

/// Hundredths of a point; three places are rounded half up (docs/plan-language.md).
[[nodiscard]] inline std::int64_t volume_of_amount(std::int64_t amount_minor, int currency_places) {
    if (currency_places <= 2) return amount_minor * ten_to(2 - currency_places);
    return divide_rounded(amount_minor, ten_to(currency_places - 2), Rounding::half_up);
}

/// Minor units, rounded half up.
[[nodiscard]] inline std::int64_t amount_of_volume(std::int64_t volume_centipoints,
                                                   int currency_places) {
    if (currency_places >= 2) return volume_centipoints * ten_to(currency_places - 2);
    return divide_rounded(volume_centipoints, ten_to(2 - currency_places), Rounding::half_up);
}

}  // namespace downline
