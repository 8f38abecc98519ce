// One affiliate of a stored run, asked again: see explain.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "engine/errors.hpp"
#include "storage/corrections.hpp"
#include "storage/explain.hpp"
#include "storage/explain_slots.hpp"
#include "storage/explain_words.hpp"
#include "storage/members.hpp"
#include "storage/reload.hpp"
#include "storage/run_reader.hpp"
#include "storage/stored_statement.hpp"
#include "storage/suppose.hpp"

namespace downline {
namespace {

std::vector<ShownRank> shown_ranks(const Plan& plan, const std::vector<TriedRank>& tried) {
    std::vector<ShownRank> shown;
    for (const TriedRank& rank : tried)
        shown.push_back({plan.rank_name(rank.place), rank.is_reached, rank.is_maintained,
                         shown_tests(plan, rank.requires_), shown_tests(plan, rank.maintain)});
    return shown;
}

/// A bonus that would have been paid names the tests that failed.
std::vector<MissedPay> shown_missed(const Plan& plan, const MemberExplanation& explained) {
    std::vector<MissedPay> shown;
    for (const Missed& missed : explained.missed) {
        MissedPay& pay = shown.emplace_back();
        pay.bonus = plan.bonuses[missed.bonus].code;
        pay.reason = reason_name(missed.reason);
        pay.lines = missed.line_count;
        pay.amount_minor = missed.amount_minor;
        if (missed.reason == Reason::inactive) pay.failed = shown_failed(plan, explained.active);
        if (missed.reason == Reason::unqualified)
            pay.failed = shown_failed(plan, explained.requires_[missed.bonus]);
    }
    return shown;
}

/// From so many sources on, all names are read at once.
constexpr std::size_t many_sources = 20'000;

/// What everyone brought: buyers of orders, members whose earnings were matched; the most first.
std::vector<NamedAmount> sources_of(Database& database, std::int64_t run, std::int64_t member,
                                    const Reloaded& again, RunReader& reader) {
    const Snapshot& snapshot = again.loaded.snapshot;
    std::unordered_map<std::int64_t, NamedAmount> by_number;
    const auto add = [](NamedAmount& sum, std::int64_t amount_minor) {
        ++sum.lines;
        sum.amount_minor = add_checked(sum.amount_minor, amount_minor);
    };
    Query query = database.query(
        "SELECT packed FROM statement_lines WHERE statement = (?1 << 32 | ?2)");
    query.bind(1, run).bind(2, member);
    if (query.step())
        for (const auto& [place, lines] : statement_lines(query.blob(0)))
            for (const Line& line : lines) {
                std::int64_t source = line.from;
                if (source == 0 && line.order_ref != 0)
                    source = snapshot.members.number
                                 [snapshot.orders.buyer[again.line_at(line.order_ref - 1)]];
                add(by_number[source], line.amount_minor);
            }
    if (by_number.size() >= many_sources) reader.read_ahead();
    std::unordered_map<std::string, NamedAmount> by_source;
    for (const auto& [number, sum] : by_number)
        by_source[number == 0 ? std::string{} : std::string{reader.member_id(number)}] = sum;
    for (const CorrectionRecord& line : corrections_of(database.handle(), run, member))
        add(by_source[line.from.value_or("")], line.amount_minor);
    std::vector<NamedAmount> sources;
    for (auto& [name, sum] : by_source) {
        sum.name = name;
        sources.push_back(std::move(sum));
    }
    std::ranges::sort(sources, [](const NamedAmount& a, const NamedAmount& b) {
        return std::tie(b.amount_minor, a.name) < std::tie(a.amount_minor, b.name);
    });
    return sources;
}

SupposedPay pay_if(Database& database, const Reloaded& again, MemberIndex member,
                   const std::string& member_id, const std::string& text,
                   const std::vector<NamedAmount>& corrected, unsigned thread_count) {
    Supposition supposition = suppose(database, again, member, member_id, text);
    const Snapshot snapshot = with_orders(again.loaded.snapshot, std::move(supposition.orders));
    const MemberExplanation explained =
        downline::explain_member(again.plan, snapshot, member, thread_count);
    const Standing& standing = explained.result.standing;
    SupposedPay pay;
    pay.words = std::move(supposition.words);
    pay.is_active = standing.is_active[member] != 0;
    if (standing.rank[member] != 0) pay.rank = again.plan.rank_name(standing.rank[member]);
    for (std::size_t m = 0; m < again.plan.measures.size(); ++m) {
        const Measure& measure = again.plan.measures[m];
        const int places = measure.unit == Measure::Unit::centipoints ? 2
                           : measure.unit == Measure::Unit::minor     ? again.plan.currency_places
                                                                      : 0;
        pay.measures.emplace_back(measure.name,
                                  format_decimal(standing.measures[m][member], places));
    }
    const auto add = [&](const std::string& code, const LineBook& book) {
        const auto entries = book.entries();
        const auto found = std::ranges::lower_bound(entries, member, {}, &LineBook::Entry::earner);
        if (found == entries.end() || found->earner != member) return;
        pay.by_bonus.push_back({code, found->line_count, found->amount_minor});
        pay.total_minor = add_checked(pay.total_minor, found->amount_minor);
    };
    for (std::size_t b = 0; b < again.plan.bonuses.size(); ++b)
        add(again.plan.bonuses[b].code, explained.result.books[b]);
    for (const Cut& cut : explained.result.cuts) add(cut.code, cut.book);
    // Corrections stand whatever is ordered: they are of closed periods.
    for (const NamedAmount& line : corrected) {
        const auto found = std::ranges::find(pay.by_bonus, line.name, &NamedAmount::name);
        NamedAmount& sum = found != pay.by_bonus.end()
                               ? *found
                               : pay.by_bonus.emplace_back(NamedAmount{line.name, 0, 0});
        sum.lines += line.lines;
        sum.amount_minor = add_checked(sum.amount_minor, line.amount_minor);
        pay.total_minor = add_checked(pay.total_minor, line.amount_minor);
    }
    pay.ranks = shown_ranks(again.plan, explained.ranks);
    return pay;
}

}  // namespace

namespace {

/// What a run paid a member besides its bonuses, as it is stored: a part of its inputs does not tell.
void add_stored_corrections(Database& database, std::int64_t run, std::int64_t number,
                            MemberIndex member, RunResult& result) {
    for (const CorrectionRecord& record : corrections_of(database.handle(), run, number)) {
        CorrectionLine& line = result.corrections.emplace_back();
        line.member = member;
        line.amount_minor = record.amount_minor;
    }
}

/// Fills in what the run, computed again, says of the member.
void show_again(Database& database, const Reloaded& again, std::int64_t number,
                const std::string& member_id, const std::optional<std::string>& supposition,
                unsigned thread_count, ExplainedMember& shown) {
    const Members& members = again.loaded.snapshot.members;
    const auto found = std::ranges::find(members.number, number);
    ensure(found != members.number.end(), "a member of the period is not in its network");
    const auto member = static_cast<MemberIndex>(found - members.number.begin());
    static constexpr const char* statuses[] = {"active", "suspended", "terminated"};
    shown.status = statuses[static_cast<std::size_t>(members.status[member])];

    const RunRecord& run = shown.run;
    MemberExplanation explained =
        downline::explain_member(again.plan, again.loaded.snapshot, member, thread_count);
    if (again.places)
        add_stored_corrections(database, run.number, number, member, explained.result);
    check_statement(database, run, again, explained.result, member);
    shown.active = shown_tests(again.plan, explained.active);
    shown.ranks = shown_ranks(again.plan, explained.ranks);
    RunReader reader(database.handle(), run.number);
    show_own_slots(again.plan, again.loaded.snapshot, explained, reader, shown);
    shown.missed = shown_missed(again.plan, explained);
    shown.sources = sources_of(database, run.number, number, again, reader);
    if (!supposition) return;
    std::vector<NamedAmount> corrected;
    for (const CorrectionRecord& line : corrections_of(database.handle(), run.number, number))
        corrected.push_back({line.bonus, 1, line.amount_minor});
    shown.supposed = pay_if(database, again, member, member_id, *supposition, corrected,
                            thread_count);
}

}  // namespace

ExplainedMember explain_member(Database& database, const RunRecord& run,
                               const std::string& member_id,
                               const std::optional<std::string>& supposition,
                               unsigned thread_count, Reading reading) {
    ExplainedMember asked;
    asked.run = run;
    asked.earnings = earnings_of(database, run, member_id, false);
    const std::int64_t number = find_member(database, member_id, run.last_day).number;
    const auto shown_from = [&](const Reloaded& again) {
        ExplainedMember shown = asked;
        show_again(database, again, number, member_id, supposition, thread_count, shown);
        return shown;
    };
    // A supposed order changes what is above the member too.
    if (reading != Reading::all && !supposition) {
        try {
            if (const auto part = reload_downline(database, run, number))
                return shown_from(*part);
        } catch (const BrokenInvariant&) {
            if (reading == Reading::only_part) throw;
        }
    }
    return shown_from(reload(database, run));
}

}  // namespace downline
