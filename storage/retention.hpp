// Who goes on buying: of those who began, the share that orders in each month after.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"

namespace downline {

/// The buyers (or contracts) who could have ordered in a month after their first, and who did.
struct KeptMonth {
    std::int64_t of{};       ///< whose n-th month is over
    std::int64_t ordered{};  ///< of them with an order in it
    std::int64_t share_ppm{};  ///< ordered ÷ of, rounded half up to six places
};
struct Retention {
    bool is_of_contracts = false;  ///< else of customers: no order names a contract
    std::vector<KeptMonth> months;  ///< 0 is the month of the first order
};
inline constexpr std::size_t retention_months_max = 24;

/// Orders up to the last day, a month's last, that were not fully returned. Where orders have
/// contracts every contract of a buyer counts for itself, else every customer. One pass over all
/// order lines.
[[nodiscard]] Retention retention_of(Database& database, Day last_day);

}  // namespace downline
