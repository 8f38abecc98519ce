// A tree of the network renumbered so that every computation is a plain loop.
//
// Positions are breadth-first: parents come before children (walk 0..n to push down, n..0 to roll
// up), the children of a position are together, and so are all its descendants of one depth: a
// level of a downline is a range.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/snapshot.hpp"

namespace downline {

using Position = std::uint32_t;
inline constexpr Position no_position = 0xffff'ffff;

class Forest {
public:
    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(member_.size()); }
    /// By position: its parent's position (smaller than its own) or no_position.
    [[nodiscard]] std::span<const Position> parent() const { return parent_; }
    /// By position: the member there.
    [[nodiscard]] std::span<const MemberIndex> member() const { return member_; }
    /// By member: its position, or no_position for who is not in this forest.
    [[nodiscard]] std::span<const Position> position() const { return position_; }
    /// By position: links to the root.
    [[nodiscard]] std::span<const std::uint32_t> depth() const { return depth_; }
    /// The children of p are the positions [first_child(p), first_child(p + 1)).
    [[nodiscard]] Position first_child(Position p) const { return first_child_[p]; }
    /// From a range of positions of one depth to the range of all their children.
    [[nodiscard]] std::pair<Position, Position> children(std::pair<Position, Position> range) const {
        return {first_child_[range.first], first_child_[range.second]};
    }

private:
    friend Forest make_forest(std::span<const MemberIndex>, std::span<const std::uint8_t>);
    std::vector<Position> parent_, position_, first_child_;
    std::vector<MemberIndex> member_;
    std::vector<std::uint32_t> depth_;
};

/// Numbers the members that `is_node` marks; `parent` by member, no_member (or one that is no node)
/// makes a root. The order of roots and siblings depends on nothing but the links.
/// Throws Refusal where the links form a cycle (find_cycle prints it). Linear.
[[nodiscard]] Forest make_forest(std::span<const MemberIndex> parent,
                                 std::span<const std::uint8_t> is_node);

/// A shortest cycle of the parent links, each member's parent after it; empty where there is none.
[[nodiscard]] std::vector<MemberIndex> find_cycle(std::span<const MemberIndex> parent);

/// The nearest position strictly above each that `is_kept` marks, or no_position; by position.
/// One sweep.
[[nodiscard]] std::vector<Position> nearest_above(const Forest& forest,
                                                  std::span<const std::uint8_t> is_kept);

/// The position `distance` links above each, or no_position; by position. Logarithmic sweeps.
[[nodiscard]] std::vector<Position> ancestor_at(const Forest& forest, std::uint32_t distance);

/// Numbers by which a downline is one range: p and all below it have first[p] … before last[p].
/// Siblings ascend by position. Linear.
struct Preorder {
    std::vector<std::uint32_t> first, last;  ///< by position
};
[[nodiscard]] Preorder preorder_of(const Forest& forest);

/// Adds everyone's value to all above: result[p] = the sum over p and its downline. By position.
[[nodiscard]] std::vector<std::int64_t> roll_up(const Forest& forest,
                                                std::span<const std::int64_t> value);

}  // namespace downline
