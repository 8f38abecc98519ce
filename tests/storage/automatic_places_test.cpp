// Places that closed runs gave: no file and no move puts another there, or makes a circle with them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/errors.hpp"
#include "storage/runs.hpp"
#include "tests/storage/facts.hpp"
#include "tests/storage/importing.hpp"

namespace downline {
namespace {

constexpr const char* plan_text = R"(
[plan]
name      = "placing"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[placement]
kind = "binary"
fill = "left"
)";

/// January is closed: bob stands left below ann, cat left below bob.
class Company {
public:
    Company() {
        members("ann,,2025-01-01,,\nbob,ann,2025-01-02,,\ncat,bob,2025-01-03,,\n"
                "dan,ann,2026-03-05,,\n");
        run("2026-01");
        (void)close_period(database, "placing", "2026-01", {}, "bob", "2026-02-01T10:00:00Z");
    }
    std::string members(const std::string& rows) {
        return import_text(database, ImportKind::members,
                           "member_id,sponsor_id,joined_on,placement_id,leg\n" + rows);
    }
    std::string moves(const std::string& rows) {
        return import_text(database, ImportKind::moves,
                           "member_id,tree,new_parent_id,effective_on,leg,reason\n" + rows);
    }
    void run(const char* month) {
        (void)make_draft(database, plan_from(plan_text), period(month), "ann",
                         "2026-02-01T10:00:00Z", 1);
    }
    Database database = Database::in_memory();
};

constexpr const char* rejected = "0 new, 0 changed, 0 unchanged, 1 rejected\n";

/// What a run of April says, once February and March are closed.
std::string refusal_of_april(Company& company) {
    for (const char* month : {"2026-02", "2026-03"}) {
        company.run(month);
        (void)close_period(company.database, "placing", month, {}, "bob", "2026-05-01T10:00:00Z");
    }
    try {
        company.run("2026-04");
    } catch (const Refusal& error) {
        return error.what();
    }
    return "";
}

TEST_CASE("a leg that a closed run filled is taken, for a new member and for a move") {
    Company company;
    CHECK(company.members("eve,ann,2026-02-03,ann,L\n") ==
          fmt::format("{}members:2:24: error leg_taken: leg L below \"ann\" is taken by \"bob\", whom "
                      "a closed run placed there; choose another",
                      rejected));
    CHECK(company.moves("cat,placement,ann,2026-02-03,L,why\n") ==
          fmt::format("{}moves:2:30: error leg_taken: leg L below \"ann\" is taken by \"bob\" on "
                      "2026-02-03; choose another",
                      rejected));
}

TEST_CASE("a leg is free once a move has taken away whom a closed run placed there") {
    Company company;
    CHECK(company.moves("bob,placement,ann,2026-02-03,R,asked\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.members("eve,ann,2026-02-02,ann,L\n").starts_with(rejected));
    CHECK(company.members("eve,ann,2026-02-03,ann,L\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    company.run("2026-02");
}

TEST_CASE("a move that makes a circle with places of closed runs is refused") {
    Company company;
    CHECK(company.moves("ann,placement,cat,2026-02-03,L,why\n") ==
          fmt::format("{}moves:2:15: error placement_cycle: after 2026-02-03 placement links form a "
                      "cycle of 3: ann -> cat -> bob -> ann; correct one of the moves",
                      rejected));
}

TEST_CASE("a move that was known before a run gave its leg away is named by the next run") {
    Company company;
    // Dan joins in March; February places eve left below cat, where dan's move puts him in April.
    CHECK(company.moves("dan,placement,cat,2026-04-01,L,asked\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.members("eve,cat,2026-02-03,,\n") == "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(refusal_of_april(company) == "\"dan\" and \"eve\" both stand in leg 1 below \"cat\": a closed run placed one of "
                  "them before the other's place began; move one of them elsewhere");
    CHECK(company.moves("eve,placement,cat,2026-04-01,R,makes room\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    company.run("2026-04");
}

TEST_CASE("a move that was known before a run closed a circle with it is named by the next run") {
    Company company;
    // February places eve below cat, whose move puts her below eve in April.
    CHECK(company.members("eve,cat,2026-02-03,,\n") == "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(company.moves("cat,placement,eve,2026-04-01,R,asked\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    CHECK(refusal_of_april(company) == "placement links form a cycle of 2: \"cat\" -> \"eve\" -> \"cat\": a closed run "
                  "placed one of them before the other's move began; move one of them elsewhere, on "
                  "the day of that move");
    CHECK(company.moves("eve,placement,bob,2026-04-01,R,above cat\n") ==
          "1 new, 0 changed, 0 unchanged, 0 rejected");
    company.run("2026-04");
}

}  // namespace
}  // namespace downline
