// Paying generation by generation, whatever is paid on: orders, or earnings of a match.
#pragma once

#include <optional>
#include <vector>

#include "engine/bonuses/pay.hpp"

namespace downline {

/// What each generation pays, and who closes one.
struct GenerationRates {
    std::vector<Pay> generations;  ///< generation 1 first; with tiers only how many
    std::optional<Tiers> tiers;    ///< the earner's own measure sets the rate of every generation
    std::optional<Pay> own_group;  ///< generation 0, of the excluded closer
    RankPlace boundary = 0;
    bool closer_is_included = false;
    bool all_earn = false;         ///< also those who do not hold the boundary rank

    [[nodiscard]] Bound bound(const Bonus& bonus) const;
};

/// Pays every generation of every item; each upline in one is a slot, and so is one without any.
[[nodiscard]] Payout pay_generations(const GenerationRates& rates, const PayView& view,
                                     const Sources& sources,
                                     const std::vector<std::uint32_t>& items);

/// The keys `generations` (a count with `tiers`) or `by_rank`, `own_group`, `boundary` and `closer`.
[[nodiscard]] GenerationRates read_generation_rates(TableReader& table,
                                                    const ReadingContext& context,
                                                    const Bonus& bonus);

}  // namespace downline
