// Returns: each is of one order line, not before it, and in all not of more than it was.
#include <fmt/format.h>

#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_context.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

struct Return {
    std::string_view return_id, order_id;
    std::int64_t line{}, amount{}, volume{};  ///< volume not_stated: in proportion
    Day returned_on{};
};

/// The order line that is returned, and what is left of it.
struct Returned {
    std::int64_t row{}, amount_left{}, volume_left{};
    std::int64_t amount{}, volume{};
    Day ordered_on{};
};

class ReturnImporter : public Importer {
public:
    explicit ReturnImporter(ImportContext& context);
    std::uint64_t read(SourceFile& file) override;

private:
    void take();
    bool settle_known(Return& here, std::int64_t& replaces);
    bool find_order(const Return& here, Returned& order);
    std::int64_t volume_of(std::string_view sku, Day day, std::int64_t quantity,
                           std::int64_t amount);
    void subtract_returns(const Return& here, std::int64_t except, Returned& order);
    bool fits(const Return& here, const Returned& order);
    void insert(const Return& here, const Returned& order, std::int64_t replaces);
    std::string money(std::int64_t amount) const {
        return format_decimal(amount, context_.format.currency_places);
    }

    ImportContext& context_;
    RowReader reader_;
    Query known_, order_, product_, returns_, insert_, replace_;
};

ReturnImporter::ReturnImporter(ImportContext& context)
    : context_(context),
      reader_(ImportKind::returns, context.format, context.problems.keeps_rows()),
      known_(context.database.query(
          "SELECT row, import, returned_on, amount, volume FROM return_line t WHERE return_id = ?1"
          " AND order_id = ?2 AND line = ?3 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE"
          " r.table_name = 'return_line' AND r.row = t.row)")),
      order_(context.database.query(
          "SELECT row, ordered_on, amount, volume, sku, quantity FROM order_line o WHERE order_id"
          " = ?1 AND line = ?2 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name ="
          " 'order_line' AND r.row = o.row)")),
      product_(context.database.query(
          "SELECT volume FROM product p WHERE sku = ?1 AND (valid_from IS NULL OR valid_from <="
          " ?2) AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'product' AND r.row"
          " = p.row) ORDER BY valid_from DESC NULLS LAST LIMIT 1")),
      returns_(context.database.query(
          "SELECT amount, volume FROM return_line t WHERE order_id = ?1 AND line = ?2 AND row <>"
          " ?3 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'return_line' AND"
          " r.row = t.row)")),
      insert_(context.database.query(
          "INSERT INTO return_line(import, return_id, order_id, line, order_row, returned_on,"
          " amount, volume) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING row")),
      replace_(context.database.query("INSERT INTO replaced(table_name, row, import, by_row)"
                                      " VALUES ('return_line', ?1, ?2, ?3)")) {}

std::uint64_t ReturnImporter::read(SourceFile& file) {
    const std::uint64_t before = reader_.row_count();
    while (const std::unique_ptr<Segment> segment = file.next()) {
        reader_.each_row(file, *segment, [this] { take(); });
        context_.problems.add(reader_.problems);
    }
    return reader_.row_count() - before;
}

void ReturnImporter::take() {
    Return here;
    here.return_id = reader_.id(return_return_id);
    here.order_id = reader_.id(return_order_id);
    here.returned_on = reader_.day(return_returned_on);
    here.amount = reader_.money(return_amount, true);
    here.line = reader_.line(return_line);
    here.volume = reader_.volume(return_volume);
    if (here.amount != not_stated) context_.total += here.amount;
    std::int64_t replaces = 0;
    if (!reader_.is_good() || !settle_known(here, replaces)) return;
    if (context_.closing.holds(here.returned_on) && !context_.options.late) {
        reader_.refuse(return_returned_on, code::closed_period,
                       fmt::format("returned_on {} lies in a closed period: {}",
                                   format_day(here.returned_on), context_.closing.late_remedy));
        return;
    }
    Returned order;
    if (!find_order(here, order)) return;
    subtract_returns(here, replaces, order);
    if (fits(here, order)) insert(here, order, replaces);
}

/// Whether a return that may be known goes in.
bool ReturnImporter::settle_known(Return& here, std::int64_t& replaces) {
    known_.bind(1, here.return_id).bind(2, here.order_id).bind(3, here.line);
    if (!known_.step()) {
        known_.reset();
        return true;
    }
    const std::int64_t row = known_.integer(0), import = known_.integer(1);
    const auto returned_on = static_cast<Day>(known_.integer(2));
    const std::int64_t amount = known_.integer(3);
    const std::int64_t volume = known_.is_null(4) ? not_stated : known_.integer(4);
    known_.reset();
    const std::string key = fmt::format("{}\n{}\n{}", here.line, here.return_id, here.order_id);
    RowDifferences found;
    found.add("returned_on", format_day(returned_on), format_day(here.returned_on));
    found.add("amount", money(amount), money(here.amount));
    if (reader_.has(return_volume))
        found.add("volume", RowDifferences::shown_number(volume, 2),
                  RowDifferences::shown_number(here.volume, 2));
    if (found.is_empty()) {
        context_.confirm(key);
        return false;
    }
    const bool is_twice = import == context_.import_number || context_.confirmed_keys.contains(key);
    if (!context_.options.replace || is_twice) {
        reader_.refuse(return_return_id, code::conflict,
                       fmt::format("return_id {} of order_id {} line {} is known with other "
                                   "content: {}; {}",
                                   shown_value(here.return_id), shown_value(here.order_id),
                                   here.line, found.text(),
                                   context_.conflict_remedy(is_twice, returned_on,
                                                            "import what was left out as another "
                                                            "return")));
        return false;
    }
    if (context_.closing.holds(returned_on)) {
        reader_.refuse(return_return_id, code::closed_period,
                       fmt::format("return_id {} is known with returned_on {}, in a closed period: "
                                   "{}; import what was left out as another return",
                                   shown_value(here.return_id), format_day(returned_on),
                                   context_.closing.text));
        return false;
    }
    if (!reader_.has(return_volume)) here.volume = volume;
    replaces = row;
    return true;
}

/// The volume of an order line that does not state it: of the product, or the amount (9.10).
std::int64_t ReturnImporter::volume_of(std::string_view sku, Day day, std::int64_t quantity,
                                       std::int64_t amount) {
    std::int64_t volume = not_stated;
    if (!sku.empty()) {
        product_.bind(1, sku).bind(2, std::int64_t{day});
        if (product_.step() && !product_.is_null(0)) volume = product_.integer(0);
        product_.reset();
    }
    if (volume != not_stated) {
        const Int128 product = Int128{volume} * quantity;
        return static_cast<std::int64_t>(std::min<Int128>(product, volume_centipoints_max));
    }
    Int128 centipoints = amount;
    Int128 divisor = 1;
    for (int places = context_.format.currency_places; places < 2; ++places) centipoints *= 10;
    for (int places = context_.format.currency_places; places > 2; --places) divisor *= 10;
    return divide_rounded(centipoints, divisor, Rounding::half_up);
}

bool ReturnImporter::find_order(const Return& here, Returned& order) {
    order_.bind(1, here.order_id).bind(2, here.line);
    if (!order_.step()) {
        order_.reset();
        reader_.refuse(return_order_id, code::unknown_order,
                       fmt::format("order_id {} line {} is no order; import the orders first",
                                   shown_value(here.order_id), here.line));
        return false;
    }
    order.row = order_.integer(0);
    order.ordered_on = static_cast<Day>(order_.integer(1));
    order.amount = order_.integer(2);
    order.volume = order_.is_null(3)
                       ? volume_of(order_.text(4), order.ordered_on,
                                   order_.is_null(5) ? 1 : order_.integer(5), order.amount)
                       : order_.integer(3);
    order_.reset();
    if (here.returned_on >= order.ordered_on) return true;
    reader_.refuse(return_returned_on, code::return_before_order,
                   fmt::format("returned_on {} is before the order's day, {}; correct it",
                               format_day(here.returned_on), format_day(order.ordered_on)));
    return false;
}

/// Takes the other returns of the line away from what is left of it.
void ReturnImporter::subtract_returns(const Return& here, std::int64_t except, Returned& order) {
    Int128 proportional = 0;
    order.amount_left = order.amount;
    order.volume_left = order.volume;
    returns_.bind(1, here.order_id).bind(2, here.line).bind(3, except);
    while (returns_.step()) {
        order.amount_left -= returns_.integer(0);
        if (returns_.is_null(1)) proportional += returns_.integer(0);
        else order.volume_left -= returns_.integer(1);
    }
    returns_.reset();
    if (here.volume == not_stated) proportional += here.amount;
    if (order.amount > 0)
        order.volume_left -=
            divide_rounded(proportional * order.volume, order.amount, Rounding::down);
}

bool ReturnImporter::fits(const Return& here, const Returned& order) {
    if (here.amount > order.amount_left) {
        reader_.refuse(
            return_amount, code::more_than_left,
            fmt::format("amount {} is more than what is left of order_id {} line {}: {} "
                        "of {}; return that at most",
                        shown_value(reader_.raw(return_amount)), shown_value(here.order_id),
                        here.line, money(order.amount_left), money(order.amount)));
        return false;
    }
    const std::int64_t taken = here.volume == not_stated ? 0 : here.volume;
    if (taken <= order.volume_left) return true;
    const std::size_t column = reader_.has(return_volume) ? return_volume : return_amount;
    reader_.refuse(column, code::more_than_left,
                   fmt::format("volume {} is more than what is left of order_id {} line {} in "
                               "volume: {} of {}; return that at most",
                               here.volume == not_stated ? "in proportion"
                                                         : shown_value(reader_.raw(return_volume)),
                               shown_value(here.order_id), here.line,
                               format_decimal(std::max<std::int64_t>(order.volume_left, 0), 2),
                               format_decimal(order.volume, 2)));
    return false;
}

void ReturnImporter::insert(const Return& here, const Returned& order, std::int64_t replaces) {
    insert_.bind(1, context_.import_number).bind(2, here.return_id).bind(3, here.order_id);
    insert_.bind(4, here.line).bind(5, order.row).bind(6, std::int64_t{here.returned_on});
    insert_.bind(7, here.amount);
    if (here.volume == not_stated) insert_.bind_null(8);
    else insert_.bind(8, here.volume);
    insert_.step();
    const std::int64_t row = insert_.integer(0);
    insert_.step();
    insert_.reset();
    context_.saw_day(here.returned_on);
    if (replaces == 0) {
        ++context_.report.new_rows;
        return;
    }
    replace_.bind(1, replaces).bind(2, context_.import_number).bind(3, row).run();
    ++context_.report.changed_rows;
}

}  // namespace

std::unique_ptr<Importer> import_returns(ImportContext& context) {
    return std::make_unique<ReturnImporter>(context);
}

}  // namespace downline
