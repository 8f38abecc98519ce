// Packs what the next period continues: see the header and docs/formats.md.
#include "storage/carried.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/windows.hpp"
#include "storage/carry.hpp"
#include "storage/packing.hpp"
#include "storage/windows.hpp"

namespace downline {
namespace {

/// Writes what is carried of one item: members in the order of their numbers, cut into pieces.
class CarriedWriter {
public:
    CarriedWriter(Database& database, std::int64_t run, std::string_view item)
        : query_(database.query(
              "INSERT INTO carried(run, item, piece, packed) VALUES (?1, ?2, ?3, ?4)")) {
        query_.bind(1, run).bind(2, item);
    }
    /// Begins an entry: what follows is appended to the result. `is_new_piece` resets differences.
    std::string& begin(std::int64_t member, bool& is_new_piece) {
        is_new_piece = piece_ != member / carried_piece_size;
        if (is_new_piece) {
            flush();
            piece_ = member / carried_piece_size;
            previous_ = piece_ * carried_piece_size;
        }
        append_varint(packed_, static_cast<std::uint64_t>(member - previous_));
        previous_ = member;
        return packed_;
    }
    /// The last piece; the first one, empty, where nothing was written.
    void flush_even_if_empty() {
        piece_ = std::max(piece_, std::int64_t{0});
        flush();
    }
    void flush() {
        if (piece_ < 0) return;
        query_.bind(3, piece_).bind_blob(4, packed_.data(), packed_.size()).run();
        packed_.clear();
    }

private:
    Query query_;
    std::int64_t piece_ = -1, previous_ = 0;
    std::string packed_;
};

void write_sequences(Database& database, std::int64_t run, const Loaded& loaded,
                     const RunResult& result, const std::vector<MemberIndex>& members) {
    const Members& all = loaded.snapshot.members;
    const Sequences& after = result.sequences_after;
    const auto& contracts = loaded.contracts;
    CarriedWriter writer(database, run, "sequences");
    std::int64_t previous_day = 0;
    const auto write = [&](MemberIndex member, std::string_view contract, std::size_t entry) {
        if (after.orders_before[entry] == 0) return;
        bool is_new_piece = false;
        std::string& packed = writer.begin(all.number[member], is_new_piece);
        if (is_new_piece) previous_day = 0;
        append_bytes(packed, contract);
        append_varint(packed, after.orders_before[entry]);
        append_signed(packed, after.first_on[entry] - previous_day);
        previous_day = after.first_on[entry];
    };
    for (const MemberIndex member : members) {
        write(member, "", member);
        auto contract = std::lower_bound(
            contracts.begin(), contracts.end(), member,
            [](const Loaded::Contract& c, MemberIndex buyer) { return c.buyer < buyer; });
        for (; contract != contracts.end() && contract->buyer == member; ++contract)
            write(member, contract->contract,
                  all.count + static_cast<std::size_t>(contract - contracts.begin()));
    }
    writer.flush();
}

void write_titles(Database& database, std::int64_t run, const Loaded& loaded,
                  const RunResult& result, const std::vector<MemberIndex>& members) {
    const auto& titles = result.standing.title;
    if (titles.empty()) return;
    CarriedWriter writer(database, run, "titles");
    for (const MemberIndex member : members) {
        if (titles[member] == 0) continue;
        bool is_new_piece = false;
        append_varint(writer.begin(loaded.snapshot.members.number[member], is_new_piece),
                      titles[member]);
    }
    writer.flush();
}

/// Every item is written, also where it names nobody: that it was kept is known by its piece.
void write_windows(Database& database, std::int64_t run, const Plan& plan, const Loaded& loaded,
                   const RunResult& result, const std::vector<MemberIndex>& members) {
    const Snapshot& snapshot = loaded.snapshot;
    for (const WindowItem& item : window_items(plan)) {
        CarriedWriter writer(database, run, item.item);
        for (const MemberIndex member : members) {
            const std::int64_t value =
                item.is_held ? held_now(snapshot, result.standing, plan, item.measure, member)
                             : result.standing.measures[item.measure][member];
            if (value == 0) continue;
            bool is_new_piece = false;
            append_signed(writer.begin(snapshot.members.number[member], is_new_piece), value);
        }
        writer.flush_even_if_empty();
    }
}

/// The item is written for every binary bonus, also where it leaves nothing.
void write_legs(Database& database, std::int64_t run, const Plan& plan, const Loaded& loaded,
                const RunResult& result, const std::vector<MemberIndex>& members) {
    for (const Bonus& bonus : plan.bonuses) {
        if (bonus.kind != "binary") continue;
        CarriedWriter writer(database, run, carry_item(bonus.code));
        const auto left = result.carry_after.find(bonus.code);
        std::vector<const Carry*> by_member(loaded.snapshot.members.count, nullptr);
        if (left != result.carry_after.end())
            for (const Carry& carry : left->second) by_member[carry.member] = &carry;
        for (const MemberIndex member : members) {
            if (by_member[member] == nullptr) continue;
            bool is_new_piece = false;
            std::string& packed =
                writer.begin(loaded.snapshot.members.number[member], is_new_piece);
            append_varint(packed, static_cast<std::uint64_t>(by_member[member]->left_centipoints));
            append_varint(packed, static_cast<std::uint64_t>(by_member[member]->right_centipoints));
        }
        writer.flush_even_if_empty();
    }
}

/// Every place that runs gave, so that the next run needs this one only.
void write_places(Database& database, std::int64_t run, const Loaded& loaded) {
    CarriedWriter writer(database, run, "places");
    for (const auto& [member, parent, leg] : loaded.automatic_places) {
        bool is_new_piece = false;
        std::string& packed = writer.begin(member, is_new_piece);
        append_varint(packed, static_cast<std::uint64_t>(parent));
        append_varint(packed, leg);
    }
    writer.flush();
}

}  // namespace

void write_carried(Database& database, std::int64_t run, const Plan& plan, const Loaded& loaded,
                   const RunResult& result, const std::vector<MemberIndex>& members) {
    write_sequences(database, run, loaded, result, members);
    write_titles(database, run, loaded, result, members);
    write_windows(database, run, plan, loaded, result, members);
    write_legs(database, run, plan, loaded, result, members);
    write_places(database, run, loaded);
}

}  // namespace downline
