// Paying generation by generation: see the header.
//
// How many closers stand above a position is counted once (prefix counts from the root); how many
// stand between two positions of a line is then a difference, and the members of a generation are a
// stretch of the line between two closers. An item visits only those who are paid; what they are
// paid is found payee by payee, so that nobody's lines wait for those of others.
#include "engine/bonuses/generations.hpp"

#include <algorithm>
#include <string>

#include "engine/errors.hpp"
#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

namespace {

/// An upline that may be paid on an item.
struct PayeeSlot {
    MemberIndex payee{};
    std::uint32_t item{};  ///< index into the paid items
    std::uint32_t generation{};
};

/// What is found of some items: who is to be paid, and the slots of everybody else.
struct Found {
    UnfilledVector<PayeeSlot> slots;
    AccountKeeper keeper;
    std::vector<std::uint32_t> stood;  ///< by generation, of the present item: slots that are taken
};

class Walk {
public:
    Walk(const GenerationRates& rates, const PayView& view, const Sources& sources)
        : rates_(rates), view_(view), sources_(sources), amount_(view.plan, view.bonus) {
        if (rates.tiers)
            highest_step_ = &std::ranges::max_element(rates.tiers->steps, {}, [](const auto& step) {
                                 return step.pay.value.highest();
                             })->pay;
        const Forest& forest = view.forest;
        std::vector<std::uint8_t> is_closer(forest.count()), is_payee(forest.count());
        for (Position p = 0; p < forest.count(); ++p) {
            is_closer[p] = closes(p);
            is_payee[p] = verdict_at(p) == Verdict::payable && may_earn(is_closer[p]);
        }
        next_payee_ = nearest_above(forest, is_payee);
        closers_.resize(forest.count());
        inactive_.resize(forest.count());
        unqualified_.resize(forest.count());
        for (Position p = 0; p < forest.count(); ++p) {
            const Position above = forest.parent()[p];
            const auto count = [&](std::vector<std::uint32_t>& counts, bool counts_here) {
                counts[p] = (above == no_position ? 0 : counts[above]) + counts_here;
            };
            const bool is_candidate = may_earn(is_closer[p]);
            count(closers_, is_closer[p]);
            count(inactive_, is_candidate && verdict_at(p) == Verdict::inactive);
            count(unqualified_, is_candidate && verdict_at(p) == Verdict::unqualified);
        }
        next_closer_ = nearest_above(forest, is_closer);
    }

    [[nodiscard]] const std::string& code() const { return view_.bonus.code; }

    /// Finds who is to be paid on an item; `index` is its place among the paid items.
    void find(const PaidItem& item, std::uint32_t index, Found& found) const {
        const MemberIndex seller = sources_.seller(item.item);
        const Position start = seller == no_member ? no_position : view_.forest.position()[seller];
        const Position above = start == no_position ? start : view_.forest.parent()[start];
        const std::uint32_t last = static_cast<std::uint32_t>(rates_.generations.size());
        found.stood.assign(last + 1U, 0);
        if (above != no_position) {
            if (is_asked_for(item)) tell_line_up(item, start, above, last);
            for (Position p = next_payee_[start]; p != no_position; p = next_payee_[p]) {
                const std::uint32_t generation = generation_of(start, p);
                if (generation > last) break;
                if (generation < first_generation()) continue;
                ++found.stood[generation];
                found.slots.push_back({view_.forest.member()[p], index, generation});
            }
            forfeit_line_up(item, start, above, last, found);
        }
        for (std::uint32_t generation = first_generation(); generation <= last; ++generation)
            if (found.stood[generation] == 0) no_upline(item, generation, found);
    }

    /// Pays one payee's slots, in the order of their items.
    void pay(std::span<const PayeeSlot> slots, std::span<const PaidItem> items, LinePacker& packer,
             Payout& into) const {
        if (slots.empty()) return;
        AccountKeeper keeper;
        for (const PayeeSlot& slot : slots)
            pay_slot(items[slot.item], slot.payee, slot.generation, keeper, packer);
        packer.finish(slots.front().payee, into.book);
        add_account(into.account, keeper.account());
    }

private:
    [[nodiscard]] Verdict verdict_at(Position p) const {
        return view_.verdict[view_.forest.member()[p]];
    }
    [[nodiscard]] bool closes(Position p) const {
        return verdict_at(p) != Verdict::terminated &&
               view_.rank_of(view_.forest.member()[p]) >= rates_.boundary;
    }
    [[nodiscard]] bool may_earn(bool is_closer) const { return rates_.all_earn || is_closer; }
    [[nodiscard]] std::uint32_t first_generation() const { return rates_.own_group ? 0 : 1; }

    /// Closers that an upline at p counts on an item sold at `start`: those strictly below it, the
    /// seller with them; of the included closer those strictly between, and 1.
    [[nodiscard]] std::uint32_t generation_of(Position start, Position p) const {
        if (!rates_.closer_is_included) return closers_[start] - closers_[p];
        return 1 + closers_[view_.forest.parent()[start]] - closers_[p];
    }

    /// At the highest rate that any payee may have; of tiers that of some step.
    [[nodiscard]] const Pay& highest_pay(std::uint32_t generation) const {
        if (generation == 0) return *rates_.own_group;
        return highest_step_ ? *highest_step_ : rates_.generations[generation - 1];
    }

    /// What a payee is paid by; nullptr: below the first step.
    [[nodiscard]] const Pay* pay_of(std::uint32_t generation, MemberIndex payee) const {
        if (generation == 0 || !rates_.tiers) return &highest_pay(generation);
        const std::size_t step =
            step_of(*rates_.tiers, view_.standing.measures[rates_.tiers->by][payee]);
        return step == 0 ? nullptr : &rates_.tiers->steps[step - 1].pay;
    }

    [[nodiscard]] std::int64_t maximum(const PaidItem& item, std::uint32_t generation) const {
        const Pay& pay = highest_pay(generation);
        return amount_.of(pay, pay.value.highest(), item.base, item.quantity,
                          amount_.factor_ppm_max());
    }

    void no_upline(const PaidItem& item, std::uint32_t generation, Found& found) const {
        const std::int64_t most = maximum(item, generation);
        found.keeper.maximum(most);
        found.keeper.forfeit(Reason::no_upline, most);
        tell(item, no_member, generation, 0, 0, Reason::no_upline);
    }

    [[nodiscard]] bool is_asked_for(const PaidItem& item) const {
        if (!view_.watcher) return false;
        return sources_.are_order_lines() ? view_.watcher->asks_for(item.item)
                                          : view_.watcher->asks_for_matched(item.item);
    }

    /// Of an item that is asked for: who may not be paid, one by one, and who is passed over.
    void tell_line_up(const PaidItem& item, Position start, Position p, std::uint32_t last) const {
        for (; p != no_position && generation_of(start, p) <= last; p = view_.forest.parent()[p]) {
            const MemberIndex member = view_.forest.member()[p];
            const Verdict verdict = verdict_at(p);
            const std::uint32_t generation = generation_of(start, p);
            const bool is_candidate = verdict != Verdict::terminated && may_earn(closes(p)) &&
                                      generation >= first_generation();
            if (!is_candidate) {
                const Passed why = verdict == Verdict::terminated ? Passed::terminated : Passed::rank;
                if (sources_.are_order_lines())
                    view_.watcher->passed_over(view_, item.item, member, why);
            } else if (verdict != Verdict::payable) {
                tell(item, member, generation, 0, 0, reason_of(verdict));
            }
        }
    }

    void tell(const PaidItem& item, MemberIndex payee, std::uint32_t generation, std::int64_t value,
              std::int64_t paid, Reason reason) const {
        if (!view_.watcher) return;
        const Pay& pay = highest_pay(generation);
        Slot slot;
        slot.item = item.item;
        slot.of = sources_.are_order_lines() ? Slot::Of::order_line : Slot::Of::member;
        slot.payee = payee;
        slot.paid_level = generation;
        slot.rate_is_amount = pay.is_amount;
        slot.rate = value;
        slot.rate_most = pay.value.highest();
        slot.base = pay.is_amount ? std::int64_t{item.quantity} : item.base;
        slot.factor_ppm = payee == no_member ? amount_.factor_ppm_max()
                                             : amount_.factor_ppm(view_.rank_of(payee));
        slot.maximum_minor = maximum(item, generation);
        slot.paid_minor = paid;
        slot.reason = reason;
        view_.watcher->slot(view_, slot);
    }

    void pay_slot(const PaidItem& item, MemberIndex payee, std::uint32_t generation,
                  AccountKeeper& keeper, LinePacker& packer) const {
        const RankPlace rank = view_.rank_of(payee);
        const Pay& pay = highest_pay(generation);  // all steps of a table are of one sort
        const Pay* own = pay_of(generation, payee);
        const std::int64_t value = own ? own->value.at(rank).value_or(0) : 0;
        const std::int64_t most = maximum(item, generation);
        const std::int64_t paid =
            amount_.of(pay, value, item.base, item.quantity, amount_.factor_ppm(rank));
        keeper.maximum(most);
        keeper.forfeit(Reason::rank, most - paid);
        keeper.paid(paid);
        tell(item, payee, generation, value, paid, Reason::rank);
        if (paid == 0) return;
        Line line = sources_.line_of(item.item);
        set_paid(line, pay, value, item.base, item.quantity, paid);
        line.level = item.seller_depth - view_.forest.depth()[view_.forest.position()[payee]];
        line.paid_level = generation;
        line.stream = item.stream_of_others;
        packer.add(line);
    }

    /// Slots of those who may not be paid, a stretch of the line at a time: from `from` up to the
    /// closer that ends the generation (excluded: with it; included: with it too, it belongs to it).
    void forfeit_line_up(const PaidItem& item, Position start, Position from, std::uint32_t last,
                         Found& found) const {
        while (from != no_position) {
            const std::uint32_t generation = generation_of(start, from);
            if (generation > last) return;
            // The last position of this generation is the nearest closer at or above `from`.
            const Position closer = closes(from) ? from : next_closer_[from];
            const Position beyond =
                closer == no_position ? no_position : view_.forest.parent()[closer];
            if (generation >= first_generation()) {
                const auto between = [&](const std::vector<std::uint32_t>& counts) {
                    return counts[from] - (beyond == no_position ? 0 : counts[beyond]);
                };
                forfeit(item, generation, Reason::inactive, between(inactive_), found);
                forfeit(item, generation, Reason::unqualified, between(unqualified_), found);
            }
            from = beyond;
        }
    }

    void forfeit(const PaidItem& item, std::uint32_t generation, Reason reason,
                 std::uint32_t slot_count, Found& found) const {
        if (slot_count == 0) return;
        found.stood[generation] += slot_count;
        const auto amount = static_cast<std::int64_t>(Int128{maximum(item, generation)} * slot_count);
        found.keeper.maximum(amount);
        found.keeper.forfeit(reason, amount);
    }

    const GenerationRates& rates_;
    const PayView& view_;
    const Sources& sources_;
    LineAmount amount_;
    const Pay* highest_step_ = nullptr;  ///< of tiers: the one that pays most
    std::vector<Position> next_payee_, next_closer_;
    std::vector<std::uint32_t> closers_, inactive_, unqualified_;  ///< from the root to a position
};

/// Everybody's slots, in the order of the items; what else there is goes into the account.
UnfilledVector<PayeeSlot> find_slots(const Walk& walk, std::span<const PaidItem> items,
                                  unsigned thread_count, Account& account) {
    const auto count = static_cast<std::uint32_t>(items.size());
    std::vector<Found> founds(range_count_of(count, thread_count));
    in_ranges(count, thread_count, [&](std::uint32_t range, std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t i = from; i < to; ++i) walk.find(items[i], i, founds[range]);
    });
    std::size_t slot_count = 0;
    for (const Found& found : founds) slot_count += found.slots.size();
    if (slot_count > UINT32_MAX)
        throw Refusal(Refusal::Kind::input,
                      "bonus \"" + walk.code() + "\" has more than 4,294,967,295 slots to pay; "
                      "let fewer earn in a generation (earners = \"boundary\")");
    UnfilledVector<PayeeSlot> slots;
    slots.reserve(slot_count);
    for (Found& found : founds) {
        add_account(account, found.keeper.account());
        slots.insert(slots.end(), found.slots.begin(), found.slots.end());
        found = {};
    }
    return slots;
}

/// The slots of payee m are `slots[first[m]]` … before `slots[first[m + 1]]`.
struct SlotsByPayee {
    UnfilledVector<PayeeSlot> slots;
    std::vector<std::uint32_t> first;
    [[nodiscard]] std::span<const PayeeSlot> of(MemberIndex payee) const {
        return std::span(slots).subspan(first[payee], first[payee + 1] - first[payee]);
    }
};

SlotsByPayee by_payee(const UnfilledVector<PayeeSlot>& slots, std::uint32_t member_count,
                      unsigned thread_count) {
    Grouping grouping = grouping_of(slots, member_count, thread_count,
                                    [](const PayeeSlot& slot) { return slot.payee; });
    SlotsByPayee sorted{UnfilledVector<PayeeSlot>(slots.size()), std::move(grouping.first)};
    in_ranges(static_cast<std::uint32_t>(slots.size()), thread_count,
              [&](std::uint32_t, std::uint32_t from, std::uint32_t to) {
                  for (std::uint32_t i = from; i < to; ++i)
                      sorted.slots[grouping.place[i]] = slots[i];
              });
    return sorted;
}

}  // namespace

Payout pay_generations(const GenerationRates& rates, const PayView& view, const Sources& sources,
                       const std::vector<std::uint32_t>& item_indexes) {
    const Walk walk(rates, view, sources);
    const PaidItems items = paid_items(view, sources, item_indexes);
    Account account;
    const std::uint32_t member_count = view.snapshot.members.count;
    const SlotsByPayee found = by_payee(find_slots(walk, items, view.thread_count, account),
                                        member_count, view.thread_count);
    Payout payout =
        pay_in_ranges(member_count, view.thread_count, [&](std::uint32_t from, std::uint32_t to) {
            Payout paid;
            LinePacker packer;
            for (MemberIndex payee = from; payee < to; ++payee)
                walk.pay(found.of(payee), items, packer, paid);
            return paid;
        });
    add_account(payout.account, account);
    return payout;
}

Bound GenerationRates::bound(const Bonus& bonus) const {
    Bound sum;
    const auto add = [&](const RateForm& form) {
        const Bound one = bound_of(form, bonus);
        if (one.share_ppm) sum.share_ppm = sum.share_ppm.value_or(0) + *one.share_ppm;
        if (one.per_unit_minor)
            sum.per_unit_minor = sum.per_unit_minor.value_or(0) + *one.per_unit_minor;
    };
    if (own_group) add({.pay = *own_group});
    for (const Pay& pay : generations)
        add(tiers ? RateForm{.kind = RateForm::Kind::tiers, .tiers = *tiers}
                  : RateForm{.pay = pay});
    if (all_earn) sum.unbounded_because = "earners = \"all\" pays everyone in a generation";
    return sum;
}

GenerationRates read_generation_rates(TableReader& table, const ReadingContext& context,
                                      const Bonus& bonus) {
    GenerationRates rates;
    rates.closer_is_included =
        table.word<bool>("closer", {{"excluded", false}, {"included", true}}).value_or(false);
    if (table.has("own_group")) rates.own_group = read_pay(table, "own_group", context);
    const bool has_list = table.has("generations"), has_ranks = table.has("by_rank"),
               has_tiers = table.has("tiers");
    if (has_list || has_ranks || has_tiers || !rates.own_group || rates.closer_is_included) {
        LevelsForm form = read_levels(table, "generations", context, bonus);
        rates.generations = std::move(form.levels);
        rates.tiers = std::move(form.tiers);
    }
    table.require("boundary", "say which rank closes a generation: boundary = \"silver\"");
    if (const auto name = table.text("boundary"))
        rates.boundary = context.rank(*name, table.place_of("boundary"), table.problems());
    if (rates.closer_is_included) {
        warn_of_useless(table, {"own_group"}, "generations with an included closer begin with 1");
        rates.own_group.reset();
    }
    return rates;
}

}  // namespace downline
