// Payout batches as tables, JSON and CSV.
#pragma once

#include <string>
#include <vector>

#include "cli/settings.hpp"
#include "storage/payouts.hpp"

namespace downline {

/// A batch: who made it, its sums by state, what was exported, every item. `note` stands above.
void print_payout(const Settings& settings, Database& database, const PayoutBatch& batch,
                  const std::string& note);
/// All batches, a row each.
void print_payouts(const Settings& settings, const std::vector<PayoutBatch>& batches,
                   const std::string& currency);

}  // namespace downline
