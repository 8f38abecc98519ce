// unilevel: pays the uplines of an order level by level.
#pragma once

#include "engine/bonuses/bonus.hpp"
#include "engine/bonuses/levels.hpp"

namespace downline {

class UnilevelRule final : public BonusRule, public LevelRates {
public:
    bool counts_from_buyer = false;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override { return LevelRates::bound(bonus); }
};

std::shared_ptr<const BonusRule> read_unilevel(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus);

}  // namespace downline
