// Counts of customers: each once, by what it bought. Every case is compared with the reference.
#include <doctest/doctest.h>

#include "tests/engine/standings.hpp"

namespace downline {
namespace {

/// Cid buys twice, Dot once, Eli nothing; Fay is a customer of Bob's.
constexpr const char* company = R"(
    ann 100
      cid 30 20 customer category=skin
      dot 49.99 customer quantity=3
      eli 0 customer
      gus 80 customer terminated
      bob 60
        fay 50 customer
)";

TEST_CASE("a customer who bought is counted once, for its seller, however often it ordered") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
buyers = { count = "customers" }
skin   = { count = "customers", orders = { category = ["skin"] } }
team   = { sum = "buyers", over = "downline" }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 3);  // cid, dot, gus; her own order is no customer's
    CHECK(measure(drawn, paid, 2, "bob") == 1);
    CHECK(measure(drawn, paid, 2, "fay") == 0);
    CHECK(measure(drawn, paid, 3, "ann") == 1);
    CHECK(measure(drawn, paid, 3, "bob") == 0);
    CHECK(measure(drawn, paid, 4, "ann") == 4);
}

TEST_CASE("what a customer must have bought is asked of all its orders together") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
fifty  = { count = "customers", where = { qualifying_volume = 50 } }
money  = { count = "customers", where = { amount = "49.99" } }
pieces = { count = "customers", where = { quantity = 2 } }
twice  = { count = "customers", where = { orders = 2, volume = 40 } }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 2);  // cid 30 + 20, gus 80; dot is a hundredth short
    CHECK(measure(drawn, paid, 2, "bob") == 1);
    CHECK(measure(drawn, paid, 3, "ann") == 3);
    CHECK(measure(drawn, paid, 4, "ann") == 2);  // cid 1 + 1, dot 3
    CHECK(measure(drawn, paid, 4, "bob") == 0);
    CHECK(measure(drawn, paid, 5, "ann") == 1);  // cid
}

TEST_CASE("an order that was returned in full makes no buyer, and a part is not what was bought") {
    DrawnTree drawn = draw(company);
    drawn.facts.orders[1].returns = {{.amount_minor = 3'000}};  // cid keeps the 20
    drawn.facts.orders[3].returns = {{.amount_minor = 4'999}};  // dot keeps nothing
    drawn.facts.orders[4].returns = {{.amount_minor = 3'001}};  // gus keeps 49.99
    REQUIRE(drawn.facts.orders[4].amount_minor == 8'000);
    const Paid paid = paid_by(drawn, R"(
[measures]
buyers = { count = "customers" }
fifty  = { count = "customers", where = { volume = 50 } }
once   = { count = "customers", where = { orders = 1 } }
)");
    CHECK(measure(drawn, paid, 2, "ann") == 2);
    CHECK(measure(drawn, paid, 3, "ann") == 0);
    CHECK(measure(drawn, paid, 4, "ann") == 2);
}

TEST_CASE("customers of who is ranked so far: counted anew when the rank is reached") {
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, R"(
[measures]
silver_buyers = { count = "customers", orders = { seller = { rank = "silver" } }, where = { orders = 1 } }
[[rank]]
name = "silver"
requires = { pv = 1000 }
[[rank]]
name = "gold"
requires = { pv = 110 }
[[rank]]
name = "one-order"
requires = { silver_buyers = 2 }
)");
    // Ann's pv is 100 + 30 + 20 + 49.99 + 80: gold, so above silver, so her three buyers count; each
    // order once. Bob's is 60 + 50 = 110: gold, with one buyer.
    CHECK(paid.result.standing.rank[drawn.index("ann")] == 3);
    CHECK(paid.result.standing.rank[drawn.index("bob")] == 2);
    CHECK(measure(drawn, paid, 2, "ann") == 3);
    CHECK(measure(drawn, paid, 2, "bob") == 1);
}

}  // namespace
}  // namespace downline
