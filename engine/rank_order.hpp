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
        bool is_after_rank = false;  ///< made of the member's own rank, so found after it
    };
    std::vector<Measured> measures;      ///< that depend on ranks, after those they are made of
    std::vector<const Forest*> forests;  ///< each once
    bool asks_sponsor = false;           ///< the sponsor tree is one of them
    bool asks_so_far = false;  ///< a rank asks for what is made of the member's rank so far
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
