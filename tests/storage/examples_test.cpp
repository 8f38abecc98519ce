// A plan's worked examples: real import, run and close, then compared.
#include <doctest/doctest.h>

#include "engine/errors.hpp"
#include "storage/runs.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

constexpr const char* example_head = R"(
[[example]]
name = "cat's two orders"
period = "2026-01"
members = """
member_id,sponsor_id,kind,joined_on
boss,,affiliate,2025-01-01
rep,boss,affiliate,2025-01-02
cat,rep,customer,2025-01-03
"""
)";
constexpr const char* two_orders = R"(
orders = """
order_id,member_id,ordered_on,amount
1,cat,2026-01-05,100.00
2,cat,2026-01-06,200.00
3,boss,2026-01-07,100.00
"""
)";

/// What fails, one line each.
std::string failures(const std::string& example) {
    std::string text;
    for (const ExampleFailure& failure : check_examples(plan_from(small_plan + example)))
        text += failure.text + "\n";
    return text;
}
std::string stated(const std::string& expected) {
    return failures(std::string{example_head} + two_orders + expected);
}

TEST_CASE("moves and adjustments of an example may be of its periods before") {
    // rep moves away from boss on the 10th of January; by its end boss has nobody below.
    CHECK(failures(R"(
[[example]]
name = "a move in the month before"
period = "2026-02"
members = """
member_id,sponsor_id,kind,joined_on
boss,,affiliate,2025-01-01
top,,affiliate,2025-01-01
rep,boss,affiliate,2025-01-02
"""
moves = """
member_id,tree,new_parent_id,effective_on,reason
rep,sponsor,top,2026-01-10,asked for
"""
adjustments = """
adjustment_id,member_id,period,amount,reason
a1,boss,2026-01,7.00,a promise
"""
earnings = """
member_id,bonus,amount
boss,override,0.00
"""
[[example.before]]
period = "2026-01"
orders = """
order_id,member_id,ordered_on,amount
1,rep,2026-01-05,100.00
2,boss,2026-01-05,100.00
"""
earnings = """
member_id,bonus,amount
boss,override,0.00
boss,adjustment,7.00
"""
)") == "");
}

TEST_CASE("the products of an example are there in its periods before, which may change them") {
    const std::string royalty = R"(
[[bonus]]
code = "work"
kind = "royalty"
rate = "10%"
)";
    const std::string example = R"(
[[example]]
name = "a work sold in two months"
period = "2026-02"
members = """
member_id,sponsor_id,joined_on
ann,,2019-01-01
bob,,2019-01-01
"""
products = """
sku,creator_id,volume
song,ann,50
"""
orders = """
order_id,member_id,ordered_on,amount,sku
2,bob,2026-02-01,100.00,song
"""
earnings = """
member_id,bonus,amount
ann,work,6.00
"""
ranks = """
member_id,rank
ann,none
"""
lines = """
order_id,member_id,bonus,level,paid_level,amount
2,ann,work,,,6.00
"""
[[example.before]]
period = "2026-01"
products = """
sku,creator_id,volume,valid_from
song,ann,60,2026-02-01
"""
orders = """
order_id,member_id,ordered_on,amount,sku
1,bob,2026-01-01,100.00,song
"""
earnings = """
member_id,bonus,amount
ann,work,5.00
"""
)";
    // Without [active]: everybody is. 10 % of 50 points, then of 60.
    std::string plan = small_plan;
    plan.erase(plan.find("[active]"), plan.find("[[rank]]") - plan.find("[active]"));
    std::string texts;
    for (const ExampleFailure& failure : check_examples(plan_from(plan + royalty + example)))
        texts += failure.text + "\n";
    CHECK(texts == "");
}

TEST_CASE("an example that states what the plan pays passes") {
    // rep: 10 % of 100.00, 5 % of 200.00; boss: 5 % of 300.00.
    CHECK(stated(R"(
earnings = """
member_id,bonus,amount
rep,first,10.00
rep,again,10.00
boss,override,15.00
"""
ranks = """
member_id,rank
boss,silver
rep,silver
"""
lines = """
order_id,member_id,bonus,level,paid_level,amount
2,boss,override,1,1,10.00
2,rep,again,0,0,10.00
"""
measures = """
member_id,measure,value
boss,gv,400
rep,pv,300.00
"""
)")
              .empty());
}

TEST_CASE("what differs is said with both numbers") {
    CHECK(stated(R"(
earnings = """
member_id,bonus,amount
rep,first,12.00
"""
)") == "rep from again: expected 0.00, computed 10.00\n"
       "rep from first: expected 12.00, computed 10.00\n");
    CHECK(stated(R"(
ranks = """
member_id,rank
boss,
"""
)") == "the rank of boss: expected none, computed silver\n");
    CHECK(stated(R"(
measures = """
member_id,measure,value
rep,pv,299.99
"""
)") == "pv of rep: expected 299.99, computed 300.00\n");
}

TEST_CASE("of an order and bonus that are named, exactly the named lines must be there") {
    CHECK(stated(R"(
lines = """
order_id,member_id,bonus,level,paid_level,amount
2,boss,override,2,1,10.00
"""
)") == "the line of order 2 to boss from override, level 2, paid level 1, 10.00 is expected and "
       "was "
       "not computed\n"
       "the line of order 2 to boss from override, level 1, paid level 1, 10.00 was computed and "
       "is "
       "not expected\n");
}

TEST_CASE("a pair of zero may be named, also for who earns nothing") {
    CHECK(stated(R"(
earnings = """
member_id,bonus,amount
boss,first,0.00
boss,override,15.00
cat,first,0
"""
)")
              .empty());
}

TEST_CASE("periods before are run and closed in order, those between without orders") {
    const std::string march = std::string{R"(
[[example]]
name = "a reorder"
period = "2026-03"
members = """
member_id,sponsor_id,kind,joined_on
rep,,affiliate,2025-01-02
cat,rep,customer,2025-01-03
"""
orders = """
order_id,member_id,ordered_on,amount
2,cat,2026-03-05,100.00
"""
earnings = """
member_id,bonus,amount
rep,again,5.00
"""
[[example.before]]
period = "2026-01"
orders = """
order_id,member_id,ordered_on,amount
1,cat,2026-01-05,100.00
"""
earnings = """
member_id,bonus,amount
rep,first,)"};
    CHECK(failures(march + "10.00\n\"\"\"\n").empty());
    CHECK(failures(march + "11.00\n\"\"\"\n") ==
          "in 2026-01, rep from first: expected 11.00, computed 10.00\n");
}

TEST_CASE("moves of an example hold from their day on") {
    // Without boss above rep only rep is paid.
    CHECK(stated(R"(
moves = """
member_id,tree,new_parent_id,effective_on,reason
rep,sponsor,,2026-01-31,a line of its own
"""
earnings = """
member_id,bonus,amount
rep,first,10.00
rep,again,10.00
boss,override,0.00
"""
)") == "");
}

TEST_CASE("an example that cannot be computed says why") {
    CHECK(stated("earnings = \"\"\"\nmember_id,bonus,amount\nrep,bonus,1\n\"\"\"\n") ==
          "it names the bonus \"bonus\", which the plan does not have\n");
    CHECK(stated("earnings = \"\"\"\nmember_id,bonus,amount\nrep,first,1.001\n\"\"\"\n") ==
          "\"1.001\" is no amount of USD\n");
    CHECK(stated("earnings = \"\"\"\nmember_id,bonus,amount\nrap,first,1\n\"\"\"\n") ==
          "there is no member \"rap\"; did you mean rep, cat\n");
    CHECK(stated("earnings = \"\"\"\nmember_id,amount\nrep,1\n\"\"\"\n") ==
          "row 1: the column bonus is missing\n");
    CHECK(stated("earnings = \"\"\"\nmember_id,bonus,amount\nrep,first\n\"\"\"\n") ==
          "row 2: 2 columns, the header has 3\n");
    CHECK(stated("earnings = \"\"\"\nmember_id,bonus,amount\nrep,\"first,1\n\"\"\"\n") ==
          "row 2: the quotation marks do not match\n");
    CHECK(stated("ranks = \"\"\"\nmember_id,rang\nrep,gold\n\"\"\"\n") ==
          "row 1: unknown column \"rang\"; did you mean \"rank\"?\n");
    CHECK(stated("ranks = \"\"\"\nmember_id,rank\nrep,gold\n\"\"\"\n") ==
          "it names the rank \"gold\", which the plan does not have\n");
    CHECK(stated("measures = \"\"\"\nmember_id,measure,value\nrep,tv,1\n\"\"\"\n") ==
          "it names the measure \"tv\", which rep does not have\n");
    CHECK(stated("measures = \"\"\"\nmember_id,measure,value\nrep,pv,much\n\"\"\"\n") ==
          "\"much\" is no number\n");
}

TEST_CASE("an example whose files are rejected says which row") {
    const std::string text = failures(std::string{example_head} + R"(
orders = """
order_id,member_id,ordered_on,amount
1,dog,2026-01-05,100.00
"""
earnings = """
member_id,bonus,amount
rep,first,10.00
"""
)");
    CAPTURE(text);
    CHECK(text.starts_with("its orders are rejected: "));
    CHECK(text.find("dog") != std::string::npos);
}

TEST_CASE("a plan may not run while one of its examples fails") {
    Facts facts;
    facts.affiliate("rep");
    const std::string text = std::string{small_plan} + example_head + two_orders + R"(
earnings = """
member_id,bonus,amount
boss,override,14.00
"""
)";
    const Plan plan = plan_from(text);
    try {
        (void)make_draft(facts.database, plan, period("2026-01"), "ann", "", 1);
        FAIL("it ran");
    } catch (const Refusal& refusal) {
        CHECK(refusal.kind == Refusal::Kind::input);
        CHECK(refusal.what() ==
              "plan small may not run: 1 of its worked examples fails\nline " +
                  std::to_string(plan.examples[0].line) +
                  ": \"cat's two orders\": boss from override: expected 14.00, computed 15.00");
    }
}

}  // namespace
}  // namespace downline
