// `[measures]`: the numbers per member and period that a plan defines. See sections.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/limits.hpp"
#include "engine/plan/sections.hpp"

namespace downline {

namespace {

constexpr std::array<std::string_view, 4> columns = {"volume", "qualifying_volume", "amount",
                                                     "quantity"};
bool is_column(std::string_view name) { return std::ranges::find(columns, name) != columns.end(); }

Tree read_tree(TableReader& table) {
    return table
        .word<Tree>("tree", {{"sponsor", Tree::sponsor},
                             {"enroller", Tree::enroller},
                             {"placement", Tree::placement}})
        .value_or(Tree::sponsor);
}

/// Reads one definition; which keys it may have depends on its form.
class MeasureReader {
public:
    MeasureReader(TableReader& table, const ReadingContext& context, Measure& measure)
        : table_(table), context_(context), measure_(measure) {}

    void read() {
        std::vector<std::string_view> forms;
        for (const std::string_view key : {"sum", "count", "max", "min"})
            if (table_.has(key)) forms.push_back(key);
        if (forms.empty())
            table_.problems().error(
                table_.place(), "missing_key",
                fmt::format("{} has no sum, count, max or min; write {{ sum = \"volume\" }}",
                            table_.name()));
        for (std::size_t i = 1; i < forms.size(); ++i)
            table_.error(
                forms[i], "exclusive_keys",
                fmt::format("{} has both {} and {}; keep one", table_.name(), forms[0], forms[i]));
        if (forms.empty()) table_.know({"over", "periods", "from", "orders", "where"});
        else if (forms[0] == "sum") read_sum();
        else if (forms[0] == "count") read_count();
        else read_extreme(forms[0]);
        table_.finish();
    }

private:
    void read_sum() {
        const auto of = table_.text("sum");
        if (table_.has("over")) {
            measure_.source = Measure::Source::over_members;
            take_measure("sum");
            read_over(true);
        } else if (table_.has("periods")) {
            measure_.window = Measure::Window::sum;
            read_window("sum");
        } else if (of && is_column(*of)) {
            measure_.column =
                static_cast<Measure::Column>(std::ranges::find(columns, *of) - columns.begin());
            read_orders();
        } else if (of) {
            table_.know({"from", "orders"});
            if (std::ranges::find(context_.measures, *of, &ReadingContext::MeasureName::name) !=
                context_.measures.end())
                table_.error(
                    "sum", "missing_key",
                    fmt::format("a sum of {} says nothing of what it is over; write over = "
                                "\"downline\" or periods = 3 beside it",
                                in_quotes(*of)));
            else
                table_.error(
                    "sum", "unknown_word",
                    fmt::format("sum is {}; write volume, qualifying_volume, amount, "
                                "quantity, or a measure with over or periods{}",
                                in_quotes(*of), near_name(*of, columns, table_.problems())));
        }
    }

    void read_count() {
        enum class What { orders, customers, affiliates, periods };
        const auto what = table_.word<What>("count", {{"orders", What::orders},
                                                      {"customers", What::customers},
                                                      {"affiliates", What::affiliates},
                                                      {"periods", What::periods}});
        if (what == What::orders) {
            measure_.column = Measure::Column::order_count;
            read_orders();
        } else if (what == What::customers) {
            measure_.column = Measure::Column::customer_count;
            measure_.from_self = false;
            measure_.orders = read_order_filter(table_, "orders", context_);
            read_bought();
            if (table_.has("over"))
                table_.error("over", "exclusive_keys",
                             fmt::format("customers are counted of each affiliate; for more, sum "
                                         "it: {{ sum = {}, over = \"downline\" }}",
                                         in_quotes(measure_.name)));
        } else if (what == What::affiliates) {
            measure_.source = Measure::Source::count_members;
            table_.require("over", "write over = \"downline\" or over = \"frontline\"");
            read_over(false);
        } else if (what == What::periods) {
            measure_.source = Measure::Source::window;
            measure_.window = Measure::Window::count;
            read_periods();
            table_.require("where", "write what is counted, as where = { rank = \"gold\" }");
            measure_.where = read_requirement(table_, "where", context_);
        } else {
            table_.know({"over", "periods", "from", "orders", "where", "tree", "levels", "self"});
        }
    }

    /// `where` of a count of customers: the least that each bought, of the orders that are taken.
    void read_bought() {
        using Column = Measure::Column;
        using Unit = Measure::Unit;
        struct Bought { std::string_view key; Column column; Unit unit; };
        static constexpr std::array<Bought, 5> all = {
            {{"volume", Column::volume, Unit::centipoints},
             {"qualifying_volume", Column::qualifying_volume, Unit::centipoints},
             {"amount", Column::amount, Unit::minor},
             {"quantity", Column::quantity, Unit::count},
             {"orders", Column::order_count, Unit::count}}};
        auto where = table_.table("where");
        if (!where) return;
        for (const Bought& bought : all)
            if (const TomlValue* value = where->value(bought.key))
                measure_.bought.push_back(
                    {bought.column, number_in_unit(*value, bought.key, bought.unit, context_,
                                                   table_.problems())
                                        .value_or(0)});
        if (where->whole().table.empty())
            table_.error("where", "missing_key",
                         "where asks nothing of a customer; write where = { amount = 50 }, or "
                         "volume, qualifying_volume, quantity or orders");
        where->finish([&](std::string_view key) {
            const auto is_measure = std::ranges::find(context_.measures, key,
                                                      &ReadingContext::MeasureName::name) !=
                                    context_.measures.end();
            return is_measure ? "; measures belong to affiliates, so of customers ask for volume, "
                                "qualifying_volume, amount, quantity or orders"
                              : "";
        });
    }

    void read_extreme(std::string_view key) {
        measure_.window = key == "max" ? Measure::Window::max : Measure::Window::min;
        read_window(key);
    }

    void read_orders() {
        measure_.source = Measure::Source::orders;
        read_from(table_, measure_.from_self, measure_.from_customers);
        measure_.orders = read_order_filter(table_, "orders", context_);
    }

    void read_window(std::string_view key) {
        measure_.source = Measure::Source::window;
        take_measure(key);
        read_periods();
    }

    void read_periods() {
        table_.require("periods", "write how many, as periods = 3, or periods = \"lifetime\"");
        const TomlValue* periods = table_.value("periods");
        if (!periods || (periods->is_text() && periods->text == "lifetime")) return;
        if (periods->is_text())
            report_wrong_type(*periods, "periods", "a whole number or \"lifetime\"",
                              table_.problems());
        else
            measure_.periods = static_cast<std::uint32_t>(
                table_.integer("periods", 1, static_cast<std::int64_t>(plan_entries_max))
                    .value_or(1));
    }

    void take_measure(std::string_view key) {
        measure_.of = read_measure(table_, key, context_).value_or(pv_measure);
    }

    void read_over(bool is_sum) {
        using Over = Measure::Over;
        measure_.over =
            table_
                .word<Over>("over", {{"downline", Over::downline},
                                     {"frontline", Over::frontline},
                                     {"leg", Over::leg},
                                     {"lesser-leg", Over::lesser_leg},
                                     {"greater-leg", Over::greater_leg},
                                     {"outside-greatest-leg", Over::outside_greatest_leg}})
                .value_or(Over::downline);
        measure_.tree = read_tree(table_);
        const bool is_downline = measure_.over == Over::downline;
        measure_.only_enrolled = table_.flag("enrolled").value_or(false);
        measure_.with_self = is_downline && is_sum && !measure_.only_enrolled;
        if (is_downline) {
            if (const auto levels =
                    table_.integer("levels", 1, static_cast<std::int64_t>(plan_entries_max)))
                measure_.levels = static_cast<std::uint32_t>(*levels);
            measure_.with_self = table_.flag("self").value_or(measure_.with_self);
            measure_.until = read_requirement(table_, "until", context_);
            if (table_.has("weights") && measure_.with_self)
                table_.error(table_.has("self") ? "self" : "weights", "exclusive_keys",
                             fmt::format("weights begin with level 1, so oneself has none; {}",
                                         is_sum ? "write self = false" : "remove self"));
        }
        if (measure_.over == Over::leg) read_leg();
        if (is_downline) read_weights_by_level();
        if (measure_.only_enrolled) check_enrolled();
        if (!is_sum) {
            measure_.where = read_requirement(table_, "where", context_);
        }
    }

    /// Nobody enrolls oneself; and where `until` stops is asked on the way down, which is not gone.
    void check_enrolled() {
        for (const std::string_view key : {"self", "until"})
            if (table_.has(key))
                table_.error(key, "exclusive_keys",
                             fmt::format("{} has both enrolled and {}; keep one", table_.name(),
                                         key));
    }

    void read_leg() {
        if (measure_.tree != Tree::placement)
            table_.error("over", "leg_of_tree",
                         "only places have legs with names; write tree = \"placement\" beside it");
        table_.require("leg", "write leg = \"L\", \"R\" or a number");
        const TomlValue* leg = table_.value("leg");
        if (!leg) return;
        if (leg->is_text() && (leg->text == "L" || leg->text == "R"))
            measure_.leg = leg->text == "L" ? 1 : 2;
        else if (const auto number = leg->is_text() ? parse_decimal(leg->text, 0, 1000) : std::nullopt;
                 number.value_or(0) > 0)
            measure_.leg = static_cast<std::uint32_t>(*number);
        else if (leg->is_integer())
            measure_.leg = static_cast<std::uint32_t>(table_.integer("leg", 1, 1000).value_or(1));
        else report_wrong_type(*leg, "leg", "\"L\", \"R\" or a number", table_.problems());
    }

    void read_weights_by_level() {
        const TomlValue* weights = table_.value("weights");
        if (!weights) return;
        if (!weights->is_list() || weights->list.empty()) {
            report_wrong_type(*weights, "weights", "a list of numbers by level, as [5, 3, 1]",
                              table_.problems());
            return;
        }
        if (weights->list.size() > plan_entries_max)
            table_.error("weights", "too_many",
                         fmt::format("weights has {} entries; at most {} are read",
                                     weights->list.size(), plan_entries_max));
        for (const TomlValue& weight : weights->list)
            measure_.weights.push_back(
                integer_of(weight, "an entry of weights", 0, 1'000'000, table_.problems())
                    .value_or(0));
    }

    TableReader& table_;
    const ReadingContext& context_;
    Measure& measure_;
};

}  // namespace

void read_measures(TableReader& document, const ReadingContext& context, Plan& plan,
                   PlanPlaces& places) {
    auto table = document.table("measures");
    for (const ReadingContext::MeasureName& known : context.measures) {
        Measure measure;
        measure.name = known.name;
        measure.unit = known.unit;
        if (known.name == "pv") measure.column = Measure::Column::qualifying_volume;
        if (known.name == "gv") measure.source = Measure::Source::over_members;
        const TomlValue* value = table ? table->value(known.name) : nullptr;
        places.measures.push_back(value ? value->place : Place{});
        if (value && value->is_table()) {
            measure = Measure{.name = known.name, .unit = known.unit};
            TableReader reader(*value, fmt::format("measure \"{}\"", known.name),
                               document.problems());
            MeasureReader(reader, context, measure).read();
        } else if (value) {
            report_wrong_type(*value, known.name, "a table, as { sum = \"volume\" }",
                              document.problems());
        }
        plan.measures.push_back(std::move(measure));
    }
}

}  // namespace downline
