// What the system before this one left, as the first runs of a plan find it: docs/formats.md says
// what each item means. Balances need no reading here: they are postings (schema_2.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "storage/counting.hpp"
#include "storage/digest.hpp"
#include "storage/load_corrections.hpp"
#include "storage/load_parts.hpp"

namespace downline {

/// What was left in the legs for a binary bonus, by member; rows that name no bonus are for the
/// plan's first one. Refusal (input) where a member joins only after the period.
[[nodiscard]] std::vector<Carry> opening_legs(Database& database, const std::string& bonus,
                                              bool is_first, std::int64_t last_import,
                                              const LoadedMembers& members);

/// What the periods before the first one gave to a window, by member in the measure's unit; empty:
/// no row names it. Refusal (input) where an amount is finer than the unit.
[[nodiscard]] std::vector<std::int64_t> opening_measure(Database& database, const Measure& window,
                                                        int currency_places,
                                                        std::int64_t last_import,
                                                        const LoadedMembers& members);

/// Every row that counts, by ids: the first run of a plan answers for all of them. Nothing where
/// there is none.
void digest_opening(Database& database, std::int64_t last_import, Digest& digest);

/// Lines that were paid on orders of the time before the first period.
class OpeningLines {
public:
    OpeningLines(Database& database, const std::string& plan, std::int64_t last_import);
    [[nodiscard]] bool are_there() const { return are_there_; }
    /// Whether some were paid on the order line, and no other plan's closed run has taken of them.
    bool has(const std::string& order_id, std::int64_t line);

    struct OrderKey {
        std::string order_id;
        std::int64_t line{};
    };
    /// What was paid on the orders (`closed_orders` by the same index), as a closed run without a
    /// number; what `counting.runs()` have taken of it is reversed. `rows`: of the table, by line.
    [[nodiscard]] ClosedRun read(const std::vector<OrderKey>& orders,
                                 const std::vector<ClosedOrder>& closed_orders, Rounding rounding,
                                 const Counting& counting, const LoadedMembers& members,
                                 std::vector<std::int64_t>& rows);

private:
    std::int64_t last_import_;
    bool are_there_ = false;
    Query lines_, taken_;
};

/// One sentence for each name of the opening rows that the plan has no use for.
[[nodiscard]] std::vector<std::string> opening_left_out(Database& database, const Plan& plan);

}  // namespace downline
