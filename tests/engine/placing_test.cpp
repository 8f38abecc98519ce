// Automatic placement: drawn by who enrolled whom, checked by who stands where.
#include "engine/placing.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>
#include <string>

#include "engine/forest.hpp"

using namespace downline;

namespace {

using Fill = Placement::Fill;

/// Members a, b, c, …, each enrolled by the one that `enrollers` names ("-": nobody), joining in order.
Members enrolled(const std::string& enrollers) {
    Members members;
    members.count = static_cast<std::uint32_t>(enrollers.size());
    for (std::size_t i = 0; i < enrollers.size(); ++i) {
        members.number.push_back(static_cast<std::int64_t>(i) + 1);
        members.sponsor.push_back(enrollers[i] == '-' ? no_member
                                                      : static_cast<MemberIndex>(enrollers[i] - 'a'));
        members.kind.push_back(MemberKind::affiliate);
        members.status.push_back(Status::active);
        members.joined_on.push_back(static_cast<Day>(i));
    }
    return members;
}

/// "b:a1" stands below a in leg 1; "a:-" is a root.
std::string shown(const Members& members) {
    std::string text;
    for (MemberIndex member = 0; member < members.count; ++member) {
        const MemberIndex parent = members.placement[member];
        text += fmt::format("{}{}:{}", member == 0 ? "" : " ", static_cast<char>('a' + member),
                            parent == no_member ? "-" : fmt::format("{}{}", static_cast<char>('a' + parent),
                                                                    members.leg[member]));
    }
    return text;
}

std::string placed(const std::string& enrollers, Fill fill, std::uint32_t width = 2) {
    Members members = enrolled(enrollers);
    place_members({fill, width}, members, std::vector<std::uint8_t>(members.count, 0));
    return shown(members);
}

}  // namespace

TEST_CASE("a matrix fills breadth first: full places pass on to those below, left to right") {
    // a enrols b to f: three beside each other, then below b.
    CHECK(placed("-aaaaa", Fill::breadth_first, 3) == "a:- b:a1 c:a2 d:a3 e:b1 f:b2");
    // b enrols e: below b. a's next, f, finds the first free leg of b, the left-most: leg 2.
    CHECK(placed("-aaaba", Fill::breadth_first, 3) == "a:- b:a1 c:a2 d:a3 e:b1 f:b2");
}

TEST_CASE("a binary's left and right go to the outer end of a leg") {
    CHECK(placed("-aaa", Fill::left) == "a:- b:a1 c:b1 d:c1");
    CHECK(placed("-aab", Fill::right) == "a:- b:a2 c:b2 d:c2");
}

TEST_CASE("alternate sends an enroller's 1st, 3rd, … left and the others right") {
    CHECK(placed("-aaaa", Fill::alternate) == "a:- b:a1 c:a2 d:b1 e:c2");
}

TEST_CASE("the lesser leg is the one with fewer placed members, of equal ones the left") {
    // b left (0 = 0), c right (1 > 0), d: equal, left, below b left; e: right has fewer, below c.
    CHECK(placed("-aaaa", Fill::lesser_leg) == "a:- b:a1 c:a2 d:b1 e:c1");
    // d stands below b because b enrolled it: then the right leg is the lesser one of a.
    CHECK(placed("-aabaa", Fill::lesser_leg) == "a:- b:a1 c:a2 d:b1 e:c1 f:b2");
}

TEST_CASE("who enrolled without a place leaves it to the nearest above who has one") {
    // c joins after d, whom it enrolled: d goes below b, and c then too.
    Members members = enrolled("-abc");
    members.joined_on = {0, 1, 3, 2};
    place_members({Fill::breadth_first, 2}, members, std::vector<std::uint8_t>(4, 0));
    CHECK(shown(members) == "a:- b:a1 c:b2 d:b1");
}

TEST_CASE("a place that is fixed stays, and counts") {
    Members members = enrolled("-aaa");
    members.placement = {no_member, no_member, 0, no_member};
    members.leg = {0, 0, 1, 0};  // c stands in a's left leg
    place_members({Fill::breadth_first, 2}, members, {0, 0, 1, 0});
    CHECK(shown(members) == "a:- b:a2 c:a1 d:c1");
}

TEST_CASE("nobody is placed below who stands below itself by a place of a file") {
    // a brings in b, b brings in c. The file places b below c; c has no place, and b is above it.
    Members members = enrolled("-ab");
    members.placement = {no_member, 2, no_member};
    members.leg = {0, 1, 0};
    for (const Fill fill : {Fill::breadth_first, Fill::lesser_leg, Fill::left}) {
        Members placed = members;
        place_members({fill, 2}, placed, {0, 1, 0});
        CHECK(shown(placed) == "a:- b:c1 c:a1");  // a is the next above b
    }
}

TEST_CASE("who comes with others below it by places of a file counts with them") {
    // a brings in b to f. The file places d and then, in the run, e below b, who is placed third.
    Members members = enrolled("-aabba");
    members.joined_on = {0, 3, 1, 0, 2, 4};
    members.placement = {no_member, no_member, no_member, 1, no_member, no_member};
    members.leg = {0, 0, 0, 1, 0, 0};
    place_members({Fill::lesser_leg, 2}, members, {0, 0, 0, 1, 0, 0});
    // c: left of a. e: its enroller b has no place, so below a, right (1 > 0).
    // b: 1 and 1, left, below c left, with d: 3 stand left. f: right, below e left.
    CHECK(shown(members) == "a:- b:c1 c:a1 d:b1 e:a2 f:e1");
}

TEST_CASE("customers get no place, the terminated do") {
    Members members = enrolled("-aa");
    members.kind[1] = MemberKind::customer;
    members.status[2] = Status::terminated;
    place_members({Fill::left, 2}, members, std::vector<std::uint8_t>(3, 0));
    CHECK(shown(members) == "a:- b:- c:a1");
}

TEST_CASE("the lesser leg is found as by counting, on random networks") {
    std::mt19937 random(7);
    const auto chance = [&] { return static_cast<std::uint32_t>(random()); };
    for (int round = 0; round < 300; ++round) {
        const std::uint32_t count = 2 + chance() % 60;
        Members members = enrolled(std::string(count, '-'));
        for (MemberIndex member = 1; member < count; ++member)
            if (chance() % 8 != 0) members.sponsor[member] = chance() % member;
        const Members before = members;
        place_members({Fill::lesser_leg, 2}, members, std::vector<std::uint8_t>(count, 0));
        // Slowly: subtrees are counted anew for every member.
        std::vector<MemberIndex> child[2] = {std::vector<MemberIndex>(count, no_member),
                                             std::vector<MemberIndex>(count, no_member)};
        std::vector<MemberIndex> parent(count, no_member);
        const auto size = [&](MemberIndex top) {
            std::uint32_t found = 0;
            for (MemberIndex member = 0; member < count && top != no_member; ++member)
                for (MemberIndex at = member; at != no_member; at = parent[at])
                    if (at == top) ++found;
            return found;
        };
        for (MemberIndex member = 0; member < count; ++member) {
            MemberIndex at = before.sponsor[member];
            if (at == no_member) continue;
            for (;;) {
                const int leg = size(child[0][at]) <= size(child[1][at]) ? 0 : 1;
                if (child[leg][at] == no_member) {
                    child[leg][at] = member;
                    parent[member] = at;
                    break;
                }
                at = child[leg][at];
            }
        }
        REQUIRE(members.placement == parent);
    }
}

TEST_CASE("a million recruits of one enroller, and a chain of a million, are placed in linear time") {
    constexpr std::uint32_t count = 1'000'000;
    for (const Fill fill : {Fill::breadth_first, Fill::lesser_leg, Fill::left, Fill::alternate})
        for (const bool is_chain : {false, true}) {
            Members members;
            members.count = count;
            members.number.resize(count);
            members.kind.assign(count, MemberKind::affiliate);
            members.status.assign(count, Status::active);
            members.joined_on.assign(count, 0);
            members.sponsor.assign(count, 0);
            members.sponsor[0] = no_member;
            for (MemberIndex member = 1; member < count && is_chain; ++member)
                members.sponsor[member] = member - 1;
            place_members({fill, 2}, members, std::vector<std::uint8_t>(count, 0));
            CHECK(make_forest(members.placement, std::vector<std::uint8_t>(count, 1)).count() == count);
        }
}
