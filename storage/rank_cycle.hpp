// Ranks that would wait for each other: the trees through which a plan asks for ranks, taken together.
#pragma once

#include "engine/plan/plan.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Refusal (input) that prints the cycle, if the trees through which the plan's rank rules ask for
/// the ranks of others form one together.
void refuse_rank_cycle(Database& database, const Plan& plan, const Loaded& loaded);

}  // namespace downline
