// match: pays a share of what downline members earned.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/bonuses/bonus.hpp"
#include "engine/bonuses/generations.hpp"
#include "engine/bonuses/levels.hpp"

namespace downline {

class MatchRule final : public BonusRule {
public:
    std::vector<std::string> of;  ///< codes of earlier bonuses
    std::variant<LevelRates, GenerationRates> rates;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
    [[nodiscard]] bool follows_others() const override { return true; }
};

std::shared_ptr<const BonusRule> read_match(TableReader& table, const ReadingContext& context,
                                            Bonus& bonus);

}  // namespace downline
