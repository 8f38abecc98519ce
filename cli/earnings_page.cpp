// From the total down to the single order; each part adds up to the one above it.
#include "cli/earnings_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/amounts.hpp"
#include "cli/run_report.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"

namespace downline {
namespace {

void print_head(Output& output, const RunRecord& run, const Earnings& earnings) {
    const std::string who = earnings.name && !earnings.name->empty()
                                ? shown(*earnings.name) + " (" + shown(earnings.member_id) + ")"
                                : shown(earnings.member_id);
    output << bold(output, fmt::format("{} earned {} {} in {}", who,
                                       amount_text(earnings.total_minor, run.currency),
                                       run.currency, run.period))
           << "\n\n";
    const auto line = [&](std::string_view name, std::string_view value, std::string_view what) {
        if (what.empty()) output << fmt::format("{:<9} {}\n", name, value);
        else output << fmt::format("{:<9} {:<12} {}\n", name, value, what);
    };
    line("period", fmt::format("{}, {} to {}", run.period, format_day(run.first_day),
                               format_day(run.last_day)), "");
    line("plan", fmt::format("{}, run {}, {}", run.plan, run.number,
                             run.state == "final" ? "final: it does not change any more"
                                                  : run.state + ": not closed yet"), "");
    line("active", earnings.is_active ? "yes" : "no",
         earnings.is_active ? "met what the plan asks for to be paid"
                            : "did not meet what the plan asks for to be paid");
    line("rank", earnings.rank.value_or("none"), "paid as, this period");
    line("title", earnings.title.value_or("none"), "the highest rank ever held");
    for (const auto& [name, value] : earnings.measures)
        line(shown(name), value,
             name == "pv"   ? "points: own orders and those of own customers"
             : name == "gv" ? "points: the same, with everybody below"
                            : "");
}

void print_by_bonus(Output& output, const RunRecord& run, const Earnings& earnings) {
    output << "\nBy bonus: which rule of the plan paid\n";
    Table table(output, {{"bonus"}, {"lines", Align::right}, {"amount", Align::right}});
    for (const NamedAmount& sum : earnings.by_bonus)
        table.row({sum.name, std::to_string(sum.lines),
                   amount_text(sum.amount_minor, run.currency)});
    table.finish();
}

void print_by_stream(Output& output, const RunRecord& run, const Earnings& earnings) {
    output << "\nBy stream: what kind of income it is\n";
    Table table(output, {{"stream"}, {"lines", Align::right}, {"amount", Align::right},
                         {"what it is"}});
    for (const NamedAmount& sum : earnings.by_stream)
        table.row({sum.name, std::to_string(sum.lines),
                   amount_text(sum.amount_minor, run.currency), stream_phrase(sum.name)});
    table.finish();
}

void print_by_level(Output& output, const RunRecord& run, const Earnings& earnings) {
    output << "\nBy level: the level that the plan paid it as; 0 is one's own sale, or no level\n";
    Table table(output, {{"level", Align::right}, {"lines", Align::right},
                         {"amount", Align::right}});
    for (const NamedAmount& sum : earnings.by_level)
        table.row({sum.name, std::to_string(sum.lines),
                   amount_text(sum.amount_minor, run.currency)});
    table.finish();
}

std::string where_sold(const EarningLine& line) {
    if (!line.order_id && !line.from) return "";
    if (line.level == 0) return "own sale";
    return line.level == 1 ? "1 below" : fmt::format("{} below", line.level);
}

/// Why a line is a correction; empty for all others.
std::string put_right_by(const EarningLine& line) {
    if (line.return_id)
        return fmt::format("return {} of what {} paid", shown(*line.return_id),
                           line.reverses_run ? fmt::format("run {}", *line.reverses_run)
                                             : "the system before");
    if (line.reason) return shown(*line.reason);
    return "";
}

void print_lines(Output& output, const RunRecord& run, const Earnings& earnings) {
    output << "\nEvery earning line: amount = base x rate, rounded once (and x the bonus's factor, "
              "where it has one).\n"
              "Sold: how far below. Level: what it was paid as, without those whom the plan "
              "passes over.\n";
    const bool has_corrections = std::ranges::any_of(
        earnings.lines, [](const EarningLine& line) { return !put_right_by(line).empty(); });
    std::vector<Column> columns{{"bonus"}, {"order"}, {"line", Align::right}, {"on"}, {"bought by"},
                                {"sold"}, {"level", Align::right}, {"base", Align::right},
                                {"rate", Align::right}, {"amount", Align::right}, {"stream"}};
    if (has_corrections) columns.push_back({"put right by"});
    Table table(output, std::move(columns));
    for (const EarningLine& line : earnings.lines) {
        std::vector<std::string> cells{line.bonus, line.order_id.value_or(""),
                   line.line ? std::to_string(*line.line) : "",
                   line.ordered_on ? format_day(*line.ordered_on) : "", line.from.value_or(""),
                   where_sold(line), std::to_string(line.paid_level), line.base.value_or(""),
                   line.rate.value_or(""), amount_text(line.amount_minor, run.currency),
                   line.stream};
        if (has_corrections) cells.push_back(put_right_by(line));
        table.row(std::move(cells));
    }
    table.finish();
}

}  // namespace

void print_breakdown(Output& output, const RunRecord& run, const Earnings& earnings) {
    print_by_bonus(output, run, earnings);
    print_by_stream(output, run, earnings);
    print_by_level(output, run, earnings);
}

void print_earnings_page(Output& output, const RunRecord& run, const Earnings& earnings,
                         bool with_lines) {
    print_head(output, run, earnings);
    if (earnings.by_bonus.empty()) {
        output << "\nNo bonus paid anything in this period.\n";
        return;
    }
    print_breakdown(output, run, earnings);
    if (with_lines) print_lines(output, run, earnings);
    else
        output << fmt::format("\nEvery order behind it: downline earnings {} {} --lines\n",
                              shown(earnings.member_id), run.period);
}

}  // namespace downline
