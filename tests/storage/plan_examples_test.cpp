// Plans that carry examples are held to them: companies' published ones, and our own drawn ones.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/plan/reader.hpp"
#include "storage/runs.hpp"

using namespace downline;

TEST_CASE("every example of every plan that is in the tests or comes with the program holds") {
    std::size_t count = 0;
    for (const char* folder : {"tests/published", "tests/plans", "data/plans"}) {
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
    CHECK(count >= 100);
}

TEST_CASE("every plan that comes with the program has examples and a section in docs/plans.md") {
    const std::filesystem::path source(DOWNLINE_SOURCE_DIR);
    std::ifstream file(source / "docs/plans.md", std::ios::binary);
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source / "data/plans")) {
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        CHECK(page.find("## `" + name + "`") != std::string::npos);
        std::ifstream plan(entry.path(), std::ios::binary);
        CHECK(read_plan(std::string{std::istreambuf_iterator<char>(plan), {}}).plan.examples.size() >
              0);
        ++count;
    }
    CHECK(count >= 8);
}

TEST_CASE("every example in the documentation holds") {
    std::ifstream file(std::filesystem::path(DOWNLINE_SOURCE_DIR) / "docs/plan-language.md",
                       std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string begin = "```toml\n";
    std::size_t count = 0;
    for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
        at += begin.size();
        std::string plan = text.substr(at, text.find("```", at) - at);
        if (plan.find("[[example]]") == std::string::npos) continue;
        if (!plan.starts_with("[plan]"))
            plan.insert(0,
                        "[plan]\nname = \"documented\"\ncurrency = \"USD\"\nperiod = \"month\"\n"
                        "effective = 2026-01-01\n");
        CAPTURE(plan);
        const PlanReading reading = read_plan(plan);
        REQUIRE(reading.errors.empty());
        for (const ExampleFailure& failure : check_examples(reading.plan))
            FAIL_CHECK(failure.example << ": " << failure.text);
        count += reading.plan.examples.size();
    }
    CHECK(count >= 2);
}
