// Orders: while one thread parses the next segment of a file, this one inserts the last.
//
// Rows go into the table segment by segment, each sorted by day, and order_extent says which rows a
// day has: a run reads a period as a few ranges of rows, without an index on the date.
#include "storage/import_orders.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/intact.hpp"
#include "storage/messages.hpp"
#include "storage/parse_ahead.hpp"

namespace downline {
namespace {

/// What the feed shows: rows of a batch in an order.
struct OrderRows {
    const OrderBatch& batch;
    const std::vector<std::uint32_t>& rows;
    std::int64_t first_row, import_number;
};

void emit_number(sqlite3_context* cell, const std::vector<std::int64_t>& column, std::size_t i) {
    if (!column.empty() && column[i] != not_stated) sqlite3_result_int64(cell, column[i]);
}

void emit_text(sqlite3_context* cell, const std::vector<std::string_view>& column, std::size_t i) {
    if (column.empty() || column[i].empty()) return;
    sqlite3_result_text(cell, column[i].data(), static_cast<int>(column[i].size()), SQLITE_STATIC);
}

void emit_order(const void* rows, std::size_t row, int column, sqlite3_context* cell) {
    const auto& source = *static_cast<const OrderRows*>(rows);
    const OrderBatch& batch = source.batch;
    const std::uint32_t i = source.rows[row];
    switch (column) {
        case 0:
            sqlite3_result_int64(cell, source.first_row + static_cast<std::int64_t>(row));
            break;
        case 1: sqlite3_result_int64(cell, source.import_number); break;
        case 2: emit_text(cell, batch.order_id, i); break;
        case 3: sqlite3_result_int64(cell, batch.line.empty() ? 1 : batch.line[i]); break;
        case 4: sqlite3_result_int64(cell, batch.buyer[i]); break;
        case 5: sqlite3_result_int64(cell, batch.ordered_on[i]); break;
        case 6: sqlite3_result_int64(cell, batch.amount[i]); break;
        case 7: emit_number(cell, batch.volume, i); break;
        case 8: emit_number(cell, batch.qualifying_volume, i); break;
        case 9: emit_number(cell, batch.cost, i); break;
        case 10: emit_number(cell, batch.quantity, i); break;
        case 11: emit_text(cell, batch.sku, i); break;
        case 12: emit_text(cell, batch.category, i); break;
        case 13: emit_text(cell, batch.kind, i); break;
        case 14: emit_text(cell, batch.contract, i); break;
        default: break;
    }
}

/// The columns of the table, by the places that are asked for.
constexpr std::string_view table_columns[] = {
    "row",      "import", "order_id",          "line", "buyer",    "ordered_on",
    "amount",   "volume", "qualifying_volume", "cost", "quantity", "sku",
    "category", "kind",   "contract"};

/// The columns that rows of a file can fill. The table numbers its rows itself.
std::vector<Feed::Column> feed_columns(const Header& header, std::int64_t import_number) {
    std::vector<Feed::Column> columns;
    const auto add = [&](int place, std::optional<std::int64_t> constant = std::nullopt) {
        columns.push_back({table_columns[place], place, constant});
    };
    add(1, import_number);
    add(2);
    if (header.has(order_line)) add(3);
    else add(3, 1);
    for (const int place : {4, 5, 6}) add(place);
    for (const auto& [column, place] : {std::pair{order_volume, 7},
                                        {order_qualifying_volume, 8},
                                        {order_cost, 9},
                                        {order_quantity, 10},
                                        {order_sku, 11},
                                        {order_category, 12},
                                        {order_kind, 13},
                                        {order_contract, 14}})
        if (header.has(column)) add(place);
    return columns;
}

/// Row i of a batch alone. Its texts are those of the batch.
OrderBatch row_of(const OrderBatch& batch, std::uint32_t i) {
    OrderBatch row;
    const auto copy = [i](const auto& from, auto& to) {
        if (!from.empty()) to.push_back(from[i]);
    };
    copy(batch.order_id, row.order_id);
    copy(batch.line, row.line);
    copy(batch.buyer, row.buyer);
    copy(batch.ordered_on, row.ordered_on);
    copy(batch.amount, row.amount);
    copy(batch.volume, row.volume);
    copy(batch.qualifying_volume, row.qualifying_volume);
    copy(batch.cost, row.cost);
    copy(batch.quantity, row.quantity);
    copy(batch.sku, row.sku);
    copy(batch.category, row.category);
    copy(batch.kind, row.kind);
    copy(batch.contract, row.contract);
    return row;
}

/// What the file does not say of a row that it replaces stays as it was. REQUIRES: `known` lives
/// until the row is inserted.
void complete(OrderBatch& row, const StoredOrder& known) {
    const auto fill = [](auto& column, const auto& value) {
        if (column.empty()) column.emplace_back(value);
    };
    fill(row.volume, known.volume);
    fill(row.qualifying_volume, known.qualifying_volume);
    fill(row.cost, known.cost);
    fill(row.quantity, known.quantity);
    fill(row.sku, known.sku);
    fill(row.category, known.category);
    fill(row.kind, known.kind);
    fill(row.contract, known.contract);
}

class OrderImporter : public Importer {
public:
    explicit OrderImporter(ImportContext& context)
        : members_(context.database, context.bytes_total),
          parser_(context, members_),
          writer_(context) {}

    std::uint64_t read(SourceFile& file) override;
    void finish() override { writer_.finish(); }

private:
    KnownMembers members_;
    OrderParser parser_;
    OrderWriter writer_;
};

std::uint64_t OrderImporter::read(SourceFile& file) {
    const std::uint64_t before = parser_.row_count();
    // Where the members are asked of the database, its one connection is not shared.
    ParseAhead<OrderBatch> ahead([&] { return parser_.next(file); }, members_.is_complete());
    while (const std::unique_ptr<OrderBatch> batch = ahead.next()) writer_.write(*batch);
    return parser_.row_count() - before;
}

}  // namespace

OrderWriter::OrderWriter(ImportContext& context)
    : context_(context),
      was_empty_(!context.database.integer("SELECT row FROM order_line LIMIT 1")),
      largest_id_(
          context.database.text("SELECT order_id FROM order_line ORDER BY order_id DESC LIMIT 1")
              .value_or("")),
      next_row_(largest_stored(context.database.handle(), "SELECT max(row) FROM order_line") + 1),
      full_feed_(context.database, "order_line",
                 {"row", "import", "order_id", "line", "buyer", "ordered_on", "amount", "volume",
                  "qualifying_volume", "cost", "quantity", "sku", "category", "kind", "contract"}),
      insert_extent_(context.database.query(
          "INSERT INTO order_extent(ordered_on, first_row, last_row, import) VALUES (?1, ?2, ?3, "
          "?4)")),
      known_(context.database.query(
          "SELECT row, import, line, buyer, ordered_on, amount, volume, qualifying_volume, cost,"
          " quantity, sku, category, kind, contract FROM order_line o WHERE order_id = ?1 AND NOT"
          " EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'order_line' AND r.row = o.row)"
          " ORDER BY line")),
      replace_(context.database.query(
          "INSERT INTO replaced(table_name, row, import, by_row) VALUES ('order_line', ?1, ?2, "
          "?3)")),
      returned_(context.database.query(
          "SELECT sum(amount), min(returned_on) FROM return_line t WHERE order_id = ?1 AND line ="
          " ?2 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'return_line' AND"
          " r.row = t.row)")),
      member_(context.database.query("SELECT member_id FROM member WHERE number = ?1")) {}

void OrderWriter::write(OrderBatch& batch) {
    context_.total += batch.total;
    if (!was_empty_) mark_known(batch);
    insert(batch);
    settle_suspects(batch);
    const auto is_earlier = [](const RowProblem& a, const RowProblem& b) {
        return a.row_line < b.row_line;
    };
    std::stable_sort(batch.problems.begin(), batch.problems.end(), is_earlier);
    context_.problems.add(batch.problems);
}

/// Makes suspects of the rows whose order is in the database. Ids mostly ascend: then one
/// comparison with the largest known id is enough.
void OrderWriter::mark_known(OrderBatch& batch) {
    bool is_changed = false;
    for (std::uint32_t i = 0; i < batch.size(); ++i) {
        if (batch.fate[i] != OrderBatch::goes_in || batch.order_id[i] > largest_id_) continue;
        bool is_known = false;
        if (i > 0 && batch.order_id[i] == batch.order_id[i - 1] &&
            batch.fate[i - 1] != OrderBatch::is_refused) {
            is_known = batch.fate[i - 1] == OrderBatch::is_suspect;
        } else {
            known_.bind(1, batch.order_id[i]);
            is_known = known_.step();
            known_.reset();
        }
        if (is_known) batch.fate[i] = OrderBatch::is_suspect;
        is_changed |= is_known;
    }
    if (is_changed) batch.by_day = rows_by_day(batch, OrderBatch::goes_in);
}

void OrderWriter::insert_extent(Day day, std::int64_t first_row, std::int64_t last_row) {
    insert_extent_.bind(1, std::int64_t{day}).bind(2, first_row).bind(3, last_row);
    insert_extent_.bind(4, context_.import_number).run();
    context_.saw_day(day);
}

void OrderWriter::insert(const OrderBatch& batch) {
    const std::vector<std::uint32_t>& rows = batch.by_day;
    if (rows.empty()) return;
    if (header_ != batch.segment->header) {
        header_ = batch.segment->header;
        feed_.emplace(context_.database, "order_line",
                      feed_columns(*header_, context_.import_number));
    }
    const OrderRows source{batch, rows, next_row_, context_.import_number};
    feed_->insert(&source, 0, rows.size(), emit_order);
    ensure(sqlite3_last_insert_rowid(context_.database.handle()) ==
               next_row_ + static_cast<std::int64_t>(rows.size()) - 1,
           "order lines did not get the rows that their extents name");
    for (std::size_t first = 0, end = 0; first < rows.size(); first = end) {
        const Day day = batch.ordered_on[rows[first]];
        while (end < rows.size() && batch.ordered_on[rows[end]] == day) ++end;
        insert_extent(day, next_row_ + static_cast<std::int64_t>(first),
                      next_row_ + static_cast<std::int64_t>(end) - 1);
    }
    next_row_ += static_cast<std::int64_t>(rows.size());
    context_.report.new_rows += rows.size();
}

/// Compares the rows that may be known, and inserts those that are new or replace a row.
void OrderWriter::settle_suspects(OrderBatch& batch) {
    std::int64_t first_row = next_row_;
    Day day = 0;
    const auto end_extent = [&] {
        if (next_row_ > first_row) insert_extent(day, first_row, next_row_ - 1);
        first_row = next_row_;
    };
    for (const std::uint32_t i : rows_by_day(batch, OrderBatch::is_suspect)) {
        OrderBatch row = row_of(batch, i);
        std::int64_t replaces = 0;
        if (!settle(batch, i, row, replaces)) continue;
        if (batch.ordered_on[i] != day) end_extent();
        day = batch.ordered_on[i];
        const std::vector<std::uint32_t> one{0};
        const OrderRows source{row, one, next_row_, context_.import_number};
        full_feed_.insert(&source, 0, 1, emit_order);
        if (replaces != 0) {
            replace_.bind(1, replaces).bind(2, context_.import_number).bind(3, next_row_).run();
            ++context_.report.changed_rows;
        } else {
            ++context_.report.new_rows;
        }
        ++next_row_;
    }
    end_extent();
}

/// Whether a row that may be known goes in, as `row`, and of which row it takes the place.
bool OrderWriter::settle(OrderBatch& batch, std::uint32_t i, OrderBatch& row,
                         std::int64_t& replaces) {
    const std::vector<StoredOrder> lines = stored(batch.order_id[i]);
    const std::int64_t line = batch.line.empty() ? 1 : batch.line[i];
    const auto known = std::find_if(lines.begin(), lines.end(),
                                    [&](const StoredOrder& other) { return other.line == line; });
    if (known != lines.end()) {
        const std::string key = fmt::format("{} {}", line, batch.order_id[i]);
        const std::string difference = differences(batch, i, *known);
        if (difference.empty()) {
            context_.confirm(key);
            return false;
        }
        const bool is_twice =
            known->import == context_.import_number || context_.confirmed_keys.contains(key);
        if (!context_.options.replace || is_twice) {
            refuse(batch, i, order_order_id, code::conflict,
                   fmt::format("order_id {} line {} is known with other content: {}; {}",
                               shown_value(batch.order_id[i]), line, difference,
                               context_.conflict_remedy(is_twice,
                                                        static_cast<Day>(known->ordered_on),
                                                        "a correction is a return and a new "
                                                        "order")));
            return false;
        }
        if (!may_replace(batch, i, *known)) return false;
        replaces = known->row;
        replaced_orders_.emplace_back(
            batch.order_id[i],
            batch.segment->problem(batch.begin[i], -1, code::order_mismatch, {}, false).error);
    }
    // A line of an order that a closed period has counted cannot come later.
    const bool is_late = context_.options.late &&
                         std::ranges::all_of(lines, [&](const StoredOrder& other) {
                             return other.import == context_.import_number;
                         });
    if (context_.closing.holds(batch.ordered_on[i]) && !is_late) {
        const std::string remedy =
            lines.empty() ? context_.closing.late_remedy
                          : context_.closing.text + "; an order that is there takes no further "
                                                    "line in it, also not with --late: give the "
                                                    "line an order_id of its own";
        refuse(batch, i, order_ordered_on, code::closed_period,
               fmt::format("ordered_on {} lies in a closed period: {}",
                           format_day(batch.ordered_on[i]), remedy));
        return false;
    }
    if (known != lines.end()) {
        replaced_ = *known;
        complete(row, replaced_);
        return true;
    }
    return std::all_of(lines.begin(), lines.end(),
                       [&](const StoredOrder& other) { return agrees(batch, i, other); });
}

/// The lines of an order that count now.
std::vector<StoredOrder> OrderWriter::stored(std::string_view order_id) {
    std::vector<StoredOrder> lines;
    const auto number = [this](int column) {
        return known_.is_null(column) ? not_stated : known_.integer(column);
    };
    known_.bind(1, order_id);
    while (known_.step())
        lines.push_back({known_.integer(0), known_.integer(1), known_.integer(2), known_.integer(3),
                         known_.integer(4), known_.integer(5), number(6), number(7), number(8),
                         number(9), std::string(known_.text(10)), std::string(known_.text(11)),
                         std::string(known_.text(12)), std::string(known_.text(13))});
    known_.reset();
    return lines;
}

/// What the file says otherwise; a column that it lacks does not differ.
std::string OrderWriter::differences(const OrderBatch& batch, std::uint32_t i,
                                     const StoredOrder& known) {
    RowDifferences found;
    const int places = context_.format.currency_places;
    if (batch.buyer[i] != known.buyer)
        found.add("member_id", member_id(known.buyer), member_id(batch.buyer[i]));
    found.add("ordered_on", RowDifferences::shown_day(known.ordered_on),
              RowDifferences::shown_day(batch.ordered_on[i]));
    const auto number = [&](std::string_view name, const std::vector<std::int64_t>& column,
                            std::int64_t value, int decimals) {
        if (!column.empty() && column[i] != value)
            found.add(name, RowDifferences::shown_number(value, decimals),
                      RowDifferences::shown_number(column[i], decimals));
    };
    number("amount", batch.amount, known.amount, places);
    number("volume", batch.volume, known.volume, 2);
    number("qualifying_volume", batch.qualifying_volume, known.qualifying_volume, 2);
    number("cost", batch.cost, known.cost, places);
    number("quantity", batch.quantity, known.quantity, 0);
    const auto text = [&](std::string_view name, const std::vector<std::string_view>& column,
                          const std::string& value) {
        if (!column.empty()) found.add(name, value, std::string(column[i]));
    };
    text("sku", batch.sku, known.sku);
    text("category", batch.category, known.category);
    text("kind", batch.kind, known.kind);
    text("contract", batch.contract, known.contract);
    return found.text();
}

/// All lines of an order have one buyer, one day, one contract.
bool OrderWriter::agrees(OrderBatch& batch, std::uint32_t i, const StoredOrder& other) {
    RowDifferences found;
    if (batch.buyer[i] != other.buyer)
        found.add("member_id", member_id(other.buyer), member_id(batch.buyer[i]));
    found.add("ordered_on", RowDifferences::shown_day(other.ordered_on),
              RowDifferences::shown_day(batch.ordered_on[i]));
    if (!batch.contract.empty())
        found.add("contract", other.contract, std::string(batch.contract[i]));
    if (found.is_empty()) return true;
    if (context_.options.replace && other.import != context_.import_number) {
        // The other line may be replaced later in the file.
        replaced_orders_.emplace_back(
            batch.order_id[i],
            batch.segment->problem(batch.begin[i], -1, code::order_mismatch, {}, false).error);
        return true;
    }
    refuse(batch, i, order_order_id, code::order_mismatch,
           fmt::format("order_id {} has another line for which {}; all lines of an order have one "
                       "buyer, one day, one contract",
                       shown_value(batch.order_id[i]), found.text()));
    return false;
}

/// Whether what is known may be replaced: its day is open, and its returns still fit.
bool OrderWriter::may_replace(OrderBatch& batch, std::uint32_t i, const StoredOrder& known) {
    if (context_.closing.holds(static_cast<Day>(known.ordered_on))) {
        refuse(batch, i, order_order_id, code::closed_period,
               fmt::format("order_id {} is known with ordered_on {}, in a closed period: {}; a "
                           "correction is a return and a new order",
                           shown_value(batch.order_id[i]),
                           RowDifferences::shown_day(known.ordered_on), context_.closing.text));
        return false;
    }
    returned_.bind(1, batch.order_id[i]).bind(2, known.line);
    returned_.step();
    const std::int64_t returned = returned_.integer(0);
    const bool has_returns = !returned_.is_null(1);
    const auto first_day = static_cast<Day>(returned_.integer(1));
    returned_.reset();
    if (!has_returns) return true;
    if (returned > batch.amount[i]) {
        refuse(batch, i, order_amount, code::more_than_left,
               fmt::format("amount {} is less than the {} that was returned of it; write that at "
                           "least, or replace the return first",
                           format_decimal(batch.amount[i], context_.format.currency_places),
                           format_decimal(returned, context_.format.currency_places)));
        return false;
    }
    if (first_day < batch.ordered_on[i]) {
        refuse(batch, i, order_ordered_on, code::return_before_order,
               fmt::format("ordered_on {} is after its return of {}; correct one of the two dates",
                           format_day(batch.ordered_on[i]), format_day(first_day)));
        return false;
    }
    return true;
}

void OrderWriter::refuse(OrderBatch& batch, std::uint32_t i, std::size_t column,
                         std::string_view code, std::string text) {
    batch.problems.push_back(
        batch.segment->problem(batch.begin[i], batch.segment->header->place_of[column], code,
                               std::move(text), context_.problems.keeps_rows()));
}

std::string OrderWriter::member_id(std::int64_t number) {
    member_.bind(1, number);
    std::string id = member_.step() ? std::string(member_.text(0)) : std::string{};
    member_.reset();
    return id;
}

void OrderWriter::finish() {
    for (auto& [order_id, error] : replaced_orders_) {
        const std::vector<StoredOrder> lines = stored(order_id);
        const auto differs = [&](const StoredOrder& other) {
            return other.buyer != lines.front().buyer ||
                   other.ordered_on != lines.front().ordered_on ||
                   other.contract != lines.front().contract;
        };
        if (std::none_of(lines.begin(), lines.end(), differs)) continue;
        error.text = fmt::format(
            "order_id {} has lines that differ in buyer, day or contract "
            "once this one is replaced; replace all its lines",
            shown_value(order_id));
        context_.problems.add({std::move(error), 0, {}});
    }
}

std::unique_ptr<Importer> import_orders(ImportContext& context) {
    return std::make_unique<OrderImporter>(context);
}

}  // namespace downline
