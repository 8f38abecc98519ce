// In which order ranks are found: after those of everybody below, in every tree through which a rank
// rule asks for the ranks of others.
#pragma once

#include <vector>

#include "engine/standing.hpp"

namespace downline {

/// What rank rules ask of the ranks of others.
struct AskedForRanks {
    struct Measured {
        MeasureIndex index{};
        RankPlace own_rank{};  ///< the highest that it asks the member itself for; 0: none
    };
    /// Those that depend on ranks: by `own_rank`, each after those that it is made of.
    std::vector<Measured> measures;
    std::vector<const Forest*> forests;  ///< each once
    bool asks_sponsor = false;           ///< the sponsor tree is one of them
};
[[nodiscard]] AskedForRanks asked_for_ranks(const Plan& plan, const Trees& trees);

/// The members of the forests, everyone after all who stand below it in any of them; with one, in
/// descending positions; without any, those of `otherwise`. Where the forests form a cycle
/// together, who stands on it or above is left out. Linear.
[[nodiscard]] std::vector<MemberIndex> bottom_up(const std::vector<const Forest*>& forests,
                                                 const Forest& otherwise);

/// Whether rank rules ask for the ranks of others through more than one tree.
[[nodiscard]] bool asks_in_several_trees(const Plan& plan);

/// A step of a cycle: `member` stands directly below the next one in `tree`.
struct CycleStep {
    MemberIndex member{};
    Tree tree{};
};
/// A cycle of the trees through which rank rules ask for ranks; empty where there is none. The same
/// for the same links; begins with its lowest member.
[[nodiscard]] std::vector<CycleStep> find_rank_cycle(const Plan& plan, const Snapshot& snapshot);

}  // namespace downline
