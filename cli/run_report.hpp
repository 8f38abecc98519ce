// What a run paid: the report that run and close print.
#pragma once

#include "cli/settings.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Totals by bonus and stream, what was forfeited and why, the payout ratio, the digest; then
/// `next_step`, a sentence (in tables only).
void print_run(const Settings& settings, const RunSummary& summary, const std::string& next_step);

/// How a run that is not final becomes so, or why it never does.
[[nodiscard]] std::string next_step_of(const RunRecord& run);

/// One phrase that says what a stream is: "own customers and orders, ordering again".
[[nodiscard]] std::string stream_phrase(const std::string& stream);

}  // namespace downline
