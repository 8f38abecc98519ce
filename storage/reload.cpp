// The facts of a run, read as of the last import that it saw: see the header.
#include "storage/reload.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"

namespace downline {

namespace {

std::string plan_text_of(Database& database, std::int64_t run) {
    Query query = database.query("SELECT plan_text FROM run WHERE number = ?1");
    query.bind(1, run);
    ensure(query.step(), "a run is gone while it is explained");
    return std::string{query.text(0)};
}

}  // namespace

Reloaded reload(Database& database, const RunRecord& run) {
    PlanReading reading = read_plan(plan_text_of(database, run.number));
    const auto period = parse_period(run.period, reading.plan.week_starts);
    if (!reading.errors.empty() || !period)
        throw Refusal(Refusal::Kind::state,
                      fmt::format("the plan of run {} does not read in this version; run {} again",
                                  run.number, run.period));
    Reloaded again{std::move(reading.plan), {}};
    Query previous = database.query("SELECT state FROM run WHERE number = ?1");
    previous.bind(1, run.previous_run);
    if (previous.step() && previous.text(0) == "superseded")
        throw Refusal(Refusal::Kind::state,
                      fmt::format("estimate {} of {} is stale: the draft that it continues was run "
                                  "again; run {} again",
                                  run.number, run.period, run.period));
    previous.reset();
    again.loaded = load(database, again.plan, *period, run.last_import, run.previous_run);
    if (again.loaded.inputs_digest == run.inputs_digest) return again;
    ensure(run.state != "final", "the facts that a final run saw are not what they were; "
                                 "`verify` says what differs");
    throw Refusal(Refusal::Kind::state,
                  fmt::format("draft {} of {} is stale: what it was computed from has changed; "
                              "run {} again",
                              run.number, run.period, run.period));
}

}  // namespace downline
