// Goals: what a member wants to earn in a month. Another `set_on` is another version; no run reads
// them, so that no period closes them.
#include <fmt/format.h>

#include "engine/plan/plan.hpp"
#include "storage/import_affiliate_rows.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

struct GoalRow {
    std::string_view member_id, stream;  ///< "": of all streams
    std::int64_t member{}, monthly_amount{}, set_on{}, reach_by{};
};

class GoalImporter : public AffiliateRowImporter {
public:
    explicit GoalImporter(ImportContext& context);

private:
    void take() override;
    bool read_member(GoalRow& row);
    bool settle_known(GoalRow& row, std::int64_t& replaces);
    void insert(const GoalRow& row, std::int64_t replaces);
    std::string money(std::int64_t amount) const {
        return format_decimal(amount, context_.format.currency_places);
    }

    Query known_, insert_;
};

void bind_key(Query& query, int first, const GoalRow& row) {
    query.bind(first, row.member);
    if (row.stream.empty()) query.bind_null(first + 1);
    else query.bind(first + 1, row.stream);
    if (row.set_on == not_stated) query.bind_null(first + 2);
    else query.bind(first + 2, row.set_on);
}

GoalImporter::GoalImporter(ImportContext& context)
    : AffiliateRowImporter(context, ImportKind::goals, "goal"),
      known_(context.database.query(
          "SELECT row, import, monthly_amount, reach_by FROM goal g WHERE member = ?1 AND stream IS"
          " ?2 AND set_on IS ?3 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name ="
          " 'goal' AND r.row = g.row)")),
      insert_(context.database.query(
          "INSERT INTO goal(import, member, stream, set_on, monthly_amount, reach_by)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING row")) {}

void GoalImporter::take() {
    GoalRow row;
    row.member_id = reader_.id(goal_member_id);
    row.monthly_amount = reader_.money(goal_monthly_amount, true);
    const std::int64_t stream = reader_.word(
        goal_stream,
        {"active", "residual", "leveraged", "leveraged-residual", "active-leveraged"},
        code::bad_stream, -1);
    if (stream >= 0) row.stream = stream_name(static_cast<StreamKind>(stream));
    row.set_on = reader_.optional_day(goal_set_on);
    row.reach_by = reader_.optional_day(goal_by);
    if (row.monthly_amount != not_stated) context_.total += row.monthly_amount;
    if (row.set_on != not_stated && row.reach_by != not_stated && row.reach_by < row.set_on)
        reader_.refuse(goal_by, code::by_before_set_on,
                       fmt::format("by {} is before set_on {}; correct one of them",
                                   RowDifferences::shown_day(row.reach_by),
                                   RowDifferences::shown_day(row.set_on)));
    if (!reader_.is_good() || !read_member(row)) return;
    std::int64_t replaces = 0;
    if (settle_known(row, replaces)) insert(row, replaces);
}

bool GoalImporter::read_member(GoalRow& row) {
    const auto member = find_member(goal_member_id, row.member_id, code::customer_goal);
    if (member) row.member = member->number;
    return member && !member->is_customer;
}

/// Whether a goal that may be known goes in; what the file lacks stays as it was.
bool GoalImporter::settle_known(GoalRow& row, std::int64_t& replaces) {
    known_.reset();
    bind_key(known_, 1, row);
    if (!known_.step()) return true;
    const std::int64_t known_row = known_.integer(0);
    const bool is_of_these = known_.integer(1) == context_.import_number;
    const std::int64_t known_by = known_.is_null(3) ? not_stated : known_.integer(3);
    if (!reader_.has(goal_by)) row.reach_by = known_by;
    RowDifferences found;
    found.add("monthly_amount", money(known_.integer(2)), money(row.monthly_amount));
    found.add("by", RowDifferences::shown_day(known_by), RowDifferences::shown_day(row.reach_by));
    known_.reset();
    const std::string key = fmt::format("{} {} {}", row.stream, row.set_on, row.member_id);
    if (found.is_empty()) {
        context_.confirm(key);
        return false;
    }
    const bool is_twice = is_of_these || context_.confirmed_keys.contains(key);
    if (!context_.options.replace || is_twice) {
        reader_.refuse(goal_member_id, code::conflict,
                       fmt::format("the goal of {} is known with other content: {}; {}",
                                   shown_value(row.member_id), found.text(),
                                   is_twice ? "the files have it twice, take one out"
                                            : "give the new one a set_on of its own, or --replace "
                                              "lets it count"));
        return false;
    }
    replaces = known_row;
    return true;
}

void GoalImporter::insert(const GoalRow& row, std::int64_t replaces) {
    insert_.reset();
    insert_.bind(1, context_.import_number);
    bind_key(insert_, 2, row);
    insert_.bind(5, row.monthly_amount);
    if (row.reach_by == not_stated) insert_.bind_null(6);
    else insert_.bind(6, row.reach_by);
    if (row.set_on != not_stated) context_.saw_day(static_cast<Day>(row.set_on));
    AffiliateRowImporter::insert(insert_, replaces);
}

}  // namespace

std::unique_ptr<Importer> import_goals(ImportContext& context) {
    return std::make_unique<GoalImporter>(context);
}

}  // namespace downline
