// The bank's answers: every row is looked at before the first one is booked.
#include <fmt/format.h>

#include <unordered_set>

#include "engine/money.hpp"
#include "storage/digest.hpp"
#include "storage/messages.hpp"
#include "storage/named_rows.hpp"
#include "storage/payouts.hpp"

namespace downline {
namespace {

/// A payment of the batch as it stands before the answers.
struct Payment {
    std::int64_t member{}, amount_minor{};
    std::string state;
    const AnswerFile::Row* row = nullptr;
};

/// The payments that the file names, in its order; problems for the other rows.
std::vector<Payment> named_payments(Database& database, const PayoutBatch& batch,
                                    const AnswerFile& answers, bool is_paid,
                                    FileProblems& problems) {
    std::vector<Payment> payments;
    std::unordered_set<std::int64_t> seen;
    Query query = database.query(
        "SELECT p.member, p.amount, p.state FROM payment p JOIN member m ON m.number = p.member"
        " WHERE m.member_id = ?1 AND p.batch = ?2");
    query.bind(2, batch.number);
    for (const AnswerFile::Row& row : answers.rows) {
        query.reset();
        if (!query.bind(1, row.member_id).step())
            problems.add(row.line, "no_payment",
                         fmt::format("batch {} has no payment to {}", batch.batch_id,
                                     shown_value(row.member_id)));
        else if (!seen.insert(query.integer(0)).second)
            problems.add(row.line, "same_member",
                         fmt::format("{} comes twice", shown_value(row.member_id)));
        else if (is_paid && query.text(2) == "failed")
            problems.add(row.line, "failed_before",
                         fmt::format("the payment to {} failed and is in the balance again; it is "
                                     "paid with a later batch",
                                     shown_value(row.member_id)));
        else
            payments.push_back({query.integer(0), query.integer(1), std::string(query.text(2)),
                                &row});
    }
    return payments;
}

}  // namespace

AnswerFile read_answers(std::string_view text, const std::string& file) {
    const NamedRows table = read_named_rows(text, file, {"member_id"}, {"reason"});
    AnswerFile answers{file, sha256_hex(text), {}};
    for (const NamedRows::Row& row : table.rows)
        answers.rows.push_back({row.line, std::string(table.cell(row, "member_id")),
                                std::string(table.cell(row, "reason"))});
    return answers;
}

MarkedPayout mark_payout(Database& database, const PayoutBatch& batch, const AnswerFile& answers,
                         bool is_paid, const std::string& by, const std::string& at) {
    Transaction transaction(database);
    FileProblems problems(answers.file);
    const std::vector<Payment> payments =
        named_payments(database, batch, answers, is_paid, problems);
    problems.refuse_if_any();
    const std::string state = is_paid ? "paid" : "failed";
    MarkedPayout marked;
    Query insert = database.query(
        "INSERT INTO payout_answer(batch, member, state, was_paid, reason, file_digest, made_by,"
        " made_at) VALUES (?1, ?2, ?3, ?4, nullif(?5, ''), ?6, ?7, ?8)");
    for (const Payment& payment : payments) {
        if (payment.state == state) {
            ++marked.unchanged_count;
            continue;
        }
        insert.bind(1, batch.number).bind(2, payment.member).bind(3, state);
        insert.bind(4, std::int64_t{payment.state == "paid"}).bind(5, payment.row->reason);
        insert.bind(6, answers.digest).bind(7, by).bind(8, at).run();
        ++marked.new_count;
        marked.new_minor = add_checked(marked.new_minor, payment.amount_minor);
    }
    transaction.commit();
    return marked;
}

}  // namespace downline
