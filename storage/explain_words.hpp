// Findings in words and numbers: what a test asked, found and lacked.
#pragma once

#include <optional>
#include <string>

#include "engine/explain.hpp"
#include "storage/explain.hpp"

namespace downline {

[[nodiscard]] ShownTest shown_test(const Plan& plan, const Test& test, const Finding& finding);
[[nodiscard]] ShownTests shown_tests(const Plan& plan, const Findings& findings);
/// The tests that failed of the nearest alternative.
[[nodiscard]] std::vector<ShownTest> shown_failed(const Plan& plan, const Findings& findings);

/// A slot's base, as a line shows it: "29.33", or a count of units.
[[nodiscard]] std::string base_text(const Plan& plan, const Bonus& bonus, const Slot& slot);
/// "4%", or "5.00" per unit.
[[nodiscard]] std::string rate_text(const Plan& plan, const Slot& slot, std::int64_t rate);
/// base × rate × factor to the last place, before it is rounded: "1.1732"; nothing where it has
/// too many digits to be shown.
[[nodiscard]] std::optional<std::string> exact_text(const Plan& plan, const Bonus& bonus,
                                                    const Slot& slot);

}  // namespace downline
