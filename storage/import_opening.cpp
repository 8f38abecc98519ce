// What the system before this one left: balances, legs, measures, and lines on orders that were
// paid. Taken before the first close and the first payout; from then on it stands.
#include <fmt/format.h>

#include <array>

#include "storage/import_affiliate_rows.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

enum Item : std::int64_t { balance, left, right, measure, line };
constexpr std::array<std::string_view, 5> item_names{"balance", "left", "right", "measure", "line"};

/// What tells the rows of an item apart, besides the member.
struct NamedColumn {
    std::size_t column;
    bool is_of_leg, is_of_measure, is_of_line;
    [[nodiscard]] bool is_of(Item item) const {
        return (is_of_leg && (item == left || item == right)) ||
               (is_of_measure && item == measure) || (is_of_line && item == line);
    }
};
constexpr std::array<NamedColumn, 5> named_columns{{
    {opening_bonus, true, false, true},
    {opening_measure, false, true, false},
    {opening_order_id, false, false, true},
    {opening_line, false, false, true},
    {opening_level, false, false, true},
}};

struct OpeningRow {
    std::string_view member_id, bonus, measure, order_id;
    std::int64_t member{}, amount{}, line{}, level{};
    Day joined_on{};  ///< the member
    Item item{};
};

class OpeningImporter : public AffiliateRowImporter {
public:
    explicit OpeningImporter(ImportContext& context);

private:
    void take() override;
    bool read_item(OpeningRow& row);
    std::int64_t read_amount(Item item);
    bool read_member(OpeningRow& row);
    bool read_order(const OpeningRow& row);
    bool settle_known(const OpeningRow& row, std::int64_t& replaces);
    bool is_open();
    void bind_key(Query& query, const OpeningRow& row);
    void insert(const OpeningRow& row, std::int64_t replaces);
    std::string amount_text(Item item, std::int64_t amount) const;

    std::string too_late_;  ///< why nothing is taken any more; empty: it is
    Query known_, order_, insert_;
};

/// Why opening rows come too late; "" where they do not.
std::string too_late(Database& database, const Closing& closing) {
    if (closing.through)
        return fmt::format("opening rows are taken before the first close only: {}; use adjustments",
                           closing.text);
    const auto batch = database.text("SELECT batch_id FROM payout_batch ORDER BY number LIMIT 1");
    if (!batch) return {};
    return fmt::format("opening rows are taken before the first payout only: batch {} was made; use "
                       "adjustments",
                       shown_value(*batch));
}

OpeningImporter::OpeningImporter(ImportContext& context)
    : AffiliateRowImporter(context, ImportKind::opening, "opening"),
      too_late_(too_late(context.database, context.closing)),
      known_(context.database.query(
          "SELECT row, import, amount FROM opening o WHERE member = ?1 AND item = ?2 AND bonus IS"
          " nullif(?3, '') AND measure IS nullif(?4, '') AND order_id IS nullif(?5, '') AND line IS"
          " nullif(?6, -1) AND level IS nullif(?7, -1) AND NOT EXISTS (SELECT 1 FROM replaced r"
          " WHERE r.table_name = 'opening' AND r.row = o.row)")),
      order_(context.database.query(
          "SELECT ordered_on FROM order_line o WHERE order_id = ?1 AND line = ?2 AND NOT EXISTS"
          " (SELECT 1 FROM replaced r WHERE r.table_name = 'order_line' AND r.row = o.row)")),
      insert_(context.database.query(
          "INSERT INTO opening(member, item, bonus, measure, order_id, line, level, import, amount)"
          " VALUES (?1, ?2, nullif(?3, ''), nullif(?4, ''), nullif(?5, ''), nullif(?6, -1),"
          " nullif(?7, -1), ?8, ?9) RETURNING row")) {}

void OpeningImporter::take() {
    OpeningRow row;
    row.member_id = reader_.id(opening_member_id);
    row.bonus = reader_.optional_id(opening_bonus);
    row.measure = reader_.optional_id(opening_measure);
    row.order_id = reader_.optional_id(opening_order_id);
    row.line = reader_.line(opening_line);
    row.level = reader_.level(opening_level);
    const bool has_item = read_item(row);
    if (!reader_.is_good() || !has_item || !read_member(row)) return;
    if (row.item == line && !read_order(row)) return;
    if (row.item != line) row.line = row.level = -1;  // NULL
    std::int64_t replaces = 0;
    if (settle_known(row, replaces) && is_open()) insert(row, replaces);
}

/// The item, what it needs and what says nothing about it, and its amount.
bool OpeningImporter::read_item(OpeningRow& row) {
    const std::int64_t item =
        reader_.word(opening_item, {"balance", "left", "right", "measure", "line"}, code::bad_item,
                     -1);
    if (reader_.raw(opening_item).empty())
        reader_.refuse(opening_item, code::missing_value,
                       "item is empty; write balance, left, right, measure or line");
    if (item < 0) return false;
    row.item = static_cast<Item>(item);
    for (const NamedColumn& named : named_columns) {
        const std::string_view name = opening_columns[named.column].name;
        const std::string_view field = reader_.raw(named.column);
        if (!field.empty() && !named.is_of(row.item))
            reader_.refuse(named.column, code::not_of_item,
                           fmt::format("{} {} says nothing about an item {}; leave it empty", name,
                                       shown_value(field), item_names[row.item]));
        const bool is_needed =
            (row.item == measure && named.column == opening_measure) ||
            (row.item == line &&
             (named.column == opening_bonus || named.column == opening_order_id));
        if (field.empty() && is_needed)
            reader_.refuse(reader_.has(named.column) ? named.column : std::size_t{opening_item},
                           code::missing_value,
                           fmt::format("{} is empty; every item {} needs one", name,
                                       item_names[row.item]));
    }
    row.amount = read_amount(row.item);
    return row.amount != not_stated;
}

/// Money of balances and lines, points of legs; measures are as fine as opening_measure_places.
std::int64_t OpeningImporter::read_amount(Item item) {
    const std::string_view field = reader_.raw(opening_amount);
    if (item == balance) return reader_.signed_money(opening_amount);
    if (field.empty()) {
        reader_.refuse(opening_amount, code::missing_value, "amount is empty; every row needs one");
        return not_stated;
    }
    if (field.starts_with('-')) {
        reader_.refuse(opening_amount, code::negative,
                       fmt::format("amount {} is negative; only a balance may be",
                                   shown_value(field)));
        return not_stated;
    }
    if (item == line) return reader_.money(opening_amount);
    return item == measure ? reader_.measure(opening_amount) : reader_.volume(opening_amount);
}

bool OpeningImporter::read_member(OpeningRow& row) {
    const auto member = find_member(opening_member_id, row.member_id, code::customer_opening);
    if (!member) return false;
    row.member = member->number;
    row.joined_on = member->joined_on;
    return !member->is_customer;
}

/// An opening line is of an order that is known, and its earner was there.
bool OpeningImporter::read_order(const OpeningRow& row) {
    order_.reset();
    order_.bind(1, row.order_id).bind(2, row.line);
    if (!order_.step()) {
        order_.reset();
        reader_.refuse(opening_order_id, code::unknown_order,
                       fmt::format("order_id {} line {} is no order; import the orders first",
                                   shown_value(row.order_id), row.line));
        return false;
    }
    const auto ordered_on = static_cast<Day>(order_.integer(0));
    order_.reset();
    if (row.joined_on <= ordered_on) return true;
    reader_.refuse(opening_order_id, code::order_before_joining,
                   fmt::format("order_id {} is of {}, but {} joined on {} and cannot have earned on "
                               "it; correct one of the two",
                               shown_value(row.order_id), format_day(ordered_on),
                               shown_value(row.member_id), format_day(row.joined_on)));
    return false;
}

void OpeningImporter::bind_key(Query& query, const OpeningRow& row) {
    query.reset();
    query.bind(1, row.member).bind(2, item_names[row.item]).bind(3, row.bonus);
    query.bind(4, row.measure).bind(5, row.order_id).bind(6, row.line).bind(7, row.level);
}

std::string OpeningImporter::amount_text(Item item, std::int64_t amount) const {
    const int places = context_.format.currency_places;
    if (item == measure) return format_decimal(amount, opening_measure_places(places));
    return format_decimal(amount, item == left || item == right ? 2 : places);
}

/// Whether a row that may be known goes in.
bool OpeningImporter::settle_known(const OpeningRow& row, std::int64_t& replaces) {
    bind_key(known_, row);
    if (!known_.step()) return true;
    const std::int64_t known_row = known_.integer(0), known_amount = known_.integer(2);
    const bool is_of_these = known_.integer(1) == context_.import_number;
    known_.reset();
    const std::string key =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", row.member_id, item_names[row.item], row.bonus,
                    row.measure, row.order_id, row.line, row.level);
    if (known_amount == row.amount) {
        context_.confirm(key);
        return false;
    }
    const bool is_twice = is_of_these || context_.confirmed_keys.contains(key);
    if (!context_.options.replace || is_twice) {
        reader_.refuse(opening_amount, code::conflict,
                       fmt::format("the {} of {} is known with other content: amount is {}, here "
                                   "{}; {}",
                                   item_names[row.item], shown_value(row.member_id),
                                   shown_value(amount_text(row.item, known_amount)),
                                   shown_value(amount_text(row.item, row.amount)),
                                   is_twice ? "the files have it twice, take one out"
                                            : "--replace lets the new content count"));
        return false;
    }
    replaces = known_row;
    return true;
}

bool OpeningImporter::is_open() {
    if (too_late_.empty()) return true;
    reader_.refuse(opening_item, code::closed_period, too_late_);
    return false;
}

void OpeningImporter::insert(const OpeningRow& row, std::int64_t replaces) {
    bind_key(insert_, row);
    insert_.bind(8, context_.import_number).bind(9, row.amount);
    AffiliateRowImporter::insert(insert_, replaces);
}

}  // namespace

std::unique_ptr<Importer> import_opening(ImportContext& context) {
    return std::make_unique<OpeningImporter>(context);
}

}  // namespace downline
