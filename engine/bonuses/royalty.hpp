// royalty: pays the product's creator, for every sale of it by anyone.
#pragma once

#include "engine/bonuses/bonus.hpp"

namespace downline {

class RoyaltyRule final : public BonusRule {
public:
    RateForm rate;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
};

std::shared_ptr<const BonusRule> read_royalty(TableReader& table, const ReadingContext& context,
                                              Bonus& bonus);

}  // namespace downline
