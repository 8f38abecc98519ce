// A tree from its first links on, through every move: is it a forest after each day?
#pragma once

#include <cstdint>
#include <vector>

#include "engine/plan/plan.hpp"
#include "storage/database.hpp"

namespace downline {

/// From a day on a member stands below another parent. Members are storage's numbers.
struct Move {
    std::uint32_t member{}, parent{};  ///< parent 0: it becomes a root
    std::uint32_t leg{};               ///< of a placement, 1-based; else 0
    Day holds_from{};
    Day effective_on{};  ///< before that of a late one; of one day the later applies last
    std::int64_t row{};  ///< of the table; 0: not stored yet
};

/// Why a tree is none after a day.
struct TreeFault {
    Day day{};
    bool is_cycle = false;               ///< else two members are in one leg of one parent
    std::vector<std::uint32_t> members;  ///< each below the next, and the last below the first
};

class TreeHistory {
public:
    /// Reads the links that members were imported with, and the moves that count; of the placement
    /// tree those too that `run` (0: none) has given.
    TreeHistory(Database& database, Tree tree, std::int64_t run = 0);
    /// The moves that count, by day.
    [[nodiscard]] const std::vector<Move>& moves() const { return moves_; }
    /// What is wrong after the first day on which something is, with these moves; moves of one day
    /// apply together. What first links alone would make wrong is no fault of moves. Cost: what
    /// stands above the moved, once per day.
    [[nodiscard]] std::vector<TreeFault> faults(std::vector<Move> moves) const;

private:
    void read_automatic_places(Database& database, std::int64_t run);

    std::vector<std::uint32_t> parent_, leg_;  ///< by number; at first
    std::vector<Move> moves_, placed_;  ///< placed_: by joining or by a run, not by a move
};

/// The histories of a tree: of places one for every plan whose runs place members, else one.
[[nodiscard]] std::vector<TreeHistory> histories_of(Database& database, Tree tree);

}  // namespace downline
