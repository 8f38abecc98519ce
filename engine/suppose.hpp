// What if: the same period with orders that nobody placed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/snapshot.hpp"

namespace downline {

struct SupposedOrder {
    std::uint32_t order{};  ///< lines of one order have one number, and one buyer and day
    MemberIndex buyer = no_member;
    Day ordered_on{};
    std::int64_t amount_minor{}, volume_centipoints{}, qualifying_centipoints{};
    std::int64_t cost_minor = -1;  ///< -1: not known
    std::uint32_t quantity = 1;
    std::string sku, category, kind;
    MemberIndex creator = no_member;
};

/// The snapshot with the lines added, each after all orders of its day. They continue the buyer's
/// orders without a contract. REQUIRES: days lie in the period, buyers in the network.
[[nodiscard]] Snapshot with_orders(Snapshot snapshot, std::vector<SupposedOrder> supposed);

}  // namespace downline
