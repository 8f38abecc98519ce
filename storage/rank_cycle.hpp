// Ranks that would wait for each other: the trees through which a plan asks for ranks, taken together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Refusal (input) that prints the cycle, if the trees through which the plan's rank rules ask for
/// the ranks of others form one together.
void refuse_rank_cycle(Database& database, const Plan& plan, const Loaded& loaded);

/// A sentence for every plan whose next run would be refused for such a cycle, with the rows of an
/// import that is being made in place. `last_day`: of its rows; the period that holds it is asked too.
/// Reads the network only where a plan that has run asks in several trees.
[[nodiscard]] std::vector<std::string> warnings_of_rank_cycles(Database& database,
                                                               std::int64_t import_number,
                                                               std::optional<Day> last_day);

}  // namespace downline
