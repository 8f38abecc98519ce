// A member's pay explained to somebody who has never seen the program.
#pragma once

#include "cli/output.hpp"
#include "storage/earnings.hpp"

namespace downline {

/// Who, which period, active or not, rank, volumes, total; by bonus, by stream, by level; with
/// lines every order: who bought, how far below, base × rate = amount.
void print_earnings_page(Output& output, const RunRecord& run, const Earnings& earnings,
                         bool with_lines);

/// The tables by bonus, by stream and by level.
void print_breakdown(Output& output, const RunRecord& run, const Earnings& earnings);

}  // namespace downline
