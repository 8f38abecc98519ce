// Paying one earner per order line: see the header.
#include "engine/bonuses/direct.hpp"

#include <algorithm>

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

/// The highest that the plan pays on a line: at any rank, at any step; by_sequence by the number of
/// its own order.
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
    Payer(const RateForm& rate, const PayView& view)
        : rate_(rate), view_(view), amount_(view.plan, view.bonus) {}

    /// Pays one earner's order lines, which come in order date sequence.
    void pay(MemberIndex earner, std::span<const PaidItem> items) {
        std::int64_t filled = 0;
        for (const PaidItem& item : items) {
            if (is_marginal() && earner != no_member) settle_slices(earner, item, filled);
            else settle(earner, item, choose(earner, item), item.base);
        }
        account_.line_count += packer_.line_count();
        packer_.finish(earner, book_);
    }

    [[nodiscard]] Payout result() && { return {std::move(book_), account_}; }

private:
    [[nodiscard]] bool is_marginal() const {
        return rate_.kind == RateForm::Kind::tiers && rate_.tiers.is_marginal;
    }

    /// The number of the buyer's order; asked for only where it decides.
    [[nodiscard]] std::uint32_t number_of(const PaidItem& item) const {
        return rate_.kind == RateForm::Kind::by_sequence
                   ? view_.orders.sequence[view_.snapshot.orders.order[item.item]]
                   : 0;
    }

    /// Of a slot on `base` (a whole order line, or a slice of it).
    [[nodiscard]] std::int64_t maximum_of(const PaidItem& item, std::int64_t base) const {
        const Chosen most = highest(rate_, number_of(item));
        if (!most.pay) return 0;
        return amount_.of(*most.pay, most.value, base, item.quantity, amount_.factor_ppm_max());
    }

    [[nodiscard]] Chosen choose(MemberIndex earner, const PaidItem& item) const {
        Chosen chosen;
        if (earner == no_member) return chosen;
        if (rate_.kind == RateForm::Kind::pay) chosen.pay = &rate_.pay;
        if (rate_.kind == RateForm::Kind::by_sequence)
            chosen.pay = by_sequence(rate_, number_of(item));
        if (rate_.kind == RateForm::Kind::tiers) {
            const std::size_t step =
                step_of(rate_.tiers, view_.standing.measures[rate_.tiers.by][earner]);
            if (step > 0) chosen.pay = &rate_.tiers.steps[step - 1].pay;
            chosen.step = static_cast<std::uint32_t>(step);
        }
        if (chosen.pay) chosen.value = chosen.pay->value.at(view_.rank_of(earner)).value_or(0);
        return chosen;
    }

    /// The earner's orders fill the slices with their base; each slice is a slot and a line. What
    /// is below the first floor is one, too, and pays nothing.
    void settle_slices(MemberIndex earner, const PaidItem& item, std::int64_t& filled) {
        const std::vector<Tiers::Step>& steps = rate_.tiers.steps;
        const std::int64_t from = filled;
        filled += item.base;
        const std::int64_t below_first = std::min(filled, steps.front().floor) - from;
        if (below_first > 0) settle(earner, item, Chosen{}, below_first);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::int64_t low = std::max(from, steps[i].floor);
            const std::int64_t high =
                i + 1 < steps.size() ? std::min(filled, steps[i + 1].floor) : filled;
            if (low >= high) continue;
            const Pay& pay = steps[i].pay;
            settle(earner, item,
                   {&pay, pay.value.at(view_.rank_of(earner)).value_or(0),
                    static_cast<std::uint32_t>(i + 1)},
                   high - low);
        }
    }

    /// Ends one slot paid or forfeited.
    void settle(MemberIndex earner, const PaidItem& item, const Chosen& chosen, std::int64_t base) {
        const std::int64_t maximum = maximum_of(item, base);
        account_.maximum_minor = add_checked(account_.maximum_minor, maximum);
        if (earner == no_member)
            return forfeit(earner, item, chosen, base, maximum, 0, Reason::no_upline);
        if (const Verdict verdict = view_.verdict[earner]; verdict != Verdict::payable)
            return forfeit(earner, item, chosen, base, maximum, 0, reason_of(verdict));
        const std::int64_t paid = chosen.pay ? add(earner, item, chosen, base) : 0;
        forfeit(earner, item, chosen, base, maximum, paid, Reason::rank);
    }

    std::int64_t add(MemberIndex earner, const PaidItem& item, const Chosen& chosen,
                     std::int64_t base) {
        const std::int64_t paid = amount_.of(*chosen.pay, chosen.value, base, item.quantity,
                                             amount_.factor_ppm(view_.rank_of(earner)));
        if (paid == 0) return 0;
        Line line;
        line.order_ref = std::int64_t{item.item} + 1;
        set_paid(line, *chosen.pay, chosen.value, base, item.quantity, paid);
        line.paid_level = chosen.step;
        line.stream = item.stream_of_seller;
        packer_.add(line);
        account_.paid_minor = add_checked(account_.paid_minor, paid);
        return paid;
    }

    /// What a slot did not pay of its maximum.
    void forfeit(MemberIndex earner, const PaidItem& item, const Chosen& chosen, std::int64_t base,
                 std::int64_t maximum, std::int64_t paid, Reason reason) {
        std::int64_t& sum = account_.forfeited_minor[static_cast<std::size_t>(reason)];
        sum = add_checked(sum, maximum - paid);
        if (!view_.watcher) return;
        const Chosen most = highest(rate_, number_of(item));
        Slot slot;
        slot.item = item.item;
        slot.payee = earner;
        slot.paid_level = chosen.step;
        slot.rate_is_amount = most.pay && most.pay->is_amount;
        slot.rate = chosen.value;
        slot.rate_most = most.value;
        slot.base = slot.rate_is_amount ? std::int64_t{item.quantity} : base;
        slot.factor_ppm = earner == no_member ? amount_.factor_ppm_max()
                                              : amount_.factor_ppm(view_.rank_of(earner));
        slot.maximum_minor = maximum;
        slot.paid_minor = paid;
        slot.reason = reason;
        view_.watcher->slot(view_, slot);
    }

    const RateForm& rate_;
    const PayView& view_;
    LineAmount amount_;
    LinePacker packer_;
    LineBook book_;
    Account account_;
};

}  // namespace

Payout pay_direct(const RateForm& rate, const PayView& view,
                  const std::vector<MemberIndex>& earner_of,
                  const std::vector<OrderLineIndex>& lines) {
    // Lines by earner, of each in their own order; the ones without an earner come last.
    const std::uint32_t member_count = view.snapshot.members.count;
    const Grouping by_earner =
        grouping_of(lines, member_count, view.thread_count, [&](OrderLineIndex line) {
            return std::min(earner_of[line], member_count);
        });
    const std::vector<std::uint32_t>& first = by_earner.first;
    const PaidItems items = paid_items(view, OrderSources(view, false), lines, by_earner.place);
    const std::span<const PaidItem> all = items;
    Payout payout =
        pay_in_ranges(member_count, view.thread_count, [&](std::uint32_t from, std::uint32_t to) {
            Payer payer(rate, view);
            for (MemberIndex earner = from; earner < to; ++earner)
                if (first[earner] < first[earner + 1])
                    payer.pay(earner,
                              all.subspan(first[earner], first[earner + 1] - first[earner]));
            return std::move(payer).result();
        });
    Payer without_earner(rate, view);
    without_earner.pay(no_member, all.subspan(first[member_count]));
    add_account(payout.account, std::move(without_earner).result().account);
    return payout;
}

}  // namespace downline
