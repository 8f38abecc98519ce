// Facts of an import in words: see the header.
#include "storage/diff_causes.hpp"

#include <fmt/format.h>

#include "engine/money.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

/// Columns: what, member, amount (or NULL), day, more. Those that replace a row say so.
constexpr const char* facts_sql = R"sql(
SELECT 'order ' || o.order_id || iif(o.line = 1, '', ' line ' || o.line) || ' of ' || m.member_id,
       o.amount, o.ordered_on, (SELECT p.amount FROM replaced r JOIN order_line p ON p.row = r.row
                                WHERE r.table_name = 'order_line' AND r.by_row = o.row), ''
FROM order_line o JOIN member m ON m.number = o.buyer WHERE o.import = ?1 AND o.ordered_on <= ?2
UNION ALL
SELECT 'return ' || t.return_id || ' of order ' || t.order_id, t.amount, t.returned_on,
       (SELECT p.amount FROM replaced r JOIN return_line p ON p.row = r.row
        WHERE r.table_name = 'return_line' AND r.by_row = t.row), ''
FROM return_line t WHERE t.import = ?1 AND t.returned_on <= ?2
UNION ALL
SELECT m.member_id || ' moves in the ' ||
       CASE v.tree WHEN 0 THEN 'sponsor' WHEN 1 THEN 'enroller' ELSE 'placement' END ||
       ' tree to ' || ifnull((SELECT 'below ' || p.member_id FROM member p
                              WHERE p.number = v.new_parent), 'the top'),
       NULL, v.holds_from, NULL, ': ' || v.reason
FROM move v JOIN member m ON m.number = v.member WHERE v.import = ?1 AND v.holds_from <= ?2
UNION ALL
SELECT m.member_id || CASE c.item WHEN 'kind' THEN ' becomes an affiliate'
       WHEN 'joined_on' THEN ' joins on another day' WHEN 'title' THEN ' brings another title'
       ELSE ' is ' ||
       CASE c.value WHEN 0 THEN 'active' WHEN 1 THEN 'suspended' ELSE 'terminated' END END,
       NULL, c.holds_from, NULL, ''
FROM member_change c JOIN member m ON m.number = c.member
WHERE c.import = ?1 AND c.item IN ('kind', 'status', 'joined_on', 'title')
 AND c.holds_from <= ?2
UNION ALL
SELECT m.member_id || ' joins', NULL, m.joined_on, NULL, '' FROM member m
WHERE m.import = ?1 AND m.joined_on <= ?2
UNION ALL
SELECT 'adjustment ' || a.adjustment_id || ' of ' || m.member_id, a.amount, a.last_day, NULL,
       ': ' || a.reason
FROM adjustment a JOIN member m ON m.number = a.member
WHERE a.import = ?1 AND a.first_day <= ?2
UNION ALL
SELECT 'opening ' || item || ' of ' || m.member_id || coalesce(' in ' || measure,
       ' under ' || bonus, '') || ifnull(' on order ' || order_id, ''), NULL, NULL, NULL, ''
FROM opening JOIN member m ON m.number = member WHERE opening.import = ?1)sql";

}  // namespace

std::vector<std::string> facts_of_import(Database& database, std::int64_t number, Day until,
                                         int currency_places, std::size_t most) {
    Query query = database.query(facts_sql);
    query.bind(1, number).bind(2, std::int64_t{until});
    std::vector<std::string> facts;
    std::size_t count = 0;
    while (query.step()) {
        if (++count > most) continue;
        std::string fact = "  " + harmless(query.text(0));
        if (!query.is_null(2)) fact += ", " + format_day(static_cast<Day>(query.integer(2)));
        const auto money = [&](int column) {
            return format_decimal(query.integer(column), currency_places);
        };
        if (!query.is_null(1)) fact += ", " + money(1);
        if (!query.is_null(3)) fact += fmt::format(" instead of {}", money(3));
        facts.push_back(fact + harmless(query.text(4)));
    }
    if (count > most) facts.push_back(fmt::format("  and {} more", count - most));
    return facts;
}

}  // namespace downline
