// Plans that are too large, too deep or broken in any way: errors, never a crash or a long wait.
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/limits.hpp"
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

std::string numbered(std::string_view before, std::size_t count, std::string_view after) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += fmt::format("{}{}{}", before, i, after);
    return all;
}

std::vector<std::string> valid_texts() {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(DOWNLINE_SOURCE_DIR) / "tests/published")) {
        std::ifstream file(entry.path(), std::ios::binary);
        texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    texts.push_back(header + ranks + R"([measures]
n = { count = "affiliates", over = "frontline", where = { pv = { min = 1, max = 2 } } }
[[weight]]
orders = { not = { buyer = "customer", months_since_first = [1, 2] } }
volume = "50%"
[[bonus]]
code = "b"
kind = "unilevel"
levels = 3
tiers = { by = "n", steps = [[0, "5%"], [5, "6%"]], mode = "whole" }
factor = { none = "1%", gold = "2%" }
requires = [{ legs = { count = 2, rank = "gold" } }, { gv = { min = 9, max_per_leg = "50%" } }]
)");
    return texts;
}

/// Pieces that a plan is made of, and that break one.
const std::vector<std::string> pieces = {"[",
                                         "]",
                                         "{",
                                         "}",
                                         "\"",
                                         "'''",
                                         "\"\"\"",
                                         "=",
                                         ".",
                                         ",",
                                         "\n",
                                         "#",
                                         "1.5",
                                         "-1",
                                         "1e9",
                                         "nan",
                                         "true",
                                         "\xff",
                                         "\0x",
                                         "[[bonus]]\n",
                                         "levels",
                                         "rank",
                                         "[plan]",
                                         "pv",
                                         "\"5%\"",
                                         "\\u0000",
                                         "2026-01-01",
                                         "99999999999999999999",
                                         "by_rank = { none = \"1%\" }",
                                         "requires",
                                         "not",
                                         "sum",
                                         "over = \"downline\"",
                                         "\"pv\""};

/// Cuts out, doubles or puts in something at some places. Pure: decided by `dice` alone.
std::string mutated(std::string text, const std::vector<std::uint32_t>& dice) {
    for (std::size_t i = 0; i + 2 < dice.size(); i += 3) {
        const std::size_t at = text.empty() ? 0 : dice[i] % text.size();
        const std::size_t length = dice[i + 1] % 40;
        switch (dice[i + 2] % 4) {
            case 0: text.erase(at, length); break;
            case 1: text.insert(at, text.substr(at, length)); break;
            case 2: text.insert(at, pieces[dice[i + 1] % pieces.size()]); break;
            default: text.replace(at, length, pieces[dice[i + 1] % pieces.size()]);
        }
    }
    return text;
}

}  // namespace

TEST_CASE("a text beyond 8 MiB is refused unread") {
    const std::string text = header + "#" + repeated("x", plan_bytes_max);
    CHECK(in_lines(errors_of(text)) ==
          in_lines({fmt::format("1:1 too_large: the plan has {} bytes; at most 8388608 are read",
                                text.size())}));
}

TEST_CASE("more than 1,000 measures, ranks, bonuses or steps are refused") {
    CHECK(in_lines(errors_of(header + "[measures]\n" +
                             numbered("m", 1001, " = { sum = \"volume\" }\n"))) ==
          "6:1 too_many: there are 1001 measures; at most 1000 are read\n");
    CHECK(in_lines(errors_of(header + repeated("[[rank]]\n", 1001))) ==
          "6:1 too_many: rank has 1001 entries; at most 1000 are read\n");
    CHECK(in_lines(errors_of(header + repeated("[[bonus]]\n", 1001))) ==
          "6:1 too_many: bonus has 1001 entries; at most 1000 are read\n");
    CHECK(in_lines(errors_of(header + bonus("tiers = { by = \"pv\", steps = [" +
                                            numbered("[", 1001, ", \"1%\"],") + "] }"))) ==
          "9:30 too_many: steps has 1001 entries; at most 1000 are read\n");
    const Plan most =
        good_plan(header + numbered("[[rank]]\nname = \"r", 1000, "\"\nrequires = { pv = 1 }\n"));
    CHECK(most.ranks.size() == 1000);
}

TEST_CASE("tables of more than 2,000 keys and lists of more than 1,000 requirements are refused") {
    CHECK(in_lines(errors_of(header + numbered("k", 2001, " = 1\n"))) ==
          "1:1 too_many: a table has 2005 keys; at most 2000 are read\n");
    CHECK(in_lines(errors_of(header + "[active]\nrequires = [" + repeated("{ pv = 1 },", 1001) +
                             "]\n")) ==
          "7:12 too_many: requires has 1001 entries; at most 1000 are read\n");
    CHECK(in_lines(errors_of(header + "[active]\nrequires = { legs = [" +
                             repeated("{ count = 1 },", 1001) + "] }\n")) ==
          "7:21 too_many: legs has 1001 entries; at most 1000 are read\n");
}

TEST_CASE("of very many errors the first are said, and how many more there are") {
    const std::vector<std::string> errors = errors_of(
        header + bonus("rate = \"5%\"\norders = { sku = [" + repeated("1,", 12'000) + "] }"));
    REQUIRE(errors.size() == 10'001);
    CHECK(errors[0] == "10:19 wrong_type: an entry of sku is 1, not a text in quotes");
    CHECK(errors[10'000] ==
          "10:20017 more_errors: there are 2000 more errors; correct these first");
}

TEST_CASE("tables by rank of a plan have a limit in all") {
    const std::string text =
        header + numbered("[[rank]]\nname = \"r", 1000, "\"\nrequires = { pv = 1 }\n") +
        numbered("[[bonus]]\nkind = \"unilevel\"\ncode = \"b", 10,
                 "\"\nlevels = [" + repeated("{ none = \"1%\" },", 1000) + "]\n");
    const std::vector<std::string> errors = errors_of(text);
    REQUIRE(errors.size() == 1);
    CHECK(
        errors[0].ends_with("too_many: up to here tables by rank have more than 4000000 cells "
                            "(levels times ranks) in all; use fewer levels, ranks or tables"));
}

TEST_CASE("a chain of a thousand measures is put in order without recursion") {
    std::string text = header + "[measures]\n";
    for (int i = 0; i < 999; ++i)
        text += fmt::format("m{} = {{ sum = \"m{}\", over = \"frontline\" }}\n", i, i + 1);
    text += "m999 = { sum = \"volume\" }\n";
    const Plan plan = good_plan(text);
    CHECK(plan.measures[2].name == "m999");
    CHECK(plan.measures[1001].name == "m0");
    CHECK(plan.measures[1001].of == 1000);
}

TEST_CASE("any mutation of a plan is a plan or has errors that stand at a place") {
    const std::vector<std::string> texts = valid_texts();
    CHECK(rc::check("mutated plans", [&] {
        const auto which = *rc::gen::inRange<std::size_t>(0, texts.size());
        const auto dice =
            *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>());
        const std::string text = mutated(texts[which], dice);
        const PlanReading reading = read_plan(text);
        RC_ASSERT(reading.plan.text == text);
        for (const PlanError& error : reading.errors) {
            RC_ASSERT(error.line >= 1);
            RC_ASSERT(error.column >= 1);
            RC_ASSERT(!error.code.empty());
            RC_ASSERT(!error.text.empty());
        }
        for (const Bonus& read : reading.plan.bonuses) {
            const bool can_be_computed = read.rule != nullptr;
            RC_ASSERT(can_be_computed || !reading.errors.empty());
        }
    }));
}
