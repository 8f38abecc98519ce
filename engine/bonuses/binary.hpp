// binary: pays on the two legs of the placement tree.
#pragma once

#include <optional>
#include <vector>

#include "engine/bonuses/bonus.hpp"

namespace downline {

class BinaryRule final : public BonusRule {
public:
    enum class Form : std::uint8_t { rate, cycle, steps };
    struct Cycle {
        ByRank greater_centipoints, lesser_centipoints;
        ByRank amount_minor;
    };

    MeasureIndex volume = pv_measure;  ///< what the legs hold, in hundredths whatever its unit
    std::int64_t hundredths_per_unit = 1;  ///< of the measure's own unit: 100 of a count
    Form form{};
    Pay rate;
    Cycle cycle;
    std::vector<Tiers::Step> steps;
    bool carries = true;       ///< `carry = "none"` turns it off
    bool flushes_over_cap = false;
    ByRank max_leg, min;       ///< in hundredths
    std::int64_t minor_per_unit = 100;  ///< of the currency

    [[nodiscard]] Payout pay(const PayView& view) const override;
    [[nodiscard]] Bound bound(const Bonus& bonus) const override;

private:
    /// What a member is paid at most where `max_leg` binds every rank, in minor units, rounded up.
    [[nodiscard]] std::optional<std::int64_t> most_by_legs(const Bonus& bonus,
                                                           std::int64_t factor_ppm) const;
    /// What a point of the lesser leg pays at most, in ppm of its money, where both hold the same.
    [[nodiscard]] Int128 per_point_ppm(const Bonus& bonus, std::int64_t factor_ppm) const;
};

/// How many cycles two legs hold when each takes `greater` from the greater leg and `lesser` from
/// the other, which is which being decided anew for each (of equal legs the left is the greater);
/// at most `most`. Takes them from the legs. REQUIRES: greater, lesser >= 0, one of them > 0.
[[nodiscard]] std::int64_t take_cycles(std::int64_t& left, std::int64_t& right,
                                       std::int64_t greater, std::int64_t lesser,
                                       std::int64_t most = INT64_MAX);

std::shared_ptr<const BonusRule> read_binary(TableReader& table, const ReadingContext& context,
                                             Bonus& bonus);

}  // namespace downline
