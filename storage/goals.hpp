// A member's monthly goals: how far this month comes, and when they are reached as things go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"
#include "storage/earnings.hpp"
#include "storage/retention.hpp"

namespace downline {

struct Goal {
    std::int64_t monthly_minor{};
    std::optional<Day> set_on, reach_by;
};

/// Averages are compared: of the last `half` closed months, and of as many before them.
struct Trend {
    std::int64_t half = 0;          ///< at most 3; 0: fewer than two closed months
    std::optional<Day> closed_through;  ///< last day of the last closed month
};

enum class Outlook {
    no_goal,
    too_few_months,    ///< fewer than two closed months
    reached,           ///< the average of the last months is there
    in_months,         ///< after `months` months more
    not_at_this_rate,  ///< it does not grow
};

/// One stream of a member's pay, or all of it.
struct GoalRow {
    std::optional<std::string> stream;  ///< nothing: all streams together
    std::int64_t amount_minor{};        ///< of the month
    std::optional<Goal> goal;
    std::int64_t recent_minor{}, earlier_minor{};  ///< sums over `Trend::half` months each
    Outlook outlook = Outlook::no_goal;
    std::int64_t months{};                      ///< from the last closed month on
    std::optional<std::int64_t> needed_minor;   ///< more each month to be there by `reach_by`

    [[nodiscard]] std::int64_t missing_minor() const;
    [[nodiscard]] std::int64_t average_minor(const Trend& trend) const;  ///< of the recent months
    [[nodiscard]] std::int64_t change_minor(const Trend& trend) const;   ///< of it, a month
};

struct GoalReport {
    std::string member_id, currency;
    std::optional<std::string> name;
    Period month;
    bool is_final = true;           ///< every run of the month is
    std::vector<RunRecord> runs;    ///< of the month
    std::vector<GoalRow> rows;      ///< all streams first, then each with pay or a goal
    std::int64_t recurring_minor{};  ///< of the month's pay: on reorders
    Trend trend;
    std::optional<Retention> retention;  ///< measured through the last closed month

    [[nodiscard]] const GoalRow& total() const { return rows.front(); }
};

/// A month's pay is that of the current runs whose periods end in it, of `plan` or of all plans.
/// `month`: such as 2026-10; the newest that has a run unless said. Refusal (input) for an unknown
/// member, one who has not joined and a customer; Refusal (state) where the month has no run;
/// UsageError for a period that is no month.
[[nodiscard]] GoalReport goals_of(Database& database, const std::string& member_id,
                                  const std::optional<std::string>& month,
                                  const std::optional<std::string>& plan);

/// What so much a month brings in all, month by month, by this retention.
[[nodiscard]] std::vector<std::int64_t> brought_by(const Retention& retention,
                                                   std::int64_t monthly_minor);

}  // namespace downline
