// Rows of members files: typed, and settled at once where nothing that follows can matter to them.
#include <fmt/format.h>

#include <algorithm>

#include "engine/limits.hpp"
#include "engine/snapshot.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_members.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

constexpr auto affiliate = static_cast<std::int8_t>(MemberKind::affiliate);
constexpr auto customer = static_cast<std::int8_t>(MemberKind::customer);

}  // namespace

RowProblem MemberRows::problem(std::size_t row, std::size_t column, std::string_view code,
                               std::string text, bool keeps_row) const {
    const Segment& in = *segments[segment[row]];
    return in.problem(begin[row], in.header->place_of[column], code, std::move(text), keeps_row);
}

std::string MemberRows::written(std::size_t row, std::size_t column) const {
    const Segment& in = *segments[segment[row]];
    return harmless(in.field(begin[row], in.header->place_of[column]));
}

void MemberRows::append(MemberRows&& other) {
    const auto shift = static_cast<std::uint32_t>(segments.size());
    const std::size_t before = size(), added = other.size();
    for (std::unique_ptr<Segment>& given : other.segments) segments.push_back(std::move(given));
    const auto join = [&](auto& column, auto& more, const auto& otherwise) {
        column.resize(before, otherwise);
        more.resize(added, otherwise);
        column.insert(column.end(), more.begin(), more.end());
    };
    other.segment.resize(added, 0);
    for (std::uint32_t& place : other.segment) place += shift;
    join(segment, other.segment, 0U);
    join(begin, other.begin, 0U);
    const std::string_view nothing;
    for (const auto column :
         {&MemberRows::sponsor_id, &MemberRows::enroller_id, &MemberRows::placement_id,
          &MemberRows::name, &MemberRows::country, &MemberRows::title})
        join(this->*column, other.*column, nothing);
    join(joined_on, other.joined_on, Day{0});
    join(kind, other.kind, std::int8_t{-1});
    join(status, other.status, std::int8_t{-1});
    join(kind_on, other.kind_on, not_stated);
    join(status_on, other.status_on, not_stated);
    join(leg, other.leg, 0U);
    join(member_id, other.member_id, nothing);  // the last: it says how many there are
    rejected_ids.insert(rejected_ids.end(), other.rejected_ids.begin(), other.rejected_ids.end());
}

MemberParser::MemberParser(ImportContext& context, KnownMembers& known)
    : closing_(context.closing),
      bytes_total_(context.bytes_total),
      known_(known),
      reader_(ImportKind::members, context.format, context.problems.keeps_rows()),
      may_settle_(known.largest_number() == 0) {}

/// Dates of kind and status make sense beside the kind, the status and the joining.
void MemberParser::check_dates(Day joined_on, std::int64_t kind, std::int64_t kind_on,
                               std::int64_t status, std::int64_t status_on) {
    if (kind_on != not_stated && kind != affiliate)
        reader_.refuse(member_kind_on, code::kind_on_alone,
                       "kind_on is the day on which a customer became an affiliate; write the "
                       "kind affiliate, or leave kind_on empty");
    if (kind_on != not_stated && kind_on < joined_on)
        reader_.refuse(member_kind_on, code::kind_before_joining,
                       fmt::format("kind_on {} is before joined_on {}; correct one of them",
                                   RowDifferences::shown_day(kind_on), format_day(joined_on)));
    if (status_on != not_stated && status < 0)
        reader_.refuse(member_status_on, code::status_on_alone,
                       "status_on is the day on which a status began; write the status, or leave "
                       "status_on empty");
    if (status_on != not_stated && status_on < joined_on)
        reader_.refuse(member_status_on, code::status_before_joining,
                       fmt::format("status_on {} is before joined_on {}; correct one of them",
                                   RowDifferences::shown_day(status_on), format_day(joined_on)));
}

/// A place is a parent and a leg, and customers have none.
void MemberParser::check_place(std::string_view placement_id, std::int64_t kind,
                               std::uint32_t leg_number) {
    if (!placement_id.empty() && leg_number == 0)
        reader_.refuse(member_placement_id, code::leg_missing,
                       fmt::format("placement_id {} needs a leg: L, R or a number",
                                   shown_value(placement_id)));
    if (placement_id.empty() && leg_number != 0)
        reader_.refuse(member_leg, code::leg_alone,
                       "a leg without placement_id is no place; write both or none");
    if (kind == customer && !placement_id.empty())
        reader_.refuse(member_placement_id, code::customer_placed,
                       "a customer has no place in the placement tree; leave placement_id empty");
}

void MemberParser::take(MemberRows& rows) {
    const std::string_view member_id = reader_.id(member_member_id);
    const std::string_view sponsor_id = reader_.optional_id(member_sponsor_id);
    const Day joined_on = reader_.day(member_joined_on);
    const std::int64_t kind =
        reader_.word(member_kind, {"affiliate", "customer"}, code::bad_kind, -1);
    const std::int64_t kind_on = reader_.optional_day(member_kind_on);
    const std::int64_t status =
        reader_.word(member_status, {"active", "suspended", "terminated"}, code::bad_status, -1);
    const std::int64_t status_on = reader_.optional_day(member_status_on);
    const std::string_view enroller_id = reader_.optional_id(member_enroller_id),
                           placement_id = reader_.optional_id(member_placement_id),
                           name = reader_.text(member_name), country = reader_.text(member_country),
                           title = reader_.text(member_title);
    const std::uint32_t leg_number = reader_.leg(member_leg);
    if (reader_.is_good()) check_dates(joined_on, kind, kind_on, status, status_on);
    if (reader_.is_good()) check_place(placement_id, kind, leg_number);
    if (!reader_.is_good()) {
        if (!member_id.empty()) rows.rejected_ids.push_back(member_id);
        return;
    }
    rows.begin.push_back(reader_.row_begin());
    rows.member_id.push_back(member_id);
    rows.sponsor_id.push_back(sponsor_id);
    rows.joined_on.push_back(joined_on);
    const auto keep = [this](std::size_t column, auto& values, const auto& value) {
        using Value = typename std::decay_t<decltype(values)>::value_type;
        if (reader_.has(column)) values.push_back(static_cast<Value>(value));
    };
    keep(member_kind, rows.kind, kind);
    keep(member_kind_on, rows.kind_on, kind_on);
    keep(member_status, rows.status, status);
    keep(member_status_on, rows.status_on, status_on);
    keep(member_enroller_id, rows.enroller_id, enroller_id);
    keep(member_placement_id, rows.placement_id, placement_id);
    keep(member_leg, rows.leg, leg_number);
    keep(member_name, rows.name, name);
    keep(member_country, rows.country, country);
    keep(member_title, rows.title, title);
}

/// Rows that are all good, say nothing about places or changes, and ascend.
bool MemberParser::has_only_plain_rows(const MemberRows& rows) const {
    const auto is_said = [](std::string_view text) { return !text.empty(); };
    if (!rows.rejected_ids.empty() || closing_.through || rows.size() == 0) return false;
    if (std::any_of(rows.placement_id.begin(), rows.placement_id.end(), is_said)) return false;
    if (std::any_of(rows.kind_on.begin(), rows.kind_on.end(),
                    [](std::int64_t day) { return day != not_stated; }))
        return false;
    return rows.member_id.front() > largest_id_ &&
           std::is_sorted(rows.member_id.begin(), rows.member_id.end(), std::less_equal<>());
}

/// The numbers of parents, where all are affiliates that come before. `own` has the batch's rows.
bool MemberParser::find_parents(const MemberBatch& batch, const IdTable& own,
                                const std::vector<std::string_view>& ids,
                                std::vector<std::uint32_t>& parents) const {
    const MemberRows& rows = batch.rows;
    std::vector<std::uint32_t> own_rows(ids.size());
    parents.resize(ids.size());
    known_.find(ids, parents.data());
    own.find(ids, own_rows.data());
    for (std::size_t row = 0; row < ids.size(); ++row) {
        std::uint32_t& parent = parents[row];
        if (parent != IdTable::none) {
            if (is_customer_[parent] != 0) return false;
        } else if (own_rows[row] != IdTable::none) {
            if (own_rows[row] >= row) return false;
            if (!rows.kind.empty() && rows.kind[own_rows[row]] == customer) return false;
            parent = batch.first + own_rows[row];
        } else {
            if (!ids[row].empty()) return false;
            parent = 0;
        }
    }
    return true;
}

/// The other rows of all files are taken to be as long as the first ones.
void MemberParser::expect_rows(std::size_t row_count, std::uint64_t byte_count) {
    constexpr std::uint64_t row_bytes_min = 16;
    if (row_count == 0) return;
    const std::uint64_t row_bytes = std::max(byte_count / row_count, row_bytes_min);
    known_.expect(bytes_total_ / row_bytes);
}

/// Gives a batch its numbers where it needs no further look: then it can go in at once.
bool MemberParser::settle(MemberBatch& batch) {
    if (!batch.problems.empty() || !has_only_plain_rows(batch.rows)) return false;
    batch.first = known_.largest_number() + 1;
    IdTable own(batch.rows.size());
    own.add(batch.rows.member_id, 0);
    if (!find_parents(batch, own, batch.rows.sponsor_id, batch.sponsor) ||
        !find_parents(batch, own, batch.rows.enroller_id, batch.enroller))
        return false;
    known_.add(batch.rows.member_id);
    is_customer_.resize(batch.first);
    for (std::size_t row = 0; row < batch.rows.size(); ++row)
        is_customer_.push_back(!batch.rows.kind.empty() && batch.rows.kind[row] == customer);
    largest_id_ = batch.rows.member_id.back();
    return true;
}

std::unique_ptr<MemberBatch> MemberParser::next(SourceFile& file) {
    std::unique_ptr<Segment> segment = file.next();
    if (!segment) return nullptr;
    auto batch = std::make_unique<MemberBatch>();
    reader_.each_row(file, *segment, [&] { take(batch->rows); });
    batch->problems = std::move(reader_.problems);
    reader_.problems.clear();
    batch->rows.segments.push_back(std::move(segment));
    const bool is_empty = batch->rows.size() == 0 && batch->problems.empty();
    if (may_settle_ && is_customer_.empty()) expect_rows(batch->rows.size(), file.bytes());
    may_settle_ = may_settle_ && (is_empty || settle(*batch));
    batch->is_settled = may_settle_;
    return batch;
}

}  // namespace downline
