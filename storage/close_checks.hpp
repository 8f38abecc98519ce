// What closing looks at: figures of a draft beside the bounds of its plan's [checks].
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/checks.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// All checks of a draft, always in the same order: payout-ratio, payout-ratio-change,
/// member-change, payees-without-sales, repeated-orders, negative-balances, new-payees. What is
/// compared with the period before is left out where there is none. Reads the statements of both.
[[nodiscard]] std::vector<CloseCheck> checks_before_closing(Database& database,
                                                            const Checks& bounds,
                                                            int currency_places, std::int64_t run,
                                                            std::int64_t previous_run);
/// Marks failed checks that are accepted. UsageError for a name that no check has; Refusal (state)
/// with the figures of every failed one that is not accepted.
void accept_checks(std::vector<CloseCheck>& checks, const std::vector<std::string>& accepted,
                   const std::string& what);
void store_checks(Database& database, std::int64_t run, const std::vector<CloseCheck>& checks);
/// As they were when the run was closed; none of a draft.
[[nodiscard]] std::vector<CloseCheck> stored_checks(Database& database, std::int64_t run);

}  // namespace downline
