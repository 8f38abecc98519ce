// fixed: an amount by rank.
//
//   [[bonus]]
//   code    = "car"
//   kind    = "fixed"
//   by_rank = { gold = "500.00" }
//   pays    = "every-period"     # "first-time": once, when the named rank is above the title before
//
// Every affiliate whose rank has an amount is one slot.
#include "engine/bonuses/fixed.hpp"

#include "engine/bonuses/pay.hpp"
#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

Payout FixedRule::pay(const PayView& view) const {
    const LineAmount amount(view.plan, view.bonus);
    const Pay pay{true, {}};
    LineCollector lines;
    AccountKeeper keeper;
    const std::vector<RankPlace>& title_before = view.snapshot.members.title_before;
    for (MemberIndex member = 0; member < view.snapshot.members.count; ++member) {
        if (view.snapshot.members.kind[member] == MemberKind::customer) continue;
        const RankPlace rank = view.rank_of(member);
        const std::int64_t value = amount_minor.at(rank).value_or(0);
        if (value == 0) continue;
        const RankPlace before = title_before.empty() ? RankPlace{0} : title_before[member];
        if (first_time && amount_minor.named_at(rank) <= before) continue;
        const std::int64_t most = amount.of(pay, value, 0, 1, amount.factor_ppm_max());
        keeper.maximum(most);
        const Verdict verdict = view.verdict[member];
        const auto tell = [&](std::int64_t paid_minor, Reason reason) {
            if (!view.watcher) return;
            Slot slot;
            slot.of = Slot::Of::period;
            slot.payee = member;
            slot.rate_is_amount = true;
            slot.rate = slot.rate_most = value;
            slot.base = 1;
            slot.factor_ppm = amount.factor_ppm(rank);
            slot.maximum_minor = most;
            slot.paid_minor = paid_minor;
            slot.reason = reason;
            view.watcher->slot(view, slot);
        };
        if (verdict != Verdict::payable) {
            keeper.forfeit(reason_of(verdict), most);
            tell(0, reason_of(verdict));
            continue;
        }
        Line line;
        line.amount_minor = amount.of(pay, value, 0, 1, amount.factor_ppm(rank));
        line.stream = view.bonus.stream.value_or(StreamKind::leveraged);
        keeper.forfeit(Reason::rank, most - line.amount_minor);
        keeper.paid(line.amount_minor);
        tell(line.amount_minor, Reason::rank);
        if (line.amount_minor != 0) lines.add(member, line);
    }
    return {std::move(lines).book(), keeper.account()};
}

Bound FixedRule::bound(const Bonus& bonus) const {
    Bound bound;
    bound.per_member_minor = at_highest_factor(amount_minor.highest(), bonus);
    return bound;
}

std::shared_ptr<const BonusRule> read_fixed(TableReader& table, const ReadingContext& context,
                                            Bonus&) {
    auto rule = std::make_shared<FixedRule>();
    warn_of_useless(table, {"orders", "base", "point", "tree"}, "a fixed amount follows the rank");
    table.require("by_rank", "say what the ranks are paid: by_rank = { gold = \"500.00\" }");
    rule->amount_minor = read_amount_by_rank(table, "by_rank", context);
    rule->first_time =
        table.word<bool>("pays", {{"every-period", false}, {"first-time", true}}).value_or(false);
    return rule;
}

}  // namespace downline
