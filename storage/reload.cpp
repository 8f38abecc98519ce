// The facts of a run, read as of the last import that it saw: see the header.
//
// A part is chosen by the links of all members, which are read beside the buyers of all order lines;
// then it is loaded as the whole is, of those members and orders alone.
#include "storage/reload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <future>

#include "engine/errors.hpp"
#include "engine/explain.hpp"
#include "engine/plan/reader.hpp"
#include "storage/carry.hpp"
#include "storage/load_parts.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"
#include "storage/side_by_side.hpp"
#include "storage/windows.hpp"

namespace downline {

namespace {

std::string plan_text_of(Database& database, std::int64_t run) {
    Query query = database.query("SELECT plan_text FROM run WHERE number = ?1");
    query.bind(1, run);
    ensure(query.step(), "a run is gone while it is explained");
    return std::string{query.text(0)};
}

/// The run's plan and period, and that what it continues still stands.
std::pair<Plan, Period> read_plan_of(Database& database, const RunRecord& run) {
    PlanReading reading = read_plan(plan_text_of(database, run.number));
    const auto period = parse_period(run.period, reading.plan.week_starts);
    if (!reading.errors.empty() || !period)
        throw Refusal(Refusal::Kind::state,
                      fmt::format("the plan of run {} does not read in this version; run {} again",
                                  run.number, run.period));
    Query previous = database.query("SELECT state FROM run WHERE number = ?1");
    previous.bind(1, run.previous_run);
    if (previous.step() && previous.text(0) == "superseded")
        throw Refusal(Refusal::Kind::state,
                      fmt::format("estimate {} of {} is stale: the draft that it continues was run "
                                  "again; run {} again",
                                  run.number, run.period, run.period));
    return {std::move(reading.plan), *period};
}

}  // namespace

Reloaded reload(Database& database, const RunRecord& run) {
    auto [plan, period] = read_plan_of(database, run);
    Reloaded again{std::move(plan), {}, {}, {}};
    again.loaded = load(database, again.plan, period, run.last_import, run.previous_run);
    if (again.loaded.inputs_digest == run.inputs_digest) return again;
    ensure(run.state != "final", "the facts that a final run saw are not what they were; "
                                 "`verify` says what differs");
    throw Refusal(Refusal::Kind::state,
                  fmt::format("draft {} of {} is stale: what it was computed from has changed; "
                              "run {} again",
                              run.number, run.period, run.period));
}

namespace {

using Numbers = std::vector<std::int64_t>;  ///< storage's numbers of members, ascending

/// The parents of everybody, tree by tree; a tree that nobody has is left out.
std::vector<const std::vector<MemberIndex>*> parents_of(const Members& members) {
    std::vector<const std::vector<MemberIndex>*> trees{&members.sponsor};
    for (const auto* tree : {&members.enroller, &members.placement})
        if (!tree->empty()) trees.push_back(tree);
    return trees;
}

Numbers numbers_of(const Members& members, const std::vector<std::uint8_t>& is_chosen) {
    Numbers numbers;
    for (MemberIndex member = 0; member < members.count; ++member)
        if (is_chosen[member]) numbers.push_back(members.number[member]);
    return numbers;
}

/// The buyer, its seller, and all above that one.
Numbers choose_upline(const LoadedMembers& links, MemberIndex buyer,
                      const std::vector<std::int64_t>& creators) {
    const Members& members = links.members;
    std::vector<std::uint8_t> is_chosen(members.count, 0);
    is_chosen[buyer] = 1;
    const bool is_customer = members.kind[buyer] == MemberKind::customer;
    const MemberIndex seller = is_customer ? members.sponsor[buyer] : buyer;
    for (const auto* parent : parents_of(members)) {
        std::size_t steps = 0;
        for (MemberIndex at = seller; at != no_member; at = (*parent)[at]) {
            ensure_intact(steps++ < members.count, "the links of members form a cycle");
            is_chosen[at] = 1;
        }
    }
    for (const std::int64_t creator : creators)
        if (const MemberIndex member = links.index(creator); member != no_member)
            is_chosen[member] = 1;
    return numbers_of(members, is_chosen);
}

/// The member and all below it, and below these in whatever tree.
Numbers choose_downline(const LoadedMembers& links, MemberIndex member) {
    const Members& members = links.members;
    struct Children {
        std::vector<MemberIndex> first, next;
    };
    std::vector<Children> trees;
    for (const auto* parent : parents_of(members)) {
        Children& tree = trees.emplace_back();
        tree.first.resize(members.count, no_member);
        tree.next.resize(members.count, no_member);
        for (MemberIndex child = 0; child < members.count; ++child)
            if (const MemberIndex above = (*parent)[child]; above != no_member)
                tree.next[child] = std::exchange(tree.first[above], child);
    }
    std::vector<std::uint8_t> is_chosen(members.count, 0);
    std::vector<MemberIndex> open{member};
    is_chosen[member] = 1;
    while (!open.empty()) {
        const MemberIndex above = open.back();
        open.pop_back();
        for (const Children& tree : trees)
            for (MemberIndex at = tree.first[above]; at != no_member; at = tree.next[at])
                if (!std::exchange(is_chosen[at], 1)) open.push_back(at);
    }
    return numbers_of(members, is_chosen);
}

/// The parents that members of a part have among all, if they are in it.
void take_parents(const LoadedMembers& links, LoadedMembers& part) {
    using Parents = std::vector<MemberIndex>;
    constexpr std::array<Parents Members::*, 3> trees{&Members::sponsor, &Members::enroller,
                                                      &Members::placement};
    for (Parents Members::*const tree : trees) {
        const Parents& all = links.members.*tree;
        Parents& parents = part.members.*tree;
        parents.assign(all.empty() ? 0 : part.members.count, no_member);
        for (MemberIndex member = 0; member < parents.size(); ++member) {
            const MemberIndex parent = all[links.index(part.members.number[member])];
            if (parent != no_member)
                parents[member] = part.index(links.members.number[parent]);
        }
    }
    part.members.leg.resize(part.members.placement.size());
}

/// Days of joining and titles are corrected in place: facts of an earlier import are no more.
bool is_corrected_since(Database& database, std::int64_t last_import) {
    Query query = database.query(
        "SELECT 1 FROM member_change WHERE import > ?1 AND item IN ('joined_on', 'title') LIMIT 1");
    query.bind(1, last_import);
    return query.step();
}

/// A part that is most of the network costs more than the whole.
bool is_small(const Numbers& part, const LoadedMembers& all) {
    return part.size() <= std::max<std::size_t>(1'000, all.members.count / 8);
}

using Choose = std::function<Numbers(const LoadedMembers& links)>;

struct PartFacts {
    LoadedMembers members;
    LoadedOrders orders;
    std::vector<OrderLineIndex> places;
};

/// The members chosen and what they ordered; nothing where they are too many, or the orders are not
/// those that the run saw.
std::optional<PartFacts> read_part(Database& database, std::optional<Database>& second,
                                   const RunRecord& run, const Period& period,
                                   OrderReader& reader, const AsOf& facts, const Choose& choose) {
    std::optional<ReadTransaction> second_reads;  // outlives the thread that reads in it
    std::future<void> aside;
    if (second) {
        second_reads.emplace(*second);
        check_same_state(database, *second);
        aside = std::async(std::launch::async, [&] { reader.read_buyers(*second); });
    }
    const LoadedMembers links = load_links(database, facts, period, run.number);
    reader.read_buyers(database);
    if (aside.valid()) aside.get();

    const Numbers numbers = choose(links);
    if (numbers.empty() || !is_small(numbers, links)) return std::nullopt;
    std::vector<std::uint8_t> is_chosen(static_cast<std::size_t>(numbers.back()) + 1, 0);
    for (const std::int64_t number : numbers) is_chosen[static_cast<std::size_t>(number)] = 1;
    const OrderReader::Kept kept = reader.keep(is_chosen);
    reader.work(database);
    PartFacts part{load_members(database, facts, period, run.number, &numbers), reader.finish(),
                   {}};
    take_parents(links, part.members);
    link_orders(part.members, part.orders, database, period);
    const OrderPlaces places = find_order_places(database, run.number, kept.rows);
    bool is_as_seen = places.line_count == kept.line_count &&
                      places.found.size() == part.orders.rows.size();
    for (std::size_t line = 0; is_as_seen && line < places.found.size(); ++line) {
        is_as_seen = places.found[line].second == part.orders.rows[line];
        part.places.push_back(places.found[line].first);
    }
    return is_as_seen ? std::optional(std::move(part)) : std::nullopt;
}

/// As load() makes a snapshot of everything. `is_standing_known`: no measure is found from it.
std::optional<Reloaded> reload_part(Database& database, const RunRecord& run, Plan plan,
                                    const Period& period, bool is_standing_known,
                                    const Choose& choose) {
    std::optional<Database> second = second_connection(database);
    const ReadTransaction reads(database);
    if (run.last_import == 0 || is_corrected_since(database, run.last_import)) return std::nullopt;
    const AsOf facts = as_of(database, run.last_import);
    const Counting counting(database, run.previous_run, period);
    OrderReader reader(database, facts, period, counting, plan.currency_places);
    std::optional<PartFacts> read =
        read_part(database, second, run, period, reader, facts, choose);
    if (!read) return std::nullopt;
    auto& [members, orders, places] = *read;
    load_titles(database, plan, run.previous_run, members);
    LoadedSequences sequences =
        load_sequences(database, facts, period, run.previous_run, counting, members, orders);
    Digest unused;  // of a part: the run's is of everything
    Reloaded part{std::move(plan), {}, std::move(places), {}};
    Snapshot& snapshot = part.loaded.snapshot;
    snapshot.period = period;
    snapshot.currency_places = part.plan.currency_places;
    if (!is_standing_known)
        load_windows(database, part.plan, period, run.previous_run, run.last_import, members,
                     snapshot.windows_before, unused);
    snapshot.carry =
        load_carry(database, part.plan, run.previous_run, run.last_import, members, unused);
    snapshot.returns = load_returns(database, facts, period, counting, orders, unused);
    snapshot.members = std::move(members.members);
    snapshot.orders = std::move(orders.lines);
    snapshot.order_count = orders.order_count;
    snapshot.sequences = std::move(sequences.sequences);
    snapshot.orders.sequence = std::move(sequences.of_line);
    return part;
}

/// The statements of everybody in a part: who has none has nothing.
Standing stored_standing(Database& database, std::int64_t run, const Plan& plan,
                         const Members& members) {
    Standing standing;
    standing.measures.assign(plan.measures.size(), std::vector<std::int64_t>(members.count, 0));
    standing.as_leg.resize(plan.measures.size());
    standing.is_active.assign(members.count, 0);
    standing.rank.assign(members.count, 0);
    standing.title.assign(members.count, 0);
    Query query = database.query(
        "SELECT is_active, rank, title, measures FROM statement WHERE run = ?1 AND member = ?2");
    const auto place = [&](int column) {
        const std::int64_t rank = query.integer(column);
        ensure_intact(0 <= rank && rank <= static_cast<std::int64_t>(plan.ranks.size()),
                      "a rank beyond the ladder in a statement");
        return static_cast<RankPlace>(rank);
    };
    for (MemberIndex member = 0; member < members.count; ++member) {
        query.reset();
        query.bind(1, run).bind(2, members.number[member]);
        if (!query.step()) continue;
        standing.is_active[member] = query.integer(0) != 0;
        standing.rank[member] = place(1);
        standing.title[member] = place(2);
        Unpacker unpacker(query.blob(3));
        for (auto& measure : standing.measures) measure[member] = unpacker.signed_varint();
        ensure_intact(!unpacker.is_broken(), "the measures of a statement are broken");
    }
    return standing;
}

/// Those who created products, where a bonus pays them.
Numbers creators_of(Database& database, const Plan& plan) {
    Numbers creators;
    if (std::ranges::find(plan.bonuses, "royalty", &Bonus::kind) == plan.bonuses.end())
        return creators;
    Query query = database.query("SELECT DISTINCT creator FROM product WHERE creator IS NOT NULL");
    while (query.step()) creators.push_back(query.integer(0));
    return creators;
}

}  // namespace

OrderLineIndex Reloaded::line_at(std::int64_t place) const {
    if (!places) return static_cast<OrderLineIndex>(place);
    const auto at = std::ranges::lower_bound(*places, place);
    ensure(at != places->end() && *at == place, "a line names an order that a part does not have");
    return static_cast<OrderLineIndex>(at - places->begin());
}

std::optional<Reloaded> reload_upline(Database& database, const RunRecord& run,
                                      std::int64_t buyer) {
    auto [plan, period] = read_plan_of(database, run);
    if (!is_told_by_upline(plan)) return std::nullopt;
    const Numbers creators = creators_of(database, plan);
    auto part = reload_part(database, run, std::move(plan), period, true,
                            [&](const LoadedMembers& links) -> Numbers {
                                const MemberIndex member = links.index(buyer);
                                if (member == no_member) return {};
                                return choose_upline(links, member, creators);
                            });
    if (part)
        part->standing =
            stored_standing(database, run.number, part->plan, part->loaded.snapshot.members);
    return part;
}

std::optional<Reloaded> reload_downline(Database& database, const RunRecord& run,
                                        std::int64_t member) {
    auto [plan, period] = read_plan_of(database, run);
    if (!is_told_by_downline(plan)) return std::nullopt;
    const Numbers creators = creators_of(database, plan);
    if (std::ranges::find(creators, member) != creators.end()) return std::nullopt;
    return reload_part(database, run, std::move(plan), period, false,
                       [&](const LoadedMembers& links) -> Numbers {
                           const MemberIndex top = links.index(member);
                           if (top == no_member) return {};
                           return choose_downline(links, top);
                       });
}

}  // namespace downline
