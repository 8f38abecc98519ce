// What ties members and order lines together in a period: who bought, titles before, returns.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/errors.hpp"
#include "storage/intact.hpp"
#include "storage/load_parts.hpp"
#include "storage/messages.hpp"
#include "storage/packing.hpp"

namespace downline {
namespace {

/// An order line of somebody who is not in the network yet; how many there are.
[[noreturn]] void refuse_early_order(Database& database, const LoadedOrders& orders,
                                     std::size_t first, std::size_t count, const Period& period) {
    Query query = database.query(
        "SELECT o.order_id, m.member_id, m.joined_on FROM order_line o"
        " JOIN member m ON m.number = o.buyer WHERE o.row = ?1");
    query.bind(1, orders.rows[first]);
    ensure_intact(query.step(), "an order line without its buyer");
    throw Refusal(
        Refusal::Kind::input,
        fmt::format("order {} is dated {} but its buyer {} joins on {}, after {}{}; correct the "
                    "order's date or the member's day of joining, and import it with --replace",
                    query.text(0), format_day(orders.lines.ordered_on[first]), query.text(1),
                    format_day(static_cast<Day>(query.integer(2))), period_name(period),
                    count == 1 ? "" : fmt::format(" ({} such lines in all)", count)));
}

}  // namespace

void link_orders(const LoadedMembers& members, LoadedOrders& orders, Database& database,
                 const Period& period) {
    OrderLines& lines = orders.lines;
    std::size_t first_early = lines.count, early_count = 0;
    for (std::size_t i = 0; i < lines.count; ++i) {
        lines.buyer[i] = members.index(lines.buyer[i]);
        if (lines.buyer[i] != no_member) continue;
        if (early_count++ == 0) first_early = i;
    }
    if (early_count > 0) refuse_early_order(database, orders, first_early, early_count, period);
    for (MemberIndex& creator : lines.creator)
        creator = creator == 0 ? no_member : members.index(creator);
}

namespace {

[[noreturn]] void refuse_title(const Plan& plan, std::string_view member_id,
                               std::string_view title) {
    std::string known;
    for (const Rank& rank : plan.ranks) known += (known.empty() ? "" : ", ") + rank.name;
    throw Refusal(
        Refusal::Kind::input,
        fmt::format("member {} has the title \"{}\", which plan {} does not name (it names: {}); "
                    "write [plan] was = {{ \"{}\" = \"…\" }} with the rank that it has become",
                    member_id, title, plan.name, known.empty() ? "no ranks" : known, title));
}

}  // namespace

void load_titles(Database& database, const Plan& plan, std::int64_t previous_run,
                 LoadedMembers& loaded) {
    Members& members = loaded.members;
    const auto set = [&](MemberIndex member, std::string_view title) {
        const RankPlace place = plan.rank_place(title);
        if (place == 0) refuse_title(plan, loaded.ids[member], title);
        if (members.title_before.empty()) members.title_before.resize(members.count);
        members.title_before[member] = place;
    };
    for (const auto& [member, title] : loaded.file_titles)
        if (members.kind[member] == MemberKind::affiliate) set(member, title);
    if (previous_run == 0) return;
    std::map<std::uint64_t, std::string> names;
    Query ranks = database.query("SELECT place, name FROM run_rank WHERE run = ?1");
    ranks.bind(1, previous_run);
    while (ranks.step()) names[static_cast<std::uint64_t>(ranks.integer(0))] = ranks.text(1);
    Query pieces =
        database.query("SELECT piece, packed FROM carried WHERE run = ?1 AND item = 'titles'");
    pieces.bind(1, previous_run);
    while (pieces.step()) {
        Unpacker unpacker(pieces.blob(1));
        std::int64_t number = begin_of_piece(pieces.integer(0));
        while (!unpacker.is_at_end()) {
            number = further(number, unpacker.varint());
            const auto name = names.find(unpacker.varint());
            ensure_intact(!unpacker.is_broken() && name != names.end(),
                          "the titles that the last final run left are broken");
            if (const MemberIndex member = loaded.index(number); member != no_member)
                set(member, name->second);
        }
    }
}

std::vector<ReturnOfLine> load_returns(Database& database, const AsOf& as_of, const Period& period,
                                       const Counting& counting, const LoadedOrders& orders,
                                       Digest& digest) {
    Query query = database.query(
        "SELECT r.row, r.return_id, r.returned_on, r.amount, r.volume, o.row, r.import,"
        " o.ordered_on, o.import FROM return_line r"
        " JOIN order_line o ON o.order_id = r.order_id AND o.line = r.line"
        " WHERE r.returned_on BETWEEN ?1 AND ?2 AND r.import <= ?3 AND o.import <= ?3"
        " AND o.ordered_on <= ?2 ORDER BY r.returned_on, r.return_id");
    query.bind(1, std::int64_t{counting.first_day_of(database, "returns")});
    query.bind(2, std::int64_t{period.last});
    query.bind(3, as_of.last_import);
    std::vector<std::pair<std::int64_t, ReturnOfLine>> found;  // by row of the order line
    std::vector<std::string> ids;
    while (query.step()) {
        const auto is_in = [](const std::vector<std::int64_t>& rows, std::int64_t row) {
            return std::binary_search(rows.begin(), rows.end(), row);
        };
        if (is_in(as_of.replaced_returns, query.integer(0))) continue;
        if (is_in(as_of.replaced_orders, query.integer(5))) continue;
        const auto counts = [&](int day, int import) {
            return counting.place_of(static_cast<Day>(query.integer(day)), query.integer(import)) ==
                   counting.present();
        };
        if (!counts(2, 6) || !counts(7, 8)) continue;
        ReturnOfLine line;
        line.order_line = static_cast<OrderLineIndex>(ids.size());  // for the moment
        line.amount_minor = query.integer(3);
        if (!query.is_null(4)) line.volume_centipoints = query.integer(4);
        found.emplace_back(query.integer(5), line);
        ids.emplace_back(query.text(1));
    }
    if (found.empty()) return {};
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    // Rows to places: one look at every order line, since few of them are returned.
    std::vector<std::pair<OrderLineIndex, ReturnOfLine>> placed;
    for (std::size_t place = 0; place < orders.rows.size(); ++place) {
        auto at =
            std::lower_bound(found.begin(), found.end(), orders.rows[place],
                             [](const auto& entry, std::int64_t row) { return entry.first < row; });
        for (; at != found.end() && at->first == orders.rows[place]; ++at)
            placed.emplace_back(static_cast<OrderLineIndex>(place), at->second);
    }
    ensure_intact(orders.is_part || placed.size() == found.size(),
                  "a return of an order line that is not in the period");
    std::vector<ReturnOfLine> returns;
    for (auto& [place, line] : placed) {
        digest.add(std::int64_t{place}).add_text(ids[line.order_line]);
        digest.add(line.amount_minor).add(line.volume_centipoints);
        line.order_line = place;
        returns.push_back(line);
    }
    return returns;
}

}  // namespace downline
