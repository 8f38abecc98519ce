// Months with an order, by buyer or contract: see the header.
#include "storage/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "engine/money.hpp"
#include "storage/intact.hpp"
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

constexpr const char* no_member_row = "a row names a member who is not there";

/// By storage's number: is it a customer on that day.
std::vector<std::uint8_t> customers_on(Database& database, Day day) {
    std::vector<std::uint8_t> is_customer(
        static_cast<std::size_t>(
            largest_stored(database.handle(), "SELECT max(number) FROM member")) +
        1);
    Query query = database.query("SELECT number FROM member WHERE kind <> 0");
    while (query.step()) entry_at(is_customer, query.integer(0), no_member_row) = 1;
    for (const auto& [number, kind] : changed_values(database, "kind", day))
        entry_at(is_customer, number, no_member_row) = kind != "0";
    return is_customer;
}

/// Of customers, and of contracts, whoever's they are.
struct OrderedMonths {
    std::vector<Ordered> customers, contracts;
};

OrderedMonths months_of(Database& database, Day last_day) {
    const AsOf facts = as_of(database, INT64_MAX);
    const auto returned = returned_orders(database, facts);
    const std::vector<std::uint8_t> is_customer = customers_on(database, last_day);
    Contracts contracts;
    OrderedMonths months;
    Query lines = database.query(
        "SELECT row, buyer, ordered_on, contract, order_id FROM order_line WHERE ordered_on <= ?1");
    lines.bind(1, std::int64_t{last_day});
    while (lines.step()) {
        const bool is_replaced = std::binary_search(
            facts.replaced_orders.begin(), facts.replaced_orders.end(), lines.integer(0));
        if (is_replaced) continue;
        if (!returned.empty() && returned.contains(std::string{lines.text(4)})) continue;
        const std::int64_t buyer = lines.integer(1);
        const std::int32_t month = month_number(static_cast<Day>(lines.integer(2)));
        const std::string_view contract = lines.text(3);
        if (!contract.empty())
            months.contracts.push_back({contracts.number(buyer, contract), month});
        if (entry_at(is_customer, buyer, no_member_row) != 0)
            months.customers.push_back({buyer, month});
    }
    return months;
}

}  // namespace

Retention retention_of(Database& database, Day last_day) {
    Retention retention;
    OrderedMonths found = months_of(database, last_day);
    retention.is_of_contracts = !found.contracts.empty();
    std::vector<Ordered>& ordered =
        retention.is_of_contracts ? found.contracts : found.customers;
    std::ranges::sort(ordered);
    ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
    const std::int32_t last_month = month_number(last_day);
    retention.months.resize(retention_months_max);
    std::int64_t who = -1;
    std::int32_t first = 0;
    for (const Ordered& month : ordered) {
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
