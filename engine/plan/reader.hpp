// Reads a plan's text and says everything that is wrong with it at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/checks.hpp"
#include "engine/plan/plan.hpp"

namespace downline {

/// `FILE:LINE:COLUMN: error CODE: text`, 1-based. Text names the value and the remedy.
struct PlanError {
    int line{}, column{};
    std::string code, text;
};

struct PlanReading {
    Plan plan;      ///< usable only where there are no errors
    Checks checks;  ///< likewise
    std::vector<PlanError> errors;    ///< by place
    std::vector<PlanError> warnings;  ///< unreachable ranks, bonuses that pay nothing
};

/// Reads and checks a plan. Pure: never throws for bad text, never reads a file. Text beyond
/// plan_bytes_max, a float, an unknown or unfinished key, … is an error with its place.
[[nodiscard]] PlanReading read_plan(std::string_view text);

}  // namespace downline
