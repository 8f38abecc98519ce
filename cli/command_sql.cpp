// sql QUERY: any question to the database, earning lines as rows; nothing can be changed.
#include <memory>

#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "storage/ask.hpp"
#include "storage/earnings.hpp"

namespace downline {
namespace {

bool is_number(const Cell& cell) {
    return cell.type == Cell::Type::integer || cell.type == Cell::Type::real;
}

/// A column is to the right where its value in the first row is a number.
void print_table(Output& output, Question& question) {
    bool has_row = question.step();
    std::vector<Column> columns;
    for (std::size_t i = 0; i < question.columns().size(); ++i)
        columns.push_back({question.columns()[i],
                           has_row && is_number(question.cell(i)) ? Align::right : Align::left});
    Table table(output, std::move(columns));
    for (; has_row; has_row = question.step()) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < question.columns().size(); ++i)
            cells.push_back(question.cell(i).text);
        table.row(std::move(cells));
    }
    table.finish();
}

void print_csv(Output& output, Question& question) {
    CsvWriter csv(output);
    for (const std::string& column : question.columns()) csv.text(column);
    csv.end_row();
    while (question.step()) {
        for (std::size_t i = 0; i < question.columns().size(); ++i) {
            const Cell cell = question.cell(i);
            if (is_number(cell)) csv.decimal(cell.text);
            else csv.text(cell.text);
        }
        csv.end_row();
    }
}

void write_cell(JsonWriter& json, const Cell& cell) {
    if (cell.type == Cell::Type::null) return json.null();
    if (cell.type == Cell::Type::real && cell.text.find("Inf") != std::string::npos)
        return json.null();  // JSON has no infinity
    if (is_number(cell)) return json.raw(cell.text);
    json.text(cell.text);
}

void print_json(Output& output, Question& question) {
    JsonWriter json(output);
    json.begin_lines();
    while (question.step()) {
        json.begin_object();
        for (std::size_t i = 0; i < question.columns().size(); ++i)
            write_cell(json.key(question.columns()[i]), question.cell(i));
        json.end_object();
    }
    json.end_lines();
    json.end();
}

void sql(const Settings& settings, const std::string& text) {
    Database database = open_database(settings, Database::Access::read);
    register_earning_tables(database);
    Question question(database, text);
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_table(output, question); break;
        case Format::csv: print_csv(output, question); break;
        case Format::json: print_json(output, question); break;
    }
    output.finish();
}

}  // namespace

void add_sql(Command& root, Settings& settings) {
    Command command = root.command("sql", "Ask the database anything; nothing can be changed");
    const auto text = std::make_shared<std::string>();
    command.argument("QUERY", *text, "One SQL statement that only reads; - is standard input");
    command.results(settings);
    command.examples(
        "  downline sql \"SELECT period, state, paid FROM run\"\n"
        "  downline sql \"SELECT bonus, sum(amount) FROM earning_line GROUP BY bonus\" --csv\n"
        "\nThe tables earning_line and earning_total are the lines and sums of every run.\n");
    command.runs(
        [&settings, text] { sql(settings, *text == "-" ? read_text_file("-") : *text); });
}

}  // namespace downline
