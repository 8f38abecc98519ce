// docs/plan-language.md: its plans read, and it describes every kind.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/bonuses/bonus.hpp"
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

std::string documentation() {
    std::ifstream file(std::filesystem::path(DOWNLINE_SOURCE_DIR) / "docs/plan-language.md",
                       std::ios::binary);
    REQUIRE(file.is_open());
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("every plan in the documentation reads without an error") {
    const std::string text = documentation();
    const std::string begin = "```toml\n";
    std::size_t count = 0;
    for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
        at += begin.size();
        std::string plan = text.substr(at, text.find("```", at) - at);
        if (!plan.starts_with("[plan]")) plan.insert(0, header);
        CAPTURE(plan);
        CHECK(in_lines(errors_of(plan)) == "");
        ++count;
    }
    CHECK(count >= 7);
}

TEST_CASE("every kind has its section in the documentation") {
    const std::string text = documentation();
    for (const BonusKind& kind : bonus_kinds())
        CHECK_MESSAGE(text.find(fmt::format("\n### {}\n", kind.name)) != std::string::npos,
                      std::string(kind.name));
}
