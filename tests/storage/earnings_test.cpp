// What members earned, read back from a stored run.
#include "storage/earnings.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <functional>

#include "engine/errors.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

/// boss ← rep ← cat and dog (customers); idle below boss.
struct Company : Facts {
    Company() {
        affiliate("boss");
        affiliate("rep", "boss");
        affiliate("idle", "boss");
        customer("cat", "rep");
        customer("dog", "rep");
        order({"1", "cat", "2026-01-05", 10'000});
        order({"2", "cat", "2026-01-06", 20'000});
        order({"3", "boss", "2026-01-07", 10'000});
        database.execute("UPDATE member SET name = 'Boss' WHERE member_id = 'boss'");
    }
    RunRecord run_month(const char* month = "2026-01") {
        return make_draft(database, plan_from(small_plan), period(month), "ann",
                          "2026-03-02T10:00:00Z", 1)
            .record;
    }
    void close_month(const char* month) {
        (void)close_period(database, "small", month, {}, "ann", "2026-03-02T10:00:00Z");
    }
};

std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Refusal& error) {
        CHECK(error.kind == Refusal::Kind::input);
        return error.what();
    }
    return "";
}

TEST_CASE("earnings explain a member's pay down to the order line") {
    Company company;
    const RunRecord run = company.run_month();
    const Earnings rep = earnings_of(company.database, run, "rep", true);
    CHECK(rep.is_active);
    CHECK(rep.rank == "silver");  // gv 300
    CHECK(rep.title == "silver");
    CHECK_FALSE(rep.name.has_value());
    CHECK(rep.measures ==
          std::vector<std::pair<std::string, std::string>>{{"pv", "300.00"}, {"gv", "300.00"}});
    CHECK(rep.total_minor == 2000);  // 10 % of 100.00, 5 % of 200.00
    REQUIRE(rep.by_bonus.size() == 2);
    CHECK(rep.by_bonus[0].name == "first");
    CHECK(rep.by_bonus[0].amount_minor == 1000);
    CHECK(rep.by_bonus[0].lines == 1);
    CHECK(rep.by_bonus[1].name == "again");
    REQUIRE(rep.by_stream.size() == 2);
    CHECK(rep.by_stream[0].name == "active");
    CHECK(rep.by_stream[1].name == "residual");
    REQUIRE(rep.by_level.size() == 1);
    CHECK(rep.by_level[0].name == "0");
    REQUIRE(rep.lines.size() == 2);
    const EarningLine& line = rep.lines[0];
    CHECK(line.bonus == "first");
    CHECK(line.order_id == "1");
    CHECK(line.line == 1);
    CHECK(line.from == "cat");
    CHECK(line.level == 0);
    CHECK(line.paid_level == 0);
    CHECK(line.base == "100.00");
    CHECK(line.rate == "10%");
    CHECK(line.amount_minor == 1000);
    CHECK(line.stream == "active");

    const Earnings boss = earnings_of(company.database, run, "boss", true);
    CHECK(boss.name == "Boss");
    REQUIRE(boss.lines.size() == 2);  // 5 % of cat's two orders, one level above rep
    CHECK(boss.lines[1].order_id == "2");
    CHECK(boss.lines[1].level == 1);
    CHECK(boss.lines[1].paid_level == 1);
    CHECK(boss.lines[1].rate == "5%");
    CHECK(boss.lines[1].amount_minor == 1000);
    CHECK(boss.lines[1].stream == "leveraged-residual");
    CHECK(earnings_of(company.database, run, "boss", false).lines.empty());
}

TEST_CASE("who earned nothing has a statement of zeros") {
    Company company;
    const Earnings idle = earnings_of(company.database, company.run_month(), "idle", true);
    CHECK_FALSE(idle.is_active);
    CHECK_FALSE(idle.rank.has_value());
    CHECK(idle.total_minor == 0);
    CHECK(idle.by_bonus.empty());
    CHECK(idle.measures ==
          std::vector<std::pair<std::string, std::string>>{{"pv", "0.00"}, {"gv", "0.00"}});
}

TEST_CASE("a member that is not there, or earns nothing, is said so") {
    Company company;
    company.affiliate("later", "boss", "2026-02-01");
    const RunRecord run = company.run_month();
    const auto ask = [&](const char* id) {
        return refusal([&] { (void)earnings_of(company.database, run, id, false); });
    };
    CHECK(ask("repp") == "there is no member \"repp\"; did you mean rep");
    CHECK(ask("cog") == "there is no member \"cog\"; did you mean dog, cat");
    CHECK(ask("nobody at all") == "there is no member \"nobody at all\"");
    CHECK(ask("cat") == "cat is a customer and earns nothing; its orders count for rep");
    CHECK(ask("later") == "later joins on 2026-02-01, after 2026-01");
}

TEST_CASE("all earnings come by member id, customers left out") {
    Company company;
    company.affiliate("later", "boss", "2026-02-01");
    const RunRecord run = company.run_month();
    std::vector<std::string> all, earners;
    std::int64_t sum = 0;
    each_earnings(company.database, run, true, false, [&](const Earnings& earnings) {
        all.push_back(earnings.member_id);
        sum += earnings.total_minor;
    });
    each_earnings(company.database, run, false, true,
                  [&](const Earnings& earnings) { earners.push_back(earnings.member_id); });
    CHECK(all == std::vector<std::string>{"boss", "idle", "rep"});
    CHECK(earners == std::vector<std::string>{"boss", "rep"});
    CHECK(sum == run.paid_minor);
}

TEST_CASE("amounts per unit show the quantity and the amount") {
    Facts facts;
    facts.affiliate("a");
    facts.customer("c", "a");
    facts.order({.id = "1", .buyer = "c", .on = "2026-01-05", .amount = 10'000, .quantity = 3});
    std::string text = small_plan;
    text.replace(text.find("rate   = \"10%\""), 14, "amount = \"2.50\"");
    const RunRecord run =
        make_draft(facts.database, plan_from(text), period("2026-01"), "ann", "", 1).record;
    const Earnings earnings = earnings_of(facts.database, run, "a", true);
    REQUIRE(earnings.lines.size() == 1);
    CHECK(earnings.lines[0].base == "3");
    CHECK(earnings.lines[0].rate == "2.50");
    CHECK(earnings.lines[0].amount_minor == 750);
}

TEST_CASE("customers: what they bought, what was earned on it, who stopped") {
    Company company;
    company.returned("r1", "2", "2026-01-20", 5'000);
    company.run_month();
    company.close_month("2026-01");
    company.new_import();
    company.order({"4", "dog", "2026-02-01", 1'000});
    company.returned("r2", "4", "2026-02-02", 1'000);
    company.order({"5", "boss", "2026-05-01", 100});
    const Customers customers = customers_of(company.database, "rep");
    CHECK(customers.as_of == day("2026-05-01"));
    REQUIRE(customers.rows.size() == 2);
    const CustomerRow& cat = customers.rows[0];
    CHECK(cat.member_id == "cat");
    CHECK(cat.order_count == 2);
    CHECK(cat.first_order == day("2026-01-05"));
    CHECK(cat.last_order == day("2026-01-06"));
    CHECK(cat.amount_minor == 25'000);  // 50.00 came back
    CHECK(cat.paid_minor == 1750);      // 10 % of 100.00 and 5 % of 150.00
    CHECK(cat.is_lapsed);               // 115 days
    const CustomerRow& dog = customers.rows[1];
    CHECK(dog.order_count == 0);  // fully returned
    CHECK_FALSE(dog.first_order.has_value());
    CHECK_FALSE(dog.is_lapsed);
    CHECK(customers.amount_minor == 25'000);
    CHECK(customers.largest_amount_minor == 25'000);
    CHECK(customers_of(company.database, "idle").rows.empty());
    CHECK(refusal([&] { (void)customers_of(company.database, "cat"); }) ==
          "cat is a customer; customers sell to nobody");
}

TEST_CASE("a customer lapses after 90 days without an order") {
    Company company;
    company.order({"5", "boss", "2026-04-06", 100});  // 90 days after cat's last order
    CHECK_FALSE(customers_of(company.database, "rep").rows[0].is_lapsed);
    company.order({"6", "boss", "2026-04-07", 100});
    CHECK(customers_of(company.database, "rep").rows[0].is_lapsed);
}

TEST_CASE("the tree shows a downline in preorder with what the run found") {
    Company company;
    const RunRecord run = company.run_month();
    const auto rows =
        tree_of(company.database, run, "boss", Tree::sponsor, {}, UINT32_MAX, UINT32_MAX);
    REQUIRE(rows.size() == 5);
    std::string drawn;
    for (const TreeRow& row : rows) drawn += std::string(row.depth, '.') + row.member_id + " ";
    CHECK(drawn == "boss .idle .rep ..cat ..dog ");
    CHECK(rows[0].downline_count == 4);
    CHECK(rows[0].gv == "400.00");
    CHECK(rows[0].amount_minor == 1500);
    CHECK(rows[2].rank == "silver");
    CHECK(rows[2].is_active);
    CHECK(rows[3].is_customer);
    CHECK(rows[3].pv.empty());
    CHECK(rows[1].status == "active");
    CHECK_FALSE(rows[0].is_cut);
}

TEST_CASE("the tree can be cut by depth and to the largest legs") {
    Company company;
    const auto top = tree_of(company.database, {}, "boss", Tree::sponsor, {}, UINT32_MAX, 1);
    REQUIRE(top.size() == 3);  // boss, rep (the larger leg), cat
    CHECK(top[1].member_id == "rep");
    CHECK(top[0].is_cut);
    CHECK(top[1].is_cut);
    const auto flat = tree_of(company.database, {}, "boss", Tree::sponsor, {}, 1, UINT32_MAX);
    REQUIRE(flat.size() == 3);
    CHECK_FALSE(flat[0].is_cut);
    CHECK(flat[2].is_cut);
    CHECK(flat[2].downline_count == 2);
    CHECK(
        refusal([&] { (void)tree_of(company.database, {}, "boss", Tree::placement, {}, 1, 1); }) ==
        "nobody has a place yet: the members file has no placement_id; ask for the sponsor "
        "or enroller tree");
}

TEST_CASE("the tree of a day leaves out who joined later") {
    Company company;
    company.affiliate("later", "boss", "2026-02-01");
    const auto names = [&](const char* on) {
        std::string all;
        for (const TreeRow& row :
             tree_of(company.database, {}, "boss", Tree::enroller, day(on), 1, 9))
            all += row.member_id + " ";
        return all;
    };
    CHECK(names("2026-01-31") == "boss idle rep ");
    CHECK(names("2026-02-01") == "boss idle later rep ");
    CHECK(refusal([&] {
              (void)tree_of(company.database, {}, "later", Tree::sponsor, day("2026-01-01"), 1, 1);
          }) == "later joins on 2026-02-01, after 2026-01-01");
}

TEST_CASE("earning lines are rows of SQL") {
    Company company;
    const RunRecord run = company.run_month();
    register_earning_tables(company.database);
    Database& database = company.database;
    CHECK(database.integer("SELECT count(*) FROM earning_line") == run.line_count);
    CHECK(database.integer("SELECT sum(amount) FROM earning_line WHERE run = 1") == run.paid_minor);
    CHECK(database.integer("SELECT sum(amount) FROM earning_total") == run.paid_minor);
    CHECK(database.integer("SELECT sum(lines) FROM earning_total WHERE member_id = 'boss'") == 2);
    CHECK(database.integer("SELECT count(*) FROM earning_line WHERE run = 2") == 0);
    CHECK(database.integer("SELECT count(*) FROM earning_line WHERE member_id = 'BOSS'") == 0);
    CHECK(database.integer("SELECT count(*) FROM earning_line WHERE member_id = 'BOSS'"
                           " COLLATE NOCASE") == 2);
    CHECK(database.text(
              "SELECT plan || ' ' || period || ' ' || state || ' ' || bonus || ' ' ||"
              " order_id || ' ' || line || ' ' || from_id || ' ' || level || ' ' ||"
              " paid_level || ' ' || base || ' ' || rate || ' ' || amount || ' ' || stream"
              " FROM earning_line WHERE run = 1 AND member_id = 'boss' AND order_id = '2'") ==
          "small 2026-01 draft override 2 1 cat 1 1 200.00 5% 1000 leveraged-residual");
    // Joined to a table, and asked per row.
    CHECK(database.integer("SELECT sum(l.amount) FROM member m JOIN earning_line l ON"
                           " l.member_id = m.member_id WHERE m.kind = 0") == run.paid_minor);
}

TEST_CASE("the extension shows the same rows to any SQLite connection") {
    Company company;
    const RunRecord run = company.run_month();
    sqlite3* handle = company.database.handle();
    REQUIRE(sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr) ==
            SQLITE_OK);
    char* message = nullptr;
    const int code = sqlite3_load_extension(handle, DOWNLINE_EXTENSION, nullptr, &message);
    CAPTURE(message);
    REQUIRE(code == SQLITE_OK);
    CHECK(company.database.integer("SELECT sum(amount) FROM earning_line") == run.paid_minor);
    CHECK(company.database.text("SELECT group_concat(DISTINCT stream) FROM earning_total WHERE"
                                " member_id = 'rep'") == "active,residual");
}

}  // namespace
}  // namespace downline
