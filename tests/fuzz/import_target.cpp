// Imports of any bytes into a company with closed months, and a run over whatever was taken.
//
// A line `@KIND [replace] [late] [ignore] [dry] [;] [,] [day]` begins a file; what stands before the
// first such line is a file of orders.
#include "tests/fuzz/targets.hpp"

#include <array>

#include "storage/import.hpp"
#include "storage/runs.hpp"
#include "tests/fuzz/company.hpp"
#include "tests/storage/copy_pages.hpp"

namespace downline::fuzz {
namespace {

constexpr std::size_t files_max = 6;
constexpr std::array kinds{ImportKind::members, ImportKind::orders,      ImportKind::returns,
                           ImportKind::products, ImportKind::moves,      ImportKind::adjustments,
                           ImportKind::goals,    ImportKind::opening};

ImportOptions options_of(std::string_view head, std::string_view text) {
    const auto says = [head](std::string_view word) {
        return head.find(word) != std::string_view::npos;
    };
    ImportOptions options = import_options(ImportKind::orders, text);
    for (const ImportKind kind : kinds)
        if (head.starts_with(import_kind_name(kind))) options.kind = kind;
    options.replace = says("replace");
    options.late = says("late");
    options.ignore_unknown = says("ignore");
    options.dry_run = says("dry");
    if (says(";")) options.delimiter = ';';
    if (says(",")) options.decimal = ',';
    if (says("day")) options.dates = "%d.%m.%Y";
    return options;
}

/// Whether something came in.
bool import_one(Database& database, ImportOptions options) {
    ImportReport report;
    if (!done_or_refused([&] { report = import_files(database, options); })) return false;
    expect(options.dry_run || report.applied == (report.error_count == 0),
           "an import is applied where it has no errors, and only there");
    for (const RowError& error : report.errors)
        expect(error.line >= 1 && error.column >= 1 && !error.code.empty() && !error.text.empty(),
               "an error has a place, a code and words", row_error_text(error));
    if (!report.applied || report.import_number == 0) return false;
    options.replace = false;
    const ImportReport again = import_files(database, options);
    expect(again.error_count == 0 && again.new_rows + again.changed_rows == 0,
           "the same file again changes nothing",
           again.errors.empty() ? "" : row_error_text(again.errors.front()));
    return true;
}

void check_whole(Database& database) {
    expect(database.integer("SELECT count(*) FROM pragma_foreign_key_check") == 0,
           "what rows refer to is there");
    expect(database.integer("SELECT count(*) FROM order_line") ==
               database.integer("SELECT ifnull(sum(last_row - first_row + 1), 0) FROM order_extent"),
           "every order line is in an extent");
}

}  // namespace

void imports(std::string_view bytes) {
    static Database company = [] {
        Database made = Database::in_memory();
        import_and_close(made);
        return made;
    }();
    static Database database = Database::in_memory();
    copy_pages(company, database);
    std::string_view head;
    bool has_changed = false;
    for (std::size_t i = 0; i < files_max; ++i) {
        if (bytes.starts_with('@')) {
            const std::size_t end = std::min(bytes.find('\n'), bytes.size());
            head = bytes.substr(1, end - 1);
            bytes.remove_prefix(std::min(end + 1, bytes.size()));
        }
        const std::size_t next = bytes.find("\n@");
        has_changed |= import_one(
            database, options_of(head, bytes.substr(0, next == bytes.npos ? next : next + 1)));
        if (next == bytes.npos) break;
        bytes.remove_prefix(next + 1);
    }
    if (!has_changed) return;
    check_whole(database);
    done_or_refused([] {
        (void)make_draft(database, company_plan(), parse_period("2026-03").value(), made_by,
                         made_at, 1);
    });
}

}  // namespace downline::fuzz
