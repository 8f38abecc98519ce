// Windows over periods: what the runs before left of each value that a window asks for, and what a
// run leaves of it for those after. Values are kept by name, so that they outlive a changed plan.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "storage/database.hpp"
#include "storage/digest.hpp"
#include "storage/load_parts.hpp"

namespace downline {

/// A column of `carried` that windows read: `value:NAME`, a measure of one run; `held:NAME`, 1
/// where the `where` of a count of periods held in it; `lifetime:FOLD:NAME`, the fold of all runs
/// so far.
struct WindowItem {
    std::string item;
    MeasureIndex measure{};  ///< whose value it is; of `held`, the count
    bool is_held = false;
};
/// What a run leaves for windows, each item once, in the order of measures.
[[nodiscard]] std::vector<WindowItem> window_items(const Plan& plan);

/// Fills Snapshot::windows_before from the chain of runs that begins with `previous_run` (0: none)
/// and, before the first, what an old system left as of import `last_import`; adds it to the digest. Cost: one packed column per period of the longest window (one in
/// all for a lifetime); where runs did not keep a value, their statements are read instead.
void load_windows(Database& database, const Plan& plan, const Period& period,
                  std::int64_t previous_run, std::int64_t last_import,
                  const LoadedMembers& members,
                  std::map<std::string, std::vector<std::int64_t>>& windows_before,
                  Digest& digest);

}  // namespace downline
