// Unpacks what save.cpp packed: see the header and docs/formats.md.
#include "storage/run_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"

namespace downline {
namespace {

[[noreturn]] void throw_broken(std::string_view what) {
    throw StorageError(fmt::format(
        "the database is damaged: {} cannot be read; restore a backup, or run the period again",
        what));
}

std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::int64_t size_of(const TextArena& texts) { return static_cast<std::int64_t>(texts.size()); }

/// Numbers without large gaps are kept in a list. What comes behind a large one, or has a number that
/// only damage gives, is looked up one by one.
bool is_near(std::int64_t number, std::int64_t expected) {
    constexpr std::int64_t gap_max = 10'000'000;
    return number >= 0 && number - expected <= gap_max;
}

/// Segments: place of the bonus, length, bytes.
template <typename Record, typename Unpack>
std::vector<std::pair<std::size_t, std::vector<Record>>> segments(std::string_view packed,
                                                                  const Unpack& unpack) {
    std::vector<std::pair<std::size_t, std::vector<Record>>> parts;
    Unpacker unpacker(packed);
    while (!unpacker.is_at_end()) {
        const std::uint64_t bonus = unpacker.varint();
        auto records = unpack(as_bytes(unpacker.bytes()));
        if (unpacker.is_broken() || !records) throw_broken("a statement");
        parts.emplace_back(bonus, std::move(*records));
    }
    if (unpacker.is_broken()) throw_broken("a statement");
    return parts;
}

}  // namespace

std::vector<std::pair<std::size_t, std::vector<Line>>> statement_lines(std::string_view packed) {
    return segments<Line>(packed, unpack_lines);
}

void each_statement_line(std::string_view packed,
                         const std::function<void(std::size_t, const Line&)>& take) {
    Unpacker unpacker(packed);
    while (!unpacker.is_at_end()) {
        const std::uint64_t bonus = unpacker.varint();
        const std::string_view lines = unpacker.bytes();
        const bool is_whole =
            each_line(as_bytes(lines), [&](const Line& line) { take(bonus, line); });
        if (unpacker.is_broken() || !is_whole) throw_broken("a statement");
    }
}

std::vector<std::pair<std::size_t, std::vector<Total>>> statement_totals(std::string_view packed) {
    return segments<Total>(packed, unpack_totals);
}

RunReader::RunReader(sqlite3* handle, std::int64_t run)
    : handle_(handle),
      run_(run),
      piece_query_(handle, "SELECT packed FROM run_order WHERE run = ?1 AND piece = ?2"),
      order_query_(handle,
                   "SELECT order_id, line, buyer, ordered_on FROM order_line WHERE row = ?1"),
      member_query_(handle, "SELECT member_id FROM member WHERE number = ?1") {
    Query currency(handle_, "SELECT currency FROM run WHERE number = ?1");
    currency.bind(1, run);
    ensure_intact(currency.step(), "a reader of a run that is not there");
    currency_places_ = downline::currency_places(currency.text(0)).value_or(2);
    Query bonuses(handle_, "SELECT code, base IN ('amount', 'margin') OR kind = 'pool' FROM run_bonus"
                  " WHERE run = ?1 ORDER BY place");
    bonuses.bind(1, run);
    while (bonuses.step())
        bonuses_.push_back({std::string{bonuses.text(0)}, bonuses.integer(1) != 0});
    ranks_.emplace_back();
    Query ranks(handle_, "SELECT name FROM run_rank WHERE run = ?1 ORDER BY place");
    ranks.bind(1, run);
    while (ranks.step()) ranks_.emplace_back(ranks.text(0));
    Query measures(handle_, "SELECT name, unit FROM run_measure WHERE run = ?1 ORDER BY place");
    measures.bind(1, run);
    while (measures.step())
        measures_.push_back({std::string{measures.text(0)}, std::string{measures.text(1)}});
}

const RunReader::BonusName& RunReader::bonus(std::size_t place) const {
    if (place >= bonuses_.size()) throw_broken("a statement");
    return bonuses_[place];
}

std::size_t RunReader::place_of(std::string_view code) const {
    return static_cast<std::size_t>(std::ranges::find(bonuses_, code, &BonusName::code) -
                                    bonuses_.begin());
}

std::optional<std::string> RunReader::rank(std::int64_t place) const {
    if (place == 0) return std::nullopt;
    if (place < 0 || static_cast<std::size_t>(place) >= ranks_.size()) throw_broken("a statement");
    return ranks_[static_cast<std::size_t>(place)];
}

std::int64_t RunReader::order_row(std::int64_t place) {
    if (place < 1) throw_broken("the order lines of a run");
    const std::int64_t piece = (place - 1) / carried_piece_size;
    auto found = rows_.find(piece);
    if (found == rows_.end()) {
        piece_query_.reset();
        piece_query_.bind(1, run_).bind(2, piece);
        if (!piece_query_.step()) throw_broken("the order lines of a run");
        auto rows = unpack_order_rows(piece_query_.blob(0));
        if (!rows) throw_broken("the order lines of a run");
        found = rows_.emplace(piece, std::move(*rows)).first;
    }
    const auto at = static_cast<std::size_t>((place - 1) % carried_piece_size);
    if (at >= found->second.size()) throw_broken("the order lines of a run");
    return found->second[at];
}

void RunReader::read_ahead() {
    Query span(handle_,
               "SELECT min(first_row), max(last_row) FROM order_extent"
               " WHERE ordered_on BETWEEN (SELECT first_day FROM run WHERE number = ?1)"
               " AND (SELECT last_day FROM run WHERE number = ?1)");
    span.bind(1, run_);
    const bool has_orders =
        span.step() && span.integer(0) > 0 && span.integer(0) < INT64_MAX / 2;
    if (orders_.ids.size() == 0 && has_orders) {
        orders_.first = span.integer(0);
        Query orders(handle_,
                     "SELECT row, order_id, line, buyer, ordered_on FROM order_line"
                     " WHERE row BETWEEN ?1 AND ?2 ORDER BY row");
        orders.bind(1, span.integer(0)).bind(2, span.integer(1));
        while (orders.step()) {
            if (!is_near(orders.integer(0), orders_.first + size_of(orders_.ids))) break;
            while (orders_.first + static_cast<std::int64_t>(orders_.ids.size()) <=
                   orders.integer(0)) {  // a row that is missing gets this one's texts: nobody asks
                orders_.ids.add(orders.text(1));
                orders_.lines.push_back(orders.integer(2));
                orders_.buyers.push_back(orders.integer(3));
                orders_.days.push_back(static_cast<Day>(orders.integer(4)));
            }
        }
    }
    if (members_.ids.size() != 0) return;
    Query members(handle_, "SELECT number, member_id FROM member ORDER BY number");
    while (members.step()) {
        if (!is_near(members.integer(0), size_of(members_.ids))) break;
        while (static_cast<std::int64_t>(members_.ids.size()) <= members.integer(0))
            members_.ids.add(members.text(1));
    }
}

OrderName RunReader::order(std::int64_t place) {
    const std::int64_t row = order_row(place);
    if (orders_.holds(row)) {
        const auto at = static_cast<std::size_t>(row - orders_.first);
        return {orders_.ids[at], orders_.lines[at], orders_.buyers[at], orders_.days[at]};
    }
    order_query_.reset();
    order_query_.bind(1, row);
    if (!order_query_.step()) throw_broken("an order line of a run");
    return {order_query_.text(0), order_query_.integer(1), order_query_.integer(2),
            static_cast<Day>(order_query_.integer(3))};
}

std::string_view RunReader::member_id(std::int64_t number) {
    if (members_.holds(number)) return members_.ids[static_cast<std::size_t>(number)];
    member_query_.reset();
    member_query_.bind(1, number);
    if (!member_query_.step()) throw_broken("a member of a run");
    return member_query_.text(0);
}

std::int64_t RunReader::source(const Line& line) {
    if (line.from != 0) return line.from;
    return line.order_ref == 0 ? 0 : order(line.order_ref).buyer;
}

std::optional<std::string> RunReader::base_text(const BonusName& bonus, const Line& line) const {
    if (!line.base) return std::nullopt;
    const int places = line.rate_is_amount ? 0 : bonus.base_is_money ? currency_places_ : 2;
    return format_decimal(*line.base, places);
}

std::optional<std::string> RunReader::rate_text(const Line& line) const {
    if (!line.rate) return std::nullopt;
    return line.rate_is_amount ? format_decimal(*line.rate, currency_places_)
                               : format_percent(*line.rate);
}

std::vector<std::pair<std::string, std::string>> RunReader::measure_texts(
    std::string_view packed) const {
    std::vector<std::pair<std::string, std::string>> texts;
    Unpacker unpacker(packed);
    for (const MeasureName& measure : measures_) {
        const std::int64_t value = packed.empty() ? 0 : unpacker.signed_varint();
        const int places = measure.unit == "count"   ? 0
                           : measure.unit == "money" ? currency_places_
                                                     : 2;
        texts.emplace_back(measure.name, format_decimal(value, places));
    }
    if (unpacker.is_broken()) throw_broken("the measures of a statement");
    return texts;
}

}  // namespace downline
