// Members who are known: the same row again changes nothing, a new status, kind, name or country is
// a dated version, and everything else that differs is an error. An empty field states nothing.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_members.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

constexpr auto customer = static_cast<std::int64_t>(MemberKind::customer);
constexpr std::string_view kind_names[] = {"affiliate", "customer"};
constexpr std::string_view status_names[] = {"active", "suspended", "terminated"};

/// A value that holds from a day on.
struct Version {
    Day holds_from{};
    std::int64_t value{};
};

/// What holds on a day: the latest version of the latest day that is not after it.
std::int64_t value_on(const std::vector<Version>& versions, std::int64_t day) {
    std::int64_t value = versions.front().value;
    for (const Version& version : versions)
        if (version.holds_from <= day) value = version.value;
    return value;
}

/// The day since which a member has been an affiliate. REQUIRES: it is one; sorted by day.
Day affiliate_since(const std::vector<Version>& kinds) {
    Day since = kinds.back().holds_from;
    for (auto version = kinds.rbegin(); version != kinds.rend(); ++version)
        if (value_on(kinds, version->holds_from) == customer) break;
        else since = version->holds_from;
    return since;
}

bool begins_on(const std::vector<Version>& versions, std::int64_t day) {
    return std::any_of(versions.begin(), versions.end(),
                       [day](const Version& version) { return version.holds_from == day; });
}

void sort_by_day(std::vector<Version>& versions) {
    std::stable_sort(versions.begin(), versions.end(), [](const Version& a, const Version& b) {
        return a.holds_from < b.holds_from;
    });
}

}  // namespace

/// What the database says of a member: a place at first and, after all moves, now. Kinds and statuses by day, at least one of each.
struct MemberVersions::Known {
    std::uint32_t number{};
    struct Parents {
        std::int64_t sponsor{}, enroller{}, placement{}, leg{};  ///< 0: none
    };
    Parents at_first, now;
    bool has_moves = false;
    Day joined_on{};
    std::vector<Version> kinds, statuses;
    std::string name, country, title;
};

MemberVersions::MemberVersions(ImportContext& context, const MemberRows& rows, KnownMembers& known,
                               const NewMembers& fresh)
    : context_(context),
      rows_(rows),
      known_(known),
      fresh_(fresh),
      today_(parse_day(std::string_view(context.options.made_at).substr(0, 10)).value_or(0)),
      member_(context.database.query(
          "SELECT sponsor, enroller, placement, leg, joined_on, kind, status, status_on, name,"
          " country, title FROM member WHERE number = ?1")),
      changes_(context.database.query("SELECT item, holds_from, value FROM member_change WHERE"
                                      " member = ?1 ORDER BY holds_from, import, row")),
      moves_(context.database.query(
          "SELECT tree, ifnull(new_parent, 0), ifnull(leg, 0) FROM moved WHERE member = ?1"
          " ORDER BY holds_from, effective_on, row")),
      id_(context.database.query("SELECT member_id FROM member WHERE number = ?1")),
      insert_(context.database.query("INSERT INTO member_change(import, member, item, holds_from,"
                                     " value) VALUES (?1, ?2, ?3, ?4, ?5)")),
      correct_(context.database.query(
          "UPDATE member SET joined_on = ?2, title = nullif(?3, '') WHERE number = ?1")) {}

void MemberVersions::add_change(std::uint32_t number, std::string_view item, Day holds_from,
                                std::int64_t value) {
    insert_.bind(1, context_.import_number).bind(2, std::int64_t{number}).bind(3, item);
    insert_.bind(4, std::int64_t{holds_from}).bind(5, value).run();
}

void MemberVersions::read_moves(Known& known) {
    known.now = known.at_first;
    moves_.bind(1, std::int64_t{known.number});
    while (moves_.step()) {
        known.has_moves = true;
        const std::int64_t parent = moves_.integer(1);
        switch (static_cast<Tree>(moves_.integer(0))) {
            case Tree::sponsor: known.now.sponsor = parent; break;
            case Tree::enroller: known.now.enroller = parent; break;
            case Tree::placement:
                known.now.placement = parent;
                known.now.leg = moves_.integer(2);
                break;
        }
    }
    moves_.reset();
}

MemberVersions::Known MemberVersions::read(std::uint32_t number) {
    Known known{number};
    member_.bind(1, std::int64_t{number});
    member_.step();
    const std::int64_t sponsor = member_.integer(0);
    known.at_first = {sponsor, member_.is_null(1) ? sponsor : member_.integer(1),
                      member_.integer(2), member_.integer(3)};
    known.joined_on = static_cast<Day>(member_.integer(4));
    known.kinds.push_back({known.joined_on, member_.integer(5)});
    if (member_.is_null(7)) {
        known.statuses.push_back({known.joined_on, member_.integer(6)});
    } else {
        known.statuses.push_back({known.joined_on, static_cast<std::int64_t>(Status::active)});
        known.statuses.push_back({static_cast<Day>(member_.integer(7)), member_.integer(6)});
    }
    known.name = member_.text(8);
    known.country = member_.text(9);
    known.title = member_.text(10);
    member_.reset();
    read_moves(known);
    changes_.bind(1, std::int64_t{number});
    while (changes_.step()) {
        const std::string_view item = changes_.text(0);
        const Version version{static_cast<Day>(changes_.integer(1)), changes_.integer(2)};
        if (item == "kind") known.kinds.push_back(version);
        else if (item == "status") known.statuses.push_back(version);
        else if (item == "name") known.name = changes_.text(2);
        else if (item == "country") known.country = changes_.text(2);
    }
    changes_.reset();
    sort_by_day(known.kinds);
    sort_by_day(known.statuses);
    return known;
}

void MemberVersions::refuse(std::uint32_t row, std::size_t column, std::string_view code,
                            std::string text) {
    context_.problems.add(
        rows_.problem(row, column, code, std::move(text), context_.problems.keeps_rows()));
}

std::uint32_t MemberVersions::number_of(std::string_view id) {
    const std::uint32_t row = fresh_.row_of.find(id);
    if (row != IdTable::none && fresh_.entry_of[row] != IdTable::none)
        return fresh_.first + fresh_.entry_of[row];
    return known_.find(id);
}

std::string MemberVersions::id_of(std::int64_t number) {
    id_.bind(1, number);
    std::string id = id_.step() ? std::string(id_.text(0)) : std::string{};
    id_.reset();
    return id;
}

/// A parent that differs is changed by a move, not by a members file. Before and after a move the
/// file may say the one or the other.
bool MemberVersions::check_parent(std::uint32_t row, std::size_t column, std::string_view id,
                                  std::int64_t at_first, std::int64_t now, std::string_view code) {
    const std::int64_t here = id.empty() ? 0 : number_of(id);
    if (here == now || here == at_first) return true;
    RowDifferences found;
    found.add(member_columns[column].name, id_of(now), std::string(id));
    refuse(row, column, code,
           found.text() + "; a member changes its place by a row of a moves file only");
    return false;
}

bool MemberVersions::check_parents(std::uint32_t row, const Known& known) {
    const std::string_view enroller = rows_.enroller_id[row], placement = rows_.placement_id[row];
    const Known::Parents &at_first = known.at_first, &now = known.now;
    if (!check_parent(row, member_sponsor_id, rows_.sponsor_id[row], at_first.sponsor, now.sponsor,
                      code::sponsor_changed))
        return false;
    if (!enroller.empty() && !check_parent(row, member_enroller_id, enroller, at_first.enroller,
                                           now.enroller, code::enroller_changed))
        return false;
    if (placement.empty()) return true;
    if (!check_parent(row, member_placement_id, placement, at_first.placement, now.placement,
                      code::placement_changed))
        return false;
    if (rows_.leg[row] == at_first.leg || rows_.leg[row] == now.leg) return true;
    refuse(row, member_leg, code::placement_changed,
           fmt::format("leg is {}, here {}; a member changes its place by a row of a moves file "
                       "only",
                       now.leg, rows_.leg[row]));
    return false;
}

/// The day of joining, and the title that was brought along. With --replace they are corrected in
/// the member's own row, which no closed period has seen; member_change keeps what stood there.
bool MemberVersions::settle_constants(std::uint32_t row, const Known& known, bool& is_changed) {
    const Day joined_on = rows_.joined_on[row];
    const std::string title = rows_.title[row].empty() ? known.title : std::string(rows_.title[row]);
    RowDifferences found;
    found.add("joined_on", format_day(known.joined_on), format_day(joined_on));
    found.add("title", known.title, title);
    const bool is_twice =
        context_.options.replace &&
        !context_.confirmed_keys.insert(fmt::format("member {}", known.number)).second;
    if (found.is_empty()) return true;
    const Day earliest = std::min(known.joined_on, joined_on);
    std::string remedy;
    if (!context_.options.replace || is_twice || context_.closing.holds(earliest))
        remedy = context_.conflict_remedy(is_twice, earliest,
                                          "correct what came of it by adjustments");
    else if (joined_on != known.joined_on && (known.now.placement != 0 || known.has_moves))
        remedy = "its place and its moves begin with that day; undo the import that brought it";
    if (!remedy.empty()) {
        refuse(row, member_member_id, code::conflict,
               fmt::format("member_id {} is known with other content: {}; {}",
                           shown_value(rows_.member_id[row]), found.text(), remedy));
        return false;
    }
    if (joined_on != known.joined_on)
        add_change(known.number, "joined_on", joined_on, known.joined_on);
    if (title != known.title) {
        insert_.bind(1, context_.import_number).bind(2, std::int64_t{known.number});
        insert_.bind(3, "title").bind(4, std::int64_t{joined_on}).bind(5, known.title).run();
    }
    correct_.bind(1, std::int64_t{known.number}).bind(2, std::int64_t{joined_on});
    correct_.bind(3, title).run();
    context_.saw_day(known.joined_on);
    context_.saw_day(joined_on);
    is_changed = true;
    return true;
}

bool MemberVersions::is_closed(std::uint32_t row, std::size_t column, Day day) {
    if (!context_.closing.holds(day) || context_.options.late) return false;
    refuse(row, column, code::closed_period,
           fmt::format("{} {} lies in a closed period: {}", member_columns[column].name,
                       format_day(day), context_.closing.late_remedy));
    return true;
}

bool MemberVersions::settle_kind(std::uint32_t row, const Known& known, bool& is_changed) {
    const std::int64_t kind = rows_.kind[row], kind_on = rows_.kind_on[row];
    const std::int64_t latest = known.kinds.back().value;
    if (kind < 0) return true;
    if (kind == customer) {
        if (latest == kind) return true;
        refuse(row, member_kind, code::affiliate_to_customer,
               fmt::format("{} is an affiliate, and never becomes a customer; terminate it instead",
                           shown_value(rows_.member_id[row])));
        return false;
    }
    if (latest == kind) return settle_kind_day(row, known, is_changed);
    if (kind_on == not_stated) {
        refuse(row, member_kind, code::kind_on_missing,
               fmt::format("{} is known as a {}; write in kind_on the day on which it became an "
                           "affiliate",
                           shown_value(rows_.member_id[row]), kind_names[latest]));
        return false;
    }
    if (is_closed(row, member_kind_on, static_cast<Day>(kind_on))) return false;
    is_changed = true;
    return true;
}

/// The day on which a member became an affiliate may be said again, or replaced.
bool MemberVersions::settle_kind_day(std::uint32_t row, const Known& known, bool& is_changed) {
    const std::int64_t kind_on = rows_.kind_on[row];
    const Day since = affiliate_since(known.kinds);
    const std::string key = fmt::format("kind {}", known.number);
    if (kind_on == not_stated) return true;
    if (kind_on == since) {
        context_.confirmed_keys.insert(key);
        return true;
    }
    if (!may_replace(key) || since == known.joined_on) {
        refuse(row, member_kind_on, code::conflict,
               fmt::format("kind_on is {}, here {}; correct the file, or --replace lets the new "
                           "day count",
                           format_day(since), RowDifferences::shown_day(kind_on)));
        return false;
    }
    if (is_closed(row, member_kind_on, std::min(since, static_cast<Day>(kind_on)))) return false;
    // Until a later day the member was still a customer.
    if (kind_on > since) add_change(known.number, "kind", since, customer);
    for (const Version& version : known.kinds)
        if (version.holds_from > kind_on && version.holds_from < since)
            add_change(known.number, "kind", version.holds_from, rows_.kind[row]);
    is_changed = true;
    return true;
}

/// With --replace, and where the files do not contradict themselves.
bool MemberVersions::may_replace(const std::string& key) {
    return context_.options.replace && context_.confirmed_keys.insert(key).second;
}

bool MemberVersions::settle_status(std::uint32_t row, const Known& known, bool& is_changed) {
    const std::int64_t status = rows_.status[row], status_on = rows_.status_on[row];
    if (status < 0) return true;
    if (status_on == not_stated) {
        const std::int64_t latest = known.statuses.back().value;
        if (latest == status) return true;
        refuse(row, member_status, code::status_on_missing,
               fmt::format("{} is known as {}, here {}; write in status_on from which day on",
                           shown_value(rows_.member_id[row]), status_names[latest],
                           status_names[status]));
        return false;
    }
    const std::string key = fmt::format("status {} {}", known.number, status_on);
    if (value_on(known.statuses, status_on) == status) {
        const bool is_known = begins_on(known.statuses, status_on);
        if (is_known) context_.confirmed_keys.insert(key);
        // What holds already is said of that day, whatever an earlier day is given later.
        is_changed = !is_known && (!context_.closing.holds(static_cast<Day>(status_on)) ||
                                   context_.options.late);
        return true;
    }
    if (begins_on(known.statuses, status_on) && status_on != known.joined_on && !may_replace(key)) {
        refuse(
            row, member_status, code::conflict,
            fmt::format("status from {} on is {}, here {}; --replace lets the new content count",
                        RowDifferences::shown_day(status_on),
                        status_names[value_on(known.statuses, status_on)], status_names[status]));
        return false;
    }
    if (is_closed(row, member_status_on, static_cast<Day>(status_on))) return false;
    is_changed = true;
    return true;
}

/// Names and countries hold from the day of the import on.
void MemberVersions::settle_texts(std::uint32_t row, const Known& known, bool& is_changed) {
    const auto settle = [&](std::string_view item, std::string_view here, const std::string& was) {
        if (here.empty() || here == was) return;
        insert_.bind(1, context_.import_number).bind(2, std::int64_t{known.number}).bind(3, item);
        insert_.bind(4, std::int64_t{std::max(today_, known.joined_on)}).bind(5, here).run();
        is_changed = true;
    };
    settle("name", rows_.name[row], known.name);
    settle("country", rows_.country[row], known.country);
}

void MemberVersions::settle(std::uint32_t row, std::uint32_t number) {
    const Known known = read(number);
    bool is_corrected = false, is_new_kind = false, is_new_status = false, is_new_text = false;
    if (!check_parents(row, known) || !settle_constants(row, known, is_corrected) ||
        !settle_kind(row, known, is_new_kind) || !settle_status(row, known, is_new_status))
        return;
    if (is_new_kind) {
        add_change(number, "kind", static_cast<Day>(rows_.kind_on[row]), rows_.kind[row]);
        context_.saw_day(static_cast<Day>(rows_.kind_on[row]));
    }
    if (is_new_status) {
        add_change(number, "status", static_cast<Day>(rows_.status_on[row]), rows_.status[row]);
        context_.saw_day(static_cast<Day>(rows_.status_on[row]));
    }
    settle_texts(row, known, is_new_text);
    if (is_corrected || is_new_kind || is_new_status || is_new_text) ++context_.report.changed_rows;
    else ++context_.report.unchanged_rows;
}

}  // namespace downline
