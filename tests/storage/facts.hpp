// Facts put into a database row by row, without files: what the tests of runs begin with.
#pragma once

#include <optional>
#include <string>

#include "engine/plan/reader.hpp"
#include "storage/database.hpp"

namespace downline {

inline Day day(const char* text) { return parse_day(text).value(); }

/// Amounts are minor units, volumes hundredths of a point, dates texts.
class Facts {
public:
    Facts() { database.set_setting("currency", "USD"); }

    struct Order {
        std::string id;
        std::string buyer;
        const char* on;
        std::int64_t amount = 0;
        std::int64_t line = 1;
        std::optional<std::int64_t> volume{}, qualifying{}, cost{}, quantity{};
        const char* sku = nullptr;
        const char* category = nullptr;
        const char* contract = nullptr;
    };

    /// Everything after it belongs to this import.
    std::int64_t new_import(const char* kind = "orders", const char* at = "2026-03-01T10:00:00Z") {
        import_ = database.integer("SELECT coalesce(max(number), 0) + 1 FROM import").value();
        database
            .query(
                "INSERT INTO import(number, kind, files, made_by, made_at, new_rows,"
                " changed_rows, unchanged_rows, rejected_rows)"
                " VALUES (?1, ?2, '[]', 'ann', ?3, 0, 0, 0, 0)")
            .bind(1, import_)
            .bind(2, std::string_view{kind})
            .bind(3, std::string_view{at})
            .run();
        return import_;
    }

    std::int64_t affiliate(const std::string& id, const std::string& sponsor = "",
                           const char* joined = "2025-01-01", const char* title = nullptr) {
        return member(id, sponsor, 0, joined, title);
    }
    std::int64_t customer(const std::string& id, const std::string& sponsor,
                          const char* joined = "2025-01-01") {
        return member(id, sponsor, 1, joined, nullptr);
    }

    void change(const std::string& id, const char* item, const char* from, std::int64_t value) {
        database
            .query(
                "INSERT INTO member_change(import, member, item, holds_from, value)"
                " VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(1, import())
            .bind(2, number(id))
            .bind(3, std::string_view{item})
            .bind(4, std::int64_t{day(from)})
            .bind(5, value)
            .run();
    }

    /// Returns the row.
    std::int64_t order(const Order& order) {
        Query query = database.query(
            "INSERT INTO order_line(import, order_id, line, buyer, ordered_on, amount, volume,"
            " qualifying_volume, cost, quantity, sku, category, contract)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
        query.bind(1, import()).bind(2, order.id).bind(3, order.line).bind(4, number(order.buyer));
        query.bind(5, std::int64_t{day(order.on)}).bind(6, order.amount);
        bind(query, 7, order.volume);
        bind(query, 8, order.qualifying);
        bind(query, 9, order.cost);
        bind(query, 10, order.quantity);
        bind(query, 11, order.sku);
        bind(query, 12, order.category);
        bind(query, 13, order.contract);
        query.run();
        const std::int64_t row = database.integer("SELECT max(row) FROM order_line").value();
        database.query("INSERT INTO order_extent VALUES (?1, ?2, ?2, ?3)")
            .bind(1, std::int64_t{day(order.on)})
            .bind(2, row)
            .bind(3, import())
            .run();
        return row;
    }

    /// The new row counts instead of the old one from its import on.
    void replaced(const char* table, std::int64_t old_row, std::int64_t by_row) {
        database.query("INSERT INTO replaced VALUES (?1, ?2, ?3, ?4)")
            .bind(1, std::string_view{table})
            .bind(2, old_row)
            .bind(3, import())
            .bind(4, by_row)
            .run();
    }

    void returned(const std::string& return_id, const std::string& order_id, const char* on,
                  std::int64_t amount, std::int64_t line = 1,
                  std::optional<std::int64_t> volume = {}) {
        Query query = database.query(
            "INSERT INTO return_line(import, return_id, order_id, line, order_row, returned_on,"
            " amount, volume) VALUES (?1, ?2, ?3, ?4, (SELECT max(row) FROM order_line WHERE"
            " order_id = ?3 AND line = ?4), ?5, ?6, ?7)");
        query.bind(1, import()).bind(2, return_id).bind(3, order_id).bind(4, line);
        query.bind(5, std::int64_t{day(on)}).bind(6, amount);
        bind(query, 7, volume);
        query.run();
    }

    void product(const std::string& sku, const char* from, const char* category,
                 std::optional<std::int64_t> volume, const std::string& creator = "") {
        Query query = database.query(
            "INSERT INTO product(import, sku, valid_from, category, volume, creator)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        query.bind(1, import()).bind(2, sku);
        if (from == nullptr) query.bind_null(3);
        else query.bind(3, std::int64_t{day(from)});
        bind(query, 4, category);
        bind(query, 5, volume);
        if (creator.empty()) query.bind_null(6);
        else query.bind(6, number(creator));
        query.run();
    }

    std::int64_t number(const std::string& id) {
        Query query = database.query("SELECT number FROM member WHERE member_id = ?1");
        query.bind(1, id);
        return query.step() ? query.integer(0) : 0;
    }

    Database database = Database::in_memory();

private:
    std::int64_t import() { return import_ != 0 ? import_ : new_import(); }
    std::int64_t member(const std::string& id, const std::string& sponsor, std::int64_t kind,
                        const char* joined, const char* title) {
        Query query = database.query(
            "INSERT INTO member(import, member_id, sponsor, joined_on, kind, status, title)"
            " VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, 0, ?6)");
        query.bind(1, import()).bind(2, id).bind(3, number(sponsor));
        query.bind(4, std::int64_t{day(joined)}).bind(5, kind);
        bind(query, 6, title);
        query.run();
        return number(id);
    }
    static void bind(Query& query, int place, std::optional<std::int64_t> value) {
        if (value) query.bind(place, *value);
        else query.bind_null(place);
    }
    static void bind(Query& query, int place, const char* text) {
        if (text != nullptr) query.bind(place, std::string_view{text});
        else query.bind_null(place);
    }
    std::int64_t import_ = 0;
};

inline Plan plan_from(const std::string& text) {
    PlanReading reading = read_plan(text);
    if (!reading.errors.empty())
        throw std::runtime_error("line " + std::to_string(reading.errors.front().line) + ": " +
                                 reading.errors.front().text);
    return std::move(reading.plan);
}

/// Pays 10 % of customers' first orders, 5 % of reorders, and 5/2 % to two active levels above.
inline constexpr const char* small_plan = R"(
[plan]
name      = "small"
currency  = "USD"
period    = "month"
effective = 2026-01-01

[active]
requires = { pv = 100 }

[[rank]]
name     = "silver"
requires = { gv = 300 }

[[bonus]]
code   = "first"
kind   = "personal"
orders = { sequence = "first" }
rate   = "10%"

[[bonus]]
code   = "again"
kind   = "personal"
orders = { sequence = "reorder" }
rate   = "5%"

[[bonus]]
code   = "override"
kind   = "unilevel"
levels = ["5%", "2%"]
)";

inline Period period(const char* text) { return parse_period(text).value(); }

}  // namespace downline
