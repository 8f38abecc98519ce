// Adjustments: an amount put right by hand, with its reason, in the period that it names.
#include <fmt/format.h>

#include <optional>

#include "storage/import_affiliate_rows.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

struct AdjustmentRow {
    std::string_view adjustment_id, member_id, reason, bonus;
    std::int64_t member{}, amount{};
    Period period;
    Day last_day{};  ///< of the period; of a week of which no plan says where it starts the latest
};

/// On which day the weeks of the newest plan that is paid by them start; nothing where none is.
std::optional<Weekday> week_start_of(Database& database) {
    const auto first = database.integer(
        "SELECT first_day FROM run WHERE period GLOB '*-W*' ORDER BY number DESC LIMIT 1");
    if (!first) return std::nullopt;
    for (Weekday day = monday; day <= 7; ++day) {
        const auto week = period_of(static_cast<Day>(*first), PeriodKind::week, day);
        if (week.first == *first) return day;
    }
    return std::nullopt;
}

class AdjustmentImporter : public AffiliateRowImporter {
public:
    explicit AdjustmentImporter(ImportContext& context);

private:
    void take() override;
    bool read_period(AdjustmentRow& row);
    bool read_member(AdjustmentRow& row);
    bool settle_known(const AdjustmentRow& row, std::int64_t& replaces);
    bool is_open(std::size_t column, Day last_day, std::string_view what, bool may_be_late);
    void insert(const AdjustmentRow& row, std::int64_t replaces);
    std::string money(std::int64_t amount) const {
        return format_decimal(amount, context_.format.currency_places);
    }

    Query known_, insert_;
    std::optional<Weekday> week_start_;
};

AdjustmentImporter::AdjustmentImporter(ImportContext& context)
    : AffiliateRowImporter(context, ImportKind::adjustments, "adjustment"),
      known_(context.database.query(
          "SELECT a.row, a.import, m.member_id, a.period, a.last_day, a.amount, a.reason, a.bonus"
          " FROM adjustment a JOIN member m ON m.number = a.member WHERE a.adjustment_id = ?1 AND"
          " NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name = 'adjustment' AND"
          " r.row = a.row)")),
      insert_(context.database.query(
          "INSERT INTO adjustment(import, adjustment_id, member, period, first_day, last_day,"
          " amount, reason, bonus) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, ''))"
          " RETURNING row")),
      week_start_(week_start_of(context.database)) {}

void AdjustmentImporter::take() {
    AdjustmentRow row;
    row.adjustment_id = reader_.id(adjustment_adjustment_id);
    row.member_id = reader_.id(adjustment_member_id);
    row.amount = reader_.signed_money(adjustment_amount);
    row.reason = reader_.text(adjustment_reason);
    row.bonus = reader_.optional_id(adjustment_bonus);
    if (reader_.raw(adjustment_reason).empty())
        reader_.refuse(adjustment_reason, code::missing_value,
                       "reason is empty; every adjustment needs one");
    const bool has_period = read_period(row);
    if (row.amount != not_stated) context_.total += row.amount;
    if (!reader_.is_good() || !has_period || !read_member(row)) return;
    std::int64_t replaces = 0;
    if (!settle_known(row, replaces)) return;
    if (is_open(adjustment_period, row.last_day, "period " + period_name(row.period), true))
        insert(row, replaces);
}

bool AdjustmentImporter::read_period(AdjustmentRow& row) {
    const std::string_view text = reader_.raw(adjustment_period);
    const std::optional<Period> period = parse_period(text, week_start_.value_or(monday));
    if (period) {
        constexpr Weekday thursday = 4;  // by which weeks are named: the latest that one may start
        row.period = *period;
        row.last_day = week_start_ ? period->last : parse_period(text, thursday)->last;
    } else {
        reader_.refuse(adjustment_period, text.empty() ? code::missing_value : code::bad_period,
                       fmt::format("period {} is none; write 2026-10, 2026-W43, 2026-10-31, 2026-Q4 "
                                   "or 2026",
                                   shown_value(text)));
    }
    return period.has_value();
}

bool AdjustmentImporter::read_member(AdjustmentRow& row) {
    const auto member =
        find_member(adjustment_member_id, row.member_id, code::customer_adjusted);
    if (!member) return false;
    row.member = member->number;
    const bool joins_later = member->joined_on > row.last_day;
    if (joins_later)
        reader_.refuse(adjustment_period, code::period_before_joining,
                       fmt::format("period {} ends before {} joined; name a later one",
                                   period_name(row.period), shown_value(row.member_id)));
    return !member->is_customer && !joins_later;
}

/// Whether the period may take it; of a late one the first open period does.
bool AdjustmentImporter::is_open(std::size_t column, Day last_day, std::string_view what,
                                 bool may_be_late) {
    if (!context_.closing.holds(last_day)) return true;
    if (may_be_late && context_.options.late) return true;
    reader_.refuse(column, code::closed_period,
                   fmt::format("{} is closed: {}", what,
                               may_be_late ? context_.closing.late_remedy
                                           : context_.closing.text +
                                                 "; a correction is an adjustment of its own"));
    return false;
}

/// Whether an adjustment that may be known goes in.
bool AdjustmentImporter::settle_known(const AdjustmentRow& row, std::int64_t& replaces) {
    known_.reset();
    known_.bind(1, row.adjustment_id);
    if (!known_.step()) return true;
    const std::int64_t known_row = known_.integer(0);
    const bool is_of_these = known_.integer(1) == context_.import_number;
    const auto last_day = static_cast<Day>(known_.integer(4));
    const std::string period{known_.text(3)};
    RowDifferences found;
    found.add("member_id", std::string{known_.text(2)}, std::string{row.member_id});
    found.add("period", period, period_name(row.period));
    found.add("amount", money(known_.integer(5)), money(row.amount));
    found.add("reason", std::string{known_.text(6)}, std::string{row.reason});
    if (reader_.has(adjustment_bonus))
        found.add("bonus", std::string{known_.text(7)}, std::string{row.bonus});
    known_.reset();
    const std::string key{row.adjustment_id};
    if (found.is_empty()) {
        context_.confirm(key);
        return false;
    }
    const bool is_twice = is_of_these || context_.confirmed_keys.contains(key);
    if (!context_.options.replace || is_twice) {
        reader_.refuse(adjustment_adjustment_id, code::conflict,
                       fmt::format("adjustment_id {} is known with other content: {}; {}",
                                   shown_value(row.adjustment_id), found.text(),
                                   context_.conflict_remedy(is_twice, last_day,
                                                            "a correction is an adjustment of its "
                                                            "own")));
        return false;
    }
    replaces = known_row;
    return is_open(adjustment_adjustment_id, last_day,
                   fmt::format("adjustment_id {} is known in {}, which",
                               shown_value(row.adjustment_id), period),
                   false);
}

void AdjustmentImporter::insert(const AdjustmentRow& row, std::int64_t replaces) {
    insert_.reset();
    insert_.bind(1, context_.import_number).bind(2, row.adjustment_id).bind(3, row.member);
    insert_.bind(4, period_name(row.period)).bind(5, std::int64_t{row.period.first});
    insert_.bind(6, std::int64_t{row.last_day}).bind(7, row.amount).bind(8, row.reason);
    insert_.bind(9, row.bonus);
    context_.saw_day(row.period.first);
    AffiliateRowImporter::insert(insert_, replaces);
}

}  // namespace

std::unique_ptr<Importer> import_adjustments(ImportContext& context) {
    return std::make_unique<AdjustmentImporter>(context);
}

}  // namespace downline
