// Making a draft without asking the plan's worked examples: what the examples themselves use.
#pragma once

#include <functional>
#include <string>

#include "storage/runs.hpp"
#include "storage/save.hpp"

namespace downline {

/// Checks that the plan may be run for the period, computes and stores it. Returns its number.
/// `amend` may put into the snapshot what no facts say: for worked examples.
std::int64_t draft_of(Database& database, const Plan& plan, const Period& period,
                      const Signature& made, unsigned thread_count,
                      const std::function<void(Snapshot&)>& amend = {});

}  // namespace downline
