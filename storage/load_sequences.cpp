// Counts what buyers had ordered before the period: the n-th order and the months since the first
// are decided on it. The last final run left the counts behind, so a month costs a month; only
// what has come since (returns, late rows) is counted anew.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_set>

#include "engine/errors.hpp"
#include "storage/load_parts.hpp"
#include "storage/packing.hpp"
#include "storage/products.hpp"

namespace downline {
namespace {

using Key = std::pair<MemberIndex, std::string>;  ///< buyer and contract

/// The place of the run that counts an order; history comes before all.
using CountedAt = std::int64_t;
constexpr CountedAt history = -1;

struct Entry {
    std::uint32_t orders = 0;
    Day first_on = 0;
    CountedAt first_at = history;
    /// A late order stands after every order of the periods before the one that counts it.
    void count(CountedAt at, Day day) {
        const bool is_first = orders == 0 || std::pair(at, day) < std::pair(first_at, first_on);
        if (is_first) first_at = at, first_on = day;
        ++orders;
    }
};

/// One entry per buyer, one more per contract.
struct Table {
    std::vector<Entry> buyers;
    std::map<Key, Entry, std::less<>> contracts;
    Entry& at(MemberIndex buyer, std::string_view contract) {
        if (contract.empty()) return buyers[buyer];
        return contracts[{buyer, std::string{contract}}];
    }
};

/// An order as the counts see it.
struct Order {
    MemberIndex buyer{};
    std::string contract;
    Day ordered_on{};
};

using OrderIds = std::unordered_set<std::string, TextHash, std::equal_to<>>;

bool is_replaced(const std::vector<std::int64_t>& replaced, std::int64_t row) {
    return std::binary_search(replaced.begin(), replaced.end(), row);
}

/// What load_sequences works on, so that its steps need no long argument lists.
class Counter {
public:
    Counter(Database& database, const AsOf& as_of, const Period& period,
            const Counting& counting, const LoadedMembers& members)
        : database_(database),
          as_of_(as_of),
          period_(period),
          counting_(counting),
          members_(members) {
        table_.buyers.resize(members.members.count);
    }

    /// Counts every order before the period.
    void count_history() {
        count_orders(INT32_MIN, fully_returned(INT32_MIN), [](const Order&) { return true; });
    }

    /// Starts from what a final run left behind, and counts anew what has changed since.
    void continue_from(std::int64_t run) {
        read_carried(run);
        Query query = database_.query("SELECT last_day, last_import FROM run WHERE number = ?1");
        query.bind(1, run);
        ensure_intact(query.step(), "the run to continue is not there");
        const auto closed_until = static_cast<Day>(query.integer(0));
        const std::int64_t seen = query.integer(1);
        const Day first_return = counting_.first_day_of(database_, "returns");
        take_back(fully_returned(std::min(closed_until + 1, first_return)), closed_until, seen);
    }

    Table& table() { return table_; }

private:
    void read_carried(std::int64_t run) {
        Query query = database_.query(
            "SELECT piece, packed FROM carried WHERE run = ?1 AND item = 'sequences'");
        query.bind(1, run);
        while (query.step()) {
            Unpacker unpacker(query.blob(1));
            std::int64_t number = begin_of_piece(query.integer(0));
            std::int64_t day = 0;
            while (!unpacker.is_at_end()) {
                number = further(number, unpacker.varint());
                const std::string_view contract = unpacker.bytes();
                Entry entry;
                entry.orders = static_cast<std::uint32_t>(unpacker.varint());
                day = further(day, static_cast<std::uint64_t>(unpacker.signed_varint()));
                entry.first_on = static_cast<Day>(day);
                const MemberIndex buyer = members_.index(number);
                if (buyer != no_member) table_.at(buyer, contract) = entry;
            }
            ensure_intact(!unpacker.is_broken(),
                          "the sequences that the last final run left are broken");
        }
    }

    /// Counts orders dated from `from` on that the runs before the period count, and history, where
    /// `takes` says so; what was fully returned is left out.
    void count_orders(Day from, const OrderIds& returned,
                      const std::function<bool(const Order&)>& takes) {
        Query extents = database_.query(
            "SELECT first_row, last_row, ordered_on, import FROM order_extent WHERE"
            " ordered_on >= ?1 AND ordered_on < ?2 AND import <= ?3 ORDER BY first_row");
        extents.bind(1, std::int64_t{from}).bind(2, std::int64_t{period_.first});
        extents.bind(3, as_of_.last_import);
        Query rows = database_.query(
            "SELECT row, order_id, line, buyer, contract FROM order_line"
            " WHERE row BETWEEN ?1 AND ?2");
        while (extents.step()) {
            const auto at =
                counting_.place_of(static_cast<Day>(extents.integer(2)), extents.integer(3));
            if (at == counting_.present()) continue;
            rows.reset();
            rows.bind(1, extents.integer(0)).bind(2, extents.integer(1));
            while (rows.step()) {
                Order order{members_.index(rows.integer(3)), std::string{rows.text(4)},
                            static_cast<Day>(extents.integer(2))};
                if (order.buyer == no_member || !takes(order)) continue;
                if (is_replaced(as_of_.replaced_orders, rows.integer(0))) continue;
                if (returned.contains(rows.text(1))) continue;
                if (!is_first_line(rows.text(1), rows.integer(2))) continue;
                table_.at(order.buyer, order.contract)
                    .count(at ? static_cast<CountedAt>(*at) : history, order.ordered_on);
            }
        }
    }

    /// An order counts once: with the lowest of its lines.
    bool is_first_line(std::string_view order_id, std::int64_t line) {
        if (line == 1) return true;
        lowest_line_.reset();
        lowest_line_.bind(1, order_id).bind(2, as_of_.last_import);
        return lowest_line_.step() && lowest_line_.integer(0) == line;
    }

    /// Orders of before the period that have returns dated from `from` on, or brought later, and
    /// are fully returned by the period's last day.
    OrderIds fully_returned(Day from) {
        OrderIds ids;
        Query query = database_.query(
            "SELECT DISTINCT order_id FROM return_line WHERE returned_on BETWEEN ?1 AND ?2"
            " AND import <= ?3");
        query.bind(1, std::int64_t{from}).bind(2, std::int64_t{period_.last});
        query.bind(3, as_of_.last_import);
        while (query.step())
            if (is_fully_returned(query.text(0), period_.last, as_of_.last_import))
                ids.emplace(query.text(0));
        return ids;
    }

    /// Whether an order's returns up to a day reach its amount (9.19, 9.29).
    bool is_fully_returned(std::string_view order_id, Day until, std::int64_t last_import) {
        Int128 amount = 0, returned = 0;
        amounts_.reset();
        amounts_.bind(1, order_id).bind(2, as_of_.last_import);
        while (amounts_.step())
            if (!is_replaced(as_of_.replaced_orders, amounts_.integer(0)))
                amount += amounts_.integer(1);
        bool has_return = false;
        returns_.reset();
        returns_.bind(1, order_id).bind(2, last_import).bind(3, std::int64_t{until});
        while (returns_.step()) {
            if (is_replaced(as_of_.replaced_returns, returns_.integer(0))) continue;
            has_return = true;
            returned += returns_.integer(1);
        }
        return has_return && returned >= amount;
    }

    /// Takes orders that have become fully returned out of the counts. Where one of them was the
    /// first, the buyer's other orders since then are counted anew.
    void take_back(const OrderIds& returned, Day closed_until, std::int64_t seen) {
        std::set<Key> anew;
        Day earliest = period_.first;
        for (const std::string& order_id : returned) {
            const std::optional<Order> order = order_before(order_id, seen);
            if (!order || is_fully_returned(order_id, closed_until, seen)) continue;
            Entry& entry = table_.at(order->buyer, order->contract);
            ensure_intact(entry.orders > 0, "a returned order was never counted");
            if (order->ordered_on == entry.first_on) {
                anew.emplace(order->buyer, order->contract);
                earliest = std::min(earliest, entry.first_on);
            }
            if (--entry.orders == 0) entry = {};
        }
        if (anew.empty()) return;
        for (const Key& key : anew) table_.at(key.first, key.second) = {};
        const Day from = std::min(earliest, first_late_order());
        count_orders(from, fully_returned(from), [&](const Order& order) {
            return anew.contains(Key{order.buyer, order.contract});
        });
    }

    /// The day of the earliest order that a later run counts than the one of its day.
    Day first_late_order() {
        Query extents = database_.query("SELECT ordered_on, import FROM order_extent");
        Day first = INT32_MAX;
        while (extents.step()) {
            const auto day = static_cast<Day>(extents.integer(0));
            if (counting_.place_of(day, extents.integer(1)) != counting_.place_of(day, 0))
                first = std::min(first, day);
        }
        return first;
    }

    /// The order, if it is dated before the period and the closed run had seen it.
    std::optional<Order> order_before(std::string_view order_id, std::int64_t seen) {
        head_.reset();
        head_.bind(1, order_id).bind(2, as_of_.last_import);
        while (head_.step()) {
            if (is_replaced(as_of_.replaced_orders, head_.integer(0))) continue;
            if (head_.integer(2) >= period_.first || head_.integer(4) > seen) return std::nullopt;
            const MemberIndex buyer = members_.index(head_.integer(1));
            if (buyer == no_member) return std::nullopt;
            return Order{buyer, std::string{head_.text(3)}, static_cast<Day>(head_.integer(2))};
        }
        return std::nullopt;
    }

    Database& database_;
    const AsOf& as_of_;
    const Period& period_;
    const Counting& counting_;
    const LoadedMembers& members_;
    Table table_;
    Query lowest_line_ =
        database_.query("SELECT min(line) FROM order_line WHERE order_id = ?1 AND import <= ?2");
    Query amounts_ =
        database_.query("SELECT row, amount FROM order_line WHERE order_id = ?1 AND import <= ?2");
    Query returns_ = database_.query(
        "SELECT row, amount FROM return_line WHERE order_id = ?1 AND import <= ?2"
        " AND returned_on <= ?3");
    Query head_ = database_.query(
        "SELECT row, buyer, ordered_on, contract, import FROM order_line WHERE order_id = ?1"
        " AND import <= ?2");
};

}  // namespace

LoadedSequences load_sequences(Database& database, const AsOf& as_of, const Period& period,
                               std::int64_t previous_run, const Counting& counting,
                               const LoadedMembers& members, const LoadedOrders& orders) {
    Counter counter(database, as_of, period, counting, members);
    if (previous_run == 0) counter.count_history();
    else counter.continue_from(previous_run);
    Table& table = counter.table();
    const std::size_t count = orders.lines.count;
    for (std::size_t i = 0; i < count; ++i)  // so that every contract of the period has its entry
        if (orders.contract[i] != 0)
            table.at(orders.lines.buyer[i], orders.contract.texts[orders.contract[i]]);

    LoadedSequences loaded;
    const std::size_t entry_count = table.buyers.size() + table.contracts.size();
    loaded.sequences.orders_before.reserve(entry_count);
    loaded.sequences.first_on.reserve(entry_count);
    const auto take = [&](const Entry& entry) {
        loaded.sequences.orders_before.push_back(entry.orders);
        loaded.sequences.first_on.push_back(entry.first_on);
    };
    for (const Entry& entry : table.buyers) take(entry);
    std::map<Key, std::uint32_t, std::less<>> places;
    for (const auto& [key, entry] : table.contracts) {
        places.emplace(key, static_cast<std::uint32_t>(loaded.sequences.orders_before.size()));
        loaded.contracts.push_back({key.first, key.second});
        take(entry);
    }
    if (loaded.contracts.empty()) return loaded;
    loaded.of_line.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const MemberIndex buyer = orders.lines.buyer[i];
        const std::uint32_t contract = orders.contract[i];
        loaded.of_line.push_back(
            contract == 0 ? buyer : places.at(Key{buyer, orders.contract.texts[contract]}));
    }
    return loaded;
}

}  // namespace downline
