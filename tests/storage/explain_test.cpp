// Explanations of stored runs: what they say of orders, and that they are held against what is
// stored.
#include "storage/explain.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "tests/storage/books.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

RunSummary draft(Facts& facts, const char* month, const std::string& plan = small_plan) {
    return make_draft(facts.database, plan_from(plan), period(month), "ann", "2026-03-02T10:00:00Z",
                      1);
}

/// top 0 ← bob 0 ← cat 0 ← dan 100 ← eve, a customer.
void line_of_four(Facts& facts) {
    facts.affiliate("top");
    facts.affiliate("bob", "top");
    facts.affiliate("cat", "bob");
    facts.affiliate("dan", "cat");
    facts.customer("eve", "dan");
    facts.order({"own", "dan", "2026-01-04", 10'000});
    facts.order({"1", "eve", "2026-01-05", 2'000});
}

TEST_CASE("an order's slots close, and who is inactive says what it lacks") {
    Facts facts;
    line_of_four(facts);
    const RunSummary summary = draft(facts, "2026-01");
    const ExplainedOrder order = explain_order(facts.database, std::nullopt, "1");
    CHECK(order.run.number == summary.record.number);
    CHECK(order.seller == "dan");
    CHECK(order.sequence == 1);
    // first: 10 % of 20.00 to dan. override: nobody above dan is active: 5 % and 2 % stay.
    CHECK(order.maximum_minor == 200 + 100 + 40);
    CHECK(order.paid_minor == 200);
    REQUIRE(order.bonuses.size() == 3);
    CHECK(order.bonuses[1].steps.empty());
    const std::vector<OrderStep>& steps = order.bonuses[2].steps;
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].member_count == 3);  // cat, bob, top: one reason, one step
    CHECK(steps[0].member_id == "cat");
    CHECK(steps[0].to_member_id == "top");
    CHECK(steps[0].level == 1);
    CHECK(steps[0].reason == "inactive");
    REQUIRE(steps[0].failed.size() == 1);
    CHECK(steps[0].failed[0].measure == "pv");
    CHECK(steps[0].failed[0].value == "0");
    CHECK(steps[0].failed[0].needed == "100");
    CHECK(steps[0].failed[0].short_by == "100");
    CHECK_FALSE(steps[1].member_id.has_value());
    CHECK(steps[1].reason == "no-upline");
    CHECK(steps[1].maximum_minor == 100);
    CHECK(steps[2].maximum_minor == 40);
}

TEST_CASE("what is explained is what is stored, or it is not shown") {
    Facts facts;
    line_of_four(facts);
    const RunSummary summary = draft(facts, "2026-01");
    // Dan's lines under another run's number: the order's own line is gone from what is stored.
    facts.database.execute("UPDATE statement SET packed = NULL WHERE amount > 0");
    CHECK(message_of<BrokenInvariant>([&] {
              return explain_order(facts.database, std::nullopt, "1");
          }) == "the explanation of an order is not what its run stored; `verify` says what differs");
}

TEST_CASE("a draft that does not follow from its facts any more is not explained") {
    Facts facts;
    line_of_four(facts);
    const RunSummary summary = draft(facts, "2026-01");
    facts.database.execute("UPDATE run SET inputs_digest = 'of other facts'");
    CHECK(message_of<Refusal>([&] { return explain_order(facts.database, std::nullopt, "1"); }) ==
          "draft 1 of 2026-01 is stale: what it was computed from has changed; run 2026-01 again");
    facts.database.execute("UPDATE run SET state = 'final'");
    CHECK(message_of<BrokenInvariant>([&] {
              return explain_order(facts.database, std::nullopt, "1");
          }) == "the facts that a final run saw are not what they were; `verify` says what differs");
}

TEST_CASE("an order that came after the run, or that two plans paid, is said to be that") {
    Facts facts;
    line_of_four(facts);
    (void)draft(facts, "2026-01");
    facts.new_import();
    facts.order({"late", "eve", "2026-01-20", 1'000});
    CHECK(message_of<Refusal>([&] { return explain_order(facts.database, {}, "late"); }) ==
          "no run holds order \"late\" of 2026-01-20: it came after the runs there are; run its "
          "period again");
    std::string other = small_plan;
    other.replace(other.find("\"small\""), 7, "\"other\"");
    (void)draft(facts, "2026-01", other);
    CHECK(message_of<Refusal>([&] { return explain_order(facts.database, {}, "1"); }) ==
          "plans small and other both paid order \"1\"; choose one with --plan");
    CHECK(explain_order(facts.database, "other", "1").run.plan == "other");
    CHECK(explain_order(facts.database, {}, "late").run.plan == "other");  // the only one that saw it
}

}  // namespace
}  // namespace downline
