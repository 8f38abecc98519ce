// Finding members by id, and what they are on a day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/period.hpp"
#include "engine/snapshot.hpp"
#include "storage/database.hpp"

namespace downline {

struct MemberRecord {
    std::int64_t number{}, sponsor{};  ///< the sponsor on that day; 0: none
    std::string member_id;
    std::optional<std::string> name;  ///< the newest
    MemberKind kind{};                ///< on the day asked for
    Day joined_on{};
};

/// Refusal (input) for an id that nobody has, with the nearest ones.
[[nodiscard]] MemberRecord find_member(Database& database, const std::string& member_id, Day on);

/// What member_change says beyond the member table: by number, the value on a day. `item` is a
/// column of member.
[[nodiscard]] std::unordered_map<std::int64_t, std::string> changed_values(Database& database,
                                                                           const char* item,
                                                                           Day on);

}  // namespace downline
