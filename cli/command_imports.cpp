// imports: what came in, when and by whom.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "storage/import.hpp"

namespace downline {
namespace {

std::optional<std::string> day_text(const std::optional<Day>& day) {
    return day ? std::optional(format_day(*day)) : std::nullopt;
}

/// The names in `[{"name":…},…]`, with commas.
std::string file_names(const std::string& files_json) {
    std::string names;
    for (const auto& file : nlohmann::json::parse(files_json))
        names += (names.empty() ? "" : ", ") + file.value("name", std::string{});
    return names;
}

void print_table(Output& output, const std::vector<ImportRecord>& records) {
    Table table(output, {{"import", Align::right}, {"kind"}, {"files"}, {"new", Align::right},
                         {"changed", Align::right}, {"unchanged", Align::right},
                         {"rejected", Align::right}, {"first day"}, {"last day"}, {"by"}, {"at"},
                         {"withdrawn"}});
    for (const ImportRecord& record : records)
        table.row({std::to_string(record.number), record.kind, file_names(record.files_json),
                   std::to_string(record.new_rows), std::to_string(record.changed_rows),
                   std::to_string(record.unchanged_rows), std::to_string(record.rejected_rows),
                   day_text(record.first_day).value_or(""), day_text(record.last_day).value_or(""),
                   record.made_by, record.made_at,
                   record.undone_by ? "by " + *record.undone_by + " " + *record.undone_at : ""});
    table.finish();
}

void print_csv(Output& output, const std::vector<ImportRecord>& records) {
    CsvWriter csv(output);
    csv.header({"import", "kind", "files", "new", "changed", "unchanged", "rejected", "first_day",
                "last_day", "made_by", "made_at", "undone_by", "undone_at"});
    for (const ImportRecord& record : records) {
        csv.number(record.number).text(record.kind).text(file_names(record.files_json));
        csv.number(record.new_rows).number(record.changed_rows).number(record.unchanged_rows);
        csv.number(record.rejected_rows);
        csv.text(day_text(record.first_day)).text(day_text(record.last_day));
        csv.text(record.made_by).text(record.made_at);
        csv.text(record.undone_by).text(record.undone_at).end_row();
    }
}

void print_json(Output& output, const std::vector<ImportRecord>& records) {
    JsonWriter json(output);
    json.begin_lines();
    for (const ImportRecord& record : records) {
        json.begin_object();
        json.number("import", record.number);
        json.text("kind", record.kind);
        json.key("files").raw(record.files_json);
        json.number("new", record.new_rows);
        json.number("changed", record.changed_rows);
        json.number("unchanged", record.unchanged_rows);
        json.number("rejected", record.rejected_rows);
        json.text("first_day", day_text(record.first_day));
        json.text("last_day", day_text(record.last_day));
        json.text("made_by", record.made_by);
        json.text("made_at", record.made_at);
        json.text("undone_by", record.undone_by);
        json.text("undone_at", record.undone_at);
        json.end_object();
    }
    json.end_lines();
    json.end();
}

void imports(const Settings& settings) {
    Database database = open_database(settings, Database::Access::read);
    const std::vector<ImportRecord> records = list_imports(database);
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_table(output, records); break;
        case Format::csv: print_csv(output, records); break;
        case Format::json: print_json(output, records); break;
    }
    output.finish();
}

}  // namespace

void add_imports(Command& root, Settings& settings) {
    Command command = root.command("imports", "List what came in");
    command.results(settings);
    command.examples("  downline imports\n  downline imports --json\n");
    command.runs([&settings] { imports(settings); });
}

}  // namespace downline
