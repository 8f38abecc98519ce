// Places that closed runs gave: they hold until a move, beside those of files.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// What a final run left, by member, those of the runs before it too.
[[nodiscard]] std::vector<AutomaticPlace> automatic_places_of(Database& database, std::int64_t run);

/// The newest final run of every plan that places members, by number. Each has a placement tree of
/// its own.
[[nodiscard]] std::vector<std::int64_t> runs_with_places(Database& database);

}  // namespace downline
