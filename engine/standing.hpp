// Who stands where: measures, activity and paid-as ranks of every member.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/forest.hpp"
#include "engine/orders.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// The trees of the network over affiliates. Others than the sponsor tree are built where asked for.
struct Trees {
    Forest sponsor;
    std::optional<Forest> enroller;   ///< where it differs from the sponsor tree and is asked for
    std::optional<Forest> placement;  ///< where it is asked for
    [[nodiscard]] const Forest& of(Tree tree) const {
        if (tree == Tree::placement && placement) return *placement;
        return tree == Tree::enroller && enroller ? *enroller : sponsor;
    }
};
[[nodiscard]] Trees make_trees(const Plan& plan, const Snapshot& snapshot);

/// Asks requirements of members. Reads the standing as far as it is known: during ranking a
/// member's own rank is the highest that it has so far.
class Examiner {
public:
    Examiner(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
             const Standing& standing);
    [[nodiscard]] bool meets(const Requirement& requirement, MemberIndex member) const;

private:
    [[nodiscard]] bool passes(const Test& test, MemberIndex member) const;
    [[nodiscard]] bool passes_by_legs(const Test& test, MemberIndex member) const;
    [[nodiscard]] bool has_legs(const Test& test, MemberIndex member) const;
    [[nodiscard]] bool has_frontline(const Test& test, MemberIndex member) const;
    /// Whether the leg of `head` holds a member who passes the rank and title tests among `tests`,
    /// and its head the others.
    [[nodiscard]] bool leg_passes(const std::vector<Test>& tests, MemberIndex head) const;

    const Plan& plan_;
    const Snapshot& snapshot_;
    const Trees& trees_;
    const Standing& standing_;

public:
    /// The highest paid-as rank and title among a member and all below in the sponsor tree, the
    /// terminated left out; kept by the ranking pass, complete once it is done.
    std::vector<RankPlace> best_rank, best_title;
};

/// An examiner of a finished standing: titles are those with this period's rank.
[[nodiscard]] Examiner examiner_after(const Plan& plan, const Snapshot& snapshot,
                                      const Trees& trees, const Standing& standing);

/// Steps 1 and 2 of a run: measures, active, ranks. `orders` are weighted as measures see them.
[[nodiscard]] Standing standing_of(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
                                   const NetOrders& orders, const Weighted& weighted);

}  // namespace downline
