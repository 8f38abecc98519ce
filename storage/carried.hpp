// What a run leaves behind for the next period: sequences, titles and what windows ask for, packed
// by members' numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Writes it into the table `carried`. `members` are all of them, by storage's number.
void write_carried(Database& database, std::int64_t run, const Plan& plan, const Loaded& loaded,
                   const RunResult& result, const std::vector<MemberIndex>& members);

}  // namespace downline
