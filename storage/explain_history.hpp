// What is known of an order besides the run that paid it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/explain.hpp"

namespace downline {

/// What current runs (of `plan`, or of all) took back of what was paid on the order.
[[nodiscard]] std::vector<LaterLine> later_lines(Database& database, const std::string& order_id,
                                                 const std::optional<std::string>& plan);

/// An order of the time before the first period: what the system before this one paid on it, and what
/// was taken back since. Nothing where no opening row says so. REQUIRES: the order is there.
[[nodiscard]] std::optional<ExplainedOrder> explain_history(Database& database,
                                                            const std::string& order_id);

}  // namespace downline
