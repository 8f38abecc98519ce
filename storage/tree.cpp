// A downline as it was on a day, with what a run found about everyone in it.
#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/forest.hpp"
#include "storage/earnings.hpp"
#include "storage/load_parts.hpp"
#include "storage/members.hpp"
#include "storage/run_reader.hpp"

namespace downline {
namespace {

const std::vector<MemberIndex>& parents_in(const Members& members, Tree tree) {
    if (tree == Tree::enroller && !members.enroller.empty()) return members.enroller;
    if (tree == Tree::placement) return members.placement;
    return members.sponsor;
}

std::string_view status_name(Status status) {
    switch (status) {
        case Status::active: return "active";
        case Status::suspended: return "suspended";
        case Status::terminated: return "terminated";
    }
    return "active";
}

/// Everything that a row of the tree is made of.
class TreeReader {
public:
    TreeReader(Database& database, const std::optional<RunRecord>& run, Tree tree, Day day,
               std::int64_t last_import)
        : loaded_(load_members(database, as_of(database, last_import),
                               Period{PeriodKind::day, day, day}, run ? run->number : 0)),
          names_(database.query("SELECT name FROM member WHERE number = ?1")),
          new_names_(changed_values(database, "name", INT32_MAX)),
          statement_(database.query("SELECT is_active, rank, amount, measures FROM statement"
                                    " WHERE run = ?1 AND member = ?2")) {
        const auto& parents = parents_in(loaded_.members, tree);
        if (parents.size() != loaded_.members.count)
            throw Refusal(Refusal::Kind::input,
                          "nobody has a place yet: the members file has no placement_id; ask for "
                          "the sponsor or enroller tree");
        forest_ = make_forest(parents, std::vector<std::uint8_t>(loaded_.members.count, 1));
        below_ = roll_up(forest_, std::vector<std::int64_t>(forest_.count(), 1));
        if (run) reader_.emplace(database.handle(), run->number);
    }

    /// In preorder, siblings by id; of each frontline the `top` with the most below.
    std::vector<TreeRow> rows(MemberIndex top_member, std::uint32_t depth_max, std::uint32_t top) {
        std::vector<TreeRow> rows;
        std::vector<Position> waiting{forest_.position()[top_member]};
        const std::uint32_t top_depth = forest_.depth()[waiting.back()];
        while (!waiting.empty()) {
            const Position position = waiting.back();
            waiting.pop_back();
            TreeRow& row = rows.emplace_back(row_of(position));
            row.depth = forest_.depth()[position] - top_depth;
            std::vector<Position> shown;
            if (row.depth < depth_max) shown = largest_children(position, top);
            const Position child_count =
                forest_.first_child(position + 1) - forest_.first_child(position);
            row.is_cut = shown.size() < child_count;
            waiting.insert(waiting.end(), shown.rbegin(), shown.rend());
        }
        return rows;
    }

    [[nodiscard]] MemberIndex index(std::int64_t number) const { return loaded_.index(number); }

private:
    /// By id.
    std::vector<Position> largest_children(Position position, std::uint32_t top) const {
        std::vector<Position> children;
        for (Position p = forest_.first_child(position); p < forest_.first_child(position + 1); ++p)
            children.push_back(p);
        const auto by_id = [&](Position a, Position b) {
            return forest_.member()[a] < forest_.member()[b];
        };
        std::sort(children.begin(), children.end(), by_id);
        if (children.size() <= top) return children;
        std::stable_sort(children.begin(), children.end(),
                         [&](Position a, Position b) { return below_[a] > below_[b]; });
        children.resize(top);
        std::sort(children.begin(), children.end(), by_id);
        return children;
    }

    TreeRow row_of(Position position) {
        const MemberIndex member = forest_.member()[position];
        const std::int64_t number = loaded_.members.number[member];
        TreeRow row;
        row.member_id = loaded_.ids[member];
        row.name = name_of(number);
        row.is_customer = loaded_.members.kind[member] == MemberKind::customer;
        row.status = status_name(loaded_.members.status[member]);
        row.downline_count = static_cast<std::uint32_t>(below_[position] - 1);
        if (reader_) add_statement(number, row);
        return row;
    }

    std::optional<std::string> name_of(std::int64_t number) {
        if (const auto found = new_names_.find(number); found != new_names_.end())
            return found->second;
        names_.reset();
        names_.bind(1, number);
        if (!names_.step() || names_.is_null(0)) return std::nullopt;
        return std::string{names_.text(0)};
    }

    void add_statement(std::int64_t number, TreeRow& row) {
        statement_.reset();
        statement_.bind(1, reader_->run()).bind(2, number);
        const bool has_statement = statement_.step();
        if (has_statement) {
            row.is_active = statement_.integer(0) != 0;
            row.rank = reader_->rank(statement_.integer(1));
            row.amount_minor = statement_.integer(2);
        }
        if (row.is_customer) return;
        for (const auto& [name, value] :
             reader_->measure_texts(has_statement ? statement_.blob(3) : std::string_view{})) {
            if (name == "pv") row.pv = value;
            if (name == "gv") row.gv = value;
        }
    }

    LoadedMembers loaded_;
    Query names_;
    std::unordered_map<std::int64_t, std::string> new_names_;
    Query statement_;
    Forest forest_;
    std::vector<std::int64_t> below_;  ///< by position, oneself included
    std::optional<RunReader> reader_;
};

/// The last import that a closed run of the day saw; without one, all that came.
std::int64_t seen_on(Database& database, Day day) {
    return database
        .integer(fmt::format("SELECT max(last_import) FROM run WHERE state = 'final'"
                             " AND {} BETWEEN first_day AND last_day",
                             day))
        .value_or(INT64_MAX);
}

}  // namespace

std::vector<TreeRow> tree_of(Database& database, const std::optional<RunRecord>& run,
                             const std::string& member_id, Tree tree, std::optional<Day> on,
                             std::uint32_t depth_max, std::uint32_t top) {
    constexpr Day no_day = INT32_MAX;
    const Day day = on ? *on : run ? run->last_day : no_day;
    const MemberRecord member = find_member(database, member_id, day);
    // A period is told as its run saw it, and so is a day of a closed one: what came late holds from
    // the open period on. Other days are told as they are known now.
    const std::int64_t last_import = run && !on ? run->last_import : seen_on(database, day);
    TreeReader reader(database, run, tree, day, last_import);
    const MemberIndex index = reader.index(member.number);
    if (index == no_member && member.joined_on <= day)
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{} came after the period of {} was closed; it is there from the "
                                  "open period on",
                                  member_id, format_day(day)));
    if (index == no_member)
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{} joins on {}, after {}", member_id,
                                  format_day(member.joined_on), format_day(day)));
    return reader.rows(index, depth_max, top);
}

}  // namespace downline
