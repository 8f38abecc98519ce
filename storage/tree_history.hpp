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
    /// Reads the links that members were imported with, and the moves that count.
    TreeHistory(Database& database, Tree tree);
    /// The moves that count, by day.
    [[nodiscard]] const std::vector<Move>& moves() const { return moves_; }
    /// What is wrong after the first day on which something is, with these moves; moves of one day
    /// apply together. Cost: what stands above the moved, once per day.
    [[nodiscard]] std::vector<TreeFault> faults(std::vector<Move> moves) const;

private:
    std::vector<std::uint32_t> parent_, leg_;  ///< by number; at first
    std::vector<Move> moves_, placed_;         ///< placed_: by joining, not by a move
};

}  // namespace downline
