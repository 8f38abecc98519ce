// Byte by byte: see the header.
#include "storage/stored_statement.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "storage/statements.hpp"

namespace downline {

void check_statement(Database& database, const RunRecord& run, const Snapshot& snapshot,
                     const RunResult& again, MemberIndex member) {
    constexpr const char* differs =
        "a run, computed again to explain it, is not what is stored; `verify` says what differs";
    ensure(again.paid_minor == run.paid_minor, differs);
    Statement statement;
    const bool has_row = StatementMaker(snapshot, again).make(member, statement);
    Query query = database.query(
        fmt::format("SELECT s.is_active, s.rank, s.title, s.amount, s.lines, s.measures,"
                    " ifnull(s.totals, x''), ifnull({}, x'') FROM statement s"
                    " WHERE s.run = ?1 AND s.member = ?2",
                    lines_of_statement));
    query.bind(1, run.number).bind(2, snapshot.members.number[member]);
    ensure(query.step() == has_row, differs);
    if (!has_row) return;
    ensure((query.integer(0) != 0) == statement.is_active && query.integer(1) == statement.rank &&
               query.integer(2) == statement.title && query.integer(3) == statement.amount_minor &&
               query.integer(4) == static_cast<std::int64_t>(statement.line_count) &&
               query.blob(5) == statement.measures && query.blob(6) == statement.totals &&
               query.blob(7) == statement.packed,
           differs);
}

}  // namespace downline
