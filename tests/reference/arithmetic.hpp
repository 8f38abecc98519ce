// Exact products for the reference engine: numbers of any size, rounded by their own rule.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "engine/money.hpp"

namespace downline::reference {

/// The product of `factors` ÷ the product of `divisors`, rounded once on the magnitude, then the
/// sign. REQUIRES: divisors > 0. Throws std::overflow_error where the result is beyond 64 bits.
[[nodiscard]] std::int64_t rounded(std::initializer_list<std::int64_t> factors,
                                   std::initializer_list<std::int64_t> divisors,
                                   Rounding rounding);

}  // namespace downline::reference
