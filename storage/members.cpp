// Members by id: see the header.
#include "storage/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "engine/errors.hpp"

namespace downline {
namespace {

/// How many letters have to be added, dropped or changed; more than `most` counts as most + 1.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return std::min(row.back(), most + 1);
}

[[noreturn]] void refuse_unknown(Database& database, const std::string& member_id) {
    constexpr std::size_t distance_max = 2, shown_max = 3;
    std::vector<std::pair<std::size_t, std::string>> near;
    Query query = database.query("SELECT member_id FROM member ORDER BY member_id");
    while (query.step()) {
        const std::size_t far = distance(member_id, query.text(0), distance_max);
        if (far > distance_max) continue;
        near.emplace_back(far, query.text(0));
        std::sort(near.begin(), near.end());
        if (near.size() > shown_max) near.pop_back();
    }
    std::string hint;
    for (const auto& [far, id] : near) hint += (hint.empty() ? "; did you mean " : ", ") + id;
    throw Refusal(Refusal::Kind::input,
                  fmt::format("there is no member \"{}\"{}", member_id.substr(0, 80), hint));
}

/// The value that member_change gives for one member, or nothing.
std::optional<std::string> changed_value(Database& database, std::int64_t number, const char* item,
                                         Day on) {
    Query query = database.query(
        "SELECT value FROM member_change WHERE member = ?1 AND item = ?2 AND holds_from <= ?3"
        " ORDER BY holds_from DESC, import DESC, row DESC LIMIT 1");
    query.bind(1, number).bind(2, std::string_view{item}).bind(3, std::int64_t{on});
    if (!query.step() || query.is_null(0)) return std::nullopt;
    return std::string{query.text(0)};
}

}  // namespace

MemberRecord find_member(Database& database, const std::string& member_id, Day on) {
    Query query = database.query(
        "SELECT number, sponsor, name, kind, joined_on FROM member WHERE member_id = ?1");
    query.bind(1, member_id);
    if (!query.step()) refuse_unknown(database, member_id);
    MemberRecord member;
    member.number = query.integer(0);
    member.sponsor = query.integer(1);
    member.member_id = member_id;
    if (!query.is_null(2)) member.name = query.text(2);
    member.kind = static_cast<MemberKind>(query.integer(3));
    member.joined_on = static_cast<Day>(query.integer(4));
    Query moved = database.query(
        "SELECT new_parent FROM moved WHERE member = ?1 AND tree = 0 AND holds_from <= ?2"
        " ORDER BY holds_from DESC, effective_on DESC, row DESC LIMIT 1");
    moved.bind(1, member.number).bind(2, std::int64_t{on});
    if (moved.step()) member.sponsor = moved.integer(0);
    if (auto name = changed_value(database, member.number, "name", INT32_MAX))
        member.name = std::move(name);
    if (const auto kind = changed_value(database, member.number, "kind", on))
        member.kind = *kind == "0" ? MemberKind::affiliate : MemberKind::customer;
    return member;
}

std::unordered_map<std::int64_t, std::string> changed_values(Database& database, const char* item,
                                                             Day on) {
    std::unordered_map<std::int64_t, std::string> values;
    Query query = database.query(
        "SELECT member, value FROM member_change WHERE item = ?1 AND holds_from <= ?2"
        " ORDER BY holds_from, import, row");
    query.bind(1, std::string_view{item}).bind(2, std::int64_t{on});
    while (query.step()) values[query.integer(0)] = query.text(1);
    return values;
}

}  // namespace downline
