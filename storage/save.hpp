// Run → database: a draft with everything that explains it, in one transaction of the caller.
#pragma once

#include <cstdint>
#include <optional>
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

/// What a look at a run's orders and payees counts, for closing.
struct RunCounts {
    std::int64_t payees_without_sales{}, repeated_orders{};
};
/// Orders that have the buyer, day and amount of another one, less the first of each kind.
/// REQUIRES: lines by day, those of an order together, as `load` gives them. Linear but for those
/// who ordered twice on a day.
[[nodiscard]] std::int64_t repeated_orders_of(const Snapshot& snapshot);
/// By member: whether it or anyone below it has an order. Linear.
[[nodiscard]] std::vector<std::uint8_t> have_sales_below(const Snapshot& snapshot);
[[nodiscard]] std::int64_t payees_without_sales_of(const std::vector<std::uint8_t>& has_sale,
                                                   const RunResult& result);

/// Deletes the statements of a run that is no longer current, and what it left behind: it keeps its
/// plan, totals and digests.
void drop_lines(Database& database, std::int64_t run);

/// Stores a draft and returns its number; the plan's draft for the same period before it is
/// superseded: it keeps its plan, totals and digests, and loses its statements.
/// REQUIRES: a transaction is open; `loaded` has its members and order_places (its order lines may
/// be gone). BrokenInvariant where what is written does not add up to what the run paid. With
/// `statements` they go there instead of into their tables.
std::int64_t save(Database& database, const Plan& plan, const Loaded& loaded,
                  const RunResult& result, const Signature& made,
                  const std::optional<RunCounts>& counts = std::nullopt,
                  StatementSink* statements = nullptr);

}  // namespace downline
