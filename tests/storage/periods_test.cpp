// Drafts, closing, and what one period leaves to the next.
#include <doctest/doctest.h>

#include <functional>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

RunSummary draft(Facts& facts, const char* month, const std::string& plan = small_plan) {
    return make_draft(facts.database, plan_from(plan), period(month), "ann", "2026-03-02T10:00:00Z",
                      1);
}
RunSummary close(Facts& facts, const char* month, const std::optional<std::string>& digest = {}) {
    return close_period(facts.database, "small", month, digest, "bob", "2026-03-03T10:00:00Z");
}
std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Refusal& error) {
        CHECK(error.kind == Refusal::Kind::state);
        return error.what();
    }
    return "";
}

/// boss ← rep ← cat (a customer). rep needs 100 points to be active.
void small_company(Facts& facts) {
    facts.affiliate("boss");
    facts.affiliate("rep", "boss");
    facts.customer("cat", "rep");
    facts.order({"1", "cat", "2026-01-05", 10'000});
    facts.order({"2", "cat", "2026-01-06", 20'000});
    facts.order({"3", "boss", "2026-01-07", 10'000});
}

TEST_CASE("a draft says what was paid, to whom and what for") {
    Facts facts;
    small_company(facts);
    const RunSummary summary = draft(facts, "2026-01");
    // rep: 10 % of 100.00 and 5 % of 200.00; boss: 5 % of 300.00. Company: 400.00.
    CHECK(summary.record.state == "draft");
    CHECK(summary.record.plan == "small");
    CHECK(summary.record.period == "2026-01");
    CHECK(summary.record.paid_minor == 1000 + 1000 + 1500);
    CHECK(summary.record.sales_minor == 40'000);
    CHECK(summary.record.volume_centipoints == 40'000);
    CHECK(summary.record.order_count == 3);
    CHECK(summary.record.line_count == 4);
    CHECK(summary.record.earner_count == 2);
    CHECK(summary.record.active_count == 2);
    CHECK(summary.record.affiliate_count == 2);
    CHECK(summary.record.made_by == "ann");
    CHECK_FALSE(summary.record.chain_digest.has_value());
    REQUIRE(summary.bonuses.size() == 3);
    CHECK(summary.bonuses[0].code == "first");
    CHECK(summary.bonuses[0].paid_minor == 1000);
    CHECK(summary.bonuses[2].line_count == 2);
    // override: 5 % and 2 % of 400.00; nobody is above boss: 2 % of cat's 300.00 and 7 % of 100.00.
    CHECK(summary.bonuses[2].maximum_minor == 2800);
    CHECK(summary.bonuses[2].forfeited ==
          std::vector<std::pair<std::string, std::int64_t>>{{"no-upline", 1300}});
    CHECK(summary.streams ==
          std::vector<std::pair<std::string, std::int64_t>>{{"active", 1000},
                                                            {"residual", 1000},
                                                            {"leveraged", 500},
                                                            {"leveraged-residual", 1000}});
    CHECK(summary.notes.empty());
}

TEST_CASE("a newer draft takes the place of an older one, which keeps its totals and digests") {
    Facts facts;
    small_company(facts);
    const std::string first = draft(facts, "2026-01").record.result_digest;
    facts.new_import();
    facts.order({"4", "cat", "2026-01-08", 10'000});
    const RunRecord second = draft(facts, "2026-01").record;
    CHECK(second.number == 2);
    CHECK(second.result_digest != first);
    const auto runs = list_runs(facts.database);
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].state == "superseded");
    CHECK(runs[0].result_digest == first);
    CHECK(run_summary(facts.database, 1).bonuses.size() == 3);
    CHECK(find_run(facts.database, {}, {}).number == 2);
    for (const char* table : {"statement", "carried", "run_order"})
        CHECK(facts.database.integer(std::string{"SELECT count(*) FROM "} + table +
                                     " WHERE run = 1") == 0);
}

TEST_CASE("the same facts give the same digest whatever the order of rows and threads") {
    Facts one, other;
    small_company(one);
    other.customer("cat", "");
    other.affiliate("rep");
    other.affiliate("boss");
    other.database.execute(
        "UPDATE member SET sponsor = 2 WHERE number = 1;"
        "UPDATE member SET sponsor = 3 WHERE number = 2");
    other.order({"3", "boss", "2026-01-07", 10'000});
    other.order({"2", "cat", "2026-01-06", 20'000});
    other.order({"1", "cat", "2026-01-05", 10'000});
    const RunRecord a = draft(one, "2026-01").record;
    const RunRecord b = make_draft(other.database, plan_from(small_plan), period("2026-01"), "eve",
                                   "2027-01-01T00:00:00Z", 4)
                            .record;
    CHECK(a.result_digest == b.result_digest);
    CHECK(a.inputs_digest == b.inputs_digest);
}

TEST_CASE("a closed period is final: the database refuses every change") {
    Facts facts;
    small_company(facts);
    const RunRecord drafted = draft(facts, "2026-01").record;
    const RunRecord closed = close(facts, "2026-01", drafted.result_digest.substr(0, 8)).record;
    CHECK(closed.state == "final");
    CHECK(closed.closed_by == "bob");
    CHECK(closed.closed_at == "2026-03-03T10:00:00Z");
    CHECK(closed.result_digest == drafted.result_digest);
    REQUIRE(closed.chain_digest.has_value());
    for (const char* table : {"run_bonus", "run_rank", "run_measure", "run_total", "run_forfeit",
                              "statement", "run_order", "carried"}) {
        CAPTURE(table);
        CHECK_THROWS(facts.database.execute(std::string{"DELETE FROM "} + table));
        CHECK_THROWS(facts.database.execute(std::string{"UPDATE "} + table + " SET run = 9"));
    }
    for (const char* row : {
             "run_bonus VALUES (1, 9, 'more', 'personal', 'volume', 5, 5, 1)",
             "run_rank VALUES (1, 9, 'more')", "run_measure VALUES (1, 9, 'more', 'points')",
             "run_total VALUES (1, 0, 'active', 9, 1, 5)", "run_forfeit VALUES (1, 0, 'more', 5)",
             "run_order VALUES (1, 9, x'')", "carried VALUES (1, 'more', 0, x'')",
             "close_check VALUES (1, 'more', '', NULL, 1, 0)",
             "correction(run, place, member, bonus, stream, level, paid_level, amount)"
             " VALUES (1, 9, 1, 'first', 'active', 0, 0, 500)"}) {
        CAPTURE(row);
        CHECK_THROWS_WITH_AS(facts.database.execute(std::string{"INSERT INTO "} + row),
                             doctest::Contains("this run is final: nothing can be added to it"),
                             StorageError);
    }
    CHECK_THROWS(facts.database.execute("UPDATE run SET paid = 0"));
    CHECK_THROWS(facts.database.execute("DELETE FROM run"));
}

TEST_CASE("a statement that somebody adds to a final run is found") {
    // Statements of a draft are too many for a trigger each (docs/guarantees.md).
    for (const char* row :
         {"statement(run, member, is_active, rank, title, amount, lines, measures)"
          " VALUES (1, 3, 1, 0, 0, 0, 0, x'')",
          "statement_lines VALUES ((1 << 32) + 3, x'00')"}) {
        CAPTURE(row);
        Facts facts;
        small_company(facts);
        draft(facts, "2026-01");
        close(facts, "2026-01");
        facts.database.execute(std::string{"INSERT INTO "} + row);
        std::string found;
        CHECK_FALSE(verify(facts.database, {}, 1, [&](const Check& check) {
            if (!check.holds) found += check.name + ": " + check.finding;
        }));
        CHECK(found.starts_with("run 1 (small 2026-01): statement"));
    }
}

TEST_CASE("rows that name rows which are not there are found, all of them") {
    Facts facts;
    small_company(facts);
    const auto links = [&] {
        std::string found;
        (void)verify(facts.database, {}, 1, [&](const Check& check) {
            if (check.name == "links") found = check.finding;
        });
        return found;
    };
    CHECK(links() == "every row names rows that are there");
    facts.database.execute("UPDATE member SET enroller = 0 WHERE number = 2");
    CHECK(links() == "a row of member names one of member that is not there");
    facts.database.execute("UPDATE order_line SET buyer = 4, import = 9 WHERE row = 2;"
                           "DELETE FROM member WHERE number = 1");
    // The enroller, boss as a sponsor and as a buyer, a buyer beyond all, an import.
    CHECK(links() ==
          "a row of member names one of member that is not there; 5 such rows in all");
    Query query = facts.database.query("SELECT count(*) FROM pragma_foreign_key_check");
    REQUIRE(query.step());
    CHECK(query.integer(0) == 5);
}

TEST_CASE("periods are closed one after the other") {
    Facts facts;
    small_company(facts);
    CHECK(refusal([&] { close(facts, "2026-01"); }) ==
          "2026-01 of plan small has no draft; make one with `run 2026-01 --plan FILE`");
    draft(facts, "2026-01");
    close(facts, "2026-01");
    CHECK(refusal([&] { close(facts, "2026-01"); }) ==
          "2026-01 of plan small is closed already (run 1, 2026-03-03T10:00:00Z by bob)");
    CHECK(refusal([&] { draft(facts, "2026-01"); }) ==
          "2026-01 of plan small is closed (up to 2026-01); corrections come as returns in a later "
          "period; the next one is 2026-02");
    CHECK(refusal([&] { draft(facts, "2026-03"); }) ==
          "2026-03 of plan small cannot be run yet: 2026-02 has to be run first");
    draft(facts, "2026-02");
    CHECK(close(facts, "2026-02").record.chain_digest !=
          run_summary(facts.database, 1).record.chain_digest);
}

TEST_CASE("a draft of a later period cannot be closed before the one between") {
    Facts facts;
    small_company(facts);
    draft(facts, "2026-01");
    draft(facts, "2026-03");
    close(facts, "2026-01");
    CHECK(refusal([&] { close(facts, "2026-03"); }) ==
          "2026-03 of plan small cannot be closed yet: 2026-02 has to be closed first");
}

TEST_CASE("a draft is closed only by its own digest") {
    Facts facts;
    small_company(facts);
    const std::string digest = draft(facts, "2026-01").record.result_digest;
    CHECK(refusal([&] { close(facts, "2026-01", digest.substr(0, 7)); }) ==
          "\"" + digest.substr(0, 7) +
              "\" is too short for a draft's digest; give at least 8 digits of " + digest);
    CHECK(refusal([&] { close(facts, "2026-01", "00000000"); }) ==
          "the draft of 2026-01 is " + digest +
              ", not 00000000; look at it again before closing it");
}

TEST_CASE("a stale draft is refused and says what came since") {
    Facts facts;
    small_company(facts);
    draft(facts, "2026-01");
    facts.new_import("orders", "2026-03-02T11:00:00Z");
    facts.order({"4", "cat", "2026-01-09", 100});
    CHECK(refusal([&] { close(facts, "2026-01"); }) ==
          "the draft of 2026-01 is stale: since it was made came import 2 (orders, "
          "2026-03-02T11:00:00Z); run it again");
    draft(facts, "2026-01");
    close(facts, "2026-01");
}

TEST_CASE("a later month leaves a draft fresh") {
    Facts facts;
    small_company(facts);
    draft(facts, "2026-01");
    facts.new_import();
    facts.order({"4", "cat", "2026-02-09", 100});
    CHECK(close(facts, "2026-01").record.state == "final");
}

TEST_CASE("a run is refused that the plan is not meant for") {
    Facts facts;
    CHECK(refusal([&] { draft(facts, "2025-12"); }) ==
          "2025-12 begins on 2025-12-01, before plan small takes effect on 2026-01-01; run a later "
          "period or change [plan] effective");
    CHECK_THROWS_WITH_AS(
        (void)draft(facts, "2026-W02"),
        "2026-W02 is a week, but plan small pays by the month; name one, as 2026-01", UsageError);
    facts.database.set_setting("currency", "EUR");
    CHECK(refusal([&] { draft(facts, "2026-01"); }) ==
          "plan small pays in USD, but the database is kept in EUR; use a plan in EUR");
    Database empty = Database::in_memory();
    CHECK(refusal([&] {
              (void)make_draft(empty, plan_from(small_plan), period("2026-01"), "ann", "", 1);
          }) == "the database is empty; import members and orders first");
}

TEST_CASE("a changed plan of the same name is shown as changed lines") {
    Facts facts;
    small_company(facts);
    draft(facts, "2026-01");
    std::string text = small_plan;
    text.replace(text.find("\"10%\""), 5, "\"12%\"");
    const RunSummary summary = draft(facts, "2026-01", text);
    CHECK(summary.notes ==
          std::vector<std::string>{"the text of plan small has changed since run 1 (2026-01):",
                                   "line 19: - rate   = \"10%\"", "line 19: + rate   = \"12%\""});
    CHECK(summary.bonuses[0].paid_minor == 1200);
}

TEST_CASE("the next period continues sequences and titles") {
    Facts facts;
    small_company(facts);  // gv of boss is 400, of rep 300: both are silver
    draft(facts, "2026-01");
    close(facts, "2026-01");
    facts.new_import();
    facts.order({"4", "cat", "2026-02-01", 10'000});
    const RunRecord february = draft(facts, "2026-02").record;
    const Earnings rep = earnings_of(facts.database, february, "rep", true);
    REQUIRE(rep.lines.size() == 1);
    CHECK(rep.lines[0].bonus == "again");  // cat ordered before
    CHECK_FALSE(rep.rank.has_value());
    CHECK(rep.title == "silver");
    const Loaded loaded = load(facts.database, plan_from(small_plan), period("2026-02"));
    CHECK(loaded.previous_run == 1);
    CHECK(loaded.snapshot.sequences.orders_before == std::vector<std::uint32_t>{1, 2, 0});
    CHECK(loaded.snapshot.sequences.first_on[1] == day("2026-01-05"));
    CHECK(loaded.snapshot.members.title_before == std::vector<std::uint16_t>{1, 0, 1});
}

TEST_CASE("a return after the close takes its order out of the sequences") {
    Facts facts;
    small_company(facts);
    draft(facts, "2026-01");
    close(facts, "2026-01");
    facts.new_import("returns");
    const auto sequences = [&] {
        const Loaded loaded = load(facts.database, plan_from(small_plan), period("2026-02"));
        return std::pair(loaded.snapshot.sequences.orders_before[1],
                         loaded.snapshot.sequences.first_on[1]);
    };
    SUBCASE("part of it changes nothing") {
        facts.returned("r1", "1", "2026-02-03", 9'999);
        CHECK(sequences() == std::pair(2U, day("2026-01-05")));
    }
    SUBCASE("the first order: the second becomes the first") {
        facts.returned("r1", "1", "2026-02-03", 10'000);
        CHECK(sequences() == std::pair(1U, day("2026-01-06")));
    }
    SUBCASE("the second order") {
        facts.returned("r1", "2", "2026-02-03", 20'000);
        CHECK(sequences() == std::pair(1U, day("2026-01-05")));
    }
    SUBCASE("both") {
        facts.returned("r1", "1", "2026-02-03", 10'000);
        facts.returned("r2", "2", "2026-02-04", 20'000);
        CHECK(sequences() == std::pair(0U, 0));
    }
    SUBCASE("only from the period of the return on") {
        facts.returned("r1", "1", "2026-03-01", 10'000);
        CHECK(sequences() == std::pair(2U, day("2026-01-05")));
    }
}

TEST_CASE("contracts are continued") {
    Facts facts;
    facts.affiliate("a");
    facts.affiliate("b", "a");
    facts.order({.id = "1", .buyer = "b", .on = "2026-01-05", .amount = 100, .contract = "p"});
    facts.order({.id = "2", .buyer = "a", .on = "2026-01-06", .amount = 100, .contract = "p"});
    facts.order({.id = "3", .buyer = "b", .on = "2026-01-07", .amount = 100, .contract = "p"});
    draft(facts, "2026-01");
    close(facts, "2026-01");
    const Loaded loaded = load(facts.database, plan_from(small_plan), period("2026-02"));
    REQUIRE(loaded.contracts.size() == 2);
    CHECK(loaded.contracts[0].buyer == 0);
    CHECK(loaded.contracts[1].contract == "p");
    CHECK(loaded.snapshot.sequences.orders_before == std::vector<std::uint32_t>{0, 0, 1, 2});
    CHECK(loaded.snapshot.sequences.first_on[3] == day("2026-01-05"));
}

TEST_CASE("find_run takes the newest period, and asks where two plans have it") {
    Facts facts;
    small_company(facts);
    CHECK(refusal([&] { (void)find_run(facts.database, {}, {}); }) ==
          "there is no run; `runs` lists what there is, `run PERIOD --plan FILE` makes one");
    draft(facts, "2026-01");
    draft(facts, "2026-02");
    CHECK(find_run(facts.database, {}, {}).period == "2026-02");
    CHECK(find_run(facts.database, {}, "2026-01").period == "2026-01");
    std::string other = small_plan;
    other.replace(other.find("\"small\""), 7, "\"other\"");
    draft(facts, "2026-01", other);
    CHECK(refusal([&] { (void)find_run(facts.database, {}, "2026-01"); }) ==
          "plans other and small both have a run of 2026-01; choose one with --plan");
    CHECK(find_run(facts.database, "other", "2026-01").plan == "other");
    CHECK(find_run(facts.database, {}, {}).plan == "small");
    CHECK(
        refusal([&] { (void)find_run(facts.database, "other", "2026-02"); }) ==
        "there is no run of 2026-02 of plan other; `runs` lists what there is, `run PERIOD --plan "
        "FILE` makes one");
    CHECK(refusal([&] { (void)run_summary(facts.database, 9); }) ==
          "there is no run 9; `runs` lists them");
}

}  // namespace
}  // namespace downline
