// A plan from a file, with everything that is wrong with it on standard error.
#pragma once

#include <string>

#include "engine/plan/reader.hpp"

namespace downline {

/// Reads and checks the plan in FILE. Prints its errors and warnings as FILE:LINE:COLUMN; Refusal
/// (input) where there is an error.
[[nodiscard]] Plan read_plan_file(const std::string& path);

}  // namespace downline
