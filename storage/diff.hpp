// diff: what differs between two runs, per member and bonus, and why where that can be told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

/// A sum in both runs; what only one of them has is 0 in the other.
struct Difference {
    std::string name;
    std::int64_t before_minor{}, after_minor{};
    [[nodiscard]] std::int64_t change_minor() const { return after_minor - before_minor; }
};

/// A member whose pay differs, with the bonuses in which it does, in plan order.
struct MemberDifference {
    std::string member_id;
    Difference total;
    std::vector<Difference> by_bonus;
};

struct RunDifference {
    RunRecord before, after;
    std::vector<Difference> by_bonus;       ///< all bonuses of both runs
    std::vector<MemberDifference> members;  ///< greatest change first, then by id
    std::vector<std::string> causes;        ///< sentences: periods, imports between, lines of the plan
    bool has_members = true;  ///< false: a superseded draft keeps its totals, not its statements
};

/// Refusal (state) where a run is not there. Memory as for the members that differ.
[[nodiscard]] RunDifference diff_runs(Database& database, std::int64_t before, std::int64_t after);

}  // namespace downline
