// `[checks]`: bounds that a period must keep to be closed without a word.
#include <cstdint>

#include "engine/limits.hpp"
#include "engine/plan/sections.hpp"

namespace downline {

Checks read_checks(TableReader& document, int currency_places) {
    Checks bounds;
    auto table = document.table("checks");
    if (!table) return bounds;
    TableReader checks(table->whole(), "[checks]", document.problems());
    bounds.payout_ratio_min_ppm = checks.percent("payout_ratio_min");
    bounds.payout_ratio_max_ppm = checks.percent("payout_ratio_max");
    bounds.payout_ratio_change_max_ppm = checks.percent("payout_ratio_change_max");
    bounds.member_change_max_minor = checks.decimal("member_change_max", currency_places, false);
    const auto count = [&checks](std::string_view key) {
        return checks.integer(key, 0, INT32_MAX);
    };
    bounds.payees_without_sales_max = count("payees_without_sales_max");
    bounds.repeated_orders_max = count("repeated_orders_max");
    bounds.negative_balances_max = count("negative_balances_max");
    bounds.new_payees_max = count("new_payees_max");
    if (bounds.payout_ratio_min_ppm && bounds.payout_ratio_max_ppm &&
        *bounds.payout_ratio_min_ppm > *bounds.payout_ratio_max_ppm)
        checks.error("payout_ratio_min", "bad_range",
                     "payout_ratio_min is above payout_ratio_max; no period can keep both");
    checks.finish();
    return bounds;
}

}  // namespace downline
