// Months with an order, by buyer or contract: see the header.
#include "storage/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "engine/money.hpp"
#include "storage/load_parts.hpp"
#include "storage/members.hpp"

namespace downline {
namespace {

/// Orders of which as much came back as they cost.
std::unordered_set<std::string> returned_orders(Database& database, const AsOf& facts) {
    const auto counts = [](const std::vector<std::int64_t>& replaced, std::int64_t row) {
        return !std::binary_search(replaced.begin(), replaced.end(), row);
    };
    std::unordered_map<std::string, std::int64_t> left_minor;
    Query returns = database.query("SELECT row, order_id, amount FROM return_line");
    while (returns.step())
        if (counts(facts.replaced_returns, returns.integer(0)))
            left_minor[std::string{returns.text(1)}] -= returns.integer(2);
    Query lines = database.query("SELECT row, amount FROM order_line WHERE order_id = ?1");
    std::unordered_set<std::string> returned;
    for (auto& [order_id, left] : left_minor) {
        lines.reset();
        lines.bind(1, order_id);
        while (lines.step())
            if (counts(facts.replaced_orders, lines.integer(0)))
                left = add_checked(left, lines.integer(1));
        if (left <= 0) returned.insert(order_id);
    }
    return returned;
}

/// A buyer's (or contract's) month with an order.
struct Ordered {
    std::int64_t who{};
    std::int32_t month{};
    auto operator<=>(const Ordered&) const = default;
};

/// Gives contracts numbers of their own.
class Contracts {
public:
    std::int64_t number(std::int64_t buyer, std::string_view contract) {
        return numbers_
            .emplace(fmt::format("{} {}", buyer, contract),
                     static_cast<std::int64_t>(numbers_.size()))
            .first->second;
    }

private:
    std::unordered_map<std::string, std::int64_t> numbers_;
};

std::vector<Ordered> months_of(Database& database, Day last_day, bool of_contracts) {
    const AsOf facts = as_of(database, INT64_MAX);
    const auto returned = returned_orders(database, facts);
    const auto kinds = changed_values(database, "kind", last_day);
    Contracts contracts;
    std::vector<Ordered> ordered;
    Query lines = database.query(
        "SELECT o.row, o.buyer, o.ordered_on, o.contract, m.kind, o.order_id FROM order_line o"
        " CROSS JOIN member m ON m.number = o.buyer WHERE o.ordered_on <= ?1");
    lines.bind(1, std::int64_t{last_day});
    while (lines.step()) {
        const bool is_replaced = std::binary_search(
            facts.replaced_orders.begin(), facts.replaced_orders.end(), lines.integer(0));
        if (is_replaced) continue;
        if (!returned.empty() && returned.contains(std::string{lines.text(5)})) continue;
        std::int64_t who = lines.integer(1);
        if (of_contracts) {
            if (lines.text(3).empty()) continue;
            who = contracts.number(who, lines.text(3));
        } else {
            const auto kind = kinds.find(who);
            if (kind != kinds.end() ? kind->second == "0" : lines.integer(4) == 0) continue;
        }
        ordered.push_back({who, month_number(static_cast<Day>(lines.integer(2)))});
    }
    std::ranges::sort(ordered);
    const auto twice = std::ranges::unique(ordered);
    ordered.erase(twice.begin(), twice.end());
    return ordered;
}

}  // namespace

Retention retention_of(Database& database, Day last_day) {
    Retention retention;
    retention.is_of_contracts =
        database.integer("SELECT 1 FROM order_line WHERE contract <> '' LIMIT 1").has_value();
    const std::int32_t last_month = month_number(last_day);
    retention.months.resize(retention_months_max);
    std::int64_t who = -1;
    std::int32_t first = 0;
    for (const Ordered& month : months_of(database, last_day, retention.is_of_contracts)) {
        if (month.who != who) {
            who = month.who;
            first = month.month;
            const auto over = std::min<std::int32_t>(last_month - first + 1, retention_months_max);
            for (std::int32_t i = 0; i < over; ++i)
                ++retention.months[static_cast<std::size_t>(i)].of;
        }
        const auto place = static_cast<std::size_t>(month.month - first);
        if (place < retention.months.size()) ++retention.months[place].ordered;
    }
    while (!retention.months.empty() && retention.months.back().of == 0)
        retention.months.pop_back();
    for (KeptMonth& month : retention.months)
        month.share_ppm =
            divide_rounded(Int128{month.ordered} * 1'000'000, month.of, Rounding::half_up);
    return retention;
}

}  // namespace downline
