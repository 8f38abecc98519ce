// Binary carry: what the legs keep from one period to the next, by bonus.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"
#include "storage/database.hpp"
#include "storage/digest.hpp"
#include "storage/load_parts.hpp"

namespace downline {

/// The item of `carried` in which a run keeps the legs under a binary bonus.
[[nodiscard]] std::string carry_item(const std::string& bonus);

/// What `previous_run` left in the legs under the plan's binary bonuses, by the bonus's code, then
/// member; where there is none (0), what an old system left, as of import `last_import` (a row that
/// names no bonus is of the first binary). Adds it to the digest.
[[nodiscard]] std::map<std::string, std::vector<Carry>> load_carry(
    Database& database, const Plan& plan, std::int64_t previous_run, std::int64_t last_import,
    const LoadedMembers& members, Digest& digest);

/// What a stored run left, by member id; volumes in hundredths of a point.
struct NamedCarry {
    std::string member_id;
    std::int64_t left_centipoints{}, right_centipoints{};
};
[[nodiscard]] std::vector<NamedCarry> carry_after(Database& database, std::int64_t run,
                                                  const std::string& bonus);

/// Adds volume to what is brought into the legs under a binary bonus. REQUIRES: members are loaded.
void bring_in(Database& database, const std::string& bonus, const std::vector<NamedCarry>& legs,
              Snapshot& snapshot);

}  // namespace downline
