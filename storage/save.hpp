// Run → database: a draft with everything that explains it, in one transaction of the caller.
#pragma once

#include <cstdint>
#include <string>

#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Who makes a run, and when (UTC, ISO 8601).
struct Signature {
    std::string by, at;
};

/// Stores a draft and returns its number; the plan's draft for the same period before it is
/// superseded: it keeps its plan, totals and digests, and loses its statements.
/// REQUIRES: a transaction is open; `loaded` has its members and order_places (its order lines may
/// be gone). BrokenInvariant where what is written does not add up to what the run paid.
std::int64_t save(Database& database, const Plan& plan, const Loaded& loaded,
                  const RunResult& result, const Signature& made);

}  // namespace downline
