// royalty: pays the product's creator, for every sale of it by anyone.
//
//   [[bonus]]
//   code = "author"
//   kind = "royalty"
//   rate = "12%"             # or amount, by_rank, tiers, by_sequence
//
// Every order line whose product has a creator who is an affiliate of the network is one slot.
#include "engine/bonuses/royalty.hpp"

#include "engine/bonuses/direct.hpp"
#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

Payout RoyaltyRule::pay(const PayView& view) const {
    const std::vector<MemberIndex>& creator = view.snapshot.orders.creator;
    if (creator.empty()) return {};
    std::vector<OrderLineIndex> lines;
    for (const OrderLineIndex line : taken_order_lines(view))
        if (creator[line] != no_member &&
            view.snapshot.members.kind[creator[line]] == MemberKind::affiliate)
            lines.push_back(line);
    return pay_direct(rate, view, creator, lines);
}

Bound RoyaltyRule::bound(const Bonus& bonus) const { return bound_of(rate, bonus); }

std::shared_ptr<const BonusRule> read_royalty(TableReader& table, const ReadingContext& context,
                                              Bonus& bonus) {
    auto rule = std::make_shared<RoyaltyRule>();
    warn_of_useless(table, {"tree"}, "the creator is paid, wherever it stands");
    rule->rate = read_rate_form(table, context, bonus);
    return rule;
}

}  // namespace downline
