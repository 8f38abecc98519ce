// Names and places of ranks: see plan.hpp.
#include "engine/plan/plan.hpp"

#include <algorithm>

#include "engine/errors.hpp"

namespace downline {

const std::string& Plan::rank_name(RankPlace place) const {
    static const std::string none;
    ensure(place <= ranks.size(), "a place beyond the ladder");
    return place == 0 ? none : ranks[place - 1].name;
}

RankPlace Plan::rank_place(std::string_view rank_name) const {
    const auto former = std::ranges::find(
        was, rank_name, [](const auto& pair) -> const auto& { return pair.first; });
    const std::string_view current = former == was.end() ? rank_name : former->second;
    const auto at = std::ranges::find(ranks, current, &Rank::name);
    return at == ranks.end() ? RankPlace{0} : static_cast<RankPlace>(at - ranks.begin() + 1);
}

}  // namespace downline
