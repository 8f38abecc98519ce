// Reads packed legs: see the header and docs/formats.md. carried.cpp writes them.
#include "storage/carry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/members.hpp"
#include "storage/opening.hpp"
#include "storage/packing.hpp"

namespace downline {
namespace {

/// Calls `take(number, left, right)` for every member that a run left something, by number.
template <typename Take>
void each_leg(Database& database, std::int64_t run, const std::string& bonus, const Take& take) {
    Query pieces = database.query(
        "SELECT piece, packed FROM carried WHERE run = ?1 AND item = ?2 ORDER BY piece");
    const std::string item = carry_item(bonus);
    pieces.bind(1, run).bind(2, item);
    while (pieces.step()) {
        Unpacker unpacker(pieces.blob(1));
        std::int64_t number = begin_of_piece(pieces.integer(0));
        while (!unpacker.is_at_end()) {
            number = further(number, unpacker.varint());
            const auto left = static_cast<std::int64_t>(unpacker.varint());
            const auto right = static_cast<std::int64_t>(unpacker.varint());
            if (unpacker.is_broken())
                throw StorageError("the database is damaged: what a final run left in the legs of "
                                   "members cannot be read; restore a backup");
            take(number, left, right);
        }
    }
}

void add(std::vector<Carry>& all, const Carry& more) {
    const auto at = std::ranges::lower_bound(all, more.member, {}, &Carry::member);
    if (at == all.end() || at->member != more.member) {
        all.insert(at, more);
        return;
    }
    at->left_centipoints = add_checked(at->left_centipoints, more.left_centipoints);
    at->right_centipoints = add_checked(at->right_centipoints, more.right_centipoints);
}

}  // namespace

std::string carry_item(const std::string& bonus) { return "carry:" + bonus; }

std::map<std::string, std::vector<Carry>> load_carry(Database& database, const Plan& plan,
                                                     std::int64_t previous_run,
                                                     std::int64_t last_import,
                                                     const LoadedMembers& members,
                                                     Digest& digest) {
    std::map<std::string, std::vector<Carry>> brought_in;
    bool is_first = true;
    for (const Bonus& bonus : plan.bonuses) {
        if (bonus.kind != "binary") continue;
        std::vector<Carry> legs;
        if (previous_run != 0)
            each_leg(database, previous_run, bonus.code,
                     [&](std::int64_t number, std::int64_t left, std::int64_t right) {
                         const MemberIndex member = members.index(number);
                         if (member != no_member) legs.push_back({member, left, right});
                     });
        else legs = opening_legs(database, bonus.code, is_first, last_import, members);
        is_first = false;
        std::ranges::sort(legs, {}, &Carry::member);
        digest.add_text("carry").add_text(bonus.code).add(static_cast<std::int64_t>(legs.size()));
        for (const Carry& leg : legs)
            digest.add(std::int64_t{leg.member})
                .add(leg.left_centipoints)
                .add(leg.right_centipoints);
        if (!legs.empty()) brought_in[bonus.code] = std::move(legs);
    }
    return brought_in;
}

std::vector<NamedCarry> carry_after(Database& database, std::int64_t run,
                                    const std::string& bonus) {
    std::vector<NamedCarry> legs;
    Query id = database.query("SELECT member_id FROM member WHERE number = ?1");
    each_leg(database, run, bonus,
             [&](std::int64_t number, std::int64_t left, std::int64_t right) {
                 id.reset();
                 id.bind(1, number);
                 ensure(id.step(), "a member whose legs were kept is gone");
                 legs.push_back({std::string(id.text(0)), left, right});
             });
    std::ranges::sort(legs, {}, &NamedCarry::member_id);
    return legs;
}

void bring_in(Database& database, const std::string& bonus, const std::vector<NamedCarry>& legs,
              Snapshot& snapshot) {
    const std::vector<std::int64_t>& numbers = snapshot.members.number;
    for (const NamedCarry& leg : legs) {
        const MemberRecord record = find_member(database, leg.member_id, snapshot.period.last);
        const auto at = std::ranges::find(numbers, record.number);
        if (at == numbers.end())
            throw Refusal(Refusal::Kind::input,
                          fmt::format("{} joins after {}", leg.member_id,
                                      period_name(snapshot.period)));
        add(snapshot.carry[bonus], {static_cast<MemberIndex>(at - numbers.begin()),
                                    leg.left_centipoints, leg.right_centipoints});
    }
}

}  // namespace downline
