// What a disclosure is made of: everyone who took part, and what the pay came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/runs.hpp"

namespace downline {

/// An affiliate who had joined by the window's last day and was not terminated before its first.
struct Participant {
    std::string member_id;
    std::int64_t income_minor{};     ///< of all runs of the window together; may be negative
    std::int64_t
        purchases_minor{};  ///< own orders dated in the window, less what came back by its end
    std::int64_t rank{};             ///< the highest paid-as place in the ladder of the last run
};

/// What was paid, by what it was paid on. The parts add up to `total_minor`.
struct PaidBySource {
    std::int64_t total_minor{};
    std::int64_t customers_minor{};  ///< orders of customers
    std::int64_t own_minor{};        ///< orders of affiliates
    std::int64_t other_minor{};      ///< no order: pools, matches, fixed amounts, caps, adjustments
    std::int64_t within_30_days_minor{}, within_90_days_minor{};  ///< of the buyer's joining
};

struct DisclosureFacts {
    std::vector<Participant> participants;  ///< by what they were paid, least first; ties by id
    std::vector<std::string> ranks;         ///< of the last run's ladder, lowest first
    std::int64_t member_count{}, customer_count{};
    PaidBySource paid;
};

/// REQUIRES: `runs` are final runs of one plan, in the order of their periods; at least one.
[[nodiscard]] DisclosureFacts disclosure_facts(Database& database,
                                               const std::vector<RunRecord>& runs);

}  // namespace downline
