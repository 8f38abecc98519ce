// The kind `generation`: uplines by generation, closed by members of a rank.
#include <doctest/doctest.h>

#include "tests/engine/drawing.hpp"

namespace downline {
namespace {

std::string generations(const std::string& keys) {
    return R"(
[[rank]]
name     = "leader"
requires = { title = "leader" }
[[bonus]]
code        = "generations"
kind        = "generation"
boundary    = "leader"
generations = ["5%", "3%"]
)" + keys;
}

constexpr const char* line_of_leaders = R"(
    zoe 0 title=1
      yan 0
        ann 0 title=1
          bob 0 title=1
            cat 0
              dan 100
)";

TEST_CASE("with tiers the earner's own measure sets the rate of every generation") {
    const Paid paid = pay(draw(R"(
        zoe 300 title=1
          ann 99 title=1
            bob 100 title=1
              cat 0
                dan 200
    )"), R"(
[[rank]]
name     = "leader"
requires = { title = "leader" }
[[bonus]]
code        = "generations"
kind        = "generation"
boundary    = "leader"
own_group   = "10%"
generations = 2
tiers       = { by = "pv", steps = [[100, "2%"], [300, { none = "1%", leader = "4%" }]] }
)");
    // Dan's 200: his group is bob's, 10 % whatever he bought; ann is below the first step; zoe is on
    // the second, as a leader: 4 % = 8.00. Bob's 100: zoe in the second generation too, ann's is the
    // first: 4.00 and nothing. Ann's 99: zoe, first generation, 3.96.
    CHECK(paid.to("bob") == 2'000);
    CHECK(paid.to("ann") == 0);
    CHECK(paid.to("zoe") == 800 + 400 + 396);
    // Everything at the highest of 4 %: ann misses 8.00 and 4.00.
    CHECK(paid.forfeited(Reason::rank) == 1'200);
}

TEST_CASE("a generation starts at a closer: one is paid by how many stand below") {
    const Paid paid =
        pay(draw(line_of_leaders), generations("own_group = \"1%\"\n"));
    // Below bob stands no leader: his own group. Below ann one, below zoe two.
    CHECK(paid.to("bob") == 100);
    CHECK(paid.to("ann") == 500);
    CHECK(paid.to("zoe") == 300);
    CHECK(paid.to("yan") == 0);  // earners hold the rank themselves
    for (const PaidLine& line : paid.lines)
        CHECK(line.paid_level == (line.earner == "bob" ? 0 : line.earner == "ann" ? 1 : 2));
}

TEST_CASE("the own group alone may be paid") {
    const std::string own_alone = generations("own_group = \"1%\"\n");
    std::string text = own_alone;
    text.erase(text.find("generations = ["), std::string("generations = [\"5%\", \"3%\"]\n").size());
    const Paid paid = pay(draw(line_of_leaders), text);
    CHECK(paid.to("bob") == 100);
    CHECK(paid.to("ann") == 0);
}

TEST_CASE("a generation ends with a closer: one more than stand between") {
    const Paid paid = pay(draw(line_of_leaders), generations("closer = \"included\"\n"));
    CHECK(paid.to("bob") == 500);
    CHECK(paid.to("ann") == 300);
    CHECK(paid.to("zoe") == 0);
}

TEST_CASE("with earners = all everybody in a generation is paid") {
    const Paid paid = pay(draw(line_of_leaders), generations("earners = \"all\"\n"));
    // Generation 1 (one leader below): ann. Generation 2: yan and zoe.
    CHECK(paid.to("ann") == 500);
    CHECK(paid.to("yan") == 300);
    CHECK(paid.to("zoe") == 300);
    CHECK(paid.to("cat") == 0);  // generation 0, which is not paid here
}

TEST_CASE("a leader who may not be paid still closes; a terminated one does not") {
    const DrawnTree drawn = draw(R"(
        zoe 0 title=1
          ann 0 title=1 inactive
            tom 0 title=1 terminated
              bob 0 title=1
                dan 100
    )");
    const Paid paid = pay(drawn, generations("rank_by = \"title\"\n"));
    CHECK(paid.forfeited(Reason::inactive) == 500);  // ann, generation 1
    CHECK(paid.to("zoe") == 300);
}

}  // namespace
}  // namespace downline
