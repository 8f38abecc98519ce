// Random months of pay, payouts, holds, failures: the books beside a ledger of their own.
#include <map>

#include "engine/errors.hpp"
#include "storage/balances.hpp"
#include "tests/property/dice.hpp"
#include "tests/property/holds.hpp"
#include "tests/storage/books.hpp"

namespace downline::property {
namespace {

constexpr std::array<const char*, 5> ids{"ann", "bob", "cat", "dan", "eve"};

/// What must be owed, kept the plain way: a sum per member, and which payments are out.
struct Ledger {
    std::map<std::string, std::int64_t> owed;
    std::map<std::pair<std::string, std::string>, std::int64_t> out;  // batch and member

    void check(Books& books) {
        std::map<std::string, std::int64_t> expected;
        for (const auto& [id, amount] : owed)
            if (amount != 0) expected[id] = amount;
        std::map<std::string, std::int64_t> found;
        for (const Balance& balance : open_balances(books.database))
            found[balance.member_id] = balance.amount_minor;
        RC_ASSERT(found == expected);
        RC_ASSERT(posting_differences(books.database).empty());
    }
};

void earn(Books& books, Ledger& ledger, Dice& dice, const std::string& plan) {
    std::vector<std::pair<std::string, std::int64_t>> paid;
    for (const char* id : ids) {
        const std::int64_t amount = (dice.roll(500) + 300) % 500 - 150;  // plainest: 150
        if (dice.chance(30)) continue;
        paid.emplace_back(id, amount);
        ledger.owed[id] += amount;
    }
    books.closed(plan, "2026-01", paid);
}

void pay(Books& books, Ledger& ledger, Dice& dice, const std::string& batch) {
    std::string holds = "member_id,reason\n";
    std::map<std::string, bool> is_held;
    for (const char* id : ids)
        if ((is_held[id] = dice.chance(20))) holds += std::string(id) + ",why\n";
    const std::int64_t minimum = dice.roll(200);
    try {
        (void)books.pay(batch, minimum, holds);
    } catch (const Refusal&) {
        return;  // nothing to pay; the check below sees that nothing changed
    }
    for (const char* id : ids) {
        std::int64_t& owed = ledger.owed[id];
        if (owed <= 0 || owed < minimum || is_held[id]) continue;
        ledger.out[{batch, id}] = owed;
        owed = 0;
    }
}

/// How many failed.
std::size_t answer(Books& books, Ledger& ledger, Dice& dice) {
    std::size_t failed = 0;
    for (auto payment = ledger.out.begin(); payment != ledger.out.end();) {
        const auto& [batch, id] = payment->first;
        const int what = dice.roll(4);
        if (what == 1) (void)books.mark(batch, true, id + ",\n");
        if (what == 2) {
            (void)books.mark(batch, false, id + ",sent back\n");
            ledger.owed[id] += payment->second;
            ++failed;
        }
        payment = what == 2 ? ledger.out.erase(payment) : std::next(payment);
    }
    return failed;
}

}  // namespace

TEST_CASE("the books add up whatever is earned, paid, held, failed and sent back") {
    std::size_t payment_count = 0, failure_count = 0;
    holds("postings sum to zero, balances are the sum of what was earned less what was paid", 100,
          [&](const std::vector<Faces>& months) {
              Books books;
              Ledger ledger;
              for (const char* id : ids) books.affiliate(id);
              const std::size_t month_count = std::min<std::size_t>(months.size(), 8);
              for (std::size_t month = 0; month < month_count; ++month) {
                  Dice dice(months[month]);
                  earn(books, ledger, dice, "plan" + std::to_string(month));
                  ledger.check(books);
                  pay(books, ledger, dice, "P" + std::to_string(month));
                  ledger.check(books);
                  payment_count += ledger.out.size();
                  failure_count += answer(books, ledger, dice);
                  ledger.check(books);
              }
          });
    CHECK(payment_count >= enough(500));
    CHECK(failure_count > 50);
}

}  // namespace downline::property
