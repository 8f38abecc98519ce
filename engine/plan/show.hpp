// A plan as people read it: what it asks and pays, in the order in which it is computed.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"

namespace downline {

/// Lines of text for a terminal, the last one ended. REQUIRES: the plan was read without errors.
[[nodiscard]] std::string show_plan(const Plan& plan);

}  // namespace downline
