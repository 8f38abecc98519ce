// The trees of new members: every link is found, then every tree is proved to be a forest.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_set>

#include "engine/snapshot.hpp"
#include "storage/automatic_places.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_members.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

constexpr auto customer = static_cast<std::int8_t>(MemberKind::customer);
constexpr auto affiliate = static_cast<std::int8_t>(MemberKind::affiliate);
constexpr std::size_t printed_cycle_max = 20;

}  // namespace

/// A tree: its column, where its links go, and the codes of what is wrong in it.
struct MemberGraph::Tree {
    std::string_view name;
    MemberColumn column;
    const std::vector<std::string_view>& ids;
    std::vector<std::uint32_t>& parents;
    code::Code unknown, self, customer, cycle;
};

MemberGraph::MemberGraph(ImportContext& context, const MemberRows& rows, KnownMembers& known,
                         NewMembers& fresh)
    : context_(context),
      rows_(rows),
      known_(known),
      fresh_(fresh),
      kind_(context.database.query(
          "SELECT ifnull((SELECT value FROM member_change WHERE member = ?1 AND item = 'kind'"
          " ORDER BY holds_from DESC, row DESC LIMIT 1), kind) FROM member WHERE number = ?1")) {}

void MemberGraph::reject(std::uint32_t entry, std::size_t column, std::string_view code,
                         std::string text) {
    if ((fresh_.is_rejected[entry] & 1U) != 0) return;  // one is enough
    fresh_.is_rejected[entry] |= 1U;
    context_.problems.add(rows_.problem(fresh_.row[entry], column, code, std::move(text),
                                        context_.problems.keeps_rows()));
}

bool MemberGraph::is_customer(std::uint32_t number) {
    if (fresh_.holds(number)) {
        const std::uint32_t entry = number - fresh_.first;
        return rows_.kind[fresh_.row[entry]] == customer && becomes_affiliate_[entry] == 0;
    }
    const auto [found, is_new] = customers_.try_emplace(number, false);
    if (is_new) {
        kind_.bind(1, std::int64_t{number});
        found->second = kind_.step() && kind_.integer(0) == customer;
        kind_.reset();
    }
    return found->second;
}

/// The number of the parent that a row names; 0 where it names none or a wrong one.
std::uint32_t MemberGraph::parent_of(const Tree& tree, std::uint32_t entry) {
    const std::uint32_t row = fresh_.row[entry];
    const std::string_view id = tree.ids[row];
    if (id.empty()) return 0;
    if (id == rows_.member_id[row]) {
        reject(entry, tree.column, tree.self,
               fmt::format("{}_id {} is the member itself; name another, or leave it empty",
                           tree.name, shown_value(id)));
        return 0;
    }
    const std::uint32_t parent_row = fresh_.row_of.find(id);
    std::uint32_t number = IdTable::none;
    if (parent_row != IdTable::none && fresh_.entry_of[parent_row] != IdTable::none)
        number = fresh_.first + fresh_.entry_of[parent_row];
    else if (known_.largest_number() != 0) number = known_.find(id);
    if (number == IdTable::none) {
        const bool was_rejected = fresh_.rejected_ids.find(id) != IdTable::none;
        if (!was_rejected)
            reject(
                entry, tree.column, tree.unknown,
                fmt::format(
                    "{}_id {} is nobody's, neither in the files nor in the database; import that "
                    "member too, or correct the id",
                    tree.name, shown_value(id)));
        else if (context_.options.skip_bad)
            reject(entry, tree.column, code::depends_on_rejected,
                   fmt::format("{}_id {} is a member whose row was rejected; correct that one", tree.name,
                               shown_value(id)));
        return 0;
    }
    if (is_customer(number)) {
        reject(entry, tree.column, tree.customer,
               fmt::format("{}_id {} is a customer, and a customer has no downline; name an "
                           "affiliate, or make it one with kind and kind_on",
                           tree.name, shown_value(id)));
        return 0;
    }
    return number;
}

void MemberGraph::link(const Tree& tree) {
    const bool is_used = std::any_of(fresh_.row.begin(), fresh_.row.end(),
                                     [&](std::uint32_t row) { return !tree.ids[row].empty(); });
    if (!is_used) return;
    tree.parents.assign(fresh_.size(), 0);
    // In the order of the file, so that errors are.
    for (std::uint32_t row = 0; row < rows_.size(); ++row)
        if (const std::uint32_t entry = fresh_.entry_of[row]; entry != IdTable::none)
            tree.parents[entry] = parent_of(tree, entry);
    find_cycles(tree);
}

/// Follows every chain of new members up to one that is known to end, or to itself.
void MemberGraph::find_cycles(const Tree& tree) {
    std::vector<std::uint32_t> seen(fresh_.size(), 0);  // the walk that came by, from 1
    std::vector<std::vector<std::uint32_t>> cycles;
    const auto above = [&](std::uint32_t entry) {
        // Where no enroller is named it is the sponsor.
        std::uint32_t parent = tree.parents[entry];
        if (parent == 0 && tree.column == member_enroller_id && !fresh_.sponsor.empty())
            parent = fresh_.sponsor[entry];
        return fresh_.holds(parent) ? parent - fresh_.first : IdTable::none;
    };
    for (std::uint32_t start = 0; start < fresh_.size(); ++start) {
        std::uint32_t entry = start;
        while (entry != IdTable::none && seen[entry] == 0) {
            seen[entry] = start + 1;
            entry = above(entry);
        }
        if (entry == IdTable::none || seen[entry] != start + 1) continue;
        std::vector<std::uint32_t> cycle;
        bool is_of_this_tree = false;  // and not of sponsor links alone
        const std::uint32_t first = entry;
        do {
            cycle.push_back(entry);
            is_of_this_tree |= tree.parents[entry] != 0;
            entry = above(entry);
        } while (entry != first);
        if (is_of_this_tree) cycles.push_back(std::move(cycle));
    }
    refuse_cycles(tree, cycles);
}

/// Prints every cycle, from its first row in the files, the shortest cycle first.
void MemberGraph::refuse_cycles(const Tree& tree, std::vector<std::vector<std::uint32_t>>& cycles) {
    for (auto& cycle : cycles)
        std::rotate(cycle.begin(),
                    std::min_element(cycle.begin(), cycle.end(),
                                     [&](std::uint32_t a, std::uint32_t b) {
                                         return fresh_.row[a] < fresh_.row[b];
                                     }),
                    cycle.end());
    std::sort(cycles.begin(), cycles.end(), [&](const auto& a, const auto& b) {
        if (a.size() != b.size()) return a.size() < b.size();
        return fresh_.row[a.front()] < fresh_.row[b.front()];
    });
    for (const auto& cycle : cycles) {
        std::string chain;
        for (std::size_t i = 0; i < std::min(cycle.size(), printed_cycle_max); ++i)
            chain += harmless(rows_.member_id[fresh_.row[cycle[i]]]) + " -> ";
        if (cycle.size() > printed_cycle_max)
            chain += fmt::format("… {} more -> ", cycle.size() - printed_cycle_max);
        chain += harmless(rows_.member_id[fresh_.row[cycle.front()]]);
        reject(cycle.front(), tree.column, tree.cycle,
               fmt::format("{} links form a cycle of {}: {}; correct one of them", tree.name,
                           cycle.size(), chain));
        for (const std::uint32_t entry : cycle) fresh_.is_rejected[entry] |= 2;
    }
}

/// No two members in one leg of one parent.
void MemberGraph::check_places() {
    if (fresh_.placement.empty()) return;
    struct Occupant {
        std::string member_id;
        Day until = std::numeric_limits<Day>::max();  ///< the day on which a move takes it away
    };
    std::map<std::pair<std::uint32_t, std::uint32_t>, Occupant> taken;
    Query places = context_.database.query(
        "WITH place(member, parent, leg, since) AS ("
        " SELECT number, placement, leg, joined_on - 1 FROM member WHERE placement IS NOT NULL"
        " UNION ALL SELECT member, new_parent, leg, holds_from FROM moved WHERE tree = 2)"
        " SELECT place.parent, place.leg, m.member_id, (SELECT min(holds_from) FROM moved n WHERE tree = 2"
        " AND n.member = place.member AND n.holds_from > place.since)"
        " FROM place JOIN member m ON m.number = place.member");
    while (places.step()) {
        Occupant occupant{std::string(places.text(2))};
        if (!places.is_null(3)) occupant.until = static_cast<Day>(places.integer(3));
        Occupant& known = taken[{static_cast<std::uint32_t>(places.integer(0)),
                                 static_cast<std::uint32_t>(places.integer(1))}];
        if (known.member_id.empty() || known.until < occupant.until) known = std::move(occupant);
    }
    for (const std::int64_t run : runs_with_places(context_.database))
        refuse_automatic_places(automatic_places_of(context_.database, run));
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const std::uint32_t entry = fresh_.entry_of[row];
        if (entry == IdTable::none || fresh_.placement[entry] == 0) continue;
        Occupant& occupant = taken[{fresh_.placement[entry], rows_.leg[row]}];
        if (occupant.member_id.empty() || occupant.until <= rows_.joined_on[row]) {
            occupant = {std::string(rows_.member_id[row])};
            continue;
        }
        reject(entry, member_leg, code::leg_taken,
               fmt::format("leg {} below {} is taken by {}; choose another",
                           rows_.written(row, member_leg),
                           shown_value(rows_.placement_id[row]), shown_value(occupant.member_id)));
    }
}

/// No place that a closed run gave to another, who has not moved away by then.
void MemberGraph::refuse_automatic_places(const std::vector<AutomaticPlace>& places) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> taken;
    for (const AutomaticPlace& place : places)
        if (place.parent != 0)
            taken[{static_cast<std::uint32_t>(place.parent), place.leg}] = place.member;
    Query occupant = context_.database.query(
        "SELECT member_id, (SELECT min(holds_from) FROM moved WHERE tree = 2 AND member = ?1)"
        " FROM member WHERE number = ?1");
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const std::uint32_t entry = fresh_.entry_of[row];
        if (entry == IdTable::none || fresh_.placement[entry] == 0) continue;
        const auto found = taken.find({fresh_.placement[entry], rows_.leg[row]});
        if (found == taken.end()) continue;
        occupant.reset();
        occupant.bind(1, found->second);
        const bool is_there = occupant.step();
        if (!is_there || (!occupant.is_null(1) && occupant.integer(1) <= rows_.joined_on[row]))
            continue;
        reject(entry, member_leg, code::leg_taken,
               fmt::format("leg {} below {} is taken by {}, whom a closed run placed there; choose "
                           "another",
                           rows_.written(row, member_leg), shown_value(rows_.placement_id[row]),
                           shown_value(occupant.text(0))));
    }
}

/// With --skip-bad: whoever has a rejected member above in some tree is rejected too.
void MemberGraph::spread_rejections() {
    std::vector<std::vector<std::uint32_t>> below(fresh_.size());
    const auto add = [&](const std::vector<std::uint32_t>& parents) {
        for (std::uint32_t entry = 0; entry < parents.size(); ++entry)
            if (fresh_.holds(parents[entry])) below[parents[entry] - fresh_.first].push_back(entry);
    };
    add(fresh_.sponsor);
    add(fresh_.enroller);
    add(fresh_.placement);
    std::vector<std::uint32_t> open;
    for (std::uint32_t entry = 0; entry < fresh_.size(); ++entry)
        if (fresh_.is_rejected[entry] != 0) open.push_back(entry);
    std::vector<std::uint32_t> dependent;
    for (const std::uint32_t entry : open)
        if (fresh_.is_rejected[entry] == 2) dependent.push_back(entry);
    for (std::size_t i = 0; i < open.size(); ++i)
        for (const std::uint32_t entry : below[open[i]]) {
            if (fresh_.is_rejected[entry] != 0) continue;
            fresh_.is_rejected[entry] = 2;
            open.push_back(entry);
            dependent.push_back(entry);
        }
    std::sort(dependent.begin(), dependent.end(),
              [&](auto a, auto b) { return fresh_.row[a] < fresh_.row[b]; });
    for (const std::uint32_t entry : dependent)
        reject(entry, member_sponsor_id, code::depends_on_rejected,
               fmt::format("member_id {} stands below a member whose row was rejected; correct that "
                           "one",
                           shown_value(rows_.member_id[fresh_.row[entry]])));
}

void MemberGraph::check() {
    becomes_affiliate_.assign(fresh_.size(), 0);
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        if (rows_.kind[row] != affiliate || fresh_.entry_of[row] != IdTable::none) continue;
        const std::uint32_t first = fresh_.row_of.find(rows_.member_id[row]);
        if (fresh_.entry_of[first] != IdTable::none) becomes_affiliate_[fresh_.entry_of[first]] = 1;
    }
    link({"sponsor", member_sponsor_id, rows_.sponsor_id, fresh_.sponsor, code::unknown_sponsor,
          code::self_sponsor, code::customer_sponsor, code::sponsor_cycle});
    link({"enroller", member_enroller_id, rows_.enroller_id, fresh_.enroller,
          code::unknown_enroller, code::self_enroller, code::customer_enroller,
          code::enroller_cycle});
    link({"placement", member_placement_id, rows_.placement_id, fresh_.placement,
          code::unknown_placement, code::self_placement, code::customer_placement,
          code::placement_cycle});
    check_places();
    const bool has_rejected = std::any_of(fresh_.is_rejected.begin(), fresh_.is_rejected.end(),
                                          [](std::uint8_t rejected) { return rejected != 0; });
    if (has_rejected && context_.options.skip_bad) spread_rejections();
}

}  // namespace downline
