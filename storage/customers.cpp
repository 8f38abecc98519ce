// An affiliate's customers: what they bought, what was earned on it, and who stopped buying.
//
// A customer counts as lapsed when its last order is more than `lapsed_after_days` before the last
// day with an order in the database. Orders that were fully returned do not count; amounts are less
// what was returned. "Paid" is what final runs paid the affiliate on the customer's orders.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/load_parts.hpp"
#include "storage/members.hpp"
#include "storage/products.hpp"
#include "storage/run_reader.hpp"

namespace downline {
namespace {

using RowsByNumber = std::unordered_map<std::int64_t, CustomerRow>;

RowsByNumber direct_customers(Database& database, std::int64_t affiliate) {
    const auto kinds = changed_values(database, "kind", INT32_MAX);
    const auto names = changed_values(database, "name", INT32_MAX);
    RowsByNumber rows;
    Query query =
        database.query("SELECT number, member_id, name, kind FROM member WHERE sponsor = ?1 AND"
                       " number NOT IN (SELECT member FROM moved WHERE tree = 0) UNION ALL "
                       "SELECT number, member_id, name, kind FROM member m WHERE ?1 = (SELECT"
                       " new_parent FROM moved WHERE member = m.number AND tree = 0 ORDER BY"
                       " holds_from DESC, effective_on DESC, row DESC LIMIT 1) AND number IN"
                       " (SELECT member FROM moved WHERE tree = 0)");
    query.bind(1, affiliate);
    while (query.step()) {
        const auto kind = kinds.find(query.integer(0));
        if (kind != kinds.end() ? kind->second == "0" : query.integer(3) == 0) continue;
        CustomerRow row;
        row.member_id = query.text(1);
        const auto name = names.find(query.integer(0));
        if (name != names.end()) row.name = name->second;
        else if (!query.is_null(2)) row.name = query.text(2);
        rows.emplace(query.integer(0), std::move(row));
    }
    return rows;
}

/// An order of one of the customers, its lines together.
struct CustomerOrder {
    std::int64_t buyer{}, amount_minor{};
    Day ordered_on{};
    bool has_return = false;
    std::int64_t returned_minor{};
};

/// Every order of these customers, by order id. One look at all order lines.
std::unordered_map<std::string, CustomerOrder> orders_of(Database& database,
                                                         const RowsByNumber& customers) {
    const AsOf facts = as_of(database, INT64_MAX);
    const auto counts = [](const std::vector<std::int64_t>& replaced, std::int64_t row) {
        return !std::binary_search(replaced.begin(), replaced.end(), row);
    };
    std::unordered_map<std::string, CustomerOrder> orders;
    Query lines = database.query("SELECT row, order_id, buyer, ordered_on, amount FROM order_line");
    while (lines.step()) {
        if (!customers.contains(lines.integer(2))) continue;
        if (!counts(facts.replaced_orders, lines.integer(0))) continue;
        CustomerOrder& order = orders[std::string{lines.text(1)}];
        order.buyer = lines.integer(2);
        order.ordered_on = static_cast<Day>(lines.integer(3));
        order.amount_minor = add_checked(order.amount_minor, lines.integer(4));
    }
    Query returns = database.query("SELECT row, order_id, amount FROM return_line");
    while (returns.step()) {
        const auto order = orders.find(std::string{returns.text(1)});
        if (order == orders.end() || !counts(facts.replaced_returns, returns.integer(0))) continue;
        order->second.has_return = true;
        order->second.returned_minor += returns.integer(2);
    }
    return orders;
}

void add_orders(Database& database, RowsByNumber& customers) {
    for (const auto& [order_id, order] : orders_of(database, customers)) {
        CustomerRow& row = customers.at(order.buyer);
        row.amount_minor = add_checked(row.amount_minor, order.amount_minor - order.returned_minor);
        if (order.has_return && order.returned_minor >= order.amount_minor) continue;
        ++row.order_count;
        row.first_order = std::min(row.first_order.value_or(order.ordered_on), order.ordered_on);
        row.last_order = std::max(row.last_order.value_or(order.ordered_on), order.ordered_on);
    }
}

/// Adds what the affiliate's final statements paid on orders of these customers.
void add_paid(Database& database, std::int64_t affiliate, RowsByNumber& customers) {
    Query statements = database.query(
        "SELECT r.number, l.packed FROM run r JOIN statement_lines l"
        " ON l.statement = (r.number << 32 | ?1) WHERE r.state = 'final' ORDER BY r.number");
    statements.bind(1, affiliate);
    while (statements.step()) {
        RunReader reader(database.handle(), statements.integer(0));
        for (const auto& [bonus, lines] : statement_lines(statements.blob(1)))
            for (const Line& line : lines) {
                if (line.order_ref == 0) continue;
                const auto row = customers.find(reader.order(line.order_ref).buyer);
                if (row == customers.end()) continue;
                row->second.paid_minor = add_checked(row->second.paid_minor, line.amount_minor);
            }
    }
}

/// Less what was taken back of it.
void take_back_paid(Database& database, std::int64_t affiliate, RowsByNumber& customers) {
    Query reversals = database.query(
        "SELECT o.buyer, c.amount FROM run r JOIN correction c ON c.run = r.number AND"
        " c.member = ?1 JOIN order_line o ON o.row = c.of_order WHERE r.state = 'final'");
    reversals.bind(1, affiliate);
    while (reversals.step()) {
        const auto row = customers.find(reversals.integer(0));
        if (row == customers.end()) continue;
        row->second.paid_minor = add_checked(row->second.paid_minor, reversals.integer(1));
    }
}

}  // namespace

Customers customers_of(Database& database, const std::string& member_id) {
    const MemberRecord member = find_member(database, member_id, INT32_MAX);
    if (member.kind == MemberKind::customer)
        throw Refusal(Refusal::Kind::input, member_id + " is a customer; customers sell to nobody");
    RowsByNumber rows = direct_customers(database, member.number);
    if (!rows.empty()) {
        add_orders(database, rows);
        add_paid(database, member.number, rows);
        take_back_paid(database, member.number, rows);
    }
    Customers customers;
    customers.member_id = member_id;
    customers.as_of =
        static_cast<Day>(database.integer("SELECT max(ordered_on) FROM order_extent").value_or(0));
    for (auto& [number, row] : rows) {
        row.is_lapsed = row.last_order && customers.as_of - *row.last_order > lapsed_after_days;
        customers.amount_minor = add_checked(customers.amount_minor, row.amount_minor);
        customers.largest_amount_minor = std::max(customers.largest_amount_minor, row.amount_minor);
        customers.rows.push_back(std::move(row));
    }
    std::sort(customers.rows.begin(), customers.rows.end(),
              [](const CustomerRow& a, const CustomerRow& b) { return a.member_id < b.member_id; });
    return customers;
}

}  // namespace downline
