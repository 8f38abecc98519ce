// generation: pays the uplines of an order by generation.
//
//   [[bonus]]
//   code        = "generations"
//   kind        = "generation"
//   boundary    = "silver"              # members of at least this rank close a generation
//   closer      = "excluded"            # a generation starts at one; "included": it ends with one
//   generations = ["5%", "3%"]          # or by_rank = { silver = ["5%"], gold = ["5%", "3%"] }
//   own_group   = "2%"                  # generation 0
//   earners     = "boundary"            # "all": also those who do not hold the boundary rank
//
// Every upline in a generation that is paid is one slot; a generation without one has no upline.
#include "engine/bonuses/generation.hpp"

#include "engine/plan/forms.hpp"

namespace downline {

Payout GenerationRule::pay(const PayView& view) const {
    const OrderSources sources(view, false);
    return pay_generations(*this, view, sources, taken_order_lines(view));
}

std::shared_ptr<const BonusRule> read_generation(TableReader& table, const ReadingContext& context,
                                                 Bonus& bonus) {
    auto rule = std::make_shared<GenerationRule>();
    static_cast<GenerationRates&>(*rule) = read_generation_rates(table, context, bonus);
    rule->all_earn = table.word<bool>("earners", {{"boundary", false}, {"all", true}}).value_or(false);
    return rule;
}

}  // namespace downline
