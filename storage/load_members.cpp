// Reads the network as of a day: who had joined, below whom, as what and with which status.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "storage/automatic_places.hpp"
#include "storage/intact.hpp"
#include "storage/load_parts.hpp"
#include "storage/scan.hpp"

namespace downline {
namespace {

/// A column in which most members have nothing: empty until the first one has something.
template <typename Entry>
void set_last(std::vector<Entry>& column, std::size_t count, Entry value) {
    if (value == 0) return;
    column.resize(count - 1);
    column.push_back(value);
}

/// Takes a row of the member table. Parents are still numbers; a status that begins later is active
/// until then.
void take_row(const ScannedRow& row, const Period& period, LoadedMembers& into) {
    Members& members = into.members;
    members.number.push_back(row.integer(0));
    into.ids.add(row.text(1));
    members.sponsor.push_back(row.index(2));
    members.joined_on.push_back(static_cast<Day>(row.integer(3)));
    members.kind.push_back(static_cast<MemberKind>(row.integer(4)));
    const bool is_later = !row.is_null(6) && row.integer(6) > period.last;
    members.status.push_back(is_later ? Status::active : static_cast<Status>(row.integer(5)));
    const std::size_t count = members.number.size();
    set_last(members.enroller, count, row.index(7));
    set_last(members.placement, count, row.index(8));
    set_last(members.leg, count, row.index(9));
    if (const std::string_view title = row.text(10); !title.empty())
        into.file_titles.emplace_back(static_cast<MemberIndex>(count - 1), title);
}

/// Runs a scan of `member WHERE import <= ?1 AND joined_on <= ?2 AND number BETWEEN ?3 AND ?4`.
void scan_members(Scan& scan, const AsOf& as_of, const Period& period,
                  const std::vector<std::int64_t>* only) {
    scan.query().bind(1, as_of.last_import).bind(2, std::int64_t{period.last});
    const auto scan_from = [&](std::int64_t first, std::int64_t last) {
        scan.query().bind(3, first).bind(4, last);
        scan.run();
    };
    if (!only) return scan_from(INT64_MIN, INT64_MAX);
    for (std::size_t i = 0, end = 0; i < only->size(); i = end) {  // neighbours at once
        for (end = i + 1; end < only->size() && (*only)[end] == (*only)[end - 1] + 1;) ++end;
        scan_from((*only)[i], (*only)[end - 1]);
    }
}

constexpr const char* members_of_day =
    "member WHERE import <= ?1 AND joined_on <= ?2 AND number BETWEEN ?3 AND ?4";

/// Columns that most members leave empty get their length; enrollers that are not stated their value.
void complete_parents(Members& members) {
    const std::size_t count = members.number.size();
    members.count = static_cast<std::uint32_t>(count);
    if (!members.enroller.empty()) members.enroller.resize(count);
    for (std::size_t i = 0; i < members.enroller.size(); ++i)  // the sponsor unless stated
        if (members.enroller[i] == 0) members.enroller[i] = members.sponsor[i];
    if (!members.placement.empty()) {
        members.placement.resize(count);
        members.leg.resize(count);
    }
}

LoadedMembers read_table(Database& database, const AsOf& as_of, const Period& period,
                         std::size_t count_max, const std::vector<std::int64_t>* only) {
    LoadedMembers loaded;
    loaded.is_part = only != nullptr;
    if (only) count_max = only->size();
    Members& members = loaded.members;
    constexpr std::size_t id_bytes_usual = 10;
    members.number.reserve(count_max);
    members.sponsor.reserve(count_max);
    members.kind.reserve(count_max);
    members.status.reserve(count_max);
    members.joined_on.reserve(count_max);
    loaded.ids.reserve(count_max, count_max * id_bytes_usual);
    Scan scan(database, "take_member",
              stated_columns(database, "members", as_of.last_import,
                             {{"number"},
                              {"member_id"},
                              {"sponsor"},
                              {"joined_on"},
                              {"kind"},
                              {"status"},
                              {"status_on", "status_on"},
                              {"enroller", "enroller_id"},
                              {"placement", "placement_id"},
                              {"leg", "leg"},
                              {"title", "title"}}),
              members_of_day, [&](const ScannedRow& row) { take_row(row, period, loaded); });
    scan_members(scan, as_of, period, only);
    complete_parents(members);
    return loaded;
}

/// The columns of the member table that say who stands below whom, by number.
LoadedMembers read_links(Database& database, const AsOf& as_of, const Period& period,
                         std::size_t count_max) {
    LoadedMembers loaded;
    Members& members = loaded.members;
    members.number.reserve(count_max);
    members.sponsor.reserve(count_max);
    members.kind.reserve(count_max);
    Scan scan(database, "take_links",
              stated_columns(database, "members", as_of.last_import,
                             {{"number"},
                              {"sponsor"},
                              {"kind"},
                              {"enroller", "enroller_id"},
                              {"placement", "placement_id"}}),
              members_of_day, [&](const ScannedRow& row) {
                  members.number.push_back(row.integer(0));
                  members.sponsor.push_back(row.index(1));
                  members.kind.push_back(static_cast<MemberKind>(row.integer(2)));
                  const std::size_t count = members.number.size();
                  set_last(members.enroller, count, row.index(3));
                  set_last(members.placement, count, row.index(4));
              });
    scan_members(scan, as_of, period, nullptr);
    complete_parents(members);
    members.status.resize(members.count);
    return loaded;
}

/// The first eight bytes as a number that compares as they do.
std::uint64_t prefix_of(std::string_view text) {
    std::uint64_t prefix = 0;
    std::memcpy(&prefix, text.data(), std::min(text.size(), sizeof prefix));
    return __builtin_bswap64(prefix);
}

template <typename Entry>
void permute(std::vector<Entry>& column, const std::vector<MemberIndex>& order) {
    if (column.empty()) return;
    std::vector<Entry> sorted(order.size());
    for (std::size_t place = 0; place < order.size(); ++place) sorted[place] = column[order[place]];
    column = std::move(sorted);
}

/// Puts members in the byte order of their ids. Files that are sorted already cost one comparison
/// each.
void sort_by_id(LoadedMembers& loaded) {
    Members& members = loaded.members;
    const TextArena& ids = loaded.ids;
    bool is_sorted = true;
    for (std::size_t i = 1; i < ids.size() && is_sorted; ++i) is_sorted = ids[i - 1] < ids[i];
    if (is_sorted) return;
    std::vector<std::pair<std::uint64_t, MemberIndex>> keys(ids.size());
    for (std::uint32_t i = 0; i < members.count; ++i) keys[i] = {prefix_of(ids[i]), i};
    std::sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
        return a.first != b.first ? a.first < b.first : ids[a.second] < ids[b.second];
    });
    std::vector<MemberIndex> order(ids.size());
    for (std::size_t place = 0; place < keys.size(); ++place) order[place] = keys[place].second;
    keys = decltype(keys)();
    permute(members.number, order);
    permute(members.sponsor, order);
    permute(members.enroller, order);
    permute(members.placement, order);
    permute(members.leg, order);
    permute(members.kind, order);
    permute(members.status, order);
    permute(members.joined_on, order);
    TextArena sorted_ids;
    sorted_ids.reserve(ids.size(), ids.bytes().size());
    for (const MemberIndex i : order) sorted_ids.add(ids[i]);
    loaded.ids = std::move(sorted_ids);
    if (loaded.file_titles.empty()) return;
    std::vector<MemberIndex> place_of(order.size());
    for (std::uint32_t place = 0; place < members.count; ++place) place_of[order[place]] = place;
    for (auto& [member, title] : loaded.file_titles) member = place_of[member];
    std::sort(loaded.file_titles.begin(), loaded.file_titles.end());
}

/// `largest_stored`: of all members of the database.
void index_numbers(LoadedMembers& loaded, std::int64_t largest_stored) {
    const auto& numbers = loaded.members.number;
    const auto [least, largest] = std::minmax_element(numbers.begin(), numbers.end());
    const bool is_empty = numbers.empty();
    ensure_intact(is_empty || (*least > 0 && *largest <= largest_stored),
                  "a member has a number that is none");
    loaded.index_of.assign(is_empty ? 1 : static_cast<std::size_t>(*largest) + 1, no_member);
    for (std::uint32_t i = 0; i < loaded.members.count; ++i)
        loaded.index_of[static_cast<std::size_t>(numbers[i])] = i;
}

/// Applies the dated versions of kind and status that hold on the period's last day: the latest
/// day wins, of one day the latest import.
void apply_changes(Database& database, const AsOf& as_of, const Period& period,
                   LoadedMembers& loaded) {
    Query query = database.query(
        "SELECT c.member, c.item, c.holds_from, c.value, m.status_on FROM member_change c"
        " JOIN member m ON m.number = c.member"
        " WHERE c.import <= ?1 AND c.holds_from <= ?2 AND c.item IN ('kind', 'status')"
        " ORDER BY c.holds_from, c.import, c.row");
    query.bind(1, as_of.last_import).bind(2, std::int64_t{period.last});
    while (query.step()) {
        const MemberIndex member = loaded.index(query.integer(0));
        if (member == no_member) continue;
        const std::int64_t value = query.integer(3);
        if (query.text(1) == "kind") {
            loaded.members.kind[member] = static_cast<MemberKind>(value);
            continue;
        }
        const bool is_first_version_later = !query.is_null(4) && query.integer(4) <= period.last &&
                                            query.integer(4) > query.integer(2);
        if (!is_first_version_later) loaded.members.status[member] = static_cast<Status>(value);
    }
}

/// What runs placed automatically stands where they put it, until a move. Parents are still
/// numbers.
void apply_automatic_places(Database& database, std::int64_t placing_run, LoadedMembers& loaded) {
    loaded.automatic_places = automatic_places_of(database, placing_run);
    Members& members = loaded.members;
    if (members.placement.empty() && loaded.automatic_places.empty()) return;
    members.placement.resize(members.count);
    members.leg.resize(members.count);
    loaded.has_place.resize(members.count);
    for (MemberIndex member = 0; member < members.count; ++member)
        loaded.has_place[member] = members.placement[member] != 0;
    for (const auto& [number, parent, leg] : loaded.automatic_places) {
        const MemberIndex member = loaded.index(number);
        if (member == no_member || loaded.has_place[member]) continue;
        loaded.has_place[member] = 1;
        members.placement[member] = static_cast<MemberIndex>(parent);
        members.leg[member] = leg;
    }
}

/// Applies the moves that hold on the period's last day. Parents are still numbers. The enroller
/// does not follow a move of the sponsor (9.12).
void apply_moves(Database& database, const AsOf& as_of, const Period& period,
                 LoadedMembers& loaded) {
    Query query = database.query(
        "SELECT member, tree, ifnull(new_parent, 0), ifnull(leg, 0) FROM move m WHERE import <= ?1"
        " AND holds_from <= ?2 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'move'"
        " AND r.row = m.row AND r.import <= ?1) ORDER BY holds_from, effective_on, row");
    query.bind(1, as_of.last_import).bind(2, std::int64_t{period.last});
    Members& members = loaded.members;
    while (query.step()) {
        const MemberIndex member = loaded.index(query.integer(0));
        if (member == no_member) continue;
        const auto tree = static_cast<Tree>(query.integer(1));
        const auto parent = static_cast<std::uint32_t>(query.integer(2));
        if (tree != Tree::placement && members.enroller.empty()) members.enroller = members.sponsor;
        switch (tree) {
            case Tree::sponsor: members.sponsor[member] = parent; break;
            case Tree::enroller: members.enroller[member] = parent; break;
            case Tree::placement:
                members.placement.resize(members.count);
                members.leg.resize(members.count);
                loaded.has_place.resize(members.count);
                loaded.has_place[member] = 1;
                members.placement[member] = parent;
                members.leg[member] = static_cast<std::uint32_t>(query.integer(3));
                break;
        }
    }
}

/// Numbers of parents become indexes; a parent who has not joined yet is none (9.12).
void link_parents(const LoadedMembers& loaded, std::vector<MemberIndex>& parents) {
    for (MemberIndex& parent : parents) parent = parent == 0 ? no_member : loaded.index(parent);
}

/// Above a customer stands the nearest affiliate up its line. Another customer can be in between: one
/// that becomes an affiliate after the period, below whom members were taken already.
void pass_over_customers(const std::vector<MemberKind>& kind, std::vector<MemberIndex>& parent) {
    for (MemberIndex member = 0; member < parent.size(); ++member) {
        MemberIndex above = parent[member];
        std::size_t steps = 0;
        while (above != no_member && kind[above] == MemberKind::customer) {
            above = parent[above];
            ensure_intact(++steps <= parent.size(), "links between customers form a cycle");
        }
        // The whole way leads there now, so that a deep line is gone up once.
        for (MemberIndex at = member; parent[at] != above;)
            at = std::exchange(parent[at], above);
    }
}

bool have_kinds_changed(Database& database, const AsOf& as_of) {
    Query query =
        database.query("SELECT 1 FROM member_change WHERE item = 'kind' AND import <= ?1 LIMIT 1");
    query.bind(1, as_of.last_import);
    return query.step();
}

/// The largest number of a member there is.
std::int64_t largest_number(Database& database) {
    const std::int64_t largest =
        largest_stored(database.handle(), "SELECT max(number) FROM member");
    ensure_intact(largest <= member_count_max, "more members than a database may have");
    return largest;
}

/// From members as first imported to those of the period's last day.
void bring_up_to(Database& database, const AsOf& as_of, const Period& period,
                 std::int64_t placing_run, std::int64_t largest, LoadedMembers& loaded) {
    index_numbers(loaded, largest);
    apply_changes(database, as_of, period, loaded);
    apply_automatic_places(database, placing_run, loaded);
    apply_moves(database, as_of, period, loaded);
    link_parents(loaded, loaded.members.sponsor);
    link_parents(loaded, loaded.members.enroller);
    link_parents(loaded, loaded.members.placement);
    if (have_kinds_changed(database, as_of)) {
        pass_over_customers(loaded.members.kind, loaded.members.sponsor);
        pass_over_customers(loaded.members.kind, loaded.members.enroller);
    }
}

}  // namespace

LoadedMembers load_members(Database& database, const AsOf& as_of, const Period& period,
                           std::int64_t placing_run, const std::vector<std::int64_t>* only) {
    const std::int64_t largest = largest_number(database);
    LoadedMembers loaded =
        read_table(database, as_of, period, static_cast<std::size_t>(largest), only);
    sort_by_id(loaded);
    bring_up_to(database, as_of, period, placing_run, largest, loaded);
    return loaded;
}

LoadedMembers load_links(Database& database, const AsOf& as_of, const Period& period,
                         std::int64_t placing_run) {
    const std::int64_t largest = largest_number(database);
    LoadedMembers loaded =
        read_links(database, as_of, period, static_cast<std::size_t>(largest));
    bring_up_to(database, as_of, period, placing_run, largest, loaded);
    return loaded;
}

}  // namespace downline
