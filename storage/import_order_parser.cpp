// Rows of orders files: typed, checked against the members, sorted by day.
#include <fmt/format.h>

#include <algorithm>

#include "engine/limits.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_orders.hpp"
#include "storage/messages.hpp"

namespace downline {

std::vector<std::uint32_t> rows_by_day(const OrderBatch& batch, OrderBatch::Fate fate) {
    std::vector<std::uint32_t> rows;
    rows.reserve(batch.size());
    for (std::uint32_t i = 0; i < batch.size(); ++i)
        if (batch.fate[i] == fate) rows.push_back(i);
    const auto is_earlier = [&](std::uint32_t a, std::uint32_t b) {
        return batch.ordered_on[a] < batch.ordered_on[b];
    };
    if (!std::is_sorted(rows.begin(), rows.end(), is_earlier))
        std::stable_sort(rows.begin(), rows.end(), is_earlier);
    return rows;
}

OrderParser::OrderParser(ImportContext& context, KnownMembers& members)
    : members_(members),
      closing_(context.closing),
      reader_(ImportKind::orders, context.format, context.problems.keeps_rows()) {}

/// Finds the members of all rows at once.
void OrderParser::find_buyers(OrderBatch& batch) {
    batch.buyer.resize(batch.size());
    if (members_.is_complete()) members_.find(batch.member_id, batch.buyer.data());
    else
        for (std::size_t i = 0; i < batch.size(); ++i)
            batch.buyer[i] = members_.find(batch.member_id[i]);
    const int place = batch.segment->header->place_of[order_member_id];
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (batch.buyer[i] != IdTable::none) continue;
        batch.fate[i] = OrderBatch::is_refused;
        reader_.problems.push_back(
            batch.segment->problem(batch.begin[i], place, code::unknown_member,
                                   fmt::format("member_id {} is nobody's; import the members first",
                                               shown_value(batch.member_id[i])),
                                   reader_.keeps_rows()));
    }
}

/// Whether the last row may belong to an order that was there before. Lines that follow each other
/// and agree need no second look.
OrderBatch::Fate OrderParser::fate_of_last(const OrderBatch& batch) {
    const std::size_t i = batch.size() - 1;
    const bool was_seen = seen_.add(batch.order_id[i]);
    if (closing_.holds(batch.ordered_on[i])) return OrderBatch::is_suspect;
    if (!was_seen) return OrderBatch::goes_in;
    const bool continues = i > 0 && batch.order_id[i] == batch.order_id[i - 1] &&
                           batch.fate[i - 1] == OrderBatch::goes_in && !batch.line.empty() &&
                           batch.line[i] > batch.line[i - 1] &&
                           batch.member_id[i] == batch.member_id[i - 1] &&
                           batch.ordered_on[i] == batch.ordered_on[i - 1] &&
                           (batch.contract.empty() || batch.contract[i] == batch.contract[i - 1]);
    return continues ? OrderBatch::goes_in : OrderBatch::is_suspect;
}

void OrderParser::take(OrderBatch& batch) {
    const std::string_view order_id = reader_.id(order_order_id);
    const std::string_view member_id = reader_.id(order_member_id);
    const Day ordered_on = reader_.day(order_ordered_on);
    const std::int64_t amount = reader_.money(order_amount, true);
    const std::int64_t line = reader_.line(order_line);
    const std::int64_t volume = reader_.volume(order_volume);
    const std::int64_t qualifying = reader_.volume(order_qualifying_volume);
    const std::int64_t cost = reader_.money(order_cost);
    std::int64_t quantity = reader_.quantity(order_quantity);
    if (quantity == 1) quantity = not_stated;  // the same thing said
    const std::string_view sku = reader_.text(order_sku), category = reader_.text(order_category),
                           kind = reader_.text(order_kind), contract = reader_.text(order_contract);
    const std::string_view currency = reader_.raw(order_currency);
    if (!currency.empty() && currency != reader_.format().currency)
        reader_.refuse(order_currency, code::wrong_currency,
                       fmt::format("currency {} is not the database's, {}; an order in another "
                                   "currency needs a database of its own",
                                   shown_value(currency), reader_.format().currency));
    if (amount != not_stated) batch.total += amount;
    if (!reader_.is_good()) return;
    batch.begin.push_back(reader_.row_begin());
    batch.order_id.push_back(order_id);
    batch.member_id.push_back(member_id);
    batch.ordered_on.push_back(ordered_on);
    batch.amount.push_back(amount);
    const auto keep = [&](std::size_t column, auto& values, const auto& value) {
        if (reader_.has(column)) values.push_back(value);
    };
    keep(order_line, batch.line, line);
    keep(order_volume, batch.volume, volume);
    keep(order_qualifying_volume, batch.qualifying_volume, qualifying);
    keep(order_cost, batch.cost, cost);
    keep(order_quantity, batch.quantity, quantity);
    keep(order_sku, batch.sku, sku);
    keep(order_category, batch.category, category);
    keep(order_kind, batch.kind, kind);
    keep(order_contract, batch.contract, contract);
    batch.fate.push_back(fate_of_last(batch));
}

std::unique_ptr<OrderBatch> OrderParser::next(SourceFile& file) {
    auto batch = std::make_unique<OrderBatch>();
    batch->segment = file.next();
    if (!batch->segment) return nullptr;
    reader_.each_row(file, *batch->segment, [&] { take(*batch); });
    seen_.keep_last();
    find_buyers(*batch);
    batch->by_day = rows_by_day(*batch, OrderBatch::goes_in);
    batch->problems = std::move(reader_.problems);
    reader_.problems.clear();
    return batch;
}

}  // namespace downline
