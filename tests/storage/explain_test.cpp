// Explanations of stored runs: what they say of orders, and that they are held against what is
// stored.
#include "storage/explain.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "engine/errors.hpp"
#include "storage/reload.hpp"
#include "tests/cli/written.hpp"
#include "tests/storage/books.hpp"
#include "tests/storage/explained_text.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

RunSummary draft(Facts& facts, const char* month, const std::string& plan = small_plan) {
    return make_draft(facts.database, plan_from(plan), period(month), "ann", "2026-03-02T10:00:00Z",
                      1);
}

RunRecord current(Facts& facts) { return find_run(facts.database, {}, {}); }

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
    CHECK(steps[0].failed[0].value == "0.00");
    CHECK(steps[0].failed[0].needed == "100.00");
    CHECK(steps[0].failed[0].short_by == "100.00");
    CHECK_FALSE(steps[1].member_id.has_value());
    CHECK(steps[1].reason == "no-upline");
    CHECK(steps[1].maximum_minor == 100);
    CHECK(steps[2].maximum_minor == 40);
}

TEST_CASE("an order of an estimate is explained as one of a draft") {
    Facts facts;
    line_of_four(facts);
    facts.order({"2", "eve", "2026-02-05", 2'000});
    draft(facts, "2026-01");
    REQUIRE(draft(facts, "2026-02").record.state == "estimate");
    const ExplainedOrder order = explain_order(facts.database, std::nullopt, "2");
    CHECK(order.run.number == 2);
    CHECK(order.sequence == 2);  // the draft before has the first
}

TEST_CASE("what is explained is what is stored, or it is not shown") {
    Facts facts;
    line_of_four(facts);
    const RunSummary summary = draft(facts, "2026-01");
    facts.database.execute("DELETE FROM statement_lines");
    CHECK(message_of<BrokenInvariant>([&] {
              return explain_order(facts.database, std::nullopt, "1");
          }) == "the explanation of an order is not what its run stored; `verify` says what "
                "differs");
}

TEST_CASE("a draft that does not follow from its facts any more is not explained") {
    Facts facts;
    line_of_four(facts);
    (void)draft(facts, "2026-01");
    facts.new_import();
    // As an import with --replace corrects a day of joining, and keeps what stood there.
    facts.database.execute(
        "INSERT INTO member_change(import, member, item, holds_from, value) SELECT max(i.number),"
        " m.number, 'joined_on', m.joined_on, m.joined_on FROM import i, member m"
        " WHERE m.member_id = 'top'");
    facts.database.execute("UPDATE member SET joined_on = joined_on - 1 WHERE member_id = 'top'");
    const char* stale =
        "draft 1 of 2026-01 is stale: what it was computed from has changed; run 2026-01 again";
    CHECK(message_of<Refusal>([&] { return explain_order(facts.database, {}, "1"); }) == stale);
    CHECK(message_of<Refusal>([&] {
              return explain_member(facts.database, current(facts), "dan", {});
          }) == stale);
    facts.database.execute("UPDATE run SET state = 'final'");
    CHECK(message_of<BrokenInvariant>(
              [&] { return explain_order(facts.database, std::nullopt, "1"); }) ==
          "the facts that a final run saw are not what they were; `verify` says what differs");
}

TEST_CASE("facts that somebody changed by hand are not explained either") {
    const char* stale =
        "draft 1 of 2026-01 is stale: what it was computed from has changed; run 2026-01 again";
    for (const char* change :
         {"UPDATE order_line SET amount = amount + 100",
          "UPDATE member SET sponsor = 1 WHERE member_id = 'eve'",
          "DELETE FROM order_line WHERE order_id = 'own'",
          "UPDATE order_line SET buyer = 1 WHERE order_id = 'own'",
          "UPDATE statement SET measures = x'0000' WHERE member = 4"}) {
        CAPTURE(change);
        Facts facts;
        line_of_four(facts);
        facts.order({"3", "dan", "2026-01-07", 3'000});
        (void)draft(facts, "2026-01");
        const RunRecord run = current(facts);
        CHECK_NOTHROW((void)explain_order(facts.database, {}, "3", 1, Reading::only_part));
        CHECK_NOTHROW((void)explain_member(facts.database, run, "dan", {}, 1, Reading::only_part));
        facts.database.execute(change);
        if (std::string(change).find("statement") != std::string::npos) {
            CHECK(message_of<BrokenInvariant>([&] {
                      return explain_member(facts.database, run, "dan", {});
                  }) == "a run, computed again to explain it, is not what is stored; `verify` says "
                        "what differs");
            continue;
        }
        CHECK(message_of<Refusal>([&] { return explain_member(facts.database, run, "dan", {}); }) ==
              stale);
    }
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
    facts.order({"early", "eve", "2025-12-20", 1'000});
    CHECK(message_of<Refusal>([&] { return explain_order(facts.database, {}, "early"); }) ==
          "no run holds order \"early\" of 2025-12-20: it is history, from before the first period "
          "that was run, and pays nothing");
    std::string other = small_plan;
    other.replace(other.find("\"small\""), 7, "\"other\"");
    (void)draft(facts, "2026-01", other);
    CHECK(message_of<Refusal>([&] { return explain_order(facts.database, {}, "1"); }) ==
          "plans small and other both paid order \"1\"; choose one with --plan");
    CHECK(explain_order(facts.database, "other", "1").run.plan == "other");
    CHECK(explain_order(facts.database, {}, "late").run.plan ==
          "other");  // the only one that saw it
}

TEST_CASE("a member is told what it lacks and what it missed") {
    Facts facts;
    line_of_four(facts);
    facts.order({"cat's", "cat", "2026-01-06", 3'000});
    (void)draft(facts, "2026-01");
    const ExplainedMember cat = explain_member(facts.database, current(facts), "cat", {});
    CHECK(cat.status == "active");
    REQUIRE(cat.active.size() == 1);
    CHECK(cat.active[0][0].value == "30.00");
    CHECK(cat.active[0][0].short_by == "70.00");
    // gv: 30 + dan's 100 + eve's 20.
    REQUIRE(cat.ranks.size() == 1);
    CHECK_FALSE(cat.ranks[0].is_reached);
    CHECK(cat.ranks[0].requires_[0][0].value == "150.00");
    CHECK(cat.ranks[0].requires_[0][0].short_by == "150.00");
    CHECK(cat.earnings.total_minor == 0);
    // 5 % of dan's 100.00 and of eve's 20.00.
    REQUIRE(cat.missed.size() == 1);
    CHECK(cat.missed[0].bonus == "override");
    CHECK(cat.missed[0].reason == "inactive");
    CHECK(cat.missed[0].lines == 2);
    CHECK(cat.missed[0].amount_minor == 600);

    const ExplainedMember dan = explain_member(facts.database, current(facts), "dan", {});
    REQUIRE(dan.sources.size() == 1);
    CHECK(dan.sources[0].name == "eve");
    CHECK(dan.sources[0].amount_minor == 200);
    CHECK(dan.missed.empty());
}

TEST_CASE("points that were missing are supposed, and the month is computed anew") {
    Facts facts;
    line_of_four(facts);
    (void)draft(facts, "2026-01");
    const auto cat_if = [&](const std::string& text) {
        return explain_member(facts.database, current(facts), "cat", text).supposed.value();
    };
    // 99.99 points are not enough, 100 are: then 5 % of dan's 100.00 and eve's 20.00 are cat's.
    CHECK_FALSE(cat_if("pv+99.99").is_active);
    CHECK(cat_if("pv+99.99").total_minor == 0);
    const SupposedPay pay = cat_if("pv+100");
    CHECK(pay.words == "an own order of 100 points by cat on 2026-01-31");
    CHECK(pay.is_active);
    CHECK(pay.total_minor == 600);
    CHECK(pay.measures[0] == std::pair<std::string, std::string>{"pv", "100.00"});
    CHECK(pay.measures[1].second == "220.00");
    CHECK_FALSE(pay.rank.has_value());
    CHECK(cat_if("pv+180").rank == "silver");  // gv 180 + 120 = 300
    // Nothing of it is stored.
    CHECK(explain_member(facts.database, current(facts), "cat", {}).earnings.total_minor == 0);
}

TEST_CASE("an orders file can be supposed, and says what is wrong with it") {
    Facts facts;
    line_of_four(facts);
    facts.product("cream", nullptr, "skin", 4'000);
    (void)draft(facts, "2026-01");
    const TemporaryDirectory directory;
    const std::string path = directory.path / "supposed.csv";
    const auto with = [&](const std::string& rows, const std::string& columns = "") {
        std::ofstream(path) << "order_id,member_id,ordered_on,amount" << columns << "\n" << rows;
        return explain_member(facts.database, current(facts), "cat", path).supposed.value();
    };
    // Two creams are 80 points, of one order; the other line's 20.00 are 20.
    const SupposedPay pay = with("X,cat,2026-01-10,50.00,1,cream,2\nX,cat,2026-01-10,20.00,2,,\n",
                                 ",line,sku,quantity");
    CHECK(pay.words == "2 order lines of " + path);
    CHECK(pay.measures[0].second == "100.00");
    CHECK(pay.total_minor == 600);
    // A customer of dan's who orders again: 5 % of 10.00 to dan, nothing to cat, who is not active.
    CHECK(with("X,eve,2026-01-02,10.00\n").total_minor == 0);

    const auto refused = [&](const std::string& rows, const std::string& columns = "") {
        return message_of<Refusal>([&] { return with(rows, columns); });
    };
    CHECK(refused("X,zoe,2026-01-02,10.00\n") ==
          path +
              ":2:3: error unknown_member: member_id \"zoe\" is nobody's in 2026-01; name one who "
              "has joined by then");
    CHECK(refused("X,cat,2026-02-01,10.00\nY,cat,x,10.00\n").starts_with(
        path + ":2:7: error outside_period: ordered_on 2026-02-01 is not in 2026-01; a supposed "
               "order is dated 2026-01-01 to 2026-01-31\n(and 1 more)"));
    CHECK(refused("X,cat,2026-01-02,10.00,P1\n", ",contract") ==
          path +
              ":2:24: error unsupported: a supposed order has no contract; leave the column out");
    CHECK(refused("X,cat,2026-01-02,10.00\nX,dan,2026-01-02,10.00\n") ==
          path + ":3:1: error other_order: all lines of an order have one buyer and one date");
    CHECK(message_of<UsageError>([&] {
              return explain_member(facts.database, current(facts), "cat", "pv+much");
          }) == "--if pv+much: \"much\" is no number of points; write pv+30 or pv+12.50");
}

TEST_CASE("a member is explained whose cap stands behind one that cut somebody else") {
    Facts facts;
    line_of_four(facts);
    facts.affiliate("beside", "top");
    facts.customer("bea", "beside");
    facts.order({"2", "bea", "2026-01-03", 5'000});
    (void)draft(facts, "2026-01", R"(
[plan]
name = "small"
currency = "USD"
period = "month"
effective = 2020-01-01
[[bonus]]
code = "sold"
kind = "personal"
rate = "10%"
cap = { per_member = "2.50" }
[[bonus]]
code = "own"
kind = "personal"
from = ["self"]
rate = "10%"
cap = { per_member = "1.00" }
)");
    for (const Reading reading : {Reading::only_part, Reading::all}) {
        // 2.00 of eve's order, below the cap that cuts beside's 5.00; 10.00 of the own one, cut to 1.00.
        const ExplainedMember dan =
            explain_member(facts.database, current(facts), "dan", {}, 1, reading);
        CHECK(dan.earnings.total_minor == 300);
        CHECK(explain_order(facts.database, {}, "own", 1, reading).cuts ==
              std::vector<std::pair<std::string, std::int64_t>>{{"dan", -900}});
    }
}

/// Ids of the members of a part, in their order; and how many order lines it has.
std::string part_of(Facts& facts, const std::optional<Reloaded>& part) {
    if (!part) return "all";
    std::string text;
    const Snapshot& snapshot = part->loaded.snapshot;
    for (const std::int64_t number : snapshot.members.number) {
        Query id = facts.database.query("SELECT member_id FROM member WHERE number = ?1");
        id.bind(1, number);
        if (id.step()) text.append(id.text(0)).append(" ");
    }
    return text + std::to_string(snapshot.orders.count);
}

TEST_CASE("an explanation reads no more than it follows from, where the plan allows") {
    Facts facts;
    line_of_four(facts);
    facts.affiliate("beside", "bob");
    facts.order({"beside", "beside", "2026-01-03", 5'000});
    facts.customer("moved", "beside");
    facts.order({"2", "moved", "2026-01-09", 7'000});
    facts.database.execute(
        "INSERT INTO move(import, member, tree, new_parent, effective_on, holds_from, reason)"
        " SELECT 1, m.number, 0, d.number, m.joined_on, m.joined_on, 'moved' FROM member m, member d"
        " WHERE m.member_id = 'moved' AND d.member_id = 'dan'");
    const auto parts = [&] {
        const RunRecord run = current(facts);
        return part_of(facts, reload_upline(facts.database, run, facts.number("eve"))) + "; " +
               part_of(facts, reload_downline(facts.database, run, facts.number("cat")));
    };
    (void)draft(facts, "2026-01");
    // Above eve with what they ordered (her one, and dan's); cat and all below it with theirs.
    CHECK(parts() == "bob cat dan eve top 2; cat dan eve moved 3");
    // Whoever must have a downline of its own to be active is asked about others.
    (void)draft(facts, "2026-01", std::string(small_plan) + R"(
[[bonus]]
code = "builders"
kind = "unilevel"
levels = ["1%"]
requires = { frontline = { count = 1 } }
)");
    CHECK(parts() == "all; cat dan eve moved 3");
    (void)draft(facts, "2026-01", std::string(small_plan) + R"(
[[bonus]]
code = "pool"
kind = "pool"
fund = "2%"
shares = 1
)");
    CHECK(parts() == "bob cat dan eve top 2; all");
    (void)draft(facts, "2026-01", std::string(small_plan) + "\n[limits]\npayout = \"10%\"\n");
    CHECK(parts() == "bob cat dan eve top 2; all");
}

TEST_CASE("a part tells of every order and member what all that the run saw tells") {
    Facts facts;
    line_of_four(facts);
    facts.affiliate("beside", "bob");
    facts.order({"beside", "beside", "2026-01-03", 15'000});
    facts.order({"2", "eve", "2026-01-09", 7'000});
    facts.order({"cat's", "cat", "2026-01-10", 20'000});
    facts.returned("r1", "2", "2026-01-20", 3'500);
    for (const char* month : {"2026-01", "2026-02"}) {
        if (std::string(month) == "2026-02") {
            facts.new_import();
            facts.order({"3", "eve", "2026-02-09", 9'000});
            facts.order({"4", "dan", "2026-02-10", 12'000});
            facts.returned("r2", "2", "2026-02-20", 3'500);  // of the closed month
        }
        const RunSummary made = draft(facts, month);
        for (const char* id : {"own", "1", "beside", "2", "cat's", "3", "4"}) {
            CAPTURE(id);
            if (std::string(month) == "2026-01" && (*id == '3' || *id == '4')) continue;
            const ExplainedOrder all = explain_order(facts.database, {}, id, 1, Reading::all);
            CHECK(told(explain_order(facts.database, {}, id, 1, Reading::only_part)) == told(all));
        }
        for (const char* id : {"top", "bob", "cat", "dan", "beside"}) {
            CAPTURE(id);
            const auto explained = [&](Reading reading) {
                return told(explain_member(facts.database, made.record, id, {}, 1, reading));
            };
            CHECK(explained(Reading::only_part) == explained(Reading::all));
        }
        (void)close_period(facts.database, "small", month, made.record.result_digest, "ann",
                           "2026-03-02T10:00:00Z");
    }
}

TEST_CASE("a part that numbers siblings in another order tells the same lines") {
    Facts facts;
    facts.affiliate("top");
    facts.affiliate("left", "top");
    facts.affiliate("right", "top");
    std::vector<std::string> below{"top", "left", "right"};
    for (int i = 0; i < 60; ++i) {  // in turn left and right, and now and then below another one
        const std::string id = fmt::format("m{:02}", i);
        facts.affiliate(id, i % 7 == 3 ? below.back() : below[1 + static_cast<std::size_t>(i) % 2]);
        facts.order({"o" + id, id, "2026-01-05", 10'000 + 100 * i});
        below.push_back(id);
    }
    for (const char* id : {"left", "right"})
        facts.order({std::string{"o"} + id, id, "2026-01-05", 10'000});
    const RunSummary made = draft(facts, "2026-01");
    for (const std::string& id : below) {
        CAPTURE(id);
        const auto explained = [&](Reading reading) {
            return told(explain_member(facts.database, made.record, id, {}, 1, reading));
        };
        CHECK(explained(Reading::only_part) == explained(Reading::all));
    }
}

}  // namespace
}  // namespace downline
