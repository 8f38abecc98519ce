// Prints the cycle that the engine finds: see the header.
#include "storage/rank_cycle.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"
#include "engine/rank_order.hpp"
#include "storage/messages.hpp"

namespace downline {

namespace {

/// "" where there is none: who stands below whom in which tree, each with a semicolon.
std::string cycle_text(Database& database, const Plan& plan, const Loaded& loaded) {
    const std::vector<CycleStep> cycle = find_rank_cycle(plan, loaded.snapshot);
    if (cycle.empty()) return "";
    static constexpr const char* trees[] = {"sponsor", "enroller", "placement"};
    Query id = database.query("SELECT member_id FROM member WHERE number = ?1");
    const auto name = [&](MemberIndex member) {
        id.reset();
        id.bind(1, loaded.snapshot.members.number[member]);
        ensure(id.step(), "a member of a cycle is gone");
        return shown_value(id.text(0));
    };
    constexpr std::size_t steps_shown_max = 20;
    std::string way;
    for (std::size_t i = 0; i < cycle.size() && i < steps_shown_max; ++i)
        way += fmt::format("{} stands below {} in the {} tree; ", name(cycle[i].member),
                           name(cycle[(i + 1) % cycle.size()].member),
                           trees[static_cast<std::size_t>(cycle[i].tree)]);
    if (cycle.size() > steps_shown_max)
        way += fmt::format("and {} more; ", cycle.size() - steps_shown_max);
    return way;
}

/// The periods that a plan runs next: the one after the last that is closed or, where none is, that
/// of its newest run; and the one of a later day.
std::vector<Period> open_periods(Database& database, const Plan& plan, Day newest_first_day,
                                 std::optional<Day> last_day) {
    Query final = database.query(
        "SELECT max(last_day) FROM run WHERE plan = ?1 AND state = 'final'");
    final.bind(1, plan.name);
    const Day first = final.step() && !final.is_null(0) ? static_cast<Day>(final.integer(0)) + 1
                                                         : newest_first_day;
    std::vector<Period> periods{period_of(first, plan.period, plan.week_starts)};
    if (last_day && *last_day > periods.front().last)
        periods.push_back(period_of(*last_day, plan.period, plan.week_starts));
    return periods;
}

/// "" also where the period could not be run for another reason, which a run says.
std::string cycle_then(Database& database, const Plan& plan, const Period& period,
                       std::int64_t import_number) {
    try {
        return cycle_text(database, plan, load(database, plan, period, import_number));
    } catch (const Refusal&) {
        return "";
    }
}

}  // namespace

void refuse_rank_cycle(Database& database, const Plan& plan, const Loaded& loaded) {
    const std::string way = cycle_text(database, plan, loaded);
    if (way.empty()) return;
    throw Refusal(Refusal::Kind::input,
                  fmt::format("the rank rules of plan {} ask for the ranks of others in trees that "
                              "form a cycle together, so no rank could be found first: {}move one "
                              "of them, or ask in one tree only",
                              plan.name, way));
}

std::vector<std::string> warnings_of_rank_cycles(Database& database, std::int64_t import_number,
                                                 std::optional<Day> last_day) {
    std::vector<std::pair<std::string, Day>> plans;  // text and first day of the newest run of each
    Query newest = database.query(
        "SELECT plan_text, first_day FROM run WHERE number IN"
        " (SELECT max(number) FROM run WHERE kind <> 'what-if' GROUP BY plan) ORDER BY plan");
    while (newest.step())
        plans.emplace_back(newest.text(0), static_cast<Day>(newest.integer(1)));
    newest.reset();
    std::vector<std::string> warnings;
    for (const auto& [text, first_day] : plans) {
        const PlanReading reading = read_plan(text);
        const Plan& plan = reading.plan;
        if (!reading.errors.empty() || !asks_in_several_trees(plan)) continue;
        for (const Period& period : open_periods(database, plan, first_day, last_day)) {
            const std::string way = cycle_then(database, plan, period, import_number);
            if (way.empty()) continue;
            warnings.push_back(fmt::format(
                "plan {} could not be run for {}: its rank rules ask in trees that form a cycle "
                "together: {}move one of them", plan.name, period_name(period), way));
            break;
        }
    }
    return warnings;
}

}  // namespace downline
