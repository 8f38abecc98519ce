// Random moves in all trees: any that leave every tree a forest, with one member in a leg, after
// every day.
#include <algorithm>
#include <set>
#include <tuple>

#include "tests/property/history.hpp"

namespace downline::property {

namespace {

/// Where in a member's faces the choices of its moves begin.
constexpr std::size_t move_face = 26;

bool comes_before(const MoveRow& a, const MoveRow& b) {
    return std::tie(a.holds_from, a.effective_on) < std::tie(b.holds_from, b.effective_on);
}

/// A tree as it is at first, by row.
std::vector<int> first_parents(const History& history, Tree tree) {
    std::vector<int> parents;
    for (const MemberRow& member : history.facts.members)
        parents.push_back(tree == Tree::sponsor    ? member.sponsor
                          : tree == Tree::enroller ? member.enroller
                                                   : member.placement);
    return parents;
}

bool is_forest(const std::vector<int>& parents) {
    for (std::size_t row = 0; row < parents.size(); ++row) {
        std::size_t steps = 0;
        for (int at = parents[row]; at >= 0; at = parents[static_cast<std::size_t>(at)])
            if (++steps > parents.size()) return false;
    }
    return true;
}

/// One member in a leg at most.
bool has_free_legs(const std::vector<int>& parents, const std::vector<std::uint32_t>& legs) {
    std::set<std::pair<int, std::uint32_t>> taken;
    for (std::size_t row = 0; row < parents.size(); ++row)
        if (parents[row] >= 0 && !taken.emplace(parents[row], legs[row]).second) return false;
    return true;
}

/// Whether a tree is in order after every day.
bool is_in_order(const History& history, Tree tree) {
    std::vector<int> parents = first_parents(history, tree);
    std::vector<std::uint32_t> legs;
    for (const MemberRow& member : history.facts.members) legs.push_back(member.leg);
    for (std::size_t i = 0; i < history.moves.size(); ++i) {
        const MoveRow& move = history.moves[i];
        if (move.tree != tree) continue;
        parents[static_cast<std::size_t>(move.member)] = move.parent;
        legs[static_cast<std::size_t>(move.member)] = move.leg;
        bool is_end_of_day = true;
        for (std::size_t next = i + 1; next < history.moves.size(); ++next)
            if (history.moves[next].tree == tree)
                is_end_of_day = is_end_of_day && history.moves[next].holds_from > move.holds_from;
        if (!is_end_of_day) continue;
        if (!is_forest(parents)) return false;
        if (tree == Tree::placement && !has_free_legs(parents, legs)) return false;
    }
    return true;
}

/// Below whom and when; the period that takes it follows from the day and who comes late. Where the
/// run places members, moves put them below the first one, who is always a root, each in a leg of its
/// own: no leg is taken and no circle closed by what a run did.
MoveRow draw(Dice& dice, int row, const History& history, bool is_placing) {
    const auto& members = history.facts.members;
    MoveRow move;
    move.member = row;
    move.tree = static_cast<Tree>(dice.roll(3));
    const bool is_below_first = is_placing && move.tree == Tree::placement;
    const int drawn = dice.roll(5040) % static_cast<int>(members.size());
    const int parent = is_below_first ? 0 : drawn;
    const bool is_root = move.tree != Tree::placement && dice.chance(10);
    if (!is_root) move.parent = parent;
    if (move.tree == Tree::placement) move.leg = 1 + static_cast<std::uint32_t>(dice.roll(2));
    if (is_below_first) move.leg = 10 + static_cast<std::uint32_t>(history.moves.size());
    const Day from = history.periods.front().first - 3;
    const Day until = history.periods.back().last;
    const std::array<Day, 4> edges{history.periods[1].first, history.periods[0].last,
                                   history.periods[1].last, until};
    move.effective_on = dice.chance(40) ? dice.pick(edges) : from + dice.roll(5040) % (until - from);
    move.effective_on =
        std::max(move.effective_on, members[static_cast<std::size_t>(row)].joined_on);
    int arrives = history.comes_at_once ? 0 : arrival_of(history, move.effective_on);
    if (arrives > 0 || !history.comes_at_once) {
        if (dice.chance(15)) ++arrives;
        arrives = std::max(arrives, members[static_cast<std::size_t>(row)].arrives);
        if (!is_root)
            arrives = std::max(arrives, members[static_cast<std::size_t>(parent)].arrives);
        arrives = std::min(arrives, static_cast<int>(history.periods.size()) - 1);
    }
    move.arrives = arrives;
    move.holds_from = move.effective_on;
    if (arrives > 0)
        move.holds_from = std::max(move.holds_from,
                                   history.periods[static_cast<std::size_t>(arrives)].first);
    return move;
}

bool is_possible(const MoveRow& move, const History& history, bool is_placing) {
    const auto& members = history.facts.members;
    const auto is_affiliate = [&](int row) {
        return members[static_cast<std::size_t>(row)].kind == MemberKind::affiliate;
    };
    if (move.effective_on > history.periods.back().last) return false;
    if (move.parent == move.member) return false;
    if (is_placing && move.member == 0 && move.tree != Tree::sponsor) return false;
    if (move.parent >= 0 && !is_affiliate(move.parent)) return false;
    if (move.tree == Tree::placement && !is_affiliate(move.member)) return false;
    return std::none_of(history.moves.begin(), history.moves.end(), [&](const MoveRow& other) {
        return other.member == move.member && other.tree == move.tree &&
               other.effective_on == move.effective_on;
    });
}

}  // namespace

void add_moves(const Throws& throws, bool is_placing, History& history) {
    for (std::size_t row = 0; row < history.facts.members.size(); ++row) {
        Dice dice(throws.members[row]);
        dice.skip_to(move_face);
        for (int moves = dice.chance(30) ? 1 + dice.roll(2) : 0; moves > 0; --moves) {
            const MoveRow move = draw(dice, static_cast<int>(row), history, is_placing);
            if (!is_possible(move, history, is_placing)) continue;
            const auto place = history.moves.insert(
                std::ranges::upper_bound(history.moves, move, comes_before), move);
            if (!is_in_order(history, move.tree)) history.moves.erase(place);
        }
    }
}

}  // namespace downline::property
