// The register of bonus kinds, and what bounds they share.
#include "engine/bonuses/bonus.hpp"

#include <algorithm>
#include <array>

#include "engine/bonuses/binary.hpp"
#include "engine/bonuses/differential.hpp"
#include "engine/bonuses/fixed.hpp"
#include "engine/bonuses/generation.hpp"
#include "engine/bonuses/match.hpp"
#include "engine/bonuses/personal.hpp"
#include "engine/bonuses/pool.hpp"
#include "engine/bonuses/royalty.hpp"
#include "engine/bonuses/unilevel.hpp"

namespace downline {

namespace {

constexpr std::int64_t whole_ppm = 1'000'000;

constexpr std::array kinds{
    BonusKind{"personal", "the seller, for orders of direct customers and / or its own",
              read_personal},
    BonusKind{"unilevel", "the uplines of an order, level by level", read_unilevel},
    BonusKind{"generation", "uplines by generation, closed by members of a rank", read_generation},
    BonusKind{"differential", "each upline its own entitlement less the highest paid below it",
              read_differential},
    BonusKind{"binary", "on what both legs of a member's place hold", read_binary, false},
    BonusKind{"match", "a share of what downline members earned", read_match},
    BonusKind{"pool", "a share of the company's volume, shared by those who qualify", read_pool,
              false},
    BonusKind{"fixed",
              "an amount by rank, every period or when it is first reached; or by a measure",
              read_fixed, false},
    BonusKind{"royalty", "the product's creator, for every sale of it by anyone", read_royalty},
};

void raise(Bound& bound, const Pay& pay, const Bonus& bonus) {
    const std::int64_t most = at_highest_factor(pay.value.highest(), bonus);
    std::optional<std::int64_t>& side = pay.is_amount ? bound.per_unit_minor : bound.share_ppm;
    side = std::max(side.value_or(0), most);
}

}  // namespace

std::span<const BonusKind> bonus_kinds() { return kinds; }

std::int64_t at_highest_factor(std::int64_t value, const Bonus& bonus) {
    if (!bonus.factor_ppm.is_given()) return value;
    return static_cast<std::int64_t>(
        (Int128{value} * bonus.factor_ppm.highest() + whole_ppm - 1) / whole_ppm);
}

Bound bound_of(const RateForm& rate, const Bonus& bonus) {
    Bound bound;
    switch (rate.kind) {
        case RateForm::Kind::pay: raise(bound, rate.pay, bonus); break;
        case RateForm::Kind::tiers:
            for (const Tiers::Step& step : rate.tiers.steps) raise(bound, step.pay, bonus);
            break;
        case RateForm::Kind::by_sequence:
            for (const auto& [from, pay] : rate.by_sequence) raise(bound, pay, bonus);
            break;
    }
    return bound;
}

}  // namespace downline
