// runs: every run there was. periods: the current run of each period.
#include <algorithm>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "storage/runs.hpp"

namespace downline {
namespace {

/// The payout ratio: what was paid of the volume.
std::string ratio_text(const RunRecord& run) {
    return share_of_volume_text(run.paid_minor, run.volume_centipoints, run.currency).value_or("");
}

void print_runs(Output& output, const std::vector<RunRecord>& runs) {
    Table table(output, {{"run", Align::right}, {"plan"}, {"period"}, {"state"},
                         {"lines", Align::right}, {"paid", Align::right}, {"currency"},
                         {"ratio", Align::right}, {"digest"},
                         {"by"}, {"at"}, {"closed by"}, {"closed at"}});
    for (const RunRecord& run : runs)
        table.row({std::to_string(run.number), run.plan, run.period, run.state,
                   std::to_string(run.line_count), amount_text(run.paid_minor, run.currency),
                   run.currency, ratio_text(run), short_digest(run.result_digest), run.made_by, run.made_at,
                   run.closed_by.value_or(""), run.closed_at.value_or("")});
    table.finish();
}

void print_periods(Output& output, const std::vector<RunRecord>& runs) {
    Table table(output, {{"plan"}, {"period"}, {"first day"}, {"last day"}, {"state"},
                         {"run", Align::right}, {"orders", Align::right}, {"volume", Align::right},
                         {"earners", Align::right}, {"paid", Align::right}, {"currency"},
                         {"ratio", Align::right}});
    for (const RunRecord& run : runs)
        table.row({run.plan, run.period, format_day(run.first_day), format_day(run.last_day),
                   run.state, std::to_string(run.number), std::to_string(run.order_count),
                   volume_text(run.volume_centipoints), std::to_string(run.earner_count),
                   amount_text(run.paid_minor, run.currency), run.currency, ratio_text(run)});
    table.finish();
}

void print_csv(Output& output, const std::vector<RunRecord>& runs) {
    CsvWriter csv(output);
    csv.header({"run", "plan", "period", "first_day", "last_day", "state", "orders", "volume",
                "sales", "earners", "lines", "total", "currency", "payout_ratio", "plan_digest", "inputs_digest",
                "digest", "chain_digest", "last_import", "program_version", "made_by", "made_at",
                "closed_by", "closed_at"});
    for (const RunRecord& run : runs) {
        csv.number(run.number).text(run.plan).text(run.period);
        csv.text(format_day(run.first_day)).text(format_day(run.last_day)).text(run.state);
        csv.number(run.order_count).decimal(volume_text(run.volume_centipoints));
        csv.decimal(amount_text(run.sales_minor, run.currency));
        csv.number(run.earner_count).number(run.line_count);
        csv.decimal(amount_text(run.paid_minor, run.currency)).text(run.currency);
        csv.text(ratio_text(run));
        csv.text(run.plan_digest).text(run.inputs_digest).text(run.result_digest);
        csv.text(run.chain_digest).number(run.last_import).text(run.program_version);
        csv.text(run.made_by).text(run.made_at).text(run.closed_by).text(run.closed_at).end_row();
    }
}

void print_json(Output& output, const std::vector<RunRecord>& runs) {
    JsonWriter json(output);
    json.begin_lines();
    for (const RunRecord& run : runs) {
        json.begin_object();
        json.number("run", run.number);
        json.text("plan", run.plan);
        json.text("period", run.period);
        json.text("first_day", format_day(run.first_day));
        json.text("last_day", format_day(run.last_day));
        json.text("state", run.state);
        json.number("orders", run.order_count);
        json.text("volume", volume_text(run.volume_centipoints));
        json.text("sales", amount_text(run.sales_minor, run.currency));
        json.number("earners", run.earner_count);
        json.number("lines", run.line_count);
        json.text("total", amount_text(run.paid_minor, run.currency));
        json.text("currency", run.currency);
        json.text("payout_ratio", share_of_volume_text(run.paid_minor, run.volume_centipoints,
                                                       run.currency));
        json.text("plan_digest", run.plan_digest);
        json.text("inputs_digest", run.inputs_digest);
        json.text("digest", run.result_digest);
        json.text("chain_digest", run.chain_digest);
        json.number("last_import", run.last_import);
        json.text("program_version", run.program_version);
        json.text("made_by", run.made_by);
        json.text("made_at", run.made_at);
        json.text("closed_by", run.closed_by);
        json.text("closed_at", run.closed_at);
        json.end_object();
    }
    json.end_lines();
    json.end();
}

/// The current run of each period, by the period's days.
void keep_current(std::vector<RunRecord>& runs) {
    std::erase_if(runs, [](const RunRecord& run) {
        return run.state == "superseded" || run.state == "what-if";
    });
    std::stable_sort(runs.begin(), runs.end(), [](const RunRecord& a, const RunRecord& b) {
        return std::pair(a.first_day, a.last_day) < std::pair(b.first_day, b.last_day);
    });
}

void list(const Settings& settings, bool only_current) {
    Database database = open_database(settings, Database::Access::read);
    std::vector<RunRecord> runs = list_runs(database);
    if (only_current) keep_current(runs);
    Output output(settings.output_path, settings.force);
    if (settings.format == Format::json) print_json(output, runs);
    else if (settings.format == Format::csv) print_csv(output, runs);
    else if (only_current) print_periods(output, runs);
    else print_runs(output, runs);
    output.finish();
}

}  // namespace

void add_periods(Command& root, Settings& settings) {
    Command command = root.command("periods", "List the periods: state and pay");
    command.results(settings);
    command.examples("  downline periods\n");
    command.runs([&settings] { list(settings, true); });
}

void add_runs(Command& root, Settings& settings) {
    Command command = root.command("runs", "List every run, drafts that were superseded too");
    command.results(settings);
    command.examples("  downline runs\n  downline runs --csv\n");
    command.runs([&settings] { list(settings, false); });
}

}  // namespace downline
