// Standings in drawn trees, and the least bonus that a plan needs to be run for them.
#pragma once

#include <string>
#include <string_view>

#include "tests/engine/drawing.hpp"

namespace downline {

inline constexpr const char* own_bonus = R"(
[[bonus]]
code = "own"
kind = "personal"
from = ["self"]
rate = "1%"
)";

/// Runs a plan that says all but a bonus.
inline Paid paid_by(const DrawnTree& drawn, const std::string& rest_of_plan) {
    return pay(drawn, rest_of_plan + own_bonus);
}

/// A member's measure by its place in the plan: 0 and 1 are pv and gv.
inline std::int64_t measure(const DrawnTree& drawn, const Paid& paid, std::size_t place,
                            std::string_view id) {
    return paid.result.standing.measures.at(place).at(drawn.index(id));
}

inline RankPlace rank_of(const DrawnTree& drawn, const Paid& paid, std::string_view id) {
    return paid.result.standing.rank.at(drawn.index(id));
}

}  // namespace downline
