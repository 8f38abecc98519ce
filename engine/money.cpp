// Exact numbers: see the header.
#include "engine/money.hpp"

#include <algorithm>
#include <array>

#include "engine/errors.hpp"
#include "engine/limits.hpp"

namespace downline {

/// Files and plans are bounded so that sums of them fit; rates, weights and counts on top of the
/// largest amounts may still make too much of them.
void refuse_too_large() {
    throw Refusal(Refusal::Kind::input,
                  "an amount or a sum of them does not fit into 64 bits; look for a rate, a "
                  "weight, a number or an order that is far too large");
}

std::int64_t divide_rounded(Int128 numerator, Int128 denominator, Rounding rounding) {
    ensure(denominator > 0, "divide_rounded: the denominator must be positive");
    const bool is_negative = numerator < 0;
    const Int128 magnitude = is_negative ? -numerator : numerator;
    Int128 quotient = magnitude / denominator;
    const Int128 rest = magnitude % denominator;
    const Int128 to_next = denominator - rest;  // rest and to_next compare as rest and one half
    if (rounding == Rounding::half_up && rest >= to_next) ++quotient;
    if (rounding == Rounding::half_even && (rest > to_next || (rest == to_next && (quotient & 1))))
        ++quotient;
    if (quotient > INT64_MAX) refuse_too_large();
    const auto result = static_cast<std::int64_t>(quotient);
    return is_negative ? -result : result;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, int places,
                                          std::int64_t magnitude_max, bool may_be_negative) {
    const bool is_negative = may_be_negative && text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 40 || text.front() == '.' || text.back() == '.')
        return std::nullopt;
    Int128 value = 0;
    int places_seen = -1;  // -1: no point yet
    for (const char c : text) {
        if (c == '.') {
            if (places_seen >= 0) return std::nullopt;
            places_seen = 0;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        if (places_seen >= places) {  // further places must be zero
            if (c != '0') return std::nullopt;
            continue;
        }
        if (places_seen >= 0) ++places_seen;
        value = value * 10 + (c - '0');
        if (value > magnitude_max) return std::nullopt;
    }
    for (int place = std::max(places_seen, 0); place < places; ++place) {
        value *= 10;
        if (value > magnitude_max) return std::nullopt;
    }
    const auto result = static_cast<std::int64_t>(value);
    return is_negative ? -result : result;
}

std::string format_decimal(std::int64_t value, int places) {
    const bool is_negative = value < 0;
    auto magnitude = is_negative ? 0 - static_cast<std::uint64_t>(value)
                                 : static_cast<std::uint64_t>(value);
    std::array<char, 48> buffer{};
    std::size_t at = buffer.size();
    int written = 0;
    do {
        if (places > 0 && written == places) buffer[--at] = '.';
        buffer[--at] = static_cast<char>('0' + magnitude % 10);
        magnitude /= 10;
        ++written;
    } while (magnitude != 0 || written <= places);
    if (is_negative) buffer[--at] = '-';
    return {buffer.data() + at, buffer.size() - at};
}

std::string format_percent(std::int64_t rate_ppm) {
    std::string text = format_decimal(rate_ppm, 4);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text + '%';
}

std::optional<std::int64_t> parse_percent(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    return parse_decimal(text, 4, rate_ppm_max);
}

std::optional<int> currency_places(std::string_view code) {
    static constexpr std::string_view none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV "
                                             "XAF XOF XPF";
    static constexpr std::string_view three = "BHD IQD JOD KWD LYD OMR TND";
    static constexpr std::string_view two =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN "
        "BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
        "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
        "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
        "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
        "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW "
        "ZWG";
    const auto holds = [code](std::string_view list) {
        const std::size_t at = list.find(code);
        return code.size() == 3 && at != std::string_view::npos && at % 4 == 0;
    };
    if (holds(two)) return 2;
    if (holds(none)) return 0;
    if (holds(three)) return 3;
    return std::nullopt;
}

}  // namespace downline
