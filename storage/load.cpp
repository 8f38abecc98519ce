// Facts → snapshot: everything that a plan needs for a period, as of an import.
//
// Two connections read side by side: one the members, the other the order lines by days; whoever
// is done first helps with the days. Nothing here decides money; see engine/snapshot.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <optional>
#include <tuple>

#include "engine/errors.hpp"
#include "engine/forest.hpp"
#include "engine/placing.hpp"
#include "storage/carry.hpp"
#include "storage/digest.hpp"
#include "storage/load_corrections.hpp"
#include "storage/load_parts.hpp"
#include "storage/messages.hpp"
#include "storage/opening.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"
#include "storage/runs.hpp"
#include "storage/side_by_side.hpp"
#include "storage/windows.hpp"

namespace downline {

std::vector<std::int64_t> replaced_rows(Database& database, std::string_view table,
                                        std::int64_t last_import) {
    Query query = database.query(
        "SELECT row FROM replaced WHERE table_name = ?1 AND import <= ?2 ORDER BY row");
    query.bind(1, table).bind(2, last_import);
    std::vector<std::int64_t> rows;
    while (query.step()) rows.push_back(query.integer(0));
    return rows;
}

namespace {

/// The newest final run of the plan before the period; 0 none.
std::int64_t previous_run_of(Database& database, const Plan& plan, const Period& period) {
    Query query = database.query(
        "SELECT number FROM run WHERE plan = ?1 AND state = 'final' AND last_day < ?2"
        " ORDER BY last_day DESC LIMIT 1");
    query.bind(1, plan.name).bind(2, std::int64_t{period.first});
    return query.step() ? query.integer(0) : 0;
}

/// Members and order lines, read side by side where that is possible.
std::pair<LoadedMembers, LoadedOrders> read_facts(Database& database,
                                                  std::optional<Database>& second,
                                                  const AsOf& as_of, const Plan& plan,
                                                  const Period& period, const Counting& counting,
                                                  std::int64_t previous_run) {
    OrderReader reader(database, as_of, period, counting, plan.currency_places);
    std::optional<ReadTransaction> second_reads;  // outlives the thread that reads in it
    std::future<void> orders;
    if (second) {
        second_reads.emplace(*second);
        check_same_state(database, *second);
        orders = std::async(std::launch::async, [&] { reader.work(*second); });
    }
    LoadedMembers members = load_members(database, as_of, period, previous_run);
    reader.work(database);
    if (orders.valid()) orders.get();
    return {std::move(members), reader.finish()};
}

/// Two in one leg: a run put one of them there before the other's place, known by then, began.
void check_legs(const LoadedMembers& loaded) {
    const Members& members = loaded.members;
    std::vector<std::tuple<MemberIndex, std::uint32_t, MemberIndex>> taken;
    for (MemberIndex member = 0; member < members.placement.size(); ++member)
        if (members.placement[member] != no_member)
            taken.emplace_back(members.placement[member], members.leg[member], member);
    std::ranges::sort(taken);
    const auto twice = std::ranges::adjacent_find(taken, [](const auto& a, const auto& b) {
        return std::tie(std::get<0>(a), std::get<1>(a)) == std::tie(std::get<0>(b), std::get<1>(b));
    });
    if (twice == taken.end()) return;
    const auto& [parent, leg, member] = *twice;
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{} and {} both stand in leg {} below {}: a closed run placed one of "
                              "them before the other's place began; move one of them elsewhere",
                              shown_value(loaded.ids[member]),
                              shown_value(loaded.ids[std::get<2>(*std::next(twice))]), leg,
                              shown_value(loaded.ids[parent])));
}

/// A circle: a run put someone below a member whose move below that one, known by then, began later.
void check_no_circle(const LoadedMembers& loaded) {
    const std::vector<MemberIndex> cycle = find_cycle(loaded.members.placement);
    if (cycle.empty()) return;
    constexpr std::size_t shown_max = 20;
    std::string way;
    for (std::size_t i = 0; i < std::min(cycle.size(), shown_max); ++i)
        way += shown_value(loaded.ids[cycle[i]]) + " -> ";
    if (cycle.size() > shown_max) way += "… -> ";
    throw Refusal(Refusal::Kind::input,
                  fmt::format("placement links form a cycle of {}: {}{}: a closed run placed one of "
                              "them before the other's move began; move one of them elsewhere, on "
                              "the day of that move",
                              cycle.size(), way, shown_value(loaded.ids[cycle[0]])));
}

/// Places who has none, where the plan says how; all places that runs gave, by member.
std::vector<AutomaticPlace> place_automatically(const Plan& plan, LoadedMembers& loaded) {
    std::vector<AutomaticPlace> places = std::move(loaded.automatic_places);
    if (!places.empty()) {
        check_legs(loaded);
        check_no_circle(loaded);
    }
    if (!plan.placement) return places;
    Members& members = loaded.members;
    loaded.has_place.resize(members.count);
    place_members(*plan.placement, members, loaded.has_place);
    for (MemberIndex member = 0; member < members.count; ++member) {
        if (loaded.has_place[member] || members.kind[member] != MemberKind::affiliate) continue;
        const MemberIndex parent = members.placement[member];
        places.push_back({members.number[member], parent == no_member ? 0 : members.number[parent],
                          members.leg[member]});
    }
    std::ranges::sort(places, {}, &AutomaticPlace::member);
    return places;
}

/// Of the network and the orders. Indexes stand for ids here: the list of ids itself is part of it.
Digest digest_of_facts(const Plan& plan, const Period& period, const LoadedMembers& loaded,
                       const LoadedOrders& orders) {
    Digest digest;
    digest.add_text("downline inputs 1").add_text(plan.currency).add_text(period_name(period));
    const Members& members = loaded.members;
    digest.add_text(loaded.ids.bytes()).add_column(loaded.ids.ends());
    digest.add_column(members.sponsor).add_column(members.enroller);
    digest.add_column(members.placement).add_column(members.leg);
    digest.add_column(members.kind).add_column(members.status).add_column(members.joined_on);
    digest.add_column(members.title_before);
    for (const std::string& day : orders.day_digests) digest.add_text(day);
    digest.add_column(orders.lines.ordered_on).add_column(orders.lines.buyer);
    digest.add_column(orders.lines.creator);
    return digest;
}

}  // namespace

AsOf as_of(Database& database, std::int64_t last_import) {
    AsOf result;
    result.last_import = last_import;
    result.replaced_orders = replaced_rows(database, "order_line", last_import);
    result.replaced_returns = replaced_rows(database, "return_line", last_import);
    result.replaced_products = replaced_rows(database, "product", last_import);
    return result;
}

std::string stated_columns(Database& database, std::string_view kind, std::int64_t last_import,
                           std::initializer_list<TableColumn> columns) {
    std::string filled;  // names between commas; nothing where no import is known
    bool all_known = true;
    Query query = database.query("SELECT columns FROM import WHERE kind = ?1 AND number <= ?2");
    query.bind(1, kind).bind(2, last_import);
    while (query.step()) {
        all_known = all_known && !query.is_null(0);
        filled.append(",").append(query.text(0)).push_back(',');
    }
    all_known = all_known && !filled.empty();
    std::string list;
    for (const TableColumn& column : columns) {
        const bool is_stated =
            !all_known || column.filled_by.empty() ||
            filled.find(fmt::format(",{},", column.filled_by)) != std::string::npos;
        list.append(list.empty() ? "" : ", ").append(is_stated ? column.name : "NULL");
    }
    return list;
}

Loaded load(Database& database, const Plan& plan, const Period& period, std::int64_t last_import,
            std::optional<std::int64_t> previous_run) {
    std::optional<Database> second = second_connection(database);
    const ReadTransaction reads(database);
    Loaded loaded;
    loaded.last_import =
        last_import != 0
            ? last_import
            : database.integer("SELECT max(number) FROM import WHERE undone_at IS NULL")
                  .value_or(0);
    loaded.previous_run = previous_run ? *previous_run : previous_run_of(database, plan, period);
    const AsOf facts = as_of(database, loaded.last_import);
    const Counting counting(database, loaded.previous_run, period);
    auto [members, orders] =
        read_facts(database, second, facts, plan, period, counting, loaded.previous_run);
    loaded.automatic_places = place_automatically(plan, members);
    link_orders(members, orders, database, period);
    load_titles(database, plan, loaded.previous_run, members);
    auto facts_digest = std::async(std::launch::async, [&, &members = members, &orders = orders] {
        return digest_of_facts(plan, period, members, orders);
    });
    LoadedSequences sequences =
        load_sequences(database, facts, period, loaded.previous_run, counting, members, orders);
    Digest digest = facts_digest.get();
    digest.add_column(sequences.sequences.orders_before).add_column(sequences.sequences.first_on);
    for (const auto& [buyer, contract] : sequences.contracts)
        digest.add(std::int64_t{buyer}).add_text(contract);

    Snapshot& snapshot = loaded.snapshot;
    snapshot.period = period;
    snapshot.currency_places = plan.currency_places;
    if (loaded.previous_run == 0) digest_opening(database, loaded.last_import, digest);
    load_windows(database, plan, period, loaded.previous_run, loaded.last_import, members,
                 snapshot.windows_before, digest);
    snapshot.carry = load_carry(database, plan, loaded.previous_run, loaded.last_import, members,
                                digest);
    snapshot.returns = load_returns(database, facts, period, counting, orders, digest);
    load_corrections(database, facts, plan, counting, members, loaded, digest);
    snapshot.members = std::move(members.members);
    snapshot.orders = std::move(orders.lines);
    snapshot.order_count = orders.order_count;
    snapshot.sequences = std::move(sequences.sequences);
    snapshot.orders.sequence = std::move(sequences.of_line);
    loaded.order_places = pack_order_rows(orders.rows);
    loaded.contracts = std::move(sequences.contracts);
    loaded.inputs_digest = digest.hex();
    return loaded;
}

}  // namespace downline
