// Names and places of ranks: see plan.hpp.
#include "engine/plan/plan.hpp"

#include <algorithm>

#include "engine/errors.hpp"

namespace downline {

namespace {

// Recursive through `legs` and `frontline`, as deep as the text nests.
void each_test_in(const Requirement& requirement, const std::function<void(const Test&)>& take) {
    for (const std::vector<Test>& tests : requirement.alternatives) {
        for (const Test& test : tests) {
            take(test);
            if (test.each) each_test_in(*test.each, take);
        }
    }
}

// Recursive through `not`, likewise.
void each_test_in(const OrderFilter& filter, const std::function<void(const Test&)>& take) {
    if (filter.seller) each_test_in(*filter.seller, take);
    if (filter.negated) each_test_in(*filter.negated, take);
}

}  // namespace

void each_test(const Plan& plan, const std::function<void(const Test&)>& take) {
    for (const Measure& measure : plan.measures) {
        each_test_in(measure.orders, take);
        if (measure.until) each_test_in(*measure.until, take);
        if (measure.where) each_test_in(*measure.where, take);
    }
    if (plan.active) each_test_in(*plan.active, take);
    for (const Rank& rank : plan.ranks) {
        each_test_in(rank.requires_, take);
        if (rank.maintain) each_test_in(*rank.maintain, take);
    }
    for (const Bonus& bonus : plan.bonuses) {
        each_test_in(bonus.orders, take);
        each_test_in(bonus.requires_, take);
    }
}

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
