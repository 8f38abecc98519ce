// Balances are views of the database (schema.hpp): read here, compared with all postings.
#include "storage/balances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "engine/money.hpp"
#include "storage/members.hpp"

namespace downline {
namespace {

// Runs and failed payments stand before the batch that was the first to see them.
constexpr const char* history_sql = R"sql(
SELECT cause, reference, amount FROM (
    SELECT p.cause, CASE p.cause WHEN 'opening' THEN 'import ' || p.reference
                    ELSE r.plan || ' ' || r.period END AS reference, p.amount,
           CASE p.cause WHEN 'opening' THEN 0 ELSE ifnull(b.batch, 1 << 62) END AS seen_by,
           0 AS stage, ifnull(r.last_day, p.reference) AS place
    FROM posting p LEFT JOIN run r ON r.number = p.reference AND p.cause <> 'opening'
    LEFT JOIN payout_run b ON b.run = r.number
    WHERE p.account = 'member' AND p.member = ?1
    AND p.cause IN ('opening', 'run', 'clawback', 'adjustment')
    UNION ALL
    SELECT 'failed', b.batch_id, i.amount,
           ifnull((SELECT min(number) FROM payout_batch WHERE last_answer >= a.row), 1 << 62), 1,
           a.row
    FROM payout_answer a JOIN payout_item i USING (batch, member)
    JOIN payout_batch b ON b.number = a.batch
    WHERE a.member = ?1 AND a.state = 'failed'
    UNION ALL
    SELECT 'payout', b.batch_id, -i.amount, b.number, 2, 0
    FROM payout_batch b JOIN payout_item i ON i.batch = b.number AND i.member = ?1
    WHERE i.fate = 'pay'
) ORDER BY seen_by, stage, place, reference,
    instr('run clawback adjustment', cause))sql";

std::optional<std::string> held_reason(Database& database, std::int64_t member) {
    Query query = database.query(
        "SELECT reason FROM payout_item WHERE batch = (SELECT max(number) FROM payout_batch)"
        " AND member = ?1 AND fate = 'held'");
    query.bind(1, member);
    if (!query.step()) return std::nullopt;
    return std::string(query.text(0));
}

}  // namespace

std::vector<Balance> open_balances(Database& database) {
    std::vector<Balance> balances;
    Query query = database.query(
        "SELECT b.member, m.member_id, b.amount FROM balance b"
        " JOIN member m ON m.number = b.member ORDER BY m.member_id");
    while (query.step())
        balances.push_back({query.integer(0), std::string(query.text(1)), query.integer(2)});
    return balances;
}

BalanceHistory balance_history(Database& database, const std::string& member_id) {
    const MemberRecord member = find_member(database, member_id, INT32_MAX);
    BalanceHistory history{member_id, member.name, {}, 0, held_reason(database, member.number)};
    Query query = database.query(history_sql);
    query.bind(1, member.number);
    while (query.step()) {
        history.balance_minor = add_checked(history.balance_minor, query.integer(2));
        history.steps.push_back({std::string(query.text(0)), std::string(query.text(1)),
                                 query.integer(2), history.balance_minor});
    }
    return history;
}

void each_batch_posting(Database& database, std::int64_t batch,
                        const std::function<void(const BatchPosting&)>& take) {
    struct Source {
        const char* cause;
        const char* references;  ///< which of the cause belong to batch ?2
        const char* text;
        const char* day;
    };
    constexpr const char* answers =
        "SELECT row FROM payout_answer WHERE row <= (SELECT last_answer FROM payout_batch WHERE"
        " number = ?2) AND row > ifnull((SELECT last_answer FROM payout_batch WHERE"
        " number = ?2 - 1), 0)";
    constexpr const char* answered =
        "(SELECT batch_id FROM payout_batch b JOIN payout_answer a ON a.batch = b.number"
        " WHERE a.row = p.reference)";
    constexpr const char* answer_day =
        "(SELECT CAST(julianday(substr(made_at, 1, 10)) - 2440587.5 AS INTEGER)"
        " FROM payout_answer WHERE row = p.reference)";
    constexpr const char* runs = "SELECT run FROM payout_run WHERE batch = ?2";
    constexpr const char* run_text =
        "(SELECT plan || ' ' || period FROM run WHERE number = p.reference)";
    constexpr const char* run_day = "(SELECT last_day FROM run WHERE number = p.reference)";
    constexpr const char* batch_id = "(SELECT batch_id FROM payout_batch WHERE number = ?2)";
    const Source sources[] = {
        {"opening",
         "SELECT import FROM opening_balance WHERE ?2 = (SELECT min(number) FROM payout_batch)",
         "'import ' || p.reference",
         "(SELECT min(first_day) - 1 FROM run WHERE state = 'final')"},
        {"run", runs, run_text, run_day},
        {"clawback", runs, run_text, run_day},
        {"adjustment", runs, run_text, run_day},
        {"paid", answers, answered, answer_day},
        {"failed", answers, answered, answer_day},
        {"release", "SELECT ?2", batch_id, "NULL"},
        {"hold", "SELECT ?2", batch_id, "NULL"},
        {"payout", "SELECT ?2", batch_id, "NULL"},
    };
    for (const Source& source : sources) {
        Query query = database.query(fmt::format(
            "SELECT p.reference, {}, {}, p.account, m.member_id, p.amount FROM posting p"
            " LEFT JOIN member m ON m.number = p.member WHERE p.cause = ?1 AND p.reference IN ({})"
            " ORDER BY p.reference, m.member_id, p.account",
            source.text, source.day, source.references));
        query.bind(1, std::string_view(source.cause)).bind(2, batch);
        while (query.step()) {
            BatchPosting posting{source.cause, query.integer(0), std::string(query.text(1)), {},
                                 std::string(query.text(3)), {}, query.integer(5)};
            if (!query.is_null(2)) posting.day = static_cast<Day>(query.integer(2));
            if (!query.is_null(4)) posting.member_id = query.text(4);
            take(posting);
        }
    }
}

std::vector<std::string> posting_differences(Database& database) {
    std::vector<std::string> differences;
    std::map<std::pair<std::string, std::int64_t>, Int128> by_cause;
    std::unordered_map<std::int64_t, Int128> by_member;  // posted less balance
    Query postings = database.query(
        "SELECT cause, reference, amount, member, account IN ('member', 'held') FROM posting");
    auto cause = by_cause.end();  // mostly that of the posting before
    while (postings.step()) {
        if (cause == by_cause.end() || cause->first.second != postings.integer(1) ||
            cause->first.first != postings.text(0))
            cause = by_cause.try_emplace({std::string(postings.text(0)), postings.integer(1)}).first;
        cause->second += postings.integer(2);
        if (postings.integer(4) != 0) by_member[postings.integer(3)] += postings.integer(2);
    }
    for (const auto& [name, sum] : by_cause)
        if (sum != 0)
            differences.push_back(
                fmt::format("the postings of {} {} sum to {} minor units, not to 0", name.first,
                            name.second, sum));
    Query balances = database.query("SELECT member, amount FROM owed");
    while (balances.step()) by_member[balances.integer(0)] -= balances.integer(1);
    std::vector<std::string> of_members;
    for (const auto& [member, difference] : by_member) {
        if (difference == 0) continue;
        Query balance = database.query(
            "SELECT ifnull((SELECT member_id FROM member WHERE number = ?1), 'member ' || ?1),"
            " ifnull((SELECT amount FROM balance WHERE member = ?1), 0)");
        balance.bind(1, member).step();
        of_members.push_back(fmt::format(
            "{} has a balance of {} minor units, but postings of {}", balance.text(0),
            balance.integer(1), difference + balance.integer(1)));
    }
    std::ranges::sort(of_members);
    differences.insert(differences.end(), of_members.begin(), of_members.end());
    return differences;
}

}  // namespace downline
