// An orders file that is read as an import reads it, and kept nowhere: see the header.
#include "storage/suppose.hpp"

#include <fmt/format.h>

#include <map>
#include <unordered_map>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_fields.hpp"
#include "storage/messages.hpp"
#include "storage/order_volume.hpp"
#include "storage/products.hpp"

namespace downline {
namespace {

Supposition points(const Reloaded& run, MemberIndex member, const std::string& member_id,
                   std::string_view number) {
    const auto volume = parse_decimal(number, 2, volume_centipoints_max);
    if (!volume || *volume == 0)
        throw UsageError(fmt::format("--if pv+{}: {} is no number of points; write pv+30 or "
                                     "pv+12.50",
                                     harmless(number), shown_value(number)));
    const Snapshot& snapshot = run.loaded.snapshot;
    SupposedOrder order;
    order.buyer = member;
    order.ordered_on = snapshot.period.last;
    order.volume_centipoints = order.qualifying_centipoints = *volume;
    order.amount_minor = amount_of_volume(*volume, run.plan.currency_places);
    return {fmt::format("an own order of {} points by {} on {}", number, member_id,
                        format_day(order.ordered_on)),
            {order}};
}

/// Reads the rows of one orders file.
class SupposedFile {
public:
    SupposedFile(Database& database, const Reloaded& run)
        : snapshot_(run.loaded.snapshot),
          products_(database, as_of(database, run.loaded.last_import)),
          currency_places_(run.plan.currency_places),
          member_(database.query("SELECT number FROM member WHERE member_id = ?1")) {
        for (MemberIndex index = 0; index < snapshot_.members.count; ++index)
            index_of_[snapshot_.members.number[index]] = index;
    }

    std::vector<SupposedOrder> read(const std::string& path, const std::string& currency);

private:
    void take(RowReader& reader);
    [[nodiscard]] MemberIndex buyer_of(RowReader& reader, std::string_view member_id);
    void add_product(SupposedOrder& order, std::int64_t volume) const;

    const Snapshot& snapshot_;
    Products products_;
    int currency_places_;
    Query member_;
    std::unordered_map<std::int64_t, MemberIndex> index_of_;
    std::map<std::string, std::pair<std::uint32_t, std::size_t>, std::less<>> orders_;
    std::vector<SupposedOrder> supposed_;
};

std::vector<SupposedOrder> SupposedFile::read(const std::string& path,
                                              const std::string& currency) {
    ImportOptions options;
    options.kind = ImportKind::orders;
    options.files = {path};
    ImportReport report;
    RowProblems problems(options, report);
    ReadProgress progress;
    SourceFile file(options, 0, progress);
    RowReader reader(ImportKind::orders, field_format(options, currency), false);
    if (file.read_header(problems)) {
        while (const auto segment = file.next())
            reader.each_row(file, *segment, [&] { take(reader); });
        problems.add(reader.problems);
    }
    if (report.error_count == 0) return std::move(supposed_);
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{}{}", row_error_text(report.errors.front()),
                              report.error_count > 1
                                  ? fmt::format("\n(and {} more)", report.error_count - 1)
                                  : std::string{}));
}

MemberIndex SupposedFile::buyer_of(RowReader& reader, std::string_view member_id) {
    member_.reset();
    member_.bind(1, member_id);
    const auto found = member_.step() ? index_of_.find(member_.integer(0)) : index_of_.end();
    if (found != index_of_.end()) return found->second;
    reader.refuse(order_member_id, "unknown_member",
                  fmt::format("member_id {} is nobody's in {}; name one who has joined by then",
                              shown_value(member_id), period_name(snapshot_.period)));
    return no_member;
}

void SupposedFile::take(RowReader& reader) {
    const std::string order_id{reader.id(order_order_id)};
    SupposedOrder order;
    order.buyer = buyer_of(reader, reader.id(order_member_id));
    order.ordered_on = reader.day(order_ordered_on);
    order.amount_minor = reader.money(order_amount, true);
    const std::int64_t volume = reader.volume(order_volume);
    const std::int64_t qualifying = reader.volume(order_qualifying_volume);
    const std::int64_t cost = reader.money(order_cost);
    const std::int64_t quantity = reader.quantity(order_quantity);
    if (!reader.text(order_contract).empty())
        reader.refuse(order_contract, "unsupported",
                      "a supposed order has no contract; leave the column out");
    if (reader.is_good() && (order.ordered_on < snapshot_.period.first ||
                             order.ordered_on > snapshot_.period.last))
        reader.refuse(order_ordered_on, "outside_period",
                      fmt::format("ordered_on {} is not in {}; a supposed order is dated {} to {}",
                                  format_day(order.ordered_on), period_name(snapshot_.period),
                                  format_day(snapshot_.period.first),
                                  format_day(snapshot_.period.last)));
    if (!reader.is_good()) return;
    if (cost != not_stated) order.cost_minor = cost;
    if (quantity != not_stated) order.quantity = static_cast<std::uint32_t>(quantity);
    order.sku = reader.text(order_sku);
    order.category = reader.text(order_category);
    order.kind = reader.text(order_kind);
    add_product(order, volume);
    order.qualifying_centipoints = qualifying == not_stated ? order.volume_centipoints : qualifying;
    const auto [known, is_new] = orders_.try_emplace(
        order_id, static_cast<std::uint32_t>(orders_.size()), supposed_.size());
    const SupposedOrder& first = is_new ? order : supposed_[known->second.second];
    if (first.buyer != order.buyer || first.ordered_on != order.ordered_on)
        return reader.refuse(order_order_id, "other_order",
                             "all lines of an order have one buyer and one date");
    order.order = known->second.first;
    supposed_.push_back(std::move(order));
}

/// What the product in force gives where the row leaves it empty.
void SupposedFile::add_product(SupposedOrder& order, std::int64_t volume) const {
    const Products::Version* product = products_.in_force(order.sku, order.ordered_on);
    if (product && order.category.empty()) order.category = product->category;
    if (product && product->creator != 0) {
        const auto creator = index_of_.find(product->creator);
        if (creator != index_of_.end()) order.creator = creator->second;
    }
    if (volume != not_stated) order.volume_centipoints = volume;
    else if (product && product->volume_centipoints)
        order.volume_centipoints =
            multiply_checked(*product->volume_centipoints, std::int64_t{order.quantity});
    else order.volume_centipoints = volume_of_amount(order.amount_minor, currency_places_);
}

}  // namespace

Supposition suppose(Database& database, const Reloaded& run, MemberIndex member,
                    const std::string& member_id, const std::string& text) {
    if (text.starts_with("pv+")) return points(run, member, member_id, text.substr(3));
    std::vector<SupposedOrder> orders =
        SupposedFile(database, run).read(text, run.plan.currency);
    return {fmt::format("{} order lines of {}", orders.size(), text), std::move(orders)};
}

}  // namespace downline
