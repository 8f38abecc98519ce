// What must hold for every plan and every company: the engine against the reference, and laws that
// need no reference.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/errors.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"
#include "tests/reference/compare.hpp"

namespace downline::property {
namespace {

using reference::Outcome;
using reference::Payment;

Outcome outcome(const Plan& plan, const Facts& facts, unsigned thread_count = 1) {
    const Snapshot snapshot = snapshot_of(facts);
    return reference::outcome_of(run(plan, snapshot, thread_count), snapshot);
}

/// Nothing where ranks go round in a circle.
std::optional<Outcome> computed_by_reference(const Plan& plan, const Snapshot& snapshot) {
    try {
        return reference::compute(plan, snapshot);
    } catch (const reference::RankCycle&) {
        return std::nullopt;
    }
}

bool is_refused(const Plan& plan, const Snapshot& snapshot) {
    try {
        (void)run(plan, snapshot);
    } catch (const Refusal& refusal) {
        return std::string(refusal.what()).find("form a cycle together") != std::string::npos;
    }
    return false;
}

/// Pay per earner (its number) and bonus.
using Sums = std::map<std::pair<std::int64_t, std::size_t>, std::int64_t>;

struct Summed {
    Sums amount_minor, line_count;
};

Summed sums(const Plan& plan, const Facts& facts) {
    const Snapshot snapshot = snapshot_of(facts);
    Summed summed;
    for (const Payment& payment :
         reference::outcome_of(run(plan, snapshot), snapshot).payments) {
        const auto key =
            std::pair{snapshot.members.number[payment.earner], payment.bonus};
        summed.amount_minor[key] += payment.amount_minor;
        ++summed.line_count[key];
    }
    return summed;
}

TEST_CASE("the engine equals the reference in every line, account, measure and rank") {
    std::size_t payment_count = 0, forfeit_count = 0, cut_count = 0, carry_count = 0;
    std::size_t cycle_count = 0;
    holds("equal to the reference", 10'000, [&] {
        const Case made = case_of(*throws(), {.has_rank_trees = true});
        const Snapshot snapshot = snapshot_of(made.facts);
        const auto computed = computed_by_reference(made.plan, snapshot);
        if (!computed) {
            ++cycle_count;
            RC_ASSERT(is_refused(made.plan, snapshot));
            return;
        }
        const Outcome& expected = *computed;
        payment_count += expected.payments.size();
        cut_count += expected.cuts.size();
        carry_count += expected.carry_after.size();
        for (const auto& breakdown : expected.breakdowns)
            for (const std::int64_t forfeited : breakdown.forfeited_minor)
                forfeit_count += forfeited > 0;
        const std::string found = reference::differences(
            made.plan, expected, reference::outcome_of(run(made.plan, snapshot), snapshot));
        RC_LOG() << found;
        RC_ASSERT(found.empty());
    });
    MESSAGE(payment_count, " lines, ", forfeit_count, " sums forfeited, ", cut_count, " cuts and ",
            carry_count, " carries were compared; ", cycle_count, " runs refused");
    CHECK(cycle_count >= enough(5));
    CHECK(payment_count >= enough(10'000));  // the cases are worth comparing
    CHECK(forfeit_count >= enough(10'000));
    CHECK(cut_count >= enough(5'000));
}

TEST_CASE("the number of threads changes nothing") {
    holds("1, 2, 3 and 8 threads", 1000, [] {
        const Case made = case_of(*throws());
        const Outcome alone = outcome(made.plan, made.facts);
        for (const unsigned thread_count : {2U, 3U, 8U})
            RC_ASSERT(reference::differences(made.plan, alone,
                                             outcome(made.plan, made.facts, thread_count))
                          .empty());
    });
}

TEST_CASE("what is paid and forfeited is the maximum, and lines add up to what is paid") {
    holds("conservation", 1000, [] {
        const Case made = case_of(*throws());
        const Snapshot snapshot = snapshot_of(made.facts);
        const RunResult result = run(made.plan, snapshot);
        std::int64_t all = 0;
        for (std::size_t bonus = 0; bonus < result.accounts.size(); ++bonus) {
            const Account& account = result.accounts[bonus];
            std::int64_t of_slots = account.paid_minor;
            for (const std::int64_t forfeited : account.forfeited_minor) {
                RC_ASSERT(forfeited >= 0);
                of_slots += forfeited;
            }
            RC_ASSERT(of_slots == account.maximum_minor);
            std::int64_t of_lines = 0;
            std::uint64_t line_count = 0;
            const LineBook& book = result.books[bonus];
            for (std::size_t entry = 0; entry < book.entries().size(); ++entry)
                for (const Line& line : book.lines(entry)) {
                    RC_ASSERT(line.amount_minor > 0);
                    of_lines += line.amount_minor;
                    ++line_count;
                }
            RC_ASSERT(of_lines == account.paid_minor);
            RC_ASSERT(line_count == account.line_count);
            all += of_lines;
        }
        for (const Cut& cut : result.cuts)
            for (const LineBook::Entry& entry : cut.book.entries()) all += entry.amount_minor;
        RC_ASSERT(all == result.paid_minor);
    });
}

TEST_CASE("the totals of an earner are those of its lines") {
    holds("totals", 200, [] {
        const Case made = case_of(*throws());
        const RunResult result = run(made.plan, snapshot_of(made.facts));
        for (const LineBook& book : result.books)
            for (std::size_t entry = 0; entry < book.entries().size(); ++entry) {
                std::map<std::pair<std::uint32_t, StreamKind>, Total> of_lines, stated;
                std::int64_t amount_minor = 0;
                for (const Line& line : book.lines(entry)) {
                    Total& total = of_lines[{line.paid_level, line.stream}];
                    ++total.line_count;
                    total.amount_minor += line.amount_minor;
                    amount_minor += line.amount_minor;
                }
                for (const Total& total : book.totals(entry))
                    stated[{total.paid_level, total.stream}] = total;
                RC_ASSERT(stated.size() == of_lines.size());
                for (const auto& [key, total] : of_lines) {
                    RC_ASSERT(stated[key].line_count == total.line_count);
                    RC_ASSERT(stated[key].amount_minor == total.amount_minor);
                }
                RC_ASSERT(book.entries()[entry].amount_minor == amount_minor);
            }
    });
}

/// `other` beside `facts`, its ids made different; nothing links the two.
Facts beside(Facts facts, const Facts& other) {
    const int offset = static_cast<int>(facts.members.size());
    for (MemberRow member : other.members) {
        member.id += 'n';
        if (member.sponsor >= 0) member.sponsor += offset;
        if (member.enroller >= 0) member.enroller += offset;
        if (member.placement >= 0) member.placement += offset;
        facts.members.push_back(member);
    }
    for (OrderRow order : other.orders) {
        order.order_id += 'p';
        order.buyer += offset;
        facts.orders.push_back(order);
    }
    for (const auto& [key, before] : other.before)
        facts.before[{key.first + offset, key.second}] = before;
    return facts;
}

TEST_CASE("two companies side by side do not influence each other") {
    holds("disjoint networks", 1000, [] {
        const Throws first = *throws();
        Throws second = *throws();
        second.plan = first.plan;
        Case one = case_of(first, {.is_per_order_line = true});
        Case two = case_of(second, {.is_per_order_line = true});
        one.facts.creators.clear();  // a product sold in both would link them
        two.facts.creators.clear();
        RC_LOG() << one.plan_text;
        const Facts both = beside(one.facts, two.facts);
        Sums separate = sums(one.plan, one.facts).amount_minor;
        const std::int64_t offset = member_number(one.facts.members.size()) - member_number(0);
        for (const auto& [key, amount] : sums(one.plan, two.facts).amount_minor)
            separate[{key.first + offset, key.second}] = amount;
        RC_ASSERT(sums(one.plan, both).amount_minor == separate);
    });
}

/// All money and volumes times `factor`.
Facts scaled(Facts facts, std::int64_t factor) {
    for (OrderRow& order : facts.orders) {
        order.amount_minor *= factor;
        order.volume_centipoints *= factor;
        order.qualifying_centipoints *= factor;
        if (order.cost_minor > 0) order.cost_minor *= factor;
    }
    return facts;
}

TEST_CASE("volumes, floors and amounts three times as high pay three times as much") {
    // A rate has six places, a point one, a centipoint two more than a yen: from 10^9 times the
    // volumes on every line is exact, and no rounding can interfere.
    holds("scaling", 1000, [] {
        const Throws thrown = *throws();
        Wanted wanted{.has_returns = false, .has_factor = false, .has_large_orders = false,
                      .has_weights = false, .is_per_order_line = true};
        wanted.scale = 1'000'000'000;
        const Case whole = case_of(thrown, wanted);
        wanted.scale = 2'000'000'000;
        const Case twice = case_of(thrown, wanted);
        Sums expected = sums(whole.plan, scaled(whole.facts, 1'000'000'000)).amount_minor;
        for (auto& [key, amount] : expected) amount *= 2;
        RC_ASSERT(sums(twice.plan, scaled(twice.facts, 2'000'000'000)).amount_minor == expected);
    });
}

/// Every order line cut into two lines of its order, `parts` in a hundred and the rest; its pieces are
/// on the first.
Facts cut(const Facts& facts, int parts) {
    Facts cut = facts;
    cut.orders.clear();
    for (const OrderRow& order : facts.orders) {
        OrderRow first = order;
        first.amount_minor = order.amount_minor * parts / 100;
        first.volume_centipoints = order.volume_centipoints * parts / 100;
        first.qualifying_centipoints = order.qualifying_centipoints * parts / 100;
        first.cost_minor = -1;
        first.line = order.line * 2 - 1;
        OrderRow rest = order;
        rest.amount_minor -= first.amount_minor;
        rest.volume_centipoints -= first.volume_centipoints;
        rest.qualifying_centipoints -= first.qualifying_centipoints;
        rest.cost_minor = -1;
        rest.quantity = 0;
        rest.line = order.line * 2;
        cut.orders.push_back(first);
        cut.orders.push_back(rest);
    }
    return cut;
}

TEST_CASE("cutting order lines in two changes pay by rounding only") {
    holds("cutting", 1000, [] {
        const Throws thrown = *throws();
        const int parts = *rc::gen::inRange(0, 101);
        const Case made = case_of(thrown, {.has_returns = false, .has_amounts_per_unit = false,
                                           .has_weights = false, .is_per_order_line = true});
        Facts whole = made.facts;
        for (OrderRow& order : whole.orders) order.cost_minor = -1;
        const Summed before = sums(made.plan, whole);
        Summed after = sums(made.plan, cut(whole, parts));
        for (const auto& [key, amount] : before.amount_minor) {
            const std::int64_t apart = std::abs(after.amount_minor[key] - amount);
            // Each line is less than one unit from its exact amount, each cut line too; a piece
            // that rounds to nothing is not written, so every line has two pieces at most.
            RC_ASSERT(apart <= 3 * before.line_count.at(key));
            after.amount_minor.erase(key);
        }
        for (const auto& [key, amount] : after.amount_minor)
            RC_ASSERT(amount <= 2 * after.line_count.at(key));
    });
}

}  // namespace
}  // namespace downline::property
