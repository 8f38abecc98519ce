// Who stands where: measures, activity and paid-as ranks of every member.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/forest.hpp"
#include "engine/money.hpp"
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

/// What a test found of a member.
struct Finding {
    /// Of a measure (in its unit); a place in the ladder; days since joining; how many legs or
    /// direct affiliates pass; 1 for active.
    std::int64_t value = 0;
    std::int64_t counted = 0;   ///< the value after what one leg may give at most, rounded down
    std::int64_t needed = 0;
    bool is_met = false;
};

/// Asks requirements of members. Reads the standing as far as it is known: during ranking a
/// member's own rank is the highest that it has so far.
class Examiner {
public:
    Examiner(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
             const Standing& standing);
    [[nodiscard]] bool meets(const Requirement& requirement, MemberIndex member) const;
    /// The same with what was found: slower, since it counts to the end.
    [[nodiscard]] Finding find(const Test& test, MemberIndex member) const;

private:
    [[nodiscard]] bool passes(const Test& test, MemberIndex member) const;
    /// A measure's value after what one leg may give at most, in millionths of its unit.
    [[nodiscard]] Int128 counted_by_legs(const Test& test, MemberIndex member) const;
    /// Legs and direct affiliates that pass; counts no further than `most`.
    [[nodiscard]] std::int64_t count_legs(const Test& test, MemberIndex member,
                                          std::int64_t most) const;
    [[nodiscard]] std::int64_t count_frontline(const Test& test, MemberIndex member,
                                               std::int64_t most) const;
    /// Whether the leg of `head` holds a member who passes the rank and title tests among `tests`,
    /// and its head the others.
    [[nodiscard]] bool leg_passes(const std::vector<Test>& tests, MemberIndex head) const;

    const Plan& plan_;
    const Snapshot& snapshot_;
    const Trees& trees_;
    const Standing& standing_;

public:
    /// The highest paid-as rank and title among a member and all below in the sponsor tree, the
    /// terminated left out; ranks are kept by the ranking pass, complete once it is done.
    std::vector<RankPlace> best_rank, best_title;
};

/// An examiner of a finished standing: titles are those with this period's rank.
[[nodiscard]] Examiner examiner_after(const Plan& plan, const Snapshot& snapshot,
                                      const Trees& trees, const Standing& standing);

/// Steps 1 and 2 of a run: measures, active, ranks. `orders` are weighted as measures see them.
[[nodiscard]] Standing standing_of(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
                                   const NetOrders& orders, const Weighted& weighted,
                                   Watcher* watcher = nullptr);

}  // namespace downline
