// For people: from the whole to the parts. For programs: one object.
#include "cli/run_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "engine/run.hpp"

namespace downline {
namespace {

std::string ratio(const RunRecord& run) {
    return share_of_volume_text(run.paid_minor, run.volume_centipoints, run.currency)
        .value_or("none (no volume)");
}

/// Nothing for what a cap or limit took: it is no slot of a plan's maximum.
std::optional<std::string> maximum_text(const BonusTotal& bonus, const std::string& currency) {
    if (bonus.is_cut()) return std::nullopt;
    return amount_text(bonus.maximum_minor, currency);
}

void print_head(Output& output, const RunRecord& run) {
    output << bold(output, fmt::format("{} {}: run {}, {}", run.plan, run.period, run.number,
                                       run.state))
           << "\n\n";
    const auto line = [&](const std::string& name, const std::string& value) {
        output << fmt::format("{:<13} {}\n", name, value);
    };
    line("days", format_day(run.first_day) + " to " + format_day(run.last_day));
    line("network", fmt::format("{}, {} active", counted(run.affiliate_count, "affiliate"),
                                run.active_count));
    line("orders", fmt::format("{}, sales {} {}, volume {} points", run.order_count,
                               amount_text(run.sales_minor, run.currency), run.currency,
                               volume_text(run.volume_centipoints)));
    line("paid", fmt::format("{} {} to {} in {}", amount_text(run.paid_minor, run.currency),
                             run.currency, counted(run.earner_count, "member"),
                             counted(run.line_count, "earning line")));
    line("payout ratio", ratio(run) + " of volume");
}

void print_bonuses(Output& output, const RunSummary& summary) {
    const std::string& currency = summary.record.currency;
    std::vector<Column> columns{{"bonus"}, {"kind"}, {"lines", Align::right},
                                {"paid", Align::right}, {"possible", Align::right}};
    for (std::size_t i = 0; i < reason_count; ++i)
        columns.push_back({std::string(reason_name(static_cast<Reason>(i))), Align::right});
    output << "\nBy bonus: of what was possible, what was paid, and what was forfeited for which "
              "reason\n";
    const auto has_cuts = std::ranges::any_of(summary.bonuses, &BonusTotal::is_cut);
    if (has_cuts) output << "cap: and limit: are what caps and limits of the plan took back\n";
    Table table(output, std::move(columns));
    for (const BonusTotal& bonus : summary.bonuses) {
        std::vector<std::string> cells{bonus.code, bonus.kind, std::to_string(bonus.line_count),
                                       amount_text(bonus.paid_minor, currency),
                                       maximum_text(bonus, currency).value_or("")};
        for (std::size_t i = 0; i < reason_count; ++i) {
            std::int64_t forfeited_minor = 0;
            for (const auto& [reason, amount_minor] : bonus.forfeited)
                if (reason == reason_name(static_cast<Reason>(i))) forfeited_minor += amount_minor;
            cells.push_back(bonus.is_cut() ? "" : amount_text(forfeited_minor, currency));
        }
        table.row(std::move(cells));
    }
    table.finish();
}

std::string_view correction_kind(const RunSummary::Correction& correction) {
    return correction.is_reversal ? "clawback" : "adjustment";
}

void print_corrections(Output& output, const RunSummary& summary) {
    output << "\nPut right: taken back for returned orders of closed periods, and by hand\n";
    Table table(output, {{"bonus"}, {"kind"}, {"lines", Align::right}, {"paid", Align::right}});
    for (const RunSummary::Correction& correction : summary.corrections)
        table.row({correction.bonus, std::string{correction_kind(correction)},
                   std::to_string(correction.line_count),
                   amount_text(correction.amount_minor, summary.record.currency)});
    table.finish();
}

void print_streams(Output& output, const RunSummary& summary) {
    output << "\nBy stream: what kind of income it is\n";
    Table table(output, {{"stream"}, {"paid", Align::right}, {"what it is"}});
    for (const auto& [stream, amount_minor] : summary.streams)
        table.row({stream, amount_text(amount_minor, summary.record.currency),
                   stream_phrase(stream)});
    table.finish();
}

void print_checks(Output& output, const std::vector<CloseCheck>& checks) {
    output << "\nBefore closing\n";
    Table table(output, {{"check"}, {"figure", Align::right}, {"bound"}, {"holds"}});
    for (const CloseCheck& check : checks) {
        const char* holds = !check.bound ? "" : check.holds ? "yes" : check.is_accepted ? "accepted" : "NO";
        table.row({check.name, check.figure, check.bound.value_or(""), holds});
    }
    table.finish();
}

void print_table(Output& output, const RunSummary& summary, const std::string& next_step) {
    print_head(output, summary.record);
    print_bonuses(output, summary);
    if (!summary.corrections.empty()) print_corrections(output, summary);
    if (!summary.streams.empty()) print_streams(output, summary);
    if (!summary.checks.empty()) print_checks(output, summary.checks);
    if (!summary.notes.empty()) output << "\n";
    for (const std::string& note : summary.notes) output << "note: " << note << "\n";
    output << "\ndigest " << summary.record.result_digest << "\n" << next_step << "\n";
}

void print_csv(Output& output, const RunSummary& summary) {
    CsvWriter csv(output);
    const RunRecord& run = summary.record;
    csv.header({"plan", "period", "run", "state", "bonus", "kind", "lines", "maximum", "amount",
                "forfeited"});
    for (const BonusTotal& bonus : summary.bonuses) {
        csv.text(run.plan).text(run.period).number(run.number).text(run.state);
        csv.text(bonus.code).text(bonus.kind).number(bonus.line_count);
        csv.decimal(maximum_text(bonus, run.currency).value_or(""));
        csv.decimal(amount_text(bonus.paid_minor, run.currency));
        csv.decimal(bonus.is_cut() ? ""
                                   : amount_text(bonus.maximum_minor - bonus.paid_minor,
                                                 run.currency));
        csv.end_row();
    }
    for (const RunSummary::Correction& correction : summary.corrections) {
        csv.text(run.plan).text(run.period).number(run.number).text(run.state);
        csv.text(correction.bonus).text(correction_kind(correction)).number(correction.line_count);
        csv.none().decimal(amount_text(correction.amount_minor, run.currency)).none().end_row();
    }
}

void write_bonuses(JsonWriter& json, const RunSummary& summary) {
    const std::string& currency = summary.record.currency;
    json.key("by_bonus").begin_array();
    for (const BonusTotal& bonus : summary.bonuses) {
        json.begin_object();
        json.text("bonus", bonus.code);
        json.text("kind", bonus.kind);
        json.number("lines", bonus.line_count);
        json.text("maximum", maximum_text(bonus, currency));
        json.text("amount", amount_text(bonus.paid_minor, currency));
        json.key("forfeited").begin_array();
        for (const auto& [reason, amount_minor] : bonus.forfeited) {
            json.begin_object();
            json.text("reason", reason);
            json.text("amount", amount_text(amount_minor, currency));
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void print_json(Output& output, const RunSummary& summary) {
    const RunRecord& run = summary.record;
    JsonWriter json(output);
    json.begin_object();
    json.text("plan", run.plan);
    json.text("period", run.period);
    json.number("run", run.number);
    json.text("state", run.state);
    json.text("currency", run.currency);
    json.text("first_day", format_day(run.first_day));
    json.text("last_day", format_day(run.last_day));
    json.number("affiliates", run.affiliate_count);
    json.number("active", run.active_count);
    json.number("orders", run.order_count);
    json.text("sales", amount_text(run.sales_minor, run.currency));
    json.text("volume", volume_text(run.volume_centipoints));
    json.text("total", amount_text(run.paid_minor, run.currency));
    json.text("payout_ratio",
              share_of_volume_text(run.paid_minor, run.volume_centipoints, run.currency));
    json.number("earners", run.earner_count);
    json.number("lines", run.line_count);
    write_bonuses(json, summary);
    json.key("corrections").begin_array();
    for (const RunSummary::Correction& correction : summary.corrections) {
        json.begin_object();
        json.text("bonus", correction.bonus);
        json.text("kind", correction_kind(correction));
        json.number("lines", correction.line_count);
        json.text("amount", amount_text(correction.amount_minor, run.currency));
        json.end_object();
    }
    json.end_array();
    json.key("by_stream").begin_array();
    for (const auto& [stream, amount_minor] : summary.streams) {
        json.begin_object();
        json.text("stream", stream);
        json.text("amount", amount_text(amount_minor, run.currency));
        json.end_object();
    }
    json.end_array();
    if (!summary.checks.empty()) {
        json.key("checks").begin_array();
        for (const CloseCheck& check : summary.checks) {
            json.begin_object();
            json.text("check", check.name);
            json.text("figure", check.figure);
            json.text("bound", check.bound);
            json.boolean("holds", check.holds);
            json.boolean("accepted", check.is_accepted);
            json.end_object();
        }
        json.end_array();
    }
    json.text("plan_digest", run.plan_digest);
    json.text("inputs_digest", run.inputs_digest);
    json.text("digest", run.result_digest);
    json.text("chain_digest", run.chain_digest);
    json.end_object();
    json.end();
}

}  // namespace

std::string next_step_of(const RunRecord& run) {
    if (run.state == "estimate")
        return fmt::format("an estimate on top of a draft: to close {}, close the periods before it "
                           "and run it again", run.period);
    if (run.state == "what-if")
        return fmt::format("a what-if, never closed; beside the current run: downline diff {} {}",
                           run.period, run.number);
    return fmt::format("to make it final: downline close {} --draft {}", run.period,
                       short_digest(run.result_digest));
}

std::string stream_phrase(const std::string& stream) {
    if (stream == "active") return "one's own sale: the buyer's first order";
    if (stream == "residual") return "one's own sale: the buyer orders again";
    if (stream == "leveraged") return "a first order that somebody below sold; pools and matches";
    if (stream == "leveraged-residual") return "a repeat order that somebody below sold";
    if (stream == "active-leveraged") return "an event that somebody below sold";
    if (stream == "limit") return "taken back by a cap or limit of the plan";
    if (stream == "adjustment") return "put right by hand";
    return "";
}

void print_run(const Settings& settings, const RunSummary& summary, const std::string& next_step) {
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_table(output, summary, next_step); break;
        case Format::csv: print_csv(output, summary); break;
        case Format::json: print_json(output, summary); break;
    }
    output.finish();
}

}  // namespace downline
