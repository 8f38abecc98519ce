// Run → database: a draft with everything that explains it, in one transaction of the caller.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

class StatementSink;  // storage/statement_batches.hpp

/// What is stored: an estimate is a draft that continues drafts, a what-if is never current.
enum class RunKind : std::uint8_t { run, estimate, what_if };

/// Who makes a run, when (UTC, ISO 8601), and as what.
struct Signature {
    std::string by, at;
    RunKind kind = RunKind::run;
};

/// What a look at a run's orders and payees counts, for closing: those who are paid without any
/// order of their own or below them, and orders that have the buyer, day and amount of another one,
/// less the first of each kind.
struct RunCounts {
    std::int64_t payees_without_sales{}, repeated_orders{};
};
/// REQUIRES: order lines by day, those of an order together, as `load` gives them. Linear but for
/// those who ordered twice on a day.
[[nodiscard]] RunCounts counts_of(const Snapshot& snapshot, const RunResult& result);

/// Deletes the statements of a run that is no longer current, and what it left behind: it keeps its
/// plan, totals and digests.
void drop_lines(Database& database, std::int64_t run);

/// Stores a draft and returns its number; the plan's draft for the same period before it is
/// superseded: it keeps its plan, totals and digests, and loses its statements.
/// REQUIRES: a transaction is open; `loaded` has its members and order_places (its order lines may
/// be gone). BrokenInvariant where what is written does not add up to what the run paid. `counted`
/// is asked when the statements are written. With `statements` they go there instead of into their
/// tables.
std::int64_t save(Database& database, const Plan& plan, const Loaded& loaded,
                  const RunResult& result, const Signature& made,
                  const std::function<RunCounts()>& counted = nullptr,
                  StatementSink* statements = nullptr);

}  // namespace downline
