// A slot in one sentence, two legs in two rows: see the header.
#include "cli/explain_slots_report.hpp"

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"

namespace downline {
namespace {

constexpr std::size_t slots_shown = 20;

std::string why(const MemberSlot& slot) {
    if (slot.reason.empty()) return "";
    if (slot.reason == "rank" && slot.rate != slot.rate_most)
        return fmt::format("rank: {} at most", slot.rate_most.value_or(""));
    return slot.reason;
}

void print_legs(Output& output, const ExplainedMember& member) {
    if (member.legs.empty()) return;
    output << "\nLegs, in points; counted: after what a leg may have at most\n";
    Table table(output, {{"bonus"}, {"leg"}, {"carried in", Align::right},
                         {"with this period", Align::right}, {"counted", Align::right},
                         {"matched", Align::right}, {"carried on", Align::right}});
    for (const MemberLeg& leg : member.legs)
        table.row({leg.bonus, leg.leg, leg.carried_in, leg.whole, leg.counted, leg.matched,
                   leg.carried_on});
    table.finish();
}

}  // namespace

std::string slot_words(const MemberSlot& slot) {
    std::string words;
    if (slot.kind == "match") {
        words = fmt::format("{} of what {} earned, {}, at paid level {}", slot.rate.value_or(""),
                            shown(slot.from.value_or("")), slot.base.value_or(""), slot.paid_level);
    } else if (slot.kind == "pool") {
        words = fmt::format("{}{} of a fund of {}", slot.share.value_or(""),
                            slot.share_sum ? fmt::format(" of {} shares", *slot.share_sum) : "",
                            slot.base.value_or(""));
    } else if (slot.kind == "fixed") {
        words = fmt::format("{} for {}", slot.rate.value_or(""),
                            slot.by.empty() ? "the rank" : slot.by);
    } else {
        words = fmt::format("{} times {}", slot.base.value_or(""), slot.rate.value_or(""));
    }
    if (slot.factor) words += fmt::format(", times {}", *slot.factor);
    if (slot.exact) words += fmt::format(" = {}", *slot.exact);
    return words;
}

void print_slots(Output& output, const ExplainedMember& member) {
    print_legs(output, member);
    if (member.slots.empty()) return;
    const std::string& currency = member.run.currency;
    output << "\nSlots that are of no order\n";
    Table table(output, {{"bonus"}, {"kind"}, {"what"}, {"possible", Align::right},
                         {"paid", Align::right}, {"why"}});
    for (std::size_t i = 0; i < member.slots.size() && i < slots_shown; ++i) {
        const MemberSlot& slot = member.slots[i];
        table.row({slot.bonus, slot.kind, slot_words(slot),
                   amount_text(slot.maximum_minor, currency),
                   amount_text(slot.paid_minor, currency), why(slot)});
    }
    table.finish();
    if (member.slots.size() > slots_shown)
        output << fmt::format("{} more; --csv and --json have all\n",
                              member.slots.size() - slots_shown);
}

void write_slots(JsonWriter& json, const ExplainedMember& member) {
    const std::string& currency = member.run.currency;
    json.key("slots").begin_array();
    for (const MemberSlot& slot : member.slots) {
        json.begin_object();
        json.text("bonus", slot.bonus);
        json.text("kind", slot.kind);
        json.text("from", slot.from);
        json.key("level");
        slot.level ? json.number(*slot.level) : json.null();
        json.number("paid_level", slot.paid_level);
        json.text("base", slot.base);
        json.text("rate", slot.rate);
        json.text("rate_most", slot.rate_most);
        json.text("factor", slot.factor);
        json.text("share", slot.share);
        json.text("share_sum", slot.share_sum);
        json.text("exact", slot.exact);
        json.text("maximum", amount_text(slot.maximum_minor, currency));
        json.text("amount", amount_text(slot.paid_minor, currency));
        json.text("forfeited", amount_text(slot.maximum_minor - slot.paid_minor, currency));
        json.text("reason", slot.reason.empty() ? std::nullopt : std::optional(slot.reason));
        json.end_object();
    }
    json.end_array();
    json.key("legs").begin_array();
    for (const MemberLeg& leg : member.legs) {
        json.begin_object();
        json.text("bonus", leg.bonus);
        json.text("leg", leg.leg);
        json.text("carried_in", leg.carried_in);
        json.text("with_period", leg.whole);
        json.text("counted", leg.counted);
        json.text("matched", leg.matched);
        json.text("carried_on", leg.carried_on);
        json.end_object();
    }
    json.end_array();
}

}  // namespace downline
