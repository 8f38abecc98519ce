// Ranks that nobody is ever paid as, whatever is sold: every way to one asks for a rank that nobody
// reaches first, or whoever reaches it reaches one above it too. See sections.hpp.
//
// Titles count as held, since a members file may bring them; measures count as met.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/sections.hpp"

namespace downline {

namespace {

using Tests = std::vector<Test>;
using Kind = Test::Kind;

class Reach {
public:
    explicit Reach(const Plan& plan) : plan_(plan), is_reached_(plan.ranks.size() + 1, false) {
        is_reached_[0] = true;
        for (bool changes = true; changes;) {
            changes = false;
            for (RankPlace place = 1; place <= plan.ranks.size(); ++place) {
                if (is_reached_[place] || !can_hold(ways_to(place), place)) continue;
                is_reached_[place] = changes = true;
            }
        }
    }

    [[nodiscard]] bool reaches(RankPlace place) const { return is_reached_[place]; }

    /// What suffices for a rank: what it requires, or what maintains it.
    [[nodiscard]] Requirement ways_to(RankPlace place) const {
        const Rank& rank = plan_.ranks[place - 1];
        Requirement ways = rank.requires_;
        if (rank.maintain)
            ways.alternatives.insert(ways.alternatives.end(), rank.maintain->alternatives.begin(),
                                     rank.maintain->alternatives.end());
        return ways;
    }

private:
    /// `place`: the rank that is tried; 0: asked of others, whose ranks are final.
    [[nodiscard]] bool can_hold(const Requirement& requirement, RankPlace place) const {
        return requirement.alternatives.empty() ||
               std::ranges::any_of(requirement.alternatives, [&](const Tests& tests) {
                   return can_all_hold(tests, place);
               });
    }

    [[nodiscard]] bool can_all_hold(const Tests& tests, RankPlace place) const {
        std::int64_t days_min = 0, days_max = INT64_MAX;
        for (const Test& test : tests) {
            if (test.kind == Kind::joined_within_days) days_max = std::min(days_max, test.min);
            if (test.kind == Kind::joined_at_least_days) days_min = std::max(days_min, test.min);
            if (test.each && test.count > 0 && !can_hold(*test.each, 0)) return false;
            if (test.kind != Kind::rank) continue;
            const auto last = place == 0 ? is_reached_.end() : is_reached_.begin() + place;
            const auto first = is_reached_.begin() + test.rank;
            if (first >= last || std::find(first, last, true) == last) return false;
        }
        return days_min <= days_max;
    }

    const Plan& plan_;
    std::vector<bool> is_reached_;  ///< by place
};

bool implies(const Requirement& given, const Requirement& asked, RankPlace held);

/// Whether who passes `given` passes `asked` too.
bool implies(const Test& given, const Test& asked) {
    if (given.kind != asked.kind) return false;
    switch (asked.kind) {
        case Kind::measure:
            return given.measure == asked.measure && given.min >= asked.min &&
                   given.max <= asked.max &&
                   (!asked.max_per_leg_ppm ||
                    (given.max_per_leg_ppm && *given.max_per_leg_ppm <= *asked.max_per_leg_ppm));
        case Kind::rank:
        case Kind::title: return given.rank >= asked.rank;
        case Kind::active: return given.flag == asked.flag;
        case Kind::joined_within_days: return given.min <= asked.min;
        case Kind::joined_at_least_days: return given.min >= asked.min;
        case Kind::legs:
        case Kind::frontline:
            return given.count >= asked.count && implies(*given.each, *asked.each, 0);
    }
    return false;
}

/// `held`: the rank that who meets `given` has so far; 0: nothing is known.
bool implies(const Requirement& given, const Requirement& asked, RankPlace held) {
    const auto is_implied = [held](const Tests& tests, const Test& test) {
        return (held > 0 && test.kind == Kind::rank && test.rank <= held) ||
               std::ranges::any_of(tests, [&](const Test& has) { return implies(has, test); });
    };
    const auto suffices = [&](const Tests& has, const Tests& wants) {
        return std::ranges::all_of(wants, [&](const Test& test) { return is_implied(has, test); });
    };
    if (asked.alternatives.empty()) return true;
    return !given.alternatives.empty() &&
           std::ranges::all_of(given.alternatives, [&](const Tests& has) {
               return std::ranges::any_of(asked.alternatives, [&](const Tests& wants) {
                   return suffices(has, wants);
               });
           });
}

/// Beyond this plans are machines' work, and comparing rank with rank would take its time.
bool is_of_human_size(const Plan& plan) {
    constexpr std::size_t alternatives_max = 2'000;
    std::size_t alternatives = 0;
    for (const Rank& rank : plan.ranks)
        alternatives += rank.requires_.alternatives.size() +
                        (rank.maintain ? rank.maintain->alternatives.size() : 0);
    return alternatives <= alternatives_max;
}

}  // namespace

void warn_of_ranks_for_nobody(const Plan& plan, const PlanPlaces& places, Problems& problems) {
    if (!is_of_human_size(plan)) return;
    const Reach reach(plan);
    const auto warn = [&](RankPlace place, const std::string& why) {
        problems.warning(places.ranks[place - 1U], "unreachable_rank",
                         fmt::format("nobody can be paid as rank {}: {}",
                                     in_quotes(plan.ranks[place - 1U].name), why));
    };
    for (RankPlace place = 1; place <= plan.ranks.size(); ++place) {
        if (!reach.reaches(place)) {
            warn(place, "every way to it asks for what nobody can have first");
            continue;
        }
        const Requirement ways = reach.ways_to(place);
        for (RankPlace above = place; ++above <= plan.ranks.size();) {
            if (!implies(ways, plan.ranks[above - 1U].requires_, place)) continue;
            warn(place, fmt::format("whoever meets it meets rank {} above it too",
                                    in_quotes(plan.ranks[above - 1U].name)));
            break;
        }
    }
}

}  // namespace downline
