// Byte by byte: see the header.
#include "storage/stored_statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "engine/errors.hpp"
#include "storage/run_reader.hpp"
#include "storage/statements.hpp"

namespace downline {

namespace {

constexpr const char* differs =
    "a run, computed again to explain it, is not what is stored; `verify` says what differs";

bool is_standing(const Query& query, const Statement& statement) {
    return (query.integer(0) != 0) == statement.is_active && query.integer(1) == statement.rank &&
           query.integer(2) == statement.title && query.blob(3) == statement.measures;
}

/// The run's places of the books of `again`. Whoever computes less may find no cut where the run
/// cut others, and those that follow stand at lower places then.
std::vector<std::size_t> places_of_books(const RunReader& reader, const RunResult& again) {
    std::vector<std::size_t> places;
    for (std::size_t place = 0; place < again.books.size(); ++place) places.push_back(place);
    for (const Cut& cut : again.cuts) places.push_back(reader.place_of(cut.code));
    return places;
}

/// Whether totals are those stored.
bool are_totals(std::string_view stored, std::string_view again,
                const std::vector<std::size_t>& places) {
    if (stored == again) return true;
    auto totals = statement_totals(again);
    for (auto& [book, of_book] : totals) book = places[book];
    return totals == statement_totals(stored);
}

/// Whether packed lines are those stored; those of a part name orders by their place in it. A tree
/// numbers siblings as the sort of all its links leaves them, so a part may come to the lines of a
/// level in another order.
bool are_lines(std::string_view stored, std::string_view again,
               const std::vector<std::size_t>& places, const Reloaded& inputs) {
    if (stored == again && !inputs.places) return true;
    auto lines = statement_lines(again), known = statement_lines(stored);
    for (auto& [book, of_book] : lines) {
        book = places[book];
        for (Line& line : of_book)
            if (line.order_ref != 0)
                line.order_ref =
                    inputs.place_of(static_cast<OrderLineIndex>(line.order_ref - 1)) + 1;
    }
    if (inputs.places)
        for (auto* both : {&lines, &known})
            for (auto& [book, of_book] : *both)
                std::ranges::sort(of_book, {}, [](const Line& line) {
                    return std::tuple(line.paid_level, line.order_ref, line.from, line.level,
                                      line.stream, line.rate_is_amount, line.rate, line.base,
                                      line.amount_minor);
                });
    return lines == known;
}

}  // namespace

void check_standing(Database& database, const RunRecord& run, const Snapshot& snapshot,
                    const RunResult& again, MemberIndex member) {
    Statement statement;
    const bool has_row = StatementMaker(snapshot, again).make(member, statement);
    Query query = database.query(
        "SELECT is_active, rank, title, measures FROM statement WHERE run = ?1 AND member = ?2");
    query.bind(1, run.number).bind(2, snapshot.members.number[member]);
    // One without a row has no lines either; one with lines alone may stand for nothing here.
    ensure(query.step() ? is_standing(query, statement) : !has_row, differs);
}

void check_statement(Database& database, const RunRecord& run, const Reloaded& inputs,
                     const RunResult& again, MemberIndex member) {
    Statement statement;
    const Snapshot& snapshot = inputs.loaded.snapshot;
    const bool has_row = StatementMaker(snapshot, again).make(member, statement);
    Query query = database.query(
        fmt::format("SELECT s.is_active, s.rank, s.title, s.measures, s.amount, s.lines,"
                    " ifnull(s.totals, x''), ifnull({}, x'') FROM statement s"
                    " WHERE s.run = ?1 AND s.member = ?2",
                    lines_of_statement));
    query.bind(1, run.number).bind(2, snapshot.members.number[member]);
    ensure(query.step() == has_row, differs);
    if (!has_row) return;
    const auto places = places_of_books(RunReader(database.handle(), run.number), again);
    ensure(is_standing(query, statement) && query.integer(4) == statement.amount_minor &&
               query.integer(5) == static_cast<std::int64_t>(statement.line_count) &&
               are_totals(query.blob(6), statement.totals, places) &&
               are_lines(query.blob(7), statement.packed, places, inputs),
           differs);
}

}  // namespace downline
