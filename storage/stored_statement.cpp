// Byte by byte: see the header.
#include "storage/stored_statement.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "storage/statements.hpp"

namespace downline {

namespace {

constexpr const char* differs =
    "a run, computed again to explain it, is not what is stored; `verify` says what differs";

bool is_standing(const Query& query, const Statement& statement) {
    return (query.integer(0) != 0) == statement.is_active && query.integer(1) == statement.rank &&
           query.integer(2) == statement.title && query.blob(3) == statement.measures;
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

void check_statement(Database& database, const RunRecord& run, const Snapshot& snapshot,
                     const RunResult& again, MemberIndex member) {
    Statement statement;
    const bool has_row = StatementMaker(snapshot, again).make(member, statement);
    Query query = database.query(
        fmt::format("SELECT s.is_active, s.rank, s.title, s.measures, s.amount, s.lines,"
                    " ifnull(s.totals, x''), ifnull({}, x'') FROM statement s"
                    " WHERE s.run = ?1 AND s.member = ?2",
                    lines_of_statement));
    query.bind(1, run.number).bind(2, snapshot.members.number[member]);
    ensure(query.step() == has_row, differs);
    if (!has_row) return;
    ensure(is_standing(query, statement) && query.integer(4) == statement.amount_minor &&
               query.integer(5) == static_cast<std::int64_t>(statement.line_count) &&
               query.blob(6) == statement.totals &&
               query.blob(7) == statement.packed,
           differs);
}

}  // namespace downline
