// Reads a plan: its tables in the order in which they need each other's names.
#include "engine/plan/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/limits.hpp"
#include "engine/plan/bounds.hpp"
#include "engine/plan/sections.hpp"

namespace downline {

namespace {

void check_plan_name(TableReader& table, const std::string& name) {
    const bool is_right =
        !name.empty() && name.size() <= id_bytes_max && std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
    if (!is_right)
        table.error("name", "bad_name",
                    fmt::format("name is {}; write 1 to {} of a-z, 0-9 and -, as \"evergreen\"",
                                in_quotes(name), id_bytes_max));
}

void read_currency(TableReader& table, Plan& plan) {
    const auto currency = table.text("currency");
    if (!currency) return;
    plan.currency = *currency;
    const auto places = currency_places(*currency);
    if (!places)
        table.error("currency", "unknown_currency",
                    fmt::format("currency is {}, which is no currency of ISO 4217; write it as "
                                "\"USD\"",
                                in_quotes(*currency)));
    plan.currency_places = places.value_or(2);
}

void read_period_kind(TableReader& table, Plan& plan) {
    plan.period = table
                      .word<PeriodKind>("period", {{"day", PeriodKind::day},
                                                   {"week", PeriodKind::week},
                                                   {"month", PeriodKind::month},
                                                   {"quarter", PeriodKind::quarter},
                                                   {"year", PeriodKind::year}})
                      .value_or(PeriodKind::month);
    if (const auto starts = table.word<Weekday>("week_starts", {{"monday", monday},
                                                                {"tuesday", 2},
                                                                {"wednesday", 3},
                                                                {"thursday", 4},
                                                                {"friday", 5},
                                                                {"saturday", 6},
                                                                {"sunday", 7}})) {
        plan.week_starts = *starts;
        if (plan.period != PeriodKind::week)
            table.error("week_starts", "useless_key",
                        "week_starts says nothing unless period = \"week\"; remove it");
    }
}

/// A name of a rank: shown in tables and files, written as a key.
bool is_rank_name(std::string_view name) {
    return !name.empty() && name.size() <= id_bytes_max && name != "none" &&
           std::ranges::all_of(
               name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

/// Refused before anything is read: there are too many to look names up among.
bool has_too_many(const TomlValue& document, Problems& problems) {
    const TomlValue* measures = document.find("measures");
    if (!measures || measures->table.size() <= plan_entries_max) return false;
    problems.error(measures->place, "too_many",
                   fmt::format("there are {} measures; at most {} are read", measures->table.size(),
                               plan_entries_max));
    return true;
}

void read_active(TableReader& document, const ReadingContext& context, Plan& plan,
                 PlanPlaces& places) {
    auto table = document.table("active");
    if (!table) return;
    places.active = table->place();
    TableReader active(table->whole(), "[active]", document.problems());
    active.require("requires", "write requires = { pv = 100 }, or remove [active]");
    plan.active = read_requirement(active, "requires", context);
    active.finish([&](std::string_view key) { return context.belongs_in_header(key); });
}

void read_limits(TableReader& document, Plan& plan) {
    auto table = document.table("limits");
    if (!table) return;
    TableReader limits(table->whole(), "[limits]", document.problems());
    plan.limits.payout_ppm = limits.percent("payout");
    limits.finish();
}

void read_placement(TableReader& document, Plan& plan) {
    using Fill = Placement::Fill;
    auto table = document.table("placement");
    if (!table) return;
    TableReader inner(table->whole(), "[placement]", document.problems());
    Placement& placement = plan.placement.emplace();
    inner.require("kind", "write kind = \"matrix\" or kind = \"binary\"");
    inner.require("fill", "write fill = \"breadth-first\"; of a binary also \"lesser-leg\", "
                          "\"left\", \"right\" or \"alternate\"");
    const bool is_matrix =
        inner.word<bool>("kind", {{"matrix", true}, {"binary", false}}).value_or(false);
    if (is_matrix) {
        inner.require("width", "say how many stand side by side: width = 3");
        placement.width = static_cast<std::uint32_t>(
            inner.integer("width", 1, static_cast<std::int64_t>(plan_entries_max)).value_or(2));
        inner.word<Fill>("fill", {{"breadth-first", Fill::breadth_first}});
    } else {
        placement.fill = inner.word<Fill>("fill", {{"lesser-leg", Fill::lesser_leg},
                                                   {"left", Fill::left},
                                                   {"right", Fill::right},
                                                   {"alternate", Fill::alternate},
                                                   {"breadth-first", Fill::breadth_first}})
                             .value_or(Fill::breadth_first);
    }
    inner.finish();
}

void warn_of_bonuses_for_nothing(const Plan& plan, const PlanPlaces& places, Problems& problems) {
    const std::vector<MostPaid> most = most_paid(plan);
    for (std::size_t b = 0; b < plan.bonuses.size(); ++b)
        if (most[b].volume_share_ppm == 0)
            problems.warning(places.bonuses[b], "pays_nothing",
                             fmt::format("bonus {} pays nothing at any rank or step",
                                         in_quotes(plan.bonuses[b].code)));
}

void read_sections(const TomlValue& whole, Plan& plan, Checks& checks, Problems& problems) {
    TableReader document(whole, "the plan", problems);
    ReadingContext context;
    read_header(document, context, plan);
    context.currency_places = plan.currency_places;
    std::vector<TableReader> ranks = document.tables("rank");
    name_ranks(ranks, context);
    name_measures(whole.find("measures"), context, problems);

    PlanPlaces places;
    read_former_ranks(document, context, plan);
    read_measures(document, context, plan, places);
    read_active(document, context, plan, places);
    read_ranks(ranks, context, plan, places);
    read_bonuses(document, context, plan, places);
    read_weights(document, context, plan);
    read_limits(document, plan);
    read_placement(document, plan);
    checks = read_checks(document, plan.currency_places);
    read_examples(document, plan);
    document.finish();
    check_dependencies(plan, places, problems);
    if (problems.has_errors()) return;
    warn_of_ranks_for_nobody(plan, places, problems);
    warn_of_bonuses_for_nothing(plan, places, problems);
}

}  // namespace

void read_header(TableReader& document, ReadingContext& context, Plan& plan) {
    if (!document.has("plan"))
        document.error("plan", "missing_key",
                       "the plan has no table [plan]; begin with it and write its name, currency, "
                       "period and effective");
    auto inner = document.table("plan");
    if (!inner) return;
    TableReader table(inner->whole(), "[plan]", document.problems());
    table.require("name", "write name = \"evergreen\"");
    table.require("currency", "write currency = \"USD\"");
    table.require("period", "write period = \"month\"");
    table.require("effective", "write the first day it may be run for, as effective = 2026-01-01");
    if (auto name = table.text("name")) {
        check_plan_name(table, *name);
        plan.name = std::move(*name);
    }
    read_currency(table, plan);
    read_period_kind(table, plan);
    plan.effective = table.date("effective").value_or(0);
    plan.rounding = table
                        .word<Rounding>("rounding", {{"half-up", Rounding::half_up},
                                                     {"half-even", Rounding::half_even},
                                                     {"down", Rounding::down}})
                        .value_or(Rounding::half_up);
    table.know({"was"});
    table.finish();
    context.header_keys = table.known();
}

void read_former_ranks(TableReader& document, const ReadingContext& context, Plan& plan) {
    const TomlValue* header = document.value("plan");
    const TomlValue* was = header ? header->find("was") : nullptr;
    if (!was) return;
    if (!was->is_table()) {
        report_wrong_type(*was, "was", "a table, as { gold = \"director\" }", document.problems());
        return;
    }
    for (const TomlValue::Entry& entry : was->table) {
        const auto now = text_of(entry.value, entry.key, document.problems());
        if (now && context.rank(*now, entry.value.place, document.problems()) != 0)
            plan.was.emplace_back(entry.key, *now);
    }
}

void name_ranks(std::vector<TableReader>& ranks, ReadingContext& context) {
    std::set<std::string> seen;
    for (TableReader& table : ranks) {
        const std::string name = table.text("name").value_or("");
        if (!table.has("name"))
            table.error("name", "missing_key", "[[rank]] lacks name; write name = \"silver\"");
        if (table.has("name") && table.value("name")->is_text()) {
            if (!is_rank_name(name))
                table.error("name", "bad_name",
                            fmt::format("{} is no name of a rank; write 1 to {} bytes that are "
                                        "not \"none\"",
                                        in_quotes(name), id_bytes_max));
            else if (!seen.insert(name).second)
                table.error("name", "duplicate_rank",
                            fmt::format("there is a rank {} already; give each its own name",
                                        in_quotes(name)));
        }
        context.rank_names.push_back(name);
    }
}

void read_ranks(std::vector<TableReader>& ranks, const ReadingContext& context, Plan& plan,
                PlanPlaces& places) {
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        TableReader table(ranks[i].whole(), fmt::format("rank \"{}\"", context.rank_names[i]),
                          ranks[i].problems());
        Rank rank;
        rank.name = context.rank_names[i];
        table.know({"name"});
        table.require("requires", "write requires = { pv = 100 }");
        rank.requires_ = read_requirement(table, "requires", context).value_or(Requirement{});
        rank.maintain = read_requirement(table, "maintain", context);
        table.finish([&](std::string_view key) { return context.belongs_in_header(key); });
        places.ranks.push_back(table.place());
        plan.ranks.push_back(std::move(rank));
    }
}

void read_weights(TableReader& document, const ReadingContext& context, Plan& plan) {
    for (TableReader& inner : document.tables("weight")) {
        TableReader table(inner.whole(), "[[weight]]", document.problems());
        Weight weight;
        weight.orders = read_order_filter(table, "orders", context, SellerFilter::refused);
        weight.volume_ppm = table.percent("volume");
        weight.qualifying_volume_ppm = table.percent("qualifying_volume");
        if (!table.has("volume") && !table.has("qualifying_volume"))
            table.require("volume", "write volume = \"50%\", qualifying_volume or both");
        weight.except = table.texts("except").value_or(std::vector<std::string>{});
        for (const std::string& code : weight.except) {
            const auto& known = context.bonus_codes;
            const std::vector<std::string_view> names(known.begin(), known.end());
            if (std::ranges::find(known, code) == known.end())
                table.error("except", "unknown_bonus",
                            fmt::format("{} is no bonus of this plan{}", in_quotes(code),
                                        near_name(code, names, table.problems())));
        }
        table.finish();
        plan.weights.push_back(std::move(weight));
    }
}

PlanReading read_plan(std::string_view text) {
    PlanReading reading;
    Problems problems;
    if (const std::optional<TomlValue> document = parse_document(text, problems)) {
        if (!has_too_many(*document, problems))
            read_sections(*document, reading.plan, reading.checks, problems);
    }
    reading.plan.text = text;
    reading.errors = problems.take_errors();
    reading.warnings = problems.take_warnings();
    return reading;
}

}  // namespace downline
