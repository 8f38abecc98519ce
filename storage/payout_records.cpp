// What is kept of batches: their sums, items and the files that were written of them.
#include <fmt/format.h>


#include "engine/errors.hpp"
#include "storage/members.hpp"
#include "storage/messages.hpp"
#include "storage/payouts.hpp"

#include "storage/approval.hpp"

namespace downline {
namespace {

constexpr const char* batch_columns =
    "SELECT number, batch_id, minimum, holds_digest, made_by, made_at FROM payout_batch";

std::optional<std::string> optional_text(const Query& query, int column) {
    if (query.is_null(column)) return std::nullopt;
    return std::string(query.text(column));
}

std::vector<PayoutSum> sums_of(Database& database, std::int64_t number) {
    std::vector<PayoutSum> sums;
    for (const char* state : {"created", "paid", "failed", "held", "carried"})
        sums.push_back({state, 0, 0});
    Query query = database.query(
        "SELECT state, count(*), sum(amount) FROM payment WHERE batch = ?1 GROUP BY state"
        " UNION ALL SELECT fate, count(*), sum(amount) FROM payout_item"
        " WHERE batch = ?1 AND fate <> 'pay' GROUP BY fate");
    query.bind(1, number);
    while (query.step())
        for (PayoutSum& sum : sums)
            if (sum.state == query.text(0)) {
                sum.count = query.integer(1);
                sum.amount_minor = query.integer(2);
            }
    return sums;
}

std::vector<PayoutExport> exports_of(Database& database, std::int64_t number) {
    std::vector<PayoutExport> exports;
    Query query = database.query(
        "SELECT format, dated, digest, payments, amount, payees_digest, company_digest, made_by,"
        " made_at FROM payout_export WHERE batch = ?1 ORDER BY row");
    query.bind(1, number);
    while (query.step())
        exports.push_back({std::string(query.text(0)), std::string(query.text(1)),
                           std::string(query.text(2)), query.integer(3), query.integer(4),
                           optional_text(query, 5), optional_text(query, 6),
                           std::string(query.text(7)), std::string(query.text(8))});
    return exports;
}

PayoutBatch batch_from(Database& database, const Query& query) {
    PayoutBatch batch;
    batch.number = query.integer(0);
    batch.batch_id = query.text(1);
    batch.minimum_minor = query.integer(2);
    batch.holds_digest = optional_text(query, 3);
    batch.made_by = query.text(4);
    batch.made_at = query.text(5);
    batch.sums = sums_of(database, batch.number);
    batch.exports = exports_of(database, batch.number);
    return batch;
}

}  // namespace

std::int64_t PayoutBatch::payment_count() const {
    return sums[0].count + sums[1].count + sums[2].count;
}

std::int64_t PayoutBatch::payment_minor() const {
    return sums[0].amount_minor + sums[1].amount_minor + sums[2].amount_minor;
}

std::vector<PayoutBatch> list_payouts(Database& database) {
    std::vector<PayoutBatch> batches;
    Query query = database.query(fmt::format("{} ORDER BY number", batch_columns));
    while (query.step()) batches.push_back(batch_from(database, query));
    return batches;
}

PayoutBatch find_payout(Database& database, const std::string& batch_id) {
    Query query = database.query(fmt::format("{} WHERE batch_id = ?1", batch_columns));
    if (!query.bind(1, batch_id).step())
        throw Refusal(Refusal::Kind::state,
                      fmt::format("there is no batch {}; downline payout list names them all",
                                  shown_value(batch_id)));
    return batch_from(database, query);
}

void each_payout_item(Database& database, const PayoutBatch& batch,
                      const std::function<void(const PayoutItem&)>& take) {
    const auto names = changed_values(database, "name", INT32_MAX);
    Query query = database.query(
        "SELECT i.member, m.member_id, m.name, i.amount,"
        " CASE i.fate WHEN 'pay' THEN (SELECT state FROM payment p WHERE p.batch = i.batch"
        " AND p.member = i.member) ELSE i.fate END,"
        " ifnull(i.reason, (SELECT a.reason FROM payout_answer a WHERE a.batch = i.batch"
        " AND a.member = i.member ORDER BY a.row DESC LIMIT 1))"
        " FROM payout_item i JOIN member m ON m.number = i.member WHERE i.batch = ?1"
        " ORDER BY m.member_id");
    query.bind(1, batch.number);
    while (query.step()) {
        PayoutItem item{std::string(query.text(1)), optional_text(query, 2), query.integer(3),
                        std::string(query.text(4)), optional_text(query, 5)};
        if (const auto name = names.find(query.integer(0)); name != names.end())
            item.name = name->second;
        take(item);
    }
}

void record_export(Database& database, const PayoutBatch& batch, const PayoutExport& written) {
    check_second_person(database, batch.made_by, written.made_by, "made this batch", "export it");
    Transaction transaction(database);
    Query query = database.query(
        "INSERT INTO payout_export(batch, format, dated, payments, amount, digest, payees_digest,"
        " company_digest, made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    query.bind(1, batch.number).bind(2, written.format).bind(3, written.dated);
    query.bind(4, written.payment_count).bind(5, written.amount_minor).bind(6, written.digest);
    const auto bind_optional = [&query](int place, const std::optional<std::string>& text) {
        if (text) query.bind(place, *text);
        else query.bind_null(place);
    };
    bind_optional(7, written.payees_digest);
    bind_optional(8, written.company_digest);
    query.bind(9, written.made_by).bind(10, written.made_at).run();
    transaction.commit();
}

}  // namespace downline
