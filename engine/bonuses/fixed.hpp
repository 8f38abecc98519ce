// fixed: an amount by rank, every period or when the rank is reached for the first time; or by a measure.
#pragma once

#include "engine/bonuses/bonus.hpp"

namespace downline {

class FixedRule final : public BonusRule {
public:
    ByRank amount_minor;
    bool first_time = false;
    // Or, where there are steps, the amount of the highest that the measure reaches:
    Tiers tiers;

    /// 0 where nothing is due. By rank: of who is paid as that rank.
    [[nodiscard]] std::int64_t amount_of(RankPlace rank, std::int64_t measured) const;
    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
};

std::shared_ptr<const BonusRule> read_fixed(TableReader& table, const ReadingContext& context,
                                            Bonus& bonus);

}  // namespace downline
