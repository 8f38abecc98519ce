// personal: pays the seller, for orders of direct customers (`from = ["customers"]`) and / or its
// own (`"self"`).
//
//   [[bonus]]
//   code   = "reorder"
//   kind   = "personal"
//   orders = { sequence = "reorder" }
//   rate   = "5%"            # or amount, by_rank, tiers, by_sequence
//
// Every order line that the filter takes is one slot; of marginal tiers, every slice of it.
#include "engine/bonuses/personal.hpp"

#include <fmt/format.h>

#include "engine/bonuses/direct.hpp"
#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

Payout PersonalRule::pay(const PayView& view) const {
    const NetOrders& orders = view.orders;
    std::vector<OrderLineIndex> lines;
    for (OrderLineIndex line = 0; line < view.snapshot.orders.count; ++line)
        if (view.takes[line] && (orders.is_from_customer[line] ? from_customers : from_self))
            lines.push_back(line);
    return pay_direct(rate, view, orders.seller, lines);
}

Bound PersonalRule::bound(const Bonus& bonus) const { return bound_of(rate, bonus); }

std::shared_ptr<const BonusRule> read_personal(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus) {
    auto rule = std::make_shared<PersonalRule>();
    warn_of_useless(table, {"tree"}, "the seller is paid, wherever it stands");
    read_from(table, rule->from_self, rule->from_customers);
    using Buyer = OrderFilter::Buyer;
    if ((bonus.orders.buyer == Buyer::affiliate && !rule->from_self) ||
        (bonus.orders.buyer == Buyer::customer && !rule->from_customers))
        table.problems().warning(
            table.place_of("orders"), "pays_nothing",
            fmt::format("{} takes only orders that {}; write from = [\"{}\"]", table.name(),
                        rule->from_self ? "customers buy, and pays those that the seller buys"
                                        : "affiliates buy, and pays those that their customers buy",
                        rule->from_self ? "customers" : "self"));
    rule->rate = read_rate_form(table, context, bonus);
    return rule;
}

}  // namespace downline
