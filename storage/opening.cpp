// Reads what the system before this one left: see the header.
#include "storage/opening.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/import_fields.hpp"
#include "storage/messages.hpp"
#include "storage/order_volume.hpp"

namespace downline {
namespace {

/// Rows that count for a run that saw import ?1; `o` is the row.
constexpr const char* counts_sql =
    "o.import <= ?1 AND NOT EXISTS (SELECT 1 FROM replaced p WHERE p.table_name = 'opening'"
    " AND p.row = o.row AND p.import <= ?1)";

[[noreturn]] void refuse(std::string_view member_id, const std::string& why) {
    throw Refusal(Refusal::Kind::input,
                  fmt::format("what the old system left of {} cannot be taken over: {}",
                              shown_value(member_id), why));
}

/// no_member: one that only a part leaves out.
MemberIndex member_of(const Query& query, const LoadedMembers& members) {
    const MemberIndex member = members.index(query.integer(0));
    if (member == no_member && !members.is_part)
        refuse(query.text(1), "the member joins only after the first period that is run; correct "
                              "joined_on, or withdraw the import");
    return member;
}

bool is_carried(const Measure& measure) {
    return measure.source == Measure::Source::window && measure.periods != 1;
}

std::string_view unit_text(Measure::Unit unit) {
    switch (unit) {
        case Measure::Unit::centipoints: return "points, with two places";
        case Measure::Unit::minor: return "money, with the places of the currency";
        case Measure::Unit::count: break;
    }
    return "whole numbers";
}

int places_of(Measure::Unit unit, int currency_places) {
    if (unit == Measure::Unit::count) return 0;
    return unit == Measure::Unit::minor ? currency_places : 2;
}

}  // namespace

std::vector<Carry> opening_legs(Database& database, const std::string& bonus, bool is_first,
                                std::int64_t last_import, const LoadedMembers& members) {
    Query query = database.query(fmt::format(
        "SELECT o.member, m.member_id, o.item, o.amount FROM opening o"
        " JOIN member m ON m.number = o.member WHERE o.item IN ('left', 'right') AND {}"
        " AND (o.bonus = ?2 OR (o.bonus IS NULL AND ?3)) ORDER BY o.member, o.item",
        counts_sql));
    query.bind(1, last_import).bind(2, bonus).bind(3, std::int64_t{is_first});
    std::vector<Carry> legs;
    while (query.step()) {
        const MemberIndex member = member_of(query, members);
        if (member == no_member) continue;
        if (legs.empty() || legs.back().member != member) legs.push_back({member, 0, 0});
        std::int64_t& leg = query.text(2) == "left" ? legs.back().left_centipoints
                                                    : legs.back().right_centipoints;
        leg = add_checked(leg, query.integer(3));
    }
    return legs;
}

std::vector<std::int64_t> opening_measure(Database& database, const Measure& window,
                                          int currency_places, std::int64_t last_import,
                                          const LoadedMembers& members) {
    Query query = database.query(fmt::format(
        "SELECT o.member, m.member_id, o.amount FROM opening o"
        " JOIN member m ON m.number = o.member WHERE o.item = 'measure' AND o.measure = ?2 AND {}",
        counts_sql));
    query.bind(1, last_import).bind(2, window.name);
    const int places = opening_measure_places(currency_places);
    const std::int64_t divisor = ten_to(places - places_of(window.unit, currency_places));
    std::vector<std::int64_t> values;
    while (query.step()) {
        const MemberIndex member = member_of(query, members);
        values.resize(members.members.count);  // somebody has one: the others have zeros
        if (member == no_member) continue;
        const std::int64_t amount = query.integer(2);
        if (amount % divisor != 0)
            refuse(query.text(1),
                   fmt::format("{} of measure {}, which counts {}; import the amount anew with "
                               "--replace",
                               format_decimal(amount, places), window.name,
                               unit_text(window.unit)));
        values[member] = amount / divisor;
    }
    return values;
}

void digest_opening(Database& database, std::int64_t last_import, Digest& digest) {
    Query query = database.query(fmt::format(
        "SELECT m.member_id, o.item, ifnull(o.bonus, ''), ifnull(o.measure, ''),"
        " ifnull(o.order_id, ''), ifnull(o.line, 0), ifnull(o.level, 0), o.amount FROM opening o"
        " JOIN member m ON m.number = o.member WHERE {} ORDER BY 1, 2, 3, 4, 5, 6, 7",
        counts_sql));
    query.bind(1, last_import);
    while (query.step()) {
        for (int column = 0; column < 5; ++column) digest.add_text(query.text(column));
        for (int column = 5; column < 8; ++column) digest.add(query.integer(column));
    }
}

OpeningLines::OpeningLines(Database& database, const std::string& plan, std::int64_t last_import)
    : last_import_(last_import),
      lines_(database.query(fmt::format(
          "SELECT o.member, m.member_id, o.bonus, o.level, o.amount, o.row FROM opening o"
          " JOIN member m ON m.number = o.member WHERE o.order_id = ?2 AND o.line = ?3 AND {}"
          " AND NOT EXISTS (SELECT 1 FROM correction c JOIN run r ON r.number = c.run WHERE"
          " c.of_opening = o.row AND r.plan <> ?4 AND r.state = 'final')",
          counts_sql))),
      taken_(database.query("SELECT run, amount FROM correction WHERE of_opening = ?1")) {
    Query any = database.query("SELECT 1 FROM opening WHERE order_id IS NOT NULL LIMIT 1");
    are_there_ = any.step();
    lines_.bind(1, last_import_).bind(4, plan);
}

bool OpeningLines::has(const std::string& order_id, std::int64_t line) {
    if (!are_there_) return false;
    lines_.reset();
    lines_.bind(2, order_id).bind(3, line);
    return lines_.step();
}

ClosedRun OpeningLines::read(const std::vector<OrderKey>& orders,
                             const std::vector<ClosedOrder>& closed_orders, Rounding rounding,
                             const Counting& counting, const LoadedMembers& members,
                             std::vector<std::int64_t>& rows) {
    struct Row {
        std::string bonus;
        std::int64_t row{};
        ClosedLine line;
    };
    std::vector<Row> found;
    std::set<std::int64_t> numbers;
    for (const Counting::EarlierRun& run : counting.runs()) numbers.insert(run.number);
    for (std::uint32_t order = 0; order < orders.size(); ++order) {
        lines_.reset();
        lines_.bind(2, orders[order].order_id).bind(3, orders[order].line);
        while (lines_.step()) {
            Row& row = found.emplace_back(Row{std::string{lines_.text(2)}, lines_.integer(5), {}});
            row.line.earner = member_of(lines_, members);
            row.line.amount_minor = lines_.integer(4);
            row.line.order = order;
            row.line.level = static_cast<std::uint32_t>(lines_.integer(3));
            row.line.stream = row.line.level == 0 ? StreamKind::active : StreamKind::leveraged;
            row.line.order_ref = closed_orders[order].row;
            taken_.reset();
            taken_.bind(1, row.row);
            while (taken_.step())
                if (numbers.contains(taken_.integer(0)))
                    row.line.reversed_minor -= taken_.integer(1);
        }
    }
    std::ranges::sort(found, {}, [](const Row& row) {
        return std::tuple(row.bonus, row.line.earner, row.line.order, row.line.level);
    });
    ClosedRun closed;
    closed.rounding = rounding;
    for (const ClosedOrder& order : closed_orders) closed.orders.push_back(order.returned);
    for (Row& row : found) {
        if (closed.bonuses.empty() || closed.bonuses.back().code != row.bonus)
            closed.bonuses.push_back({row.bonus, {}, -1, false});
        row.line.bonus = static_cast<std::uint32_t>(closed.bonuses.size() - 1);
        closed.lines.push_back(row.line);
        rows.push_back(row.row);
    }
    return closed;
}

std::vector<std::string> opening_left_out(Database& database, const Plan& plan) {
    Query query = database.query(fmt::format(
        "SELECT item = 'measure', coalesce(o.measure, o.bonus, ''), count(*) FROM opening o"
        " WHERE o.item IN ('left', 'right', 'measure') AND {} GROUP BY 1, 2 ORDER BY 1, 2",
        counts_sql));
    query.bind(1, INT64_MAX);
    std::vector<std::string> notes;
    while (query.step()) {
        const bool is_measure = query.integer(0) != 0;
        const std::string_view name = query.text(1);
        const bool has_use =
            is_measure ? std::ranges::any_of(plan.measures,
                                             [&](const Measure& measure) {
                                                 return is_carried(measure) && measure.name == name;
                                             })
                       : std::ranges::any_of(plan.bonuses, [&](const Bonus& bonus) {
                             return bonus.kind == "binary" && (name.empty() || bonus.code == name);
                         });
        if (has_use) continue;
        const std::string what =
            is_measure ? fmt::format("measure {}, and plan {} has no measure over several periods of "
                                     "that name",
                                     shown_value(name), plan.name)
            : name.empty()
                ? fmt::format("legs, and plan {} has no binary bonus", plan.name)
                : fmt::format("legs under {}, and plan {} has no binary bonus of that name",
                              shown_value(name), plan.name);
        notes.push_back(fmt::format("{} opening {} left out: {} of {}", query.integer(2),
                                    query.integer(2) == 1 ? "row is" : "rows are",
                                    query.integer(2) == 1 ? "it is" : "they are", what));
    }
    return notes;
}

}  // namespace downline
