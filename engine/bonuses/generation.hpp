// generation: pays uplines by generation, closed by members of a rank.
#pragma once

#include "engine/bonuses/bonus.hpp"
#include "engine/bonuses/generations.hpp"

namespace downline {

class GenerationRule final : public BonusRule, public GenerationRates {
public:
    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override {
        return GenerationRates::bound(bonus);
    }
};

std::shared_ptr<const BonusRule> read_generation(TableReader& table, const ReadingContext& context,
                                                 Bonus& bonus);

}  // namespace downline
