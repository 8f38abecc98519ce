// The reference's clawbacks: what returns take back of closed periods. SPEC 4, 9.17, 9.19, 9.28.
#include <algorithm>
#include <set>

#include "engine/bonuses/match.hpp"
#include "tests/reference/arithmetic.hpp"
#include "tests/reference/chronicle.hpp"

namespace downline::reference {

using property::OrderRow;
using property::ReturnRow;

namespace {

/// Of a whole with returns, the volume that is left; stated volumes, else in proportion to the
/// amount, of all together rounded once.
std::int64_t volume_left(const OrderRow& order, const std::vector<const ReturnRow*>& returns,
                         Rounding rounding) {
    std::int64_t stated = 0, by_amount = 0;
    bool is_any_by_amount = false;
    for (const ReturnRow* back : returns) {
        if (back->volume_centipoints >= 0) {
            stated += back->volume_centipoints;
        } else {
            by_amount += back->amount_minor;
            is_any_by_amount = true;
        }
    }
    std::int64_t left = order.volume_centipoints;
    if (is_any_by_amount)
        left = order.amount_minor == 0
                   ? 0
                   : left - rounded({left, by_amount}, {order.amount_minor}, rounding);
    return is_any_by_amount ? std::max<std::int64_t>(0, left - stated) : left - stated;
}

}  // namespace

void Chronicle::claw_back(Closed& closed) {
    std::set<Event> events;
    for (const OrderRow& order : history_.facts.orders)
        for (const ReturnRow& back : order.returns)
            if (counted(back) == now_ && counted(order) < now_) events.insert(event_of(back));
    for (const Event& event : events)
        for (KeptRun& run : runs_)
            if (run.number < now_) reverse(run, event, closed);
}

/// SPEC 4, 9.24: after all else, in the period that is named or the first open one.
void Chronicle::adjust(Closed& closed) {
    for (const property::AdjustmentRow& row : history_.adjustments) {
        const int counted = std::max(row.period, row.arrives);
        if (counted != static_cast<int>(now_) || row.amount_minor == 0) continue;
        closed.lines.push_back(
            {.member = history_.facts.members[static_cast<std::size_t>(row.member)].id,
             .bonus = row.bonus.empty() ? "adjustment" : row.bonus,
             .stream = StreamKind::adjustment,
             .amount_minor = row.amount_minor});
    }
}

std::pair<std::int64_t, std::int64_t> Chronicle::returned_part(const KeptRun& run,
                                                               const KeptLine& line,
                                                               const Event& until) const {
    const OrderRow& order = *line.order;
    std::vector<const ReturnRow*> in_own_period, so_far;
    std::int64_t paid_on = order.amount_minor, left = order.amount_minor;
    for (const ReturnRow& back : order.returns) {
        if (event_of(back) > until) continue;
        so_far.push_back(&back);
        left -= back.amount_minor;
        if (counted(back) > run.number) continue;
        in_own_period.push_back(&back);
        paid_on -= back.amount_minor;
    }
    if (line.goes_by_volume) {
        paid_on = volume_left(order, in_own_period, run.plan->rounding);
        left = volume_left(order, so_far, run.plan->rounding);
    }
    if (paid_on == 0)  // it comes back as a whole, or not at all
        return {so_far.size() > in_own_period.size(), 1};
    return {paid_on - left, paid_on};
}

/// One event in one closed run: its order lines, then matches, then caps and the limit.
void Chronicle::reverse(KeptRun& run, const Event& event, Closed& closed) {
    for (KeptLine& line : run.lines) {
        if (!line.order) continue;
        const bool is_touched = std::ranges::any_of(line.order->returns, [&](const auto& back) {
            return event_of(back) == event;
        });
        if (!is_touched) continue;
        const auto [returned, paid_on] = returned_part(run, line, event);
        const std::int64_t amount = line.stated.amount_minor;
        const std::int64_t part =
            std::min(amount, rounded({amount, returned}, {paid_on}, run.plan->rounding));
        const std::int64_t missing = part - line.reversed_minor;
        if (missing == 0) continue;
        line.reversed_minor = part;
        StatedLine reversal = line.stated;
        reversal.amount_minor = -missing;
        reversal.return_id = std::get<2>(event);
        closed.lines.push_back(reversal);
    }
    reverse_matches(run, event, closed);
    reverse_cuts(run, event, closed);
}

/// In plan order: a match may be matched.
void Chronicle::reverse_matches(KeptRun& run, const Event& event, Closed& closed) {
    for (std::size_t bonus = 0; bonus < run.plan->bonuses.size(); ++bonus) {
        if (run.plan->bonuses[bonus].kind != "match") continue;
        const auto& rule = dynamic_cast<const MatchRule&>(*run.plan->bonuses[bonus].rule);
        for (KeptLine& match : run.lines) {
            if (match.bonus != bonus) continue;
            std::int64_t earned = 0, reversed = 0;
            for (const KeptLine& line : run.lines) {
                if (line.earner != *match.source ||
                    !std::ranges::count(rule.of, run.plan->bonuses[line.bonus].code))
                    continue;
                earned += line.stated.amount_minor;
                reversed += line.reversed_minor;
            }
            const std::int64_t amount = match.stated.amount_minor;
            const std::int64_t part = rounded({amount, reversed}, {earned}, run.plan->rounding);
            const std::int64_t missing = part - match.reversed_minor;
            if (missing == 0) continue;
            match.reversed_minor = part;
            StatedLine reversal = match.stated;
            reversal.amount_minor = -missing;
            reversal.return_id = std::get<2>(event);
            closed.lines.push_back(reversal);
        }
    }
}

/// Caps in the part that the reversals so far are of the lines they cut; the limit in that of all
/// lines after caps.
void Chronicle::reverse_cuts(KeptRun& run, const Event& event, Closed& closed) {
    const auto reverse_cut = [&](KeptCut& cut, std::int64_t cut_from, std::int64_t reversed) {
        const std::int64_t part =
            rounded({cut.amount_minor, reversed}, {cut_from}, run.plan->rounding);
        const std::int64_t missing = part - cut.reversed_minor;
        if (missing == 0) return;
        cut.reversed_minor = part;
        closed.lines.push_back(
            {.member = history_.facts.members[cut.earner].id,
             .bonus = cut.code,
             .stream = StreamKind::limit,
             .amount_minor = missing,
             .return_id = std::get<2>(event)});
    };
    for (const bool is_limit : {false, true}) {
        for (KeptCut& cut : run.cuts) {
            if (cut.bonus.has_value() == is_limit) continue;
            std::int64_t cut_from = 0, reversed = 0;
            for (const KeptLine& line : run.lines) {
                if (line.earner != cut.earner || (cut.bonus && line.bonus != *cut.bonus)) continue;
                cut_from += line.stated.amount_minor;
                reversed += line.reversed_minor;
            }
            if (is_limit)
                for (const KeptCut& cap : run.cuts) {
                    if (!cap.bonus || cap.earner != cut.earner) continue;
                    cut_from -= cap.amount_minor;
                    reversed -= cap.reversed_minor;
                }
            if (cut_from > 0) reverse_cut(cut, cut_from, reversed);
        }
    }
}

}  // namespace downline::reference
