// A member's goals as a table, CSV or JSON.
#pragma once

#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "storage/goals.hpp"

namespace downline {

/// What is compared: so much once, or so much a month for as long as it is kept.
struct SaleOrSubscription {
    std::int64_t once_minor{}, monthly_minor{};  ///< both above 0
};

/// CSV has the goals alone.
void print_goals(Output& output, Format format, const GoalReport& report,
                 const SaleOrSubscription& choice);

}  // namespace downline
