// A journal for hledger: what a batch was the first to see (final runs, the bank's answers) and
// what it does itself. The journals of all batches together are the members' whole books.
#include <fmt/format.h>

#include <iterator>
#include <set>

#include "cli/amounts.hpp"
#include "cli/payment_order.hpp"
#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/balances.hpp"

namespace downline {
namespace {

/// An id as a part of an account's name: letters, digits and .-_@ as they are, the rest as %3A.
std::string account_part(std::string_view member_id) {
    std::string out;
    for (const char letter : member_id) {
        const bool is_plain = (letter >= '0' && letter <= '9') ||
                              (letter >= 'A' && letter <= 'Z') ||
                              (letter >= 'a' && letter <= 'z') ||
                              std::string_view(".-_@").find(letter) != std::string_view::npos;
        if (is_plain) out += letter;
        else fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(letter));
    }
    return out;
}

/// The book's account of a posting.
std::string account_of(const BatchPosting& posting, const Company& company) {
    const std::string member = posting.member_id ? ":" + account_part(*posting.member_id) : "";
    if (posting.account == "commission")
        return company.value_or("ledger.commission", "expenses:commissions");
    if (posting.account == "member")
        return company.value_or("ledger.members", "liabilities:members") + member;
    if (posting.account == "held")
        return company.value_or("ledger.held", "liabilities:held") + member;
    if (posting.account == "clearing")
        return company.value_or("ledger.clearing", "assets:payouts in transit");
    if (posting.account == "adjustment")
        return company.value_or("ledger.adjustments", "expenses:commission adjustments");
    if (posting.account == "opening")
        return company.value_or("ledger.opening", "equity:opening balances");
    ensure(posting.account == "bank", "a posting has an account of the seven");
    return company.value_or("ledger.bank", "assets:bank");
}

std::string title_of(const BatchPosting& posting) {
    if (posting.cause == "run") return fmt::format("commission of {}", posting.text);
    if (posting.cause == "clawback") return fmt::format("clawbacks of {}", posting.text);
    if (posting.cause == "adjustment") return fmt::format("adjustments of {}", posting.text);
    if (posting.cause == "opening") return fmt::format("opening balances of {}", posting.text);
    if (posting.cause == "paid") return fmt::format("paid of batch {}", posting.text);
    if (posting.cause == "failed") return fmt::format("failed of batch {}", posting.text);
    if (posting.cause == "release") return fmt::format("released by batch {}", posting.text);
    if (posting.cause == "hold") return fmt::format("held by batch {}", posting.text);
    return fmt::format("payout {}", posting.text);
}

}  // namespace

std::string ledger_file(Database& database, const PayoutBatch& batch, Day on,
                        const Company& company) {
    const std::string currency = database.currency().value_or("USD");
    const int places = currency_places(currency).value_or(2);
    std::set<std::string> accounts;
    std::string transactions;
    std::pair<std::string, std::int64_t> last{"", 0};
    std::int64_t open_minor = 0;  // of the transaction that is being written
    each_batch_posting(database, batch.number, [&](const BatchPosting& posting) {
        const std::pair current{posting.cause, posting.reference};
        if (current != last) {
            ensure(open_minor == 0, "a transaction of the journal sums to zero");
            transactions += fmt::format("\n{} {}\n", format_day(posting.day.value_or(on)),
                                        title_of(posting));
            last = current;
        }
        open_minor = add_checked(open_minor, posting.amount_minor);
        const std::string account = account_of(posting, company);
        accounts.insert(account);
        transactions += fmt::format("    {}  {} {}\n", account,
                                    format_decimal(-posting.amount_minor, places), currency);
    });
    ensure(open_minor == 0, "a transaction of the journal sums to zero");
    std::string file = fmt::format("; Downline: batch {} and what it was the first to see\n\n"
                                   "commodity 1000.{} {}\n\n",
                                   batch.batch_id, std::string(places, '0'), currency);
    for (const std::string& account : accounts) file += fmt::format("account {}\n", account);
    return file + transactions;
}

}  // namespace downline
