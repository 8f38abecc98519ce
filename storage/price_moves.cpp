// Prices moves: see the header. The file is imported as a dry run, and while its rows are in place
// the period is computed once more.
#include "storage/price_moves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"
#include "engine/run.hpp"
#include "storage/rank_cycle.hpp"

namespace downline {
namespace {

/// A run as far as it is compared, by MemberIndex.
struct Outcome {
    std::vector<std::int64_t> number, pay_minor;
    std::vector<RankPlace> rank;
    std::vector<std::uint8_t> is_active;
    std::int64_t paid_minor = 0;
};

Outcome compute(Database& database, const Plan& plan, const Period& period, const RunRecord& record,
                std::int64_t last_import, unsigned thread_count) {
    Loaded loaded = load(database, plan, period, last_import, record.previous_run);
    refuse_rank_cycle(database, plan, loaded);
    RunResult result = run(plan, loaded.snapshot, thread_count);
    Outcome outcome;
    outcome.pay_minor.assign(loaded.snapshot.members.count, 0);
    for (std::size_t book = 0; book < result.book_count(); ++book)
        for (const LineBook::Entry& entry : result.book(book).entries())
            outcome.pay_minor[entry.earner] += entry.amount_minor;
    for (const CorrectionLine& line : result.corrections)
        outcome.pay_minor[line.member] += line.amount_minor;
    outcome.number = std::move(loaded.snapshot.members.number);
    outcome.rank = std::move(result.standing.rank);
    outcome.rank.resize(outcome.number.size());
    outcome.is_active = std::move(result.standing.is_active);
    outcome.paid_minor = result.paid_minor;
    return outcome;
}

std::vector<PricedMember> differences(Database& database, const Plan& plan, const Outcome& before,
                                      const Outcome& after) {
    ensure(before.number == after.number, "a move has changed who is in the network");
    Query id = database.query("SELECT member_id FROM member WHERE number = ?1");
    std::vector<PricedMember> members;
    for (std::size_t i = 0; i < before.number.size(); ++i) {
        if (before.pay_minor[i] == after.pay_minor[i] && before.rank[i] == after.rank[i] &&
            before.is_active[i] == after.is_active[i])
            continue;
        id.reset();
        id.bind(1, before.number[i]);
        ensure(id.step(), "a member of the network is not there");
        members.push_back({std::string(id.text(0)), before.pay_minor[i], after.pay_minor[i],
                           plan.rank_name(before.rank[i]), plan.rank_name(after.rank[i]),
                           before.is_active[i] != 0, after.is_active[i] != 0});
    }
    std::ranges::sort(members, [](const PricedMember& a, const PricedMember& b) {
        const std::int64_t change_a = std::abs(a.change_minor());
        const std::int64_t change_b = std::abs(b.change_minor());
        return change_a != change_b ? change_a > change_b : a.member_id < b.member_id;
    });
    return members;
}

}  // namespace

PricedMoves price_moves(Database& database, const RunRecord& run, ImportOptions options,
                        unsigned thread_count) {
    if (run.state != "draft" && run.state != "estimate")
        throw Refusal(
            Refusal::Kind::state,
            fmt::format("{} of plan {} is closed; moves are priced in a period that has a "
                        "draft: run one first",
                        run.period, run.plan));
    Query text = database.query("SELECT plan_text FROM run WHERE number = ?1");
    text.bind(1, run.number);
    ensure(text.step(), "a draft is gone while moves are priced");
    const PlanReading reading = read_plan(text.text(0));
    text.reset();
    const Plan& plan = reading.plan;
    const auto period = parse_period(run.period, plan.week_starts);
    if (!reading.errors.empty() || !period)
        throw Refusal(Refusal::Kind::state,
                      fmt::format("the plan of run {} does not read in this version; run {} again",
                                  run.number, run.period));
    PricedMoves priced;
    priced.run = run;
    const Outcome before = compute(database, plan, *period, run, 0, thread_count);
    priced.paid_before_minor = before.paid_minor;
    options.kind = ImportKind::moves;
    options.dry_run = true;
    options.inspect = [&](std::int64_t import_number) {
        const Outcome after = compute(database, plan, *period, run, import_number, thread_count);
        priced.paid_after_minor = after.paid_minor;
        priced.members = differences(database, plan, before, after);
    };
    priced.report = import_files(database, options);
    return priced;
}

}  // namespace downline
