// Import, the straight path: currency, files, rows, then all or nothing.
#include "storage/import.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/nearest.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_context.hpp"
#include "storage/intact.hpp"
#include "storage/messages.hpp"
#include "storage/rank_cycle.hpp"
#include "storage/scan.hpp"

namespace downline {
namespace {

/// What no file can make right.
void check_options(const ImportOptions& options) {
    if (options.kind == ImportKind::members && options.expect_total)
        throw UsageError("--expect-total means the sum of the amount column; members have none");
    if (options.kind == ImportKind::moves && options.expect_total)
        throw UsageError("--expect-total means the sum of the amount column; moves have none");
    if (options.kind == ImportKind::opening && options.expect_total)
        throw UsageError("--expect-total adds up one unit; the amounts of an opening file are money, "
                         "points and counts; --expect-rows finds a file that was cut off");
    std::vector<std::string> known;
    for (const ImportKind kind :
         {ImportKind::members, ImportKind::orders, ImportKind::returns, ImportKind::products,
          ImportKind::moves, ImportKind::adjustments, ImportKind::goals, ImportKind::opening})
        for (const ColumnRule& rule : columns_of(kind)) known.emplace_back(rule.name);
    for (const auto& [theirs, ours] : options.map)
        if (std::find(known.begin(), known.end(), ours) == known.end())
            throw UsageError(fmt::format("--map {}={}: there is no column {}{}", harmless(theirs),
                                         harmless(ours), shown_value(ours),
                                         did_you_mean(ours, known)));
    if (options.skip_bad && options.errors && *options.skip_bad == *options.errors)
        throw UsageError("--skip-bad and --errors name the same file; give them two");
}

/// The database's currency; a new one gets what was asked for, and an empty one in its place.
std::string settle_currency(Database& database, const ImportOptions& options,
                            ImportReport& report) {
    if (options.currency && !currency_places(*options.currency))
        throw UsageError(fmt::format("unknown currency {}; give an ISO 4217 code, such as USD",
                                     shown_value(*options.currency)));
    const auto known = database.currency();
    if (known && (!options.currency || *options.currency == *known)) return *known;
    if (known && database.integer("SELECT count(*) FROM import") != 0)
        throw Refusal(Refusal::Kind::state,
                      fmt::format("the database is in {}; {} needs a database of its own", *known,
                                  *options.currency));
    report.created_currency = true;
    report.replaced_currency = known;
    const std::string currency = options.currency.value_or("USD");
    database.set_setting("currency", currency);
    return currency;
}

std::uint64_t bytes_of_files(const ImportOptions& options) {
    std::uint64_t bytes = 0;
    for (const std::string& text : options.texts) bytes += text.size();
    struct stat found {};
    for (const std::string& file : options.files)
        if (file != "-" && stat(file.c_str(), &found) == 0)
            bytes += static_cast<std::uint64_t>(found.st_size);
    return bytes;
}

std::unique_ptr<Importer> importer_of(ImportContext& context) {
    switch (context.options.kind) {
        case ImportKind::members: return import_members(context);
        case ImportKind::orders: return import_orders(context);
        case ImportKind::returns: return import_returns(context);
        case ImportKind::products: return import_products(context);
        case ImportKind::moves: return import_moves(context);
        case ImportKind::adjustments: return import_adjustments(context);
        case ImportKind::goals: return import_goals(context);
        case ImportKind::opening: return import_opening(context);
    }
    throw BrokenInvariant("an import of no kind");
}

/// --expect-rows and --expect-total: a file that was cut off in the middle of its way.
void check_expectations(ImportContext& context, const std::string& file) {
    const ImportOptions& options = context.options;
    const auto refuse = [&](std::string_view code, std::string text) {
        context.problems.add({{file, 1, 1, std::string(code), std::move(text)}, 0, {}});
    };
    const auto rows = static_cast<std::int64_t>(context.report.rows);
    if (options.expect_rows && *options.expect_rows != rows)
        refuse(code::row_count,
               fmt::format("{} {} were read, {} are expected; is a file cut off?", rows,
                           rows == 1 ? "row" : "rows", *options.expect_rows));
    if (!options.expect_total) return;
    const int places = context.format.currency_places;
    const auto expected = parse_decimal(*options.expect_total, places, INT64_MAX / 2);
    if (!expected)
        throw UsageError(fmt::format("--expect-total {} is not an amount in {}",
                                     shown_value(*options.expect_total), context.format.currency));
    if (context.total != *expected)
        refuse(
            code::total,
            fmt::format(
                "the amounts add up to {}, {} is expected; is a file cut off?",
                format_decimal(
                    static_cast<std::int64_t>(std::min<Int128>(context.total, INT64_MAX)), places),
                format_decimal(*expected, places)));
}

/// `files_json`: [{"name":…,"rows":…,"sha256":…}].
void store_record(ImportContext& context, const std::string& files_json) {
    const ImportReport& report = context.report;
    Query query = context.database.query(
        "INSERT INTO import(number, kind, files, made_by, made_at, new_rows, changed_rows,"
        " unchanged_rows, rejected_rows, first_day, last_day, columns)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    query.bind(1, context.import_number).bind(2, import_kind_name(context.options.kind));
    query.bind(3, files_json).bind(4, context.options.made_by).bind(5, context.options.made_at);
    int place = 6;
    for (const std::uint64_t count :
         {report.new_rows, report.changed_rows, report.unchanged_rows, report.rejected_rows})
        query.bind(place++, static_cast<std::int64_t>(count));
    if (context.first_day) query.bind(10, std::int64_t{*context.first_day});
    if (context.last_day) query.bind(11, std::int64_t{*context.last_day});
    const std::span<const ColumnRule> rules = columns_of(context.options.kind);
    std::string columns;
    for (std::size_t column = 0; column < rules.size(); ++column)
        if (context.has_column[column])
            columns.append(columns.empty() ? "" : ",").append(rules[column].name);
    query.bind(12, columns).run();
}

/// Reads all files; returns what the record says of them, as JSON.
std::string read_files(ImportContext& context, Importer& importer,
                       std::vector<std::unique_ptr<SourceFile>>& files, ReadProgress& progress) {
    std::string records = "[]";
    Query append = context.database.query(
        "SELECT json_insert(?1, '$[#]', json_object('name', ?2, 'rows', ?3, 'sha256', ?4))");
    const ImportOptions& options = context.options;
    for (std::size_t i = 0; i < options.files.size() + options.texts.size(); ++i) {
        files.push_back(std::make_unique<SourceFile>(options, i, progress));
        SourceFile& file = *files.back();
        if (!file.read_header(context.problems)) continue;
        context.has_column.resize(file.header().place_of.size());
        for (std::size_t column = 0; column < context.has_column.size(); ++column)
            if (file.header().has(column)) context.has_column[column] = true;
        const std::uint64_t rows = importer.read(file);
        if (rows == 0)
            context.report.warnings.push_back(harmless(file.header().file, 4096) +
                                              " has a header and no rows");
        context.report.rows += rows;
        append.reset();
        append.bind(1, records).bind(2, harmless(file.header().file, 4096));
        append.bind(3, static_cast<std::int64_t>(rows)).bind(4, file.sha256());
        ensure(append.step(), "a SELECT without a row");
        records = append.text(0);
    }
    importer.finish();
    return records;
}

/// Of what stands in which tree now: no run of a plan could begin with it.
void add_rank_warnings(ImportContext& context) {
    const ImportKind kind = context.options.kind;
    const bool has_links = kind == ImportKind::members || kind == ImportKind::moves;
    if (!has_links) return;
    for (std::string& warning : warnings_of_rank_cycles(context.database, context.import_number,
                                                        context.last_day))
        context.report.warnings.push_back(std::move(warning));
}

}  // namespace

Closing closing_of(Database& database) {
    Closing closing;
    Query query = database.query(
        "SELECT plan, period, first_day, last_day FROM run WHERE state = 'final'"
        " ORDER BY last_day DESC LIMIT 1");
    if (!query.step()) return closing;
    const auto named = parse_period(query.text(1));
    closing.through = static_cast<Day>(query.integer(3));
    Period period{named ? named->kind : PeriodKind::month, static_cast<Day>(query.integer(2)),
                  *closing.through};
    const std::string open = period_name(next_period(period));
    closing.text = fmt::format("plan {} has closed {}, and {} takes what comes now", query.text(0),
                               query.text(1), open);
    closing.late_remedy = fmt::format("{}; add --late and it takes this too", closing.text);
    return closing;
}

std::string ImportContext::conflict_remedy(bool is_twice, Day known_on,
                                           std::string_view correction) const {
    if (is_twice) return "the files have it twice, take one out";
    if (!closing.holds(known_on)) return "--replace lets the new content count";
    return fmt::format("it counted in a closed period, of which nothing is replaced; {}",
                       correction);
}

KnownMembers::KnownMembers(Database& database, std::uint64_t import_bytes)
    : query_(database.query("SELECT number FROM member WHERE member_id = ?1")) {
    const std::int64_t largest =
        largest_stored(database.handle(), "SELECT max(number) FROM member");
    ensure_intact(largest < member_count_max, "more members than a database may have");
    largest_number_ = static_cast<std::uint32_t>(largest);
    // Asking costs some six times what reading in order does; a row has some thirty bytes.
    is_complete_ = largest < 1000 || import_bytes / 30 * 6 > largest_number_;
    if (!is_complete_) return;
    table_.reserve(largest_number_);
    Scan all(database, "known_members", "member_id, number", "member",
             [this](const ScannedRow& row) { table_.add_later(row.text(0), row.index(1)); });
    all.run();
    table_.add_waiting();
}

void KnownMembers::add(std::span<const std::string_view> ids) {
    std::vector<std::string_view> kept;
    kept.reserve(ids.size());
    for (const std::string_view id : ids) kept.push_back(table_.kept(id));
    ensure(table_.add(kept, largest_number_ + 1), "a member id was added twice");
    largest_number_ += static_cast<std::uint32_t>(ids.size());
}

std::uint32_t KnownMembers::find(std::string_view member_id) {
    const std::uint32_t number = table_.find(member_id);
    if (is_complete_ || number != IdTable::none) return number;
    query_.bind(1, member_id);
    const bool is_known = query_.step();
    const auto found = static_cast<std::uint32_t>(is_known ? query_.integer(0) : 0);
    query_.reset();
    return is_known ? table_.add_copy(member_id, found) : IdTable::none;
}

void RowDifferences::add(std::string_view name, const std::string& known, const std::string& here) {
    if (known == here) return;
    const auto value = [](const std::string& text) {
        return text.empty() ? "empty" : shown_value(text);
    };
    text_ += fmt::format("{}{} is {}, here {}", text_.empty() ? "" : "; ", name, value(known),
                         value(here));
}

std::string RowDifferences::shown_number(std::int64_t value, int places) {
    return value == not_stated ? std::string{} : format_decimal(value, places);
}

std::string RowDifferences::shown_day(std::int64_t day) {
    return day == not_stated ? std::string{} : format_day(static_cast<Day>(day));
}

ImportReport import_files(Database& database, const ImportOptions& options) {
    check_options(options);
    ImportReport report;
    Transaction transaction(database);
    const std::string currency = settle_currency(database, options, report);
    report.currency = currency;
    ImportContext context{database,
                          options,
                          report,
                          RowProblems(options, report),
                          field_format(options, currency),
                          closing_of(database),
                          database.integer("SELECT max(number) FROM import").value_or(0) + 1,
                          bytes_of_files(options)};
    ReadProgress progress{0, context.bytes_total};
    std::vector<std::unique_ptr<SourceFile>> files;
    const std::unique_ptr<Importer> importer = importer_of(context);
    const std::string records = read_files(context, *importer, files, progress);
    check_expectations(context, files.empty() ? "" : files.back()->header().file);
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file->header().file);
    context.problems.finish(names);
    const bool is_rejected =
        report.error_count != 0 && (!options.skip_bad || context.problems.has_bad_file());
    if (is_rejected) report.new_rows = report.changed_rows = 0;
    const bool has_news = report.new_rows + report.changed_rows > 0;
    if (has_news) {
        store_record(context, records);
        add_rank_warnings(context);
    }
    if (!is_rejected && options.dry_run && options.inspect) options.inspect(context.import_number);
    if (is_rejected || options.dry_run) return report;
    report.applied = true;
    if (!has_news) return report;
    transaction.commit();
    report.import_number = context.import_number;
    return report;
}

std::vector<ImportRecord> list_imports(Database& database) {
    Query query = database.query(
        "SELECT number, kind, files, made_by, made_at, new_rows, changed_rows, unchanged_rows,"
        " rejected_rows, first_day, last_day, undone_by, undone_at FROM import ORDER BY number");
    std::vector<ImportRecord> records;
    while (query.step()) {
        ImportRecord record{
            query.integer(0),           std::string(query.text(1)), std::string(query.text(2)),
            std::string(query.text(3)), std::string(query.text(4)), query.integer(5),
            query.integer(6),           query.integer(7),           query.integer(8)};
        if (!query.is_null(9)) record.first_day = static_cast<Day>(query.integer(9));
        if (!query.is_null(10)) record.last_day = static_cast<Day>(query.integer(10));
        if (!query.is_null(11)) record.undone_by = query.text(11);
        if (!query.is_null(12)) record.undone_at = query.text(12);
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace downline
