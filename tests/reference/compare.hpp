// The real engine's result in the reference's terms, and what differs, in words.
#pragma once

#include <string>

#include "engine/run.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

/// Unpacks the books; `from` becomes the buyer where a line leaves it open.
[[nodiscard]] Outcome outcome_of(const RunResult& result, const Snapshot& snapshot);

/// One difference a line, "" where there is none; at most twenty.
[[nodiscard]] std::string differences(const Plan& plan, const Outcome& expected,
                                      const Outcome& got);

}  // namespace downline::reference
