// Moves: who stands elsewhere from a day on. All rows are read first, because moves of one day
// apply together; then every tree must be a forest after each day.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/errors.hpp"
#include "engine/snapshot.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_context.hpp"
#include "storage/messages.hpp"
#include "storage/tree_history.hpp"

namespace downline {
namespace {

constexpr std::size_t printed_cycle_max = 20;

/// What a tree's new parents are refused with.
struct TreeCodes {
    std::string_view name;
    code::Code unknown, self, customer, cycle;
};
constexpr TreeCodes tree_codes[] = {
    {"sponsor", code::unknown_sponsor, code::self_sponsor, code::customer_sponsor,
     code::sponsor_cycle},
    {"enroller", code::unknown_enroller, code::self_enroller, code::customer_enroller,
     code::enroller_cycle},
    {"placement", code::unknown_placement, code::self_placement, code::customer_placement,
     code::placement_cycle},
};

/// A good row of the files, where it stands, and what it takes the place of.
struct MoveRow {
    Move move;
    Tree tree{};
    Day effective_on{};
    std::string reason;
    const Segment* segment = nullptr;
    std::uint32_t begin = 0;
    std::int64_t replaces = 0;  ///< a row of the table
    bool is_rejected = false;
};

class MoveImporter : public Importer {
public:
    explicit MoveImporter(ImportContext& context);
    std::uint64_t read(SourceFile& file) override;
    void finish() override;

private:
    void take();
    bool read_tree(MoveRow& row);
    bool read_member(MoveRow& row);
    bool read_parent(MoveRow& row);
    bool read_day(MoveRow& row);
    bool is_customer(std::uint32_t number);
    std::uint32_t find(std::size_t column, std::string_view id, std::string_view code);
    bool settle_known(MoveRow& row);
    std::string differences(const MoveRow& known, const MoveRow& here);
    void check_tree(Tree tree);
    void check_history(Tree tree, const TreeHistory& history);
    std::vector<Move> moves_with_rows(Tree tree, const std::vector<Move>& stored) const;
    std::vector<MoveRow*> cause(const TreeFault& fault, Tree tree);
    void reject(const TreeFault& fault, Tree tree);
    void insert(const MoveRow& row);
    std::string id_of(std::uint32_t number);

    ImportContext& context_;
    RowReader reader_;
    KnownMembers members_;
    std::vector<std::unique_ptr<Segment>> segments_;
    std::vector<MoveRow> rows_;
    std::map<std::tuple<std::uint32_t, Tree, Day>, std::size_t> row_of_;
    Query known_, kind_, id_, insert_, replace_;
};

MoveImporter::MoveImporter(ImportContext& context)
    : context_(context),
      reader_(ImportKind::moves, context.format, context.problems.keeps_rows()),
      members_(context.database, context.bytes_total),
      known_(context.database.query(
          "SELECT row, ifnull(new_parent, 0), ifnull(leg, 0), reason FROM moved WHERE member = ?1"
          " AND tree = ?2 AND effective_on = ?3")),
      kind_(context.database.query(
          "SELECT ifnull((SELECT value FROM member_change WHERE member = ?1 AND item = 'kind'"
          " ORDER BY holds_from DESC, row DESC LIMIT 1), kind), joined_on FROM member"
          " WHERE number = ?1")),
      id_(context.database.query("SELECT member_id FROM member WHERE number = ?1")),
      insert_(context.database.query(
          "INSERT INTO move(import, member, tree, new_parent, leg, effective_on, holds_from,"
          " reason) VALUES (?1, ?2, ?3, nullif(?4, 0), nullif(?5, 0), ?6, ?7, ?8)"
          " RETURNING row")),
      replace_(context.database.query("INSERT INTO replaced(table_name, row, import, by_row)"
                                      " VALUES ('move', ?1, ?2, ?3)")) {}

std::uint64_t MoveImporter::read(SourceFile& file) {
    const std::uint64_t before = reader_.row_count();
    while (std::unique_ptr<Segment> segment = file.next()) {
        segments_.push_back(std::move(segment));
        reader_.each_row(file, *segments_.back(), [this] { take(); });
        context_.problems.add(reader_.problems);
    }
    return reader_.row_count() - before;
}

std::string MoveImporter::id_of(std::uint32_t number) {
    id_.bind(1, std::int64_t{number});
    std::string id = id_.step() ? std::string(id_.text(0)) : std::string{};
    id_.reset();
    return id;
}

bool MoveImporter::is_customer(std::uint32_t number) {
    kind_.bind(1, std::int64_t{number});
    const bool found =
        kind_.step() && kind_.integer(0) == static_cast<std::int64_t>(MemberKind::customer);
    kind_.reset();
    return found;
}

bool MoveImporter::read_tree(MoveRow& row) {
    if (reader_.raw(move_tree).empty())
        reader_.refuse(move_tree, code::missing_value,
                       "tree is empty; write sponsor, enroller or placement");
    const std::int64_t tree =
        reader_.word(move_tree, {"sponsor", "enroller", "placement"}, code::bad_tree, -1);
    if (tree >= 0) row.tree = static_cast<Tree>(tree);
    row.reason = reader_.text(move_reason);
    if (reader_.raw(move_reason).empty())
        reader_.refuse(move_reason, code::missing_value, "reason is empty; every move needs one");
    return tree >= 0;
}

std::uint32_t MoveImporter::find(std::size_t column, std::string_view id, std::string_view code) {
    if (id.empty()) return 0;
    const std::uint32_t number = members_.find(id);
    if (number != IdTable::none) return number;
    reader_.refuse(column, code,
                   fmt::format("{} {} is nobody's; import the members first",
                               move_columns[column].name, shown_value(id)));
    return 0;
}

bool MoveImporter::read_member(MoveRow& row) {
    const std::string_view id = reader_.id(move_member_id);
    row.move.member = find(move_member_id, id, code::unknown_member);
    if (row.move.member == 0) return false;
    if (row.tree != Tree::placement || !is_customer(row.move.member)) return true;
    reader_.refuse(move_member_id, code::customer_placed,
                   fmt::format("member_id {} is a customer, and customers have no place; take the "
                               "row out",
                               shown_value(id)));
    return false;
}

bool MoveImporter::read_parent(MoveRow& row) {
    const TreeCodes& codes = tree_codes[static_cast<std::size_t>(row.tree)];
    const std::string_view id = reader_.optional_id(move_new_parent_id);
    row.move.parent = find(move_new_parent_id, id, codes.unknown);
    row.move.leg = reader_.leg(move_leg);
    if (!reader_.is_good()) return false;
    const auto refuse = [&](std::size_t column, std::string_view code, std::string text) {
        reader_.refuse(column, code, std::move(text));
        return false;
    };
    if (row.move.parent != 0 && row.move.parent == row.move.member)
        return refuse(
            move_new_parent_id, codes.self,
            fmt::format("new_parent_id {} is the member itself; name another", shown_value(id)));
    if (row.move.parent != 0 && is_customer(row.move.parent))
        return refuse(move_new_parent_id, codes.customer,
                      fmt::format("new_parent_id {} is a customer, and a customer has no downline; "
                                  "name an affiliate",
                                  shown_value(id)));
    if (row.tree != Tree::placement) {
        if (row.move.leg == 0) return true;
        return refuse(move_leg, code::leg_alone,
                      "a leg belongs to a move in the placement tree; leave it empty");
    }
    if (row.move.parent == 0)
        return refuse(move_new_parent_id, code::missing_value,
                      "new_parent_id is empty; a place is a parent and a leg");
    if (row.move.leg == 0)
        return refuse(
            move_new_parent_id, code::leg_missing,
            fmt::format("new_parent_id {} needs a leg: L, R or a number", shown_value(id)));
    return true;
}

/// The day on which it holds: the day that is stated, of a late one the first open day.
bool MoveImporter::read_day(MoveRow& row) {
    row.move.holds_from = row.move.effective_on = row.effective_on;
    kind_.bind(1, std::int64_t{row.move.member});
    const Day joined_on = kind_.step() ? static_cast<Day>(kind_.integer(1)) : Day{};
    kind_.reset();
    if (row.effective_on < joined_on) {
        reader_.refuse(move_effective_on, code::move_before_joining,
                       fmt::format("effective_on {} is before the member joined, {}; correct it",
                                   format_day(row.effective_on), format_day(joined_on)));
        return false;
    }
    if (!context_.closing.holds(row.effective_on)) return true;
    if (context_.options.late) {
        row.move.holds_from = *context_.closing.through + 1;
        return true;
    }
    reader_.refuse(move_effective_on, code::closed_period,
                   fmt::format("effective_on {} lies in a closed period: {}",
                               format_day(row.effective_on), context_.closing.late_remedy));
    return false;
}

std::string MoveImporter::differences(const MoveRow& known, const MoveRow& here) {
    RowDifferences found;
    if (known.move.parent != here.move.parent)
        found.add("new_parent_id", id_of(known.move.parent), id_of(here.move.parent));
    const auto leg = [](std::uint32_t number) {
        return number == 0 ? std::string{} : std::to_string(number);
    };
    found.add("leg", leg(known.move.leg), leg(here.move.leg));
    found.add("reason", known.reason, here.reason);
    return found.text();
}

/// Whether a move that may be known goes in.
bool MoveImporter::settle_known(MoveRow& row) {
    const auto key = std::tuple(row.move.member, row.tree, row.effective_on);
    const auto refuse = [&](std::string_view code, const std::string& difference,
                            std::string_view remedy) {
        reader_.refuse(move_member_id, code,
                       fmt::format("{} moves in the {} tree on {} already: {}; {}",
                                   shown_value(id_of(row.move.member)),
                                   tree_codes[static_cast<std::size_t>(row.tree)].name,
                                   format_day(row.effective_on), difference, remedy));
        return false;
    };
    if (const auto found = row_of_.find(key); found != row_of_.end()) {
        const std::string difference = differences(rows_[found->second], row);
        if (!difference.empty())
            return refuse(code::two_moves, difference, "one day takes one move, take one out");
        ++context_.report.unchanged_rows;
        return false;
    }
    known_.bind(1, std::int64_t{row.move.member}).bind(2, static_cast<std::int64_t>(row.tree));
    known_.bind(3, std::int64_t{row.effective_on});
    if (!known_.step()) {
        known_.reset();
        return true;
    }
    MoveRow known;
    known.move.parent = static_cast<std::uint32_t>(known_.integer(1));
    known.move.leg = static_cast<std::uint32_t>(known_.integer(2));
    known.reason = known_.text(3);
    row.replaces = known_.integer(0);
    known_.reset();
    const std::string difference = differences(known, row);
    const std::string text =
        fmt::format("{} {} {}", row.move.member, static_cast<int>(row.tree), row.effective_on);
    if (difference.empty()) {
        context_.confirm(text);
        return false;
    }
    if (context_.confirmed_keys.contains(text))
        return refuse(code::two_moves, difference, "the files have it twice, take one out");
    if (!context_.options.replace)
        return refuse(code::two_moves, difference,
                      "one day takes one move; --replace lets the new content count");
    return true;
}

void MoveImporter::take() {
    MoveRow row;
    const bool has_tree = read_tree(row);
    row.effective_on = reader_.day(move_effective_on);
    const bool has_member = read_member(row);
    const bool has_parent = has_tree && read_parent(row);
    if (!reader_.is_good() || !has_member || !has_parent) return;
    // The same row again is no news, also where its day is closed by now.
    if (!settle_known(row) || !read_day(row)) return;
    row.segment = segments_.back().get();
    row.begin = reader_.row_begin();
    row_of_.emplace(std::tuple(row.move.member, row.tree, row.effective_on), rows_.size());
    rows_.push_back(std::move(row));
}

/// The stored moves that are not replaced, and the rows that are not rejected.
std::vector<Move> MoveImporter::moves_with_rows(Tree tree, const std::vector<Move>& stored) const {
    std::vector<std::int64_t> replaced;
    std::vector<Move> moves;
    for (const MoveRow& row : rows_) {
        if (row.tree != tree || row.is_rejected) continue;
        moves.push_back(row.move);
        if (row.replaces != 0) replaced.push_back(row.replaces);
    }
    std::sort(replaced.begin(), replaced.end());
    for (const Move& move : stored)
        if (!std::binary_search(replaced.begin(), replaced.end(), move.row)) moves.push_back(move);
    return moves;
}

/// The rows without which a fault would not be: of its members, those of the newest day. None where
/// the fault is there without them.
std::vector<MoveRow*> MoveImporter::cause(const TreeFault& fault, Tree tree) {
    std::vector<MoveRow*> rows;
    for (MoveRow& row : rows_)
        if (row.tree == tree && !row.is_rejected && row.move.holds_from <= fault.day &&
            std::find(fault.members.begin(), fault.members.end(), row.move.member) !=
                fault.members.end())
            rows.push_back(&row);
    if (rows.empty()) return rows;
    const Day newest = (*std::max_element(rows.begin(), rows.end(), [](auto* a, auto* b) {
                           return a->move.holds_from < b->move.holds_from;
                       }))->move.holds_from;
    std::erase_if(rows, [newest](const MoveRow* row) { return row->move.holds_from != newest; });
    return rows;
}

void MoveImporter::reject(const TreeFault& fault, Tree tree) {
    const TreeCodes& codes = tree_codes[static_cast<std::size_t>(tree)];
    const std::vector<MoveRow*> rows = cause(fault, tree);
    const MoveRow& first = *rows.front();
    std::string_view code = code::leg_taken;
    std::string text;
    if (fault.is_cycle) {
        std::vector<std::uint32_t> cycle = fault.members;
        const auto begin = std::find(cycle.begin(), cycle.end(), first.move.member);
        std::rotate(cycle.begin(), begin, cycle.end());
        std::string chain;
        for (std::size_t i = 0; i < std::min(cycle.size(), printed_cycle_max); ++i)
            chain += harmless(id_of(cycle[i])) + " -> ";
        if (cycle.size() > printed_cycle_max)
            chain += fmt::format("… {} more -> ", cycle.size() - printed_cycle_max);
        chain += harmless(id_of(cycle.front()));
        code = codes.cycle;
        text = fmt::format("after {} {} links form a cycle of {}: {}; correct one of the moves",
                           format_day(fault.day), codes.name, cycle.size(), chain);
    } else {
        const std::uint32_t other = fault.members[first.move.member == fault.members[0] ? 1 : 0];
        text = fmt::format("leg {} below {} is taken by {} on {}; choose another",
                           harmless(first.segment->field(
                               first.begin, first.segment->header->place_of[move_leg])),
                           shown_value(id_of(first.move.parent)), shown_value(id_of(other)),
                           format_day(fault.day));
    }
    const int place =
        first.segment->header->place_of[fault.is_cycle ? move_new_parent_id : move_leg];
    context_.problems.add(first.segment->problem(first.begin, place, code, std::move(text),
                                                 context_.problems.keeps_rows()));
    for (MoveRow* row : rows) {
        row->is_rejected = true;
        if (row == &first || !context_.options.skip_bad) continue;
        context_.problems.add(row->segment->problem(
            row->begin, row->segment->header->place_of[move_new_parent_id],
            code::depends_on_rejected,
            "this move makes a tree none with one that was rejected; correct that one",
            context_.problems.keeps_rows()));
    }
}

void MoveImporter::check_tree(Tree tree) {
    const bool is_used = std::any_of(rows_.begin(), rows_.end(),
                                     [tree](const MoveRow& row) { return row.tree == tree; });
    if (!is_used) return;
    for (const TreeHistory& history : histories_of(context_.database, tree))
        check_history(tree, history);
}

void MoveImporter::check_history(Tree tree, const TreeHistory& history) {
    while (true) {
        std::vector<TreeFault> faults = history.faults(moves_with_rows(tree, history.moves()));
        // A run may have given a leg away that a move takes later: that is the next run's to say.
        std::erase_if(faults, [&](const TreeFault& fault) { return cause(fault, tree).empty(); });
        if (faults.empty()) return;
        std::stable_sort(faults.begin(), faults.end(), [](const auto& a, const auto& b) {
            return a.members.size() < b.members.size();
        });
        std::vector<std::uint32_t> told;  // a member may be in a cycle and in a leg that is taken
        for (const TreeFault& fault : faults) {
            if (std::find_first_of(told.begin(), told.end(), fault.members.begin(),
                                   fault.members.end()) != told.end())
                continue;
            reject(fault, tree);
            told.insert(told.end(), fault.members.begin(), fault.members.end());
        }
    }
}

void MoveImporter::insert(const MoveRow& row) {
    insert_.bind(1, context_.import_number).bind(2, std::int64_t{row.move.member});
    insert_.bind(3, static_cast<std::int64_t>(row.tree)).bind(4, std::int64_t{row.move.parent});
    insert_.bind(5, std::int64_t{row.move.leg}).bind(6, std::int64_t{row.effective_on});
    insert_.bind(7, std::int64_t{row.move.holds_from}).bind(8, row.reason);
    ensure(insert_.step(), "a move was stored without its row");
    const std::int64_t stored = insert_.integer(0);
    insert_.step();
    insert_.reset();
    context_.saw_day(row.move.holds_from);
    if (row.replaces == 0) {
        ++context_.report.new_rows;
        return;
    }
    replace_.bind(1, row.replaces).bind(2, context_.import_number).bind(3, stored).run();
    ++context_.report.changed_rows;
}

void MoveImporter::finish() {
    for (const Tree tree : {Tree::sponsor, Tree::enroller, Tree::placement}) check_tree(tree);
    for (const MoveRow& row : rows_)
        if (!row.is_rejected) insert(row);
}

}  // namespace

std::unique_ptr<Importer> import_moves(ImportContext& context) {
    return std::make_unique<MoveImporter>(context);
}

}  // namespace downline
