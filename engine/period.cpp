// Days and periods: see the header.
#include "engine/period.hpp"

#include <fmt/format.h>

#include <chrono>

namespace downline {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

year_month_day calendar(Day day) { return year_month_day{sys_days{days{day}}}; }
int year_of(Day day) { return static_cast<int>(calendar(day).year()); }
int month_of(Day day) { return static_cast<int>(static_cast<unsigned>(calendar(day).month())); }

/// Digits only, of exactly `width`.
std::optional<int> digits(std::string_view text, std::size_t width) {
    if (text.size() != width) return std::nullopt;
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

Day first_of(int year, int month) {
    return static_cast<Day>(sys_days{std::chrono::year{year} / month / 1}.time_since_epoch().count());
}

/// First day of the span of `months` months that begins in month number `month` (from year 0).
Period months_span(PeriodKind kind, std::int32_t month, std::int32_t months) {
    const std::int32_t next = month + months;
    return {kind, first_of(month / 12, month % 12 + 1), first_of(next / 12, next % 12 + 1) - 1};
}

/// Days since the last `week_starts`; day 0 (1970-01-01) was a Thursday (4).
std::int32_t days_into_week(Day day, Weekday week_starts) {
    const std::int32_t weekday = ((day + 3) % 7 + 7) % 7 + 1;  // Monday 1
    return (weekday - week_starts + 7) % 7;
}

Day thursday_of(const Period& week) {
    for (Day day = week.first; day <= week.last; ++day)
        if (days_into_week(day, monday) == 3) return day;
    return week.first;  // not reached: seven days hold a Thursday
}

int week_number(Day thursday) { return (thursday - first_of(year_of(thursday), 1)) / 7 + 1; }

bool is_year(int year) { return year_min <= year && year <= year_max; }

}  // namespace

std::optional<Day> day_of(int year, int month, int day_of_month) {
    if (!is_year(year) || month < 1 || month > 12 || day_of_month < 1) return std::nullopt;
    const year_month_day date{std::chrono::year{year}, std::chrono::month(unsigned(month)),
                              std::chrono::day(unsigned(day_of_month))};
    if (!date.ok()) return std::nullopt;
    return static_cast<Day>(sys_days{date}.time_since_epoch().count());
}

std::optional<Day> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits(text.substr(0, 4), 4);
    const auto month = digits(text.substr(5, 2), 2);
    const auto day = digits(text.substr(8, 2), 2);
    if (!year || !month || !day) return std::nullopt;
    return day_of(*year, *month, *day);
}

std::string format_day(Day day) {
    const auto date = calendar(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::int32_t month_number(Day day) { return year_of(day) * 12 + month_of(day) - 1; }

std::string_view period_kind_name(PeriodKind kind) {
    switch (kind) {
        case PeriodKind::day: return "day";
        case PeriodKind::week: return "week";
        case PeriodKind::month: return "month";
        case PeriodKind::quarter: return "quarter";
        case PeriodKind::year: return "year";
    }
    return "";
}

Period period_of(Day day, PeriodKind kind, Weekday week_starts) {
    const std::int32_t month = month_number(day);
    switch (kind) {
        case PeriodKind::day: return {kind, day, day};
        case PeriodKind::week: {
            const Day first = day - days_into_week(day, week_starts);
            return {kind, first, first + 6};
        }
        case PeriodKind::month: return months_span(kind, month, 1);
        case PeriodKind::quarter: return months_span(kind, month - month % 3, 3);
        case PeriodKind::year: return months_span(kind, month - month % 12, 12);
    }
    return {};
}

std::optional<Period> parse_period(std::string_view text, Weekday week_starts) {
    if (text.size() == 10) {
        const auto day = parse_day(text);
        return day ? std::optional(Period{PeriodKind::day, *day, *day}) : std::nullopt;
    }
    const auto year = digits(text.substr(0, 4), 4);
    if (!year || !is_year(*year)) return std::nullopt;
    if (text.size() == 4) return months_span(PeriodKind::year, *year * 12, 12);
    if (text[4] != '-') return std::nullopt;
    const std::string_view rest = text.substr(5);
    if (rest.size() == 2 && rest[0] == 'Q') {
        const auto quarter = digits(rest.substr(1), 1);
        if (!quarter || *quarter < 1 || *quarter > 4) return std::nullopt;
        return months_span(PeriodKind::quarter, *year * 12 + (*quarter - 1) * 3, 3);
    }
    if (rest.size() == 3 && rest[0] == 'W') {
        const auto week = digits(rest.substr(1), 2);
        if (!week || *week < 1 || *week > 53) return std::nullopt;
        const Day january_4 = first_of(*year, 1) + 3;  // in ISO week 1
        const Day thursday = january_4 - days_into_week(january_4, monday) + 3 + (*week - 1) * 7;
        if (year_of(thursday) != *year) return std::nullopt;
        return period_of(thursday, PeriodKind::week, week_starts);
    }
    const auto month = digits(rest, 2);
    if (!month || *month < 1 || *month > 12) return std::nullopt;
    return months_span(PeriodKind::month, *year * 12 + *month - 1, 1);
}

std::string period_name(const Period& period) {
    const int year = year_of(period.first);
    switch (period.kind) {
        case PeriodKind::day: return format_day(period.first);
        case PeriodKind::week: {
            const Day thursday = thursday_of(period);
            return fmt::format("{:04}-W{:02}", year_of(thursday), week_number(thursday));
        }
        case PeriodKind::month: return fmt::format("{:04}-{:02}", year, month_of(period.first));
        case PeriodKind::quarter:
            return fmt::format("{:04}-Q{}", year, (month_of(period.first) - 1) / 3 + 1);
        case PeriodKind::year: return fmt::format("{:04}", year);
    }
    return {};
}

Period next_period(const Period& period) {
    if (period.kind == PeriodKind::week || period.kind == PeriodKind::day) {
        const Day length = period.last - period.first + 1;
        return {period.kind, period.first + length, period.last + length};
    }
    return period_of(period.last + 1, period.kind);
}

Period previous_period(const Period& period) {
    if (period.kind == PeriodKind::week || period.kind == PeriodKind::day) {
        const Day length = period.last - period.first + 1;
        return {period.kind, period.first - length, period.last - length};
    }
    return period_of(period.first - 1, period.kind);
}

}  // namespace downline
