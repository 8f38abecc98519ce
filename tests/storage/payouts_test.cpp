// Batches, holds, negative balances, the bank's answers.
#include <doctest/doctest.h>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/balances.hpp"
#include "tests/storage/books.hpp"

using namespace downline;

namespace {

/// Ann, bob, cat and dan in a row.
struct Company : Books {
    Company() {
        std::string sponsor;
        for (const char* id : {"ann", "bob", "cat", "dan"}) {
            affiliate(id, sponsor);
            sponsor = id;
        }
    }
    std::string balances() {
        std::string text;
        for (const Balance& balance : open_balances(database))
            text += fmt::format("{}{} {}", text.empty() ? "" : "; ", balance.member_id,
                                format_decimal(balance.amount_minor, 2));
        return text;
    }
    void check_books() { CHECK(posting_differences(database) == std::vector<std::string>{}); }
};

}  // namespace

TEST_CASE("a batch pays what reaches the minimum and carries the rest") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", 4999}, {"cat", -700}});
    company.pay("P1", 5000);
    CHECK(company.items("P1") ==
          "ann 50.00 created; bob 49.99 carried (below the minimum of 50.00); "
          "cat -7.00 carried (negative: recovered from what is earned later)");
    CHECK(company.balances() == "bob 49.99; cat -7.00");
    company.check_books();
}

TEST_CASE("what was carried is paid, and what was owed recovered, from later earnings") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", 4999}, {"cat", -700}});
    company.pay("P1", 5000);
    company.closed("small", "2026-02", {{"bob", 1}, {"cat", 1000}});
    company.pay("P2", 100);
    // bob: 49.99 + 0.01; cat: 10.00 - 7.00
    CHECK(company.items("P2") == "bob 50.00 created; cat 3.00 created");
    CHECK(company.balances().empty());
    company.check_books();
}

TEST_CASE("a run that is closed after one with a higher number is not lost") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    company.database.execute("INSERT INTO run SELECT 9, 'other', period, first_day, last_day,"
                             " 'final', last_import, NULL, currency, '', '', '', '', NULL, '',"
                             " 'ann', '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 300, 'run', NULL,"
                             " NULL FROM run");
    company.database.execute("INSERT INTO statement SELECT 9, member, 1, 0, 0, 300, 1, x'', NULL"
                             " FROM statement");
    company.pay("P1");
    company.database.execute("INSERT INTO run SELECT 5, 'third', period, first_day, last_day,"
                             " 'final', last_import, NULL, currency, '', '', '', '', NULL, '',"
                             " 'ann', '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 20, 'run', NULL,"
                             " NULL FROM run"
                             " WHERE number = 9");
    company.database.execute("INSERT INTO statement SELECT 5, member, 1, 0, 0, 20, 1, x'', NULL"
                             " FROM statement WHERE run = 9");
    CHECK(company.items("P1") == "ann 53.00 created");  // 50.00 + 3.00
    CHECK(company.balances() == "ann 0.20");
    company.check_books();
}

TEST_CASE("suspended members and those of the holds file are held with the reason, then paid") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", 2000}, {"cat", 300}, {"dan", 40}});
    company.change("bob", "status", "2026-01-15", 1);
    company.change("cat", "status", "2026-02-04", 1);  // after the day of the batch
    company.pay("P1", 100, "member_id,reason\nann,no tax form\n");
    CHECK(company.items("P1") == "ann 50.00 held (no tax form); bob 20.00 held (suspended); "
                                 "cat 3.00 created; dan 0.40 carried (below the minimum of 1.00)");
    CHECK(company.balances() == "ann 50.00; bob 20.00; dan 0.40");
    company.check_books();
    CHECK(balance_history(company.database, "ann").held_reason == "no tax form");
    company.change("bob", "status", "2026-02-10", 0);
    company.pay("P2", 0, "", "2026-03-03");
    CHECK(company.items("P2") == "ann 50.00 created; bob 20.00 created; dan 0.40 created");
    company.check_books();
}

TEST_CASE("terminated members are paid what they earned") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    company.change("ann", "status", "2026-01-15", 2);
    company.pay("P1");
    CHECK(company.items("P1") == "ann 50.00 created");
}

TEST_CASE("the same batch id again makes nothing") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    CHECK(company.pay("P1", 100).is_new);
    company.closed("small", "2026-02", {{"bob", 700}});
    CHECK_FALSE(company.pay("P1", 100).is_new);
    CHECK(list_payouts(company.database).size() == 1);
    CHECK(company.items("P1") == "ann 50.00 created");
    const auto again = [&](std::int64_t minimum, const std::string& holds) {
        return message_of<Refusal>([&] { return company.pay("P1", minimum, holds); });
    };
    CHECK(again(200, "") ==
          "batch P1 was made with a minimum of 1.00, not 2.00; give another --batch");
    CHECK(again(100, "member_id,reason\nann,why\n") ==
          "batch P1 was made with no holds file; give another --batch");
    company.pay("P2", 100, "member_id,reason\nann,why\n");
    CHECK(message_of<Refusal>([&] {
              return company.pay("P2", 100, "member_id,reason\nbob,why\n");
          }) == "batch P2 was made with a holds file of other content; give another --batch");
}

TEST_CASE("a batch of nothing is refused, and says what there was") {
    Company company;
    CHECK(message_of<Refusal>([&] { return company.pay("P1"); }) ==
          "there is nothing to pay: 0 held, 0 carried; no batch was made");
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", -1}});
    CHECK(message_of<Refusal>([&] {
              return company.pay("P1", 0, "member_id,reason\nann,why\n");
          }) == "there is nothing to pay: 1 held, 1 carried; no batch was made");
    CHECK(list_payouts(company.database).empty());
}

TEST_CASE("a bad batch id and an unknown one are refused") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    CHECK(message_of<UsageError>([&] { return company.pay("a b"); }) ==
          "\"a b\" is no id for a batch: 1 to 20 letters of A-Z a-z 0-9 - .");
    CHECK(message_of<Refusal>([&] { return find_payout(company.database, "P7"); }) ==
          "there is no batch \"P7\"; downline payout list names them all");
    company.pay("P0002");
    company.closed("small", "2026-02", {{"ann", 1}});
    CHECK(message_of<Refusal>([&] {
              return create_payout(company.database, {{}, {}, {}, "tess", "", 0});
          }) == "there is a batch P0002 already; name this one with --batch");
}

TEST_CASE("everything that is wrong with a holds file is said at once") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    CHECK(message_of<Refusal>([&] {
              return company.pay("P1", 0, "reason,member_id\nx,ann\nx,eve\n,bob\ny,ann\n");
          }) == "holds.csv cannot be used, nothing was done (3 things are wrong):\n"
                "holds.csv:3:1: error unknown_member: there is no member \"eve\"\n"
                "holds.csv:4:1: error no_reason: \"bob\" is held without a reason; say why\n"
                "holds.csv:5:1: error same_member: \"ann\" comes twice");
    CHECK(message_of<Refusal>([&] { return company.pay("P1", 0, "member_id,reasn\na,b,c\n"); }) ==
          "holds.csv cannot be used, nothing was done (3 things are wrong):\n"
          "holds.csv:1:1: error missing_column: there is no column reason\n"
          "holds.csv:1:1: error unknown_column: unknown column \"reasn\"; did you mean "
          "\"reason\"?\n"
          "holds.csv:2:1: error row_width: the row has 3 fields, the header 2");
    CHECK(message_of<Refusal>([&] {
              return company.pay("P1", 0, "member_id,reason,reason\n\"a\"b,c,d\ne,\x01,g\n");
          }) == "holds.csv cannot be used, nothing was done (4 things are wrong):\n"
                "holds.csv:1:1: error same_column: column \"reason\" comes twice\n"
                "holds.csv:1:1: error same_column: column \"reason\" comes twice\n"
                "holds.csv:2:1: error bad_quotes: a quotation mark is not where CSV has one\n"
                "holds.csv:3:3: error bad_text: \"reason\" is not UTF-8 text without control "
                "characters");
    CHECK(message_of<Refusal>([&] { return read_holds("", "holds.csv"); }) ==
          "holds.csv cannot be used, nothing was done (1 thing is wrong):\n"
          "holds.csv:1:1: error no_header: the file is empty; it needs a header");
}

TEST_CASE("a failed payment returns to the balance, also when it had been told as paid") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", 300}});
    company.pay("P1");
    CHECK(company.mark("P1", false, "ann,account closed\n").new_minor == 5000);
    CHECK(company.balances() == "ann 50.00");
    CHECK(company.mark("P1", true, "bob,\n").new_count == 1);
    CHECK(company.mark("P1", true, "bob,\n").unchanged_count == 1);
    CHECK(company.items("P1") == "ann 50.00 failed (account closed); bob 3.00 paid");
    company.check_books();
    company.pay("P2");
    CHECK(company.items("P2") == "ann 50.00 created");
    CHECK(company.mark("P1", false, "bob,sent back\n").new_minor == 300);
    CHECK(company.balances() == "bob 3.00");
    company.check_books();
    company.pay("P3");
    CHECK(company.items("P3") == "bob 3.00 created");
    company.check_books();
    const BalanceHistory history = balance_history(company.database, "bob");
    std::string steps;
    for (const BalanceStep& step : history.steps)
        steps += fmt::format("{} {} {} {}; ", step.cause, step.reference, step.amount_minor,
                             step.balance_minor);
    CHECK(steps == "run small 2026-01 300 300; payout P1 -300 0; failed P1 300 300; "
                   "payout P3 -300 0; ");
}

TEST_CASE("answers that fit no payment are refused as a whole") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", 300}, {"cat", 10}});
    company.pay("P1", 20);
    company.mark("P1", false, "ann,\n");
    CHECK(message_of<Refusal>([&] {
              return company.mark("P1", true, "ann,\nbob,\nbob,\ncat,\neve,\n");
          }) == "answers.csv cannot be used, nothing was done (4 things are wrong):\n"
                "answers.csv:2:1: error failed_before: the payment to \"ann\" failed and is in the "
                "balance again; it is paid with a later batch\n"
                "answers.csv:4:1: error same_member: \"bob\" comes twice\n"
                "answers.csv:5:1: error no_payment: batch P1 has no payment to \"cat\"\n"
                "answers.csv:6:1: error no_payment: batch P1 has no payment to \"eve\"");
    CHECK(company.items("P1") == "ann 50.00 failed; bob 3.00 created; "
                                 "cat 0.10 carried (below the minimum of 0.20)");
}

TEST_CASE("the database itself keeps payouts as they are") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    company.pay("P1");
    const auto refused = [&](const char* sql) {
        return message_of<StorageError>([&] {
            company.database.execute(sql);
            return 0;
        });
    };
    CHECK(refused("UPDATE payout_item SET amount = 1").find(
              "payouts are kept: nothing of them can be changed") != std::string::npos);
    CHECK(refused("DELETE FROM payout_batch").find(
              "payouts are kept: nothing of them can be deleted") != std::string::npos);
    record_export(company.database, find_payout(company.database, "P1"),
                  {"csv", "2026-02-03", "", 1, 5000, {}, {}, "tess", ""});
    CHECK(refused("INSERT INTO payout_item VALUES (1, 2, 100, 'pay', NULL)")
              .find("this batch was exported: it gets no more items") != std::string::npos);
}

TEST_CASE("where two persons are asked for, another one exports") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    const PayoutBatch batch = company.pay("P1").batch;
    company.database.set_setting("approval", "two-person");
    const auto exported_by = [&](const char* by) {
        return message_of<Refusal>([&] {
            record_export(company.database, batch,
                          {"csv", "2026-02-03", "", 1, 5000, {}, {}, by, ""});
            return 0;
        });
    };
    CHECK(exported_by("tess") ==
          "\"tess\" made this batch; another person has to export it (--by)");
    CHECK(exported_by("olga").empty());
    CHECK(find_payout(company.database, "P1").exports.size() == 1);
}

TEST_CASE("a bank's list is matched payment by payment") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}, {"bob", 300}, {"cat", 10}, {"dan", 20}});
    const PayoutBatch batch = company.pay("P1").batch;
    company.mark("P1", false, "dan,\n");
    const auto reconciled = [&](const std::string& rows) {
        const Reconciliation found = reconcile_payout(
            company.database, batch, "amount,member_id,date\n" + rows, "bank.csv");
        std::string text = std::to_string(found.matched_count);
        for (const ReconcileRow& row : found.rows)
            text += fmt::format("; {} {} {} {}", row.member_id, row.finding,
                                row.batch_minor.value_or(-1), row.file_minor.value_or(-1));
        return text;
    };
    CHECK(reconciled("50.00,ann,x\n3.00,bob,x\n0.10,cat,x\n") == "3");
    CHECK(reconciled("50.00,ann,x\n50.00,ann,x\n3.01,bob,x\n0.20,dan,x\n") ==
          "1; ann extra -1 5000; bob different 300 301; cat missing 10 -1; dan extra -1 20");
    CHECK(message_of<Refusal>([&] { return reconciled("5,ann,\n1.234,bob,\n"); }) ==
          "bank.csv cannot be used, nothing was done (1 thing is wrong):\n"
          "bank.csv:3:1: error bad_amount: \"1.234\" is no amount; write 12.50");
    // Two rows for one payment of 50.00: the one that is equal is it, in whatever order.
    CHECK(reconciled("50.01,ann,x\n50.00,ann,x\n3.00,bob,x\n0.10,cat,x\n") ==
          "3; ann extra -1 5001");
}

TEST_CASE("a posting without its other half is found") {
    Company company;
    company.closed("small", "2026-01", {{"ann", 5000}});
    company.pay("P1");
    company.database.execute("DROP TRIGGER payout_item_update");
    company.database.execute("UPDATE payout_item SET amount = 4999");
    CHECK(posting_differences(company.database) ==
          std::vector<std::string>{"ann has a balance of 0 minor units, but postings of 1"});
    company.database.execute("INSERT INTO run SELECT 2, 'other', period, first_day, last_day,"
                             " 'final', last_import, NULL, currency, '', '', '', '', NULL, '',"
                             " 'ann', '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 300, 'run', NULL,"
                             " NULL FROM run");
    CHECK(posting_differences(company.database).front() ==
          "the postings of run 2 sum to -300 minor units, not to 0");
}
