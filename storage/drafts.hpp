// Making a draft without asking the plan's worked examples: what the examples themselves use.
#pragma once

#include <string>

#include "storage/runs.hpp"
#include "storage/save.hpp"

namespace downline {

/// Checks that the plan may be run for the period, computes and stores it. Returns its number.
std::int64_t draft_of(Database& database, const Plan& plan, const Period& period,
                      const Signature& made, unsigned thread_count);

}  // namespace downline
