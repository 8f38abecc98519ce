// unilevel: pays the uplines of an order level by level.
#pragma once

#include <vector>

#include "engine/bonuses/bonus.hpp"

namespace downline {

enum class Compression : std::uint8_t { none, inactive, unqualified, full };

class UnilevelRule final : public BonusRule {
public:
    /// What each level pays, level 1 first; tables by rank inside (of `by_rank` arrays: an entry for
    /// every place, absent beyond the array). With `tiers` only its size counts.
    std::vector<Pay> levels;
    std::optional<Tiers> tiers;  ///< whole: the payee's own measure sets the rate of every level
    Compression compression = Compression::unqualified;
    bool counts_from_buyer = false;
    bool rank_of_lower = false;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
};

std::shared_ptr<const BonusRule> read_unilevel(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus);

}  // namespace downline
