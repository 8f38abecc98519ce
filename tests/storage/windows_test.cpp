// Windows over periods: what final runs leave, and what the next makes of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <map>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/storage/books_hold.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

std::string plan_of(const std::string& measures, const std::string& rest = "",
                    const std::string& name = "p") {
    return "[plan]\nname = \"" + name +
           "\"\ncurrency = \"USD\"\nperiod = \"month\"\neffective = 2026-01-01\n[measures]\n" +
           measures + "\n" + rest +
           "\n[[bonus]]\ncode = \"own\"\nkind = \"personal\"\nfrom = [\"self\"]\nrate = \"1%\"\n";
}

/// A company that is paid month after month.
struct Months {
    Facts facts;
    int order_count = 0;

    void buys(const std::string& member, const std::string& on, std::int64_t points) {
        facts.order({fmt::format("o{}", ++order_count), member, on.c_str(), points * 100});
    }
    RunRecord draft(const std::string& plan, const std::string& month) {
        return make_draft(facts.database, plan_from(plan), parse_period(month).value(), "ann",
                          "2026-01-01T00:00:00Z", 1)
            .record;
    }
    void close(const std::string& plan, const std::string& month) {
        draft(plan, month);
        (void)close_period(facts.database, plan_from(plan).name, month, {}, "ann",
                           "2026-01-01T00:00:00Z");
    }
    std::string measure(const std::string& month, const std::string& member,
                        const std::string& name, const std::string& plan = "p") {
        const RunRecord run = find_run(facts.database, plan, month);
        for (const auto& [known, value] :
             earnings_of(facts.database, run, member, false).measures)
            if (known == name) return value;
        return "none";
    }
    void check_verified() {
        check_verifies(facts.database);
    }
};

std::string month_name(int month) { return fmt::format("2026-{:02}", month); }

TEST_CASE("a window sees exactly its periods: the oldest falls out when a new one comes") {
    Months company;
    company.facts.affiliate("ann");
    const std::string plan = plan_of("three = { sum = \"pv\", periods = 3 }");
    for (int month = 1; month <= 6; ++month) {
        company.buys("ann", month_name(month) + "-10", 1 << month);  // 2, 4, 8, 16, 32, 64
        company.close(plan, month_name(month));
    }
    const std::map<int, const char*> expected{{1, "2.00"},  {2, "6.00"},  {3, "14.00"},
                                              {4, "28.00"}, {5, "56.00"}, {6, "112.00"}};
    for (const auto& [month, value] : expected)
        CHECK(company.measure(month_name(month), "ann", "three") == value);
    company.check_verified();
}

TEST_CASE("what a run leaves for windows does not grow with the months") {
    Months company;
    company.facts.affiliate("ann");
    const std::string plan = plan_of(
        "year = { sum = \"pv\", periods = 12 }\never = { sum = \"pv\", periods = \"lifetime\" }\n"
        "held = { count = \"periods\", periods = \"lifetime\", where = { pv = 1 } }");
    for (int month = 1; month <= 12; ++month) {
        company.buys("ann", month_name(month) + "-10", 10);
        company.close(plan, month_name(month));
    }
    CHECK(company.facts.database.text(
              "SELECT group_concat(n, ' ') FROM (SELECT count(*) || ':' || sum(length(packed)) AS n"
              " FROM carried WHERE item LIKE '%:%' GROUP BY run) GROUP BY n IS NULL") ==
          // value:pv 3 bytes, held 2, the lifetime sum 3 (4 from 81.92 on), the lifetime count 2
          "4:10 4:10 4:10 4:10 4:10 4:10 4:10 4:10 4:11 4:11 4:11 4:11");
    CHECK(company.measure("2026-12", "ann", "year") == "120.00");
    CHECK(company.measure("2026-12", "ann", "ever") == "120.00");
    CHECK(company.measure("2026-12", "ann", "held") == "12");
}

TEST_CASE("a member who joins later had 0 before, one who is terminated keeps what it had") {
    Months company;
    company.facts.affiliate("ann");
    company.facts.affiliate("bob", "ann");
    company.facts.affiliate("cat", "ann", "2026-02-15");
    const std::string plan = plan_of(
        "ever = { sum = \"gv\", periods = \"lifetime\" }\n"
        "least = { min = \"pv\", periods = 2 }\n"
        "on = { count = \"periods\", periods = \"lifetime\", where = { active = true } }");
    company.buys("bob", "2026-01-10", 10);
    company.close(plan, "2026-01");
    company.facts.change("bob", "status", "2026-02-01", 2);
    company.buys("bob", "2026-02-10", 20);
    company.buys("cat", "2026-02-20", 5);
    company.close(plan, "2026-02");
    company.facts.change("bob", "status", "2026-03-01", 0);
    company.buys("bob", "2026-03-10", 40);
    company.buys("cat", "2026-03-20", 7);
    company.close(plan, "2026-03");
    CHECK(company.measure("2026-02", "bob", "ever") == "30.00");
    CHECK(company.measure("2026-02", "bob", "on") == "1");  // not active while terminated
    CHECK(company.measure("2026-03", "bob", "ever") == "70.00");
    CHECK(company.measure("2026-03", "bob", "on") == "2");
    CHECK(company.measure("2026-03", "ann", "ever") == "82.00");  // 10 + 25 + 47
    CHECK(company.measure("2026-02", "cat", "least") == "0.00");  // was not there in January
    CHECK(company.measure("2026-03", "cat", "least") == "5.00");
    CHECK(company.measure("2026-03", "cat", "on") == "2");
    company.check_verified();
}

TEST_CASE("a measure that a plan gets later gives 0 for the periods before it") {
    Months company;
    company.facts.affiliate("ann");
    company.buys("ann", "2026-01-10", 10);
    company.close(plan_of(""), "2026-01");
    company.buys("ann", "2026-02-10", 20);
    const std::string later = plan_of(
        "own = { sum = \"volume\" }\nboth = { sum = \"own\", periods = 2 }\n"
        "held = { count = \"periods\", periods = 2, where = { pv = 1 } }");
    company.close(later, "2026-02");
    CHECK(company.measure("2026-02", "ann", "both") == "20.00");
    CHECK(company.measure("2026-02", "ann", "held") == "1");
    company.check_verified();
}

TEST_CASE("a window that a plan gets later sees what earlier runs found of its measure") {
    Months company;
    company.facts.affiliate("ann");
    company.facts.affiliate("bob", "ann");
    for (int month = 1; month <= 3; ++month) {
        company.buys("bob", month_name(month) + "-10", 10 * month);
        company.close(plan_of("a = { sum = \"quantity\" }"), month_name(month));
    }
    company.buys("bob", "2026-04-10", 40);
    const std::string later = plan_of(
        "two = { sum = \"gv\", periods = 2 }\never = { sum = \"gv\", periods = \"lifetime\" }\n"
        "least = { min = \"gv\", periods = \"lifetime\" }");
    company.close(later, "2026-04");
    CHECK(company.measure("2026-04", "ann", "two") == "70.00");
    CHECK(company.measure("2026-04", "ann", "ever") == "100.00");
    CHECK(company.measure("2026-04", "ann", "least") == "10.00");
    company.close(plan_of(""), "2026-05");  // a month whose plan has no window leaves nothing
    company.buys("bob", "2026-06-10", 60);
    company.close(later, "2026-06");
    CHECK(company.measure("2026-06", "ann", "two") == "60.00");
    CHECK(company.measure("2026-06", "ann", "ever") == "160.00");
    CHECK(company.measure("2026-06", "ann", "least") == "0.00");
    company.check_verified();
}

TEST_CASE("a count of periods keeps what each run found when its window or its test changes") {
    Months company;
    company.facts.affiliate("ann");
    const auto counting = [](const char* periods, int least) {
        return plan_of(fmt::format(
            "loyal = {{ count = \"periods\", periods = {}, where = {{ pv = {} }} }}", periods,
            least));
    };
    company.buys("ann", "2026-01-10", 10);
    company.close(counting("1", 10), "2026-01");
    company.buys("ann", "2026-02-10", 10);
    company.close(counting("2", 20), "2026-02");
    company.buys("ann", "2026-03-10", 20);
    company.close(counting("3", 20), "2026-03");
    CHECK(company.measure("2026-01", "ann", "loyal") == "1");
    CHECK(company.measure("2026-02", "ann", "loyal") == "1");  // January held, February did not
    CHECK(company.measure("2026-03", "ann", "loyal") == "2");
    company.close(counting("\"lifetime\"", 20), "2026-04");
    CHECK(company.measure("2026-04", "ann", "loyal") == "2");
    company.check_verified();
}

TEST_CASE("windows of several plans do not see each other's periods") {
    Months company;
    company.facts.affiliate("ann");
    const std::string measures = "ever = { sum = \"pv\", periods = \"lifetime\" }";
    company.buys("ann", "2026-01-10", 10);
    company.close(plan_of(measures), "2026-01");
    company.buys("ann", "2026-02-10", 20);
    company.close(plan_of(measures, "", "q"), "2026-02");
    company.close(plan_of(measures), "2026-02");
    CHECK(company.measure("2026-02", "ann", "ever", "q") == "20.00");
    CHECK(company.measure("2026-02", "ann", "ever") == "30.00");
    company.check_verified();
}

TEST_CASE("a rank may ask for a window over a measure that depends on the ranks below") {
    Months company;
    company.facts.affiliate("ann");
    company.facts.affiliate("bob", "ann");
    const std::string plan = plan_of(
        "outside = { sum = \"pv\", over = \"downline\", until = { rank = \"director\" } }\n"
        "two = { sum = \"outside\", periods = 2 }\n"
        "led = { count = \"periods\", periods = 2, where = { legs = { count = 1, rank = "
        "\"director\" } } }",
        "[[rank]]\nname = \"director\"\nrequires = { two = 100 }\n"
        "[[rank]]\nname = \"leader\"\nrequires = { led = 2 }");
    company.buys("bob", "2026-01-10", 60);
    company.close(plan, "2026-01");
    CHECK(company.measure("2026-01", "ann", "two") == "60.00");
    company.buys("bob", "2026-02-10", 40);
    company.buys("ann", "2026-02-10", 30);
    company.close(plan, "2026-02");
    // bob is a director by 60 + 40, so ann's own group is her own 30 this month, 60 + 30 over two.
    CHECK(company.measure("2026-02", "ann", "two") == "90.00");
    CHECK(company.measure("2026-02", "ann", "led") == "1");
    company.buys("bob", "2026-03-10", 60);
    company.close(plan, "2026-03");
    const RunRecord march = find_run(company.facts.database, "p", "2026-03");
    CHECK(company.measure("2026-03", "ann", "led") == "2");
    CHECK(earnings_of(company.facts.database, march, "ann", false).rank == "leader");
    CHECK(earnings_of(company.facts.database, march, "bob", false).rank == "director");
    company.check_verified();
}

TEST_CASE("what windows bring in is part of the inputs' digest") {
    Months one, other;
    for (Months* company : {&one, &other}) {
        company->facts.affiliate("ann");
        company->buys("ann", "2026-01-10", company == &one ? 10 : 11);
        company->buys("ann", "2026-02-10", 10);
    }
    const std::string without = plan_of("");
    const std::string with = plan_of("ever = { sum = \"pv\", periods = \"lifetime\" }");
    for (Months* company : {&one, &other}) company->close(with, "2026-01");
    CHECK(one.draft(without, "2026-02").inputs_digest ==
          other.draft(without, "2026-02").inputs_digest);
    CHECK(one.draft(with, "2026-02").inputs_digest != other.draft(with, "2026-02").inputs_digest);
}

TEST_CASE("what was left for windows cannot be changed unseen") {
    Months company;
    company.facts.affiliate("ann");
    company.buys("ann", "2026-01-10", 10);
    company.close(plan_of("ever = { sum = \"pv\", periods = \"lifetime\" }"), "2026-01");
    Database& database = company.facts.database;
    CHECK_THROWS_WITH_AS(
        database.execute("UPDATE carried SET packed = x'' WHERE item = 'lifetime:sum:pv'"),
        doctest::Contains("this run is final"), StorageError);
    database.execute("DROP TRIGGER carried_final_update");
    database.execute("UPDATE carried SET packed = x'' WHERE item = 'lifetime:sum:pv'");
    std::string finding;
    CHECK_FALSE(verify(database, {}, 1, [&](const Check& check) {
        if (!check.holds) finding = check.finding;
    }));
    CHECK(finding == "carried (\"lifetime:sum:pv\", 0): packed is not what the facts give");
}

}  // namespace
}  // namespace downline
