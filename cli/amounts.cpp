// Exact all the way: shares are divided in 128 bits.
#include "cli/amounts.hpp"

#include <fmt/format.h>

#include "engine/money.hpp"

namespace downline {
namespace {

constexpr int volume_places = 2;

std::optional<std::string> share(Int128 part, Int128 whole) {
    if (whole <= 0) return std::nullopt;
    const std::int64_t hundredths = divide_rounded(part * 10'000, whole, Rounding::half_up);
    return format_decimal(hundredths, 2) + "%";
}

Int128 power_of_ten(int exponent) {
    Int128 power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

}  // namespace

std::string amount_text(std::int64_t amount_minor, std::string_view currency) {
    return format_decimal(amount_minor, currency_places(currency).value_or(2));
}

std::string volume_text(std::int64_t volume_centipoints) {
    return format_decimal(volume_centipoints, volume_places);
}

std::optional<std::string> share_text(std::int64_t part, std::int64_t whole) {
    return share(part, whole);
}

std::optional<std::string> share_of_volume_text(std::int64_t amount_minor,
                                                std::int64_t volume_centipoints,
                                                std::string_view currency) {
    const int places = currency_places(currency).value_or(2);
    return share(amount_minor * power_of_ten(volume_places),
                 volume_centipoints * power_of_ten(places));
}

std::string short_digest(const std::string& digest) { return digest.substr(0, 12); }

std::string currency_change_text(std::string_view now, std::string_view before) {
    return fmt::format("the database's currency is {} from now on, and no longer {} (nothing was "
                       "in it yet)", now, before);
}

std::string counted(std::int64_t count, std::string_view singular) {
    return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

}  // namespace downline
