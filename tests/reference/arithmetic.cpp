// Exact products for the reference engine: multiplied out in full, then rounded as at school.
#include "tests/reference/arithmetic.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <stdexcept>

namespace downline::reference {

using Number = boost::multiprecision::cpp_int;

std::int64_t rounded(std::initializer_list<std::int64_t> factors,
                     std::initializer_list<std::int64_t> divisors, Rounding rounding) {
    Number numerator = 1;
    Number denominator = 1;
    for (const std::int64_t factor : factors) numerator *= factor;
    for (const std::int64_t divisor : divisors) denominator *= divisor;
    const bool is_negative = numerator < 0;
    if (is_negative) numerator = -numerator;
    Number quotient = numerator / denominator;
    const Number twice_the_rest = 2 * (numerator % denominator);
    const bool is_odd = quotient % 2 == 1;
    const bool is_half = twice_the_rest == denominator;
    const bool is_more = twice_the_rest > denominator;
    const bool goes_up = (rounding == Rounding::half_up && (is_more || is_half)) ||
                         (rounding == Rounding::half_even && (is_more || (is_half && is_odd)));
    if (goes_up) ++quotient;
    if (quotient > INT64_MAX) throw std::overflow_error("reference: beyond 64 bits");
    const auto magnitude = static_cast<std::int64_t>(quotient);
    return is_negative ? -magnitude : magnitude;
}

}  // namespace downline::reference
