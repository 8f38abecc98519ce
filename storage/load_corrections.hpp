// What a run puts right: returns of orders that earlier runs paid, with what they paid on them, and
// adjustments.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/corrections.hpp"
#include "storage/counting.hpp"
#include "storage/digest.hpp"
#include "storage/load_parts.hpp"

namespace downline {

/// An order line of an earlier run that came back in this period.
struct ClosedOrder {
    std::int64_t row{};  ///< of order_line
    ReturnedOrderLine returned;
};

/// Fills `loaded.snapshot.corrections` and the names in `loaded`, and adds them to the digest; where
/// nothing is to be put right, neither changes. Of an earlier run it reads the statements once, and
/// only if orders of that run came back.
void load_corrections(Database& database, const AsOf& as_of, const Plan& plan,
                      const Counting& counting, const LoadedMembers& members, Loaded& loaded,
                      Digest& digest);

/// What a run paid on these order lines, and what `counting.runs()` have reversed of it. Lines are
/// by bonus, earner and order. REQUIRES: it is one of these runs.
[[nodiscard]] ClosedRun load_closed_run(Database& database, const Counting& counting,
                                        std::int64_t run, const std::vector<ClosedOrder>& orders,
                                        const LoadedMembers& members);

}  // namespace downline
