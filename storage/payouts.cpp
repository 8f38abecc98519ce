// Making a batch: balances in, one item per balance out, and the books must add up before it stays.
#include "storage/payouts.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/balances.hpp"
#include "storage/digest.hpp"
#include "storage/messages.hpp"
#include "storage/named_rows.hpp"

namespace downline {
namespace {

using ReasonByMember = std::unordered_map<std::int64_t, std::string>;

[[noreturn]] void refuse(const std::string& text) { throw Refusal(Refusal::Kind::state, text); }

void check_batch_id(const std::string& batch_id) {
    constexpr std::size_t bytes_max = 20;  // what fits into the references of payment files
    const bool is_plain = std::all_of(batch_id.begin(), batch_id.end(), [](char letter) {
        return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= 'a' && letter <= 'z') || letter == '-' || letter == '.';
    });
    if (batch_id.empty() || batch_id.size() > bytes_max || !is_plain)
        throw UsageError(fmt::format("{} is no id for a batch: 1 to {} letters of A-Z a-z 0-9 - .",
                                     shown_value(batch_id), bytes_max));
}

/// The batch that is there already: the command must ask for what it is.
void check_same(const PayoutBatch& batch, const PayoutRequest& request, int places) {
    if (request.minimum_minor && *request.minimum_minor != batch.minimum_minor)
        refuse(fmt::format("batch {} was made with a minimum of {}, not {}; give another --batch",
                           batch.batch_id, format_decimal(batch.minimum_minor, places),
                           format_decimal(*request.minimum_minor, places)));
    if (request.holds && request.holds->digest != batch.holds_digest)
        refuse(fmt::format("batch {} was made with {}; give another --batch", batch.batch_id,
                           batch.holds_digest ? "a holds file of other content"
                                              : "no holds file"));
}

/// Who is suspended on a day. Among versions of one day the latest import counts.
void add_suspended(Database& database, Day on, ReasonByMember& reasons) {
    Query query = database.query(R"sql(
        WITH candidate(member) AS (
            SELECT number FROM member WHERE status = 1
            UNION SELECT member FROM member_change WHERE item = 'status' AND value = 1),
        version AS (
            SELECT number AS member, ifnull(status_on, -(1 << 40)) AS day, import, 0 AS row,
                   status AS value
            FROM member WHERE number IN candidate
            UNION ALL
            SELECT member, holds_from, import, row, value FROM member_change
            WHERE item = 'status' AND member IN candidate)
        SELECT member FROM (
            SELECT member, value, row_number() OVER (
                PARTITION BY member ORDER BY day DESC, import DESC, row DESC) AS place
            FROM version WHERE day <= ?1)
        WHERE place = 1 AND value = 1)sql");
    query.bind(1, std::int64_t{on});
    while (query.step()) reasons.emplace(query.integer(0), "suspended");
}

/// Whose pay is held and why; the holds file's reason before "suspended".
ReasonByMember hold_reasons(Database& database, const PayoutRequest& request) {
    ReasonByMember reasons;
    if (request.holds) {
        FileProblems problems(request.holds->file);
        Query member = database.query("SELECT number FROM member WHERE member_id = ?1");
        for (const Holds::Row& row : request.holds->rows) {
            member.reset();
            if (!member.bind(1, row.member_id).step())
                problems.add(row.line, "unknown_member",
                             fmt::format("there is no member {}", shown_value(row.member_id)));
            else if (row.reason.empty())
                problems.add(row.line, "no_reason",
                             fmt::format("{} is held without a reason; say why",
                                         shown_value(row.member_id)));
            else if (!reasons.emplace(member.integer(0), row.reason).second)
                problems.add(row.line, "same_member",
                             fmt::format("{} comes twice", shown_value(row.member_id)));
        }
        problems.refuse_if_any();
    }
    add_suspended(database, request.made_on, reasons);
    return reasons;
}

struct Item {
    std::int64_t member{}, amount_minor{};
    const char* fate;
    std::string reason;
};

std::vector<Item> items_of(const std::vector<Balance>& balances, const ReasonByMember& reasons,
                           std::int64_t minimum_minor, int places) {
    std::vector<Item> items;
    const std::string below = "below the minimum of " + format_decimal(minimum_minor, places);
    for (const Balance& balance : balances) {
        const auto held = reasons.find(balance.member);
        Item& item = items.emplace_back(Item{balance.member, balance.amount_minor, "pay", {}});
        if (balance.amount_minor < 0) {
            item.fate = "carried";
            item.reason = "negative: recovered from what is earned later";
        } else if (held != reasons.end()) {
            item.fate = "held";
            item.reason = held->second;
        } else if (balance.amount_minor < minimum_minor) {
            item.fate = "carried";
            item.reason = below;
        }
    }
    return items;
}

void check_pays(const std::vector<Item>& items) {
    const auto count_of = [&items](std::string_view fate) {
        return std::count_if(items.begin(), items.end(),
                             [fate](const Item& item) { return item.fate == fate; });
    };
    if (count_of("pay") > 0) return;
    refuse(fmt::format("there is nothing to pay: {} held, {} carried; no batch was made",
                       count_of("held"), count_of("carried")));
}

/// What the books say a new batch must hold: the sums of the runs it is the first to see, what the
/// batch before left, and what failed since. Sums of other tables than those items come from.
std::int64_t expected_minor(Database& database, std::int64_t number) {
    Query query = database.query(R"sql(
        SELECT (SELECT ifnull(sum(paid), 0) FROM run WHERE state = 'final'
                AND number NOT IN (SELECT run FROM payout_run WHERE batch < ?1))
             + (SELECT ifnull(sum(amount), 0) FROM opening_balance WHERE ?1 = 1)
             + (SELECT ifnull(sum(amount), 0) FROM payout_item WHERE batch = ?1 - 1
                AND fate <> 'pay')
             + (SELECT ifnull(sum(i.amount), 0) FROM payout_answer a
                JOIN payout_item i USING (batch, member)
                WHERE a.state = 'failed' AND a.row > ifnull(
                    (SELECT last_answer FROM payout_batch WHERE number = ?1 - 1), 0)))sql");
    query.bind(1, number).step();
    return query.integer(0);
}

void insert_batch(Database& database, std::int64_t number, const std::string& batch_id,
                  const PayoutRequest& request) {
    Query query = database.query(
        "INSERT INTO payout_batch SELECT ?1, ?2, ?3, ?4, ifnull(max(row), 0), ?5, ?6"
        " FROM payout_answer");
    query.bind(1, number).bind(2, batch_id).bind(3, request.minimum_minor.value_or(0));
    if (request.holds) query.bind(4, request.holds->digest);
    else query.bind_null(4);
    query.bind(5, request.made_by).bind(6, request.made_at).run();
    database
        .query("INSERT INTO payout_run SELECT number, ?1 FROM run WHERE state = 'final'"
               " AND number NOT IN (SELECT run FROM payout_run)")
        .bind(1, number)
        .run();
}

void insert_items(Database& database, std::int64_t number, std::vector<Item> items) {
    std::sort(items.begin(), items.end(),
              [](const Item& a, const Item& b) { return a.member < b.member; });
    Query query = database.query("INSERT INTO payout_item VALUES (?1, ?2, ?3, ?4, ?5)");
    for (const Item& item : items) {
        query.bind(1, number).bind(2, item.member).bind(3, item.amount_minor);
        query.bind(4, std::string_view(item.fate));
        if (item.reason.empty()) query.bind_null(5);
        else query.bind(5, item.reason);
        query.run();
    }
}

}  // namespace

Holds read_holds(std::string_view text, const std::string& file) {
    const NamedRows table = read_named_rows(text, file, {"member_id", "reason"}, {});
    Holds holds{file, sha256_hex(text), {}};
    for (const NamedRows::Row& row : table.rows)
        holds.rows.push_back({row.line, std::string(table.cell(row, "member_id")),
                              std::string(table.cell(row, "reason"))});
    return holds;
}

MadePayout create_payout(Database& database, const PayoutRequest& request) {
    Transaction transaction(database);
    const int places = currency_places(database.currency().value_or("USD")).value_or(2);
    const std::int64_t number =
        database.integer("SELECT ifnull(max(number), 0) + 1 FROM payout_batch").value_or(1);
    const std::string batch_id = request.batch_id.value_or(fmt::format("P{:04}", number));
    check_batch_id(batch_id);
    Query known = database.query("SELECT 1 FROM payout_batch WHERE batch_id = ?1");
    if (known.bind(1, batch_id).step()) {
        if (!request.batch_id)
            refuse(
                fmt::format("there is a batch {} already; name this one with --batch", batch_id));
        PayoutBatch batch = find_payout(database, batch_id);
        check_same(batch, request, places);
        return {std::move(batch), false};
    }
    std::vector<Item> items =
        items_of(open_balances(database), hold_reasons(database, request),
                 request.minimum_minor.value_or(0), places);
    check_pays(items);
    std::int64_t total_minor = 0;
    for (const Item& item : items) total_minor = add_checked(total_minor, item.amount_minor);
    ensure(total_minor == expected_minor(database, number),
           "the items of a payout are the sums of its runs and of what was left before");
    insert_batch(database, number, batch_id, request);
    insert_items(database, number, std::move(items));
    PayoutBatch batch = find_payout(database, batch_id);
    transaction.commit();
    return {std::move(batch), true};
}

}  // namespace downline
