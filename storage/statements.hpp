// Statements: what a run leaves of one affiliate, in the packed form of docs/formats.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/run.hpp"

namespace downline {

/// In SQL: the packed lines of statement `s`, or NULL; which rows of statement_lines belong to run
/// ?1.
inline constexpr const char* lines_of_statement =
    "(SELECT l.packed FROM statement_lines l WHERE l.statement = (s.run << 32 | s.member))";
inline constexpr const char* statements_of_run =
    "statement BETWEEN ?1 << 32 AND (?1 + 1 << 32) - 1";

/// A row of the table `statement`, and one of `statement_lines` where it has packed lines.
struct Statement {
    bool is_active = false;
    RankPlace rank = 0, title = 0;
    std::int64_t amount_minor = 0;  ///< of all lines, corrections too
    std::uint64_t line_count = 0;
    std::string measures, totals, packed;  ///< totals and packed: without corrections
};

/// Makes the statements of a run. Cheapest when members are asked for in ascending order.
class StatementMaker {
public:
    StatementMaker(const Snapshot& snapshot, const RunResult& result);
    /// False for who has neither lines nor measures, activity, rank nor title, and for customers.
    bool make(MemberIndex member, Statement& into);

private:
    /// The member's entry of a book, or null.
    const LineBook::Entry* entry_of(std::size_t bonus, MemberIndex member);
    void add_corrections(MemberIndex member, Statement& into) const;
    const Snapshot& snapshot_;
    const RunResult& result_;
    std::vector<std::size_t> next_;  ///< per bonus: where the search begins
};

}  // namespace downline
