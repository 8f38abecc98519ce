// Automatic placement: see the header.
//
// Who stands above whom in the enroller tree is answered backwards in time, where places are only
// taken away. Ends of legs are jumped to, counts of legs are kept along the way to the root.
#include "engine/placing.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/errors.hpp"
#include "engine/forest.hpp"
#include "engine/path_sums.hpp"

namespace downline {
namespace {

constexpr std::uint32_t left_leg = 1, right_leg = 2;

/// Affiliates to be placed, in their order.
std::vector<MemberIndex> placing_order(const Members& members,
                                       const std::vector<std::uint8_t>& has_place) {
    std::vector<MemberIndex> order;
    for (MemberIndex member = 0; member < members.count; ++member)
        if (!has_place[member] && members.kind[member] == MemberKind::affiliate)
            order.push_back(member);
    std::ranges::stable_sort(order, {}, [&](MemberIndex member) { return members.joined_on[member]; });
    return order;
}

/// Below whom each of `order` is placed: the nearest in the enroller tree who has a place by then, or
/// no_member. In the end everybody has one; going back in time they are taken away one by one.
std::vector<MemberIndex> anchors(const std::vector<MemberIndex>& enroller,
                                 const std::vector<MemberIndex>& order) {
    std::vector<MemberIndex> up(enroller.size());
    std::iota(up.begin(), up.end(), 0U);
    const auto nearest = [&](MemberIndex member) {
        while (member != no_member && up[member] != member) {
            const MemberIndex above = up[member];
            if (above != no_member) up[member] = up[above];
            member = above;
        }
        return member;
    };
    std::vector<MemberIndex> anchor(order.size());
    for (std::size_t i = order.size(); i-- > 0;) {
        up[order[i]] = enroller[order[i]];
        anchor[i] = nearest(enroller[order[i]]);
    }
    return anchor;
}

/// Which members stand in one tree.
class Components {
public:
    explicit Components(std::uint32_t count) : up_(count) { std::iota(up_.begin(), up_.end(), 0U); }
    void join(MemberIndex a, MemberIndex b) { up_[top(a)] = top(b); }
    [[nodiscard]] bool are_one(MemberIndex a, MemberIndex b) { return top(a) == top(b); }

private:
    MemberIndex top(MemberIndex member) {
        while (up_[member] != member) member = up_[member] = up_[up_[member]];
        return member;
    }
    std::vector<MemberIndex> up_;
};

/// The placement tree while it grows.
class Places {
public:
    Places(const Placement& placement, Members& members,
           const std::vector<std::uint8_t>& has_place)
        : placement_(placement), members_(members), children_(members.count) {
        for (MemberIndex member = 0; member < members.count; ++member)
            if (has_place[member] && members.placement[member] != no_member)
                children_[members.placement[member]].emplace_back(members.leg[member], member);
        for (auto& children : children_) std::ranges::sort(children);
        if (placement.fill == Placement::Fill::lesser_leg) count_legs();
        if (placement.fill == Placement::Fill::breadth_first) queues_.resize(members.count);
        if (placement.fill != Placement::Fill::breadth_first) {
            end_[0].resize(members.count);
            std::iota(end_[0].begin(), end_[0].end(), 0U);
            end_[1] = end_[0];
        }
    }

    void add(MemberIndex member, MemberIndex anchor, bool goes_left) {
        switch (placement_.fill) {
            case Placement::Fill::breadth_first: return add_breadth_first(member, anchor);
            case Placement::Fill::lesser_leg: return add_to_lesser(member, anchor);
            case Placement::Fill::left: return set(member, end_of(anchor, left_leg), left_leg);
            case Placement::Fill::right: return set(member, end_of(anchor, right_leg), right_leg);
            case Placement::Fill::alternate: break;
        }
        const std::uint32_t leg = goes_left ? left_leg : right_leg;
        set(member, end_of(anchor, leg), leg);
    }

private:
    [[nodiscard]] MemberIndex child(MemberIndex parent, std::uint32_t leg) const {
        for (const auto& [its_leg, member] : children_[parent])
            if (its_leg == leg) return member;
        return no_member;
    }

    /// The lowest leg that is free; 0: none.
    [[nodiscard]] std::uint32_t free_leg(MemberIndex parent) const {
        std::uint32_t leg = 1;
        for (const auto& [taken, member] : children_[parent])
            if (taken == leg) ++leg;
        return leg <= placement_.width ? leg : 0;
    }

    void set(MemberIndex member, MemberIndex parent, std::uint32_t leg) {
        members_.placement[member] = parent;
        members_.leg[member] = leg;
        auto& children = children_[parent];
        const std::pair place{leg, member};
        children.insert(std::ranges::lower_bound(children, place), place);
    }

    /// The last one along a leg; what was passed is jumped over the next time.
    MemberIndex end_of(MemberIndex from, std::uint32_t leg) {
        std::vector<MemberIndex>& end = end_[leg - 1];
        MemberIndex last = from;
        for (;;) {
            if (end[last] != last) last = end[last];
            else if (const MemberIndex next = child(last, leg); next != no_member) last = next;
            else break;
        }
        for (MemberIndex at = from; at != last;) {
            const MemberIndex next = end[at] != at ? end[at] : child(at, leg);
            end[at] = last;
            at = next;
        }
        return last;
    }

    void add_breadth_first(MemberIndex member, MemberIndex anchor) {
        auto& [queue, head] = queues_[anchor];
        if (queue.empty()) queue.push_back(anchor);
        while (free_leg(queue[head]) == 0) {
            for (const auto& [leg, below] : children_[queue[head]]) queue.push_back(below);
            ++head;
        }
        set(member, queue[head], free_leg(queue[head]));
    }

    void count_legs() {
        std::vector<MemberIndex> parent(members_.count, no_member);
        for (MemberIndex above = 0; above < members_.count; ++above)
            for (const auto& [leg, member] : children_[above]) parent[member] = above;
        const std::vector<std::uint8_t> everybody(members_.count, 1);
        const Forest forest = make_forest(parent, everybody);
        const std::vector<std::int64_t> sizes =
            roll_up(forest, std::vector<std::int64_t>(forest.count(), 1));
        direct_.resize(members_.count);
        sums_.emplace(members_.count);
        for (Position p = 0; p < forest.count(); ++p) {
            const MemberIndex member = forest.member()[p];
            direct_[member] = sizes[p];
            if (parent[member] != no_member) sums_->link(member, parent[member]);
        }
    }

    [[nodiscard]] std::int64_t size_of(MemberIndex member) {
        return member == no_member ? 0 : direct_[member] + sums_->value(member);
    }

    /// Down the lesser leg until it is free: each step at least halves what stands below. Who comes
    /// with a place of a file below itself brings that along.
    void add_to_lesser(MemberIndex member, MemberIndex anchor) {
        const std::int64_t size = size_of(member);
        MemberIndex at = anchor;
        for (;;) {
            const MemberIndex left = child(at, left_leg), right = child(at, right_leg);
            const std::uint32_t leg = size_of(left) <= size_of(right) ? left_leg : right_leg;
            const MemberIndex next = leg == left_leg ? left : right;
            if (next == no_member) {
                set(member, at, leg);
                break;
            }
            direct_[next] += size;
            at = next;
        }
        sums_->link(member, at);
        sums_->add_upward(anchor, size);
    }

    struct Queue {
        std::vector<MemberIndex> nodes;
        std::size_t head = 0;
    };
    const Placement& placement_;
    Members& members_;
    std::vector<std::vector<std::pair<std::uint32_t, MemberIndex>>> children_;  ///< by leg
    std::vector<Queue> queues_;         ///< breadth-first: by anchor, from the first with a free leg
    std::vector<MemberIndex> end_[2];   ///< further along the left and the right leg, or oneself
    std::vector<std::int64_t> direct_;  ///< in the subtree, but for what `sums_` says
    std::optional<PathSums> sums_;      ///< placed below anchors further down
};

}  // namespace

void place_members(const Placement& placement, Members& members,
                   const std::vector<std::uint8_t>& has_place) {
    ensure(has_place.size() == members.count, "places of other members than there are");
    members.placement.resize(members.count, no_member);
    members.leg.resize(members.count, 0);
    const std::vector<MemberIndex>& enroller =
        members.enroller.empty() ? members.sponsor : members.enroller;
    std::vector<std::uint32_t> placed_recruits(members.count, 0);
    for (MemberIndex member = 0; member < members.count; ++member)
        if (has_place[member] && enroller[member] != no_member) ++placed_recruits[enroller[member]];
    const std::vector<MemberIndex> order = placing_order(members, has_place);
    const std::vector<MemberIndex> anchor = anchors(enroller, order);
    Places places(placement, members, has_place);
    std::vector<std::uint8_t> is_placed = has_place;
    Components components(members.count);
    for (MemberIndex member = 0; member < members.count; ++member)
        if (has_place[member] && members.placement[member] != no_member)
            components.join(member, members.placement[member]);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const MemberIndex member = order[i];
        bool goes_left = true;
        if (enroller[member] != no_member) goes_left = placed_recruits[enroller[member]]++ % 2 == 0;
        // Who has no place is a root: those of its tree stand below it, by places of a file.
        MemberIndex above = anchor[i];
        while (above != no_member && (!is_placed[above] || components.are_one(above, member)))
            above = enroller[above];
        is_placed[member] = 1;
        if (above == no_member) {
            members.placement[member] = no_member;
            members.leg[member] = 0;
        } else {
            places.add(member, above, goes_left);
            components.join(member, above);
        }
    }
}

}  // namespace downline
