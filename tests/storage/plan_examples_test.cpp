// Plans that carry examples are held to them: companies' published ones, and our own drawn ones.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/plan/reader.hpp"
#include "storage/runs.hpp"

using namespace downline;

TEST_CASE("every example of every plan in the tests holds") {
    std::size_t count = 0;
    for (const char* folder : {"tests/published", "tests/plans"}) {
        for (const auto& entry : std::filesystem::directory_iterator(
                 std::filesystem::path(DOWNLINE_SOURCE_DIR) / folder)) {
            CAPTURE(entry.path().string());
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(file), {}};
            const PlanReading reading = read_plan(text);
            REQUIRE(reading.errors.empty());
            for (const ExampleFailure& failure : check_examples(reading.plan))
                FAIL_CHECK(failure.example << ": " << failure.text);
            count += reading.plan.examples.size();
        }
    }
    CHECK(count >= 20);
}
