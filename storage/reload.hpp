// A stored run's own inputs again: its plan and the facts that it saw.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"
#include "storage/runs.hpp"

namespace downline {

struct Reloaded {
    Plan plan;
    Loaded loaded;
};

/// Refusal (state) for a draft whose facts have changed since; BrokenInvariant where that happened
/// to a final run.
[[nodiscard]] Reloaded reload(Database& database, const RunRecord& run);

}  // namespace downline
