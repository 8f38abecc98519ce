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
//
// Who uses up no level is passed over: what is left of the tree is a smaller forest, in which the
// payees of level k of an order are k - 1 links above its first one. Its positions are breadth-first,
// so for one payee the orders of a level are a range. Only `full` chooses the tree anew at each level.
#include "engine/bonuses/unilevel.hpp"

#include <algorithm>
#include <tuple>

#include "engine/bonuses/pay.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

namespace {

/// What a slot needs of its order line, kept together because a line is asked for once per level.
struct PaidLine {
    std::int64_t base{};
    OrderLineIndex line{};
    std::uint32_t quantity{};
    std::uint32_t seller_depth{};  ///< in the bonus's tree
    StreamKind stream_of_seller{}, stream_of_others{};
};

std::vector<PaidLine> paid_lines(const PayView& view, std::span<const OrderLineIndex> lines) {
    std::vector<PaidLine> result(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const OrderLineIndex line = lines[i];
        const MemberIndex seller = view.orders.seller[line];
        result[i] = {view.base[line], line, view.orders.quantity[line], 0,
                     stream_of(view, line, true), stream_of(view, line, false)};
        if (seller != no_member)
            result[i].seller_depth = view.forest.depth()[view.forest.position()[seller]];
    }
    return result;
}

/// Rates, maxima and lines of the slots of one bonus.
class SlotPayer {
public:
    SlotPayer(const UnilevelRule& rule, const PayView& view)
        : rule_(rule), view_(view), amount_(view.plan, view.bonus) {
        factor_ppm_max_ = amount_.factor_ppm_max();
        for (const Pay& pay : rule.levels) highest_.push_back(pay.value.highest());
    }

    [[nodiscard]] std::uint32_t level_count() const {
        return static_cast<std::uint32_t>(rule_.levels.size());
    }

    /// The slot of a level at the highest rate of that level in the plan.
    [[nodiscard]] std::int64_t maximum(const PaidLine& line, std::uint32_t level) const {
        if (!rule_.tiers)
            return amount(rule_.levels[level - 1], highest_[level - 1], line, factor_ppm_max_);
        std::int64_t most = 0;
        for (const Tiers::Step& step : rule_.tiers->steps)
            most = std::max(most,
                            amount(step.pay, step.pay.value.highest(), line, factor_ppm_max_));
        return most;
    }

    /// Begins a payee; its slots follow, level by level, then end_payee.
    void begin_payee(MemberIndex payee) {
        payee_ = payee;
        lines_.clear();
        factor_ppm_ = amount_.factor_ppm(view_.rank_of(payee));
        depth_ = view_.forest.depth()[view_.forest.position()[payee]];
        tier_ = nullptr;
        if (!rule_.tiers) return;
        const std::size_t step =
            step_of(*rule_.tiers, view_.standing.measures[rule_.tiers->by][payee]);
        if (step > 0) tier_ = &rule_.tiers->steps[step - 1].pay;
    }

    void take(const PaidLine& line, std::uint32_t level) {
        const std::int64_t most = maximum(line, level);
        account_.maximum_minor = add_checked(account_.maximum_minor, most);
        const Verdict verdict = view_.verdict[payee_];
        if (verdict != Verdict::payable) return forfeit(reason_of(verdict), most);
        const Pay* pay = rule_.tiers ? tier_ : &rule_.levels[level - 1];
        const std::int64_t value = pay ? pay->value.at(rate_place(line.line)).value_or(0) : 0;
        const bool is_highest =
            !rule_.tiers && value == highest_[level - 1] && factor_ppm_ == factor_ppm_max_;
        const std::int64_t paid = is_highest    ? most
                                  : value == 0 ? 0
                                               : amount(*pay, value, line, factor_ppm_);
        if (paid < most) forfeit(Reason::rank, most - paid);
        if (paid != 0) add_line(line, level, *pay, value, paid);
    }

    void end_payee() {
        book_.add(payee_, lines_);
        account_.line_count += lines_.size();
    }

    /// A slot that nobody stands at.
    void no_upline(const PaidLine& line, std::uint32_t level) {
        const std::int64_t most = maximum(line, level);
        account_.maximum_minor = add_checked(account_.maximum_minor, most);
        forfeit(Reason::no_upline, most);
    }

    [[nodiscard]] Payout result() && { return {std::move(book_), account_}; }

private:
    [[nodiscard]] std::int64_t amount(const Pay& pay, std::int64_t value, const PaidLine& line,
                                      std::int64_t factor_ppm) const {
        return amount_.of(pay, value, line.base, line.quantity, factor_ppm);
    }

    [[nodiscard]] RankPlace rate_place(OrderLineIndex line) const {
        const RankPlace own = view_.rank_of(payee_);
        if (!rule_.rank_of_lower) return own;
        return std::min(own, view_.rank_of(view_.snapshot.orders.buyer[line]));
    }

    void add_line(const PaidLine& paid_line, std::uint32_t level, const Pay& pay,
                  std::int64_t value, std::int64_t paid) {
        Line& line = lines_.emplace_back();
        line.order_ref = std::int64_t{paid_line.line} + 1;
        line.rate_is_amount = pay.is_amount;
        line.rate = value;
        line.base = pay.is_amount ? std::int64_t{paid_line.quantity} : paid_line.base;
        line.amount_minor = paid;
        line.level = paid_line.seller_depth - depth_;
        line.paid_level = level;
        line.stream = line.level == 0 ? paid_line.stream_of_seller : paid_line.stream_of_others;
        account_.paid_minor = add_checked(account_.paid_minor, paid);
    }

    void forfeit(Reason reason, std::int64_t amount) {
        std::int64_t& sum = account_.forfeited_minor[static_cast<std::size_t>(reason)];
        sum = add_checked(sum, amount);
    }

    const UnilevelRule& rule_;
    const PayView& view_;
    LineAmount amount_;
    std::vector<std::int64_t> highest_;
    MemberIndex payee_ = no_member;
    std::uint32_t depth_ = 0;
    std::int64_t factor_ppm_ = 0, factor_ppm_max_ = 0;
    const Pay* tier_ = nullptr;
    std::vector<Line> lines_;
    LineBook book_;
    Account account_;
};

/// The first payee of an order when `nearest` is the next one above a position and `is_kept` says who
/// may stand at a level: above the seller, or the seller itself for a customer's order that counts
/// from the buyer.
Position first_payee(const UnilevelRule& rule, const PayView& view, OrderLineIndex line,
                     std::span<const std::uint8_t> is_kept, std::span<const Position> nearest) {
    const MemberIndex seller = view.orders.seller[line];
    if (seller == no_member) return no_position;
    const Position p = view.forest.position()[seller];
    const bool may_be_seller = rule.counts_from_buyer && view.orders.is_from_customer[line];
    return may_be_seller && is_kept[p] ? p : nearest[p];
}

/// Who uses up a level where that does not depend on the level; by position.
std::vector<std::uint8_t> kept(const UnilevelRule& rule, const PayView& view) {
    std::vector<std::uint8_t> is_kept(view.forest.count());
    for (Position p = 0; p < view.forest.count(); ++p) {
        const Verdict verdict = view.verdict[view.forest.member()[p]];
        const bool is_passed_over =
            verdict == Verdict::terminated ||
            (verdict == Verdict::inactive && rule.compression != Compression::none) ||
            (verdict == Verdict::unqualified && rule.compression >= Compression::unqualified);
        is_kept[p] = !is_passed_over;
    }
    return is_kept;
}

/// The forest of those who are kept, and the order lines by their first payee's position in it; those
/// without a payee come last.
struct Payees {
    Forest forest;
    std::vector<PaidLine> lines;
    std::vector<std::uint32_t> first;  ///< by position: where its lines begin
};

Payees find_payees(const UnilevelRule& rule, const PayView& view,
                   std::vector<OrderLineIndex> lines) {
    const std::vector<std::uint8_t> is_kept = kept(rule, view);
    const std::vector<Position> nearest = nearest_above(view.forest, is_kept);
    Payees payees;
    {
        std::vector<MemberIndex> parent(view.snapshot.members.count, no_member);
        std::vector<std::uint8_t> is_node(view.snapshot.members.count, 0);
        for (Position p = 0; p < view.forest.count(); ++p) {
            if (!is_kept[p]) continue;
            const MemberIndex member = view.forest.member()[p];
            is_node[member] = 1;
            if (nearest[p] != no_position) parent[member] = view.forest.member()[nearest[p]];
        }
        payees.forest = make_forest(parent, is_node);
    }
    payees.first = group_by(lines, payees.forest.count(), [&](OrderLineIndex line) {
        const Position p = first_payee(rule, view, line, is_kept, nearest);
        return p == no_position ? payees.forest.count()
                                : payees.forest.position()[view.forest.member()[p]];
    });
    payees.lines = paid_lines(view, lines);
    return payees;
}

/// Pays over the forest of those who are kept.
Payout pay_compressed(const UnilevelRule& rule, const PayView& view,
                      std::vector<OrderLineIndex> lines) {
    const auto [payees, paid, first] = find_payees(rule, view, std::move(lines));
    Payout payout = pay_in_ranges(
        view.snapshot.members.count, view.thread_count, [&](std::uint32_t from, std::uint32_t to) {
            SlotPayer payer(rule, view);
            for (MemberIndex payee = from; payee < to; ++payee) {
                const Position p = payees.position()[payee];
                if (p == no_position) continue;
                payer.begin_payee(payee);
                std::pair<Position, Position> range{p, p + 1};
                for (std::uint32_t level = 1;
                     level <= payer.level_count() && range.first < range.second;
                     ++level, range = payees.children(range))
                    for (std::uint32_t i = first[range.first]; i < first[range.second]; ++i)
                        payer.take(paid[i], level);
                payer.end_payee();
            }
            return std::move(payer).result();
        });
    // Levels above the top: an order whose first payee is d links below a root has d + 1 levels.
    SlotPayer payer(rule, view);
    for (Position p = 0; p <= payees.count(); ++p) {
        const std::uint32_t reached = p == payees.count() ? 0 : payees.depth()[p] + 1;
        for (std::uint32_t i = first[p]; i < first[p + 1]; ++i)
            for (std::uint32_t level = reached + 1; level <= payer.level_count(); ++level)
                payer.no_upline(paid[i], level);
    }
    add_account(payout.account, std::move(payer).result().account);
    return payout;
}

/// Who uses up level `level` under `full` compression, for orders whose buyers have rank `buyer`.
std::vector<std::uint8_t> kept_at(const UnilevelRule& rule, const PayView& view,
                                  const std::vector<std::uint8_t>& is_payable, std::uint32_t level,
                                  RankPlace buyer) {
    std::vector<std::uint8_t> is_kept = is_payable;
    if (rule.tiers || rule.levels[level - 1].value.highest() == 0) return is_kept;
    const ByRank& rates = rule.levels[level - 1].value;
    for (Position p = 0; p < view.forest.count(); ++p) {
        RankPlace place = view.rank_of(view.forest.member()[p]);
        if (rule.rank_of_lower) place = std::min(place, buyer);
        if (rates.at(place).value_or(0) == 0) is_kept[p] = 0;
    }
    return is_kept;
}

/// A paid level of an order, and who stands there.
struct Slot {
    MemberIndex payee{};
    std::uint32_t level{};
    std::uint32_t line{};  ///< index into the paid lines
};

/// Who stands at the slots of the lines [from, to), whose buyers have one rank: each level has its
/// own next payees.
void collect_full(const UnilevelRule& rule, const PayView& view, RankPlace buyer,
                  std::span<const PaidLine> lines, std::uint32_t from, std::uint32_t to,
                  SlotPayer& payer, std::vector<Slot>& slots) {
    const std::vector<std::uint8_t> is_payable = kept(rule, view);
    std::vector<Position> at(to - from, no_position);
    for (std::uint32_t level = 1; level <= payer.level_count(); ++level) {
        const std::vector<std::uint8_t> is_kept = kept_at(rule, view, is_payable, level, buyer);
        const std::vector<Position> nearest = nearest_above(view.forest, is_kept);
        for (std::uint32_t i = from; i < to; ++i) {
            Position& p = at[i - from];
            if (level == 1) {
                p = first_payee(rule, view, lines[i].line, is_kept, nearest);
            } else if (p != no_position) {
                p = nearest[p];
            }
            if (p == no_position) {
                payer.no_upline(lines[i], level);
            } else {
                slots.push_back({view.forest.member()[p], level, i});
            }
        }
    }
}

Payout pay_full(const UnilevelRule& rule, const PayView& view,
                std::vector<OrderLineIndex> lines) {
    SlotPayer payer(rule, view);
    std::vector<Slot> slots;
    // The buyer's rank chooses the way up only where the lower rank chooses the rate.
    const std::uint32_t place_max =
        rule.rank_of_lower ? static_cast<std::uint32_t>(view.plan.ranks.size()) : 0;
    const std::vector<std::uint32_t> first =
        group_by(lines, place_max, [&](OrderLineIndex line) -> std::uint32_t {
            return rule.rank_of_lower ? view.rank_of(view.snapshot.orders.buyer[line]) : 0;
        });
    const std::vector<PaidLine> paid = paid_lines(view, lines);
    for (std::uint32_t place = 0; place <= place_max; ++place)
        if (first[place] < first[place + 1])
            collect_full(rule, view, static_cast<RankPlace>(place), paid, first[place],
                         first[place + 1], payer, slots);

    std::ranges::sort(slots, {}, [&](const Slot& slot) {
        return std::tuple(slot.payee, slot.level, paid[slot.line].line);
    });
    for (std::size_t i = 0; i < slots.size();) {
        const MemberIndex payee = slots[i].payee;
        payer.begin_payee(payee);
        for (; i < slots.size() && slots[i].payee == payee; ++i)
            payer.take(paid[slots[i].line], slots[i].level);
        payer.end_payee();
    }
    return std::move(payer).result();
}

}  // namespace

Payout UnilevelRule::pay(const PayView& view) const {
    std::vector<OrderLineIndex> lines;
    for (OrderLineIndex line = 0; line < view.snapshot.orders.count; ++line)
        if (view.takes[line]) lines.push_back(line);
    return compression == Compression::full ? pay_full(*this, view, std::move(lines))
                                            : pay_compressed(*this, view, std::move(lines));
}

Bound UnilevelRule::bound(const Bonus& bonus) const {
    Bound sum;
    for (std::size_t level = 0; level < levels.size(); ++level) {
        RateForm form;
        if (tiers) {
            form.kind = RateForm::Kind::tiers;
            form.tiers = *tiers;
        } else {
            form.pay = levels[level];
        }
        const Bound one = bound_of(form, bonus);
        if (one.share_ppm) sum.share_ppm = sum.share_ppm.value_or(0) + *one.share_ppm;
        if (one.per_unit_minor)
            sum.per_unit_minor = sum.per_unit_minor.value_or(0) + *one.per_unit_minor;
    }
    return sum;
}

std::shared_ptr<const BonusRule> read_unilevel(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus) {
    auto rule = std::make_shared<UnilevelRule>();
    LevelsForm form = read_levels(table, "levels", context, bonus);
    rule->levels = std::move(form.levels);
    rule->tiers = std::move(form.tiers);
    rule->compression = table
                            .word<Compression>("compression",
                                               {{"none", Compression::none},
                                                {"inactive", Compression::inactive},
                                                {"unqualified", Compression::unqualified},
                                                {"full", Compression::full}})
                            .value_or(Compression::unqualified);
    rule->counts_from_buyer =
        table.word<bool>("counts_from", {{"seller", false}, {"buyer", true}}).value_or(false);
    rule->rank_of_lower =
        table.word<bool>("rank_of", {{"payee", false}, {"lower", true}}).value_or(false);
    return rule;
}

}  // namespace downline
