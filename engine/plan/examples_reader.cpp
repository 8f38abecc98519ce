// `[[example]]`: what the company publishes, its texts as they stand. See sections.hpp.
#include <fmt/format.h>

#include "engine/plan/sections.hpp"

namespace downline {

namespace {

/// The period's name, refused where it is none of the plan's kind.
std::optional<Period> read_period(TableReader& table, const Plan& plan, std::string& name) {
    table.require("period", "write the period that is run, as period = \"2026-01\"");
    const auto text = table.text("period");
    if (!text) return std::nullopt;
    name = *text;
    const auto period = parse_period(*text, plan.week_starts);
    if (period && period->kind == plan.period) {
        if (period->first < plan.effective)
            table.error("period", "before_effective",
                        fmt::format("period {} begins before the plan is effective, {}; write a "
                                    "later one, or an earlier effective",
                                    in_quotes(*text), format_day(plan.effective)));
        return period;
    }
    const Period shape = period_of(plan.effective, plan.period, plan.week_starts);
    table.error("period", "bad_period",
                fmt::format("period is {}, which is no {} of this plan; write it as \"{}\"",
                            in_quotes(*text), period_kind_name(plan.period), period_name(shape)));
    return std::nullopt;
}

/// Reads the keys of a stated period and of those before it.
std::optional<Period> read_example_period(TableReader& table, const Plan& plan,
                                          ExamplePeriod& period) {
    const auto stated = read_period(table, plan, period.period);
    period.products = table.text("products");
    period.orders = table.text("orders");
    period.returns = table.text("returns");
    period.moves = table.text("moves");
    period.adjustments = table.text("adjustments");
    period.earnings = table.text("earnings");
    period.ranks = table.text("ranks");
    period.lines = table.text("lines");
    period.measures = table.text("measures");
    return stated;
}

void read_before(TableReader& table, const Plan& plan, std::optional<Period> stated,
                 Example& example) {
    std::optional<Period> last;
    for (TableReader& inner : table.tables("before")) {
        TableReader reader(inner.whole(), "[[example.before]]", table.problems());
        ExamplePeriod before;
        const auto period = read_example_period(reader, plan, before);
        if (period && last && period->first <= last->first)
            reader.error("period", "not_ascending",
                         fmt::format("{} does not come after {}; write earlier periods first",
                                     in_quotes(before.period), in_quotes(period_name(*last))));
        if (period && stated && period->first >= stated->first)
            reader.error("period", "not_ascending",
                         fmt::format("{} does not come before {}, the period of the example",
                                     in_quotes(before.period), in_quotes(example.stated.period)));
        last = period;
        reader.finish();
        example.before.push_back(std::move(before));
    }
}

}  // namespace

void read_examples(TableReader& document, Plan& plan) {
    for (TableReader& inner : document.tables("example")) {
        TableReader table(inner.whole(), "[[example]]", document.problems());
        Example example;
        example.line = table.place().line;
        table.require("name", "say what it shows");
        example.name = table.text("name").value_or("");
        table.require("members", "give them as the rows of a members file");
        example.members = table.text("members").value_or("");
        const auto stated = read_example_period(table, plan, example.stated);
        example.stated.carry = table.text("carry");
        example.stated.carry_after = table.text("carry_after");
        if (!table.has("earnings") && !table.has("ranks") && !table.has("lines") &&
            !table.has("measures") && !table.has("carry_after"))
            table.require("earnings", "state what comes out: earnings, ranks, lines or measures");
        read_before(table, plan, stated, example);
        table.finish();
        plan.examples.push_back(std::move(example));
    }
}

}  // namespace downline
