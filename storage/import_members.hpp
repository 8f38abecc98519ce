// Members on their way in: all rows of the files, column by column, and what is checked on them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/import_context.hpp"
#include "storage/runs.hpp"

namespace downline {

/// Good rows, column by column. "" and not_stated: nothing is said.
struct MemberRows {
    std::vector<std::unique_ptr<Segment>> segments;
    std::vector<std::uint32_t> segment, begin;  ///< where the row is
    std::vector<std::string_view> member_id, sponsor_id, enroller_id, placement_id, name, country,
        title;
    std::vector<Day> joined_on;
    std::vector<std::int8_t> kind, status;  ///< -1: not stated
    std::vector<std::int64_t> kind_on, status_on;
    std::vector<std::uint32_t> leg;              ///< 0: none
    std::vector<std::string_view> rejected_ids;  ///< of rows that are bad in themselves

    [[nodiscard]] std::size_t size() const { return member_id.size(); }
    /// Adds other rows behind these.
    void append(MemberRows&& other);
    /// A field as the file has it. REQUIRES: the file has the column.
    [[nodiscard]] std::string written(std::size_t row, std::size_t column) const;
    [[nodiscard]] RowProblem problem(std::size_t row, std::size_t column, std::string_view code,
                                     std::string text, bool keeps_row) const;
};

/// A segment's rows. Where its ids ascend, are new, and its parents came before, it needs no
/// further look: `first` is then the number of its first row, and parents are numbers (0: none).
struct MemberBatch {
    MemberRows rows;
    std::vector<RowProblem> problems;
    bool is_settled = false;
    std::uint32_t first = 0;
    std::vector<std::uint32_t> sponsor, enroller;
};

/// Reads files into batches, on a thread of its own.
class MemberParser {
public:
    MemberParser(ImportContext& context, KnownMembers& known);
    /// The next rows of the file, or null at its end.
    [[nodiscard]] std::unique_ptr<MemberBatch> next(SourceFile& file);
    [[nodiscard]] std::uint64_t row_count() const { return reader_.row_count(); }

private:
    void take(MemberRows& rows);
    void check_dates(Day joined_on, std::int64_t kind, std::int64_t kind_on, std::int64_t status,
                     std::int64_t status_on);
    void check_place(std::string_view placement_id, std::int64_t kind, std::uint32_t leg);
    void expect_rows(std::size_t row_count, std::uint64_t byte_count);
    bool settle(MemberBatch& batch);
    bool has_only_plain_rows(const MemberRows& rows) const;
    bool find_parents(const MemberBatch& batch, const IdTable& own,
                      const std::vector<std::string_view>& ids,
                      std::vector<std::uint32_t>& parents) const;

    const Closing& closing_;
    std::uint64_t bytes_total_;
    KnownMembers& known_;
    RowReader reader_;
    bool may_settle_;  ///< no batch needed a further look so far
    std::string largest_id_;
    std::vector<std::uint8_t> is_customer_;  ///< by number, of settled rows
};

/// The members that are new, in the order of their ids: entry i will have the number first + i.
struct NewMembers {
    std::uint32_t first = 0;
    std::vector<std::uint32_t> row;  ///< of MemberRows
    IdTable row_of;                  ///< the first row of an id
    IdTable rejected_ids;
    std::vector<std::uint32_t> entry_of;  ///< by row; IdTable::none where the row is not new
    /// Numbers; 0: none.
    std::vector<std::uint32_t> sponsor, enroller, placement;
    std::vector<std::uint8_t> is_rejected;
    [[nodiscard]] std::size_t size() const { return row.size(); }
    [[nodiscard]] bool holds(std::uint32_t number) const {
        return number >= first && number - first < row.size();
    }
};

/// Finds the parents of new members in every tree and refuses what makes no forest: unknown
/// parents, oneself, customers, cycles, a place that is taken. With --skip-bad members below a
/// rejected one are rejected too.
class MemberGraph {
public:
    MemberGraph(ImportContext& context, const MemberRows& rows, KnownMembers& known,
                NewMembers& fresh);
    void check();

private:
    struct Tree;
    void link(const Tree& tree);
    std::uint32_t parent_of(const Tree& tree, std::uint32_t entry);
    bool is_customer(std::uint32_t number);
    void find_cycles(const Tree& tree);
    void refuse_cycles(const Tree& tree, std::vector<std::vector<std::uint32_t>>& cycles);
    void check_places();
    void refuse_automatic_places(const std::vector<AutomaticPlace>& places);
    void spread_rejections();
    void reject(std::uint32_t entry, std::size_t column, std::string_view code, std::string text);

    ImportContext& context_;
    const MemberRows& rows_;
    KnownMembers& known_;
    NewMembers& fresh_;
    Query kind_;
    std::unordered_map<std::uint32_t, bool> customers_;
    std::vector<std::uint8_t> becomes_affiliate_;  ///< by entry
};

/// Rows of members who are known already: what differs is a dated version or an error.
class MemberVersions {
public:
    MemberVersions(ImportContext& context, const MemberRows& rows, KnownMembers& known,
                   const NewMembers& fresh);
    void settle(std::uint32_t row, std::uint32_t number);
    void add_change(std::uint32_t number, std::string_view item, Day holds_from,
                    std::int64_t value);

private:
    struct Known;
    Known read(std::uint32_t number);
    bool check_parents(std::uint32_t row, const Known& known);
    void read_moves(Known& known);
    bool check_parent(std::uint32_t row, std::size_t column, std::string_view id,
                      std::int64_t at_first, std::int64_t now, std::string_view code);
    bool settle_constants(std::uint32_t row, const Known& known, bool& is_changed);
    bool settle_kind(std::uint32_t row, const Known& known, bool& is_changed);
    bool settle_kind_day(std::uint32_t row, const Known& known, bool& is_changed);
    bool may_replace(const std::string& key);
    bool settle_status(std::uint32_t row, const Known& known, bool& is_changed);
    void settle_texts(std::uint32_t row, const Known& known, bool& is_changed);
    bool is_closed(std::uint32_t row, std::size_t column, Day day);
    void refuse(std::uint32_t row, std::size_t column, std::string_view code, std::string text);
    std::uint32_t number_of(std::string_view id);
    std::string id_of(std::int64_t number);

    ImportContext& context_;
    const MemberRows& rows_;
    KnownMembers& known_;
    const NewMembers& fresh_;
    Day today_ = 0;  ///< of the import: when a name or country begins to hold
    Query member_, changes_, moves_, id_, insert_, correct_;
};

}  // namespace downline
