// Long ladders whose ranks are made of the member's own lower ranks, as they are so far. Every case is
// compared with the reference.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "tests/engine/standings.hpp"

namespace downline {
namespace {

constexpr int ladder = 300;  ///< ranks r1 … r300, and measures m1 … m300 of who holds each

/// `m1` … `m300`: 1 for who is at least that rank. `c2` … `c300`: `m1`, each through the one before.
std::string measures_of_ranks() {
    std::string text = "[measures]\n";
    for (int i = 1; i <= ladder; ++i)
        text += fmt::format(
            "m{} = {{ count = \"periods\", periods = 2, where = {{ rank = \"r{}\" }} }}\n", i, i);
    for (int i = 2; i <= ladder; ++i)
        text += fmt::format("c{} = {{ sum = \"{}{}\", periods = 2 }}\n", i, i == 2 ? "m" : "c",
                            i - 1);
    return text;
}

std::string rank(int place, const std::string& asked) {
    return fmt::format("[[rank]]\nname = \"r{}\"\nrequires = {}\n", place, asked);
}

constexpr const char* company = R"(
    ann 100
      bob 50
        cat 20
          dan 100 terminated
)";

TEST_CASE("each of three hundred ranks may be made of the one below") {
    // Ann begins at r1 by 100 points, Bob at r150 by 50, both climb from there; Cat never begins.
    std::string plan = measures_of_ranks() + rank(1, "{ pv = 100 }");
    for (int place = 2; place < ladder; ++place)
        plan += rank(place, fmt::format(fmt::runtime(place == 150 ? "[{{ pv = 50 }}, {{ m{} = 1 }}]"
                                                                  : "{{ m{} = 1 }}"),
                                        place - 1));
    // The last is for who has never been r2: so far, and r2 lies under Bob's r299 too.
    plan += rank(ladder, "{ m2 = { max = 0 } }");
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, plan);
    CHECK(rank_of(drawn, paid, "ann") == 299);
    CHECK(rank_of(drawn, paid, "bob") == 299);
    CHECK(rank_of(drawn, paid, "cat") == 300);
    CHECK(rank_of(drawn, paid, "dan") == 0);
    // pv and gv come first, so m1 is measure 2. Cat is above every rank once she is the last.
    for (int i = 1; i <= ladder; ++i) {
        const std::size_t index = static_cast<std::size_t>(i) + 1;
        CHECK(paid.result.standing.measures[index][drawn.index("ann")] == (i < 300));
        CHECK(paid.result.standing.measures[index][drawn.index("bob")] == (i < 300));
        CHECK(paid.result.standing.measures[index][drawn.index("cat")] == 1);
        CHECK(paid.result.standing.measures[index][drawn.index("dan")] == 0);
    }
}

TEST_CASE("three hundred ranks may each be made of a longer chain of what the member is so far") {
    // c_n is m1 through n measures: 1 for who is r1 at least. Bob is r150 by his points, and so r1.
    std::string plan = measures_of_ranks() + rank(1, "{ pv = 100 }");
    for (int place = 2; place < ladder; ++place)
        plan += rank(place, place == 150 ? "{ pv = 50 }" : fmt::format("{{ c{} = 1 }}", place));
    plan += rank(ladder, "{ c150 = 1, pv = { max = 60 } }");
    const DrawnTree drawn = draw(company);
    const Paid paid = paid_by(drawn, plan);
    CHECK(rank_of(drawn, paid, "ann") == 299);
    CHECK(rank_of(drawn, paid, "bob") == 300);
    CHECK(rank_of(drawn, paid, "cat") == 0);
    CHECK(rank_of(drawn, paid, "dan") == 0);
}

}  // namespace
}  // namespace downline
