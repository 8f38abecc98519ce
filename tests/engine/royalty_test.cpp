// The kind `royalty`: the product's creator, for every sale of it by anyone.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

constexpr const char* author = R"(
[[bonus]]
code = "author"
kind = "royalty"
rate = "12%"
)";

TEST_CASE("a royalty pays the creator wherever the sale was made") {
    DrawnTree drawn = draw(R"(
        ann 0
          carl 100 customer sku=book
        zoe 50 before=1 sku=book
        amy 0
    )");
    drawn.facts.creators["book"] = drawn.row("amy");
    const Paid paid = pay(drawn, author);
    CHECK(paid.to("amy") == 1200 + 600);
    REQUIRE(paid.lines.size() == 2);
    // Who created the product is paid as who made the sale: active, and residual for a reorder.
    CHECK(paid.lines[0].stream == StreamKind::active);
    CHECK(paid.lines[1].stream == StreamKind::residual);
}

TEST_CASE("without a creator who is an affiliate there is no slot; an inactive one forfeits") {
    DrawnTree drawn = draw(R"(
        ann 100 sku=nobody
        zoe 100 sku=customer
        amy 100 sku=inactive
        carl 0 customer
        ida 0 inactive
    )");
    drawn.facts.creators["customer"] = drawn.row("carl");
    drawn.facts.creators["inactive"] = drawn.row("ida");
    const Paid paid = pay(drawn, author);
    CHECK(paid.lines.empty());
    CHECK(paid.result.accounts[0].maximum_minor == 1200);
    CHECK(paid.forfeited(Reason::inactive) == 1200);
}

}  // namespace
}  // namespace downline
