// What must hold of the way from files to a stored run, for every company.
#include <fmt/format.h>

#include <algorithm>
#include <locale>
#include <numeric>

#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/property/files.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"
#include "tests/reference/compare.hpp"

namespace downline::property {
namespace {

/// A case with somebody in it, and its files.
struct Company {
    Case made;
    std::vector<File> files;
};

Company company() {
    Throws thrown = *throws();
    if (thrown.members.empty()) thrown.members.push_back(Faces(12, 0));
    // What a binary brings in is no row of a file.
    Company company{case_of(thrown, {.has_binaries = false}), {}};
    company.files = files_of(company.made.facts, company.made.plan);
    return company;
}

RunSummary draft(Database& database, const Company& company) {
    return make_draft(database, company.made.plan, company.made.facts.period, "test",
                      "2026-12-31T00:00:00Z", 1);
}

/// The same rows in an order that is drawn, too.
std::vector<File> shuffled(std::vector<File> files) {
    for (File& file : files) {
        const auto keys = *rc::gen::container<std::vector<std::uint32_t>>(
            file.rows.size(), rc::gen::arbitrary<std::uint32_t>());
        std::vector<std::size_t> places(file.rows.size());
        std::iota(places.begin(), places.end(), std::size_t{0});
        std::stable_sort(places.begin(), places.end(),
                         [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
        std::vector<std::string> rows;
        for (const std::size_t place : places) rows.push_back(file.rows[place]);
        file.rows = std::move(rows);
    }
    return files;
}

TEST_CASE("what was imported and loaded pays as the reference pays the rows themselves") {
    holds("files to pay", 300, [] {
        const Company given = company();
        const Case& made = given.made;
        Database database = database_of(given.files, made.plan.currency);
        const Snapshot loaded = load(database, made.plan, made.facts.period).snapshot;
        reference::Outcome expected = reference::compute(made.plan, snapshot_of(made.facts));
        // Contracts stand in another order; what follows from them does not.
        expected.orders_after.clear();
        const std::string found = reference::differences(
            made.plan, expected, reference::outcome_of(run(made.plan, loaded), loaded));
        RC_LOG() << found;
        RC_ASSERT(found.empty());
    });
}

TEST_CASE("the order of rows changes no digest") {
    holds("shuffled rows", 1000, [] {
        const Company given = company();
        Database database = database_of(given.files, given.made.plan.currency);
        Database other = database_of(shuffled(given.files), given.made.plan.currency);
        const RunSummary one = draft(database, given);
        const RunSummary two = draft(other, given);
        RC_ASSERT(one.record.inputs_digest == two.record.inputs_digest);
        RC_ASSERT(one.record.result_digest == two.record.result_digest);
    });
}

/// A language that writes 1.234,5: as the process's locale while it lives.
class CommaLocale {
public:
    CommaLocale() : before_(std::locale::global(std::locale(std::locale(), new Commas))) {}
    ~CommaLocale() { std::locale::global(before_); }
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;

private:
    struct Commas : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    std::locale before_;
};

TEST_CASE("the locale changes no digest") {
    holds("locales", 1000, [] {
        const Company given = company();
        Database database = database_of(given.files, given.made.plan.currency);
        const RunSummary one = draft(database, given);
        const CommaLocale comma;
        Database other = database_of(given.files, given.made.plan.currency);
        const RunSummary two = draft(other, given);
        RC_ASSERT(one.record.inputs_digest == two.record.inputs_digest);
        RC_ASSERT(one.record.result_digest == two.record.result_digest);
    });
}

TEST_CASE("the same rows again are a no-op") {
    holds("imported twice", 150, [] {
        const Company given = company();
        Database database = database_of(given.files, given.made.plan.currency);
        const RunSummary before = draft(database, given);
        for (const File& file : shuffled(given.files)) {
            if (file.rows.empty()) continue;
            const ImportReport again = import_file(database, file, given.made.plan.currency);
            RC_ASSERT(again.unchanged_rows == file.rows.size());
            RC_ASSERT(again.new_rows + again.changed_rows == 0U);
            RC_ASSERT(again.import_number == 0);
        }
        const RunSummary after = draft(database, given);
        RC_ASSERT(before.record.inputs_digest == after.record.inputs_digest);
        RC_ASSERT(before.record.result_digest == after.record.result_digest);
        RC_ASSERT(before.record.last_import == after.record.last_import);
    });
}

TEST_CASE("a second run of the same facts pays the same, once") {
    holds("run twice", 100, [] {
        const Company given = company();
        Database database = database_of(given.files, given.made.plan.currency);
        const RunSummary first = draft(database, given);
        const RunSummary second = draft(database, given);
        RC_ASSERT(first.record.result_digest == second.record.result_digest);
        RC_ASSERT(first.record.paid_minor == second.record.paid_minor);
        // The draft before is superseded: one run of the period is current.
        RC_ASSERT(find_run(database, std::nullopt, second.record.period).number ==
                  second.record.number);
    });
}

/// Rows of a moves file between affiliates that are drawn, from the period's last day on (`days`).
std::vector<std::string> drawn_moves(const Case& made, int count, Day first) {
    std::vector<std::string> rows;
    const auto& members = made.facts.members;
    const auto draw = [&] { return *rc::gen::inRange<std::size_t>(0, members.size()); };
    for (int i = 0; i < count; ++i) {
        const auto& member = members[draw()];
        const auto& parent = members[draw()];
        const char* tree = *rc::gen::element("sponsor", "enroller");
        const Day day = std::max<Day>(first, member.joined_on) + *rc::gen::inRange(0, 3);
        rows.push_back(
            fmt::format("{},{},{},{},drawn", member.id, tree, parent.id, format_day(day)));
    }
    return rows;
}

/// Imports moves one by one, in this order; those that are refused are left out. Returns the
/// others.
std::vector<std::string> import_moves_that_fit(Database& database,
                                               const std::vector<std::string>& rows) {
    std::vector<std::string> taken;
    for (const std::string& row : rows) {
        ImportOptions options;
        options.kind = ImportKind::moves;
        options.texts = {"member_id,tree,new_parent_id,effective_on,reason\n" + row + "\n"};
        options.made_by = "test";
        options.made_at = "2026-12-31T00:00:00Z";
        if (import_files(database, options).applied) taken.push_back(row);
    }
    return taken;
}

TEST_CASE("a closed period computes to the same bytes whatever is imported later") {
    holds("closed for good", 100, [] {
        const Company given = company();
        const Plan& plan = given.made.plan;
        Database database = database_of(given.files, plan.currency);
        const RunRecord draft_record = draft(database, given).record;
        (void)close_period(database, plan.name, draft_record.period, std::nullopt, "test",
                           "2026-12-31T00:00:00Z");
        import_moves_that_fit(database,
                              drawn_moves(given.made, 8, given.made.facts.period.last + 1));
        File later{ImportKind::orders, "order_id,member_id,ordered_on,amount", {}};
        for (const auto& member : given.made.facts.members)
            later.rows.push_back(fmt::format(
                "later-{0},{0},{1},10", member.id,
                format_day(std::max<Day>(given.made.facts.period.last + 1, member.joined_on))));
        import_file(database, later, plan.currency);
        std::string findings;
        const bool all_hold = verify(database, std::nullopt, 1, [&](const Check& check) {
            if (!check.holds) findings += check.name + ": " + check.finding + "\n";
        });
        RC_LOG() << findings;
        RC_ASSERT(all_hold);
    });
}

TEST_CASE("moves give the same bytes in every order of files that import takes") {
    holds("moves in another order", 100, [] {
        const Company given = company();
        const std::string& currency = given.made.plan.currency;
        Database database = database_of(given.files, currency);
        std::vector<std::string> moves = import_moves_that_fit(
            database, drawn_moves(given.made, 8, given.made.facts.period.first));
        const RunSummary one = draft(database, given);
        // All at once: every day together is what it was row by row.
        Database together = database_of(given.files, currency);
        if (!moves.empty())
            import_file(
                together,
                {ImportKind::moves, "member_id,tree,new_parent_id,effective_on,reason", moves},
                currency);
        RC_ASSERT(draft(together, given).record.result_digest == one.record.result_digest);
        // Backwards, where import takes all of them that way.
        Database other = database_of(given.files, currency);
        std::reverse(moves.begin(), moves.end());
        if (import_moves_that_fit(other, moves).size() != moves.size()) return;
        const RunSummary two = draft(other, given);
        RC_ASSERT(one.record.inputs_digest == two.record.inputs_digest);
        RC_ASSERT(one.record.result_digest == two.record.result_digest);
    });
}

}  // namespace
}  // namespace downline::property
