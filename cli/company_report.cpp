// From the whole to the parts: see the header.
#include "cli/company_report.hpp"

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/run_report.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/run.hpp"

namespace downline {
namespace {

constexpr Figure figures[] = {
    {"total", "paid", true, [](const CompanyTotals& t) { return t.run.paid_minor; }},
    {"maximum", "the plan could pay on these orders", true,
     [](const CompanyTotals& t) { return t.maximum_minor; }},
    {"forfeited", "forfeited: slots that were not paid", true,
     [](const CompanyTotals& t) { return t.forfeited_minor; }},
    {"cuts", "taken back by caps and limits", true,
     [](const CompanyTotals& t) { return t.cut_minor; }},
    {"corrections", "reversals and adjustments", true,
     [](const CompanyTotals& t) { return t.other_minor; }},
    {"sales", "sales less returns", true, [](const CompanyTotals& t) { return t.run.sales_minor; }},
    {"retail_sales", "of them to customers", true,
     [](const CompanyTotals& t) { return t.retail_minor; }},
    {"own_sales", "of them to affiliates", true,
     [](const CompanyTotals& t) { return t.own_minor; }},
    {"orders", "orders", false, [](const CompanyTotals& t) { return t.run.order_count; }},
    {"buying_customers", "customers who bought", false,
     [](const CompanyTotals& t) { return t.buying_customers; }},
    {"new_buyers", "of them for the first time", false,
     [](const CompanyTotals& t) { return t.new_buyers; }},
    {"affiliates", "affiliates", false,
     [](const CompanyTotals& t) { return t.run.affiliate_count; }},
    {"active", "active affiliates", false,
     [](const CompanyTotals& t) { return t.run.active_count; }},
    {"earners", "members with earning lines", false,
     [](const CompanyTotals& t) { return t.run.earner_count; }},
    {"new_affiliates", "affiliates who joined", false,
     [](const CompanyTotals& t) { return t.new_affiliates; }},
    {"new_customers", "customers who joined", false,
     [](const CompanyTotals& t) { return t.new_customers; }},
};

}  // namespace

std::span<const Figure> company_figures() { return figures; }

std::string figure_text(const Figure& figure, std::int64_t value, const std::string& currency) {
    return figure.is_money ? amount_text(value, currency) : std::to_string(value);
}

std::optional<std::string> payout_ratio(const RunRecord& run) {
    return share_of_volume_text(run.paid_minor, run.volume_centipoints, run.currency);
}

std::string change_text(std::int64_t now, std::int64_t before) {
    if (before == 0) return "";
    const auto share = share_text(now - before, before < 0 ? -before : before);
    return (now > before ? "+" : "") + share.value_or("");
}

std::int64_t forfeited_for(const BonusTotal& bonus, Reason reason) {
    std::int64_t sum = 0;
    for (const auto& [name, amount_minor] : bonus.forfeited)
        if (name == reason_name(reason)) sum += amount_minor;
    return sum;
}

namespace {

void print_figures(Output& output, const Report& report) {
    const CompanyTotals& now = report.totals;
    const std::string& currency = now.run.currency;
    output << bold(output, fmt::format("{} {}: run {}, {}", now.run.plan, now.run.period,
                                       now.run.number, now.run.state))
           << "\n\n";
    const std::string before =
        report.before ? fmt::format("{} ({})", report.before->run.period, report.before->run.state)
                      : "before";
    Table table(output, {{fmt::format("in {}, where it is money", currency)},
                         {now.run.period, Align::right}, {before, Align::right},
                         {"change", Align::right}});
    table.row({"payout ratio, of volume", payout_ratio(now.run).value_or("no volume"),
               report.before ? payout_ratio(report.before->run).value_or("no volume") : "", ""});
    const auto share_row = [&](const char* words, auto part, auto whole) {
        table.row({words, share_text(part(now), whole(now)).value_or(""),
                   report.before
                       ? share_text(part(*report.before), whole(*report.before)).value_or("")
                       : "",
                   ""});
    };
    share_row("retail share, of sales", [](const CompanyTotals& t) { return t.retail_minor; },
              [](const CompanyTotals& t) { return t.run.sales_minor; });
    for (const Figure& figure : figures) {
        const std::int64_t value = figure.of(now);
        const std::int64_t was = report.before ? figure.of(*report.before) : 0;
        if (value == 0 && was == 0) continue;
        table.row({figure.words, figure_text(figure, value, currency),
                   report.before ? figure_text(figure, was, currency) : "",
                   report.before ? change_text(value, was) : ""});
    }
    table.finish();
}

void print_breakage(Output& output, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    output << "\nBreakage, by bonus and reason: paid and forfeited close to what was possible\n";
    std::vector<Column> columns{{"bonus"}, {"kind"}, {"paid", Align::right}};
    for (std::size_t i = 0; i < reason_count; ++i)
        columns.push_back({std::string(reason_name(static_cast<Reason>(i))), Align::right});
    columns.push_back({"possible", Align::right});
    columns.push_back({"paid of it", Align::right});
    Table table(output, std::move(columns));
    std::vector<std::int64_t> sums(reason_count + 2, 0);
    const auto row = [&](const std::string& name, const std::string& kind,
                         const std::vector<std::int64_t>& amounts) {
        std::vector<std::string> cells{name, kind};
        for (const std::int64_t amount : amounts) cells.push_back(amount_text(amount, currency));
        cells.push_back(share_text(amounts.front(), amounts.back()).value_or(""));
        table.row(std::move(cells));
    };
    for (const BonusTotal& bonus : report.summary.bonuses) {
        if (bonus.is_cut()) continue;
        std::vector<std::int64_t> amounts{bonus.paid_minor};
        for (std::size_t i = 0; i < reason_count; ++i)
            amounts.push_back(forfeited_for(bonus, static_cast<Reason>(i)));
        amounts.push_back(bonus.maximum_minor);
        for (std::size_t i = 0; i < amounts.size(); ++i) sums[i] += amounts[i];
        row(bonus.code, bonus.kind, amounts);
    }
    row("all bonuses", "", sums);
    table.finish();
    for (const BonusTotal& cut : report.summary.bonuses)
        if (cut.is_cut())
            output << fmt::format("{} took {} back from {}\n", cut.code,
                                  amount_text(-cut.paid_minor, currency),
                                  counted(cut.line_count, "member"));
    for (const RunSummary::Correction& line : report.summary.corrections)
        output << fmt::format("{} of {}: {} in {}\n",
                              line.is_reversal ? "reversals" : "adjustments", line.bonus,
                              amount_text(line.amount_minor, currency),
                              counted(line.line_count, "line"));
}

void print_parts(Output& output, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    const std::int64_t paid_minor = report.totals.run.paid_minor;
    output << "\nBy stream: what kind of income it is\n";
    Table streams(output, {{"stream"}, {"amount", Align::right}, {"of pay", Align::right},
                           {"what it is"}});
    for (const auto& [stream, amount_minor] : report.summary.streams)
        streams.row({stream, amount_text(amount_minor, currency),
                     share_text(amount_minor, paid_minor).value_or(""), stream_phrase(stream)});
    streams.finish();
    output << "\nBy level: the level that the plan paid it as; 0 is one's own sale, or no level\n";
    Table levels(output, {{"level", Align::right}, {"lines", Align::right},
                          {"amount", Align::right}, {"of pay", Align::right}});
    for (const NamedAmount& level : report.by_level)
        levels.row({level.name, std::to_string(level.lines),
                    amount_text(level.amount_minor, currency),
                    share_text(level.amount_minor, paid_minor).value_or("")});
    levels.finish();
}

void print_groups(Output& output, const Report& report, const std::string& name,
                  const std::string& none, const std::vector<ReportGroup>& groups) {
    const std::string& currency = report.totals.run.currency;
    output << "\nBy " << name << "\n";
    Table table(output, {{name}, {"affiliates", Align::right}, {"active", Align::right},
                         {"earners", Align::right}, {"amount", Align::right},
                         {"of pay", Align::right}});
    for (const ReportGroup& group : groups)
        table.row({group.name.empty() ? none : group.name, std::to_string(group.members),
                   std::to_string(group.active), std::to_string(group.earners),
                   amount_text(group.amount_minor, currency),
                   share_text(group.amount_minor, report.totals.run.paid_minor).value_or("")});
    table.finish();
}

void print_earners(Output& output, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    const Concentration& spread = report.concentration;
    if (spread.earners == 0) {
        output << "\nNobody was paid anything.\n";
        return;
    }
    output << "\nWho was paid most\n";
    Table table(output, {{"member"}, {"name"}, {"rank"}, {"amount", Align::right},
                         {"of pay", Align::right}});
    for (const TopEarner& top : report.top)
        table.row({top.member_id, top.name.value_or(""), top.rank.value_or(""),
                   amount_text(top.amount_minor, currency),
                   share_text(top.amount_minor, spread.paid_minor).value_or("")});
    table.finish();
    output << fmt::format(
        "Of {} who were paid more than nothing, the top 1 % have {} and the top 10 % {} of it; {} "
        "half of it.\n",
        spread.earners, share_text(spread.top_1_percent_minor, spread.paid_minor).value_or(""),
        share_text(spread.top_10_percent_minor, spread.paid_minor).value_or(""),
        spread.half_earners == 1 ? std::string("one has")
                                 : fmt::format("{} have", spread.half_earners));
}

void print_cohorts(Output& output, const Report& report) {
    if (report.cohorts.empty()) return;
    output << "\nCustomers by the period of their first order: who ordered again, ever and now\n";
    Table table(output, {{"first order"}, {"customers", Align::right}, {"again", Align::right},
                         {"", Align::right}, {"in " + report.totals.run.period, Align::right},
                         {"", Align::right}});
    for (const Cohort& cohort : report.cohorts)
        table.row({cohort.period.empty() ? "earlier" : cohort.period,
                   std::to_string(cohort.customers), std::to_string(cohort.reordered),
                   share_text(cohort.reordered, cohort.customers).value_or(""),
                   std::to_string(cohort.ordered),
                   share_text(cohort.ordered, cohort.customers).value_or("")});
    table.finish();
}

void print_table(Output& output, const Report& report) {
    print_figures(output, report);
    print_breakage(output, report);
    print_parts(output, report);
    if (report.by_rank.size() > 1) print_groups(output, report, "rank", "none", report.by_rank);
    if (report.by_country.size() > 1)
        print_groups(output, report, "country", "not stated", report.by_country);
    print_earners(output, report);
    print_cohorts(output, report);
}

/// One row per figure: `section`, `name`, and what applies of a count, an amount, a share.
void print_csv(Output& output, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    const std::int64_t paid_minor = report.totals.run.paid_minor;
    CsvWriter csv(output);
    csv.header({"period", "section", "name", "reason", "count", "amount", "share", "before"});
    const auto row = [&](std::string_view section, const std::string& name, std::string_view reason,
                         std::optional<std::int64_t> count, std::optional<std::int64_t> amount,
                         const std::optional<std::string>& share,
                         const std::optional<std::string>& before) {
        csv.text(report.totals.run.period).text(section).text(name).text(reason);
        count ? csv.number(*count) : csv.none();
        amount ? csv.decimal(amount_text(*amount, currency)) : csv.none();
        csv.decimal(share).decimal(before).end_row();
    };
    const auto money = [&](std::string_view section, const std::string& name, std::int64_t amount,
                           std::optional<std::int64_t> count = {}) {
        row(section, name, "", count, amount, share_text(amount, paid_minor), {});
    };
    row("figure", "payout_ratio", "", {}, {}, payout_ratio(report.totals.run),
        report.before ? payout_ratio(report.before->run) : std::nullopt);
    for (const Figure& figure : figures) {
        const std::int64_t value = figure.of(report.totals);
        std::optional<std::int64_t> count, amount;
        (figure.is_money ? amount : count) = value;
        row("figure", figure.name, "", count, amount, {},
            report.before ? std::optional(figure_text(figure, figure.of(*report.before), currency))
                          : std::nullopt);
    }
    for (const BonusTotal& bonus : report.summary.bonuses) {
        money(bonus.is_cut() ? "cut" : "bonus", bonus.code, bonus.paid_minor, bonus.line_count);
        if (!bonus.is_cut()) row("maximum", bonus.code, "", {}, bonus.maximum_minor, {}, {});
        for (const auto& [reason, amount] : bonus.forfeited)
            row("forfeited", bonus.code, reason, {}, amount,
                share_text(amount, bonus.maximum_minor), {});
    }
    for (const auto& [stream, amount] : report.summary.streams) money("stream", stream, amount);
    for (const NamedAmount& level : report.by_level)
        money("level", level.name, level.amount_minor, level.lines);
    for (const ReportGroup& group : report.by_rank)
        money("rank", group.name, group.amount_minor, group.members);
    for (const ReportGroup& group : report.by_country)
        money("country", group.name, group.amount_minor, group.members);
    for (const TopEarner& top : report.top) money("top", top.member_id, top.amount_minor);
    for (const Cohort& cohort : report.cohorts) {
        const std::string name = cohort.period.empty() ? "earlier" : cohort.period;
        row("cohort", name, "customers", cohort.customers, {}, {}, {});
        row("cohort", name, "ordered again", cohort.reordered, {},
            share_text(cohort.reordered, cohort.customers), {});
        row("cohort", name, "ordered", cohort.ordered, {},
            share_text(cohort.ordered, cohort.customers), {});
    }
}

void write_figures(JsonWriter& json, const CompanyTotals& totals) {
    json.begin_object();
    json.text("period", totals.run.period);
    json.number("run", totals.run.number);
    json.text("state", totals.run.state);
    json.text("payout_ratio", payout_ratio(totals.run));
    json.text("retail_share", share_text(totals.retail_minor, totals.run.sales_minor));
    json.text("volume", volume_text(totals.run.volume_centipoints));
    for (const Figure& figure : figures) {
        const std::int64_t value = figure.of(totals);
        if (figure.is_money) json.text(figure.name, amount_text(value, totals.run.currency));
        else json.number(figure.name, value);
    }
    json.end_object();
}

void write_bonuses(JsonWriter& json, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    json.key("by_bonus").begin_array();
    for (const BonusTotal& bonus : report.summary.bonuses) {
        json.begin_object();
        json.text("bonus", bonus.code);
        json.text("kind", bonus.kind);
        json.number("lines", bonus.line_count);
        json.text("amount", amount_text(bonus.paid_minor, currency));
        json.text("maximum", bonus.is_cut()
                                 ? std::nullopt
                                 : std::optional(amount_text(bonus.maximum_minor, currency)));
        json.key("forfeited").begin_array();
        for (const auto& [reason, amount] : bonus.forfeited) {
            json.begin_object();
            json.text("reason", reason);
            json.text("amount", amount_text(amount, currency));
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void write_groups(JsonWriter& json, std::string_view list, std::string_view name,
                  const std::vector<ReportGroup>& groups, const std::string& currency) {
    json.key(list).begin_array();
    for (const ReportGroup& group : groups) {
        json.begin_object();
        json.text(name, group.name.empty() ? std::nullopt : std::optional(group.name));
        json.number("affiliates", group.members);
        json.number("active", group.active);
        json.number("earners", group.earners);
        json.text("amount", amount_text(group.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
}

void write_spread(JsonWriter& json, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    json.key("top").begin_array();
    for (const TopEarner& top : report.top) {
        json.begin_object();
        json.text("member_id", top.member_id);
        json.text("name", top.name);
        json.text("rank", top.rank);
        json.text("amount", amount_text(top.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
    const Concentration& spread = report.concentration;
    json.key("concentration").begin_object();
    json.number("earners", spread.earners);
    json.text("amount", amount_text(spread.paid_minor, currency));
    json.text("top_1_percent", amount_text(spread.top_1_percent_minor, currency));
    json.text("top_10_percent", amount_text(spread.top_10_percent_minor, currency));
    json.number("half_earners", spread.half_earners);
    json.end_object();
    json.key("cohorts").begin_array();
    for (const Cohort& cohort : report.cohorts) {
        json.begin_object();
        json.text("first_order",
                  cohort.period.empty() ? std::nullopt : std::optional(cohort.period));
        json.number("customers", cohort.customers);
        json.number("ordered_again", cohort.reordered);
        json.number("ordered", cohort.ordered);
        json.end_object();
    }
    json.end_array();
}

void print_json(Output& output, const Report& report) {
    const std::string& currency = report.totals.run.currency;
    JsonWriter json(output);
    json.begin_object();
    json.text("plan", report.totals.run.plan);
    json.text("currency", currency);
    json.key("now");
    write_figures(json, report.totals);
    json.key("before");
    report.before ? write_figures(json, *report.before) : json.null();
    write_bonuses(json, report);
    json.key("by_stream").begin_array();
    for (const auto& [stream, amount] : report.summary.streams) {
        json.begin_object();
        json.text("stream", stream);
        json.text("amount", amount_text(amount, currency));
        json.end_object();
    }
    json.end_array();
    json.key("by_level").begin_array();
    for (const NamedAmount& level : report.by_level) {
        json.begin_object();
        json.text("level", level.name);
        json.number("lines", level.lines);
        json.text("amount", amount_text(level.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
    write_groups(json, "by_rank", "rank", report.by_rank, currency);
    write_groups(json, "by_country", "country", report.by_country, currency);
    write_spread(json, report);
    json.end_object();
    json.end();
}

}  // namespace

void print_report(Output& output, Format format, const Report& report) {
    switch (format) {
        case Format::table: return print_table(output, report);
        case Format::csv: return print_csv(output, report);
        case Format::json: return print_json(output, report);
    }
}

}  // namespace downline
