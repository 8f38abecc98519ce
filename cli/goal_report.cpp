// Progress, what of it recurs, when goals are reached; a sale or a subscription: see the header.
#include "cli/goal_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/money.hpp"

namespace downline {
namespace {

std::string month_text(Day day) { return period_name(period_of(day, PeriodKind::month)); }

/// The month so many after that of `day`, where a calendar can name it.
std::optional<std::string> month_after(Day day, std::int64_t months) {
    const std::int64_t number = month_number(day) + months;
    if (number / 12 > year_max) return std::nullopt;
    return fmt::format("{:04}-{:02}", number / 12, number % 12 + 1);
}

std::optional<std::string> day_text(const std::optional<Day>& day) {
    return day ? std::optional(format_day(*day)) : std::nullopt;
}

std::string outlook_name(Outlook outlook) {
    switch (outlook) {
        case Outlook::no_goal: return "no-goal";
        case Outlook::too_few_months: return "too-few-months";
        case Outlook::reached: return "reached";
        case Outlook::in_months: return "in-months";
        case Outlook::not_at_this_rate: return "not-at-this-rate";
    }
    return "";
}

std::string outlook_text(const GoalReport& report, const GoalRow& row) {
    switch (row.outlook) {
        case Outlook::no_goal: return "";
        case Outlook::too_few_months: return "too few closed months";
        case Outlook::reached: return "reached";
        case Outlook::in_months: break;
        case Outlook::not_at_this_rate: return "not at the present rate";
    }
    const auto month = month_after(*report.trend.closed_through, row.months);
    return fmt::format("in {}{}", counted(row.months, "month"),
                       month ? fmt::format(", {}", *month) : "");
}

/// How many fit, the last one in part: the least n with n × each >= amount.
std::int64_t at_least(Int128 amount, Int128 each) {
    return static_cast<std::int64_t>((amount + each - 1) / each);
}

/// The first month by which so much a month has brought what the sale brings; nothing: never.
std::optional<std::int64_t> overtakes_in(const std::vector<std::int64_t>& brought,
                                         const SaleOrSubscription& choice) {
    const auto found = std::ranges::lower_bound(brought, choice.once_minor);
    if (found == brought.end()) return std::nullopt;
    return found - brought.begin() + 1;
}

/// What a monthly goal takes: sales every month; or subscriptions that run, and new ones a month.
struct Takes {
    std::int64_t sales{}, subscriptions{}, new_subscriptions{};
};
Takes what_it_takes(const Retention& retention, const SaleOrSubscription& choice,
                    std::int64_t goal_minor) {
    Int128 ppm = 0;
    for (const KeptMonth& month : retention.months) ppm += month.share_ppm;
    return {at_least(goal_minor, choice.once_minor), at_least(goal_minor, choice.monthly_minor),
            at_least(Int128{goal_minor} * 1'000'000, ppm * choice.monthly_minor)};
}

void print_progress(Output& output, const GoalReport& report) {
    const auto amount = [&](std::int64_t minor) { return amount_text(minor, report.currency); };
    output << bold(output, fmt::format("{}{}: goals in {}, {}", report.member_id,
                                       report.name ? fmt::format(" ({})", *report.name) : "",
                                       period_name(report.month),
                                       report.is_final ? "final" : "not closed yet"))
           << "\n\n";
    Table table(output, {{"stream"}, {"earned, " + report.currency, Align::right},
                         {"goal", Align::right}, {"of it", Align::right},
                         {"missing", Align::right}, {"average", Align::right},
                         {"a month", Align::right}, {"reached"}});
    for (const GoalRow& row : report.rows) {
        const bool has_trend = report.trend.half > 0;
        const std::int64_t change = has_trend ? row.change_minor(report.trend) : 0;
        table.row({row.stream.value_or("all"), amount(row.amount_minor),
                   row.goal ? amount(row.goal->monthly_minor) : "",
                   row.goal ? share_text(row.amount_minor, row.goal->monthly_minor).value_or("")
                            : "",
                   row.goal ? amount(row.missing_minor()) : "",
                   has_trend ? amount(row.average_minor(report.trend)) : "",
                   has_trend ? fmt::format("{}{}", change > 0 ? "+" : "", amount(change)) : "",
                   outlook_text(report, row)});
    }
    table.finish();
}

std::string rate_words(const Trend& trend) {
    if (trend.half == 0)
        return "The present rate takes two closed months, whole ones after joining.\n";
    const std::string last = month_text(*trend.closed_through);
    if (trend.half == 1)
        return fmt::format("The present rate: the closed month {} less the one before.\n", last);
    return fmt::format("The present rate: the average of the {0} closed months to {1} less that of "
                       "the {0} before, by {0} months.\n",
                       trend.half, last);
}

void print_words(Output& output, const GoalReport& report) {
    const auto amount = [&](std::int64_t minor) { return amount_text(minor, report.currency); };
    output << "\n";
    if (std::ranges::none_of(report.rows, [](const GoalRow& row) { return row.goal.has_value(); }))
        output << "No goal is set; downline import goals FILE sets them.\n";
    if (report.total().amount_minor > 0)
        output << fmt::format("{} of {} {} ({}) recurs: it was paid on reorders.\n",
                              amount(report.recurring_minor), amount(report.total().amount_minor),
                              report.currency,
                              share_text(report.recurring_minor, report.total().amount_minor)
                                  .value_or(""));
    output << rate_words(report.trend);
    for (const GoalRow& row : report.rows)
        if (row.needed_minor)
            output << fmt::format("{}: {} by {} takes {} more every month.\n",
                                  row.stream.value_or("all"), amount(row.goal->monthly_minor),
                                  format_day(*row.goal->reach_by), amount(*row.needed_minor));
}

void print_choice(Output& output, const GoalReport& report, const SaleOrSubscription& choice) {
    const auto amount = [&](std::int64_t minor) { return amount_text(minor, report.currency); };
    output << fmt::format("\n{} once, or {} a month? ", amount(choice.once_minor),
                          amount(choice.monthly_minor));
    if (!report.retention || report.retention->months.empty()) {
        output << "Not computable: no closed month with orders tells who goes on ordering.\n";
        return;
    }
    const Retention& retention = *report.retention;
    output << fmt::format("{} to {}, by months since the first order\n",
                          retention.is_of_contracts ? "Contracts" : "Customers",
                          month_text(*report.trend.closed_through));
    const std::vector<std::int64_t> brought = brought_by(retention, choice.monthly_minor);
    Table table(output, {{"month", Align::right}, {"began so long ago", Align::right},
                         {"ordered in it", Align::right}, {"share", Align::right},
                         {"brought by then", Align::right}});
    for (const std::size_t month : {1, 2, 3, 6, 12, 18, 24}) {
        if (month > brought.size()) break;
        const KeptMonth& kept = retention.months[month - 1];
        table.row({std::to_string(month), std::to_string(kept.of), std::to_string(kept.ordered),
                   share_text(kept.ordered, kept.of).value_or(""), amount(brought[month - 1])});
    }
    table.finish();
    const auto overtakes = overtakes_in(brought, choice);
    output << (overtakes ? fmt::format("{} a month has brought more from month {} on.\n",
                                       amount(choice.monthly_minor), *overtakes)
                         : fmt::format("{} once brings more: {} a month comes to {} in the {} "
                                       "measured.\n",
                                       amount(choice.once_minor), amount(choice.monthly_minor),
                                       amount(brought.back()),
                                       counted(static_cast<std::int64_t>(brought.size()), "month")));
    if (!report.total().goal) return;
    const Takes takes = what_it_takes(retention, choice, report.total().goal->monthly_minor);
    output << fmt::format("{} a month takes {} every month; or {} that run, and to keep so many {} "
                          "every month.\n",
                          amount(report.total().goal->monthly_minor), counted(takes.sales, "sale"),
                          counted(takes.subscriptions, "subscription"),
                          counted(takes.new_subscriptions, "new one"));
}

void print_csv(Output& output, const GoalReport& report) {
    const auto amount = [&](std::int64_t minor) { return amount_text(minor, report.currency); };
    CsvWriter csv(output);
    csv.header({"member_id", "month", "stream", "amount", "goal", "set_on", "by", "share",
                "missing", "average", "change", "outlook", "months", "needed", "currency"});
    for (const GoalRow& row : report.rows) {
        csv.text(report.member_id).text(period_name(report.month)).text(row.stream);
        csv.decimal(amount(row.amount_minor));
        if (row.goal) {
            csv.decimal(amount(row.goal->monthly_minor)).text(day_text(row.goal->set_on));
            csv.text(day_text(row.goal->reach_by));
            csv.text(share_text(row.amount_minor, row.goal->monthly_minor));
            csv.decimal(amount(row.missing_minor()));
        } else {
            csv.none().none().none().none().none();
        }
        if (report.trend.half > 0)
            csv.decimal(amount(row.average_minor(report.trend)))
                .decimal(amount(row.change_minor(report.trend)));
        else csv.none().none();
        csv.text(outlook_name(row.outlook));
        row.outlook == Outlook::in_months ? csv.number(row.months) : csv.none();
        row.needed_minor ? csv.decimal(amount(*row.needed_minor)) : csv.none();
        csv.text(report.currency).end_row();
    }
}

void write_row(JsonWriter& json, const GoalReport& report, const GoalRow& row) {
    const auto amount = [&](std::int64_t minor) { return amount_text(minor, report.currency); };
    const bool has_trend = report.trend.half > 0;
    json.begin_object();
    json.text("stream", row.stream);
    json.text("amount", amount(row.amount_minor));
    if (row.goal) {
        json.text("goal", amount(row.goal->monthly_minor));
        json.text("set_on", day_text(row.goal->set_on));
        json.text("by", day_text(row.goal->reach_by));
        json.text("share", share_text(row.amount_minor, row.goal->monthly_minor));
        json.text("missing", amount(row.missing_minor()));
    } else {
        json.key("goal").null();
    }
    json.text("average", has_trend ? std::optional(amount(row.average_minor(report.trend)))
                                   : std::nullopt);
    json.text("change", has_trend ? std::optional(amount(row.change_minor(report.trend)))
                                  : std::nullopt);
    json.text("outlook", outlook_name(row.outlook));
    json.key("months");
    row.outlook == Outlook::in_months ? json.number(row.months) : json.null();
    json.text("needed", row.needed_minor ? std::optional(amount(*row.needed_minor)) : std::nullopt);
    json.end_object();
}

void write_choice(JsonWriter& json, const GoalReport& report, const SaleOrSubscription& choice) {
    const auto amount = [&](std::int64_t minor) { return amount_text(minor, report.currency); };
    const Retention& retention = *report.retention;
    const std::vector<std::int64_t> brought = brought_by(retention, choice.monthly_minor);
    json.begin_object();
    json.text("once", amount(choice.once_minor));
    json.text("monthly", amount(choice.monthly_minor));
    json.text("population", retention.is_of_contracts ? "contracts" : "customers");
    json.text("measured_through", month_text(*report.trend.closed_through));
    json.key("by_month").begin_array();
    for (std::size_t i = 0; i < brought.size(); ++i) {
        const KeptMonth& kept = retention.months[i];
        json.begin_object();
        json.number("month", static_cast<std::int64_t>(i) + 1);
        json.number("of", kept.of);
        json.number("ordered", kept.ordered);
        json.text("share", share_text(kept.ordered, kept.of));
        json.text("brought", amount(brought[i]));
        json.end_object();
    }
    json.end_array();
    const auto overtakes = overtakes_in(brought, choice);
    json.key("overtakes_in");
    overtakes ? json.number(*overtakes) : json.null();
    json.key("goal_takes");
    if (report.total().goal && !brought.empty()) {
        const Takes takes = what_it_takes(retention, choice, report.total().goal->monthly_minor);
        json.begin_object();
        json.number("sales", takes.sales);
        json.number("subscriptions", takes.subscriptions);
        json.number("new_subscriptions", takes.new_subscriptions);
        json.end_object();
    } else {
        json.null();
    }
    json.end_object();
}

void print_json(Output& output, const GoalReport& report, const SaleOrSubscription& choice) {
    JsonWriter json(output);
    json.begin_object();
    json.text("member_id", report.member_id);
    json.text("name", report.name);
    json.text("month", period_name(report.month));
    json.text("state", report.is_final ? "final" : "draft");
    json.text("currency", report.currency);
    json.text("total", amount_text(report.total().amount_minor, report.currency));
    json.text("recurring", amount_text(report.recurring_minor, report.currency));
    json.text("recurring_share", report.total().amount_minor > 0
                                     ? share_text(report.recurring_minor,
                                                  report.total().amount_minor)
                                     : std::nullopt);
    json.key("rate").begin_object();
    json.number("months", report.trend.half);
    json.text("closed_through", report.trend.closed_through
                                    ? std::optional(month_text(*report.trend.closed_through))
                                    : std::nullopt);
    json.end_object();
    json.key("by_stream").begin_array();
    for (const GoalRow& row : report.rows) write_row(json, report, row);
    json.end_array();
    json.key("sale_or_subscription");
    report.retention ? write_choice(json, report, choice) : json.null();
    json.end_object();
    json.end();
}

}  // namespace

void print_goals(Output& output, Format format, const GoalReport& report,
                 const SaleOrSubscription& choice) {
    switch (format) {
        case Format::table:
            print_progress(output, report);
            print_words(output, report);
            return print_choice(output, report, choice);
        case Format::csv: return print_csv(output, report);
        case Format::json: return print_json(output, report, choice);
    }
}

}  // namespace downline
