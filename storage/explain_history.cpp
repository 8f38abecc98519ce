// Orders that no run paid, and lines of later runs: see the header.
#include "storage/explain_history.hpp"

#include "engine/errors.hpp"
#include "storage/corrections.hpp"

namespace downline {
namespace {

std::vector<OpeningPaid> opening_lines(Database& database, const std::string& order_id) {
    Query query = database.query(
        "SELECT ifnull(o.line, 1), o.bonus, m.member_id, ifnull(o.level, 0), o.amount FROM opening o"
        " JOIN member m ON m.number = o.member WHERE o.order_id = ?1 AND o.row NOT IN"
        " (SELECT row FROM replaced WHERE table_name = 'opening')"
        " ORDER BY o.line, o.level, o.bonus, m.member_id");
    query.bind(1, order_id);
    std::vector<OpeningPaid> paid;
    while (query.step())
        paid.push_back({std::string{query.text(1)}, std::string{query.text(2)}, query.integer(0),
                        query.integer(3), query.integer(4)});
    return paid;
}

}  // namespace

std::vector<LaterLine> later_lines(Database& database, const std::string& order_id,
                                   const std::optional<std::string>& plan) {
    Query runs = database.query(
        "SELECT DISTINCT c.run, r.period FROM correction c JOIN run r ON r.number = c.run"
        " JOIN order_line o ON o.row = c.of_order WHERE o.order_id = ?1"
        " AND (?2 IS NULL OR r.plan = ?2)"
        " AND r.state IN ('final', 'draft') ORDER BY r.last_day, c.run");
    runs.bind(1, order_id);
    plan ? runs.bind(2, *plan) : runs.bind_null(2);
    Query id = database.query("SELECT member_id FROM member WHERE number = ?1");
    std::vector<LaterLine> later;
    while (runs.step())
        for (const CorrectionRecord& line : corrections_of(database.handle(), runs.integer(0))) {
            if (line.order_id != order_id) continue;
            id.reset();
            id.bind(1, line.member);
            ensure_intact(id.step(), "a member of a run");
            later.push_back({std::string{runs.text(1)}, line.bonus, std::string{id.text(0)},
                             line.return_id, runs.integer(0), line.line.value_or(0),
                             line.amount_minor});
        }
    return later;
}

std::optional<ExplainedOrder> explain_history(Database& database, const std::string& order_id) {
    ExplainedOrder order;
    order.opening = opening_lines(database, order_id);
    if (order.opening.empty()) return std::nullopt;
    for (const OpeningPaid& line : order.opening)
        order.paid_minor = add_checked(order.paid_minor, line.amount_minor);
    Query query = database.query(
        "SELECT m.member_id, m.kind, o.ordered_on, sum(o.amount) FROM order_line o"
        " JOIN member m ON m.number = o.buyer WHERE o.order_id = ?1 AND o.row NOT IN"
        " (SELECT row FROM replaced WHERE table_name = 'order_line') GROUP BY m.number");
    query.bind(1, order_id);
    ensure_intact(query.step(), "an opening line on an order that is not there");
    order.order_id = order_id;
    order.run.state = "history";
    order.run.currency = database.currency().value_or("USD");
    order.buyer = query.text(0);
    order.is_from_customer = query.integer(1) != 0;
    order.ordered_on = static_cast<Day>(query.integer(2));
    order.amount_minor = query.integer(3);
    order.later = later_lines(database, order_id, std::nullopt);
    return order;
}

}  // namespace downline
