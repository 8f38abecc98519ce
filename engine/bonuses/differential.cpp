// differential: walking up from the seller, each payee gets its own entitlement less the highest
// entitlement paid so far on the order (stair-step, breakaway, margins, infinity).
//
//   [[bonus]]
//   code  = "performance"
//   kind  = "differential"
//   by    = "gv"
//   steps = [[600, "6%"], [2400, "12%"]]   # or by_rank = { manager = "10%" }; "5.00": per unit
//   self  = true           # false: the walk starts above the seller; "counts": subtracted, not paid
//   uplines = 2            # how many above the seller; all unless said
//   unqualified = "pass-up"  # "forfeit": what one who may not be paid is entitled to counts as paid
//
// A slot is a step of entitlement: from what was reached below to the payee's own; the last one, to
// the highest of the table, has no upline. Rates are subtracted, not amounts.
//
// An order visits only those who are entitled to more than everyone below: who that is above each
// position is found once, so a line of equal entitlements costs nothing.
#include "engine/bonuses/differential.hpp"

#include <algorithm>

#include "engine/bonuses/pay.hpp"
#include "engine/limits.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

namespace {

/// Above every position: the nearest one that is a candidate and is entitled to more.
class NextGreater {
public:
    NextGreater(const Forest& forest, std::span<const std::int64_t> entitlement,
                std::span<const std::uint8_t> is_candidate)
        : entitlement_(entitlement),
          nearest_(nearest_above(forest, is_candidate)),
          next_(forest.count(), no_position),
          jump_(forest.count(), no_position),
          depth_(forest.count(), 0) {
        for (Position p = 0; p < forest.count(); ++p) {
            next_[p] = above(nearest_[p], entitlement[p]);
            const Position next = next_[p];
            jump_[p] = p;  // of the end of a chain
            if (next == no_position) continue;
            // Skew-binary jumps over the chain of next ones: any of them is found in log steps.
            depth_[p] = depth_[next] + 1;
            const Position far = jump_[next];
            const bool is_even = depth_[next] - depth_[far] == depth_[far] - depth_[jump_[far]];
            jump_[p] = is_even ? jump_[far] : next;
        }
    }

    [[nodiscard]] Position next(Position p) const { return next_[p]; }
    /// The nearest candidate strictly above p that is entitled to more than `least`.
    [[nodiscard]] Position first_above(Position p, std::int64_t least) const {
        return above(nearest_[p], least);
    }

private:
    /// p itself or the first of its chain that is entitled to more than `least`.
    [[nodiscard]] Position above(Position p, std::int64_t least) const {
        while (p != no_position && entitlement_[p] <= least) {
            const Position far = jump_[p];
            p = far != p && entitlement_[far] <= least ? far : next_[p];
        }
        return p;
    }

    std::span<const std::int64_t> entitlement_;
    std::vector<Position> nearest_, next_, jump_;
    std::vector<std::uint32_t> depth_;
};

class Walk {
public:
    Walk(const DifferentialRule& rule, const PayView& view)
        : rule_(rule), view_(view), amount_(view.plan, view.bonus) {
        set_entitlements();
        std::vector<std::uint8_t> is_candidate(view.forest.count());
        for (Position p = 0; p < view.forest.count(); ++p) {
            const Verdict verdict = verdict_at(p);
            is_candidate[p] = rule.unqualified_forfeits ? verdict != Verdict::terminated
                                                        : verdict == Verdict::payable;
        }
        chain_.emplace(view.forest, entitlement_, is_candidate);
        set_upline_depths();
    }

    [[nodiscard]] Payout pay() {
        for (const OrderLineIndex line : taken_order_lines(view_)) pay_line(line);
        return {std::move(lines_).book(), keeper_.account()};
    }

private:
    [[nodiscard]] Verdict verdict_at(Position p) const {
        return view_.verdict[view_.forest.member()[p]];
    }

    void set_entitlements() {
        entitlement_.resize(view_.forest.count());
        step_.assign(rule_.by ? view_.forest.count() : 0, 0);
        pay_.is_amount = rule_.by ? rule_.steps.front().pay.is_amount : rule_.by_rank.is_amount;
        for (const Tiers::Step& step : rule_.steps) top_ = std::max(top_, step.pay.value.highest());
        if (!rule_.by) top_ = rule_.by_rank.value.highest();
        for (Position p = 0; p < view_.forest.count(); ++p) {
            const MemberIndex member = view_.forest.member()[p];
            if (!rule_.by) {
                entitlement_[p] = rule_.by_rank.value.at(view_.rank_of(member)).value_or(0);
                continue;
            }
            const std::int64_t value = view_.standing.measures[*rule_.by][member];
            const auto above =
                std::ranges::upper_bound(rule_.steps, value, {}, &Tiers::Step::floor);
            step_[p] = static_cast<std::uint16_t>(above - rule_.steps.begin());
            if (step_[p] > 0)
                entitlement_[p] = rule_.steps[step_[p] - 1U].pay.value.at(view_.rank_of(member))
                                      .value_or(0);
        }
    }

    /// How many who are not terminated stand strictly above each.
    void set_upline_depths() {
        if (!rule_.uplines) return;
        upline_count_.resize(view_.forest.count());
        for (Position p = 0; p < view_.forest.count(); ++p) {
            const Position above = view_.forest.parent()[p];
            if (above != no_position)
                upline_count_[p] =
                    upline_count_[above] + (verdict_at(above) != Verdict::terminated);
        }
    }

    [[nodiscard]] bool is_in_reach(Position seller, Position p) const {
        return !rule_.uplines || upline_count_[seller] - upline_count_[p] <= *rule_.uplines;
    }

    /// Whether the seller has a slot of its own: it is on the walk and stands there.
    [[nodiscard]] bool pays_seller(Position seller) const {
        if (rule_.self != DifferentialRule::Self::paid || entitlement_[seller] == 0) return false;
        const Verdict verdict = verdict_at(seller);
        return rule_.unqualified_forfeits ? verdict != Verdict::terminated
                                          : verdict == Verdict::payable;
    }

    void pay_line(OrderLineIndex line) {
        const MemberIndex seller_member = view_.orders.seller[line];
        std::int64_t reached = 0;
        if (seller_member != no_member) {
            const Position seller = view_.forest.position()[seller_member];
            if (rule_.self == DifferentialRule::Self::counts) reached = entitlement_[seller];
            Position p = pays_seller(seller) ? seller : chain_->first_above(seller, reached);
            Position below = no_position;
            for (; p != no_position && is_in_reach(seller, p); p = chain_->next(p)) {
                tell_passed_over(line, seller, below, p);
                pay_step(line, seller, p, reached);
                reached = entitlement_[p];
                below = p;
            }
            if (reached < top_) tell_passed_over(line, seller, below, no_position);
        }
        const std::int64_t rest = slot(line, top_ - reached);
        keeper_.maximum(rest);
        keeper_.forfeit(Reason::no_upline, rest);
        if (rest != 0)
            tell(line, no_member, 0, top_ - reached, rest, 0, Reason::no_upline);
    }

    /// Those strictly between two slots: from the seller, or above `below`, up to `end`.
    void tell_passed_over(OrderLineIndex line, Position seller, Position below, Position end) const {
        if (!view_.watcher || !view_.watcher->asks_for(line)) return;
        Position p = view_.forest.parent()[below == no_position ? seller : below];
        if (below == no_position && rule_.self == DifferentialRule::Self::paid) p = seller;
        for (; p != end; p = view_.forest.parent()[p]) {
            const Passed why = !is_in_reach(seller, p) ? Passed::reach : passed_of(verdict_at(p));
            view_.watcher->passed_over(view_, line, view_.forest.member()[p], why);
        }
    }

    void tell(OrderLineIndex line, MemberIndex payee, std::uint32_t paid_level,
              std::int64_t difference, std::int64_t most, std::int64_t paid, Reason reason) const {
        if (!view_.watcher) return;
        Slot slot;
        slot.item = line;
        slot.payee = payee;
        slot.paid_level = paid_level;
        slot.rate_is_amount = pay_.is_amount;
        slot.rate = payee == no_member ? 0 : difference;
        slot.rate_most = difference;
        slot.base = pay_.is_amount ? std::int64_t{view_.orders.quantity[line]} : view_.base[line];
        slot.factor_ppm = payee == no_member ? amount_.factor_ppm_max()
                                             : amount_.factor_ppm(view_.rank_of(payee));
        slot.maximum_minor = most;
        slot.paid_minor = paid;
        slot.reason = reason;
        view_.watcher->slot(view_, slot);
    }

    [[nodiscard]] std::int64_t slot(OrderLineIndex line, std::int64_t difference) const {
        if (difference <= 0) return 0;
        return amount_.of(pay_, difference, view_.base[line], view_.orders.quantity[line],
                          amount_.factor_ppm_max());
    }

    void pay_step(OrderLineIndex order_line, Position seller, Position p, std::int64_t reached) {
        const MemberIndex payee = view_.forest.member()[p];
        const std::int64_t difference = entitlement_[p] - reached;
        const std::int64_t most = slot(order_line, difference);
        keeper_.maximum(most);
        const Verdict verdict = view_.verdict[payee];
        const RankPlace rank = view_.rank_of(payee);
        const std::uint32_t paid_level = rule_.by ? step_[p] : rank;
        if (verdict != Verdict::payable) {
            tell(order_line, payee, paid_level, difference, most, 0, reason_of(verdict));
            return keeper_.forfeit(reason_of(verdict), most);
        }
        const std::int64_t paid =
            amount_.of(pay_, difference, view_.base[order_line], view_.orders.quantity[order_line],
                       amount_.factor_ppm(rank));
        keeper_.forfeit(Reason::rank, most - paid);
        keeper_.paid(paid);
        tell(order_line, payee, paid_level, difference, most, paid, Reason::rank);
        if (paid == 0) return;
        Line line = order_line_paid(view_, order_line, pay_, difference, paid);
        line.level = view_.forest.depth()[seller] - view_.forest.depth()[p];
        line.paid_level = paid_level;
        line.stream = stream_of(view_, order_line, p == seller);
        lines_.add(payee, line);
    }

    const DifferentialRule& rule_;
    const PayView& view_;
    LineAmount amount_;
    Pay pay_;                     ///< only its sort is used: rate or amount
    std::int64_t top_ = 0;        ///< the highest entitlement of the table
    std::vector<std::int64_t> entitlement_;  ///< by position, whether payable or not
    std::vector<std::uint16_t> step_;
    std::vector<std::uint32_t> upline_count_;
    std::optional<NextGreater> chain_;
    LineCollector lines_;
    AccountKeeper keeper_;
};

}  // namespace

Payout DifferentialRule::pay(const PayView& view) const { return Walk(*this, view).pay(); }

Bound DifferentialRule::bound(const Bonus& bonus) const {
    RateForm form;
    form.pay = by_rank;
    if (by) {
        form.kind = RateForm::Kind::tiers;
        form.tiers.steps = steps;
    }
    return bound_of(form, bonus);
}

std::shared_ptr<const BonusRule> read_differential(TableReader& table,
                                                   const ReadingContext& context, Bonus&) {
    auto rule = std::make_shared<DifferentialRule>();
    if (table.has("steps") || table.has("by")) {
        table.require("by", "say which measure decides the entitlement: by = \"gv\"");
        table.require("steps", "say what it entitles to: steps = [[0, \"3%\"], [600, \"6%\"]]");
        if (table.has("by_rank"))
            table.error("by_rank", "excludes", "by_rank and steps exclude each other: keep one");
        const auto name = table.text("by");
        if (name) rule->by = context.measure(*name, table.place_of("by"), table.problems());
        const Measure::Unit unit =
            rule->by ? context.measures[*rule->by].unit : Measure::Unit::centipoints;
        rule->steps = read_steps(table, "steps", unit, context);
    } else {
        table.require("by_rank", "say what the ranks are entitled to: by_rank = { gold = \"10%\" }, "
                                 "or by and steps");
        if (const auto pay = read_pay(table, "by_rank", context)) rule->by_rank = *pay;
    }
    if (const TomlValue* self = table.value("self"); self && self->is_text()) {
        table.word<bool>("self", {{"counts", true}});
        rule->self = DifferentialRule::Self::counts;
    } else if (!table.flag("self").value_or(true)) {
        rule->self = DifferentialRule::Self::absent;
    }
    if (const auto uplines = table.integer("uplines", 1, plan_entries_max))
        rule->uplines = static_cast<std::uint32_t>(*uplines);
    rule->unqualified_forfeits =
        table.word<bool>("unqualified", {{"pass-up", false}, {"forfeit", true}}).value_or(false);
    return rule;
}

}  // namespace downline
