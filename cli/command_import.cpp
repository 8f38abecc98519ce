// import KIND FILE…: files into the database; import undo N: out again.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/choose.hpp"
#include "cli/commands.hpp"
#include "cli/import_file.hpp"
#include "cli/json_writer.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "storage/import.hpp"

namespace downline {
namespace {

/// What the command line says; absent: not said.
struct ImportArguments {
    std::string kind;
    std::vector<std::string> files;
    FileFormat format;
    ImportOptions options;
};

ImportKind kind_named(const std::string& name) {
    const std::array<std::string, 9> names{"members", "orders",  "returns",
                                           "products", "moves",  "adjustments",
                                           "goals",   "opening", "affiliates"};
    const std::string chosen = choose("kind of file", name, names);
    if (chosen == "orders") return ImportKind::orders;
    if (chosen == "returns") return ImportKind::returns;
    if (chosen == "products") return ImportKind::products;
    if (chosen == "moves") return ImportKind::moves;
    if (chosen == "adjustments") return ImportKind::adjustments;
    if (chosen == "goals") return ImportKind::goals;
    if (chosen == "opening") return ImportKind::opening;
    return ImportKind::members;  // affiliates is another word for them
}

void print_report(const Settings& settings, const ImportReport& report, std::string_view kind) {
    Output output(settings.output_path, settings.force);
    if (settings.format == Format::json) {
        JsonWriter json(output);
        json.begin_object();
        json.text("kind", kind);
        if (report.import_number > 0) json.number("import", report.import_number);
        else json.key("import").null();
        json.boolean("applied", report.applied);
        json.number("rows", static_cast<std::int64_t>(report.rows));
        json.number("new", static_cast<std::int64_t>(report.new_rows));
        json.number("changed", static_cast<std::int64_t>(report.changed_rows));
        json.number("unchanged", static_cast<std::int64_t>(report.unchanged_rows));
        json.number("rejected", static_cast<std::int64_t>(report.rejected_rows));
        json.text("currency", report.currency);
        json.end_object();
        json.end();
    } else {
        output << fmt::format("{}: {} {}, {} new, {} changed, {} unchanged, {} rejected", kind,
                              report.rows, report.rows == 1 ? "row" : "rows", report.new_rows,
                              report.changed_rows, report.unchanged_rows, report.rejected_rows);
        if (!report.applied) output << " (dry run: nothing was stored)\n";
        else if (report.import_number == 0) output << " (nothing new to store)\n";
        else output << fmt::format(" (import {})\n", report.import_number);
    }
    output.finish();
}

/// What is wrong, to standard error. Refusal where it rejected the import.
void report_bad_rows(const ImportReport& report, const ImportOptions& options) {
    print_findings(report, options);
    if (report.error_count == 0) return;
    if (!options.skip_bad) refuse_bad_rows(report, "nothing was imported");
    log_warning(fmt::format("{} of {} rows rejected; they are in {}", report.rejected_rows,
                            report.rows, shown(*options.skip_bad)));
}

void import(const Settings& settings, ImportArguments& arguments) {
    if (arguments.kind.empty())
        throw UsageError("import what? downline import KIND FILE…, with KIND one of members, "
                         "orders, returns, products, moves, adjustments, goals, opening");
    ImportOptions& options = arguments.options;
    options.kind = kind_named(arguments.kind);
    if (arguments.files.empty())
        throw UsageError(fmt::format("which file? downline import {} FILE…, - is standard input",
                                     arguments.kind));
    options.files = arguments.files;
    apply(arguments.format, options);
    options.made_by = actor(settings);
    options.made_at = now_utc();
    options.force = settings.force;
    ImportReport report;
    {
        Progress progress(fmt::format("importing {}", import_kind_name(options.kind)));
        options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
            progress.update(done, total);
        };
        Database database = open_database(settings, Database::Access::create);
        report = import_files(database, options);
    }
    report_bad_rows(report, options);
    if (report.import_number > 0 && report.replaced_currency)
        log_info(currency_change_text(report.currency, *report.replaced_currency));
    else if (report.import_number > 0 && report.created_currency && !options.currency)
        log_info(fmt::format("the database's currency is {} from now on (--currency CODE gives "
                             "another to a new database)", report.currency));
    print_report(settings, report, import_kind_name(options.kind));
}

void undo(const Settings& settings, const std::string& number_text) {
    std::int64_t number = 0;
    const char* end = number_text.data() + number_text.size();
    const auto [stopped, code] = std::from_chars(number_text.data(), end, number);
    if (code != std::errc{} || stopped != end || number < 1)
        throw UsageError(fmt::format("\"{}\" is not the number of an import; "
                                     "downline imports lists them", shown(number_text)));
    Database database = open_database(settings, Database::Access::write);
    undo_import(database, number, actor(settings), now_utc());
    Output output;
    output << fmt::format("import {} is withdrawn\n", number);
    output.finish();
}

void add_row_options(Command& command, ImportOptions& options) {
    command.option("--currency", "CODE", options.currency,
                   "Of a new database; USD unless said");
    command.flag("--dry-run", options.dry_run, "Check everything, store nothing");
    command.option("--skip-bad", "REJECTS.csv", options.skip_bad,
                   "Import the good rows, write the bad ones to this file");
    command.option("--errors", "FILE", options.errors, "Write all errors to this file");
    command.option("--expect-rows", "N", options.expect_rows,
                   "Reject files that have not so many rows");
    command.option("--expect-total", "AMOUNT", options.expect_total,
                   "Reject files whose amounts have not this sum");
    command.flag("--replace", options.replace,
                 "New content of a known key counts instead of being an error");
    command.flag("--late", options.late, "Take rows that are dated in a closed period; the open one counts them");
}

}  // namespace

void add_import(Command& root, Settings& settings) {
    Command command = root.command("import", "Take in CSV files, all rows or none");
    const auto arguments = std::make_shared<ImportArguments>();
    command.argument("KIND", arguments->kind,
                     "members (or affiliates), orders, returns, products, moves, adjustments, goals "
                     "or opening",
                     false);
    command.arguments("FILE", arguments->files, "CSV files; - is standard input");
    add_format_options(command, arguments->format);
    add_row_options(command, arguments->options);
    command.results(settings, false);
    command.examples(
        "  downline import members members.csv\n"
        "  downline import orders october.csv november.csv --expect-rows 3120\n"
        "  downline import orders shop.csv --profile shop.toml --skip-bad rejects.csv\n"
        "  gzip -dc orders.csv.gz | downline import orders -\n"
        "  downline import undo 7\n");
    command.runs([&settings, arguments] { import(settings, *arguments); });

    Command undoing = command.command("undo", "Withdraw an import that no closed period has seen");
    const auto number = std::make_shared<std::string>();
    undoing.argument("N", *number, "Its number; downline imports lists them");
    undoing.examples("  downline import undo 7\n");
    undoing.runs([&settings, number] { undo(settings, *number); });
}

}  // namespace downline
