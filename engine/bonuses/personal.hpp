// personal: pays the seller, for orders of direct customers and / or its own.
#pragma once

#include "engine/bonuses/bonus.hpp"

namespace downline {

class PersonalRule final : public BonusRule {
public:
    bool from_self = false;
    bool from_customers = true;
    RateForm rate;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
};

std::shared_ptr<const BonusRule> read_personal(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus);

}  // namespace downline
