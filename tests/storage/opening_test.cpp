// Opening rows: a company that comes from another system goes on where that one stopped.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "engine/errors.hpp"
#include "storage/balances.hpp"
#include "storage/carry.hpp"
#include "storage/earnings.hpp"
#include "storage/payouts.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/storage/books_hold.hpp"
#include "tests/storage/facts.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

constexpr const char* plan_text = R"(
[plan]
name      = "goes-on"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[measures]
career = { sum = "pv", periods = "lifetime" }
recent = { sum = "pv", periods = 3 }
best   = { max = "pv", periods = "lifetime" }
loyal  = { count = "periods", periods = 12, where = { pv = 50 } }

[[bonus]]
code   = "override"
kind   = "unilevel"
levels = ["10%"]

[[bonus]]
code   = "team"
kind   = "binary"
volume = "pv"
rate   = "10%"
)";

std::string plan_named(const char* name) {
    std::string text = plan_text;
    return text.replace(text.find("goes-on"), 7, name);
}

/// ann ← bob (her left leg) and cat (her right one), and orders before January 2026.
struct Company {
    Company() {
        import_good(database, ImportKind::members,
                    "member_id,sponsor_id,joined_on,kind,placement_id,leg\n"
                    "ann,,2025-01-01,affiliate,,\nbob,ann,2025-01-01,affiliate,ann,L\n"
                    "cat,ann,2025-01-01,affiliate,ann,R\neve,bob,2025-01-01,customer,,\n");
        import_good(database, ImportKind::orders,
                    "order_id,line,member_id,ordered_on,amount\n"
                    "old,1,bob,2025-12-10,100.00\nold,2,bob,2025-12-10,50.00\n"
                    "jan,1,bob,2026-01-10,80.00\nfeb,1,bob,2026-02-10,40.00\n");
    }
    std::string opening(const std::string& rows) {
        return import_text(database, ImportKind::opening,
                           "member_id,item,amount,bonus,measure,order_id,line,level\n" + rows);
    }
    void returns(const std::string& rows) {
        import_good(database, ImportKind::returns,
                    "return_id,order_id,line,returned_on,amount\n" + rows);
    }
    RunSummary draft(const char* month, const std::string& plan = plan_text) {
        return make_draft(database, plan_from(plan), period(month), "ann", "2026-06-01T10:00:00Z",
                          1);
    }
    void close_draft(const char* month, const char* plan = "goes-on") {
        (void)close_period(database, plan, month, {}, "bob", "2026-06-01T11:00:00Z");
    }
    void close(const char* month, const std::string& plan = plan_text) {
        draft(month, plan);
        close_draft(month, plan_from(plan).name.c_str());
    }
    Earnings earnings(const char* month, const char* member_id, const char* plan = "goes-on") {
        return earnings_of(database, find_run(database, plan, month), member_id, true);
    }
    std::string measure(const char* month, const char* member_id, std::string_view name) {
        for (const auto& [known, value] : earnings(month, member_id).measures)
            if (known == name) return value;
        return "none";
    }
    /// "override old 2 -1.00 level 1 leveraged by R1; …", reversals only.
    std::string reversals(const char* month, const char* member_id, const char* plan = "goes-on") {
        std::string text;
        for (const EarningLine& line : earnings(month, member_id, plan).lines)
            if (line.return_id)
                text += fmt::format("{}{} {} {} {} level {} {} by {}{}", text.empty() ? "" : "; ",
                                    line.bonus, *line.order_id, *line.line,
                                    format_decimal(line.amount_minor, 2), line.level, line.stream,
                                    *line.return_id,
                                    line.reverses_run ? " of a run" : "");
        return text;
    }
    std::string balance(const char* member_id) {
        return balance_of(database, member_id);
    }
    void check_books() { check_books_of(database); }
    std::string refusal(const std::function<void()>& work) {
        try {
            work();
        } catch (const Refusal& error) {
            return error.what();
        }
        return "";
    }
    Database database = Database::in_memory();
};

TEST_CASE("opening balances, negative ones too, are where balances begin") {
    Company company;
    CHECK(company.opening("ann,balance,12.50,,,,,\nbob,balance,-20.00,,,,,\n") ==
          "2 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.balance("ann") == "12.50");
    company.close("2026-01");
    // bob bought for 80.00: 10 % of it is ann's, and the legs have nothing to match.
    CHECK(company.balance("ann") == "20.50");
    CHECK(company.balance("bob") == "-20.00");
    const BalanceHistory history = balance_history(company.database, "ann");
    REQUIRE(history.steps.size() == 2);
    CHECK(history.steps[0].cause == "opening");
    CHECK(history.steps[0].reference == "import 3");
    PayoutRequest request;
    request.batch_id = "B1";
    request.made_by = "tess";
    request.made_at = "2026-02-03T08:00:00Z";
    request.made_on = day("2026-02-03");
    (void)create_payout(company.database, request);
    CHECK(company.balance("ann") == "0.00");
    CHECK(company.balance("bob") == "-20.00");
    company.check_books();
}

TEST_CASE("an opening file again is unchanged, and --replace corrects it") {
    Company company;
    const std::string rows = "ann,balance,12.50,,,,,\nann,left,10.00,,,,,\nann,left,4.00,team,,,,\n"
                             "bob,measure,300.00,,career,,,\nann,line,10.00,override,,old,,1\n";
    CHECK(company.opening(rows) == "5 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.opening(rows) == "0 new, 0 changed, 5 unchanged, 0 rejected");
    CHECK(company.opening("ann,line,9.00,override,,old,1,1\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "opening:2:10: error conflict: the line of \"ann\" is known with other content: amount is "
          "\"10.00\", here \"9.00\"; --replace lets the new content count");
    ImportOptions options = options_for(ImportKind::opening,
                                        "member_id,item,amount\nann,balance,-1.00\n");
    options.replace = true;
    CHECK(said(import_files(company.database, options)) ==
          "0 new, 1 changed, 0 unchanged, 0 rejected");
    CHECK(company.balance("ann") == "-1.00");
    options.dry_run = true;
    options.texts = {"member_id,item,amount\nann,balance,7.00\n"};
    CHECK_FALSE(import_files(company.database, options).applied);
    CHECK(company.balance("ann") == "-1.00");
    options.expect_total = "7.00";
    CHECK_THROWS_WITH_AS((void)import_files(company.database, options),
                         "--expect-total adds up one unit; the amounts of an opening file are money, "
                         "points and counts; --expect-rows finds a file that was cut off",
                         UsageError);
    company.close("2026-01");
    company.check_books();
}

TEST_CASE("opening rows come before the first close and the first payout, and can be withdrawn until then") {
    Company company;
    REQUIRE(company.opening("ann,balance,12.50,,,,,\n").starts_with("1 new"));
    undo_import(company.database, 3, "tess", "2026-01-05T10:00:00Z");
    CHECK(company.balance("ann") == "0.00");
    const std::string rows = "ann,balance,12.50,,,,,\n";
    REQUIRE(company.opening(rows).starts_with("1 new"));
    company.draft("2026-01");
    REQUIRE(company.opening("bob,balance,1.00,,,,,\n").starts_with("1 new"));
    // The first run answers for what was taken over: a draft made before is stale.
    CHECK(company.refusal([&] { company.close_draft("2026-01"); })
              .find("is stale: since it was made came import") != std::string::npos);
    company.close("2026-01");
    CHECK(company.opening(rows) == "0 new, 0 changed, 1 unchanged, 0 rejected");
    CHECK(company.opening("cat,balance,1.00,,,,,\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "opening:2:5: error closed_period: opening rows are taken before the first close only: plan "
          "goes-on has closed 2026-01, and 2026-02 takes what comes now; use adjustments");
    CHECK(company.refusal([&] {
        undo_import(company.database, 4, "tess", "2026-02-05T10:00:00Z");
    }) == "import 4 cannot be withdrawn: plan goes-on has closed 2026-01 with it; correct it by "
          "returns or new rows in an open period");
    for (const char* sql :
         {"INSERT INTO opening(import, member, item, amount) VALUES (1, 1, 'balance', 5)",
          "DELETE FROM opening", "UPDATE opening SET amount = 5",
          "INSERT INTO replaced VALUES ('opening', 2, 1, 1)"})
        CHECK_THROWS(company.database.execute(sql));
    company.check_books();
}

TEST_CASE("a payout before the first close fixes what was taken over") {
    Company company;
    REQUIRE(company.opening("ann,balance,12.50,,,,,\n").starts_with("1 new"));
    PayoutRequest request;
    request.batch_id = "B1";
    request.made_by = "tess";
    request.made_at = "2026-01-03T08:00:00Z";
    request.made_on = day("2026-01-03");
    (void)create_payout(company.database, request);
    CHECK(company.balance("ann") == "0.00");
    CHECK(company.opening("cat,balance,1.00,,,,,\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "opening:2:5: error closed_period: opening rows are taken before the first payout only: "
          "batch \"B1\" was made; use adjustments");
    CHECK(company.refusal([&] {
        undo_import(company.database, 3, "tess", "2026-02-05T10:00:00Z");
    }) == "import 3 cannot be withdrawn: payout batch B1 has counted its balances; correct them by "
          "adjustments");
    company.check_books();
}

TEST_CASE("members and orders of opening rows cannot be withdrawn before these") {
    Company company;
    import_good(company.database, ImportKind::members,
                "member_id,sponsor_id,joined_on\ndan,ann,2025-02-01\n");
    REQUIRE(company.opening("dan,balance,1.00,,,,,\nann,line,1.00,override,,old,,1\n")
                .starts_with("2 new"));
    for (const int import : {2, 3})
        CHECK(company.refusal([&] {
            undo_import(company.database, import, "tess", "2026-01-05T10:00:00Z");
        }) == fmt::format("import {} cannot be withdrawn: import 4 has opening rows of members or "
                          "orders of it; withdraw that one first",
                          import));
}

TEST_CASE("nobody has earned on an order before joining") {
    Company company;
    import_good(company.database, ImportKind::members,
                "member_id,sponsor_id,joined_on\ndan,ann,2025-12-11\n");
    CHECK(company.opening("dan,line,5.00,over,,old,1,\n") ==
          "0 new, 0 changed, 0 unchanged, 1 rejected\n"
          "opening:2:21: error order_before_joining: order_id \"old\" is of 2025-12-10, but \"dan\" "
          "joined on 2025-12-11 and cannot have earned on it; correct one of the two");
}

TEST_CASE("legs begin with what the old system left in them") {
    Company company;
    // 100 and 30 points for the first binary, 5.5 more named: 130 against 50, 50 matched.
    REQUIRE(company.opening("ann,left,44.50,,,,,\nann,left,5.50,team,,,,\nann,right,50.00,,,,,\n")
                .starts_with("3 new"));
    CHECK(company.draft("2026-01").notes.empty());
    company.close("2026-01");
    CHECK(company.earnings("2026-01", "ann").total_minor == 8'00 + 5'00);
    const auto legs =
        carry_after(company.database, find_run(company.database, "goes-on", "2026-01").number, "team");
    REQUIRE(legs.size() == 1);
    CHECK(legs[0].left_centipoints == 80'00);
    CHECK(legs[0].right_centipoints == 0);
    company.close("2026-02");
    company.check_books();
}

TEST_CASE("measures over periods begin with what the old system found") {
    Company company;
    REQUIRE(company
                .opening("bob,measure,300.00,,career,,,\nbob,measure,60.00,,recent,,,\n"
                         "bob,measure,99.00,,best,,,\nbob,measure,5,,loyal,,,\n")
                .starts_with("4 new"));
    company.close("2026-01");
    CHECK(company.measure("2026-01", "bob", "career") == "380.00");  // 300 and 80
    CHECK(company.measure("2026-01", "bob", "recent") == "140.00");  // 60 in December, and 80
    CHECK(company.measure("2026-01", "bob", "best") == "99.00");
    CHECK(company.measure("2026-01", "bob", "loyal") == "6");
    CHECK(company.measure("2026-01", "cat", "career") == "0.00");
    company.close("2026-02");
    CHECK(company.measure("2026-02", "bob", "career") == "420.00");
    CHECK(company.measure("2026-02", "bob", "recent") == "180.00");
    company.close("2026-03");  // December is out
    CHECK(company.measure("2026-03", "bob", "recent") == "120.00");
    CHECK(company.measure("2026-03", "bob", "career") == "420.00");
    CHECK(company.measure("2026-03", "bob", "loyal") == "6");
    company.check_books();
}

TEST_CASE("a lifetime that a later text of the plan asks for begins with the old system's too") {
    Company company;
    const std::string line = "career = { sum = \"pv\", periods = \"lifetime\" }\n";
    std::string before = plan_text;
    before.erase(before.find(line), line.size());
    REQUIRE(company.opening("bob,measure,300.00,,career,,,\n").starts_with("1 new"));
    const RunSummary summary = company.draft("2026-01", before);
    REQUIRE(summary.notes.size() == 1);
    CHECK(summary.notes[0] ==
          "1 opening row is left out: it is of measure \"career\", and plan goes-on has no measure "
          "over several periods of that name");
    company.close("2026-01", before);
    company.close("2026-02");
    CHECK(company.measure("2026-02", "bob", "career") == "420.00");  // 300, 80 and 40
    company.check_books();
}

TEST_CASE("a measure finer than what it counts is refused when it is asked for") {
    Company company;
    REQUIRE(company.opening("bob,measure,5.50,,loyal,,,\n").starts_with("1 new"));
    CHECK(company.refusal([&] { company.draft("2026-01"); }) ==
          "what the old system left of \"bob\" cannot be taken over: 5.50 of measure loyal, which "
          "counts whole numbers; import the amount anew with --replace");
}

TEST_CASE("what was left of a member who joins after the first period is refused") {
    Company company;
    import_good(company.database, ImportKind::members,
                "member_id,sponsor_id,joined_on\ndan,ann,2026-02-01\n");
    REQUIRE(company.opening("dan,left,5.00,,,,,\n").starts_with("1 new"));
    CHECK(company.refusal([&] { company.draft("2026-01"); }) ==
          "what the old system left of \"dan\" cannot be taken over: the member joins only after the "
          "first period that is run; correct joined_on, or withdraw the import");
}

TEST_CASE("legs that the plan has no use for are named") {
    Company company;
    REQUIRE(company.opening("ann,left,5.00,other,,,,\nbob,left,5.00,other,,,,\nann,right,1.00,,,,,\n")
                .starts_with("3 new"));
    CHECK(company.draft("2026-01").notes ==
          std::vector<std::string>{"2 opening rows are left out: they are of legs under \"other\", "
                                   "and plan goes-on has no binary bonus of that name"});
    std::string without = plan_text;
    without.erase(without.find("[[bonus]]\ncode   = \"team\""));
    CHECK(company.draft("2026-01", without).notes.back() ==
          "2 opening rows are left out: they are of legs under \"other\", and plan goes-on has no "
          "binary bonus of that name");
    CHECK(company.draft("2026-01", without).notes.front() ==
          "1 opening row is left out: it is of legs, and plan goes-on has no binary bonus");
}

TEST_CASE("a return of an order that the old system paid takes back the line that it left") {
    Company company;
    REQUIRE(company.opening("ann,line,10.00,override,,old,1,1\nbob,line,3.33,retail,,old,1,\n"
                            "ann,line,5.00,override,,old,2,1\nann,balance,15.00,,,,,\n")
                .starts_with("4 new"));
    company.returns("R1,old,1,2026-01-20,50.00\n");
    company.close("2026-01");
    // Half of the first line came back: half of 10.00, and of 3.33, rounded half up.
    CHECK(company.reversals("2026-01", "ann") == "override old 1 -5.00 level 1 leveraged by R1");
    CHECK(company.reversals("2026-01", "bob") == "retail old 1 -1.67 level 0 active by R1");
    CHECK(company.balance("ann") == "18.00");  // 15.00 opening, 8.00 earned in January, 5.00 back
    CHECK(company.balance("bob") == "-1.67");
    company.returns("R2,old,1,2026-02-03,20.00\nR3,old,1,2026-02-04,30.00\n"
                    "R4,old,2,2026-02-05,50.00\n");
    company.close("2026-02");
    // 70 of 100: 7.00 and 2.33 in all; then all of it. 3.33 x 70 % = 2.331.
    CHECK(company.reversals("2026-02", "ann") ==
          "override old 1 -2.00 level 1 leveraged by R2; override old 1 -3.00 level 1 leveraged by "
          "R3; override old 2 -5.00 level 1 leveraged by R4");
    CHECK(company.reversals("2026-02", "bob") ==
          "retail old 1 -0.66 level 0 active by R2; retail old 1 -1.00 level 0 active by R3");
    CHECK(company.balance("bob") == "-3.33");
    company.close("2026-03");
    CHECK(company.reversals("2026-03", "ann") == "");
    company.check_books();
}

TEST_CASE("what came back in the old system's time is in its lines already") {
    Company company;
    company.returns("R1,old,1,2025-12-20,60.00\n");
    // 40.00 of the order are left, and 4.00 stand on it.
    REQUIRE(company.opening("ann,line,4.00,override,,old,1,1\n").starts_with("1 new"));
    company.close("2026-01");
    CHECK(company.reversals("2026-01", "ann") == "");
    company.returns("R2,old,1,2026-02-03,10.00\n");
    company.close("2026-02");
    CHECK(company.reversals("2026-02", "ann") == "override old 1 -1.00 level 1 leveraged by R2");
    company.check_books();
}

TEST_CASE("an opening line is rounded as the plan's first run was, whatever its text says later") {
    Company company;
    REQUIRE(company.opening("ann,line,0.05,override,,old,1,1\n").starts_with("1 new"));
    company.returns("R1,old,1,2026-01-20,50.00\n");
    company.close("2026-01");
    CHECK(company.reversals("2026-01", "ann") == "override old 1 -0.03 level 1 leveraged by R1");
    std::string down = plan_text;
    down.insert(down.find("effective"), "rounding = \"down\"\n");
    company.returns("R2,old,1,2026-02-03,1.00\n");  // 51 % of 0.05 is 0.03 again, and not 0.02
    company.close("2026-02", down);
    CHECK(company.reversals("2026-02", "ann") == "");
    company.returns("R3,old,1,2026-03-03,49.00\n");
    company.close("2026-03", down);
    CHECK(company.reversals("2026-03", "ann") == "override old 1 -0.02 level 1 leveraged by R3");
    company.check_books();
}

TEST_CASE("of two plans the one that closes first with a return takes the opening line back") {
    Company company;
    REQUIRE(company.opening("ann,line,10.00,override,,old,1,1\n").starts_with("1 new"));
    company.returns("R1,old,1,2026-01-20,50.00\n");
    company.draft("2026-01", plan_named("other"));
    company.close("2026-01");
    CHECK(company.refusal([&] { company.close_draft("2026-01", "other"); }) ==
          "the draft of 2026-01 is stale: plan goes-on has closed 2026-01 with corrections that it "
          "counts too; run it again");
    company.close("2026-01", plan_named("other"));
    CHECK(company.reversals("2026-01", "ann") == "override old 1 -5.00 level 1 leveraged by R1");
    CHECK(company.reversals("2026-01", "ann", "other") == "");
    company.returns("R2,old,1,2026-02-20,50.00\n");
    company.close("2026-02", plan_named("other"));
    company.close("2026-02");
    CHECK(company.reversals("2026-02", "ann") == "override old 1 -5.00 level 1 leveraged by R2");
    CHECK(company.reversals("2026-02", "ann", "other") == "");
    company.check_books();
}

TEST_CASE("an opening line on an order that a run pays is the run's to take back") {
    Company company;
    REQUIRE(company.opening("ann,line,9.00,override,,jan,1,1\n").starts_with("1 new"));
    company.close("2026-01");
    company.returns("R1,jan,1,2026-02-20,80.00\n");
    company.close("2026-02");
    CHECK(company.reversals("2026-02", "ann") ==
          "override jan 1 -8.00 level 1 leveraged-residual by R1 of a run");
    company.check_books();
}

TEST_CASE("whoever changes an opening row of a closed company is found") {
    Company company;
    REQUIRE(company.opening("ann,balance,12.50,,,,,\n").starts_with("1 new"));
    company.close("2026-01");
    company.database.execute("DROP TRIGGER opening_update");
    company.database.execute("UPDATE opening SET amount = 999900");
    std::string found;
    CHECK_FALSE(verify(company.database, {}, 1, [&](const Check& check) {
        if (!check.holds) found += check.name + ": " + check.finding;
    }));
    CHECK(found == "run 1 (goes-on 2026-01): the facts that it saw have changed: their digest is "
                   "another");
}

}  // namespace
}  // namespace downline
