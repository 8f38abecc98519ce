// What a run leaves behind for the next period: sequences and titles, packed by members' numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/run.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Writes it into the table `carried`. `members` are all of them, by storage's number.
void write_carried(Database& database, std::int64_t run, const Loaded& loaded,
                   const RunResult& result, const std::vector<MemberIndex>& members);

}  // namespace downline
