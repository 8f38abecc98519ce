// What a run stored of a member, held against the same run computed again.
#pragma once

#include "engine/run.hpp"
#include "storage/reload.hpp"
#include "storage/runs.hpp"

namespace downline {

/// BrokenInvariant where a byte of the stored statement is not what `again` says.
/// `inputs`: what it was computed from, all or a part.
void check_statement(Database& database, const RunRecord& run, const Reloaded& inputs,
                     const RunResult& again, MemberIndex member);
/// The same of activity, rank, title and measures alone.
void check_standing(Database& database, const RunRecord& run, const Snapshot& snapshot,
                    const RunResult& again, MemberIndex member);

}  // namespace downline
