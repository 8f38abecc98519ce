// Pay by month and stream from the runs' statements, goals from what was imported: see the header.
#include "storage/goals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/members.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

using StreamSums = std::map<std::string, std::int64_t>;
constexpr std::int64_t half_max = 3;

/// The current runs by the month in which their period ends (month_number).
using RunsByMonth = std::map<std::int32_t, std::vector<RunRecord>>;

RunsByMonth current_runs(Database& database, const std::optional<std::string>& plan) {
    RunsByMonth months;
    for (RunRecord& run : list_runs(database)) {
        const bool is_current =
            run.state == "final" || run.state == "draft" || run.state == "estimate";
        if (is_current && (!plan || run.plan == *plan))
            months[month_number(run.last_day)].push_back(std::move(run));
    }
    return months;
}

Period month_asked(const RunsByMonth& runs, const std::optional<std::string>& month) {
    const auto named = month ? parse_period(*month) : std::nullopt;
    if (month && (!named || named->kind != PeriodKind::month))
        throw UsageError(
            fmt::format("{} is no month; goals are monthly: write 2026-10", shown_value(*month)));
    if (named ? runs.contains(month_number(named->last)) : !runs.empty())
        return named ? *named
                     : period_of(runs.rbegin()->second.front().last_day, PeriodKind::month);
    throw Refusal(Refusal::Kind::state,
                  fmt::format("there is no run {}; downline run PERIOD --plan FILE makes one",
                              named ? fmt::format("of a period that ends in {}", *month) : "yet"));
}

/// Whether every plan with a run in the month has closed it to its end.
bool is_closed(const std::vector<RunRecord>& runs, const Period& month) {
    std::map<std::string, Day> next_last_day;  // of the period after the plan's last closed one
    for (const RunRecord& run : runs) {
        if (run.state != "final") return false;
        const auto named = parse_period(run.period);
        ensure(named.has_value(), "a run of a period without a name");
        const Period next = next_period({named->kind, run.first_day, run.last_day});
        Day& last_day = next_last_day[run.plan];
        last_day = std::max(last_day, next.last);
    }
    return std::ranges::all_of(next_last_day,
                               [&](const auto& plan) { return plan.second > month.last; });
}

/// What the runs paid the member, by stream; of those in whose network it was an affiliate.
StreamSums pay_of(Database& database, const std::vector<RunRecord>& runs,
                  const std::string& member_id) {
    StreamSums sums;
    for (const RunRecord& run : runs) {
        const MemberRecord member = find_member(database, member_id, run.last_day);
        const bool takes_part =
            member.joined_on <= run.last_day && member.kind == MemberKind::affiliate;
        if (!takes_part && &run != &runs.back()) continue;  // of the last one earnings_of says so
        for (const NamedAmount& stream : earnings_of(database, run, member_id, false).by_stream)
            sums[stream.name] = add_checked(sums[stream.name], stream.amount_minor);
    }
    return sums;
}

std::int64_t of_stream(const StreamSums& sums, const std::optional<std::string>& stream) {
    std::int64_t total = 0;
    for (const auto& [name, amount] : sums)
        if (!stream || *stream == name) total = add_checked(total, amount);
    return total;
}

/// The goals that hold on a day, by stream ("": all together).
std::map<std::string, Goal> goals_on(Database& database, const std::string& member_id, Day day) {
    Query query = database.query(
        "SELECT g.stream, g.monthly_amount, g.set_on, g.reach_by FROM goal g JOIN member m"
        " ON m.number = g.member WHERE m.member_id = ?1 AND ifnull(g.set_on, ?2) <= ?2 AND NOT"
        " EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'goal' AND r.row = g.row)"
        " ORDER BY g.set_on");  // NULL first
    query.bind(1, member_id).bind(2, std::int64_t{day});
    std::map<std::string, Goal> goals;
    while (query.step()) {
        Goal goal{query.integer(1), {}, {}};
        if (!query.is_null(2)) goal.set_on = static_cast<Day>(query.integer(2));
        if (!query.is_null(3)) goal.reach_by = static_cast<Day>(query.integer(3));
        goals[std::string{query.text(0)}] = goal;
    }
    std::erase_if(goals, [](const auto& goal) { return goal.second.monthly_minor == 0; });
    return goals;
}

/// Pay of the closed months, newest first: in a row, after the month of joining.
std::vector<StreamSums> closed_months(Database& database, const RunsByMonth& runs,
                                      const GoalReport& report) {
    std::vector<StreamSums> months;
    Period month = report.month;
    if (!is_closed(report.runs, month)) month = previous_period(month);
    while (static_cast<std::int64_t>(months.size()) < 2 * half_max) {
        const auto found = runs.find(month_number(month.last));
        if (found == runs.end() || !is_closed(found->second, month)) break;
        const MemberRecord member = find_member(database, report.member_id, month.first);
        if (member.joined_on > month.first || member.kind == MemberKind::customer) break;
        months.push_back(pay_of(database, found->second, report.member_id));
        month = previous_period(month);
    }
    return months;
}

void look_ahead(const Trend& trend, GoalRow& row) {
    if (!row.goal) return;
    const Int128 half = trend.half;
    const Int128 lacking = row.goal->monthly_minor * half - row.recent_minor;  // times half
    const Int128 growth = Int128{row.recent_minor} - row.earlier_minor;  // times half, of as many
    if (half == 0) {
        row.outlook = Outlook::too_few_months;
        return;
    }
    if (lacking <= 0) row.outlook = Outlook::reached;
    else if (growth <= 0) row.outlook = Outlook::not_at_this_rate;
    else {
        row.outlook = Outlook::in_months;
        row.months = static_cast<std::int64_t>((lacking * half + growth - 1) / growth);
    }
    if (!row.goal->reach_by || lacking <= 0) return;
    const Int128 left =
        half * (month_number(*row.goal->reach_by) - month_number(*trend.closed_through));
    if (left > 0) row.needed_minor = static_cast<std::int64_t>((lacking + left - 1) / left);
}

constexpr std::array<const char*, 7> stream_order{
    "active", "residual", "leveraged", "leveraged-residual", "active-leveraged", "limit",
    "adjustment"};

void add_rows(const StreamSums& pay, const std::map<std::string, Goal>& goals,
              const std::vector<StreamSums>& months, GoalReport& report) {
    const auto add = [&](const std::optional<std::string>& stream) {
        GoalRow row;
        row.stream = stream;
        row.amount_minor = of_stream(pay, stream);
        const auto goal = goals.find(stream.value_or(""));
        if (goal != goals.end()) row.goal = goal->second;
        const auto half = static_cast<std::size_t>(report.trend.half);
        for (std::size_t i = 0; i < 2 * half; ++i) {
            std::int64_t& sum = i < half ? row.recent_minor : row.earlier_minor;
            sum = add_checked(sum, of_stream(months[i], stream));
        }
        look_ahead(report.trend, row);
        const bool says_something =
            row.goal || pay.contains(stream.value_or("")) || row.recent_minor != 0;
        if (!stream || says_something) report.rows.push_back(row);
    };
    add(std::nullopt);
    for (const char* stream : stream_order) add(stream);
}

}  // namespace

std::int64_t GoalRow::missing_minor() const {
    return goal ? std::max<std::int64_t>(0, goal->monthly_minor - amount_minor) : 0;
}

std::int64_t GoalRow::average_minor(const Trend& trend) const {
    return divide_rounded(recent_minor, trend.half, Rounding::half_up);
}

std::int64_t GoalRow::change_minor(const Trend& trend) const {
    return divide_rounded(Int128{recent_minor} - earlier_minor, Int128{trend.half} * trend.half,
                          Rounding::half_up);
}

GoalReport goals_of(Database& database, const std::string& member_id,
                    const std::optional<std::string>& month,
                    const std::optional<std::string>& plan) {
    const RunsByMonth runs = current_runs(database, plan);
    GoalReport report;
    report.month = month_asked(runs, month);
    const MemberRecord member = find_member(database, member_id, report.month.last);
    report.member_id = member_id;
    report.name = member.name;
    report.runs = runs.at(month_number(report.month.last));
    report.currency = report.runs.front().currency;
    for (const RunRecord& run : report.runs) report.is_final &= run.state == "final";
    const StreamSums pay = pay_of(database, report.runs, member_id);
    report.recurring_minor =
        add_checked(of_stream(pay, "residual"), of_stream(pay, "leveraged-residual"));

    for (const auto& [number, of_month] : runs) {
        const Period one = period_of(of_month.front().last_day, PeriodKind::month);
        if (one.last <= report.month.last && is_closed(of_month, one))
            report.trend.closed_through = one.last;
    }
    const std::vector<StreamSums> months = closed_months(database, runs, report);
    report.trend.half = std::min(half_max, static_cast<std::int64_t>(months.size()) / 2);
    add_rows(pay, goals_on(database, member_id, report.month.last), months, report);
    if (report.trend.closed_through)
        report.retention = retention_of(database, *report.trend.closed_through);
    return report;
}

std::vector<std::int64_t> brought_by(const Retention& retention, std::int64_t monthly_minor) {
    std::vector<std::int64_t> brought;
    Int128 ppm = 0;
    for (const KeptMonth& month : retention.months) {
        ppm += month.share_ppm;
        brought.push_back(divide_rounded(ppm * monthly_minor, 1'000'000, Rounding::half_up));
    }
    return brought;
}

}  // namespace downline
