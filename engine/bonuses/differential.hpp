// differential: each upline gets its own entitlement less the highest paid below it.
#pragma once

#include <optional>

#include "engine/bonuses/bonus.hpp"

namespace downline {

class DifferentialRule final : public BonusRule {
public:
    enum class Self : std::uint8_t { paid, absent, counts };

    std::optional<MeasureIndex> by;  ///< entitlement by measure and steps; nothing: by rank
    std::vector<Tiers::Step> steps;
    Pay by_rank;
    Self self = Self::paid;
    std::optional<std::uint32_t> uplines;
    bool unqualified_forfeits = false;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;
};

std::shared_ptr<const BonusRule> read_differential(TableReader& table,
                                                   const ReadingContext& context, Bonus& bonus);

}  // namespace downline
