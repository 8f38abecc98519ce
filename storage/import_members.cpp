// Members: all rows are read first, because a sponsor may come after those it sponsors. New members
// are inserted in the order of their ids, so that their numbers ascend with their ids.
#include "storage/import_members.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/snapshot.hpp"
#include "storage/feed.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/messages.hpp"

namespace downline {

RowProblem MemberRows::problem(std::size_t row, std::size_t column, std::string_view code,
                               std::string text, bool keeps_row) const {
    const Segment& in = *segments[segment[row]];
    return in.problem(begin[row], in.header->place_of[column], code, std::move(text), keeps_row);
}

namespace {

constexpr auto affiliate = static_cast<std::int8_t>(MemberKind::affiliate);
constexpr auto customer = static_cast<std::int8_t>(MemberKind::customer);

/// A member as it is inserted.
struct MemberFeed {
    const MemberRows& rows;
    const NewMembers& fresh;
    const std::vector<std::uint32_t>& entries;
    std::int64_t import_number;
};

void emit_text(sqlite3_context* cell, std::string_view text) {
    if (text.empty()) return;
    sqlite3_result_text(cell, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void emit_number(sqlite3_context* cell, const std::vector<std::uint32_t>& column, std::size_t i) {
    if (!column.empty() && column[i] != 0) sqlite3_result_int64(cell, column[i]);
}

/// One who became an affiliate after joining was a customer first.
bool began_as_customer(const MemberRows& rows, std::uint32_t row) {
    return rows.kind[row] == customer ||
           (rows.kind_on[row] != not_stated && rows.kind_on[row] > rows.joined_on[row]);
}

void emit_member(const void* given, std::size_t place, int column, sqlite3_context* cell) {
    const auto& source = *static_cast<const MemberFeed*>(given);
    const MemberRows& rows = source.rows;
    const std::uint32_t entry = source.entries[place];
    const std::uint32_t row = source.fresh.row[entry];
    switch (column) {
        case 0: sqlite3_result_int64(cell, std::int64_t{source.fresh.first} + entry); break;
        case 1: sqlite3_result_int64(cell, source.import_number); break;
        case 2: emit_text(cell, rows.member_id[row]); break;
        case 3: emit_number(cell, source.fresh.sponsor, entry); break;
        case 4: emit_number(cell, source.fresh.enroller, entry); break;
        case 5: emit_number(cell, source.fresh.placement, entry); break;
        case 6: emit_number(cell, rows.leg, row); break;
        case 7: sqlite3_result_int64(cell, rows.joined_on[row]); break;
        case 8: sqlite3_result_int64(cell, began_as_customer(rows, row) ? 1 : 0); break;
        case 9: sqlite3_result_int64(cell, std::max<std::int8_t>(rows.status[row], 0)); break;
        case 10:
            if (rows.status_on[row] != not_stated) sqlite3_result_int64(cell, rows.status_on[row]);
            break;
        case 11: emit_text(cell, rows.name[row]); break;
        case 12: emit_text(cell, rows.country[row]); break;
        case 13: emit_text(cell, rows.title[row]); break;
        default: break;
    }
}

class MemberImporter : public Importer {
public:
    explicit MemberImporter(ImportContext& context)
        : context_(context),
          reader_(ImportKind::members, context.format, context.problems.keeps_rows()),
          known_(context.database, context.bytes_total) {}

    std::uint64_t read(SourceFile& file) override;
    void finish() override;

private:
    void take(Segment& segment);
    void check_dates(Day joined_on, std::int64_t kind, std::int64_t kind_on, std::int64_t status,
                     std::int64_t status_on);
    std::uint32_t leg();
    void sort_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& known_rows,
                   std::vector<std::uint32_t>& repeated_rows);
    void number_new_members();
    void check_closing();
    void insert_new_members(MemberVersions& versions);

    ImportContext& context_;
    RowReader reader_;
    KnownMembers known_;
    MemberRows rows_;
    NewMembers fresh_;
};

std::uint64_t MemberImporter::read(SourceFile& file) {
    const std::uint64_t before = reader_.row_count();
    while (std::unique_ptr<Segment> segment = file.next()) {
        Segment& here = *segment;
        rows_.segments.push_back(std::move(segment));
        reader_.each_row(file, here, [&] { take(here); });
        context_.problems.add(reader_.problems);
    }
    return reader_.row_count() - before;
}

/// L is 1, R is 2, or a number.
std::uint32_t MemberImporter::leg() {
    const std::string_view field = reader_.raw(member_leg);
    if (field.empty()) return 0;
    if (field == "L") return 1;
    if (field == "R") return 2;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
    if (error == std::errc{} && end == field.data() + field.size() && number >= 1 &&
        number <= plan_entries_max)
        return number;
    reader_.refuse(
        member_leg, code::bad_leg,
        fmt::format("leg {} is none of L, R, 1 to {}", shown_value(field), plan_entries_max));
    return 0;
}

/// Dates of kind and status make sense beside the kind, the status and the joining.
void MemberImporter::check_dates(Day joined_on, std::int64_t kind, std::int64_t kind_on,
                                 std::int64_t status, std::int64_t status_on) {
    if (kind_on != not_stated && kind != affiliate)
        reader_.refuse(member_kind_on, code::kind_on_alone,
                       "kind_on is the day on which a customer became an affiliate; write the "
                       "kind affiliate, or leave kind_on empty");
    if (kind_on != not_stated && kind_on < joined_on)
        reader_.refuse(member_kind_on, code::kind_before_joining,
                       fmt::format("kind_on {} is before joined_on {}",
                                   RowDifferences::shown_day(kind_on), format_day(joined_on)));
    if (status_on != not_stated && status < 0)
        reader_.refuse(member_status_on, code::status_on_alone,
                       "status_on is the day on which a status began; write the status, or leave "
                       "status_on empty");
    if (status_on != not_stated && status_on < joined_on)
        reader_.refuse(member_status_on, code::status_before_joining,
                       fmt::format("status_on {} is before joined_on {}",
                                   RowDifferences::shown_day(status_on), format_day(joined_on)));
}

void MemberImporter::take(Segment&) {
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
    const std::uint32_t leg_number = leg();
    if (reader_.is_good()) check_dates(joined_on, kind, kind_on, status, status_on);
    if (reader_.is_good() && !placement_id.empty() && leg_number == 0)
        reader_.refuse(member_placement_id, code::leg_missing,
                       fmt::format("placement_id {} needs a leg: L, R or a number",
                                   shown_value(placement_id)));
    if (reader_.is_good() && placement_id.empty() && leg_number != 0)
        reader_.refuse(member_leg, code::leg_alone,
                       "a leg without placement_id is no place; write both or none");
    if (reader_.is_good() && kind == customer && !placement_id.empty())
        reader_.refuse(member_placement_id, code::customer_placed,
                       "a customer has no place in the placement tree; leave placement_id empty");
    if (!reader_.is_good()) {
        if (!member_id.empty()) rows_.rejected_ids.add(member_id, 0);
        return;
    }
    rows_.segment.push_back(static_cast<std::uint32_t>(rows_.segments.size() - 1));
    rows_.begin.push_back(reader_.row_begin());
    rows_.member_id.push_back(member_id);
    rows_.sponsor_id.push_back(sponsor_id);
    rows_.joined_on.push_back(joined_on);
    rows_.kind.push_back(static_cast<std::int8_t>(kind));
    rows_.kind_on.push_back(kind_on);
    rows_.status.push_back(static_cast<std::int8_t>(status));
    rows_.status_on.push_back(status_on);
    rows_.enroller_id.push_back(enroller_id);
    rows_.placement_id.push_back(placement_id);
    rows_.leg.push_back(leg_number);
    rows_.name.push_back(name);
    rows_.country.push_back(country);
    rows_.title.push_back(title);
}

/// Tells new members from rows of known ones and rows that the files have again.
void MemberImporter::sort_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& known_rows,
                               std::vector<std::uint32_t>& repeated_rows) {
    rows_.row_of = IdTable(rows_.size());
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const std::string_view id = rows_.member_id[row];
        const bool is_first = rows_.row_of.add(id, row) == row;
        const std::uint32_t number = known_.largest_number() == 0 ? IdTable::none : known_.find(id);
        if (number != IdTable::none) known_rows.emplace_back(row, number);
        else if (is_first) fresh_.row.push_back(row);
        else repeated_rows.push_back(row);
    }
}

void MemberImporter::number_new_members() {
    const auto& ids = rows_.member_id;
    const auto is_before = [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; };
    if (!std::is_sorted(fresh_.row.begin(), fresh_.row.end(), is_before))
        std::sort(fresh_.row.begin(), fresh_.row.end(), is_before);
    fresh_.first = known_.largest_number() + 1;
    ensure(std::uint64_t{fresh_.first} + fresh_.size() < member_count_max,
           "more members than a database may have");
    fresh_.entry_of.assign(rows_.size(), IdTable::none);
    for (std::uint32_t entry = 0; entry < fresh_.size(); ++entry)
        fresh_.entry_of[fresh_.row[entry]] = entry;
    fresh_.is_rejected.assign(fresh_.size(), 0);
}

/// Nobody joins in a closed period.
void MemberImporter::check_closing() {
    if (!context_.closing.through) return;
    std::vector<std::uint32_t> refused;
    for (std::uint32_t entry = 0; entry < fresh_.size(); ++entry)
        if (context_.closing.holds(rows_.joined_on[fresh_.row[entry]])) refused.push_back(entry);
    std::sort(refused.begin(), refused.end(),
              [&](auto a, auto b) { return fresh_.row[a] < fresh_.row[b]; });
    for (const std::uint32_t entry : refused) {
        const std::uint32_t row = fresh_.row[entry];
        fresh_.is_rejected[entry] = 1;
        context_.problems.add(
            rows_.problem(row, member_joined_on, code::closed_period,
                          fmt::format("joined_on {} lies in a closed period: {}",
                                      format_day(rows_.joined_on[row]), context_.closing.text),
                          context_.problems.keeps_rows()));
    }
}

void MemberImporter::insert_new_members(MemberVersions& versions) {
    std::vector<std::uint32_t> entries;
    entries.reserve(fresh_.size());
    for (std::uint32_t entry = 0; entry < fresh_.size(); ++entry)
        if (fresh_.is_rejected[entry] == 0) entries.push_back(entry);
    Feed feed(context_.database, "member",
              {"number", "import", "member_id", "sponsor", "enroller", "placement", "leg",
               "joined_on", "kind", "status", "status_on", "name", "country", "title"});
    const MemberFeed source{rows_, fresh_, entries, context_.import_number};
    feed.insert(&source, 0, entries.size(), emit_member);
    for (const std::uint32_t entry : entries) {
        const std::uint32_t row = fresh_.row[entry];
        context_.saw_day(rows_.joined_on[row]);
        if (rows_.kind[row] != customer && began_as_customer(rows_, row))
            versions.add_change(fresh_.first + entry, "kind", static_cast<Day>(rows_.kind_on[row]),
                                affiliate);
    }
    context_.report.new_rows += entries.size();
}

void MemberImporter::finish() {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> known_rows;
    std::vector<std::uint32_t> repeated_rows;
    sort_rows(known_rows, repeated_rows);
    number_new_members();
    MemberVersions versions(context_, rows_, known_, fresh_);
    for (const auto& [row, number] : known_rows) versions.settle(row, number);
    check_closing();
    MemberGraph(context_, rows_, known_, fresh_).check();
    insert_new_members(versions);
    for (const std::uint32_t row : repeated_rows) {
        const std::uint32_t entry = fresh_.entry_of[rows_.row_of.find(rows_.member_id[row])];
        if (fresh_.is_rejected[entry] == 0) versions.settle(row, fresh_.first + entry);
        else if (context_.options.skip_bad)
            context_.problems.add(
                rows_.problem(row, member_member_id, code::depends_on_rejected,
                              fmt::format("member_id {} has a row that was rejected",
                                          shown_value(rows_.member_id[row])),
                              true));
    }
}

}  // namespace

std::unique_ptr<Importer> import_members(ImportContext& context) {
    return std::make_unique<MemberImporter>(context);
}

}  // namespace downline
