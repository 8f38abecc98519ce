// What the reference engine remembers of the periods that were closed before, as it found them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/period.hpp"

namespace downline::reference {

/// One closed period. Members are named by storage's number.
struct PastRun {
    Period period;
    std::map<std::string, std::map<std::int64_t, std::int64_t>> measures;  ///< by name
    std::map<std::string, std::set<std::int64_t>> held;  ///< by the name of a count of periods
};

/// Oldest first.
using Past = std::vector<PastRun>;

}  // namespace downline::reference
