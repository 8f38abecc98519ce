// What must hold of every explanation: it is the run itself, slot by slot.
#include <algorithm>
#include <array>
#include <tuple>

#include "engine/bonuses/pay.hpp"
#include "engine/explain.hpp"
#include "storage/explain.hpp"
#include "tests/property/files.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"

namespace downline::property {
namespace {

/// Earner, order line, level, paid level, rate, base, amount.
using Paid = std::tuple<MemberIndex, std::int64_t, std::uint32_t, std::uint32_t, std::int64_t,
                        std::int64_t, std::int64_t>;

std::vector<Paid> paid_slots(const ExplainedBonus& bonus) {
    std::vector<Paid> paid;
    for (const Step& step : bonus.steps)
        if (step.slot && step.slot->paid_minor != 0)
            paid.emplace_back(step.slot->payee, step.order_line + 1, step.level,
                              step.slot->paid_level, step.slot->rate, step.slot->base,
                              step.slot->paid_minor);
    std::ranges::sort(paid);
    return paid;
}

std::vector<Paid> lines_of(const LineBook& book) {
    std::vector<Paid> paid;
    for (std::size_t entry = 0; entry < book.entries().size(); ++entry)
        for (const Line& line : book.lines(entry))
            if (line.order_ref != 0)
                paid.emplace_back(book.entries()[entry].earner, line.order_ref, line.level,
                                  line.paid_level, line.rate.value_or(0), line.base.value_or(0),
                                  line.amount_minor);
    std::ranges::sort(paid);
    return paid;
}

/// What was passed over on the way up has nothing to be paid there, and nobody stands twice.
bool is_a_way_up(const std::vector<Step>& steps) {
    for (std::size_t i = 1; i < steps.size(); ++i) {
        if (steps[i].order_line != steps[i - 1].order_line || steps[i].level == Step::nobody) continue;
        const std::uint32_t reached =
            steps[i - 1].level + (steps[i - 1].slot ? 0 : steps[i - 1].count - 1);
        const bool is_same_slot_again = steps[i].slot && steps[i - 1].slot &&
                                        steps[i].level == steps[i - 1].level;  // slices
        if (!is_same_slot_again && steps[i].level <= reached) return false;
    }
    return true;
}

TEST_CASE("the explanations of all orders are the lines and accounts of the run") {
    std::size_t slot_count = 0, passed_count = 0;
    holds("explained orders", 3'000, [&] {
        const Case made = case_of(*throws());
        const Snapshot snapshot = snapshot_of(made.facts);
        const OrderExplanation all =
            explain_order(made.plan, snapshot, 0, snapshot.orders.count);
        for (std::size_t b = 0; b < all.bonuses.size(); ++b) {
            const std::string& kind = made.plan.bonuses[b].kind;
            const ExplainedBonus& bonus = all.bonuses[b];
            if (kind == "match" || kind == "pool" || kind == "fixed" || kind == "binary") {
                RC_ASSERT(bonus.steps.empty());
                continue;
            }
            const Account& account = all.result.accounts[b];
            RC_LOG() << made.plan.bonuses[b].code << " (" << kind << ")\n" << made.plan_text;
            RC_ASSERT(bonus.maximum_minor == account.maximum_minor);
            RC_ASSERT(bonus.paid_minor == account.paid_minor);
            RC_ASSERT(bonus.forfeited_minor == account.forfeited_minor);
            RC_ASSERT(paid_slots(bonus) == lines_of(all.result.books[b]));
            RC_ASSERT(is_a_way_up(bonus.steps));
            for (const Step& step : bonus.steps) ++(step.slot ? slot_count : passed_count);
        }
    });
    CHECK(slot_count > 10'000);  // the cases are worth explaining
    CHECK(passed_count > 1'000);
}

}  // namespace
}  // namespace downline::property
