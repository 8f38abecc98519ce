// The reference's automatic placement: SPEC 3.7, 9.32, 9.34, one member after the other; who stands
// where is asked anew each time.
#include <algorithm>
#include <map>
#include <tuple>

#include "tests/reference/reference.hpp"

namespace downline::reference {

namespace {

class PlacementTree {
public:
    PlacementTree(const Placement& rule, Members& members, std::vector<std::uint8_t>& has_place)
        : rule_(rule), members_(members), has_place_(has_place) {}

    void place(MemberIndex member) {
        const MemberIndex enroller = members_.enroller[member];
        // The nearest above who has a place, and does not stand below the member itself.
        MemberIndex top = enroller;
        while (top != no_member && (!has_place_[top] || stands_below(top, member)))
            top = members_.enroller[top];
        std::int64_t recruits_before = 0;
        for (MemberIndex other = 0; other < members_.count; ++other)
            recruits_before += has_place_[other] && members_.enroller[other] == enroller;
        has_place_[member] = 1;
        members_.placement[member] = no_member;
        members_.leg[member] = 0;
        if (top == no_member) return;
        std::tie(members_.placement[member], members_.leg[member]) =
            free_place(top, recruits_before % 2 == 0);
    }

private:
    using FreePlace = std::pair<MemberIndex, std::uint32_t>;

    FreePlace free_place(MemberIndex top, bool is_odd_recruit) const {
        switch (rule_.fill) {
            case Placement::Fill::breadth_first: return first_level_by_level(top);
            case Placement::Fill::lesser_leg: return down_the_lesser_leg(top);
            case Placement::Fill::left: return outer_end(top, 1);
            case Placement::Fill::right: return outer_end(top, 2);
            case Placement::Fill::alternate: return outer_end(top, is_odd_recruit ? 1 : 2);
        }
        throw NotCovered("a way to fill");
    }

    [[nodiscard]] bool stands_below(MemberIndex member, MemberIndex above) const {
        for (; member != no_member; member = members_.placement[member])
            if (member == above) return true;
        return false;
    }

    [[nodiscard]] MemberIndex child(MemberIndex parent, std::uint32_t leg) const {
        for (MemberIndex member = 0; member < members_.count; ++member)
            if (has_place_[member] && members_.placement[member] == parent &&
                members_.leg[member] == leg)
                return member;
        return no_member;
    }

    /// Everybody below, level by level, each level from left to right.
    FreePlace first_level_by_level(MemberIndex top) const {
        std::vector<MemberIndex> level{top};
        while (!level.empty()) {
            std::vector<MemberIndex> below;
            for (const MemberIndex parent : level) {
                for (std::uint32_t leg = 1; leg <= rule_.width; ++leg)
                    if (child(parent, leg) == no_member) return {parent, leg};
                std::map<std::uint32_t, MemberIndex> by_leg;
                for (MemberIndex member = 0; member < members_.count; ++member)
                    if (has_place_[member] && members_.placement[member] == parent)
                        by_leg[members_.leg[member]] = member;
                for (const auto& [leg, member] : by_leg) below.push_back(member);
            }
            level = below;
        }
        throw NotCovered("a tree without a free place");
    }

    FreePlace outer_end(MemberIndex top, std::uint32_t leg) const {
        MemberIndex last = top;
        while (child(last, leg) != no_member) last = child(last, leg);
        return {last, leg};
    }

    FreePlace down_the_lesser_leg(MemberIndex top) const {
        MemberIndex at = top;
        while (true) {
            const std::uint32_t leg = placed_in(child(at, 1)) <= placed_in(child(at, 2)) ? 1 : 2;
            if (child(at, leg) == no_member) return {at, leg};
            at = child(at, leg);
        }
    }

    /// How many stand in the leg that begins with `head`.
    [[nodiscard]] std::int64_t placed_in(MemberIndex head) const {
        if (head == no_member) return 0;
        std::int64_t count = 1;
        for (MemberIndex member = 0; member < members_.count; ++member)
            if (has_place_[member] && members_.placement[member] == head) count += placed_in(member);
        return count;
    }

    const Placement& rule_;
    Members& members_;
    std::vector<std::uint8_t>& has_place_;
};

}  // namespace

void place_members(const Placement& rule, Members& members, std::vector<std::uint8_t>& has_place) {
    std::vector<MemberIndex> waiting;
    for (MemberIndex member = 0; member < members.count; ++member)
        if (!has_place[member] && members.kind[member] == MemberKind::affiliate)
            waiting.push_back(member);
    std::sort(waiting.begin(), waiting.end(), [&](MemberIndex a, MemberIndex b) {
        return std::tie(members.joined_on[a], a) < std::tie(members.joined_on[b], b);
    });
    PlacementTree tree(rule, members, has_place);
    for (const MemberIndex member : waiting) tree.place(member);
}

}  // namespace downline::reference
