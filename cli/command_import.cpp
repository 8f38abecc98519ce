// import KIND FILE…: files into the database; import undo N: out again.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>

#include "cli/choose.hpp"
#include "cli/commands.hpp"
#include "cli/json_writer.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/profile.hpp"
#include "cli/progress.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/nearest.hpp"
#include "storage/import.hpp"

namespace downline {
namespace {

/// What the command line says; absent: not said.
struct ImportArguments {
    std::string kind;
    std::vector<std::string> files, map;
    std::optional<std::string> profile, delimiter, decimal, dates;
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

void add_to_map(std::map<std::string, std::string>& map, const std::string& pair) {
    const std::size_t sign = pair.find('=');
    if (sign == 0 || sign == std::string::npos || sign + 1 == pair.size())
        throw UsageError(fmt::format(
            "--map \"{}\" is not THEIRS=OURS, such as --map customer=member_id", shown(pair)));
    map[pair.substr(0, sign)] = pair.substr(sign + 1);
}

char one_character(const std::string& option, const std::string& text) {
    if (text == "tab" || text == "\\t") return '\t';
    if (text.size() == 1) return text.front();
    throw UsageError(fmt::format("{} takes one character, not \"{}\"", option, shown(text)));
}

/// The profile's word, the command line's above it.
void apply_format(ImportArguments& arguments, ImportOptions& options) {
    Profile profile;
    if (arguments.profile)
        profile = read_profile(read_text_file(*arguments.profile), *arguments.profile);
    options.map = profile.map;
    for (const std::string& pair : arguments.map) add_to_map(options.map, pair);
    const auto& delimiter = arguments.delimiter ? arguments.delimiter : profile.delimiter;
    const auto& decimal = arguments.decimal ? arguments.decimal : profile.decimal;
    const auto& dates = arguments.dates ? arguments.dates : profile.dates;
    if (delimiter) options.delimiter = one_character("--delimiter", *delimiter);
    if (decimal) options.decimal = one_character("--decimal", *decimal);
    if (options.decimal != '.' && options.decimal != ',')
        throw UsageError(fmt::format("--decimal is . or , and not \"{}\"", shown(*decimal)));
    if (options.decimal == options.delimiter)
        throw UsageError("--decimal and --delimiter are the same character; "
                         "files with decimal commas have another delimiter, mostly ;");
    if (dates) options.dates = *dates;
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

/// Bad rows and warnings to standard error. Refusal where they rejected the import.
void report_bad_rows(const ImportReport& report, const ImportOptions& options) {
    for (const std::string& warning : report.warnings) log_warning(warning);
    for (const RowError& error : report.errors) log_finding(row_error_text(error));
    if (report.error_count > report.errors.size())
        log_info(fmt::format("{} more errors are not shown{}",
                             report.error_count - report.errors.size(),
                             options.errors ? "; all are in " + shown(*options.errors)
                                            : "; --errors FILE writes all"));
    if (report.error_count == 0) return;
    if (options.skip_bad) {
        log_warning(fmt::format("{} of {} rows rejected; they are in {}", report.rejected_rows,
                                report.rows, shown(*options.skip_bad)));
        return;
    }
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{} {}, {} read; nothing was imported", report.error_count,
                              report.error_count == 1 ? "error" : "errors",
                              report.rows == 1 ? "1 row" : fmt::format("{} rows", report.rows)));
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
    apply_format(arguments, options);
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
    if (report.created_currency && !options.currency)
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

void add_format_options(Command& command, ImportArguments& arguments) {
    command.option("--profile", "FILE.toml", arguments.profile,
                   "How the files are written: [map], delimiter, decimal, dates; options given "
                   "here win");
    command.option("--map", "THEIRS=OURS", arguments.map,
                   "Their column THEIRS is our OURS; may be given several times");
    command.option("--delimiter", "CHARACTER", arguments.delimiter,
                   "Between fields; , unless said; tab for a tab");
    command.option("--decimal", "CHARACTER", arguments.decimal, "The decimal sign: . or ,");
    command.option("--dates", "FORMAT", arguments.dates,
                   "Of %Y, %m, %d and what stands between; %Y-%m-%d unless said");
    command.flag("--ignore-unknown", arguments.options.ignore_unknown,
                 "Unknown columns are no error");
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
    add_format_options(command, *arguments);
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
