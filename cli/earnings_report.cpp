// JSON and CSV names are a contract (docs/commands.md); the page is for people and may change.
#include "cli/earnings_report.hpp"

#include "cli/amounts.hpp"
#include "cli/earnings_page.hpp"

namespace downline {
namespace {

/// The line that a reversal reverses, and the return.
void write_reversed(JsonWriter& json, const EarningLine& line) {
    const auto number = [&](const char* name, const std::optional<std::int64_t>& value) {
        if (value) json.number(name, *value);
        else json.key(name).null();
    };
    json.key("reverses").begin_object();
    json.text("bonus", line.bonus);
    json.text("order_id", line.order_id);
    number("line", line.line);
    json.number("level", line.level);
    number("run", line.reverses_run);
    json.end_object();
    json.text("return_id", line.return_id);
}

void write_line(JsonWriter& json, const EarningLine& line, const std::string& currency) {
    json.begin_object();
    json.text("bonus", line.bonus);
    json.text("order_id", line.order_id);
    if (line.line) json.number("line", *line.line);
    else json.key("line").null();
    json.text("from", line.from);
    json.number("level", line.level);
    json.number("paid_level", line.paid_level);
    json.text("base", line.base);
    json.text("rate", line.rate);
    json.text("amount", amount_text(line.amount_minor, currency));
    json.text("stream", line.stream);
    if (line.return_id) write_reversed(json, line);
    if (line.adjustment_id) {
        json.text("adjustment_id", line.adjustment_id);
        json.text("reason", line.reason);
    }
    json.end_object();
}

void write_sums(JsonWriter& json, const Earnings& earnings, const std::string& currency) {
    json.key("by_bonus").begin_array();
    for (const NamedAmount& sum : earnings.by_bonus) {
        json.begin_object();
        json.text("bonus", sum.name);
        json.number("lines", sum.lines);
        json.text("amount", amount_text(sum.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
    json.key("by_stream").begin_array();
    for (const NamedAmount& sum : earnings.by_stream) {
        json.begin_object();
        json.text("stream", sum.name);
        json.text("amount", amount_text(sum.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
}

void write_object(JsonWriter& json, const RunRecord& run, const Earnings& earnings,
                  bool with_lines) {
    json.begin_object();
    json.text("member_id", earnings.member_id);
    json.text("name", earnings.name);
    json.text("period", run.period);
    json.text("plan", run.plan);
    json.number("run", run.number);
    json.text("state", run.state);
    json.text("currency", run.currency);
    json.boolean("active", earnings.is_active);
    json.text("rank", earnings.rank);
    json.text("title", earnings.title);
    json.key("measures").begin_object();
    for (const auto& [name, value] : earnings.measures) json.text(name, value);
    json.end_object();
    json.text("total", amount_text(earnings.total_minor, run.currency));
    write_sums(json, earnings, run.currency);
    if (with_lines) {
        json.key("lines").begin_array();
        for (const EarningLine& line : earnings.lines) write_line(json, line, run.currency);
        json.end_array();
    }
    json.end_object();
}

void write_csv_header(CsvWriter& csv, bool with_lines) {
    if (with_lines)
        csv.header({"member_id", "period", "bonus", "order_id", "line", "from", "level",
                    "paid_level", "base", "rate", "amount", "stream", "return_id",
                    "reverses_run", "adjustment_id", "reason"});
    else
        csv.header({"member_id", "period", "bonus", "lines", "amount"});
}

void write_csv_rows(CsvWriter& csv, const RunRecord& run, const Earnings& earnings,
                    bool with_lines) {
    if (!with_lines) {
        for (const NamedAmount& sum : earnings.by_bonus)
            csv.text(earnings.member_id).text(run.period).text(sum.name).number(sum.lines)
                .decimal(amount_text(sum.amount_minor, run.currency)).end_row();
        return;
    }
    for (const EarningLine& line : earnings.lines) {
        csv.text(earnings.member_id).text(run.period).text(line.bonus).text(line.order_id);
        if (line.line) csv.number(*line.line);
        else csv.none();
        csv.text(line.from).number(line.level).number(line.paid_level);
        csv.decimal(line.base).decimal(line.rate);
        csv.decimal(amount_text(line.amount_minor, run.currency)).text(line.stream);
        csv.text(line.return_id);
        if (line.reverses_run) csv.number(*line.reverses_run);
        else csv.none();
        csv.text(line.adjustment_id).text(line.reason).end_row();
    }
}

}  // namespace

void print_earnings(Output& output, Format format, const RunRecord& run, const Earnings& earnings,
                    bool with_lines) {
    switch (format) {
        case Format::table: print_earnings_page(output, run, earnings, with_lines); return;
        case Format::json: {
            JsonWriter json(output);
            write_object(json, run, earnings, with_lines);
            json.end();
            return;
        }
        case Format::csv: {
            CsvWriter csv(output);
            write_csv_header(csv, with_lines);
            write_csv_rows(csv, run, earnings, with_lines);
            return;
        }
    }
}

EarningsList::EarningsList(Output& output, Format format, const RunRecord& run, bool with_lines)
    : output_(output), format_(format), run_(run), with_lines_(with_lines) {
    switch (format) {
        case Format::table:
            if (with_lines) return;
            output << bold(output, run.plan + " " + run.period + ": run " +
                                       std::to_string(run.number) + ", " + run.state)
                   << "\n\n";
            table_ = std::make_unique<Table>(
                output, std::vector<Column>{{"member"}, {"name"}, {"active"}, {"rank"},
                                            {"title"}, {"pv", Align::right}, {"gv", Align::right},
                                            {"lines", Align::right}, {"total", Align::right}});
            return;
        case Format::json:
            json_ = std::make_unique<JsonWriter>(output);
            json_->begin_lines();
            return;
        case Format::csv:
            csv_ = std::make_unique<CsvWriter>(output);
            write_csv_header(*csv_, with_lines);
            return;
    }
}

void EarningsList::add(const Earnings& earnings) {
    total_minor_ += earnings.total_minor;
    if (json_) return write_object(*json_, run_, earnings, with_lines_);
    if (csv_) return write_csv_rows(*csv_, run_, earnings, with_lines_);
    if (!table_) {
        print_earnings_page(output_, run_, earnings, with_lines_);
        output_ << "\n";
        return;
    }
    std::int64_t line_count = 0;
    for (const NamedAmount& sum : earnings.by_bonus) line_count += sum.lines;
    const auto measure = [&](std::string_view name) -> std::string {
        for (const auto& [known, value] : earnings.measures)
            if (known == name) return value;
        return "";
    };
    table_->row({earnings.member_id, earnings.name.value_or(""), earnings.is_active ? "yes" : "no",
                 earnings.rank.value_or(""), earnings.title.value_or(""), measure("pv"),
                 measure("gv"), std::to_string(line_count),
                 amount_text(earnings.total_minor, run_.currency)});
}

void EarningsList::finish() {
    if (json_) {
        json_->end_lines();
        json_->end();
    }
    if (!table_) return;
    table_->finish();
    output_ << "\n" << counted(static_cast<std::int64_t>(table_->row_count()), "affiliate") << ", "
            << amount_text(total_minor_, run_.currency) << " " << run_.currency << " in all\n";
}

}  // namespace downline
