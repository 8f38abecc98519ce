// Members: all rows are read first, because a sponsor may come after those it sponsors. New members
// are inserted in the order of their ids, so that their numbers ascend with their ids.
#include "storage/import_members.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/snapshot.hpp"
#include "storage/feed.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/messages.hpp"
#include "storage/parse_ahead.hpp"

namespace downline {

namespace {

constexpr auto affiliate = static_cast<std::int8_t>(MemberKind::affiliate);
constexpr auto customer = static_cast<std::int8_t>(MemberKind::customer);

/// The columns of the table, by the places that are asked for.
constexpr std::string_view table_columns[] = {
    "number",    "import", "member_id", "sponsor",   "enroller", "placement", "leg",
    "joined_on", "kind",   "status",    "status_on", "name",     "country",   "title"};

/// The columns that rows of a file without placements and changes can fill. The table numbers
/// such rows itself.
std::vector<Feed::Column> feed_columns(const Header& header, std::int64_t import_number) {
    std::vector<Feed::Column> columns;
    const auto add = [&](int place, std::optional<std::int64_t> constant = std::nullopt) {
        columns.push_back({table_columns[place], place, constant});
    };
    add(1, import_number);
    for (const int place : {2, 3, 7}) add(place);
    if (header.has(member_kind)) add(8);
    else add(8, affiliate);
    if (header.has(member_status)) add(9);
    else add(9, 0);
    for (const auto& [column, place] : {std::pair{member_enroller_id, 4},
                                        {member_status_on, 10},
                                        {member_name, 11},
                                        {member_country, 12},
                                        {member_title, 13}})
        if (header.has(column)) add(place);
    return columns;
}

std::vector<Feed::Column> all_columns() {
    std::vector<Feed::Column> columns;
    for (int place = 0; place < 14; ++place) columns.push_back({table_columns[place], place});
    return columns;
}

void emit_text(sqlite3_context* cell, std::string_view text) {
    if (text.empty()) return;
    sqlite3_result_text(cell, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void emit_number(sqlite3_context* cell, const std::vector<std::uint32_t>& column, std::size_t i) {
    if (!column.empty() && column[i] != 0) sqlite3_result_int64(cell, column[i]);
}

/// One who became an affiliate after joining was a customer first.
bool began_as_customer(const MemberRows& rows, std::size_t row) {
    if (rows.kind.empty()) return false;
    return rows.kind[row] == customer ||
           (!rows.kind_on.empty() && rows.kind_on[row] != not_stated &&
            rows.kind_on[row] > rows.joined_on[row]);
}

/// What the row itself says, by place in table_columns.
void emit_row(const MemberRows& rows, std::size_t row, int place, sqlite3_context* cell) {
    switch (place) {
        case 2: emit_text(cell, rows.member_id[row]); break;
        case 6: emit_number(cell, rows.leg, row); break;
        case 7: sqlite3_result_int64(cell, rows.joined_on[row]); break;
        case 8: sqlite3_result_int64(cell, began_as_customer(rows, row) ? 1 : 0); break;
        case 9:
            sqlite3_result_int64(
                cell, rows.status.empty() ? 0 : std::max<std::int8_t>(rows.status[row], 0));
            break;
        case 10:
            if (rows.status_on[row] != not_stated) sqlite3_result_int64(cell, rows.status_on[row]);
            break;
        case 11: emit_text(cell, rows.name[row]); break;
        case 12: emit_text(cell, rows.country[row]); break;
        case 13: emit_text(cell, rows.title[row]); break;
        default: break;
    }
}

/// New members after their graph was checked.
struct MemberFeed {
    const MemberRows& rows;
    const NewMembers& fresh;
    const std::vector<std::uint32_t>& entries;
    std::int64_t import_number;
};

void emit_member(const void* given, std::size_t place, int column, sqlite3_context* cell) {
    const auto& source = *static_cast<const MemberFeed*>(given);
    const std::uint32_t entry = source.entries[place];
    switch (column) {
        case 0: sqlite3_result_int64(cell, std::int64_t{source.fresh.first} + entry); break;
        case 1: sqlite3_result_int64(cell, source.import_number); break;
        case 3: emit_number(cell, source.fresh.sponsor, entry); break;
        case 4: emit_number(cell, source.fresh.enroller, entry); break;
        case 5: emit_number(cell, source.fresh.placement, entry); break;
        default: emit_row(source.rows, source.fresh.row[entry], column, cell); break;
    }
}

/// A batch that needs no further look.

void emit_settled(const void* given, std::size_t row, int column, sqlite3_context* cell) {
    const auto& batch = *static_cast<const MemberBatch*>(given);
    switch (column) {
        case 3: emit_number(cell, batch.sponsor, row); break;
        case 4: emit_number(cell, batch.enroller, row); break;
        default: emit_row(batch.rows, row, column, cell); break;
    }
}

class MemberImporter : public Importer {
public:
    explicit MemberImporter(ImportContext& context)
        : context_(context),
          known_(context.database, context.bytes_total),
          parser_(context, known_) {}

    std::uint64_t read(SourceFile& file) override;
    void finish() override;

private:
    void insert_settled(const MemberBatch& batch, const Header& header);
    void sort_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& known_rows,
                   std::vector<std::uint32_t>& repeated_rows);
    void number_new_members();
    void check_closing();
    void insert_new_members(MemberVersions& versions);

    ImportContext& context_;
    KnownMembers known_;
    MemberParser parser_;
    std::optional<Feed> settled_feed_;  ///< of the file that is being read
    MemberRows rows_;
    NewMembers fresh_;
};

std::uint64_t MemberImporter::read(SourceFile& file) {
    const std::uint64_t before = parser_.row_count();
    settled_feed_.reset();
    // Where the members are asked of the database, its one connection is not shared.
    ParseAhead<MemberBatch> ahead([&] { return parser_.next(file); }, known_.is_complete());
    while (const std::unique_ptr<MemberBatch> batch = ahead.next()) {
        context_.problems.add(batch->problems);
        if (batch->is_settled) insert_settled(*batch, file.header());
        else rows_.append(std::move(batch->rows));
    }
    return parser_.row_count() - before;
}

/// Inserts rows that need no further look, with the columns that the file has.
void MemberImporter::insert_settled(const MemberBatch& batch, const Header& header) {
    if (!settled_feed_)
        settled_feed_.emplace(context_.database, "member",
                              feed_columns(header, context_.import_number));
    settled_feed_->insert(&batch, 0, batch.rows.size(), emit_settled);
    ensure(batch.rows.size() == 0 ||
               sqlite3_last_insert_rowid(context_.database.handle()) ==
                   batch.first + static_cast<std::int64_t>(batch.rows.size()) - 1,
           "members did not get the numbers that others name");
    const auto [first, last] =
        std::minmax_element(batch.rows.joined_on.begin(), batch.rows.joined_on.end());
    if (first != batch.rows.joined_on.end()) {
        context_.saw_day(*first);
        context_.saw_day(*last);
    }
    context_.report.new_rows += batch.rows.size();
}

/// Tells new members from rows of known ones and rows that the files have again.
void MemberImporter::sort_rows(std::vector<std::pair<std::uint32_t, std::uint32_t>>& known_rows,
                               std::vector<std::uint32_t>& repeated_rows) {
    fresh_.row_of.reserve(rows_.size());
    for (const std::string_view id : rows_.rejected_ids) fresh_.rejected_ids.add(id, 0);
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
        const std::string_view id = rows_.member_id[row];
        const bool is_first = fresh_.row_of.add(id, row) == row;
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

/// Nobody joins in a closed period, unless late: then runs see them from the open period on.
void MemberImporter::check_closing() {
    if (!context_.closing.through || context_.options.late) return;
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
                                      format_day(rows_.joined_on[row]),
                                      context_.closing.late_remedy),
                          context_.problems.keeps_rows()));
    }
}

void MemberImporter::insert_new_members(MemberVersions& versions) {
    std::vector<std::uint32_t> entries;
    entries.reserve(fresh_.size());
    for (std::uint32_t entry = 0; entry < fresh_.size(); ++entry)
        if (fresh_.is_rejected[entry] == 0) entries.push_back(entry);
    Feed feed(context_.database, "member", all_columns());
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
        const std::uint32_t entry = fresh_.entry_of[fresh_.row_of.find(rows_.member_id[row])];
        if (fresh_.is_rejected[entry] == 0) versions.settle(row, fresh_.first + entry);
        else if (context_.options.skip_bad)
            context_.problems.add(
                rows_.problem(row, member_member_id, code::depends_on_rejected,
                              fmt::format("member_id {} has a row that was rejected; correct that one",
                                          shown_value(rows_.member_id[row])),
                              true));
    }
}

}  // namespace

std::unique_ptr<Importer> import_members(ImportContext& context) {
    return std::make_unique<MemberImporter>(context);
}

}  // namespace downline
