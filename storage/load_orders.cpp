// Reads the period's order lines, day by day, each day by itself and on any thread.
//
// The rows of a day lie together (order_extent), so a month costs a month however long the history
// is. A day is sorted by (order_id, line) and written to its place in the columns of the period.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "storage/digest.hpp"
#include "storage/intact.hpp"
#include "storage/load_parts.hpp"
#include "storage/order_days.hpp"
#include "storage/order_volume.hpp"
#include "storage/packing.hpp"
#include "storage/products.hpp"
#include "storage/scan.hpp"

namespace downline {
namespace {

void check_volume(Int128 volume_centipoints, std::string_view order_id, std::uint32_t line) {
    if (volume_centipoints <= volume_centipoints_max) return;
    throw Refusal(
        Refusal::Kind::input,
        fmt::format("order {} line {}: its volume is beyond {} points; correct the amount "
                    "or the product's volume and import it with --replace",
                    order_id, line, format_decimal(volume_centipoints_max, 2)));
}

void check_sums(const OrderSums& sums, const Period& period) {
    const auto check = [&](Int128 sum, const char* column) {
        if (sum > run_sum_max)
            throw Refusal(Refusal::Kind::input,
                          fmt::format("the {} of all orders of {} is beyond 10^18; a run cannot "
                                      "add up so much exactly; look for a mistaken order",
                                      column, period_name(period)));
    };
    check(sums.amount, "amount");
    check(sums.volume, "volume");
    check(sums.qualifying, "qualifying volume");
    check(sums.cost, "cost");
    check(sums.quantity, "quantity");
}

}  // namespace

struct OrderReader::State {
    const AsOf& as_of;
    Period period;
    int currency_places;
    Products products;
    std::string columns;  ///< what `take` is given
    std::vector<OrderDay> days;
    std::atomic<std::size_t> next_day = 0;
    std::once_flag has_room;
    LoadedOrders loaded;  ///< its columns are as long as all days have room
    std::vector<std::vector<std::uint32_t>> buyers;  ///< by day, row by row; 0: one that is replaced

    [[nodiscard]] bool is_replaced(std::int64_t row) const {
        const auto& replaced = as_of.replaced_orders;
        return !replaced.empty() && std::binary_search(replaced.begin(), replaced.end(), row);
    }
    void take(const ScannedRow& scanned, DayRows& into) const;
    void fill_from_product(const ScannedRow& scanned, OrderRow& row, DayRows& into) const;
    void make_room();
    void place(const DayRows& rows, OrderDay& day);
    void close_gaps();
};

OrderReader::OrderReader(Database& database, const AsOf& as_of, const Period& period,
                         const Counting& counting, int currency_places)
    : state_(new State{as_of,
                       period,
                       currency_places,
                       Products(database, as_of),
                       stated_columns(database, "orders", as_of.last_import,
                                      {{"row"},
                                       {"order_id"},
                                       {"line"},
                                       {"buyer"},
                                       {"amount"},
                                       {"volume", "volume"},
                                       {"qualifying_volume", "qualifying_volume"},
                                       {"cost", "cost"},
                                       {"quantity", "quantity"},
                                       {"sku", "sku"},
                                       {"category", "category"},
                                       {"kind", "kind"},
                                       {"contract", "contract"}}),
                       {},
                       {},
                       {},
                       {},
                       {}}) {
    Query query = database.query(
        "SELECT ordered_on, first_row, last_row, import FROM order_extent"
        " WHERE ordered_on BETWEEN ?1 AND ?2 AND import <= ?3 ORDER BY ordered_on, first_row");
    query.bind(1, std::int64_t{counting.first_day_of(database, "orders")});
    query.bind(2, std::int64_t{period.last});
    query.bind(3, as_of.last_import);
    const std::int64_t last_row =
        largest_stored(database.handle(), "SELECT max(row) FROM order_line");
    std::size_t room = 0;
    while (query.step()) {
        const auto ordered_on = static_cast<Day>(query.integer(0));
        if (counting.place_of(ordered_on, query.integer(3)) != counting.present()) continue;
        if (state_->days.empty() || state_->days.back().day != ordered_on) {
            state_->days.emplace_back();
            state_->days.back().day = ordered_on;
        }
        state_->days.back().extents.emplace_back(query.integer(1), query.integer(2));
        ensure_intact(query.integer(1) > 0 && query.integer(1) <= query.integer(2) &&
                          query.integer(2) <= last_row,
                      "a day of orders names rows that are not there");
        room += static_cast<std::size_t>(query.integer(2) - query.integer(1) + 1);
    }
    ensure_intact(room <= static_cast<std::size_t>(last_row),
                  "two days of orders name the same rows");
    if (room > order_line_count_max)
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{} has {} order lines; one run takes at most {}",
                                  period_name(period), room, order_line_count_max));
    state_->buyers.resize(state_->days.size());
}

OrderReader::~OrderReader() = default;

/// Says where each day goes, and makes room for all.
void OrderReader::State::make_room() {
    std::size_t room = 0;
    for (OrderDay& day : days) {
        day.base = room;
        day.room = 0;
        for (const auto& [first, last] : day.extents)
            day.room += static_cast<std::size_t>(last - first + 1);
        room += day.room;
    }
    loaded.rows.resize(room);
    loaded.lines.order.resize(room);
    loaded.lines.buyer.resize(room);
    loaded.lines.ordered_on.resize(room);
    loaded.lines.amount_minor.resize(room);
}

void OrderReader::read_buyers(Database& database) {
    std::int64_t first_row = 0;
    std::uint32_t* buyers = nullptr;  // of the row above
    Scan scan(database, "take_buyer", "row, buyer", "order_line WHERE row BETWEEN ?1 AND ?2",
              [&](const ScannedRow& row) {
                  if (!state_->is_replaced(row.integer(0)))
                      buyers[row.integer(0) - first_row] = row.index(1);
              });
    while (true) {
        const std::size_t taken = state_->next_day.fetch_add(1);
        if (taken >= state_->days.size()) return;
        std::vector<std::uint32_t>& of_day = state_->buyers[taken];
        for (const auto& [first, last] : state_->days[taken].extents) {
            const std::size_t begin = of_day.size();
            of_day.resize(begin + static_cast<std::size_t>(last - first + 1));
            first_row = first;
            buyers = of_day.data() + begin;
            scan.query().bind(1, first).bind(2, last);
            scan.run();
        }
    }
}

OrderReader::Kept OrderReader::keep(const std::vector<std::uint8_t>& is_buyer) {
    Kept kept;
    for (std::size_t place = 0; place < state_->days.size(); ++place) {
        OrderDay& day = state_->days[place];
        const std::vector<std::uint32_t>& buyers = state_->buyers[place];
        decltype(day.extents) extents;
        std::size_t at = 0;
        for (const auto& [first, last] : day.extents)
            for (std::int64_t row = first; row <= last; ++row, ++at) {
                kept.line_count += buyers[at] != 0;
                if (buyers[at] >= is_buyer.size() || !is_buyer[buyers[at]]) continue;
                if (extents.empty() || extents.back().second + 1 != row)
                    extents.emplace_back(row, row);
                extents.back().second = row;
                kept.rows.push_back(row);
            }
        day.extents = std::move(extents);
    }
    std::ranges::sort(kept.rows);
    state_->next_day = 0;
    state_->loaded.is_part = true;
    return kept;
}

void OrderReader::work(Database& database) {
    std::call_once(state_->has_room, [&] { state_->make_room(); });
    DayRows rows;
    Scan scan(database, "take_order_line", state_->columns,
              "order_line WHERE row BETWEEN ?1 AND ?2",
              [&](const ScannedRow& row) { state_->take(row, rows); });
    while (true) {
        const std::size_t taken = state_->next_day.fetch_add(1);
        if (taken >= state_->days.size()) return;
        OrderDay& day = state_->days[taken];
        rows.begin(day.day, day.room);
        for (const auto& [first, last] : day.extents) {
            scan.query().bind(1, first).bind(2, last);
            scan.run();
        }
        state_->place(rows, day);
    }
}

/// Takes a row of order_line, but for one that was replaced.
void OrderReader::State::take(const ScannedRow& scanned, DayRows& into) const {
    if (is_replaced(scanned.integer(0))) return;
    OrderRow& row = into.rows.emplace_back();
    row.row = scanned.integer(0);
    const std::string_view id = scanned.text(1);
    row.id_begin = into.ids.size();
    row.id_size = static_cast<std::uint32_t>(id.size());
    into.ids.append(id);
    row.line = scanned.index(2);
    row.buyer = scanned.index(3);
    row.amount_minor = scanned.integer(4);
    row.volume_centipoints = scanned.is_null(5)
                                 ? volume_of_amount(row.amount_minor, currency_places)
                                 : scanned.integer(5);
    row.cost_minor = scanned.is_null(7) ? -1 : scanned.integer(7);
    row.quantity = scanned.is_null(8) ? 1 : scanned.index(8);
    for (std::size_t i = 0; i < text_count; ++i)
        if (const auto column = static_cast<int>(9 + i); !scanned.is_null(column))
            row.texts[i] = into.texts[i].place_of(scanned.text(column));
    if (row.texts[sku_text] != 0 && !products.is_empty()) fill_from_product(scanned, row, into);
    check_volume(row.volume_centipoints, id, row.line);
    row.qualifying_centipoints = scanned.is_null(6) ? row.volume_centipoints : scanned.integer(6);
}

/// What the order line leaves empty, the product in force gives (9.10).
void OrderReader::State::fill_from_product(const ScannedRow& scanned, OrderRow& row,
                                           DayRows& into) const {
    const Products::Version* product = products.in_force(scanned.text(9), into.day);
    if (product == nullptr) return;
    row.creator = product->creator;
    if (row.texts[category_text] == 0)
        row.texts[category_text] = into.texts[category_text].place_of(product->category);
    if (!scanned.is_null(5) || !product->volume_centipoints) return;
    const Int128 volume = Int128{*product->volume_centipoints} * row.quantity;
    check_volume(volume, scanned.text(1), row.line);
    row.volume_centipoints = static_cast<std::int64_t>(volume);
}

/// Writes a day's rows, sorted, to its place in the period's columns.
void OrderReader::State::place(const DayRows& rows, OrderDay& day) {
    if (rows.rows.empty()) return;
    const std::vector<std::uint32_t> places = sorted_places(rows);
    day.count = places.size();
    ensure_intact(day.count <= day.room, "a day has more orders than its extents name");
    bool has_volume = false, has_qualifying = false, has_cost = false, has_quantity = false;
    std::array<bool, text_count> has_text{};
    for (const OrderRow& row : rows.rows) {
        has_volume |= row.volume_centipoints != row.amount_minor;
        has_qualifying |= row.qualifying_centipoints != row.volume_centipoints;
        has_cost |= row.cost_minor >= 0;
        has_quantity |= row.quantity != 1;
        for (std::size_t i = 0; i < text_count; ++i) has_text[i] |= row.texts[i] != 0;
    }
    std::string serial;
    serial.reserve(places.size() * 40);
    OrderLines& lines = loaded.lines;
    std::string_view order_id;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const OrderRow& row = rows.rows[places[i]];
        const std::size_t at = day.base + i;
        const std::string_view id = rows.id(row);
        if (i == 0 || id != order_id) ++day.order_count;
        order_id = id;
        loaded.rows[at] = row.row;
        lines.order[at] = day.order_count - 1;
        lines.buyer[at] = row.buyer;
        lines.ordered_on[at] = day.day;
        lines.amount_minor[at] = row.amount_minor;
        if (has_volume) day.volume.push_back(row.volume_centipoints);
        if (has_qualifying) day.qualifying.push_back(row.qualifying_centipoints);
        if (has_cost) day.cost.push_back(row.cost_minor);
        if (has_quantity) day.quantity.push_back(row.quantity);
        if (products.has_creators()) day.creator.push_back(row.creator);
        append_bytes(serial, id);
        append_varint(serial, row.line);
        append_signed(serial, row.amount_minor);
        append_signed(serial, row.volume_centipoints);
        append_signed(serial, row.qualifying_centipoints);
        append_signed(serial, row.cost_minor);
        append_varint(serial, row.quantity);
        for (std::size_t t = 0; t < text_count; ++t) {
            if (has_text[t]) day.text_of[t].push_back(row.texts[t]);
            append_bytes(serial, rows.texts[t].texts()[row.texts[t]]);
        }
        day.sums.add({row.amount_minor, row.volume_centipoints, row.qualifying_centipoints,
                      std::max<std::int64_t>(row.cost_minor, 0), row.quantity});
    }
    for (std::size_t t = 0; t < text_count; ++t)
        if (has_text[t]) day.texts[t] = rows.texts[t].texts();
    day.digest = sha256_hex(serial);
}

/// Replaced rows leave room at the end of their day: moves the later days up.
void OrderReader::State::close_gaps() {
    OrderLines& lines = loaded.lines;
    std::size_t count = 0;
    for (OrderDay& day : days) {
        if (day.base != count) {
            const auto move = [&](auto& column) {
                const auto from = column.begin() + static_cast<std::ptrdiff_t>(day.base);
                std::copy(from, from + static_cast<std::ptrdiff_t>(day.count),
                          column.begin() + static_cast<std::ptrdiff_t>(count));
            };
            move(loaded.rows);
            move(lines.order);
            move(lines.buyer);
            move(lines.ordered_on);
            move(lines.amount_minor);
            day.base = count;
        }
        count += day.count;
    }
    loaded.rows.resize(count);
    lines.order.resize(count);
    lines.buyer.resize(count);
    lines.ordered_on.resize(count);
    lines.amount_minor.resize(count);
    lines.count = static_cast<std::uint32_t>(count);
}

LoadedOrders OrderReader::finish() {
    State& state = *state_;
    state.close_gaps();
    LoadedOrders& loaded = state.loaded;
    OrderLines& lines = loaded.lines;
    OrderSums sums;
    for (OrderDay& day : state.days) {
        for (std::size_t i = 0; i < day.count; ++i) lines.order[day.base + i] += loaded.order_count;
        loaded.order_count += day.order_count;
        if (day.count != 0) loaded.day_digests.push_back(std::move(day.digest));
        sums.add(day.sums);
    }
    check_sums(sums, state.period);
    const std::size_t count = lines.count;
    const auto amount = [&](std::size_t at) { return lines.amount_minor[at]; };
    lines.volume_centipoints = gather(state.days, &OrderDay::volume, count, amount);
    const auto volume = [&](std::size_t at) {
        return lines.volume_centipoints.empty() ? amount(at) : lines.volume_centipoints[at];
    };
    lines.qualifying_centipoints = gather(state.days, &OrderDay::qualifying, count, volume);
    lines.cost_minor =
        gather(state.days, &OrderDay::cost, count, [](std::size_t) { return std::int64_t{-1}; });
    const auto one = [](std::size_t) { return std::uint32_t{1}; };
    lines.quantity = gather(state.days, &OrderDay::quantity, count, one);
    const auto nobody = [](std::size_t) { return std::uint32_t{0}; };
    lines.creator = gather(state.days, &OrderDay::creator, count, nobody);
    lines.sku = gather_texts(state.days, sku_text, count);
    lines.category = gather_texts(state.days, category_text, count);
    lines.kind = gather_texts(state.days, kind_text, count);
    loaded.contract = gather_texts(state.days, contract_text, count);
    return std::move(loaded);
}

}  // namespace downline
