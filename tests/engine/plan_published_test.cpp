// Plans that companies publish: all that the engine computes reads without a word.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/plan/reader.hpp"

using namespace downline;

namespace {

std::string text_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.is_open());
    return {std::istreambuf_iterator<char>(file), {}};
}

PlanReading read_published(const std::string& name) {
    return read_plan(text_of_file(std::filesystem::path(DOWNLINE_SOURCE_DIR) / "tests/published" /
                                  (name + ".toml")));
}

}  // namespace

TEST_CASE("every published plan reads without an error or a warning") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(DOWNLINE_SOURCE_DIR) / "tests/published")) {
        if (entry.path().extension() != ".toml") continue;
        CAPTURE(entry.path().string());
        const PlanReading reading = read_plan(text_of_file(entry.path()));
        for (const PlanError& error : reading.errors) {
            CAPTURE(error.line);
            FAIL_CHECK(error.text);
        }
        CHECK(reading.warnings.empty());
        CHECK_FALSE(reading.plan.examples.empty());
        ++count;
    }
    CHECK(count >= 5);
}

TEST_CASE("pruvit: a weight, an appointed rank, and levels by rank") {
    const Plan plan = read_published("pruvit").plan;
    CHECK(plan.name == "pruvit");
    REQUIRE(plan.measures.size() == 3);
    CHECK(plan.measures[2].name == "orders_n");
    CHECK(plan.measures[2].unit == Measure::Unit::count);
    REQUIRE(plan.weights.size() == 1);
    CHECK(plan.weights[0].volume_ppm == 500'000);
    CHECK(plan.weights[0].orders.buyer == OrderFilter::Buyer::customer);
    REQUIRE(plan.ranks.size() == 1);
    CHECK(plan.ranks[0].requires_.alternatives.at(0).at(0).kind == Test::Kind::title);
    CHECK(plan.rank_place("rank-6") == 1);
    CHECK(plan.rank_name(1) == "rank-6");
    CHECK(plan.rank_name(0).empty());
}

TEST_CASE("insurance: each example keeps the periods before it in their order") {
    const Plan plan = read_published("insurance").plan;
    REQUIRE(plan.examples.size() == 4);
    const Example& last = plan.examples[3];
    CHECK(last.stated.period == "2017");
    REQUIRE(last.before.size() == 7);
    CHECK(last.before[0].period == "2010");
    CHECK(last.before[6].period == "2016");
    CHECK(last.before[0].orders.has_value());
}
