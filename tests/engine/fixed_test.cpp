// The kind `fixed`: an amount by rank, or by a measure.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

constexpr const char* ladder = R"(
[[rank]]
name     = "silver"
requires = { pv = 100 }
[[rank]]
name     = "gold"
requires = { pv = 200 }
[[bonus]]
code    = "car"
kind    = "fixed"
by_rank = { silver = "50.00", gold = "500.00" }
)";

TEST_CASE("a fixed amount is paid every period at the rank paid as") {
    const DrawnTree drawn = draw(R"(
        ann 200 title=2
        bob 100 title=2
        cat 99.99
        ida 200 inactive
    )");
    const Paid paid = pay(drawn, ladder);
    CHECK(paid.to("ann") == 50'000);
    CHECK(paid.to("bob") == 5000);
    CHECK(paid.to("cat") == 0);
    CHECK(paid.forfeited(Reason::inactive) == 50'000);
}

TEST_CASE("first-time pays when the rank is above the title before; skipped ranks are not paid") {
    const DrawnTree drawn = draw(R"(
        new 200
        risen 200 title=1
        again 200 title=2
        back 100 title=2
    )");
    const Paid paid = pay(drawn, std::string(ladder) + "pays = \"first-time\"\n");
    CHECK(paid.to("new") == 50'000);  // gold's alone
    CHECK(paid.to("risen") == 50'000);
    CHECK(paid.to("again") == 0);
    CHECK(paid.to("back") == 0);
}

TEST_CASE("a fixed amount by a measure is that of the highest step that it reaches") {
    const DrawnTree drawn = draw(R"(
        ann 50
          bob 149.99
            cat 100 title=1
              dan 99.99
          ida 100 inactive
    )");
    const Paid paid = pay(drawn, R"(
[[rank]]
name     = "silver"
requires = { title = "silver" }
[[bonus]]
code   = "group"
kind   = "fixed"
by     = "gv"
steps  = [[100, "10.00"], ["199.99", { none = "20.00", silver = "25.00" }], [500, "100.00"]]
factor = "50%"
)");
    // gv: dan 99.99, ida 100, cat 199.99, bob 349.98, ann 499.98. Half of each amount.
    CHECK(paid.to("dan") == 0);
    CHECK(paid.to("cat") == 1250);
    CHECK(paid.to("bob") == 1000);
    CHECK(paid.to("ann") == 1000);
    CHECK(paid.to("ida") == 0);
    CHECK(paid.forfeited(Reason::inactive) == 500);
    CHECK(paid.lines.at(0).paid_level == 0);
}

TEST_CASE("a fixed amount may go by a count, or by money") {
    const DrawnTree drawn = draw(R"(
        ann 0
          cid 60 customer
          dot 50 customer
          bob 10
    )");
    const Paid paid = pay(drawn, R"(
[measures]
regular = { count = "customers", where = { amount = 50 } }
sold    = { sum = "amount" }
[[bonus]]
code  = "customers"
kind  = "fixed"
by    = "regular"
steps = [[2, "5.00"]]
[[bonus]]
code  = "sales"
kind  = "fixed"
by    = "sold"
steps = [["10.00", "1.00"], ["110.01", "3.00"]]
)");
    CHECK(paid.to("ann") == 600);
    CHECK(paid.to("bob") == 100);
}

TEST_CASE("first-time pays nobody for being without a rank, whoever has titles") {
    const std::string plan = R"(
[[rank]]
name     = "silver"
requires = { pv = 100 }
[[bonus]]
code    = "welcome"
kind    = "fixed"
by_rank = { none = "5.00", silver = "50.00" }
pays    = "first-time"
)";
    CHECK(pay(draw("ann 0\n"), plan).lines.empty());
    CHECK(pay(draw("ann 0\nbob 0 title=1\n"), plan).lines.empty());
}

}  // namespace
}  // namespace downline
