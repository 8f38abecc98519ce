// The reference engine from top to bottom: members, then bonuses in order, then totals.
#include "tests/reference/reference.hpp"

#include <algorithm>

#include "tests/reference/ledger.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

void state_members(const Ledger& ledger, Outcome& outcome) {
    const std::uint32_t count = ledger.in.members.count;
    for (MemberIndex member = 0; member < count; ++member) {
        outcome.rank.push_back(ledger.rank(member));
        outcome.title.push_back(ledger.title(member, Titles::after));
        outcome.is_active.push_back(ledger.is_active(member));
    }
    outcome.measures.resize(ledger.plan.measures.size());
    for (std::size_t i = 0; i < ledger.plan.measures.size(); ++i)
        for (MemberIndex member = 0; member < count; ++member)
            outcome.measures[i].push_back(ledger.measure(member, static_cast<MeasureIndex>(i)));
    for (const Measure& measure : ledger.plan.measures)
        if (measure.source == Measure::Source::window && measure.window == Measure::Window::count)
            for (MemberIndex member = 0; member < count; ++member)
                outcome.held[measure.name].push_back(ledger.is_affiliate(member) &&
                                                     ledger.holds_now(member, measure));
}

}  // namespace

Outcome compute(const Plan& plan, const Snapshot& snapshot, const Past& past) {
    const Ledger ledger(plan, snapshot, past);
    ledger.refuse_rank_cycle();
    Outcome outcome;
    state_members(ledger, outcome);
    outcome.breakdowns.resize(plan.bonuses.size());
    for (std::size_t i = 0; i < plan.bonuses.size(); ++i) {
        Payer payer(ledger, i, outcome);
        pay_bonus(payer);
    }
    for (const NetLine& line : ledger.lines) {
        outcome.volume_centipoints += ledger.volume(line, "");
        outcome.amount_minor += line.amount_minor;
    }
    for (const std::uint8_t is_returned : ledger.is_order_fully_returned)
        outcome.order_count += !is_returned;
    outcome.orders_after = ledger.orders_after;
    outcome.first_on_after = ledger.first_on_after;
    std::sort(outcome.payments.begin(), outcome.payments.end());
    cut_pay(ledger, outcome);
    return outcome;
}

}  // namespace downline::reference
