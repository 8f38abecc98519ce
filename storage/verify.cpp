// verify: see the header.
//
// A final run is recomputed into a database in memory by the same code that stored it, and then
// compared row by row: whatever is not the same is named by its table and key. What is asked of the
// file as a whole is found out meanwhile, by a connection of its own.
#include "storage/verify.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <future>
#include <map>
#include <span>
#include <vector>

#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"
#include "engine/run.hpp"
#include "storage/balances.hpp"
#include "storage/digest.hpp"
#include "storage/load_parts.hpp"
#include "storage/messages.hpp"
#include "storage/runs.hpp"
#include "storage/save.hpp"
#include "storage/side_by_side.hpp"
#include "storage/statement_batches.hpp"

namespace downline {
namespace {

/// What a run keeps, table by table, in the order of its key; the run's own number left out.
struct StoredTable {
    const char* name;
    const char* columns;
    int key_columns;
};
constexpr StoredTable stored_tables[] = {
    {"run_bonus", "place, code, kind, base, maximum, paid, lines", 1},
    {"run_rank", "place, name", 1},
    {"run_measure", "place, name, unit", 1},
    {"run_total", "bonus, stream, paid_level, lines, amount", 3},
    {"run_forfeit", "bonus, reason, amount", 2},
    {"run_order", "piece, packed", 1},
    {"correction",
     "place, member, bonus, stream, level, paid_level, amount, return_id, returned_on, of_run,"
     " of_bonus, of_order, of_source, adjustment, of_opening",
     1},
    {"carried", "item, piece, packed", 2},
};

bool is_same_value(const Query& a, const Query& b, int column) {
    const int type = sqlite3_column_type(a.raw(), column);
    if (type != sqlite3_column_type(b.raw(), column)) return false;
    if (type == SQLITE_NULL) return true;
    if (type == SQLITE_INTEGER) return a.integer(column) == b.integer(column);
    return a.blob(column) == b.blob(column);
}

std::string key_text(const Query& row, int key_columns) {
    std::string text;
    for (int column = 0; column < key_columns; ++column) {
        const bool is_number = sqlite3_column_type(row.raw(), column) == SQLITE_INTEGER;
        text += fmt::format(
            "{}{}", column == 0 ? "" : ", ",
            is_number ? std::to_string(row.integer(column)) : shown_value(row.text(column)));
    }
    return text;
}

/// The first row in which a table of two runs differs; nothing where it is the same.
std::optional<std::string> difference(const StoredTable& table, Database& stored,
                                      std::int64_t stored_run, Database& computed,
                                      std::int64_t computed_run) {
    std::string keys = "1";
    for (int column = 2; column <= table.key_columns; ++column) keys += fmt::format(", {}", column);
    const std::string sql = fmt::format("SELECT {} FROM {} WHERE run = ?1 ORDER BY {}",
                                        table.columns, table.name, keys);
    Query left = stored.query(sql), right = computed.query(sql);
    left.bind(1, stored_run);
    right.bind(1, computed_run);
    const int column_count = sqlite3_column_count(left.raw());
    while (true) {
        const bool has_left = left.step(), has_right = right.step();
        if (!has_left && !has_right) return std::nullopt;
        if (!has_left || !has_right)
            return fmt::format("{} has {} row than the facts give ({})", table.name,
                               has_left ? "one more" : "one less",
                               key_text(has_left ? left : right, table.key_columns));
        for (int column = 0; column < column_count; ++column)
            if (!is_same_value(left, right, column))
                return fmt::format("{} ({}): {} is not what the facts give", table.name,
                                   key_text(left, table.key_columns),
                                   sqlite3_column_name(left.raw(), column));
    }
}

/// Holds the statements of a run against those that are computed, as they come: the first that
/// differs is the finding. They are never stored a second time.
class StatementComparer final : public StatementSink {
public:
    StatementComparer(Database& database, std::int64_t run)
        : statements_(database.query("SELECT member, is_active, rank, title, amount, lines,"
                                     " measures, totals FROM statement WHERE run = ?1"
                                     " ORDER BY member")),
          lines_(database.query(fmt::format("SELECT statement & 0xffffffff, packed"
                                            " FROM statement_lines WHERE {} ORDER BY statement",
                                            statements_of_run))) {
        has_statement_ = statements_.bind(1, run).step();
        has_lines_ = lines_.bind(1, run).step();
    }

    void take(std::span<const NumberedStatement> rows) override {
        for (const NumberedStatement& row : rows) {
            if (finding_) return;
            const std::int64_t member = row.number & 0xffff'ffff;
            const Statement& statement = row.statement;
            if (is_there("statement", statements_, has_statement_, member))
                compare(member, statement);
            if (!finding_ && !statement.packed.empty() &&
                is_there("statement_lines", lines_, has_lines_, member)) {
                if (lines_.blob(1) != statement.packed)
                    differs("statement_lines", member, "packed");
                has_lines_ = lines_.step();
            }
        }
    }
    /// What differs; after the last statement.
    std::optional<std::string> finish() && {
        if (!finding_ && has_statement_) one_more("statement", statements_.integer(0));
        if (!finding_ && has_lines_) one_more("statement_lines", lines_.integer(0));
        return std::move(finding_);
    }

private:
    /// Whether the next row that is stored is the member's; a finding_ where it is not.
    bool is_there(const char* table, const Query& stored, bool has_row, std::int64_t member) {
        if (has_row && stored.integer(0) == member) return true;
        if (has_row && stored.integer(0) < member) one_more(table, stored.integer(0));
        else finding_ = fmt::format("{} has one less row than the facts give ({})", table, member);
        return false;
    }
    void one_more(const char* table, std::int64_t member) {
        finding_ = fmt::format("{} has one more row than the facts give ({})", table, member);
    }
    void differs(const char* table, std::int64_t member, const char* column) {
        finding_ = fmt::format("{} ({}): {} is not what the facts give", table, member, column);
    }
    void compare(std::int64_t member, const Statement& statement) {
        const std::int64_t numbers[] = {statement.is_active ? 1 : 0, statement.rank,
                                        statement.title, statement.amount_minor,
                                        static_cast<std::int64_t>(statement.line_count)};
        int column = 1;
        for (const std::int64_t number : numbers) {
            if (statements_.is_null(column) || statements_.integer(column) != number) break;
            ++column;
        }
        if (column == 6 && statements_.blob(column) == statement.measures) ++column;
        if (column == 7 && statements_.blob(column) == statement.totals &&
            statements_.is_null(column) == statement.totals.empty())
            ++column;
        if (column < 8)
            differs("statement", member, sqlite3_column_name(statements_.raw(), column));
        has_statement_ = statements_.step();
    }
    Query statements_, lines_;
    bool has_statement_ = false, has_lines_ = false;
    std::optional<std::string> finding_;
};

struct FinalRun {
    std::int64_t number{}, last_import{}, previous_run{};
    std::string plan, period, plan_text, plan_digest, inputs_digest, result_digest, chain_digest,
        version;
};

std::vector<FinalRun> final_runs(Database& database) {
    Query query = database.query(
        "SELECT number, last_import, plan, period, plan_text, plan_digest, inputs_digest,"
        " result_digest, coalesce(chain_digest, ''), program_version,"
        " ifnull(previous_run, 0) FROM run"
        " WHERE state = 'final' ORDER BY plan, last_day");
    std::vector<FinalRun> runs;
    while (query.step()) {
        FinalRun& run = runs.emplace_back();
        run.number = query.integer(0);
        run.last_import = query.integer(1);
        int column = 2;
        for (std::string* text :
             {&run.plan, &run.period, &run.plan_text, &run.plan_digest, &run.inputs_digest,
              &run.result_digest, &run.chain_digest, &run.version})
            *text = query.text(column++);
        run.previous_run = query.integer(column);
    }
    return runs;
}

Check check_integrity(Database& database) {
    Query query = database.query("PRAGMA integrity_check(5)");
    std::string finding;
    while (query.step())
        if (query.text(0) != "ok")
            finding += (finding.empty() ? "" : "; ") + harmless(query.text(0));
    const bool holds = finding.empty();
    return {"integrity", holds, holds ? "the file is sound" : finding};
}

/// The row numbers of a table.
class RowNumbers {
public:
    RowNumbers(Database& database, const std::string& table) {
        Query ends = database.query(
            fmt::format("SELECT ifnull((SELECT min(rowid) FROM {0}), 1),"
                        " ifnull((SELECT max(rowid) FROM {0}), 0), (SELECT count(*) FROM {0})",
                        table));
        ends.step();
        first_ = ends.integer(0);
        last_ = ends.integer(1);
        if (Int128{last_} - first_ + 1 == ends.integer(2)) return;
        Query query = database.query(fmt::format("SELECT rowid FROM {} ORDER BY rowid", table));
        while (query.step()) numbers_.push_back(query.integer(0));
    }
    [[nodiscard]] bool contains(std::int64_t number) const {
        if (number < first_ || number > last_) return false;
        return numbers_.empty() || std::ranges::binary_search(numbers_, number);
    }
    [[nodiscard]] bool has_gaps() const { return !numbers_.empty(); }
    /// SQL: what cannot be one of them, and all that cannot where there are no gaps.
    [[nodiscard]] std::string excludes(const std::string& column) const {
        return fmt::format("{0} < {1} OR {0} > {2}", column, first_, last_);
    }

private:
    std::int64_t first_, last_;
    std::vector<std::int64_t> numbers_;  ///< ascending; empty: all from the first to the last
};

/// Columns of one table that name rows of others.
struct Links {
    std::string table;
    std::vector<std::string> columns, parents;
};
std::vector<Links> all_links(Database& database) {
    Query query = database.query(
        "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_schema m"
        " JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id");
    std::vector<Links> all;
    while (query.step()) {
        if (all.empty() || all.back().table != query.text(0))
            all.push_back({std::string{query.text(0)}, {}, {}});
        all.back().columns.emplace_back(query.text(1));
        all.back().parents.emplace_back(query.text(2));
    }
    return all;
}

/// What `PRAGMA foreign_key_check` finds, in one pass over each table instead of a search per link:
/// SQLite itself passes over the rows whose links cannot be wrong.
Check check_links(Database& database) {
    std::map<std::string, RowNumbers> numbers;
    std::string finding;
    std::int64_t count = 0;
    for (const Links& links : all_links(database)) {
        std::vector<const RowNumbers*> parents;
        std::string suspects;
        for (std::size_t i = 0; i < links.columns.size(); ++i) {
            const RowNumbers& parent =
                numbers.try_emplace(links.parents[i], database, links.parents[i]).first->second;
            parents.push_back(&parent);
            suspects += suspects.empty() ? "" : " OR ";
            suspects += parent.has_gaps() ? links.columns[i] + " IS NOT NULL"
                                          : parent.excludes(links.columns[i]);
        }
        Query query = database.query(fmt::format("SELECT {} FROM {} WHERE {}",
                                                 fmt::join(links.columns, ", "), links.table,
                                                 suspects));
        while (query.step()) {
            for (std::size_t i = 0; i < parents.size(); ++i) {
                const int column = static_cast<int>(i);
                if (query.is_null(column) || parents[i]->contains(query.integer(column))) continue;
                if (++count == 1)
                    finding = fmt::format("a row of {} names one of {} that is not there",
                                          links.table, links.parents[i]);
            }
        }
    }
    if (count > 1) finding += fmt::format("; {} such rows in all", count);
    return {"links", count == 0, count == 0 ? "every row names rows that are there" : finding};
}

std::string name_of(const FinalRun& run) {
    return fmt::format("run {} ({} {})", run.number, run.plan, run.period);
}

/// Something of a run that must come to what it paid, as it is stored.
struct Sum {
    const char *what, *sql;
};
constexpr Sum statement_sums[] = {
    {"its statements", "SELECT sum(amount) FROM statement WHERE run = ?1"},
    {"its totals and corrections",
     "SELECT sum(amount) FROM (SELECT amount FROM run_total WHERE run = ?1 UNION ALL"
     " SELECT amount FROM correction WHERE run = ?1)"},
    {"its bonuses and corrections",
     "SELECT sum(amount) FROM (SELECT paid AS amount FROM run_bonus WHERE run = ?1 UNION ALL"
     " SELECT amount FROM correction WHERE run = ?1)"},
};
constexpr Sum conservation_sums[] = {
    {"its maximum less what was forfeited and cut, and corrections",
     "SELECT sum(amount) FROM (SELECT CASE WHEN kind IN ('cap', 'limit') THEN paid ELSE maximum END"
     " AS amount FROM run_bonus WHERE run = ?1 UNION ALL"
     " SELECT -amount FROM run_forfeit WHERE run = ?1 UNION ALL"
     " SELECT amount FROM correction WHERE run = ?1)"},
};

/// Of every final run each sum comes to what it paid.
Check check_sums(Database& database, const std::vector<FinalRun>& runs, const char* name,
                 std::span<const Sum> sums, const char* holds) {
    Query paid_query = database.query("SELECT paid FROM run WHERE number = ?1");
    for (const FinalRun& run : runs) {
        paid_query.reset();
        paid_query.bind(1, run.number);
        ensure_intact(paid_query.step(), "a final run is gone while it is verified");
        const std::int64_t paid = paid_query.integer(0);
        for (const Sum& sum : sums) {
            Query query = database.query(sum.sql);
            query.bind(1, run.number);
            const std::int64_t found = query.step() && !query.is_null(0) ? query.integer(0) : 0;
            if (found != paid)
                return {name, false,
                        fmt::format("{}: {} come to {} minor units, but the run paid {}",
                                    name_of(run), sum.what, found, paid)};
        }
    }
    return {name, true, holds};
}

/// The postings of every cause sum to zero, and a balance is what its postings are.
Check check_books(Database& database) {
    const std::vector<std::string> found = posting_differences(database);
    if (found.empty()) return {"books", true, "double entry: every cause sums to zero"};
    return {"books", false,
            found.size() == 1 ? found.front()
                              : fmt::format("{}; {} more", found.front(), found.size() - 1)};
}

/// What differs between a stored run and the same run computed from the facts that it saw.
std::optional<std::string> recomputed_differs(Database& database, const FinalRun& run,
                                              unsigned thread_count) {
    const PlanReading reading = read_plan(run.plan_text);
    if (!reading.errors.empty())
        return fmt::format("its plan does not read: line {}: {}", reading.errors.front().line,
                           reading.errors.front().text);
    const Plan& plan = reading.plan;
    const auto period = parse_period(run.period, plan.week_starts);
    if (!period) return fmt::format("its period {} is none", shown_value(run.period));
    Loaded loaded = load(database, plan, *period, run.last_import, run.previous_run);
    if (loaded.inputs_digest != run.inputs_digest)
        return "the facts that it saw have changed: their digest is another";
    const RunResult result = downline::run(plan, loaded.snapshot, thread_count);
    loaded.snapshot.orders = {};
    Database computed = Database::in_memory();
    Transaction transaction(computed);
    StatementComparer statements(database, run.number);
    const std::int64_t number =
        save(computed, plan, loaded, result, {"verify", ""}, nullptr, &statements);
    if (auto found = std::move(statements).finish()) return found;
    for (const StoredTable& table : stored_tables)
        if (auto found = difference(table, database, run.number, computed, number)) return found;
    Query digest = computed.query("SELECT result_digest FROM run WHERE number = ?1");
    digest.bind(1, number);
    if (!digest.step() || digest.text(0) != run.result_digest)
        return "the digest of its result is another";
    return std::nullopt;
}

Check check_run(Database& database, const FinalRun& run, unsigned thread_count) {
    const std::string name = name_of(run);
    std::optional<std::string> finding;
    if (sha256_hex(run.plan_text) != run.plan_digest) finding = "the text of its plan was changed";
    try {
        if (!finding) finding = recomputed_differs(database, run, thread_count);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {  // of facts that were tampered with, anything
        finding = fmt::format("it cannot be computed again: {}", error.what());
    }
    if (finding && run.version != DOWNLINE_VERSION)
        *finding +=
            fmt::format(" (it was made by version {}, this is {})", run.version, DOWNLINE_VERSION);
    return {name, !finding, finding.value_or("computed again from the facts it saw: the same")};
}

/// What holds of the books and of what names what, whatever the runs recompute to.
std::vector<Check> check_stored(Database& database, const std::vector<FinalRun>& runs) {
    return {check_links(database),
            check_sums(database, runs, "statements", statement_sums,
                       "of every run they come to what it paid"),
            check_sums(database, runs, "conservation", conservation_sums,
                       "what could be paid was paid, forfeited or cut"),
            check_books(database)};
}

/// Checks that go on beside others, over a connection of their own where the file can have one.
class Aside {
public:
    Aside(Database& database, std::function<std::vector<Check>(Database&)> check)
        : own_(second_connection(database)),
          checks_(std::async(own_ ? std::launch::async : std::launch::deferred,
                             [this, &database, check = std::move(check)] {
                                 return check(own_ ? *own_ : database);
                             })) {}
    std::vector<Check> get() { return checks_.get(); }

private:
    std::optional<Database> own_;
    std::future<std::vector<Check>> checks_;
};

}  // namespace

bool verify(Database& database, const std::optional<std::string>& head, unsigned thread_count,
            const std::function<void(const Check&)>& report) {
    bool all_hold = true;
    const auto take = [&](const Check& check) {
        all_hold &= check.holds;
        report(check);
    };
    const std::vector<FinalRun> runs = final_runs(database);
    Aside of_file(database, [](Database& file) {
        file.execute("PRAGMA cache_size = -16384");  // indexes point into tables in no order
        return std::vector<Check>{check_integrity(file)};
    });
    Aside of_stored(database, [&](Database& file) { return check_stored(file, runs); });
    const auto take_of_file = [&] {
        for (const Check& check : of_file.get()) take(check);
        for (const Check& check : of_stored.get()) take(check);
    };
    if (runs.empty()) take_of_file();
    std::string found_head;  // which link of a chain the head that was kept is
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool is_first = i == 0 || runs[i - 1].plan != runs[i].plan;
        const bool is_last = i + 1 == runs.size() || runs[i + 1].plan != runs[i].plan;
        const std::string expected = sha256_hex(
            (is_first ? std::string{} : runs[i - 1].chain_digest) + runs[i].result_digest);
        Check check = check_run(database, runs[i], thread_count);
        if (i == 0) take_of_file();
        if (check.holds && expected != runs[i].chain_digest)
            check = {check.name, false, "the chain of digests is broken at it"};
        take(check);
        if (head && runs[i].chain_digest.starts_with(*head))
            found_head = is_last ? "the head that was kept is that of a chain"
                                 : fmt::format("the head that was kept is that of chain {} after "
                                               "{}; the chain went on since",
                                               runs[i].plan, runs[i].period);
        if (!is_last) continue;
        take({"chain " + runs[i].plan, true, "its head is " + runs[i].chain_digest});
    }
    if (head) {
        const bool is_found = !found_head.empty();
        take({"head", is_found,
              is_found ? found_head : "no plan's chain ever had the head " + shown_value(*head)});
    }
    return all_hold;
}

}  // namespace downline
