// The life of a period: a draft any number of times, then final, then the next one.
#include <fmt/format.h>

#include <future>

#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"
#include "engine/run.hpp"
#include "storage/approval.hpp"
#include "storage/close_checks.hpp"
#include "storage/digest.hpp"
#include "storage/drafts.hpp"
#include "storage/opening.hpp"
#include "storage/plan_changes.hpp"
#include "storage/rank_cycle.hpp"
#include "storage/runs.hpp"

namespace downline {
namespace {

[[noreturn]] void refuse(const std::string& text) { throw Refusal(Refusal::Kind::state, text); }

/// The plan's newest closed period.
struct Closed {
    std::int64_t run{};
    std::string period;
    Day last_day{};
    std::string chain_digest;
};
std::optional<Closed> last_closed(Database& database, const std::string& plan) {
    Query query = database.query(
        "SELECT number, period, last_day, chain_digest FROM run WHERE plan = ?1 AND"
        " state = 'final' ORDER BY last_day DESC LIMIT 1");
    query.bind(1, plan);
    if (!query.step()) return std::nullopt;
    return Closed{query.integer(0), std::string{query.text(1)}, static_cast<Day>(query.integer(2)),
                  std::string{query.text(3)}};
}

/// What a run of a period is, and which run it continues.
struct Position {
    RunKind kind = RunKind::run;
    std::int64_t previous_run = 0;
};

/// The plan's current draft or final run that matches; 0 none.
std::int64_t run_number(Database& database, const Plan& plan, const char* condition, Day day) {
    Query query = database.query(fmt::format(
        "SELECT number FROM run WHERE plan = ?1 AND {} ORDER BY last_day DESC LIMIT 1", condition));
    query.bind(1, plan.name).bind(2, std::int64_t{day});
    return query.step() ? query.integer(0) : 0;
}

/// A period is run after the last closed one, or on top of drafts: then it is an estimate. The
/// first one that is run continues nothing; a what-if may also be of a closed period.
Position position_of(Database& database, const Plan& plan, const Period& period, bool is_what_if) {
    const auto as = [is_what_if](RunKind kind, std::int64_t previous_run) {
        return Position{is_what_if ? RunKind::what_if : kind, previous_run};
    };
    const std::optional<Closed> closed = last_closed(database, plan.name);
    if (closed && period.first == closed->last_day + 1) return as(RunKind::run, closed->run);
    if (closed && period.first <= closed->last_day) {
        if (is_what_if)
            return as(RunKind::run, run_number(database, plan, "state = 'final' AND last_day < ?2",
                                               period.first));
        refuse(fmt::format(
            "{} of plan {} is closed (up to {}); corrections come as returns in a "
            "later period; the next one is {}",
            period_name(period), plan.name, closed->period,
            period_name(period_of(closed->last_day + 1, plan.period, plan.week_starts))));
    }
    constexpr const char* draft_until = "state = 'draft' AND last_day = ?2";
    if (const std::int64_t before = run_number(database, plan, draft_until, period.first - 1))
        return as(RunKind::estimate, before);
    if (!closed) return as(RunKind::run, 0);
    Period missing = period_of(closed->last_day + 1, plan.period, plan.week_starts);
    while (run_number(database, plan, draft_until, missing.last) != 0)
        missing = next_period(missing);
    refuse(fmt::format("{} of plan {} cannot be run yet: {} has to be run first",
                       period_name(period), plan.name, period_name(missing)));
}

void check_plan(Database& database, const Plan& plan, const Period& period) {
    if (period.kind != plan.period)
        throw UsageError(fmt::format(
            "{} is a {}, but plan {} pays by the {}; name one, as {}", period_name(period),
            period_kind_name(period.kind), plan.name, period_kind_name(plan.period),
            period_name(period_of(period.first, plan.period, plan.week_starts))));
    const std::optional<std::string> currency = database.currency();
    if (!currency) refuse("the database is empty; import members and orders first");
    if (*currency != plan.currency)
        refuse(fmt::format("plan {} pays in {}, but the database is kept in {}; use a plan in {}",
                           plan.name, plan.currency, *currency, *currency));
    if (period.first < plan.effective)
        refuse(fmt::format(
            "{} begins on {}, before plan {} takes effect on {}; run a later period "
            "or change [plan] effective",
            period_name(period), format_day(period.first), plan.name, format_day(plan.effective)));
}

void check_examples_pass(const Plan& plan) {
    const std::vector<ExampleFailure> failures = check_examples(plan);
    if (failures.empty()) return;
    std::string text = fmt::format("plan {} may not run: {} of its worked examples {}", plan.name,
                                   failures.size(), failures.size() == 1 ? "fails" : "fail");
    for (const ExampleFailure& failure : failures)
        text += fmt::format("\nline {}: \"{}\": {}", failure.line, failure.example, failure.text);
    throw Refusal(Refusal::Kind::input, text);
}

/// What a reader should know of a plan's text that differs from the run before it.
std::vector<std::string> notes_on_text(Database& database, const Plan& plan,
                                       std::int64_t before_run) {
    Query query = database.query(
        "SELECT number, period, plan_text FROM run WHERE plan = ?1 AND number < ?2"
        " ORDER BY number DESC LIMIT 1");
    query.bind(1, plan.name).bind(2, before_run);
    if (!query.step() || query.text(2) == plan.text) return {};
    std::vector<std::string> notes;
    notes.push_back(fmt::format("the text of plan {} has changed since run {} ({}):", plan.name,
                                query.integer(0), query.text(1)));
    for (std::string& change : changed_lines(query.text(2), plan.text))
        notes.push_back(std::move(change));
    return notes;
}

/// The plan's draft of a period.
struct Draft {
    std::int64_t number{}, last_import{}, previous_run{};
    std::string inputs_digest, result_digest, plan_text, made_at, made_by, kind, version;
};
Draft draft_to_close(Database& database, const std::string& plan, const std::string& period) {
    Query query = database.query(
        "SELECT number, last_import, previous_run, inputs_digest, result_digest, plan_text,"
        " made_at, state, closed_at, closed_by, made_by, kind, program_version FROM run WHERE plan "
        "= ?1 AND period = ?2"
        " AND state IN ('draft', 'final')");
    query.bind(1, plan).bind(2, period);
    if (!query.step())
        refuse(fmt::format("{} of plan {} has no draft; make one with `run {} --plan FILE`", period,
                           plan, period));
    if (query.text(7) == "final")
        refuse(fmt::format("{} of plan {} is closed already (run {}, {} by {})", period, plan,
                           query.integer(0), query.text(8), query.text(9)));
    return {query.integer(0),
            query.integer(1),
            query.integer(2),
            std::string{query.text(3)},
            std::string{query.text(4)},
            std::string{query.text(5)},
            std::string{query.text(6)},
            std::string{query.text(10)},
            std::string{query.text(11)},
            std::string{query.text(12)}};
}

void check_digest(const Draft& draft, const std::string& period, const std::string& stated) {
    constexpr std::size_t digits_min = 8;
    if (stated.size() < digits_min)
        refuse(
            fmt::format("\"{}\" is too short for a draft's digest; give at least {} digits of {}",
                        stated, digits_min, draft.result_digest));
    if (!draft.result_digest.starts_with(stated))
        refuse(fmt::format("the draft of {} is {}, not {}; look at it again before closing it",
                           period, draft.result_digest, stated));
}

/// What came in, or was withdrawn, since a draft was made.
std::string changes_since(Database& database, const Draft& draft) {
    Query query = database.query(
        "SELECT number, kind, made_at, undone_at FROM import"
        " WHERE number > ?1 OR undone_at >= ?2 ORDER BY number");
    query.bind(1, draft.last_import).bind(2, draft.made_at);
    std::string text;
    while (query.step())
        text += fmt::format("{}import {} ({}, {})", text.empty() ? "" : ", ", query.integer(0),
                            query.text(1),
                            query.is_null(3) ? fmt::format("{}", query.text(2))
                                             : fmt::format("undone {}", query.text(3)));
    return text.empty() ? "the period before was closed anew" : text;
}

/// Only the period after the last closed one can be closed, and only what continues that.
void check_can_close(const Draft& draft, const Plan& plan, const Period& period,
                     const std::optional<Closed>& closed) {
    if (!closed && draft.kind == "run") return;
    if (closed && period.first <= closed->last_day)
        refuse(fmt::format("{} of plan {} lies before {}, which is closed; it can never be closed",
                           period_name(period), plan.name, closed->period));
    if (closed && period.first == closed->last_day + 1) {
        if (draft.kind == "run") return;
        refuse(
            fmt::format("{} of plan {} is an estimate, made on top of a draft; run it again now "
                        "that {} is closed",
                        period_name(period), plan.name, closed->period));
    }
    const std::string next =
        closed ? period_name(period_of(closed->last_day + 1, plan.period, plan.week_starts))
               : period_name(period_of(period.first - 1, plan.period, plan.week_starts));
    if (draft.kind == "run")
        refuse(fmt::format("{} of plan {} cannot be closed yet: {} has to be closed first",
                           period_name(period), plan.name, next));
    refuse(fmt::format("{} of plan {} is an estimate: {} has to be closed first, and {} run again",
                       period_name(period), plan.name, next, period_name(period)));
}

/// An adjustment, or a line of an old system, is put right once: by the plan that closes first.
void check_is_not_taken(Database& database, const Draft& draft, const Period& period) {
    Query taken = database.query(
        "SELECT r.plan, r.period FROM correction mine JOIN correction theirs ON"
        " theirs.adjustment = mine.adjustment OR theirs.of_opening = mine.of_opening"
        " JOIN run r ON r.number = theirs.run JOIN run d ON d.number = mine.run"
        " WHERE mine.run = ?1 AND r.state = 'final' AND r.plan <> d.plan LIMIT 1");
    taken.bind(1, draft.number);
    if (taken.step())
        refuse(fmt::format("the draft of {} is stale: plan {} has closed {} with corrections that it "
                           "counts too; run it again",
                           period_name(period), taken.text(0), taken.text(1)));
}

/// Without an import since, in the same program, the same facts would be read again.
void check_is_fresh(Database& database, const Draft& draft, const Plan& plan, const Period& period,
                    const std::optional<Closed>& closed) {
    Query newer =
        database.query("SELECT 1 FROM import WHERE number > ?1 AND undone_at IS NULL LIMIT 1");
    newer.bind(1, draft.last_import);
    const bool has_newer = newer.step();
    newer.reset();
    if (!has_newer && draft.previous_run == (closed ? closed->run : 0) &&
        draft.version == DOWNLINE_VERSION)
        return;
    const Loaded loaded = load(database, plan, period);
    if (loaded.inputs_digest == draft.inputs_digest && loaded.previous_run == draft.previous_run)
        return;
    refuse(fmt::format("the draft of {} is stale: since it was made came {}; run it again",
                       period_name(period), changes_since(database, draft)));
}

PlanReading plan_of(const Draft& draft) {
    PlanReading reading = read_plan(draft.plan_text);
    if (!reading.errors.empty())
        refuse(
            fmt::format("run {} was made with a plan that this version does not read (line {}: "
                        "{}); run it again",
                        draft.number, reading.errors.front().line, reading.errors.front().text));
    return reading;
}

}  // namespace

std::int64_t draft_of(Database& database, const Plan& plan, const Period& period,
                      const Signature& made, unsigned thread_count,
                      const std::function<void(Snapshot&)>& amend) {
    check_plan(database, plan, period);
    const bool is_what_if = made.kind == RunKind::what_if;
    const Position position = position_of(database, plan, period, is_what_if);
    Loaded loaded = load(database, plan, period, 0, position.previous_run);
    if (amend) amend(loaded.snapshot);
    refuse_rank_cycle(database, plan, loaded);
    RunResult result = run(plan, loaded.snapshot, thread_count);
    // Counted while the statements are written; nobody reads the orders after that.
    auto counting = std::async(std::launch::async, [&] {
        const RunCounts counts = counts_of(loaded.snapshot, result);
        loaded.snapshot.orders = {};
        loaded.snapshot.sequences = {};
        return counts;
    });
    Transaction transaction(database);
    // Someone else may have closed or run something meanwhile.
    const Position now = position_of(database, plan, period, is_what_if);
    if (now.kind != position.kind || now.previous_run != position.previous_run)
        refuse(fmt::format("another run or close of plan {} came in between; run {} again",
                           plan.name, period_name(period)));
    const std::int64_t number =
        save(database, plan, loaded, result, {made.by, made.at, position.kind},
             [&] { return counting.get(); });
    result = {};
    transaction.commit();
    return number;
}

RunSummary make_draft(Database& database, const Plan& plan, const Period& period,
                      const std::string& by, const std::string& at, unsigned thread_count,
                      bool is_what_if) {
    check_plan(database, plan, period);
    (void)position_of(database, plan, period, is_what_if);
    check_examples_pass(plan);
    const Signature made{by, at, is_what_if ? RunKind::what_if : RunKind::run};
    const std::int64_t number = draft_of(database, plan, period, made, thread_count);
    RunSummary summary = run_summary(database, number);
    summary.notes = notes_on_text(database, plan, number);
    if (summary.record.previous_run == 0)
        for (std::string& note : opening_left_out(database, plan))
            summary.notes.push_back(std::move(note));
    return summary;
}

RunSummary checked_draft(Database& database, const std::string& plan_name,
                         const std::string& period_text) {
    const Draft draft = draft_to_close(database, plan_name, period_text);
    const PlanReading reading = plan_of(draft);
    const std::optional<Closed> closed = last_closed(database, plan_name);
    RunSummary summary = run_summary(database, draft.number);
    summary.checks = checks_before_closing(database, reading.checks, reading.plan.currency_places,
                                           draft.number, closed ? closed->run : 0);
    return summary;
}

RunSummary close_period(Database& database, const std::string& plan_name,
                        const std::string& period_text,
                        const std::optional<std::string>& draft_digest, const std::string& by,
                        const std::string& at, const CloseOptions& options) {
    Transaction transaction(database);
    const Draft draft = draft_to_close(database, plan_name, period_text);
    if (draft_digest) check_digest(draft, period_text, *draft_digest);
    const PlanReading reading = plan_of(draft);
    const Plan& plan = reading.plan;
    const std::optional<Period> period = parse_period(period_text, plan.week_starts);
    ensure_intact(period.has_value(), "a stored run has a period that is none");
    const std::optional<Closed> closed = last_closed(database, plan_name);
    check_can_close(draft, plan, *period, closed);
    check_second_person(database, draft.made_by, by, "made this draft", "close it");
    check_is_not_taken(database, draft, *period);
    check_is_fresh(database, draft, plan, *period, closed);
    if (options.has_checks) {
        auto checks = checks_before_closing(database, reading.checks, plan.currency_places,
                                            draft.number, closed ? closed->run : 0);
        accept_checks(checks, options.accepted,
                      fmt::format("{} of plan {}", period_text, plan_name));
        store_checks(database, draft.number, checks);
    }
    const std::string chain =
        sha256_hex((closed ? closed->chain_digest : std::string{}) + draft.result_digest);
    Query query = database.query(
        "UPDATE run SET state = 'final', chain_digest = ?2, closed_by = ?3, closed_at = ?4"
        " WHERE number = ?1");
    query.bind(1, draft.number).bind(2, chain).bind(3, by).bind(4, at).run();
    transaction.commit();
    return run_summary(database, draft.number);
}

}  // namespace downline
