// What an import brought, fact by fact: why two runs differ.
#pragma once

#include <string>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"

namespace downline {

/// A sentence for each of its orders, returns, moves, statuses, kinds and adjustments that are
/// dated up to `until`; of more than `most` the first, and how many there are.
[[nodiscard]] std::vector<std::string> facts_of_import(Database& database, std::int64_t number,
                                                       Day until, int currency_places,
                                                       std::size_t most);

}  // namespace downline
