// Adjustments, and facts that come after their period was closed, through files as they come in.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/errors.hpp"
#include "storage/balances.hpp"
#include "storage/earnings.hpp"
#include "storage/import.hpp"
#include "storage/runs.hpp"
#include "tests/storage/books_hold.hpp"
#include "tests/storage/facts.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

constexpr const char* plan_text = R"(
[plan]
name      = "late"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[[bonus]]
code   = "first"
kind   = "personal"
orders = { sequence = "first" }
rate   = "10%"

[[bonus]]
code   = "again"
kind   = "personal"
orders = { sequence = "reorder" }
rate   = "1%"
)";

struct Company {
    Company() {
        CHECK(take(ImportKind::members,
                   "member_id,sponsor_id,joined_on,kind\nann,,2025-01-01,affiliate\n"
                   "eve,ann,2025-01-01,customer\ngus,ann,2025-01-01,customer\n") == "");
    }
    /// The errors; "" where all rows went in.
    std::string take(ImportKind kind, const std::string& text, bool late = false) {
        ImportOptions options;
        options.kind = kind;
        options.texts = {text};
        options.made_by = "ann";
        options.made_at = "2026-06-01T10:00:00Z";
        options.late = late;
        std::string errors;
        for (const RowError& error : import_files(database, options).errors)
            errors += fmt::format("{} {}: {}\n", error.line, error.code, error.text);
        return errors;
    }
    std::string orders(const std::string& rows, bool late = false) {
        return take(ImportKind::orders, "order_id,member_id,ordered_on,amount\n" + rows, late);
    }
    std::string returns(const std::string& rows, bool late = false) {
        return take(ImportKind::returns, "return_id,order_id,returned_on,amount\n" + rows, late);
    }
    std::string adjustments(const std::string& rows, bool late = false) {
        return take(ImportKind::adjustments,
                    "adjustment_id,member_id,period,amount,reason,bonus\n" + rows, late);
    }
    void close(const char* month) {
        (void)make_draft(database, plan_from(plan_text), period(month), "ann", "", 1);
        (void)close_period(database, "late", month, {}, "bob", "");
    }
    std::string ann(const char* month) {
        const RunRecord run = find_run(database, "late", month);
        std::string text;
        for (const EarningLine& line : earnings_of(database, run, "ann", true).lines)
            text += fmt::format("{}{}{} {}{}{}", text.empty() ? "" : "; ", line.bonus,
                                line.order_id ? " " + *line.order_id : "",
                                format_decimal(line.amount_minor, 2),
                                line.return_id ? " by " + *line.return_id : "",
                                line.reason ? " for " + *line.reason : "");
        return text;
    }
    void check_books() { check_books_of(database); }
    Database database = Database::in_memory();
};

constexpr const char* remedy = "; add --late and it takes this too";
constexpr const char* closed = "plan late has closed 2026-01, and 2026-02 takes what comes now";

TEST_CASE("an adjustment of a week is one of the plan's weeks, wherever they start") {
    Database database = Database::in_memory();
    const std::string weekly = "[plan]\nname = \"weekly\"\ncurrency = \"USD\"\nperiod = \"week\"\n"
                               "week_starts = \"saturday\"\neffective = 2026-01-01\n";
    const auto adjust = [&](const std::string& rows) {
        return import_text(database, ImportKind::adjustments,
                           "adjustment_id,member_id,period,amount,reason\n" + rows);
    };
    const auto paid = [&](const char* week) {
        const Plan plan = plan_from(weekly);
        (void)make_draft(database, plan, *parse_period(week, plan.week_starts), "ann", "", 1);
        const RunSummary final_run = close_period(database, "weekly", week, {}, "bob", "");
        return final_run.record.paid_minor;
    };
    // W10 is from Saturday, 28 February, to Friday, 6 March; Bob joins on the Sunday after, Cat on the
    // Thursday after: no week of that name holds her, wherever weeks start.
    CHECK(import_text(database, ImportKind::members,
                      "member_id,sponsor_id,joined_on\nann,,2025-01-01\nbob,ann,2026-03-08\n"
                      "cat,ann,2026-03-12\n") == "3 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(adjust("a,ann,2026-W10,1.00,x\nb,bob,2026-W10,2.00,x\n") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(adjust("c,cat,2026-W10,4.00,x\n").find("period_before_joining") != std::string::npos);
    CHECK(paid("2026-W10") == 100);  // Bob is not there yet
    CHECK(adjust("d,ann,2026-W10,4.00,x\n").find("closed_period") != std::string::npos);
    CHECK(adjust("e,ann,2026-W11,8.00,x\n") == "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(paid("2026-W11") == 1'000);
    CHECK(paid("2026-W12") == 0);
}

TEST_CASE("adjustments are lines of their own in the period that they name") {
    Company company;
    REQUIRE(company.adjustments("J1,ann,2026-01,-2.50,charged back,\n"
                                "J2,ann,2026-02,7.00,missed order,first\n") == "");
    company.close("2026-01");
    CHECK(company.ann("2026-01") == "adjustment -2.50 for charged back");
    company.close("2026-02");
    CHECK(company.ann("2026-02") == "first 7.00 for missed order");
    const BalanceHistory history = balance_history(company.database, "ann");
    REQUIRE(history.steps.size() == 2);
    CHECK(history.steps[0].cause == "adjustment");
    CHECK(history.balance_minor == 4'50);
    company.check_books();
}

TEST_CASE("of two plans with drafts that count an adjustment the second to close is stale") {
    Company company;
    REQUIRE(company.adjustments("J1,ann,2026-01,5.00,forgotten,\n") == "");
    std::string other = plan_text;
    other.replace(other.find("\"late\""), 6, "\"other\"");
    (void)make_draft(company.database, plan_from(other), period("2026-01"), "ann", "", 1);
    company.close("2026-01");
    const auto close = [&] {
        (void)close_period(company.database, "other", "2026-01", {}, "bob", "");
    };
    CHECK_THROWS_WITH_AS(close(),
                         "the draft of 2026-01 is stale: plan late has closed 2026-01 with "
                         "corrections that it counts too; run it again",
                         Refusal);
    (void)make_draft(company.database, plan_from(other), period("2026-01"), "ann", "", 1);
    close();
    CHECK(balance_history(company.database, "ann").balance_minor == 5'00);
    company.check_books();
}

TEST_CASE("an adjustment of a closed period is refused with the one that takes it, unless late") {
    Company company;
    company.close("2026-01");
    CHECK(company.adjustments("J1,ann,2026-01,5.00,forgotten,\n") ==
          fmt::format("2 closed_period: period 2026-01 is closed: {}{}\n", closed, remedy));
    REQUIRE(company.adjustments("J1,ann,2026-01,5.00,forgotten,\n", true) == "");
    company.close("2026-02");
    CHECK(company.ann("2026-02") == "adjustment 5.00 for forgotten");
    company.close("2026-03");
    CHECK(company.ann("2026-03").empty());
    company.check_books();
}

TEST_CASE("what is wrong with an adjustment is said") {
    Company company;
    CHECK(company.adjustments("J1,eve,2026-01,1.00,why,\n") ==
          "2 customer_adjusted: member_id \"eve\" is a customer, and customers earn nothing; name an "
          "affiliate\n");
    CHECK(company.adjustments("J1,ann,2026-13,1.00,why,\n") ==
          "2 bad_period: period \"2026-13\" is none; write 2026-10, 2026-W43, 2026-10-31, 2026-Q4 or "
          "2026\n");
    CHECK(company.adjustments("J1,ann,2024-12,1.00,why,\n") ==
          "2 period_before_joining: period 2024-12 ends before \"ann\" joined; name a later one\n");
    CHECK(company.adjustments("J1,ann,2026-01,1.00,,\n") ==
          "2 missing_value: reason is empty; every adjustment needs one\n");
    REQUIRE(company.adjustments("J1,ann,2026-01,1.00,why,\n") == "");
    CHECK(company.adjustments("J1,ann,2026-01,-1.00,why,\n") ==
          "2 conflict: adjustment_id \"J1\" is known with other content: amount is \"1.00\", here "
          "\"-1.00\"; --replace lets the new content count\n");
}

TEST_CASE("a late order is counted in the open period, after every order of the closed ones") {
    Company company;
    REQUIRE(company.orders("2,eve,2026-01-20,100.00\n") == "");
    company.close("2026-01");
    CHECK(company.ann("2026-01") == "first 2 10.00");
    CHECK(company.orders("1,eve,2026-01-05,200.00\n") ==
          fmt::format("2 closed_period: ordered_on 2026-01-05 lies in a closed period: {}{}\n", closed,
                      remedy));
    // gus has none yet: his late order is his first, before that of February.
    REQUIRE(company.orders("1,eve,2026-01-05,200.00\n3,gus,2026-01-06,100.00\n", true) == "");
    REQUIRE(company.orders("4,gus,2026-02-01,100.00\n") == "");
    company.close("2026-02");
    CHECK(company.ann("2026-02") == "first 3 10.00; again 1 2.00; again 4 1.00");
    company.close("2026-03");
    CHECK(company.ann("2026-03").empty());
    company.check_books();
}

TEST_CASE("a return of a late order is taken off it, or taken back from the run that counted it") {
    Company company;
    company.close("2026-01");
    REQUIRE(company.orders("1,eve,2026-01-05,100.00\n", true) == "");
    REQUIRE(company.returns("R1,1,2026-01-07,50.00\n", true) == "");
    company.close("2026-02");
    CHECK(company.ann("2026-02") == "first 1 5.00");
    REQUIRE(company.returns("R2,1,2026-03-01,25.00\n") == "");
    company.close("2026-03");
    CHECK(company.ann("2026-03") == "first 1 -2.50 by R2");
    company.check_books();
}

TEST_CASE("a late return of a closed order is taken back in the open period") {
    Company company;
    REQUIRE(company.orders("1,eve,2026-01-05,100.00\n") == "");
    company.close("2026-01");
    CHECK(company.returns("R1,1,2026-01-20,100.00\n").starts_with("2 closed_period: "));
    REQUIRE(company.returns("R1,1,2026-01-20,100.00\n", true) == "");
    REQUIRE(company.orders("2,eve,2026-02-05,100.00\n") == "");
    company.close("2026-02");
    // Order 1 is fully returned, so order 2 has become the first.
    CHECK(company.ann("2026-02") == "first 2 10.00; first 1 -10.00 by R1");
    company.check_books();
}

TEST_CASE("when the first order comes back, a late one stands behind those of closed periods") {
    Company company;
    REQUIRE(company.orders("2,eve,2026-01-10,100.00\n3,eve,2026-01-20,100.00\n") == "");
    company.close("2026-01");
    REQUIRE(company.orders("1,eve,2026-01-05,100.00\n", true) == "");
    company.close("2026-02");
    REQUIRE(company.returns("R2,2,2026-03-02,100.00\n") == "");
    REQUIRE(company.orders("4,eve,2026-03-05,100.00\n") == "");
    company.close("2026-03");
    CHECK(company.ann("2026-03") == "again 4 1.00; first 2 -10.00 by R2");
    company.check_books();
}

TEST_CASE("late members and statuses are seen from the open period on") {
    Company company;
    company.close("2026-01");
    const std::string header = "member_id,sponsor_id,joined_on,kind,status,status_on\n";
    CHECK(company.take(ImportKind::members, header + "bob,ann,2026-01-09,affiliate,,\n")
              .starts_with("2 closed_period: "));
    REQUIRE(company.take(ImportKind::members, header + "bob,ann,2026-01-09,affiliate,,\n", true) == "");
    REQUIRE(company.take(ImportKind::members,
                         header + "ann,,2025-01-01,affiliate,terminated,2026-01-15\n", true) == "");
    REQUIRE(company.orders("1,eve,2026-02-05,100.00\n") == "");
    company.close("2026-02");
    CHECK(company.ann("2026-02").empty());
    company.check_books();
}

TEST_CASE("an import with adjustments is withdrawn with the drafts that saw it") {
    Company company;
    REQUIRE(company.adjustments("J1,ann,2026-01,5.00,why,\n") == "");
    (void)make_draft(company.database, plan_from(plan_text), period("2026-01"), "ann", "", 1);
    undo_import(company.database, 2, "ann", "");
    CHECK(company.database.integer("SELECT count(*) FROM adjustment") == 0);
    CHECK(company.database.integer("SELECT count(*) FROM correction") == 0);
    company.close("2026-01");
    CHECK(company.ann("2026-01").empty());
}

}  // namespace
}  // namespace downline
