// Explanations as text that two of them can be compared by: everything that they say, but for the
// run's record.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>

#include "storage/explain.hpp"

namespace downline {

template <typename Value>
std::string told(const std::optional<Value>& value) {
    return value ? fmt::format("{}", *value) : "–";
}

inline std::string told(const ShownTest& test) {
    return fmt::format("[{} {} {} {} {} {} {} {}]", test.asked, test.kind, told(test.measure),
                       test.value, told(test.counted), test.needed, told(test.short_by),
                       test.is_met);
}

inline std::string told(const ShownTests& tests) {
    std::string text;
    for (const auto& alternative : tests) {
        text += "|";
        for (const ShownTest& test : alternative) text += told(test);
    }
    return text;
}

inline std::string told(const NamedAmount& sum) {
    return fmt::format("{} {} {}; ", sum.name, sum.lines, sum.amount_minor);
}

inline std::string told(const OrderStep& step) {
    std::string text = fmt::format(
        "{} {} {} to {} ({}) level {} paid {} {} {} | {} {} {} {} {} | {} of {} {}", step.is_slot,
        step.line, told(step.member_id), told(step.to_member_id), step.member_count,
        told(step.level), step.paid_level, step.is_active, told(step.rank), told(step.base),
        told(step.rate), told(step.rate_most), told(step.factor), told(step.exact),
        step.paid_minor, step.maximum_minor, step.reason);
    for (const ShownTest& test : step.failed) text += told(test);
    return text + "\n";
}

inline std::string told(const ExplainedOrder& order) {
    std::string text = fmt::format(
        "{} {} by {} of {} on {}: {} {} {} {} {}, {} of {}, forfeited {}, cut {}\n",
        order.run.number, order.order_id, order.buyer, told(order.seller), order.ordered_on,
        order.is_from_customer, order.is_returned, order.sequence, order.amount_minor,
        order.volume_centipoints, order.paid_minor, order.maximum_minor, order.forfeited,
        order.cuts);
    for (const OrderBonus& bonus : order.bonuses) {
        text += fmt::format("{} {} {} {}: {} of {}, {}\n", bonus.code, bonus.kind, bonus.orders,
                            bonus.adds_to_fund, bonus.paid_minor, bonus.maximum_minor,
                            bonus.forfeited);
        for (const OrderStep& step : bonus.steps) text += told(step);
    }
    for (const LaterLine& line : order.later)
        text += fmt::format("{} {} {} {} {} {} {}\n", line.period, line.bonus, line.member_id,
                            told(line.return_id), line.run, line.line, line.amount_minor);
    return text;
}

inline std::string told(const ExplainedMember& member) {
    const Earnings& earnings = member.earnings;
    std::string text =
        fmt::format("{} {} {} {} {} {} {}\nactive {}\n", member.run.number, earnings.member_id,
                    member.status, told(earnings.rank), told(earnings.title), earnings.measures,
                    earnings.total_minor, told(member.active));
    for (const ShownRank& rank : member.ranks)
        text += fmt::format("{} {} {} {} {}\n", rank.name, rank.is_reached, rank.is_maintained,
                            told(rank.requires_), told(rank.maintain));
    for (const NamedAmount& source : member.sources) text += told(source);
    for (const MemberSlot& slot : member.slots)
        text += fmt::format("{} {} {} {} {} | {} {} {} {} {} | {} {} | {} of {} {}\n", slot.bonus,
                            slot.kind, told(slot.from), told(slot.level), slot.paid_level,
                            told(slot.base), told(slot.rate), told(slot.rate_most),
                            told(slot.factor), told(slot.exact), told(slot.share),
                            told(slot.share_sum), slot.paid_minor, slot.maximum_minor,
                            slot.reason);
    for (const MemberLeg& leg : member.legs)
        text += fmt::format("{} {}: {} {} {} {} {} {}\n", leg.bonus, leg.leg, leg.carried_in,
                            leg.whole, leg.counted, leg.matched, leg.left, leg.carried_on);
    for (const MissedPay& missed : member.missed) {
        text += fmt::format("missed {} {} {} {}", missed.bonus, missed.reason, missed.lines,
                            missed.amount_minor);
        for (const ShownTest& test : missed.failed) text += told(test);
    }
    return text;
}

}  // namespace downline
