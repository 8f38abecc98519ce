// fixed: an amount by rank, every period or when the rank is reached for the first time.
#pragma once

#include "engine/bonuses/bonus.hpp"

namespace downline {

class FixedRule final : public BonusRule {
public:
    ByRank amount_minor;
    bool first_time = false;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
};

std::shared_ptr<const BonusRule> read_fixed(TableReader& table, const ReadingContext& context,
                                            Bonus& bonus);

}  // namespace downline
