// What members are owed: derived from final runs and payouts, never stored twice.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"

namespace downline {

struct Balance {
    std::int64_t member{};  ///< storage's number
    std::string member_id;
    std::int64_t amount_minor{};  ///< negative: the member owes it
};
/// Every balance that is not 0, by member id. What the newest batch left is the beginning, so that
/// it costs the same however many periods there were.
[[nodiscard]] std::vector<Balance> open_balances(Database& database);

/// One change of a member's balance.
struct BalanceStep {
    std::string cause;      ///< opening, run, clawback, adjustment, payout, failed
    std::string reference;  ///< plan and period, or the batch
    std::int64_t amount_minor{}, balance_minor{};  ///< what it came to afterwards
};
struct BalanceHistory {
    std::string member_id;
    std::optional<std::string> name;
    std::vector<BalanceStep> steps;      ///< oldest first
    std::int64_t balance_minor{};
    std::optional<std::string> held_reason;  ///< where the newest batch holds it
};
/// Refusal (input) for an unknown member.
[[nodiscard]] BalanceHistory balance_history(Database& database, const std::string& member_id);

/// A posting that a batch was the first to see, or made: the rows of the view `posting`.
struct BatchPosting {
    std::string cause;        ///< opening, run, clawback, adjustment, paid, failed,
                              ///< release, hold, payout
    std::int64_t reference{};  ///< of the cause: number of the import, run, batch or answer
    std::string text;         ///< plan and period, or the batch id
    std::optional<Day> day;   ///< a run's last day, the answer's; nothing of a batch
    std::string account;
    std::optional<std::string> member_id;
    std::int64_t amount_minor{};  ///< credits are positive
};
/// In the order of causes as above; the postings of a cause and reference together, the company's
/// first, then by member id. All batches together tell of every posting up to the last batch.
void each_batch_posting(Database& database, std::int64_t batch,
                        const std::function<void(const BatchPosting&)>& take);

/// Reads all postings: those of every cause and reference must sum to zero, and a member's balance
/// must be the sum of its postings. One sentence per difference; none is right.
[[nodiscard]] std::vector<std::string> posting_differences(Database& database);

}  // namespace downline
