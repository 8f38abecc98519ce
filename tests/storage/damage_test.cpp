// Numbers and places that a damaged database names: said to be damage, never followed out of a list.
#include <doctest/doctest.h>

#include <functional>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"
#include "storage/report.hpp"
#include "storage/retention.hpp"
#include "storage/runs.hpp"
#include "storage/tree_history.hpp"
#include "tests/storage/facts.hpp"

namespace downline {
namespace {

std::string damage(const std::function<void()>& work) {
    try {
        work();
    } catch (const StorageError& error) {
        return error.what();
    }
    return "nothing is said";
}

std::string said(const std::string& what) {
    return "the database is damaged: " + what +
           "; `downline verify` says what differs, a backup mends it";
}

struct Damaged : Facts {
    Damaged() {
        affiliate("boss");
        affiliate("rep", "boss");
        customer("cat", "rep");
        order({"1", "cat", "2026-01-05", 10'000});
        run = draft().record;
    }
    RunSummary draft() {
        return make_draft(database, plan_from(small_plan), period("2026-01"), "ann",
                          "2026-03-02T10:00:00Z", 1);
    }
    RunRecord run;
};

}  // namespace

TEST_CASE("a member whose number no file of this size can hold is damage") {
    Damaged damaged;
    damaged.database.execute("UPDATE member SET number = 1000000000000 WHERE member_id = 'cat'");
    const std::string what = said("a row has a number that is too large");
    CHECK(damage([&] { (void)damaged.draft(); }) == what);
    CHECK(damage([&] { (void)retention_of(damaged.database, day("2026-01-31")); }) == what);
    CHECK(damage([&] { (void)TreeHistory(damaged.database, Tree::sponsor); }) == what);
}

TEST_CASE("a member with a number below 1 is damage") {
    Damaged damaged;
    damaged.database.execute("UPDATE member SET number = -5 WHERE member_id = 'cat'");
    CHECK(damage([&] { (void)damaged.draft(); }) == said("a member has a number that is none"));
    CHECK(damage([&] { (void)TreeHistory(damaged.database, Tree::sponsor); }) ==
          said("a link names a member who is not there"));
}

TEST_CASE("an order of a buyer who is not there is damage") {
    Damaged damaged;
    damaged.database.execute("UPDATE order_line SET buyer = 400");
    CHECK(damage([&] { (void)retention_of(damaged.database, day("2026-01-31")); }) ==
          said("a row names a member who is not there"));
}

TEST_CASE("a link to a sponsor who is not there is damage") {
    Damaged damaged;
    damaged.database.execute("UPDATE member SET sponsor = 400 WHERE member_id = 'cat'");
    CHECK(damage([&] { (void)TreeHistory(damaged.database, Tree::sponsor); }) ==
          said("a link names a member who is not there"));
}

TEST_CASE("a forfeit of a bonus that the run does not have is damage") {
    Damaged damaged;
    damaged.database.execute("INSERT INTO run_forfeit(run, bonus, reason, amount) VALUES (" +
                             std::to_string(damaged.run.number) + ", 7, 'rank', 1)");
    CHECK(damage([&] { (void)run_summary(damaged.database, damaged.run.number); }) ==
          said("what was forfeited names no bonus of its run"));
}

TEST_CASE("a statement of a rank that the run does not have is damage") {
    Damaged damaged;
    damaged.database.execute("UPDATE statement SET rank = 7");
    CHECK(damage([&] { (void)report_of(damaged.database, damaged.run, 1); }) ==
          said("a statement names no rank of its run"));
}

TEST_CASE("order rows whose differences add up beyond any number are none") {
    std::string piece;
    for (int i = 0; i < 3; ++i) {
        append_signed(piece, INT64_MAX);
        append_varint(piece, 1);
    }
    CHECK_FALSE(unpack_order_rows(piece).has_value());
    std::string before_the_first;
    append_signed(before_the_first, -1);
    append_varint(before_the_first, 2);
    CHECK_FALSE(unpack_order_rows(before_the_first).has_value());
    CHECK(unpack_order_rows(pack_order_rows({7, 8, 9, 3})[0]) ==
          std::vector<std::int64_t>{7, 8, 9, 3});
}

}  // namespace downline
