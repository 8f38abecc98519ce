// Paying level by level: see the header.
//
// Who uses up no level is passed over: what is left of the tree is a smaller forest, in which the
// payees of level k of an item are k - 1 links above its first one. Its positions are breadth-first,
// so for one payee the items of a level are a range. Only `full` chooses the tree anew at each level.
#include "engine/bonuses/levels.hpp"

#include <algorithm>
#include <tuple>

#include "engine/plan/forms.hpp"

namespace downline {

namespace {

/// Rates, maxima and lines of the slots of one bonus.
class SlotPayer {
public:
    SlotPayer(const LevelRates& rates, const PayView& view, const Sources& sources)
        : rates_(rates), view_(view), sources_(sources), amount_(view.plan, view.bonus) {
        factor_ppm_max_ = amount_.factor_ppm_max();
        for (const Pay& pay : rates.levels) highest_.push_back(pay.value.highest());
        if (!rates.tiers) return;
        std::int64_t most = 0;
        for (const Tiers::Step& step : rates.tiers->steps)
            most = std::max(most, step.pay.value.highest());
        highest_.assign(rates.levels.size(), most);
    }

    [[nodiscard]] std::uint32_t level_count() const {
        return static_cast<std::uint32_t>(rates_.levels.size());
    }

    /// The slot of a level at the highest rate of that level in the plan.
    [[nodiscard]] std::int64_t maximum(const PaidItem& item, std::uint32_t level) const {
        if (!rates_.tiers)
            return amount(rates_.levels[level - 1], highest_[level - 1], item, factor_ppm_max_);
        std::int64_t most = 0;
        for (const Tiers::Step& step : rates_.tiers->steps)
            most = std::max(most,
                            amount(step.pay, step.pay.value.highest(), item, factor_ppm_max_));
        return most;
    }

    /// Begins a payee; its slots follow, level by level, then end_payee.
    void begin_payee(MemberIndex payee) {
        payee_ = payee;
        factor_ppm_ = amount_.factor_ppm(view_.rank_of(payee));
        depth_ = view_.forest.depth()[view_.forest.position()[payee]];
        tier_ = nullptr;
        if (!rates_.tiers) return;
        const std::size_t step =
            step_of(*rates_.tiers, view_.standing.measures[rates_.tiers->by][payee]);
        if (step > 0) tier_ = &rates_.tiers->steps[step - 1].pay;
    }

    void take(const PaidItem& item, std::uint32_t level) {
        const std::int64_t most = maximum(item, level);
        account_.maximum_minor = add_checked(account_.maximum_minor, most);
        const Verdict verdict = view_.verdict[payee_];
        if (verdict != Verdict::payable) {
            tell(item, payee_, level, 0, most, 0, reason_of(verdict));
            return forfeit(reason_of(verdict), most);
        }
        const Pay* pay = rates_.tiers ? tier_ : &rates_.levels[level - 1];
        const std::int64_t value = pay ? pay->value.at(rate_place(item)).value_or(0) : 0;
        const bool is_highest =
            !rates_.tiers && value == highest_[level - 1] && factor_ppm_ == factor_ppm_max_;
        const std::int64_t paid = is_highest    ? most
                                  : value == 0 ? 0
                                               : amount(*pay, value, item, factor_ppm_);
        if (paid < most) forfeit(Reason::rank, most - paid);
        if (paid != 0) add_line(item, level, *pay, value, paid);
        tell(item, payee_, level, value, most, paid, Reason::rank);
    }

    void end_payee() {
        account_.line_count += packer_.line_count();
        packer_.finish(payee_, book_);
    }

    /// A slot that nobody stands at.
    void no_upline(const PaidItem& item, std::uint32_t level) {
        const std::int64_t most = maximum(item, level);
        account_.maximum_minor = add_checked(account_.maximum_minor, most);
        forfeit(Reason::no_upline, most);
        tell(item, no_member, level, 0, most, 0, Reason::no_upline);
    }

    [[nodiscard]] Payout result() && { return {std::move(book_), account_}; }

private:
    [[nodiscard]] std::int64_t amount(const Pay& pay, std::int64_t value, const PaidItem& item,
                                      std::int64_t factor_ppm) const {
        return amount_.of(pay, value, item.base, item.quantity, factor_ppm);
    }

    [[nodiscard]] RankPlace rate_place(const PaidItem& item) const {
        const RankPlace own = view_.rank_of(payee_);
        if (!rates_.rank_of_lower) return own;
        return std::min(own, sources_.buyer_rank(item.item));
    }

    void add_line(const PaidItem& item, std::uint32_t level, const Pay& pay,
                  std::int64_t value, std::int64_t paid) {
        Line line = sources_.line_of(item.item);
        set_paid(line, pay, value, item.base, item.quantity, paid);
        line.level = item.seller_depth - depth_;
        line.paid_level = level;
        line.stream = line.level == 0 ? item.stream_of_seller : item.stream_of_others;
        packer_.add(line);
        account_.paid_minor = add_checked(account_.paid_minor, paid);
    }

    void forfeit(Reason reason, std::int64_t amount) {
        std::int64_t& sum = account_.forfeited_minor[static_cast<std::size_t>(reason)];
        sum = add_checked(sum, amount);
    }

    void tell(const PaidItem& item, MemberIndex payee, std::uint32_t level, std::int64_t value,
              std::int64_t most, std::int64_t paid, Reason reason) const {
        if (!view_.watcher) return;
        const Pay& pay = rates_.tiers ? rates_.tiers->steps.front().pay : rates_.levels[level - 1];
        Slot slot;
        slot.item = item.item;
        slot.of = sources_.are_order_lines() ? Slot::Of::order_line : Slot::Of::member;
        slot.payee = payee;
        slot.paid_level = level;
        slot.rate_is_amount = pay.is_amount;
        slot.rate = value;
        slot.rate_most = highest_[level - 1];
        slot.base = pay.is_amount ? std::int64_t{item.quantity} : item.base;
        slot.factor_ppm = payee == no_member ? factor_ppm_max_ : factor_ppm_;
        slot.maximum_minor = most;
        slot.paid_minor = paid;
        slot.reason = reason;
        view_.watcher->slot(view_, slot);
    }

    const LevelRates& rates_;
    const PayView& view_;
    const Sources& sources_;
    LineAmount amount_;
    std::vector<std::int64_t> highest_;
    MemberIndex payee_ = no_member;
    std::uint32_t depth_ = 0;
    std::int64_t factor_ppm_ = 0, factor_ppm_max_ = 0;
    const Pay* tier_ = nullptr;
    LinePacker packer_;
    LineBook book_;
    Account account_;
};

/// The first payee of an item when `nearest` is the next one above a position and `is_kept` says who
/// may stand at a level: above the seller, or the seller itself where level 1 may be it.
Position first_payee(const PayView& view, const Sources& sources, std::uint32_t item,
                     std::span<const std::uint8_t> is_kept, std::span<const Position> nearest) {
    const MemberIndex seller = sources.seller(item);
    if (seller == no_member) return no_position;
    const Position p = view.forest.position()[seller];
    return sources.may_pay_seller(item) && is_kept[p] ? p : nearest[p];
}

/// Who uses up a level where that does not depend on the level; by position.
std::vector<std::uint8_t> kept(const LevelRates& rates, const PayView& view) {
    std::vector<std::uint8_t> is_kept(view.forest.count());
    for (Position p = 0; p < view.forest.count(); ++p) {
        const Verdict verdict = view.verdict[view.forest.member()[p]];
        const bool is_passed_over =
            verdict == Verdict::terminated ||
            (verdict == Verdict::inactive && rates.compression != Compression::none) ||
            (verdict == Verdict::unqualified && rates.compression >= Compression::unqualified);
        is_kept[p] = !is_passed_over;
    }
    return is_kept;
}

/// The forest of those who are kept, and the items by their first payee's position in it; those without
/// a payee come last.
struct Payees {
    Forest forest;
    PaidItems items;
    std::vector<std::uint32_t> first;  ///< by position: where its items begin
};

Payees find_payees(const LevelRates& rates, const PayView& view, const Sources& sources,
                   std::vector<std::uint32_t> items) {
    const std::vector<std::uint8_t> is_kept = kept(rates, view);
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
    Grouping by_payee = grouping_of(
        items, payees.forest.count(), view.thread_count, [&](std::uint32_t item) {
            const Position p = first_payee(view, sources, item, is_kept, nearest);
            return p == no_position ? payees.forest.count()
                                    : payees.forest.position()[view.forest.member()[p]];
        });
    payees.items = paid_items(view, sources, items, by_payee.place);
    payees.first = std::move(by_payee.first);
    return payees;
}

/// Pays over the forest of those who are kept.
Payout pay_compressed(const LevelRates& rates, const PayView& view, const Sources& sources,
                      std::vector<std::uint32_t> items) {
    const Payees found = find_payees(rates, view, sources, std::move(items));
    const Forest& payees = found.forest;
    const PaidItems& paid = found.items;
    const std::vector<std::uint32_t>& first = found.first;
    Payout payout = pay_in_ranges(
        view.snapshot.members.count, view.thread_count, [&](std::uint32_t from, std::uint32_t to) {
            SlotPayer payer(rates, view, sources);
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
    const Payout above_top = pay_in_ranges(
        payees.count() + 1, view.thread_count, [&](std::uint32_t from, std::uint32_t to) {
            SlotPayer payer(rates, view, sources);
            for (Position p = from; p < to; ++p) {
                const std::uint32_t reached = p == payees.count() ? 0 : payees.depth()[p] + 1;
                for (std::uint32_t level = reached + 1; level <= payer.level_count(); ++level)
                    for (std::uint32_t i = first[p]; i < first[p + 1]; ++i)
                        payer.no_upline(paid[i], level);
            }
            return std::move(payer).result();
        });
    add_account(payout.account, above_top.account);
    return payout;
}

/// Who uses up level `level` under `full` compression, for orders whose buyers have rank `buyer`.
std::vector<std::uint8_t> kept_at(const LevelRates& rates, const PayView& view,
                                  const std::vector<std::uint8_t>& is_payable, std::uint32_t level,
                                  RankPlace buyer) {
    std::vector<std::uint8_t> is_kept = is_payable;
    if (rates.tiers || rates.levels[level - 1].value.highest() == 0) return is_kept;
    const ByRank& level_rates = rates.levels[level - 1].value;
    for (Position p = 0; p < view.forest.count(); ++p) {
        RankPlace place = view.rank_of(view.forest.member()[p]);
        if (rates.rank_of_lower) place = std::min(place, buyer);
        if (level_rates.at(place).value_or(0) == 0) is_kept[p] = 0;
    }
    return is_kept;
}

/// A level of an item, and who stands there.
struct Slot {
    MemberIndex payee{};
    std::uint32_t level{};
    std::uint32_t item{};  ///< index into the paid items
};

/// Who stands at the slots of the items [from, to), whose buyers have one rank: each level has its
/// own next payees.
void collect_full(const LevelRates& rates, const PayView& view, const Sources& sources,
                  RankPlace buyer, std::span<const PaidItem> items, std::uint32_t from, std::uint32_t to,
                  SlotPayer& payer, std::vector<Slot>& slots) {
    const std::vector<std::uint8_t> is_payable = kept(rates, view);
    std::vector<Position> at(to - from, no_position);
    for (std::uint32_t level = 1; level <= payer.level_count(); ++level) {
        const std::vector<std::uint8_t> is_kept = kept_at(rates, view, is_payable, level, buyer);
        const std::vector<Position> nearest = nearest_above(view.forest, is_kept);
        for (std::uint32_t i = from; i < to; ++i) {
            Position& p = at[i - from];
            if (level == 1) {
                p = first_payee(view, sources, items[i].item, is_kept, nearest);
            } else if (p != no_position) {
                p = nearest[p];
            }
            if (p == no_position) {
                payer.no_upline(items[i], level);
            } else {
                slots.push_back({view.forest.member()[p], level, i});
            }
        }
    }
}

Payout pay_full(const LevelRates& rates, const PayView& view, const Sources& sources,
                const std::vector<std::uint32_t>& items) {
    SlotPayer payer(rates, view, sources);
    std::vector<Slot> slots;
    // The buyer's rank chooses the way up only where the lower rank chooses the rate.
    const std::uint32_t place_max =
        rates.rank_of_lower ? static_cast<std::uint32_t>(view.plan.ranks.size()) : 0;
    const auto [first, places] = grouping_of(
        items, place_max, view.thread_count, [&](std::uint32_t item) -> std::uint32_t {
            return rates.rank_of_lower ? sources.buyer_rank(item) : 0;
        });
    const PaidItems paid = paid_items(view, sources, items, places);
    for (std::uint32_t place = 0; place <= place_max; ++place)
        if (first[place] < first[place + 1])
            collect_full(rates, view, sources, static_cast<RankPlace>(place), paid, first[place],
                         first[place + 1], payer, slots);

    std::ranges::sort(slots, {}, [&](const Slot& slot) {
        return std::tuple(slot.payee, slot.level, paid[slot.item].item);
    });
    for (std::size_t i = 0; i < slots.size();) {
        const MemberIndex payee = slots[i].payee;
        payer.begin_payee(payee);
        for (; i < slots.size() && slots[i].payee == payee; ++i)
            payer.take(paid[slots[i].item], slots[i].level);
        payer.end_payee();
    }
    return std::move(payer).result();
}

/// Tells the watcher who was passed over on the way up from an order line that it asks for.
void tell_passed_over(const LevelRates& rates, const PayView& view, const Sources& sources,
                      OrderLineIndex line) {
    const MemberIndex seller = sources.seller(line);
    if (seller == no_member) return;
    const std::vector<std::uint8_t> is_payable = kept(rates, view);
    Position p = view.forest.position()[seller];
    if (!sources.may_pay_seller(line)) p = view.forest.parent()[p];
    for (std::uint32_t level = 1; level <= rates.levels.size() && p != no_position; ++level) {
        const std::vector<std::uint8_t> is_kept =
            rates.compression == Compression::full
                ? kept_at(rates, view, is_payable, level, sources.buyer_rank(line))
                : is_payable;
        for (; p != no_position && !is_kept[p]; p = view.forest.parent()[p]) {
            const MemberIndex member = view.forest.member()[p];
            view.watcher->passed_over(view, line, member, passed_of(view.verdict[member]));
        }
        if (p != no_position) p = view.forest.parent()[p];
    }
}

}  // namespace

Payout pay_levels(const LevelRates& rates, const PayView& view, const Sources& sources,
                  std::vector<std::uint32_t> items) {
    if (view.watcher && sources.are_order_lines())
        for (const std::uint32_t line : items)
            if (view.watcher->asks_for(line)) tell_passed_over(rates, view, sources, line);
    return rates.compression == Compression::full
               ? pay_full(rates, view, sources, items)
               : pay_compressed(rates, view, sources, std::move(items));
}

Bound LevelRates::bound(const Bonus& bonus) const {
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

LevelRates read_level_rates(TableReader& table, const ReadingContext& context,
                            const Bonus& bonus) {
    LevelRates rates;
    LevelsForm form = read_levels(table, "levels", context, bonus);
    rates.levels = std::move(form.levels);
    rates.tiers = std::move(form.tiers);
    rates.compression = table
                            .word<Compression>("compression",
                                               {{"none", Compression::none},
                                                {"inactive", Compression::inactive},
                                                {"unqualified", Compression::unqualified},
                                                {"full", Compression::full}})
                            .value_or(Compression::unqualified);
    rates.rank_of_lower =
        table.word<bool>("rank_of", {{"payee", false}, {"lower", true}}).value_or(false);
    return rates;
}

}  // namespace downline
