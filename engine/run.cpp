// A run, from top to bottom as the period does it. The file to read first.
#include "engine/run.hpp"

#include <future>
#include <numeric>

#include "engine/bonuses/pay.hpp"
#include "engine/cuts.hpp"
#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/orders.hpp"
#include "engine/ranges.hpp"
#include "engine/standing.hpp"
#include "engine/watch.hpp"

namespace downline {

namespace {

std::vector<Verdict> verdicts(const Bonus& bonus, const Snapshot& snapshot,
                              const Standing& standing, const Examiner& examiner,
                              unsigned thread_count) {
    std::vector<Verdict> verdict(snapshot.members.count, Verdict::inactive);
    const auto judge = [&](MemberIndex member) {
        if (snapshot.members.kind[member] == MemberKind::customer) return;
        if (snapshot.members.status[member] == Status::terminated) {
            verdict[member] = Verdict::terminated;
        } else if (!bonus.needs_active || standing.is_active[member]) {
            const bool is_qualified = examiner.meets(bonus.requires_, member);
            verdict[member] = is_qualified ? Verdict::payable : Verdict::unqualified;
        }
    };
    in_ranges(snapshot.members.count, thread_count,
              [&](std::uint32_t, MemberIndex from, MemberIndex to) {
                  for (MemberIndex member = from; member < to; ++member) judge(member);
              });
    return verdict;
}

std::vector<std::uint8_t> taken_lines(const Bonus& bonus, const Snapshot& snapshot,
                                      const NetOrders& orders, const Examiner& examiner,
                                      unsigned thread_count) {
    const OrderMatcher matcher(bonus.orders, snapshot, orders,
                               [&](const Requirement& asked, MemberIndex member) {
                                   return examiner.meets(asked, member);
                               });
    std::vector<std::uint8_t> takes(snapshot.orders.count);
    const auto ask = [&](std::uint32_t, OrderLineIndex from, OrderLineIndex to) {
        for (OrderLineIndex line = from; line < to; ++line) takes[line] = matcher.takes(line);
    };
    in_ranges(snapshot.orders.count, thread_count, ask);
    return takes;
}

/// What the plan could pay = what it paid + what it did not.
void check_account(const Account& account) {
    std::int64_t sum = account.paid_minor;
    for (const std::int64_t forfeited : account.forfeited_minor) sum = add_checked(sum, forfeited);
    ensure(sum == account.maximum_minor, "an account does not add up: paid + forfeited ≠ maximum");
}

/// The lines of a book add up to what its account says was paid.
void check_book(const LineBook& book, const Account& account) {
    std::int64_t amount_minor = 0;
    std::uint64_t line_count = 0;
    for (const LineBook::Entry& entry : book.entries()) {
        amount_minor = add_checked(amount_minor, entry.amount_minor);
        line_count += entry.line_count;
    }
    ensure(amount_minor == account.paid_minor && line_count == account.line_count,
           "the lines of a bonus do not add up to its account");
}

std::int64_t sum_of(const Column<std::int64_t>& values, std::size_t count) {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < count; ++row) sum = add_checked(sum, values[row]);
    return sum;
}

}  // namespace

std::string_view reason_name(Reason reason) {
    static constexpr std::string_view names[] = {"no-upline", "inactive", "unqualified", "rank"};
    return names[static_cast<std::size_t>(reason)];
}

RunResult run(const Plan& plan, const Snapshot& snapshot, unsigned thread_count, Watcher* watcher,
              const Standing* known) {
    RunResult result;
    // 1. The network as of the last day, and the orders less what came back in the period.
    auto trees_aside = std::async(thread_count > 1 ? std::launch::async : std::launch::deferred,
                                  [&] { return make_trees(plan, snapshot); });
    NetOrders orders = net_orders(plan, snapshot);
    const Weighted weighted = weigh(plan, snapshot, orders, "");
    result.volume_centipoints = sum_of(weighted.volume_centipoints, snapshot.orders.count);
    result.amount_minor = sum_of(orders.amount_minor, snapshot.orders.count);
    result.order_count = orders.standing_order_count;
    const Trees trees = trees_aside.get();

    // 2. Measures, who is active, ranks. From here on nothing about members changes.
    if (known) result.standing = *known;
    else result.standing = standing_of(plan, snapshot, trees, orders, weighted, watcher);
    const Examiner examiner = examiner_after(plan, snapshot, trees, result.standing);

    // 3. Bonuses in the order of the file. Each begins while the one before is paid, so that no
    // thread waits for what only one can do; who follows what others paid waits for them.
    const auto pay = [&](const Bonus& bonus) {
        const Weighted seen = weigh(plan, snapshot, orders, bonus.code);
        const Column<std::int64_t> base = bonus_base(bonus, orders, seen, snapshot.orders.count);
        std::vector<std::uint8_t> takes =
            taken_lines(bonus, snapshot, orders, examiner, thread_count);
        if (watcher) watcher->narrow(bonus, trees.of(bonus.tree), orders, takes);
        const std::span<const LineBook> books_before = bonus.rule->follows_others()
                                                           ? std::span<const LineBook>(result.books)
                                                           : std::span<const LineBook>();
        const PayView view{plan,
                           bonus,
                           snapshot,
                           trees,
                           trees.of(bonus.tree),
                           result.standing,
                           orders,
                           base,
                           takes,
                           verdicts(bonus, snapshot, result.standing, examiner, thread_count),
                           books_before,
                           thread_count,
                           watcher};
        if (watcher) watcher->bonus(view, examiner);
        Payout payout = bonus.rule->pay(view);
        check_account(payout.account);
        check_book(payout.book, payout.account);
        return payout;
    };
    // A watcher is told of one bonus after the other.
    const bool one_by_one = thread_count == 1 || watcher != nullptr;
    const auto begin = [&](const Bonus& bonus) {
        return std::async(one_by_one ? std::launch::deferred : std::launch::async,
                          [&pay, &bonus] { return pay(bonus); });
    };
    std::future<Payout> next;
    for (std::size_t place = 0; place < plan.bonuses.size(); ++place) {
        std::future<Payout> present = next.valid() ? std::move(next) : begin(plan.bonuses[place]);
        if (place + 1 < plan.bonuses.size() && !plan.bonuses[place + 1].rule->follows_others())
            next = begin(plan.bonuses[place + 1]);
        Payout payout = present.get();
        result.paid_minor = add_checked(result.paid_minor, payout.account.paid_minor);
        result.accounts.push_back(payout.account);
        if (!payout.carry_after.empty())
            result.carry_after[plan.bonuses[place].code] = std::move(payout.carry_after);
        result.books.push_back(std::move(payout.book));
    }

    // 4. Caps and limits. From here on the lines of bonuses stand.
    result.cuts =
        find_cuts(plan, snapshot, result.standing, result.books, result.volume_centipoints);
    for (const Cut& cut : result.cuts)
        for (const LineBook::Entry& entry : cut.book.entries())
            result.paid_minor = add_checked(result.paid_minor, entry.amount_minor);

    // 5. and 6. What returns take back of closed periods; adjustments. Then all lines are there.
    if (snapshot.corrections) result.corrections = correct(*snapshot.corrections);
    for (const CorrectionLine& line : result.corrections)
        result.paid_minor = add_checked(result.paid_minor, line.amount_minor);

    // 7. What the period leaves behind.
    result.sequences_after = std::move(orders.sequences_after);
    return result;
}

}  // namespace downline
