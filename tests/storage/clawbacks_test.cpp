// Returns of orders of closed periods: what they take back, from whom, and in which run it stands.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/balances.hpp"
#include "storage/earnings.hpp"
#include "storage/runs.hpp"
#include "tests/storage/books_hold.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

constexpr const char* plan_text = R"(
[plan]
name      = "claw"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[[bonus]]
code = "retail"
kind = "personal"
rate = "10%"

[[bonus]]
code   = "override"
kind   = "unilevel"
levels = ["5%", "3%"]

[[bonus]]
code   = "match"
kind   = "match"
of     = ["override"]
levels = ["50%"]
)";

/// ann ← bob ← cat ← eve (a customer), and what is done month after month.
struct Company : Facts {
    Company() {
        affiliate("ann");
        affiliate("bob", "ann");
        affiliate("cat", "bob");
        customer("eve", "cat");
    }
    void draft(const char* month, const std::string& text = plan_text) {
        (void)make_draft(database, plan_from(text), period(month), "ann", "2026-06-01T10:00:00Z", 1);
    }
    void close(const char* month, const std::string& text = plan_text) {
        draft(month, text);
        (void)close_period(database, "claw", month, {}, "bob", "2026-06-01T11:00:00Z");
    }
    /// "retail 1 -10.00 by R1 of 1; …"
    std::string lines(const char* month, const char* member_id) {
        const RunRecord run = find_run(database, "claw", month);
        std::string text;
        for (const EarningLine& line : earnings_of(database, run, member_id, true).lines)
            text += fmt::format("{}{}{} {}{}", text.empty() ? "" : "; ", line.bonus,
                                line.order_id ? " " + *line.order_id : "",
                                format_decimal(line.amount_minor, 2),
                                line.return_id ? fmt::format(" by {} of {}", *line.return_id,
                                                             *line.reverses_run)
                                               : "");
        return text;
    }
    std::string balance(const char* member_id) {
        return balance_of(database, member_id);
    }
    void check_books() { check_books_of(database); }
};

TEST_CASE("an order that is returned after its period was closed is taken back, matches too") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.order({"2", "eve", "2026-01-06", 100'00});
    company.close("2026-01");
    // cat 10 % of 200.00; bob 5 % of it; ann 3 % of it and half of bob's 10.00.
    CHECK(company.lines("2026-01", "ann") == "override 1 3.00; override 2 3.00; match 5.00");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 100'00);
    company.close("2026-02");
    CHECK(company.lines("2026-02", "cat") == "retail 1 -10.00 by R1 of 1");
    CHECK(company.lines("2026-02", "bob") == "override 1 -5.00 by R1 of 1");
    CHECK(company.lines("2026-02", "ann") ==
          "override 1 -3.00 by R1 of 1; match -2.50 by R1 of 1");
    CHECK(company.balance("ann") == "5.50");
    company.check_books();
}

TEST_CASE("a clawback is not reversed again: not by a second run, nor in the period after") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.close("2026-01");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 100'00);
    company.draft("2026-02");
    company.close("2026-02");
    company.close("2026-03");
    CHECK(company.lines("2026-02", "cat") == "retail 1 -10.00 by R1 of 1");
    CHECK(company.lines("2026-03", "cat").empty());
    CHECK(company.balance("cat") == "0.00");
    CHECK(company.database.integer("SELECT count(*) FROM balance") == 0);
}

TEST_CASE("partial returns over several periods take back together what a whole one does") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 99'99});
    company.close("2026-01");
    // cat 10.00, bob 5.00, ann 3.00 and 2.50.
    CHECK(company.balance("ann") == "5.50");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 33'33);
    company.returned("R2", "1", "2026-02-04", 11'11);
    company.close("2026-02");
    // R1: a third of 10.00; both: 44.44 of 99.99 is 4.44.
    CHECK(company.lines("2026-02", "cat") == "retail 1 -3.33 by R1 of 1; retail 1 -1.11 by R2 of 1");
    company.new_import("returns");
    company.returned("R3", "1", "2026-04-01", 55'55);
    company.close("2026-03");
    company.close("2026-04");
    CHECK(company.lines("2026-03", "cat").empty());
    CHECK(company.lines("2026-04", "cat") == "retail 1 -5.56 by R3 of 1");
    CHECK(company.database.integer("SELECT count(*) FROM balance") == 0);
    company.check_books();
}

TEST_CASE("a return of its own period reduces the order; a later one takes the part of the rest") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.returned("R1", "1", "2026-01-20", 60'00);
    company.close("2026-01");
    CHECK(company.lines("2026-01", "cat") == "retail 1 4.00");
    company.new_import("returns");
    company.returned("R2", "1", "2026-02-20", 10'00);
    company.close("2026-02");
    CHECK(company.lines("2026-02", "cat") == "retail 1 -1.00 by R2 of 1");
}

TEST_CASE("the lines as they were paid are taken back, whatever sponsor, kind or plan came since") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.close("2026-01");
    company.new_import("members");
    company.change("eve", "kind", "2026-02-01", 0);
    company.change("bob", "status", "2026-02-01", 2);
    const std::string other = std::string(plan_text).replace(
        std::string(plan_text).find("[[bonus]]"), std::string::npos,
        "[[bonus]]\ncode = \"new\"\nkind = \"personal\"\nrate = \"50%\"\n");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 100'00);
    company.close("2026-02", other);
    CHECK(company.lines("2026-02", "cat") == "retail 1 -10.00 by R1 of 1");
    CHECK(company.lines("2026-02", "bob") == "override 1 -5.00 by R1 of 1");
    CHECK(company.database.integer("SELECT count(*) FROM balance") == 0);
    company.check_books();
}

TEST_CASE("a return of an order of before the first period takes nothing back") {
    Company company;
    company.order({"0", "eve", "2025-12-05", 100'00});
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.close("2026-01");
    company.new_import("returns");
    company.returned("R0", "0", "2026-02-03", 100'00);
    company.close("2026-02");
    CHECK(company.lines("2026-02", "cat").empty());
}

TEST_CASE("a draft with a return is stale once another one comes in") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.close("2026-01");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 50'00);
    company.draft("2026-02");
    company.new_import("returns");
    company.returned("R2", "1", "2026-02-04", 50'00);
    CHECK_THROWS_WITH(close_period(company.database, "claw", "2026-02", {}, "bob", ""),
                      doctest::Contains("is stale: since it was made came import 3"));
}

TEST_CASE("corrections of a final run cannot be changed, those of a replaced draft are gone") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.close("2026-01");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 100'00);
    company.draft("2026-02");
    company.close("2026-02");
    CHECK(company.database.integer("SELECT count(DISTINCT run) FROM correction") == 1);
    CHECK_THROWS(company.database.execute("UPDATE correction SET amount = 0"));
    CHECK_THROWS(company.database.execute("DELETE FROM correction"));
}

TEST_CASE("reversals are in totals, streams, customers and the books under causes of their own") {
    Company company;
    company.order({"1", "eve", "2026-01-05", 100'00});
    company.close("2026-01");
    company.new_import("returns");
    company.returned("R1", "1", "2026-02-03", 40'00);
    company.new_import("orders");
    company.order({"2", "eve", "2026-02-05", 100'00});
    company.close("2026-02");
    const RunSummary summary =
        run_summary(company.database, find_run(company.database, "claw", "2026-02").number);
    // Paid on order 2: 10.00, 5.00, 3.00 and 2.50; taken back of order 1: 40 % of the same.
    CHECK(summary.record.paid_minor == 20'50 - 8'20);
    REQUIRE(summary.corrections.size() == 3);
    CHECK(summary.corrections[2].bonus == "retail");
    CHECK(summary.corrections[2].is_reversal);
    CHECK(summary.corrections[2].amount_minor == -4'00);
    // Order 1 was eve's first: what is reversed keeps its stream.
    CHECK(summary.streams == std::vector<std::pair<std::string, std::int64_t>>{
                                 {"active", -4'00},
                                 {"residual", 10'00},
                                 {"leveraged", -1'00 - 2'00 - 1'20 + 2'50},
                                 {"leveraged-residual", 8'00}});
    CHECK(customers_of(company.database, "cat").rows[0].paid_minor == 16'00);
    const BalanceHistory history = balance_history(company.database, "cat");
    REQUIRE(history.steps.size() == 3);
    CHECK(history.steps[1].cause == "run");
    CHECK(history.steps[1].amount_minor == 10'00);
    CHECK(history.steps[2].cause == "clawback");
    CHECK(history.steps[2].reference == "claw 2026-02");
    CHECK(history.steps[2].amount_minor == -4'00);
    company.check_books();
}

}  // namespace
}  // namespace downline
