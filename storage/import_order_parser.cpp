// Rows of orders files: typed, checked against the members, sorted by day.
#include <fmt/format.h>

#include <algorithm>

#include "engine/limits.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_orders.hpp"
#include "storage/messages.hpp"

namespace downline {

OrderParser::OrderParser(ImportContext& context, KnownMembers& members)
    : members_(members),
      closing_(context.closing),
      reader_(ImportKind::orders, context.format, context.problems.keeps_rows()) {}

/// The buyer's number, 0 where nobody has the id.
std::uint32_t OrderParser::buyer() {
    const std::string_view id = reader_.id(order_member_id);
    if (id.empty()) return 0;
    const std::uint32_t number = members_.find(id);
    if (number != IdTable::none) return number;
    reader_.refuse(
        order_member_id, code::unknown_member,
        fmt::format("member_id {} is nobody's; import the members first", shown_value(id)));
    return 0;
}

/// Whether the row, the last of the batch, may belong to an order that was there before. Lines
/// that follow each other and agree need no second look.
bool OrderParser::is_suspect(const OrderBatch& batch) {
    const std::size_t i = batch.size() - 1;
    const bool is_new = seen_.add(hash_of(batch.order_id[i]));
    if (closing_.holds(batch.ordered_on[i])) return true;
    if (is_new) return false;
    const bool continues =
        i > 0 && batch.order_id[i] == batch.order_id[i - 1] && batch.is_suspect[i - 1] == 0 &&
        !batch.line.empty() && batch.line[i] > batch.line[i - 1] &&
        batch.buyer[i] == batch.buyer[i - 1] && batch.ordered_on[i] == batch.ordered_on[i - 1] &&
        (batch.contract.empty() || batch.contract[i] == batch.contract[i - 1]);
    return !continues;
}

void OrderParser::take(OrderBatch& batch) {
    const std::string_view order_id = reader_.id(order_order_id);
    const std::uint32_t buyer_number = buyer();
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
    batch.buyer.push_back(buyer_number);
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
    batch.is_suspect.push_back(is_suspect(batch) ? 1 : 0);
}

std::unique_ptr<OrderBatch> OrderParser::next(SourceFile& file) {
    auto batch = std::make_unique<OrderBatch>();
    batch->segment = file.next();
    if (!batch->segment) return nullptr;
    reader_.each_row(file, *batch->segment, [&] { take(*batch); });
    batch->problems = std::move(reader_.problems);
    reader_.problems.clear();
    return batch;
}

}  // namespace downline
