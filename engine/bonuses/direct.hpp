// Paying one earner per order line, whoever that is: the seller, or the creator of what was sold.
#pragma once

#include <vector>

#include "engine/bonuses/pay.hpp"

namespace downline {

/// Pays `earner_of[line]` for each of `lines`; each is one slot, and has no upline where there is
/// no_member. Marginal tiers are filled in the order of the lines. The earner made the sale.
[[nodiscard]] Payout pay_direct(const RateForm& rate, const PayView& view,
                                const std::vector<MemberIndex>& earner_of,
                                const std::vector<OrderLineIndex>& lines);

}  // namespace downline
