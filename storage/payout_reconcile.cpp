// A batch beside the bank's list of it: what is in both with one amount matches, the rest is named.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "storage/messages.hpp"
#include "storage/named_rows.hpp"
#include "storage/payouts.hpp"

namespace downline {
namespace {

struct Listed {
    std::string member_id;
    std::int64_t amount_minor{};
};

std::vector<Listed> listed_payments(const NamedRows& table, int places) {
    std::vector<Listed> listed;
    FileProblems problems(table.file);
    for (const NamedRows::Row& row : table.rows) {
        const std::string_view text = table.cell(row, "amount");
        const auto amount = parse_decimal(text, places, amount_minor_max);
        if (amount) listed.push_back({std::string(table.cell(row, "member_id")), *amount});
        else
            problems.add(table.where(row, "amount"), "bad_amount",
                         fmt::format("{} is no amount; write 12.50", shown_value(text)));
    }
    problems.refuse_if_any();
    return listed;
}

}  // namespace

Reconciliation reconcile_payout(Database& database, const PayoutBatch& batch,
                                std::string_view text, const std::string& file) {
    const int places = currency_places(database.currency().value_or("USD")).value_or(2);
    const NamedRows table = read_named_rows(text, file, {"member_id", "amount"}, {}, true);
    std::map<std::string, std::int64_t> open;  // payments that no row has matched yet
    each_payout_item(database, batch, [&open](const PayoutItem& item) {
        if (item.state == "created" || item.state == "paid")
            open.emplace(item.member_id, item.amount_minor);
    });
    Reconciliation found;
    std::vector<Listed> others;
    for (Listed& listed : listed_payments(table, places)) {
        const auto payment = open.find(listed.member_id);
        if (payment == open.end() || payment->second != listed.amount_minor) {
            others.push_back(std::move(listed));
            continue;
        }
        ++found.matched_count;
        found.matched_minor = add_checked(found.matched_minor, listed.amount_minor);
        open.erase(payment);
    }
    // From here on every payment that the list has to the cent is matched.
    for (const Listed& listed : others) {
        const auto payment = open.find(listed.member_id);
        const bool is_extra = payment == open.end();
        found.rows.push_back({listed.member_id, is_extra ? "extra" : "different",
                              is_extra ? std::nullopt : std::optional(payment->second),
                              listed.amount_minor});
        if (!is_extra) open.erase(payment);
    }
    for (const auto& [member_id, amount_minor] : open)
        found.rows.push_back({member_id, "missing", amount_minor, {}});
    std::stable_sort(found.rows.begin(), found.rows.end(),
                     [](const ReconcileRow& a, const ReconcileRow& b) {
                         return a.member_id < b.member_id;
                     });
    return found;
}

}  // namespace downline
