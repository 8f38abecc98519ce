// Exact numbers: integers with their unit last in the name, and the only rounding there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace downline {

__extension__ using Int128 = __int128;

enum class Rounding : std::uint8_t { half_up, half_even, down };

/// numerator ÷ denominator, rounded on the magnitude, then the sign. REQUIRES: denominator > 0,
/// |result| < 2^63 (else a Refusal).
[[nodiscard]] std::int64_t divide_rounded(Int128 numerator, Int128 denominator, Rounding rounding);

/// A decimal text as a count of 10^-places units: "12.5" with 2 places is 1250. An optional
/// leading '-' where `may_be_negative`. Nothing for anything else, for more places than `places`
/// that are not zero, or beyond ±`magnitude_max`. "12." and ".5" are refused.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text, int places,
                                                        std::int64_t magnitude_max,
                                                        bool may_be_negative = false);

/// The reverse: 1250 with 2 places is "12.50"; with 0 places "1250".
[[nodiscard]] std::string format_decimal(std::int64_t value, int places);

/// The same with trailing zeros of the fraction cut: rate_ppm 50'000 is "5%".
[[nodiscard]] std::string format_percent(std::int64_t rate_ppm);

/// "5%", "0.25%": millionths of the whole; at most 3 1/3-like 4 places of a percent (6 of the
/// fraction). Nothing where it is no such text or beyond rate_ppm_max.
[[nodiscard]] std::optional<std::int64_t> parse_percent(std::string_view text);

/// Places of a currency's minor unit (ISO 4217), or nothing for an unknown code.
[[nodiscard]] std::optional<int> currency_places(std::string_view code);

/// Throws the Refusal of amounts that do not fit.
[[noreturn]] void refuse_too_large();

/// a + b and a × b, a Refusal where they overflow.
[[nodiscard]] inline std::int64_t add_checked(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) refuse_too_large();
    return sum;
}
[[nodiscard]] inline std::int64_t multiply_checked(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) refuse_too_large();
    return product;
}

}  // namespace downline
