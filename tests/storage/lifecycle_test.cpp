// Estimates, what-ifs, checks before closing, two persons, several plans.
#include <doctest/doctest.h>

#include <functional>

#include "engine/errors.hpp"
#include "storage/approval.hpp"
#include "storage/earnings.hpp"
#include "storage/import.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

class Office {
public:
    Office() {
        facts.affiliate("boss");
        facts.affiliate("rep", "boss");
        facts.customer("cat", "rep");
        for (const char* on : {"2026-01-05", "2026-02-05", "2026-03-05"}) {
            facts.order({std::string{"r"} + on, "rep", on, 10'000});
            facts.order({std::string{"b"} + on, "boss", on, 10'000});
        }
        facts.order({"c1", "cat", "2026-01-06", 10'000});
        facts.order({"c2", "cat", "2026-02-06", 20'000});
    }
    RunSummary draft(const char* month, const std::string& plan = small_plan, bool what_if = false,
                     const char* by = "ann") {
        return make_draft(facts.database, plan_from(plan), period(month), by,
                          "2026-04-02T10:00:00Z", 1, what_if);
    }
    RunSummary close(const char* month, const std::vector<std::string>& accepted = {},
                     const char* by = "bob", const std::string& plan = "small") {
        return close_period(facts.database, plan, month, {}, by, "2026-04-03T10:00:00Z",
                            {accepted});
    }
    Facts facts;
};

std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Refusal& error) {
        return error.what();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

std::string figures(const RunSummary& summary) {
    std::string text;
    for (const CloseCheck& check : summary.checks)
        text += check.name + ": " + check.figure + (check.bound ? ", " + *check.bound : "") +
                (check.holds         ? ""
                 : check.is_accepted ? ", accepted"
                                     : ", fails") +
                "\n";
    return text;
}

TEST_CASE("a later period is run on top of drafts as an estimate, which pays what it will pay") {
    Office office;
    office.draft("2026-01");
    const RunSummary estimate = office.draft("2026-02");
    CHECK(estimate.record.state == "estimate");
    CHECK(estimate.record.previous_run == 1);
    // cat ordered in January: 20'000 at 5 % as a reorder, not at 10 % as a first order.
    CHECK(estimate.bonuses[0].paid_minor == 0);
    CHECK(estimate.bonuses[1].paid_minor == 1000);
    CHECK(office.draft("2026-03").record.state == "estimate");
    CHECK(refusal([&] { office.close("2026-02"); }) ==
          "2026-02 of plan small is an estimate: 2026-01 has to be closed first, and 2026-02 run "
          "again");
    office.close("2026-01");
    CHECK(refusal([&] { office.close("2026-02"); }) ==
          "2026-02 of plan small is an estimate, made on top of a draft; run it again now that "
          "2026-01 is closed");
    const RunSummary draft = office.draft("2026-02");
    CHECK(draft.record.state == "draft");
    CHECK(draft.record.result_digest == estimate.record.result_digest);
    CHECK(office.close("2026-02").record.state == "final");
    CHECK(verify(office.facts.database, {}, 1, [](const Check& check) {
        CAPTURE(check.finding);
        CHECK(check.holds);
    }));
}

TEST_CASE("an estimate needs every period between; it says which comes next") {
    Office office;
    office.draft("2026-01");
    office.close("2026-01");
    CHECK(refusal([&] { office.draft("2026-03"); }) ==
          "2026-03 of plan small cannot be run yet: 2026-02 has to be run first");
    office.draft("2026-02");
    CHECK(refusal([&] { office.draft("2026-04"); }) ==
          "2026-04 of plan small cannot be run yet: 2026-03 has to be run first");
}

TEST_CASE("a what-if is never current, keeps its lines, and may be of a closed period") {
    Office office;
    const RunSummary draft = office.draft("2026-01");
    std::string generous = small_plan;
    generous.replace(generous.find("rate   = \"10%\""), 14, "rate   = \"20%\"");
    const RunSummary what_if = office.draft("2026-01", generous, true);
    CHECK(what_if.record.state == "what-if");
    CHECK(what_if.record.paid_minor == draft.record.paid_minor + 1000);
    CHECK(what_if.notes.size() == 3);  // the text changed: a line less and a line more
    CHECK(find_run(office.facts.database, {}, "2026-01").number == draft.record.number);
    Database& database = office.facts.database;
    CHECK(database.integer("SELECT count(*) FROM statement WHERE run = 2").value() > 0);
    office.close("2026-01");
    CHECK(find_run(database, {}, "2026-01").state == "final");
    const RunSummary later = office.draft("2026-01", generous, true);
    CHECK(later.record.paid_minor == what_if.record.paid_minor);
    CHECK(database.integer("SELECT count(*) FROM statement WHERE run = 2") == 0);
    CHECK(run_summary(database, 2).record.state == "superseded");
    CHECK(refusal([&] { office.draft("2026-01"); }).find("is closed") != std::string::npos);
}

TEST_CASE("closing shows its figures, and without [checks] none of them fails") {
    Office office;
    office.draft("2026-01");
    // 300.00 of volume; rep 10 % of cat's 100.00, boss 5 % of 200.00: 20.00.
    CHECK(figures(office.close("2026-01")) ==
          "payout-ratio: 6.6666%\npayees-without-sales: 0\nrepeated-orders: 0\n"
          "negative-balances: 0\n");
    office.draft("2026-02");
    // 400.00; rep 5 % of 200.00, boss 5 % of 300.00: 25.00, 6.25 %; boss 15.00 after 10.00.
    CHECK(figures(office.close("2026-02")) ==
          "payout-ratio: 6.25%\npayout-ratio-change: -0.4166%\nmember-change: +5.00 (boss)\n"
          "payees-without-sales: 0\nrepeated-orders: 0\nnegative-balances: 0\nnew-payees: 0\n");
    CHECK(figures(run_summary(office.facts.database, 2)) ==
          figures(run_summary(office.facts.database, 2)));
}

TEST_CASE("checks name the three who are furthest from nothing") {
    Office office;
    Facts& facts = office.facts;
    for (const auto& [rep, sold] : {std::pair{"a1", 10'000}, {"a2", 40'000}, {"a3", 30'000},
                                    {"a4", 20'000}}) {
        const std::string id = rep;
        facts.affiliate(id, "boss");
        facts.customer(id + "c", id);
        facts.order({id + "o", id, "2026-02-07", 10'000});
        facts.order({id + "s", id + "c", "2026-02-08", sold});
    }
    facts.database.execute("INSERT INTO opening(import, member, item, amount)"
                           " SELECT 1, number, 'balance', -3000 FROM member WHERE member_id = 'a1'");
    office.draft("2026-01");
    CHECK(figures(office.close("2026-01")).find("negative-balances: 1: -30.00 (a1)\n") !=
          std::string::npos);
    office.draft("2026-02");
    // The new ones 10 % of what their customers bought first. boss 5 % of the
    // 1,400.00 that they and theirs bought, and of 100.00 that cat bought more: 70.00 + 5.00.
    const std::string february = figures(office.close("2026-02"));
    CHECK(february.find("member-change: +75.00 (boss), +40.00 (a2), +30.00 (a3), …\n") !=
          std::string::npos);
    CHECK(february.find("negative-balances: 1: -20.00 (a1)\n") != std::string::npos);
    CHECK(february.find("new-payees: 4: +40.00 (a2), +30.00 (a3), +20.00 (a4), …\n") !=
          std::string::npos);
}

TEST_CASE("a check that fails needs to be accepted by its name, which is kept") {
    Office office;
    office.facts.order({"c9", "cat", "2026-01-06", 10'000});  // as c1
    const std::string strict = std::string(small_plan) +
                               "[checks]\npayout_ratio_max = \"5%\"\nrepeated_orders_max = 0\n"
                               "payees_without_sales_max = 0\n";
    office.draft("2026-01", strict);
    // 400.00; rep 10.00 and 5.00, boss 5 % of 300.00: 30.00.
    CHECK(refusal([&] { office.close("2026-01"); }) ==
          "2026-01 of plan small is not closed: payout-ratio has to be at most 5% and is 7.5%; "
          "repeated-orders has to be at most 0 and is 1; where that is right, close it with "
          "--accept and the name of the check");
    CHECK(refusal([&] { office.close("2026-01", {"payout-ratio"}); }) ==
          "2026-01 of plan small is not closed: repeated-orders has to be at most 0 and is 1; "
          "where that is right, close it with --accept and the name of the check");
    CHECK(refusal([&] { office.close("2026-01", {"payout-ration"}); }) ==
          "--accept payout-ration: there is no such check; did you mean \"payout-ratio\"?");
    CHECK(figures(office.close("2026-01", {"payout-ratio", "repeated-orders"})) ==
          "payout-ratio: 7.5%, at most 5%, accepted\npayees-without-sales: 0, at most 0\n"
          "repeated-orders: 1, at most 0, accepted\nnegative-balances: 0\n");
    CHECK_THROWS_AS(office.facts.database.execute("UPDATE close_check SET holds = 1"),
                    StorageError);
}

TEST_CASE("with two persons the one who ran a draft does not close it") {
    Office office;
    set_approval(office.facts.database, true, "eve", "2026-01-01T00:00:00Z");
    office.draft("2026-01");
    CHECK(refusal([&] { office.close("2026-01", {}, "ann"); }) ==
          "\"ann\" made this draft; another person has to close it (--by)");
    CHECK(office.close("2026-01", {}, "bob").record.closed_by == "bob");
    set_approval(office.facts.database, false, "eve", "2026-01-02T00:00:00Z");
    office.draft("2026-02");
    CHECK(office.close("2026-02", {}, "ann").record.closed_by == "ann");
    CHECK(office.facts.database.text("SELECT group_concat(value || ' ' || made_by, ', ') FROM"
                                     " setting_change") == "two-person eve, one eve");
}

TEST_CASE("plans of one database have periods of their own, and close a day for all") {
    Office office;
    std::string other = small_plan;
    other.replace(other.find("\"small\""), 7, "\"other\"");
    office.draft("2026-01");
    office.draft("2026-01", other);
    CHECK(refusal([&] { (void)find_run(office.facts.database, {}, "2026-01"); }) ==
          "plans other and small both have a run of 2026-01; choose one with --plan");
    office.close("2026-01");
    office.draft("2026-02");
    office.draft("2026-01", other);
    CHECK(office.close("2026-01", {}, "bob", "other").record.plan == "other");
    // Both pay: balances add up over plans.
    CHECK(office.facts.database.integer("SELECT sum(amount) FROM balance") == 2 * 2000);
    CHECK(verify(office.facts.database, {}, 1, [](const Check& check) {
        CAPTURE(check.finding);
        CHECK(check.holds);
    }));
}

TEST_CASE("a draft without a newer import is closed without reading its facts again") {
    Office office;
    office.draft("2026-01");
    // Behind the program's back, and without an import: the fast path does not look.
    office.facts.database.execute("UPDATE order_line SET amount = 1 WHERE order_id = 'c1'");
    CHECK(office.close("2026-01").record.state == "final");
    CHECK_FALSE(verify(office.facts.database, {}, 1, [](const Check&) {}));
}

TEST_CASE("bounds of [checks] that cannot be are errors of the plan") {
    const auto errors = [](const std::string& checks) {
        std::string text;
        for (const auto& error : read_plan(std::string(small_plan) + "[checks]\n" + checks).errors)
            text += error.text + "\n";
        return text;
    };
    CHECK(errors("payout_ratio_min = \"50%\"\npayout_ratio_max = \"40%\"\n") ==
          "payout_ratio_min is above payout_ratio_max; no period can keep both\n");
    CHECK(errors("new_payees_max = -1\n") != "");
    CHECK(errors("new_payee_max = 1\n").find("new_payees_max") != std::string::npos);
    CHECK(errors("payout_ratio_min = \"5%\"\npayout_ratio_max = \"40%\"\n"
                 "payout_ratio_change_max = \"5%\"\nmember_change_max = \"100.00\"\n"
                 "payees_without_sales_max = 0\nrepeated_orders_max = 2\n"
                 "negative_balances_max = 3\nnew_payees_max = 4\n") == "");
}

}  // namespace
}  // namespace downline
