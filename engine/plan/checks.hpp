// `[checks]` of a plan: they decide nothing about pay, only whether a period is closed without a
// word.
#pragma once

#include <cstdint>
#include <optional>

namespace downline {

/// `[checks]`: what closing a period is measured by; what is not given is no bound.
struct Checks {
    std::optional<std::int64_t> payout_ratio_min_ppm, payout_ratio_max_ppm;
    std::optional<std::int64_t> payout_ratio_change_max_ppm;  ///< points of the ratio, up or down
    std::optional<std::int64_t> member_change_max_minor;      ///< of one member's pay, up or down
    std::optional<std::int64_t> payees_without_sales_max, repeated_orders_max,
        negative_balances_max, new_payees_max;
};

}  // namespace downline
