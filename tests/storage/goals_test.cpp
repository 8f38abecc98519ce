// Goals: what files of them may say, which of them hold, and how far a month's pay comes.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/errors.hpp"
#include "storage/goals.hpp"
#include "storage/import.hpp"
#include "storage/runs.hpp"
#include "tests/storage/facts.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

constexpr const char* plan_text = R"(
[plan]
name      = "goals"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[[bonus]]
code   = "own"
kind   = "personal"
rate   = "10%"
)";

/// Ann sells to eve and gus. Every order pays her a tenth.
struct Company {
    Company() {
        import_good(database, ImportKind::members,
                    "member_id,sponsor_id,joined_on,kind\nann,,2025-01-01,affiliate\n"
                    "bob,ann,2026-02-02,affiliate\neve,ann,2025-01-01,customer\n"
                    "gus,ann,2025-01-01,customer\n");
    }
    std::string goals(const std::string& rows, bool replaces = false) {
        ImportOptions options =
            options_for(ImportKind::goals, "member_id,monthly_amount,stream,set_on,by\n" + rows);
        options.replace = replaces;
        return said(import_files(database, options));
    }
    void orders(const std::string& rows) {
        import_good(database, ImportKind::orders,
                    "order_id,member_id,ordered_on,amount,contract\n" + rows);
    }
    void run(const char* month, bool closes = true) {
        (void)make_draft(database, plan_from(plan_text), period(month), "ann", "", 1);
        if (closes) (void)close_period(database, "goals", month, {}, "bob", "");
    }
    GoalReport ann(const char* month) { return goals_of(database, "ann", month, {}); }
    Database database = Database::in_memory();
};

/// "all 40.00 of 50.00; residual 10.00; …"
std::string text(const GoalReport& report) {
    std::string text;
    for (const GoalRow& row : report.rows) {
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", row.stream.value_or("all"),
                            format_decimal(row.amount_minor, 2));
        if (row.goal) text += fmt::format(" of {}", format_decimal(row.goal->monthly_minor, 2));
    }
    return text;
}

TEST_CASE("every row of a goals file that cannot be is refused") {
    Company company;
    CHECK(company.goals("zed,10.00,,,\n"
                        "eve,10.00,,,\n"
                        "ann,-1,,,\n"
                        "ann,,,,\n"
                        "ann,10.00,passive,,\n"
                        "ann,10.00,,2026-02-01,2026-01-31\n"
                        "ann,10.00,,yesterday,\n") ==
          "0 new, 0 changed, 0 unchanged, 7 rejected\n"
          "goals:2:1: error unknown_member: member_id \"zed\" is nobody's; import the members "
          "first\n"
          "goals:3:1: error customer_goal: member_id \"eve\" is a customer, and customers earn "
          "nothing; name an affiliate\n"
          "goals:4:5: error negative: monthly_amount \"-1\" is negative; write 0 or more\n"
         
          "goals:5:5: error missing_value: monthly_amount is empty; every row needs one\n"
          "goals:6:11: error bad_stream: stream \"passive\" is unknown; write one of active, "
          "residual, leveraged, leveraged-residual, active-leveraged\n"
          "goals:7:23: error by_before_set_on: by 2026-01-31 is before set_on 2026-02-01; correct "
          "one of them\n"
          "goals:8:12: error bad_date: set_on \"yesterday\" is not a date like 2026-10-31; "
          "--dates says how a file writes them");
}

TEST_CASE("a goal is known by its member, stream and set_on; another set_on is another version") {
    Company company;
    CHECK(company.goals("ann,50.00,,,\nann,20.00,residual,,2026-12-31\n") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.goals("ann,50.00,,,\nann,60.00,,2026-02-01,\n") ==
          "1 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(company.goals("ann,55.00,,,\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "goals:2:1: error conflict: the goal of \"ann\" is known with other content: "
          "monthly_amount is \"50.00\", here \"55.00\"; give the new one a set_on of its own, or "
          "--replace lets it count");
    CHECK(company.goals("ann,55.00,,,\nann,56.00,,,\n", true) ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "goals:3:1: error conflict: the goal of \"ann\" is known with other content: "
          "monthly_amount is \"55.00\", here \"56.00\"; the files have it twice, take one out");
    CHECK(company.goals("ann,55.00,,,\n", true) == "0 new, 1 changed, 0 unchanged, 0 rejected");
    company.run("2026-01");
    company.run("2026-02");
    CHECK(text(company.ann("2026-01")) == "all 0.00 of 55.00; residual 0.00 of 20.00");
    CHECK(text(company.ann("2026-02")) == "all 0.00 of 60.00; residual 0.00 of 20.00");
}

TEST_CASE("goals can come and go after a period was closed, and leave drafts as they are") {
    Company company;
    company.run("2026-01");
    company.run("2026-02", false);
    CHECK(company.goals("ann,50.00,,2026-01-01,\n") == "1 new, 0 changed, 0 unchanged, 0 rejected");
    company.run("2026-02", false);  // a draft that saw the import
    undo_import(company.database, 2, "tess", "");
    CHECK(find_run(company.database, "goals", "2026-02").state == "draft");
    CHECK(text(company.ann("2026-01")) == "all 0.00");
    CHECK(company.goals("ann,0,,2026-03-01,\nann,50.00,,2026-01-01,\n") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(text(company.ann("2026-01")) == "all 0.00 of 50.00");
    company.run("2026-02");
    company.run("2026-03");
    CHECK(text(company.ann("2026-03")) == "all 0.00");  // 0 ends a goal
}

TEST_CASE("the rate compares the averages of as many closed months") {
    Company company;
    company.goals("ann,50.00,,,2026-12-31\nann,1.00,active,,\nann,30.00,residual,,\n");
    // Pays 10.00 active in January; residual 10.00, 12.00, 18.00, and 7.00 in an open May.
    company.orders(
        "O1,eve,2026-01-05,100.00,\nO2,eve,2026-02-05,100.00,\nO3,eve,2026-03-05,120.00,\n"
        "O4,eve,2026-04-05,180.00,\nO5,eve,2026-05-05,70.00,\n");
    company.run("2026-01");
    GoalReport report = company.ann("2026-01");
    CHECK(text(report) == "all 10.00 of 50.00; active 10.00 of 1.00; residual 0.00 of 30.00");
    CHECK(report.trend.half == 0);
    CHECK(report.total().outlook == Outlook::too_few_months);
    for (const char* month : {"2026-02", "2026-03", "2026-04"}) company.run(month);
    company.run("2026-05", false);
    report = company.ann("2026-05");
    CHECK(text(report) == "all 7.00 of 50.00; active 0.00 of 1.00; residual 7.00 of 30.00");
    CHECK_FALSE(report.is_final);
    CHECK(report.recurring_minor == 700);
    CHECK(report.trend.half == 2);  // March and April, January and February; not the open May
    const GoalRow& all = report.total();
    CHECK(all.average_minor(report.trend) == 1500);  // (12 + 18) ÷ 2
    CHECK(all.change_minor(report.trend) == 250);    // (30 − 20) ÷ 2, over two months
    CHECK(all.outlook == Outlook::in_months);
    CHECK(all.months == 14);  // 35.00 ÷ 2.50
    CHECK(all.needed_minor == 438);  // 35.00 over the 8 months to December: 4.375
    CHECK(report.rows[1].outlook == Outlook::not_at_this_rate);  // active: nothing any more
    CHECK(report.rows[2].months == 3);  // 15.00 more, and (15 − 5) ÷ 2 = 5.00 a month
}

TEST_CASE("weeks pay in the month that they end in, which is closed with its last week") {
    Company company;
    // From Monday to Sunday: the weeks that end on 4, 11, 18 and 25 January are January's, the one
    // that ends on 1 February is February's.
    company.orders("O1,eve,2026-01-05,100.00,\nO2,eve,2026-01-30,10.00,\n");
    std::string text{plan_text};
    text.replace(text.find("\"month\""), 7, "\"week\"");
    const auto close = [&](const char* week) {
        (void)make_draft(company.database, plan_from(text), period(week), "ann", "", 1);
        (void)close_period(company.database, "goals", week, {}, "bob", "");
    };
    for (const char* week : {"2026-W02", "2026-W03"}) close(week);
    CHECK(company.ann("2026-01").total().amount_minor == 1000);
    CHECK_FALSE(company.ann("2026-01").trend.closed_through);  // the 25th is to come
    close("2026-W04");
    CHECK(company.ann("2026-01").trend.closed_through == day("2026-01-31"));
    close("2026-W05");
    CHECK(company.ann("2026-02").total().amount_minor == 100);  // of the 30th
    CHECK(company.ann("2026-02").trend.closed_through == day("2026-01-31"));
}

TEST_CASE("months before joining, and of customers, are no months of a goal") {
    Company company;
    company.run("2026-01");
    company.run("2026-02");
    CHECK_THROWS_WITH_AS((void)goals_of(company.database, "bob", "2026-01", {}),
                         "bob joins on 2026-02-02, after 2026-01", Refusal);
    CHECK(goals_of(company.database, "bob", "2026-02", {}).trend.half == 0);
    CHECK_THROWS_WITH_AS((void)goals_of(company.database, "eve", {}, {}),
                         "eve is a customer and earns nothing; its orders count for ann", Refusal);
    CHECK_THROWS_AS((void)goals_of(company.database, "nobody", {}, {}), Refusal);
    CHECK_THROWS_AS((void)goals_of(company.database, "ann", {}, "other"), Refusal);
}

std::string shares(const Retention& retention) {
    std::string text;
    for (const KeptMonth& month : retention.months)
        text += fmt::format("{}{}/{}", text.empty() ? "" : " ", month.ordered, month.of);
    return text;
}

TEST_CASE("who goes on ordering: months that are over, without what came back and own orders") {
    Company company;
    company.orders(
        "O1,eve,2026-01-05,100.00,\nO2,eve,2026-01-25,50.00,\nO3,eve,2026-03-05,10.00,\n"
        "O4,gus,2026-02-05,10.00,\nO5,gus,2026-03-05,10.00,\nO6,ann,2026-01-01,10.00,\n");
    // Eve: January, March. Gus: February, March. March is the last that is over.
    CHECK(shares(retention_of(company.database, day("2026-03-31"))) == "2/2 1/2 1/1");
    const Retention kept = retention_of(company.database, day("2026-02-28"));
    CHECK(shares(kept) == "2/2 0/1");
    CHECK(brought_by(kept, 2000) == std::vector<std::int64_t>{2000, 2000});
    import_good(company.database, ImportKind::returns,
                "return_id,order_id,returned_on,amount\nR1,O4,2026-03-01,10.00\n");
    CHECK(shares(retention_of(company.database, day("2026-03-31"))) == "2/2 0/1 1/1");
}

TEST_CASE("where orders name contracts, contracts are kept and not customers") {
    Company company;
    company.orders(
        "O1,eve,2026-01-05,100.00,A\nO2,eve,2026-02-05,100.00,B\nO3,eve,2026-02-06,10.00,\n"
        "O4,ann,2026-01-05,10.00,A\nO5,ann,2026-02-05,10.00,A\n");
    // Eve's A and B and ann's A; of the two that are a month old, ann's goes on.
    const Retention kept = retention_of(company.database, day("2026-02-28"));
    CHECK(kept.is_of_contracts);
    CHECK(shares(kept) == "3/3 1/2");
    CHECK(brought_by(kept, 2000) == std::vector<std::int64_t>{2000, 3000});
}

}  // namespace
}  // namespace downline
