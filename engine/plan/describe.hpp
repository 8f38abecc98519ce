// Parts of a plan in words, for people: requirements, order filters, measures.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"

namespace downline {

/// A number in a measure's unit, without zeros at the end: 10000 centipoints is "100".
[[nodiscard]] std::string describe_number(const Plan& plan, Measure::Unit unit, std::int64_t value);

/// "pv at least 100 and gv at least 1000, or rank at least silver"; "nothing" where all meet it.
[[nodiscard]] std::string describe(const Plan& plan, const Requirement& requirement);
[[nodiscard]] std::string describe(const Plan& plan, const Test& test);

/// "a customer's first orders of kind kit"; "all orders" where nothing is asked.
[[nodiscard]] std::string describe(const Plan& plan, const OrderFilter& filter);

/// "sum of pv over the downline, oneself included".
[[nodiscard]] std::string describe(const Plan& plan, const Measure& measure);

}  // namespace downline
