// What returns take back of a closed run, worked out by hand.
#include <doctest/doctest.h>

#include "engine/corrections.hpp"

namespace downline {
namespace {

constexpr MemberIndex ann = 0, bob = 1;

/// One order line of 100.00 and 80.00 points.
ReturnedOrderLine order_of_100() { return {100'00, 80'00, {}}; }

ReturnEvent back(std::uint32_t event, std::int64_t amount, std::int64_t volume = -1) {
    return {event, amount, volume, false};
}

ClosedLine line(MemberIndex earner, std::uint32_t bonus, std::int64_t amount,
                std::uint32_t order = UINT32_MAX) {
    ClosedLine closed;
    closed.earner = earner;
    closed.bonus = bonus;
    closed.amount_minor = amount;
    closed.order = order;
    return closed;
}

/// A run of one bonus, "override", that paid ann 5.00 on the order.
ClosedRun run_of(ReturnedOrderLine order) {
    ClosedRun run;
    run.number = 1;
    run.bonuses = {{"override", {}, -1, false}};
    run.orders = {std::move(order)};
    run.lines = {line(ann, 0, 5'00, 0)};
    run.sums = {{ann, 0, 5'00, 0}};
    return run;
}

TEST_CASE("a whole return takes back the whole line") {
    ClosedRun run = run_of(order_of_100());
    run.orders[0].returns = {back(1, 100'00)};
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -5'00}});
}

TEST_CASE("parts are rounded together, so that they add up to the whole") {
    ClosedRun run = run_of(order_of_100());
    run.lines[0].amount_minor = run.sums[0].amount_minor = 1'00;
    run.orders[0].returns = {back(1, 33'33), back(2, 33'33), back(3, 33'34)};
    // 1.00 × 33.33 % = 0.33; × 66.66 % = 0.67, so 0.34 more; all: 0.33 more.
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -33}, {0, 2, -34}, {0, 3, -33}});
}

TEST_CASE("what a run before has reversed is not reversed again") {
    ClosedRun run = run_of(order_of_100());
    run.orders[0].returns = {back(0, 50'00), back(1, 50'00)};
    run.lines[0].reversed_minor = run.sums[0].reversed_minor = 2'50;
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -2'50}});
}

TEST_CASE("the part is of the order as it was paid on: after the returns of its own period") {
    ClosedRun run = run_of(order_of_100());
    run.orders[0].returns = {{0, 60'00, -1, true}, back(1, 10'00)};
    // The line was paid on 40.00; 10.00 of it came back: a quarter of 5.00.
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -1'25}});
}

TEST_CASE("a percentage of the volume follows the volume that a return states, else the amount") {
    ClosedRun run = run_of(order_of_100());
    run.orders[0].returns = {back(1, 50'00, 20'00)};
    CHECK(reverse(run)[0].amount_minor == -2'50);  // 50.00 of 100.00
    run.lines[0].goes_by_volume = true;
    CHECK(reverse(run)[0].amount_minor == -1'25);  // 20 of 80 points
    // 20 stated and half of 80 in proportion are 60 of 80.
    run.orders[0].returns.push_back(back(2, 50'00));
    CHECK(reverse(run)[1].amount_minor == -2'50);
}

TEST_CASE("a free order that came back takes back all of what was paid on it") {
    ClosedRun run = run_of({0, 0, {}});
    run.orders[0].returns = {back(1, 0)};
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -5'00}});
}

TEST_CASE("a match follows the part of what it matched, matches of matches too") {
    ClosedRun run = run_of(order_of_100());
    // ann earned 5.00 on the order and 15.00 elsewhere; bob matched 10 % of that: 2.00, and ann
    // half of bob's match: 1.00.
    run.bonuses.push_back({"match", {0}, -1, false});
    run.bonuses.push_back({"double", {1}, -1, false});
    run.lines.push_back(line(bob, 1, 2'00));
    run.lines.back().source = ann;
    run.lines.push_back(line(ann, 2, 1'00));
    run.lines.back().source = bob;
    run.sums = {{ann, 0, 20'00, 0}, {bob, 1, 2'00, 0}, {ann, 2, 1'00, 0}};
    run.orders[0].returns = {back(1, 100'00)};
    // A quarter of ann's 20.00 goes, so a quarter of each.
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -5'00}, {1, 1, -50}, {2, 1, -25}});
}

TEST_CASE("caps and the limit come back in the part of what they cut: nobody gives back more than "
          "was left") {
    ClosedRun run = run_of(order_of_100());
    // ann: 5.00 on the order and 5.00 elsewhere, capped at 6.00, and 1.00 of a pool; of these 7.00
    // the limit left 3.50.
    run.bonuses.push_back({"pool", {}, -1, false});
    run.bonuses.push_back({"cap:override", {}, 0, false});
    run.bonuses.push_back({"limit:payout", {}, -1, true});
    run.lines.push_back(line(ann, 2, -4'00));
    run.lines.push_back(line(ann, 3, -3'50));
    run.sums = {{ann, 0, 10'00, 0}, {ann, 1, 1'00, 0}, {ann, 2, -4'00, 0}, {ann, 3, -3'50, 0}};
    run.orders[0].returns = {back(1, 100'00)};
    // Half of the override goes: 5.00, with half of the cap: 2.00 come back. 3.00 of 7.00 is gone,
    // so 3/7 of 3.50 = 1.50 comes back. Of the 3.50 that were left 1.50 is given back.
    CHECK(reverse(run) == std::vector<Reversal>{{0, 1, -5'00}, {1, 1, 2'00}, {2, 1, 1'50}});
}

TEST_CASE("lines that nothing touched stand") {
    ClosedRun run = run_of(order_of_100());
    run.orders.push_back(order_of_100());
    run.orders[1].returns = {back(1, 100'00)};
    CHECK(reverse(run).empty());
}

TEST_CASE("corrections stand by member, reversals before adjustments") {
    Corrections corrections;
    corrections.closed_runs = {run_of(order_of_100())};
    corrections.closed_runs[0].orders[0].returns = {back(1, 100'00)};
    corrections.closed_runs[0].lines[0].earner = bob;
    corrections.adjustments = {{bob, 7'00}, {ann, -1'00}};
    const std::uint32_t none = CorrectionLine::adjustment;
    CHECK(correct(corrections) == std::vector<CorrectionLine>{{ann, none, 1, 0, -1'00},
                                                              {bob, 0, 0, 1, -5'00},
                                                              {bob, none, 0, 0, 7'00}});
}

}  // namespace
}  // namespace downline
