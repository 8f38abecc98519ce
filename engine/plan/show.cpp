// A plan as people read it: see the header.
#include "engine/plan/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/bonuses/bonus.hpp"
#include "engine/plan/asked.hpp"
#include "engine/plan/bounds.hpp"
#include "engine/plan/describe.hpp"
#include "engine/plan/document.hpp"

namespace downline {

namespace {

constexpr std::array<std::string_view, 12> shared_keys = {
    "code",   "kind", "orders",  "base", "point",  "requires",
    "active", "tree", "rank_by", "cap",  "factor", "stream"};

template <typename... Parts>
void add(std::string& text, fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Parts>(parts)...);
}

/// A value as it may be written in a plan, on one line. Recursive, as deep as the text nests.
std::string as_written(const TomlValue& value) {
    if (value.is_list()) {
        std::string text = "[";
        for (const TomlValue& entry : value.list) {
            if (text.size() > 1) text += ", ";
            text += as_written(entry);
        }
        return text + "]";
    }
    if (!value.is_table()) return shown(value);
    std::string text = "{";
    for (const TomlValue::Entry& entry : value.table) {
        text += text.size() > 1 ? ", " : " ";
        text += entry.key + " = " + as_written(entry.value);
    }
    return text + " }";
}

void show_header(const Plan& plan, std::string& text) {
    static constexpr std::string_view roundings[] = {"half up", "half to even", "down"};
    static constexpr std::string_view week_days[] = {
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    add(text, "{}: paid by {}{} in {}, from {}, rounded {}\n", plan.name,
        period_kind_name(plan.period),
        plan.period != PeriodKind::week
            ? ""
            : fmt::format(" from {} on", week_days[static_cast<std::size_t>(plan.week_starts) - 1]),
        plan.currency, format_day(plan.effective),
        roundings[static_cast<std::size_t>(plan.rounding)]);
    for (const auto& [former, now] : plan.was) add(text, "  title {} is now {}\n", former, now);
}

void show_placement(const Plan& plan, std::string& text) {
    static constexpr std::string_view fills[] = {"breadth first", "into the lesser leg",
                                                 "to the left", "to the right",
                                                 "to the left and the right by turns"};
    if (!plan.placement) return;
    add(text, "\nPlaces of who has none: {} wide, filled {}\n", plan.placement->width,
        fills[static_cast<std::size_t>(plan.placement->fill)]);
}

void show_weights(const Plan& plan, std::string& text) {
    if (plan.weights.empty()) return;
    text += "\nWeights of orders\n";
    for (const Weight& weight : plan.weights) {
        add(text, "  {}:", describe(plan, weight.orders));
        if (weight.volume_ppm) add(text, " volume {}", format_percent(*weight.volume_ppm));
        if (weight.qualifying_volume_ppm)
            add(text, " qualifying volume {}", format_percent(*weight.qualifying_volume_ppm));
        for (const std::string& code : weight.except) add(text, ", not for {}", code);
        text += "\n";
    }
}

void show_measures(const Plan& plan, Needs needs, std::string_view heading, std::string& text) {
    const MeasureOrder order(plan);
    std::string list;
    for (const MeasureIndex index : order.measures)
        if (order.needs[index] == needs)
            add(list, "  {:<12} {}\n", plan.measures[index].name,
                describe(plan, plan.measures[index]));
    if (!list.empty()) add(text, "\n{}\n{}", heading, list);
}

void show_ranks(const Plan& plan, std::string& text) {
    if (plan.ranks.empty()) return;
    text += "\nRanks, lowest first\n";
    for (const Rank& rank : plan.ranks) {
        add(text, "  {:<12} {}\n", rank.name, describe(plan, rank.requires_));
        if (rank.maintain)
            add(text, "  {:<12} kept with: {}\n", "", describe(plan, *rank.maintain));
    }
}

void show_bonus(const Plan& plan, const Bonus& bonus, const TomlValue& table,
                const std::string& most, std::string& text) {
    const auto kinds = bonus_kinds();
    const auto kind = std::ranges::find(kinds, bonus.kind, &BonusKind::name);
    add(text, "  {} ({}): {}\n", bonus.code, bonus.kind, kind == kinds.end() ? "" : kind->pays);
    add(text, "    on      {}\n", describe(plan, bonus.orders));
    const std::string asked = describe(plan, bonus.requires_);
    if (asked != "nothing" || !bonus.needs_active)
        add(text, "    to      who meets: {}{}\n", asked,
            bonus.needs_active ? ", and is active" : ", active or not");
    for (const TomlValue::Entry& entry : table.table) {
        const bool is_own = std::ranges::find(shared_keys, entry.key) == shared_keys.end();
        const bool is_told = entry.key == "code" || entry.key == "kind" || entry.key == "orders" ||
                             entry.key == "requires" || entry.key == "active";
        if (is_own || !is_told) add(text, "    {} = {}\n", entry.key, as_written(entry.value));
    }
    if (bonus.kind == "personal" && !table.find("from"))
        text += "    from = [\"customers\"], as it is not said\n";
    add(text, "    pays    {}\n", most);
}

void show_bonuses(const Plan& plan, std::string& text) {
    if (plan.bonuses.empty()) return;
    Problems problems;
    const auto document = parse_document(plan.text, problems);
    const TomlValue* tables = document ? document->find("bonus") : nullptr;
    const std::vector<MostPaid> most = most_paid(plan);
    text += "\nBonuses, in this order\n";
    static const TomlValue nothing;
    for (std::size_t b = 0; b < plan.bonuses.size(); ++b)
        show_bonus(plan, plan.bonuses[b],
                   tables && b < tables->list.size() ? tables->list[b] : nothing, most[b].most,
                   text);
    add(text, "\nIn all {} {}\n",
        most.back().most.starts_with("unbounded") ? "what the plan pays is" : "the plan pays",
        most.back().most);
}

/// The bounds of closing, as they are written.
void show_checks(const Plan& plan, std::string& text) {
    Problems problems;
    const auto document = parse_document(plan.text, problems);
    const TomlValue* checks = document ? document->find("checks") : nullptr;
    if (checks == nullptr || checks->table.empty()) return;
    text += "\nChecks before closing\n";
    for (const TomlValue::Entry& entry : checks->table)
        add(text, "  {} = {}\n", entry.key, as_written(entry.value));
}

}  // namespace

std::string show_plan(const Plan& plan) {
    std::string text;
    show_header(plan, text);
    show_placement(plan, text);
    show_weights(plan, text);
    show_measures(plan, Needs::nothing, "Measures", text);
    add(text, "\nActive\n  {}\n",
        plan.active ? describe(plan, *plan.active) : "every affiliate who is not terminated");
    show_measures(plan, Needs::active, "Measures that ask who is active", text);
    show_ranks(plan, text);
    show_measures(plan, Needs::rank, "Measures that ask for ranks", text);
    show_bonuses(plan, text);
    show_checks(plan, text);
    if (!plan.examples.empty()) add(text, "\nExamples: {}\n", plan.examples.size());
    return text;
}

}  // namespace downline
