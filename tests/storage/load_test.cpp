// Facts → snapshot.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"
#include "storage/runs.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

Loaded load_month(Facts& facts, const char* month = "2026-01", std::int64_t last_import = 0) {
    return load(facts.database, plan_from(small_plan), period(month), last_import);
}

std::string refusal_of(Facts& facts, const char* month = "2026-01") {
    try {
        (void)load_month(facts, month);
    } catch (const Refusal& refusal) {
        CHECK(refusal.kind == Refusal::Kind::input);
        return refusal.what();
    }
    return "";
}

TEST_CASE("members come in the byte order of their ids, whatever the order of rows") {
    Facts facts;
    facts.affiliate("b");
    facts.affiliate("a", "b");
    facts.affiliate("B", "b");
    facts.customer("a1", "a");
    const Members members = load_month(facts).snapshot.members;
    REQUIRE(members.count == 4);  // B, a, a1, b
    CHECK(members.number == std::vector<std::int64_t>{3, 2, 4, 1});
    CHECK(members.sponsor == std::vector<MemberIndex>{3, 3, 1, no_member});
    CHECK(members.kind[2] == MemberKind::customer);
    CHECK(members.enroller.empty());
    CHECK(members.placement.empty());
    CHECK(members.title_before.empty());
}

TEST_CASE("who joins after the last day is not there, and a parent who does leaves a root") {
    Facts facts;
    facts.affiliate("late", "", "2026-02-01");
    facts.affiliate("child", "late", "2026-01-31");
    const Members members = load_month(facts).snapshot.members;
    REQUIRE(members.count == 1);
    CHECK(members.number[0] == facts.number("child"));
    CHECK(members.sponsor[0] == no_member);
    CHECK(load_month(facts, "2026-02").snapshot.members.sponsor[0] == 1);
}

TEST_CASE("above a customer who becomes an affiliate later stands the nearest affiliate") {
    Facts facts;
    facts.affiliate("boss");
    facts.customer("bea", "boss");
    facts.customer("bob", "bea");
    facts.customer("cat", "bob");
    facts.affiliate("dan", "bob");
    facts.new_import();
    facts.change("bea", "kind", "2026-03-01", 0);
    facts.change("bob", "kind", "2026-02-10", 0);
    facts.order({"o1", "cat", "2026-01-05", 10'000});
    const auto sponsor_of = [&](const char* id, const char* month) {
        const Loaded loaded = load_month(facts, month);
        const Members& members = loaded.snapshot.members;
        const auto at = [&](std::int64_t number) {
            return std::ranges::find(members.number, number) - members.number.begin();
        };
        return members.number[members.sponsor[static_cast<std::size_t>(at(facts.number(id)))]];
    };
    for (const char* id : {"bea", "bob", "cat", "dan"})
        CHECK(sponsor_of(id, "2026-01") == facts.number("boss"));
    CHECK(sponsor_of("cat", "2026-02") == facts.number("bob"));
    CHECK(sponsor_of("bob", "2026-02") == facts.number("boss"));
    CHECK(sponsor_of("bob", "2026-03") == facts.number("bea"));
    // And the one above is paid: 10 % of what cat bought first.
    const RunSummary draft = make_draft(facts.database, plan_from(small_plan + std::string(R"(
[[bonus]]
code   = "whoever"
kind   = "personal"
rate   = "10%"
active = false
)")),
                                        period("2026-01"), "ann", "2026-02-02T10:00:00Z", 1);
    CHECK(draft.bonuses.back().paid_minor == 1000);
}

TEST_CASE("kind and status are those of the period's last day") {
    Facts facts;
    facts.affiliate("boss");
    facts.customer("cat", "boss");
    facts.affiliate("dan", "boss");
    facts.new_import();
    facts.change("cat", "kind", "2026-01-31", 0);
    facts.change("dan", "status", "2026-02-01", 2);
    facts.change("dan", "status", "2026-01-10", 1);
    const Members january = load_month(facts).snapshot.members;
    CHECK(january.kind[1] == MemberKind::affiliate);
    CHECK(january.status[2] == Status::suspended);
    CHECK(load_month(facts, "2025-12").snapshot.members.kind[1] == MemberKind::customer);
    CHECK(load_month(facts, "2026-02").snapshot.members.status[2] == Status::terminated);
    CHECK(load_month(facts, "2026-02", 1).snapshot.members.status[2] == Status::active);
}

TEST_CASE("of two versions of one day the later import counts") {
    Facts facts;
    facts.affiliate("dan");
    facts.new_import();
    facts.change("dan", "status", "2026-01-10", 2);
    facts.new_import();
    facts.change("dan", "status", "2026-01-10", 0);
    CHECK(load_month(facts).snapshot.members.status[0] == Status::active);
    CHECK(load_month(facts, "2026-01", 2).snapshot.members.status[0] == Status::terminated);
}

TEST_CASE("a first status with a date holds from that date") {
    Facts facts;
    facts.affiliate("dan");
    facts.database.execute("UPDATE member SET status = 2, status_on = " +
                           std::to_string(day("2026-02-01")));
    CHECK(load_month(facts).snapshot.members.status[0] == Status::active);
    CHECK(load_month(facts, "2026-02").snapshot.members.status[0] == Status::terminated);
}

TEST_CASE("an enroller that is not stated is the sponsor") {
    Facts facts;
    facts.affiliate("a");
    facts.affiliate("b", "a");
    facts.affiliate("c", "b");
    facts.database.execute(
        "UPDATE member SET enroller = 1, placement = 2, leg = 2 WHERE number = 3");
    const Members members = load_month(facts).snapshot.members;
    CHECK(members.enroller == std::vector<MemberIndex>{no_member, 0, 0});
    CHECK(members.placement == std::vector<MemberIndex>{no_member, no_member, 1});
    CHECK(members.leg == std::vector<std::uint32_t>{0, 0, 2});
}

TEST_CASE("order lines come by date, order id and line, and orders are numbered") {
    Facts facts;
    facts.affiliate("a");
    facts.order({"9", "a", "2026-01-02", 100});
    facts.order({"10", "a", "2026-01-02", 200, 2});
    facts.order({"10", "a", "2026-01-02", 300, 1});
    facts.order({"z", "a", "2026-01-01", 400});
    facts.order({"out", "a", "2026-02-01", 500});
    const Loaded loaded = load_month(facts);
    const OrderLines& lines = loaded.snapshot.orders;
    REQUIRE(lines.count == 4);
    CHECK(lines.amount_minor == std::vector<std::int64_t>{400, 300, 200, 100});
    CHECK(lines.order == std::vector<std::uint32_t>{0, 1, 1, 2});
    CHECK(loaded.snapshot.order_count == 3);
    CHECK(unpack_order_rows(loaded.order_places.at(0)) == std::vector<std::int64_t>{4, 3, 2, 1});
    CHECK(lines.qualifying_centipoints.empty());
    CHECK(lines.cost_minor.empty());
    CHECK(lines.quantity.empty());
    CHECK(lines.sku.of.empty());
}

TEST_CASE("ids that begin alike are sorted by what follows") {
    Facts facts;
    facts.affiliate("a");
    for (const char* id :
         {"order-12", "order-2", "order-1", "order-10000000001", "order-10000000002"})
        facts.order({id, "a", "2026-01-02", 100});
    // order-1, order-10000000001, order-10000000002, order-12, order-2
    CHECK(unpack_order_rows(load_month(facts).order_places.at(0)) ==
          std::vector<std::int64_t>{3, 4, 5, 1, 2});
}

TEST_CASE("the rows of places are packed by stretches and come back in pieces") {
    std::vector<std::int64_t> rows;
    for (std::int64_t place = 0; place < 2 * carried_piece_size + 3; ++place)
        rows.push_back(place % 100 == 7 ? 1'000'000'000 - place : place + 5);
    const std::vector<std::string> pieces = pack_order_rows(rows);
    REQUIRE(pieces.size() == 3);
    std::vector<std::int64_t> back;
    for (const std::string& piece : pieces) {
        const std::vector<std::int64_t> part = unpack_order_rows(piece).value();
        back.insert(back.end(), part.begin(), part.end());
    }
    CHECK(back == rows);
    CHECK(pieces[2].size() < 10);                                     // three rows in a stretch
    CHECK_FALSE(unpack_order_rows(std::string{"\x02"}).has_value());  // cut off
    CHECK_FALSE(unpack_order_rows(std::string{"\x02\xff\xff\x03"}).has_value());  // too many
}

TEST_CASE("a volume that is not stated is the amount, and a qualifying volume the volume") {
    Facts facts;
    facts.affiliate("a");
    facts.order({.id = "1", .buyer = "a", .on = "2026-01-02", .amount = 1234});
    facts.order({.id = "2", .buyer = "a", .on = "2026-01-02", .amount = 1234, .volume = 500});
    facts.order({.id = "3",
                 .buyer = "a",
                 .on = "2026-01-02",
                 .amount = 1,
                 .qualifying = 7,
                 .cost = 3,
                 .quantity = 4});
    const OrderLines lines = load_month(facts).snapshot.orders;
    CHECK(lines.volume_centipoints == std::vector<std::int64_t>{1234, 500, 1});
    CHECK(lines.qualifying_centipoints == std::vector<std::int64_t>{1234, 500, 7});
    CHECK(lines.cost_minor == std::vector<std::int64_t>{-1, -1, 3});
    CHECK(lines.quantity == std::vector<std::uint32_t>{1, 1, 4});
}

TEST_CASE("a volume in hundredths comes from amounts with no places or three") {
    Facts facts;
    facts.affiliate("a");
    facts.order({"1", "a", "2026-01-02", 1235});
    Plan plan = plan_from(small_plan);
    plan.currency_places = 0;  // 1,235 yen are 1,235.00 points
    CHECK(load(facts.database, plan, period("2026-01")).snapshot.orders.volume_centipoints[0] ==
          123500);
    plan.currency_places = 3;  // 1.235 dinars are 1.24 points, half up
    CHECK(load(facts.database, plan, period("2026-01")).snapshot.orders.volume_centipoints[0] ==
          124);
}

TEST_CASE("the product in force on the order's day gives category, volume and creator") {
    Facts facts;
    facts.affiliate("a");
    facts.affiliate("maker");
    facts.product("soap", nullptr, "old", 100);
    facts.product("soap", "2026-01-10", "new", 200, "maker");
    facts.order(
        {.id = "1", .buyer = "a", .on = "2026-01-09", .amount = 9, .quantity = 3, .sku = "soap"});
    facts.order({.id = "2", .buyer = "a", .on = "2026-01-10", .amount = 9, .sku = "soap"});
    facts.order({.id = "3",
                 .buyer = "a",
                 .on = "2026-01-11",
                 .amount = 9,
                 .volume = 5,
                 .sku = "soap",
                 .category = "own"});
    facts.order({.id = "4", .buyer = "a", .on = "2026-01-11", .amount = 9, .sku = "other"});
    const OrderLines lines = load_month(facts).snapshot.orders;
    CHECK(lines.volume_centipoints == std::vector<std::int64_t>{300, 200, 5, 9});
    const auto category = [&](std::size_t i) { return lines.category.texts[lines.category[i]]; };
    CHECK(category(0) == "old");
    CHECK(category(1) == "new");
    CHECK(category(2) == "own");
    CHECK(category(3).empty());
    CHECK(lines.creator == std::vector<MemberIndex>{no_member, 1, 1, no_member});
}

TEST_CASE("of replaced rows the newest import that the run sees counts") {
    Facts facts;
    facts.affiliate("a");
    const std::int64_t old_row = facts.order({"1", "a", "2026-01-02", 100});
    facts.order({"0", "a", "2026-01-03", 50});
    facts.new_import();
    const std::int64_t new_row = facts.order({"1", "a", "2026-01-02", 150});
    facts.replaced("order_line", old_row, new_row);
    CHECK(load_month(facts).snapshot.orders.amount_minor == std::vector<std::int64_t>{150, 50});
    CHECK(load_month(facts, "2026-01", 1).snapshot.orders.amount_minor ==
          std::vector<std::int64_t>{100, 50});
}

TEST_CASE("returns of the period's orders come with it, by order line, date and id") {
    Facts facts;
    facts.affiliate("a");
    facts.order({"1", "a", "2025-12-31", 100});
    facts.order({"2", "a", "2026-01-02", 100});
    facts.order({"3", "a", "2026-01-03", 100});
    facts.returned("r1", "1", "2026-01-05", 10);  // of a period before: a clawback's matter
    facts.returned("r2", "3", "2026-01-20", 20);
    facts.returned("r4", "2", "2026-01-20", 30, 1, 7);
    facts.returned("r3", "2", "2026-01-20", 40);
    facts.returned("r5", "2", "2026-02-01", 1);  // not yet
    const auto returns = load_month(facts).snapshot.returns;
    REQUIRE(returns.size() == 3);
    CHECK(returns[0].order_line == 0);
    CHECK(returns[0].amount_minor == 40);
    CHECK(returns[0].volume_centipoints == -1);
    CHECK(returns[1].amount_minor == 30);
    CHECK(returns[1].volume_centipoints == 7);
    CHECK(returns[2].order_line == 1);
}

TEST_CASE("orders before the first run count in sequences, fully returned ones do not") {
    Facts facts;
    facts.affiliate("a");
    facts.customer("c", "a");
    facts.order({"1", "c", "2025-10-05", 100, 2});
    facts.order({"1", "c", "2025-10-05", 100, 3});  // one order, though no line is number 1
    facts.order({"2", "c", "2025-09-01", 100});
    facts.order({"3", "c", "2025-12-31", 100});
    facts.order({"4", "c", "2026-01-01", 100});
    facts.returned("r", "2", "2026-01-31", 100);
    const Snapshot january = load_month(facts).snapshot;
    CHECK(january.sequences.orders_before == std::vector<std::uint32_t>{0, 2});
    CHECK(january.sequences.first_on[1] == day("2025-10-05"));
    CHECK(january.orders.sequence.empty());  // no contract: an order continues its buyer's
    CHECK(january.orders.sequence_of(0) == 1);
    const Snapshot december = load_month(facts, "2025-12").snapshot;
    CHECK(december.sequences.orders_before[1] == 2);  // returned only later
    CHECK(december.sequences.first_on[1] == day("2025-09-01"));
}

TEST_CASE("a free order without a return is not fully returned") {
    Facts facts;
    facts.affiliate("a");
    facts.order({"1", "a", "2025-10-05", 0});
    CHECK(load_month(facts).snapshot.sequences.orders_before[0] == 1);
    facts.returned("r", "1", "2025-11-05", 0);
    CHECK(load_month(facts).snapshot.sequences.orders_before[0] == 0);
}

TEST_CASE("contracts have sequences of their own") {
    Facts facts;
    facts.affiliate("a");
    facts.order({.id = "1", .buyer = "a", .on = "2025-10-05", .amount = 1, .contract = "p"});
    facts.order({.id = "2", .buyer = "a", .on = "2025-11-05", .amount = 1, .contract = "q"});
    facts.order({.id = "3", .buyer = "a", .on = "2025-12-05", .amount = 1, .contract = "p"});
    facts.order({.id = "4", .buyer = "a", .on = "2026-01-05", .amount = 1, .contract = "new"});
    facts.order({.id = "5", .buyer = "a", .on = "2026-01-06", .amount = 1, .contract = "p"});
    facts.order({.id = "6", .buyer = "a", .on = "2026-01-07", .amount = 1});
    const Loaded loaded = load_month(facts);
    REQUIRE(loaded.contracts.size() == 3);  // new, p, q
    CHECK(loaded.contracts[1].contract == "p");
    CHECK(loaded.snapshot.sequences.orders_before == std::vector<std::uint32_t>{0, 0, 2, 1});
    CHECK(loaded.snapshot.orders.sequence == std::vector<std::uint32_t>{1, 2, 0});
}

TEST_CASE("a title of the members file is a place in the ladder, by name or former name") {
    Facts facts;
    facts.affiliate("a");
    facts.affiliate("b", "", "2025-01-01", "silver");
    CHECK(load_month(facts).snapshot.members.title_before == std::vector<std::uint16_t>{0, 1});
    facts.affiliate("c", "", "2025-01-01", "gold");
    CHECK(refusal_of(facts) ==
          "member c has the title \"gold\", which plan small does not name (it names: silver); "
          "write [plan] was = { \"gold\" = \"…\" } with the rank that it has become");
    Plan plan = plan_from(small_plan);
    plan.was.emplace_back("gold", "silver");
    const Members members = load(facts.database, plan, period("2026-01")).snapshot.members;
    CHECK(members.title_before == std::vector<std::uint16_t>{0, 1, 1});
}

TEST_CASE("an order of somebody who joins after the period is refused") {
    Facts facts;
    facts.affiliate("a", "", "2026-02-01");
    facts.order({"1", "a", "2026-01-05", 100});
    CHECK(refusal_of(facts) ==
          "order 1 is dated 2026-01-05 but its buyer a joins on 2026-02-01, after 2026-01; correct "
          "the order's date or the member's day of joining, and import it with --replace");
    facts.order({"2", "a", "2026-01-06", 100});
    CHECK(refusal_of(facts).find("joins on 2026-02-01, after 2026-01 (2 such lines in all);") !=
          std::string::npos);
}

TEST_CASE("sums that a run could not add up are refused") {
    Facts facts;
    facts.affiliate("a");
    for (int i = 0; i < 1001; ++i)
        facts.order({.id = std::to_string(i),
                     .buyer = "a",
                     .on = "2026-01-05",
                     .amount = 1'000'000'000'000'000,
                     .volume = 1});
    CHECK(refusal_of(facts) ==
          "the amount of all orders of 2026-01 is beyond 10^18; a run cannot add up so much "
          "exactly; look for a mistaken order");
}

TEST_CASE("a product's volume times the quantity has an end") {
    Facts facts;
    facts.affiliate("a");
    facts.product("soap", nullptr, "x", 1'000'000'000'000);
    facts.order({.id = "1",
                 .buyer = "a",
                 .on = "2026-01-05",
                 .amount = 1,
                 .quantity = 1001,
                 .sku = "soap"});
    CHECK(
        refusal_of(facts) ==
        "order 1 line 1: its volume is beyond 10000000000000.00 points; correct the amount or the "
        "product's volume and import it with --replace");
}

TEST_CASE("the digest of inputs follows what the result depends on") {
    Facts facts;
    facts.affiliate("a");
    facts.customer("c", "a");
    facts.order({"1", "c", "2026-01-05", 100});
    const std::string before = load_month(facts).inputs_digest;
    CHECK(before.size() == 64);

    SUBCASE("a later month and a name change nothing") {
        facts.new_import();
        facts.order({"2", "c", "2026-02-05", 100});
        facts.affiliate("new", "", "2026-02-05");
        facts.database.execute("UPDATE member SET name = 'Cleo'");
        CHECK(load_month(facts).inputs_digest == before);
    }
    SUBCASE("an order does") {
        facts.order({"2", "c", "2026-01-06", 100});
        CHECK(load_month(facts).inputs_digest != before);
    }
    SUBCASE("an order before the period does") {
        facts.order({"2", "c", "2025-01-06", 100});
        CHECK(load_month(facts).inputs_digest != before);
    }
    SUBCASE("a return does") {
        facts.returned("r", "1", "2026-01-31", 1);
        CHECK(load_month(facts).inputs_digest != before);
    }
    SUBCASE("a status does") {
        facts.change("c", "status", "2026-01-31", 2);
        CHECK(load_month(facts).inputs_digest != before);
    }
}

TEST_CASE("the digest of inputs does not depend on the order of rows") {
    Facts one, other;
    one.affiliate("a");
    one.customer("b", "a");
    one.customer("c", "a");
    one.order({"1", "c", "2026-01-05", 100});
    one.order({"2", "b", "2026-01-05", 200});
    other.customer("c", "");
    other.affiliate("a");
    other.customer("b", "a");
    other.database.execute("UPDATE member SET sponsor = 2 WHERE member_id = 'c'");
    other.order({"2", "b", "2026-01-05", 200});
    other.order({"1", "c", "2026-01-05", 100});
    CHECK(load_month(one).inputs_digest == load_month(other).inputs_digest);
}

}  // namespace
}  // namespace downline
