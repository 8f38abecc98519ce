// unilevel: pays the uplines of an order level by level.
//
//   [[bonus]]
//   code        = "override"
//   kind        = "unilevel"
//   levels      = ["5%", "4%", "3%"]   # or by_rank = { silver = ["5%", "4%"] }, or levels = 3 with tiers
//   compression = "unqualified"        # none | inactive | unqualified | full
//   counts_from = "seller"             # level 1 is above the seller; "buyer": the buyer's sponsor
//   rank_of     = "payee"              # "lower": the lower rank of payee and buyer
//
// Every level of every order that the filter takes is one slot.
#include "engine/bonuses/unilevel.hpp"

#include "engine/plan/forms.hpp"

namespace downline {

Payout UnilevelRule::pay(const PayView& view) const {
    const OrderSources sources(view, counts_from_buyer);
    return pay_levels(*this, view, sources, taken_order_lines(view));
}

std::shared_ptr<const BonusRule> read_unilevel(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus) {
    auto rule = std::make_shared<UnilevelRule>();
    static_cast<LevelRates&>(*rule) = read_level_rates(table, context, bonus);
    rule->counts_from_buyer =
        table.word<bool>("counts_from", {{"seller", false}, {"buyer", true}}).value_or(false);
    return rule;
}

}  // namespace downline
