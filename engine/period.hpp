// Days and the spans that are paid at once. A day is a count from 1970-01-01.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace downline {

using Day = std::int32_t;

inline constexpr int year_min = 1900;
inline constexpr int year_max = 9999;

[[nodiscard]] std::optional<Day> parse_day(std::string_view iso_text);  ///< "2026-10-31"
[[nodiscard]] std::optional<Day> day_of(int year, int month, int day_of_month);
[[nodiscard]] std::string format_day(Day day);
/// Calendar months since year 0: the difference of two is a count of months.
[[nodiscard]] std::int32_t month_number(Day day);

enum class PeriodKind : std::uint8_t { day, week, month, quarter, year };
[[nodiscard]] std::string_view period_kind_name(PeriodKind kind);

/// Monday is 1, Sunday 7 (ISO 8601).
using Weekday = std::uint8_t;
inline constexpr Weekday monday = 1;

/// A period with its first and last day, both inside it.
struct Period {
    PeriodKind kind{};
    Day first{};
    Day last{};
    [[nodiscard]] bool holds(Day day) const { return first <= day && day <= last; }
    friend bool operator==(const Period&, const Period&) = default;
};

/// "2026-10" (month), "2026-W43" (week), "2026-10-31" (day), "2026-Q4", "2026". A week is named
/// by the ISO week of its Thursday and starts on `week_starts`.
[[nodiscard]] std::optional<Period> parse_period(std::string_view text,
                                                 Weekday week_starts = monday);
[[nodiscard]] std::string period_name(const Period& period);
[[nodiscard]] Period period_of(Day day, PeriodKind kind, Weekday week_starts = monday);
[[nodiscard]] Period next_period(const Period& period);
[[nodiscard]] Period previous_period(const Period& period);

}  // namespace downline
