// Small plans for tests, and what reading them says.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/reader.hpp"

namespace downline::plan_texts {

/// Five lines: what follows begins on line 6.
inline const std::string header = R"([plan]
name = "p"
currency = "USD"
period = "month"
effective = 2026-01-01
)";

/// Two ranks in six lines.
inline const std::string ranks = R"([[rank]]
name = "silver"
requires = { pv = 100 }
[[rank]]
name = "gold"
requires = { pv = 200 }
)";

/// A bonus "b"; its own keys begin on the fourth line.
inline std::string bonus(std::string_view keys, std::string_view kind = "personal") {
    return fmt::format("[[bonus]]\ncode = \"b\"\nkind = \"{}\"\n{}\n", kind, keys);
}

/// A plan, and every error as LINE:COLUMN CODE: TEXT.
struct BadPlan {
    std::string what, text;
    std::vector<std::string> errors;
};

inline std::vector<std::string> errors_of(std::string_view text) {
    std::vector<std::string> errors;
    for (const PlanError& error : read_plan(text).errors)
        errors.push_back(
            fmt::format("{}:{} {}: {}", error.line, error.column, error.code, error.text));
    return errors;
}

inline std::string in_lines(const std::vector<std::string>& texts) {
    std::string lines;
    for (const std::string& text : texts) lines += text + '\n';
    return lines;
}

/// REQUIRES: the text is a plan without errors.
inline Plan good_plan(const std::string& text) {
    REQUIRE(in_lines(errors_of(text)) == "");
    return read_plan(text).plan;
}

}  // namespace downline::plan_texts
