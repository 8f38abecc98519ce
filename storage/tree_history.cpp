// Follows a tree day by day: see the header.
#include "storage/tree_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>
#include <unordered_map>

#include "storage/automatic_places.hpp"
#include "storage/intact.hpp"

namespace downline {
namespace {

const char* first_links(Tree tree) {
    switch (tree) {
        case Tree::sponsor: return "SELECT number, sponsor, NULL, joined_on FROM member";
        case Tree::enroller:
            return "SELECT number, ifnull(enroller, sponsor), NULL, joined_on FROM member";
        case Tree::placement: return "SELECT number, placement, leg, joined_on FROM member";
    }
    return "";
}

/// Walks up from members and finds the cycles that they are in.
class CycleFinder {
public:
    explicit CycleFinder(const std::vector<std::uint32_t>& parent)
        : parent_(parent), seen_(parent.size(), 0) {}

    /// Forgets which members were found to be in order: links have changed.
    void begin_day() { day_begin_ = walk_; }
    /// The cycle above a member, if no walk of this day has found it yet; else nothing.
    std::vector<std::uint32_t> cycle_above(std::uint32_t member) {
        ++walk_;
        std::uint32_t at = member;
        for (; at != 0 && seen_[at] <= day_begin_; at = parent_[at]) seen_[at] = walk_;
        std::vector<std::uint32_t> cycle;
        if (at == 0 || seen_[at] != walk_) return cycle;
        const std::uint32_t first = at;
        do {
            cycle.push_back(at);
            at = parent_[at];
        } while (at != first);
        return cycle;
    }

private:
    const std::vector<std::uint32_t>& parent_;
    std::vector<std::uint64_t> seen_;  ///< the last walk that came by
    std::uint64_t walk_ = 0, day_begin_ = 0;
};

/// Who is in which leg.
class Places {
public:
    void leave(std::uint32_t parent, std::uint32_t leg, std::uint32_t member) {
        const auto found = taken_.find(key(parent, leg));
        if (found != taken_.end() && found->second == member) taken_.erase(found);
    }
    /// Who is there already; 0: nobody was.
    std::uint32_t enter(std::uint32_t parent, std::uint32_t leg, std::uint32_t member) {
        const auto [found, is_free] = taken_.try_emplace(key(parent, leg), member);
        return is_free || found->second == member ? 0 : found->second;
    }

private:
    static std::uint64_t key(std::uint32_t parent, std::uint32_t leg) {
        return (std::uint64_t{parent} << 32U) | leg;
    }
    std::unordered_map<std::uint64_t, std::uint32_t> taken_;
};

}  // namespace

TreeHistory::TreeHistory(Database& database, Tree tree, std::int64_t run) {
    const std::int64_t count =
        largest_stored(database.handle(), "SELECT max(number) FROM member");
    parent_.assign(static_cast<std::size_t>(count) + 1, 0);
    // 0 is nobody, as a parent.
    const auto number = [count](std::int64_t stored) {
        ensure_intact(stored >= 0 && stored <= count, "a link names a member who is not there");
        return static_cast<std::uint32_t>(stored);
    };
    leg_.assign(tree == Tree::placement ? parent_.size() : 0, 0);
    Query links = database.query(first_links(tree));
    while (links.step()) {
        const std::uint32_t member = number(links.integer(0));
        parent_[member] = number(links.integer(1));
        if (leg_.empty() || parent_[member] == 0) continue;
        leg_[member] = static_cast<std::uint32_t>(links.integer(2));
        placed_.push_back(
            {member, parent_[member], leg_[member], static_cast<Day>(links.integer(3)), INT32_MIN, 0});
    }
    Query moves = database.query(
        "SELECT member, ifnull(new_parent, 0), ifnull(leg, 0), holds_from, effective_on, row"
        " FROM moved WHERE tree = ?1 ORDER BY holds_from, effective_on, row");
    moves.bind(1, static_cast<std::int64_t>(tree));
    while (moves.step())
        moves_.push_back({number(moves.integer(0)), number(moves.integer(1)),
                          static_cast<std::uint32_t>(moves.integer(2)),
                          static_cast<Day>(moves.integer(3)), static_cast<Day>(moves.integer(4)),
                          moves.integer(5)});
    if (run != 0) read_automatic_places(database, run);
}

/// A place of a closed run begins on the run's last day, or before the member's first move, which was
/// not known when the run gave it.
void TreeHistory::read_automatic_places(Database& database, std::int64_t run) {
    const auto last_day =
        database.integer(fmt::format("SELECT last_day FROM run WHERE number = {}", run));
    std::vector<Day> since(parent_.size(), static_cast<Day>(last_day.value_or(0)));
    for (auto move = moves_.rbegin(); move != moves_.rend(); ++move)
        since[move->member] = std::min(since[move->member], move->holds_from - 1);
    for (const AutomaticPlace& place : automatic_places_of(database, run)) {
        const auto member = static_cast<std::uint32_t>(place.member);
        ensure_intact(place.member > 0 && place.parent >= 0 &&
                          static_cast<std::size_t>(std::max(place.member, place.parent)) <
                              parent_.size(),
                      "a place names a member who is not there");
        if (place.parent == 0 || leg_[member] != 0) continue;
        placed_.push_back({member, static_cast<std::uint32_t>(place.parent), place.leg,
                           since[member], INT32_MIN, 0});
    }
}

std::vector<TreeHistory> histories_of(Database& database, Tree tree) {
    std::vector<TreeHistory> histories;
    if (tree == Tree::placement)
        for (const std::int64_t run : runs_with_places(database))
            histories.emplace_back(database, tree, run);
    if (histories.empty()) histories.emplace_back(database, tree);
    return histories;
}

std::vector<TreeFault> TreeHistory::faults(std::vector<Move> moves) const {
    const bool has_places = !leg_.empty();
    std::vector<std::uint8_t> is_moved(parent_.size(), 0);
    for (const Move& move : moves) is_moved[move.member] = 1;
    const auto is_of_moves = [&](const std::vector<std::uint32_t>& members) {
        return std::ranges::any_of(members, [&](std::uint32_t member) { return is_moved[member]; });
    };
    // A member's own joining comes before its moves of that day.
    moves.insert(moves.begin(), placed_.begin(), placed_.end());
    std::stable_sort(moves.begin(), moves.end(), [](const Move& a, const Move& b) {
        return std::tie(a.holds_from, a.effective_on) < std::tie(b.holds_from, b.effective_on);
    });
    std::vector<std::uint32_t> parent = parent_, leg = leg_;
    CycleFinder finder(parent);
    Places places;
    for (std::size_t begin = 0, end = 0; begin < moves.size(); begin = end) {
        const Day day = moves[begin].holds_from;
        while (end < moves.size() && moves[end].holds_from == day) ++end;
        const std::span<const Move> today(moves.data() + begin, end - begin);
        for (const Move& move : today) {
            if (has_places) places.leave(parent[move.member], leg[move.member], move.member);
            parent[move.member] = move.parent;
            if (has_places) leg[move.member] = move.leg;
        }
        std::vector<TreeFault> found;
        finder.begin_day();
        for (const Move& move : today) {
            if (auto cycle = finder.cycle_above(move.member);
                !cycle.empty() && is_of_moves(cycle))
                found.push_back({day, true, std::move(cycle)});
            const std::uint32_t now = parent[move.member];
            if (!has_places || now == 0) continue;
            const std::uint32_t other = places.enter(now, leg[move.member], move.member);
            if (other != 0 && is_of_moves({move.member, other}))
                found.push_back({day, false, {move.member, other}});
        }
        if (!found.empty()) return found;
    }
    return {};
}

}  // namespace downline
