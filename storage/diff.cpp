// diff: see the header. Both runs' statements are read side by side in the order of members.
#include "storage/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "engine/errors.hpp"
#include "storage/corrections.hpp"
#include "storage/diff_causes.hpp"
#include "storage/plan_changes.hpp"
#include "storage/run_reader.hpp"

namespace downline {
namespace {

RunRecord record_of(Database& database, std::int64_t number) {
    const std::vector<RunRecord> runs = list_runs(database);
    const auto at = std::ranges::find(runs, number, &RunRecord::number);
    if (at == runs.end())
        throw Refusal(Refusal::Kind::state,
                      fmt::format("there is no run {}; `downline runs` lists them", number));
    return *at;
}

/// Bonus codes of both runs, those of the later one first.
class BonusCodes {
public:
    BonusCodes(Database& database, std::int64_t before, std::int64_t after) {
        places_after_ = read(database, after);
        places_before_ = read(database, before);
        for (const std::int64_t run : {after, before})
            for (CorrectionRecord& line : corrections_of(database.handle(), run))
                (run == after ? after_ : before_)[line.member].emplace_back(
                    index_of(line.bonus), line.amount_minor);
    }
    /// What was put right of a member, by index.
    using Amounts = std::vector<std::pair<std::size_t, std::int64_t>>;
    [[nodiscard]] const Amounts& corrections_before(std::int64_t member) const {
        return corrections(before_, member);
    }
    [[nodiscard]] const Amounts& corrections_after(std::int64_t member) const {
        return corrections(after_, member);
    }
    [[nodiscard]] std::size_t count() const { return codes_.size(); }
    [[nodiscard]] const std::string& code(std::size_t index) const { return codes_[index]; }
    [[nodiscard]] std::size_t of_before(std::size_t place) const { return at(places_before_, place); }
    [[nodiscard]] std::size_t of_after(std::size_t place) const { return at(places_after_, place); }

private:
    std::vector<std::size_t> read(Database& database, std::int64_t run) {
        Query query = database.query("SELECT code FROM run_bonus WHERE run = ?1 ORDER BY place");
        query.bind(1, run);
        std::vector<std::size_t> places;
        while (query.step()) {
            places.push_back(index_of(std::string{query.text(0)}));
        }
        return places;
    }
    std::size_t index_of(const std::string& code) {
        const auto known = std::ranges::find(codes_, code);
        const auto index = static_cast<std::size_t>(known - codes_.begin());
        if (known == codes_.end()) codes_.push_back(code);
        return index;
    }
    [[nodiscard]] static const Amounts& corrections(const std::map<std::int64_t, Amounts>& of_run,
                                                    std::int64_t member) {
        static const Amounts none;
        const auto at = of_run.find(member);
        return at == of_run.end() ? none : at->second;
    }
    [[nodiscard]] static std::size_t at(const std::vector<std::size_t>& places, std::size_t place) {
        if (place >= places.size())
            throw StorageError("a statement names a bonus that its run does not have; restore the "
                               "database from a backup");
        return places[place];
    }
    std::map<std::int64_t, Amounts> before_, after_;  ///< by member
    std::vector<std::string> codes_;
    std::vector<std::size_t> places_before_, places_after_;
};

/// Statements of one run in the order of members, one at a time.
class Statements {
public:
    Statements(Database& database, std::int64_t run)
        : query_(database.query("SELECT member, amount, totals FROM statement WHERE run = ?1"
                                " ORDER BY member")) {
        query_.bind(1, run);
        next();
    }
    void next() { member_ = query_.step() ? query_.integer(0) : INT64_MAX; }
    /// Of the current statement; INT64_MAX at the end.
    [[nodiscard]] std::int64_t member() const { return member_; }
    [[nodiscard]] std::int64_t amount_minor() const { return query_.integer(1); }
    [[nodiscard]] std::string_view totals() const { return query_.blob(2); }

private:
    Query query_;
    std::int64_t member_ = 0;
};

class Comparison {
public:
    Comparison(Database& database, const RunRecord& before, const RunRecord& after)
        : database_(database),
          codes_(database, before.number, after.number),
          before_(database, before.number),
          after_(database, after.number) {}

    void compare(RunDifference& difference) {
        while (before_.member() != INT64_MAX || after_.member() != INT64_MAX) {
            const std::int64_t member = std::min(before_.member(), after_.member());
            const bool is_before = before_.member() == member, is_after = after_.member() == member;
            // What is the same to the byte needs no unpacking.
            const bool is_same = is_before && is_after &&
                                 before_.amount_minor() == after_.amount_minor() &&
                                 before_.totals() == after_.totals() &&
                                 codes_.corrections_before(member) ==
                                     codes_.corrections_after(member);
            if (!is_same) compare_member(member, is_before, is_after, difference);
            if (is_before) before_.next();
            if (is_after) after_.next();
        }
    }

private:
    void compare_member(std::int64_t member, bool is_before, bool is_after,
                        RunDifference& difference) {
        std::vector<Difference> sums(codes_.count());
        if (is_before)
            for (const auto& [place, totals] : statement_totals(before_.totals()))
                for (const Total& total : totals)
                    sums[codes_.of_before(place)].before_minor += total.amount_minor;
        if (is_after)
            for (const auto& [place, totals] : statement_totals(after_.totals()))
                for (const Total& total : totals)
                    sums[codes_.of_after(place)].after_minor += total.amount_minor;
        for (const auto& [code, amount_minor] : codes_.corrections_before(member))
            sums[code].before_minor += amount_minor;
        for (const auto& [code, amount_minor] : codes_.corrections_after(member))
            sums[code].after_minor += amount_minor;
        MemberDifference row;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            if (sums[i].change_minor() == 0) continue;
            sums[i].name = codes_.code(i);
            row.by_bonus.push_back(sums[i]);
        }
        if (row.by_bonus.empty()) return;
        row.total.before_minor = is_before ? before_.amount_minor() : 0;
        row.total.after_minor = is_after ? after_.amount_minor() : 0;
        row.member_id = member_id(member);
        difference.members.push_back(std::move(row));
    }

    std::string member_id(std::int64_t number) {
        member_query_.reset();
        member_query_.bind(1, number);
        return member_query_.step() ? std::string(member_query_.text(0)) : std::to_string(number);
    }

    Database& database_;
    BonusCodes codes_;
    Statements before_, after_;
    Query member_query_ = database_.query("SELECT member_id FROM member WHERE number = ?1");
};

/// What was put right stands by bonus where both runs have it; of a superseded draft only its sum is
/// known: what it paid beyond its bonuses.
void add_bonuses(Database& database, RunDifference& difference) {
    const auto add = [&](const RunRecord& run, std::int64_t Difference::*side) {
        Query query = database.query(
            difference.has_members
                ? "SELECT code, paid FROM (SELECT place, code, paid FROM run_bonus WHERE run = ?1"
                  " UNION ALL SELECT 1 << 62, bonus, sum(amount) FROM correction WHERE run = ?1"
                  " GROUP BY bonus) ORDER BY place, code"
                : "SELECT code, paid FROM (SELECT place, code, paid FROM run_bonus WHERE run = ?1"
                  " UNION ALL SELECT 1 << 62, 'put right', paid - (SELECT ifnull(sum(paid), 0)"
                  " FROM run_bonus WHERE run = ?1) FROM run WHERE number = ?1) WHERE place < 1 << 62 OR paid <> 0"
                  " ORDER BY place, code");
        query.bind(1, run.number);
        while (query.step()) {
            const std::string code{query.text(0)};
            auto at = std::ranges::find(difference.by_bonus, code, &Difference::name);
            if (at == difference.by_bonus.end())
                at = difference.by_bonus.insert(at, Difference{code});
            (*at).*side += query.integer(1);
        }
    };
    add(difference.after, &Difference::after_minor);
    add(difference.before, &Difference::before_minor);
}

void add_causes(Database& database, RunDifference& difference) {
    const RunRecord& before = difference.before;
    const RunRecord& after = difference.after;
    std::vector<std::string>& causes = difference.causes;
    if (before.plan != after.plan)
        causes.push_back(fmt::format("the plans are different ones: {} and {}", before.plan,
                                     after.plan));
    if (before.period != after.period)
        causes.push_back(fmt::format("the periods are different ones: {} and {}", before.period,
                                     after.period));
    Query imports = database.query(
        "SELECT number, kind, new_rows, changed_rows, made_by, made_at FROM import"
        " WHERE number > ?1 AND number <= ?2 ORDER BY number");
    imports.bind(1, std::min(before.last_import, after.last_import));
    imports.bind(2, std::max(before.last_import, after.last_import));
    // Of one period every fact is a cause; between periods there are too many to tell.
    const std::size_t facts_max = before.period == after.period ? 10 : 0;
    const int places = currency_places(after.currency).value_or(2);
    while (imports.step()) {
        causes.push_back(fmt::format("between them came import {}: {}, {} new and {} changed rows"
                                     " ({} by {})",
                                     imports.integer(0), imports.text(1), imports.integer(2),
                                     imports.integer(3), imports.text(5), imports.text(4)));
        if (facts_max == 0) continue;
        for (std::string& fact : facts_of_import(database, imports.integer(0), after.last_day,
                                                 places, facts_max))
            causes.push_back(std::move(fact));
    }
    if (before.plan_digest == after.plan_digest) return;
    Query text = database.query("SELECT plan_text FROM run WHERE number = ?1");
    text.bind(1, before.number);
    const std::string text_before = text.step() ? std::string(text.text(0)) : "";
    text.reset();
    text.bind(1, after.number);
    const std::string text_after = text.step() ? std::string(text.text(0)) : "";
    if (before.plan != after.plan) return;
    causes.push_back("the text of the plan changed:");
    for (std::string& line : changed_lines(text_before, text_after))
        causes.push_back(std::move(line));
}

}  // namespace

RunDifference diff_runs(Database& database, std::int64_t before, std::int64_t after) {
    RunDifference difference;
    difference.before = record_of(database, before);
    difference.after = record_of(database, after);
    difference.has_members =
        difference.before.state != "superseded" && difference.after.state != "superseded";
    add_bonuses(database, difference);
    add_causes(database, difference);
    if (!difference.has_members) return difference;
    Comparison(database, difference.before, difference.after).compare(difference);
    std::ranges::sort(difference.members, [](const MemberDifference& a, const MemberDifference& b) {
        const std::int64_t change_a = std::abs(a.total.change_minor());
        const std::int64_t change_b = std::abs(b.total.change_minor());
        return change_a != change_b ? change_a > change_b : a.member_id < b.member_id;
    });
    return difference;
}

}  // namespace downline
