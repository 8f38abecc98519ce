// pool: a share of the company's volume, shared by those who qualify.
#pragma once

#include <optional>
#include <vector>

#include "engine/bonuses/bonus.hpp"

namespace downline {

class PoolRule final : public BonusRule {
public:
    std::int64_t fund_ppm = 0;
    ByRank shares;                   ///< a number of shares each, by rank or not
    std::optional<MeasureIndex> by;  ///< instead: a measure's value in shares; of places: who is first
    std::vector<std::int64_t> places_ppm;

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;

private:
    /// What a member has in the pool: shares, or the value that decides its place; 0: no part in it.
    [[nodiscard]] std::int64_t weight(const PayView& view, MemberIndex member) const;
};

std::shared_ptr<const BonusRule> read_pool(TableReader& table, const ReadingContext& context,
                                           Bonus& bonus);

}  // namespace downline
