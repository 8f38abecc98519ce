// What must hold of every explanation: it is the run itself, slot by slot.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "engine/bonuses/pay.hpp"
#include "engine/explain.hpp"
#include "engine/suppose.hpp"
#include "tests/reference/compare.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"

namespace downline::property {
namespace {

/// Earner, order line, level, paid level, rate, base, amount.
using Paid = std::tuple<MemberIndex, std::int64_t, std::uint32_t, std::uint32_t, std::int64_t,
                        std::int64_t, std::int64_t>;

std::vector<Paid> paid_slots(const ExplainedBonus& bonus) {
    std::vector<Paid> paid;
    for (const Step& step : bonus.steps)
        if (step.slot && step.slot->paid_minor != 0)
            paid.emplace_back(step.slot->payee, step.order_line + 1, step.level,
                              step.slot->paid_level, step.slot->rate, step.slot->base,
                              step.slot->paid_minor);
    std::ranges::sort(paid);
    return paid;
}

std::vector<Paid> lines_of(const LineBook& book) {
    std::vector<Paid> paid;
    for (std::size_t entry = 0; entry < book.entries().size(); ++entry)
        for (const Line& line : book.lines(entry))
            if (line.order_ref != 0)
                paid.emplace_back(book.entries()[entry].earner, line.order_ref, line.level,
                                  line.paid_level, line.rate.value_or(0), line.base.value_or(0),
                                  line.amount_minor);
    std::ranges::sort(paid);
    return paid;
}

/// What was passed over on the way up has nothing to be paid there, and nobody stands twice.
bool is_a_way_up(const std::vector<Step>& steps) {
    for (std::size_t i = 1; i < steps.size(); ++i) {
        if (steps[i].order_line != steps[i - 1].order_line || steps[i].level == Step::nobody)
            continue;
        const std::uint32_t reached =
            steps[i - 1].level + (steps[i - 1].slot ? 0 : steps[i - 1].count - 1);
        const bool is_same_slot_again = steps[i].slot && steps[i - 1].slot &&
                                        steps[i].level == steps[i - 1].level;  // slices
        if (!is_same_slot_again && steps[i].level <= reached) return false;
    }
    return true;
}

TEST_CASE("the explanations of all orders are the lines and accounts of the run") {
    std::size_t slot_count = 0, passed_count = 0;
    holds("explained orders", 3'000, [&] {
        const Case made = case_of(*throws());
        const Snapshot snapshot = snapshot_of(made.facts);
        const OrderExplanation all =
            explain_order(made.plan, snapshot, 0, snapshot.orders.count);
        for (std::size_t b = 0; b < all.bonuses.size(); ++b) {
            const std::string& kind = made.plan.bonuses[b].kind;
            const ExplainedBonus& bonus = all.bonuses[b];
            if (kind == "match" || kind == "pool" || kind == "fixed" || kind == "binary") {
                RC_ASSERT(bonus.steps.empty());
                continue;
            }
            const Account& account = all.result.accounts[b];
            RC_LOG() << made.plan.bonuses[b].code << " (" << kind << ")\n" << made.plan_text;
            RC_ASSERT(bonus.maximum_minor == account.maximum_minor);
            RC_ASSERT(bonus.paid_minor == account.paid_minor);
            RC_ASSERT(bonus.forfeited_minor == account.forfeited_minor);
            RC_ASSERT(paid_slots(bonus) == lines_of(all.result.books[b]));
            RC_ASSERT(is_a_way_up(bonus.steps));
            for (const Step& step : bonus.steps) ++(step.slot ? slot_count : passed_count);
        }
    });
    CHECK(slot_count >= enough(10'000));  // the cases are worth explaining
    CHECK(passed_count >= enough(1'000));
}

TEST_CASE("an order explained alone is explained as among all") {
    std::size_t slot_count = 0;
    holds("orders explained alone", 1'000, [&] {
        const Case made = case_of(*throws());
        const Snapshot snapshot = snapshot_of(made.facts);
        if (snapshot.orders.count == 0) return;
        const auto from = *rc::gen::inRange<OrderLineIndex>(0, snapshot.orders.count);
        const OrderExplanation all = explain_order(made.plan, snapshot, 0, snapshot.orders.count);
        const OrderExplanation one = explain_order(made.plan, snapshot, from, from + 1, 3);
        const auto told = [&](const ExplainedBonus& bonus) {
            std::vector<std::tuple<std::uint32_t, bool, MemberIndex, MemberIndex, std::uint32_t,
                                   std::uint32_t, std::int64_t, std::int64_t>> steps;
            for (const Step& step : bonus.steps)
                if (step.order_line == from)
                    steps.emplace_back(step.level, step.slot.has_value(), step.first, step.last,
                                       step.count, step.slot ? step.slot->paid_level : 0,
                                       step.slot ? step.slot->maximum_minor : 0,
                                       step.slot ? step.slot->paid_minor : 0);
            return steps;
        };
        for (std::size_t b = 0; b < all.bonuses.size(); ++b) {
            RC_LOG() << made.plan.bonuses[b].code << "\n" << made.plan_text;
            RC_ASSERT(told(one.bonuses[b]) == told(all.bonuses[b]));
            slot_count += one.bonuses[b].steps.size();
        }
        RC_ASSERT(one.result.standing.rank == all.result.standing.rank);
    });
    CHECK(slot_count >= enough(1'000));
}

/// The kinds that are paid for no order.
bool has_own_slots(const Bonus& bonus) {
    return bonus.kind == "match" || bonus.kind == "pool" || bonus.kind == "fixed" ||
           bonus.kind == "binary";
}

/// Collects the slots of those kinds; by bonus.
class OwnWatcher final : public Watcher {
public:
    void bonus(const PayView&, const Examiner&) override { slots.emplace_back(); }
    void slot(const PayView&, const Slot& slot) override {
        if (slot.of != Slot::Of::order_line) slots.back().push_back(slot);
    }
    [[nodiscard]] bool asks_for_matched(MemberIndex) const override { return true; }
    std::vector<std::vector<Slot>> slots;
};

/// Earner, number of the member whose pay is shared, paid level, rate, base, amount. Lines of pools
/// and fixed amounts state no rate, those of fixed amounts no base.
using OwnPaid = std::tuple<MemberIndex, std::int64_t, std::uint32_t, std::int64_t, std::int64_t,
                           std::int64_t>;

OwnPaid own_paid(const Bonus& bonus, const Snapshot& snapshot, const Slot& slot) {
    const bool states_rate = bonus.kind == "match" || bonus.kind == "binary";
    return {slot.payee, slot.of == Slot::Of::member ? snapshot.members.number[slot.item] : 0,
            slot.paid_level, states_rate ? slot.rate : 0, bonus.kind == "fixed" ? 0 : slot.base,
            slot.paid_minor};
}

/// The lines of all earners, or of one.
std::vector<OwnPaid> own_lines(const LineBook& book, std::optional<MemberIndex> earner) {
    std::vector<OwnPaid> paid;
    for (std::size_t entry = 0; entry < book.entries().size(); ++entry)
        if (!earner || book.entries()[entry].earner == *earner)
            for (const Line& line : book.lines(entry))
                paid.emplace_back(book.entries()[entry].earner, line.from, line.paid_level,
                                  line.rate.value_or(0), line.base.value_or(0), line.amount_minor);
    std::ranges::sort(paid);
    return paid;
}

TEST_CASE("the slots of matches, pools, fixed amounts and binaries are the lines and accounts") {
    std::map<std::string, std::size_t> slot_counts;
    holds("slots of no order", 3'000, [&] {
        const Case made = case_of(*throws());
        const Snapshot snapshot = snapshot_of(made.facts);
        OwnWatcher watcher;
        const RunResult result = run(made.plan, snapshot, 1, &watcher);
        for (std::size_t b = 0; b < result.books.size(); ++b) {
            const Bonus& bonus = made.plan.bonuses[b];
            if (!has_own_slots(bonus)) continue;
            RC_LOG() << bonus.code << " (" << bonus.kind << ")\n" << made.plan_text;
            std::int64_t maximum = 0, paid_minor = 0;
            std::array<std::int64_t, reason_count> forfeited{};
            std::vector<OwnPaid> paid;
            for (const Slot& slot : watcher.slots[b]) {
                maximum += slot.maximum_minor;
                paid_minor += slot.paid_minor;
                forfeited[static_cast<std::size_t>(slot.reason)] +=
                    slot.maximum_minor - slot.paid_minor;
                if (slot.paid_minor != 0) paid.push_back(own_paid(bonus, snapshot, slot));
            }
            std::ranges::sort(paid);
            RC_ASSERT(maximum == result.accounts[b].maximum_minor);
            RC_ASSERT(paid_minor == result.accounts[b].paid_minor);
            RC_ASSERT(forfeited == result.accounts[b].forfeited_minor);
            RC_ASSERT(paid == own_lines(result.books[b], {}));
            slot_counts[bonus.kind] += watcher.slots[b].size();
        }
    });
    for (const char* kind : {"match", "pool", "fixed", "binary"}) {
        CAPTURE(kind);
        CHECK(slot_counts[kind] >= enough(500));
    }
}

/// What a member's legs keep is what the run carries on.
bool carries_on(const RunResult& result, const std::string& code, MemberIndex member,
                const LegsOfMember& legs) {
    const auto carried = result.carry_after.find(code);
    Carry kept{member, 0, 0};
    if (carried != result.carry_after.end())
        for (const Carry& carry : carried->second)
            if (carry.member == member) kept = carry;
    return legs.is_carried ? kept == Carry{member, legs.left_after, legs.right_after}
                           : kept == Carry{member, 0, 0};
}

/// Every line of one member, in the books and what cuts took, as stored.
std::vector<std::string> lines_of(const RunResult& result, MemberIndex member) {
    std::vector<std::string> packed;
    for (std::size_t place = 0; place < result.book_count(); ++place) {
        const LineBook& book = result.book(place);
        for (std::size_t entry = 0; entry < book.entries().size(); ++entry) {
            if (book.entries()[entry].earner != member) continue;
            const auto bytes = book.packed(entry).lines;
            const std::string code =
                place < result.books.size() ? std::to_string(place)
                                            : result.cuts[place - result.books.size()].code;
            packed.push_back(code + std::string(bytes.begin(), bytes.end()));
        }
    }
    return packed;
}

/// What each member's rank forfeited, by bonus.
class RankWatcher final : public Watcher {
public:
    void bonus(const PayView& view, const Examiner&) override {
        sums.emplace_back(view.snapshot.members.count, 0);
    }
    void slot(const PayView&, const Slot& slot) override {
        if (slot.payee != no_member && slot.reason == Reason::rank)
            sums.back()[slot.payee] += slot.maximum_minor - slot.paid_minor;
    }
    std::vector<std::vector<std::int64_t>> sums;
};

bool is_met(const Findings& findings) {
    return findings.empty() || std::ranges::any_of(findings, [](const auto& alternative) {
        return std::ranges::all_of(alternative,
                                   [](const auto& found) { return found.second.is_met; });
    });
}

TEST_CASE("the ladder of every affiliate, asked again, is that of the run") {
    std::size_t rank_count = 0, missed_count = 0;
    holds("explained members", 300, [&] {
        const Case made = case_of(*throws());
        const Snapshot snapshot = snapshot_of(made.facts);
        RankWatcher missed_by_rank;
        const RunResult whole = run(made.plan, snapshot, 1, &missed_by_rank);
        for (MemberIndex member = 0; member < snapshot.members.count; ++member) {
            if (snapshot.members.kind[member] == MemberKind::customer) continue;
            const MemberExplanation explained = explain_member(made.plan, snapshot, member, 3);
            RC_ASSERT(lines_of(explained.result, member) == lines_of(whole, member));
            for (std::size_t b = 0; b < made.plan.bonuses.size(); ++b) {
                std::int64_t missed_minor = 0;
                for (const Missed& missed : explained.missed)
                    if (missed.bonus == b && missed.reason == Reason::rank)
                        missed_minor += missed.amount_minor;
                RC_ASSERT(missed_minor == missed_by_rank.sums[b][member]);
            }
            const Standing& standing = explained.result.standing;
            const bool is_terminated = snapshot.members.status[member] == Status::terminated;
            if (!is_terminated)
                RC_ASSERT(is_met(explained.active) == (standing.is_active[member] != 0));
            RankPlace highest = 0;
            for (const TriedRank& rank : explained.ranks) {
                const bool is_kept = !rank.maintain.empty() && is_met(rank.maintain);
                RC_ASSERT(rank.is_reached == (is_kept || is_met(rank.requires_)));
                if (rank.is_reached) highest = rank.place;
                ++rank_count;
            }
            RC_ASSERT(highest == standing.rank[member]);
            for (std::size_t b = 0; b < explained.own.size(); ++b) {
                const Bonus& bonus = made.plan.bonuses[b];
                std::vector<OwnPaid> paid;
                for (const Step& step : explained.own[b].steps)
                    if (step.slot->paid_minor != 0)
                        paid.push_back(own_paid(bonus, snapshot, *step.slot));
                std::ranges::sort(paid);
                if (has_own_slots(bonus))
                    RC_ASSERT(paid == own_lines(whole.books[b], member));
                else RC_ASSERT(paid.empty());
                if (explained.own[b].legs)
                    RC_ASSERT(carries_on(whole, bonus.code, member,
                                         *explained.own[b].legs));
            }
            for (const Missed& missed : explained.missed) {
                RC_ASSERT(missed.amount_minor > 0);
                ++missed_count;
                if (missed.reason != Reason::rank) RC_ASSERT(!is_terminated);
            }
        }
    });
    CHECK(rank_count >= enough(1'000));
    CHECK(missed_count >= enough(500));
}

TEST_CASE("a supposed order pays what it would have paid") {
    holds("supposed orders", 1'000, [] {
        Case made = case_of(*throws());
        if (made.facts.members.empty()) return;
        const Snapshot snapshot = snapshot_of(made.facts);
        const int row = *rc::gen::inRange(0, static_cast<int>(made.facts.members.size()));
        OrderRow order;
        order.order_id = "~";  // after all others of its day
        order.buyer = row;
        order.ordered_on =
            std::max(made.facts.period.first, made.facts.members[row].joined_on) +
            *rc::gen::inRange(0, 28);
        if (order.ordered_on > made.facts.period.last) order.ordered_on = made.facts.period.last;
        order.amount_minor = *rc::gen::inRange<std::int64_t>(0, 100'000);
        order.volume_centipoints = *rc::gen::inRange<std::int64_t>(0, 100'000);
        order.qualifying_centipoints = *rc::gen::inRange<std::int64_t>(0, 100'000);
        order.quantity = *rc::gen::inRange(0U, 5U);
        SupposedOrder supposed;
        for (MemberIndex member = 0; member < snapshot.members.count; ++member)
            if (snapshot.members.number[member] == member_number(static_cast<std::size_t>(row)))
                supposed.buyer = member;
        supposed.ordered_on = order.ordered_on;
        supposed.amount_minor = order.amount_minor;
        supposed.volume_centipoints = order.volume_centipoints;
        supposed.qualifying_centipoints = order.qualifying_centipoints;
        supposed.quantity = order.quantity;
        made.facts.orders.push_back(order);
        const Snapshot placed = snapshot_of(made.facts);
        const Snapshot added = with_orders(snapshot, {supposed});
        const std::string found = reference::differences(
            made.plan, reference::outcome_of(run(made.plan, placed), placed),
            reference::outcome_of(run(made.plan, added), added));
        RC_LOG() << found;
        RC_ASSERT(found.empty());
    });
}

}  // namespace
}  // namespace downline::property
