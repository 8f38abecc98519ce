// Paying level by level, whatever is paid on: orders of a unilevel, earnings of a match.
#pragma once

#include <optional>
#include <vector>

#include "engine/bonuses/pay.hpp"

namespace downline {

enum class Compression : std::uint8_t { none, inactive, unqualified, full };

/// What each level pays, and who uses up a level.
struct LevelRates {
    /// Level 1 first; tables by rank inside (of `by_rank` arrays: an entry for every place, absent
    /// beyond the array). With `tiers` only its size counts.
    std::vector<Pay> levels;
    std::optional<Tiers> tiers;  ///< whole: the payee's own measure sets the rate of every level
    Compression compression = Compression::unqualified;
    bool rank_of_lower = false;  ///< the lower rank of payee and buyer chooses the rate

    [[nodiscard]] Bound bound(const Bonus& bonus) const;
};

/// Pays every level of every item; each is one slot.
[[nodiscard]] Payout pay_levels(const LevelRates& rates, const PayView& view,
                                const Sources& sources,
                                std::vector<std::uint32_t> items);

/// The keys `levels` or `by_rank` or `tiers`, `compression` and `rank_of` of a bonus.
[[nodiscard]] LevelRates read_level_rates(TableReader& table, const ReadingContext& context,
                                          const Bonus& bonus);

}  // namespace downline
