// fixed: an amount by rank, or by a measure.
//
//   [[bonus]]
//   code    = "car"
//   kind    = "fixed"
//   by_rank = { gold = "500.00" }
//   pays    = "every-period"     # "first-time": once, when the named rank is above the title before
//
//   by      = "gv"               # or the highest step that a measure reaches, every period
//   steps   = [[5000, "100.00"], [10000, "250.00"]]
//
// Every affiliate whose rank or step has an amount is one slot.
#include "engine/bonuses/fixed.hpp"

#include <algorithm>

#include "engine/bonuses/pay.hpp"
#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

std::int64_t FixedRule::amount_of(RankPlace rank, std::int64_t measured) const {
    if (tiers.steps.empty()) return amount_minor.at(rank).value_or(0);
    const std::size_t step = step_of(tiers, measured);
    return step == 0 ? 0 : tiers.steps[step - 1].pay.value.at(rank).value_or(0);
}

Payout FixedRule::pay(const PayView& view) const {
    const LineAmount amount(view.plan, view.bonus);
    const Pay pay{true, {}};
    LineCollector lines;
    AccountKeeper keeper;
    const std::vector<RankPlace>& title_before = view.snapshot.members.title_before;
    for (MemberIndex member = 0; member < view.snapshot.members.count; ++member) {
        if (view.snapshot.members.kind[member] == MemberKind::customer) continue;
        const RankPlace rank = view.rank_of(member);
        const std::int64_t value =
            amount_of(rank, tiers.steps.empty() ? 0 : view.standing.measures[tiers.by][member]);
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
    std::int64_t most_minor = amount_minor.highest();
    for (const Tiers::Step& step : tiers.steps)
        most_minor = std::max(most_minor, step.pay.value.highest());
    bound.per_member_minor = at_highest_factor(most_minor, bonus);
    return bound;
}

namespace {

/// `by` and `steps`: what a step pays is an amount.
void read_by_measure(FixedRule& rule, TableReader& table, const ReadingContext& context) {
    if (table.has("by_rank"))
        table.error("by_rank", "excludes", "by_rank and steps exclude each other: keep one");
    if (rule.first_time)
        table.error("pays", "excludes",
                    "first-time is of ranks, which titles remember; remove pays, or pay by_rank");
    table.require("by", "say which measure decides the amount: by = \"gv\"");
    table.require("steps", "write steps = [[5000, \"100.00\"], [10000, \"250.00\"]]");
    const auto by = read_measure(table, "by", context);
    if (by) rule.tiers.by = *by;
    rule.tiers.steps =
        read_steps(table, "steps", by ? context.measures[*by].unit : Measure::Unit::centipoints,
                   context);
    for (const Tiers::Step& step : rule.tiers.steps)
        if (!step.pay.is_amount && step.pay.value.is_given()) {
            table.error("steps", "wrong_type",
                        "a step of a fixed bonus pays an amount; write [[5000, \"100.00\"]]");
            return;
        }
}

}  // namespace

std::shared_ptr<const BonusRule> read_fixed(TableReader& table, const ReadingContext& context,
                                            Bonus&) {
    auto rule = std::make_shared<FixedRule>();
    warn_of_useless(table, {"orders", "base", "point", "tree"}, "a fixed amount is of no order");
    rule->first_time =
        table.word<bool>("pays", {{"every-period", false}, {"first-time", true}}).value_or(false);
    if (table.has("steps") || table.has("by")) {
        read_by_measure(*rule, table, context);
        return rule;
    }
    table.require("by_rank", "say what the ranks are paid: by_rank = { gold = \"500.00\" }, "
                             "or by and steps");
    rule->amount_minor = read_amount_by_rank(table, "by_rank", context);
    return rule;
}

}  // namespace downline
