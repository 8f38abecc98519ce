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

#include <algorithm>
#include <numeric>

#include "engine/bonuses/pay.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

namespace {

/// A rate as chosen for one line: its form, value and the step it came from.
struct Chosen {
    const Pay* pay = nullptr;  ///< nothing is paid where there is none
    std::int64_t value = 0;
    std::uint32_t step = 0;
};

const Pay* by_sequence(const RateForm& rate, std::uint32_t number) {
    const Pay* chosen = nullptr;
    for (const auto& [from, pay] : rate.by_sequence)
        if (from <= number) chosen = &pay;
    return chosen;
}

/// The highest that the plan pays on a line: at any rank, at any step; by_sequence by the order's own.
Chosen highest(const RateForm& rate, std::uint32_t number) {
    Chosen most;
    const auto consider = [&most](const Pay* pay) {
        if (pay && (!most.pay || pay->value.highest() > most.value))
            most = {pay, pay->value.highest(), 0};
    };
    if (rate.kind == RateForm::Kind::pay) consider(&rate.pay);
    if (rate.kind == RateForm::Kind::by_sequence) consider(by_sequence(rate, number));
    if (rate.kind == RateForm::Kind::tiers)
        for (const Tiers::Step& step : rate.tiers.steps) consider(&step.pay);
    return most;
}

class Payer {
public:
    Payer(const PersonalRule& rule, const PayView& view)
        : rule_(rule), view_(view), amount_(view.plan, view.bonus) {}

    /// Pays one seller's order lines, which come in order date sequence.
    void pay(MemberIndex seller, std::span<const OrderLineIndex> order_lines) {
        lines_.clear();
        std::int64_t filled = 0;
        for (const OrderLineIndex line : order_lines) {
            if (is_marginal() && seller != no_member)
                settle_slices(seller, line, filled);
            else
                settle(seller, line, choose(seller, line), view_.base[line]);
        }
        if (!lines_.empty()) book_.add(seller, lines_);
        account_.line_count += lines_.size();
    }

    [[nodiscard]] Payout result() && { return {std::move(book_), account_}; }

private:
    [[nodiscard]] bool is_marginal() const {
        return rule_.rate.kind == RateForm::Kind::tiers && rule_.rate.tiers.is_marginal;
    }

    [[nodiscard]] std::uint32_t number_of(OrderLineIndex line) const {
        return view_.orders.sequence[view_.snapshot.orders.order[line]];
    }

    /// Of a slot on `base` (a whole order line, or a slice of it).
    [[nodiscard]] std::int64_t maximum_of(OrderLineIndex line, std::int64_t base) const {
        const Chosen most = highest(rule_.rate, number_of(line));
        if (!most.pay) return 0;
        return amount_.of(*most.pay, most.value, base, view_.orders.quantity[line],
                          amount_.factor_ppm_max());
    }

    [[nodiscard]] Chosen choose(MemberIndex seller, OrderLineIndex line) const {
        const RateForm& rate = rule_.rate;
        Chosen chosen;
        if (seller == no_member) return chosen;
        if (rate.kind == RateForm::Kind::pay) chosen.pay = &rate.pay;
        if (rate.kind == RateForm::Kind::by_sequence) chosen.pay = by_sequence(rate, number_of(line));
        if (rate.kind == RateForm::Kind::tiers) {
            const std::size_t step =
                step_of(rate.tiers, view_.standing.measures[rate.tiers.by][seller]);
            if (step > 0) chosen.pay = &rate.tiers.steps[step - 1].pay;
            chosen.step = static_cast<std::uint32_t>(step);
        }
        if (chosen.pay) chosen.value = chosen.pay->value.at(view_.rank_of(seller)).value_or(0);
        return chosen;
    }

    /// The seller's orders fill the slices with their base; each slice is a slot and a line. What is
    /// below the first floor is one, too, and pays nothing.
    void settle_slices(MemberIndex seller, OrderLineIndex line, std::int64_t& filled) {
        const std::vector<Tiers::Step>& steps = rule_.rate.tiers.steps;
        const std::int64_t from = filled;
        filled += view_.base[line];
        const std::int64_t below_first = std::min(filled, steps.front().floor) - from;
        if (below_first > 0) settle(seller, line, Chosen{}, below_first);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::int64_t low = std::max(from, steps[i].floor);
            const std::int64_t high =
                i + 1 < steps.size() ? std::min(filled, steps[i + 1].floor) : filled;
            if (low >= high) continue;
            const Pay& pay = steps[i].pay;
            settle(seller, line,
                   {&pay, pay.value.at(view_.rank_of(seller)).value_or(0),
                    static_cast<std::uint32_t>(i + 1)},
                   high - low);
        }
    }

    /// Ends one slot paid or forfeited.
    void settle(MemberIndex seller, OrderLineIndex line, const Chosen& chosen, std::int64_t base) {
        const std::int64_t maximum = maximum_of(line, base);
        account_.maximum_minor = add_checked(account_.maximum_minor, maximum);
        if (seller == no_member) return forfeit(Reason::no_upline, maximum);
        if (const Verdict verdict = view_.verdict[seller]; verdict != Verdict::payable)
            return forfeit(reason_of(verdict), maximum);
        forfeit(Reason::rank, maximum - (chosen.pay ? add(seller, line, chosen, base) : 0));
    }

    std::int64_t add(MemberIndex seller, OrderLineIndex order_line, const Chosen& chosen,
                     std::int64_t base) {
        const std::int64_t paid =
            amount_.of(*chosen.pay, chosen.value, base, view_.orders.quantity[order_line],
                       amount_.factor_ppm(view_.rank_of(seller)));
        if (paid == 0) return 0;
        Line line = order_line_paid(view_, order_line, *chosen.pay, chosen.value, paid);
        if (!chosen.pay->is_amount) line.base = base;
        line.paid_level = chosen.step;
        line.stream = stream_of(view_, order_line, true);
        lines_.push_back(line);
        account_.paid_minor = add_checked(account_.paid_minor, paid);
        return paid;
    }

    void forfeit(Reason reason, std::int64_t amount) {
        std::int64_t& sum = account_.forfeited_minor[static_cast<std::size_t>(reason)];
        sum = add_checked(sum, amount);
    }

    const PersonalRule& rule_;
    const PayView& view_;
    LineAmount amount_;
    std::vector<Line> lines_;
    LineBook book_;
    Account account_;
};

}  // namespace

Payout PersonalRule::pay(const PayView& view) const {
    const NetOrders& orders = view.orders;
    const auto pays = [&](OrderLineIndex line) {
        return view.takes[line] && (orders.is_from_customer[line] ? from_customers : from_self);
    };
    // Order lines by seller, of each in their own order; the ones without a seller come last.
    std::vector<OrderLineIndex> by_seller;
    for (OrderLineIndex line = 0; line < view.snapshot.orders.count; ++line)
        if (pays(line)) by_seller.push_back(line);
    const std::vector<std::uint32_t> first = group_by(
        by_seller, view.snapshot.members.count,
        [&](OrderLineIndex line) { return std::min(orders.seller[line], view.snapshot.members.count); });

    const std::span<const OrderLineIndex> lines = by_seller;
    Payout payout = pay_in_ranges(
        view.snapshot.members.count, view.thread_count, [&](std::uint32_t from, std::uint32_t to) {
            Payer payer(*this, view);
            for (MemberIndex seller = from; seller < to; ++seller)
                if (first[seller] < first[seller + 1])
                    payer.pay(seller, lines.subspan(first[seller], first[seller + 1] - first[seller]));
            return std::move(payer).result();
        });
    Payer without_seller(*this, view);
    without_seller.pay(no_member, lines.subspan(first[view.snapshot.members.count]));
    add_account(payout.account, std::move(without_seller).result().account);
    return payout;
}

Bound PersonalRule::bound(const Bonus& bonus) const { return bound_of(rate, bonus); }

std::shared_ptr<const BonusRule> read_personal(TableReader& table, const ReadingContext& context,
                                               Bonus& bonus) {
    auto rule = std::make_shared<PersonalRule>();
    read_from(table, rule->from_self, rule->from_customers);
    rule->rate = read_rate_form(table, context, bonus);
    return rule;
}

}  // namespace downline
