// The forms of rates and amounts: by rank, by tiers, by sequence. See forms.hpp.
#include <fmt/format.h>

#include "engine/limits.hpp"
#include "engine/plan/pay_parser.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

namespace {

ByRank read_numbers(TableReader& table, std::string_view key, const ReadingContext& context,
                    const ParseNumber& parse) {
    const TomlValue* value = table.value(key);
    if (!value) return {};
    return by_rank_of(*value, std::string(key), context, table.problems(), parse);
}

std::vector<std::pair<std::int64_t, Pay>> read_by_sequence(TableReader& table,
                                                           const ReadingContext& context) {
    std::vector<std::pair<std::int64_t, Pay>> result;
    PayParser parser(PaySort::either, context, table.problems());
    read_pairs(
        table, "by_sequence",
        [&](const TomlValue& from) {
            return integer_of(from, "an order's number in by_sequence", 1, quantity_max,
                              table.problems());
        },
        [&](std::int64_t from, const TomlValue& value) {
            result.emplace_back(from, parser.by_rank(value, "an entry of by_sequence"));
        });
    return result;
}

}  // namespace

std::optional<std::int64_t> number_in_unit(const TomlValue& value, std::string_view what,
                                           Measure::Unit unit, const ReadingContext& context,
                                           Problems& problems) {
    switch (unit) {
        case Measure::Unit::centipoints: return decimal_of(value, what, 2, true, problems);
        case Measure::Unit::minor:
            return decimal_of(value, what, context.currency_places, true, problems);
        case Measure::Unit::count: break;
    }
    return decimal_of(value, what, 0, true, problems);
}

ByRank read_rate_by_rank(TableReader& table, std::string_view key, const ReadingContext& context) {
    return read_numbers(table, key, context, [&](const TomlValue& value, const std::string& what) {
        return rate_of(value, what, table.problems());
    });
}

ByRank read_amount_by_rank(TableReader& table, std::string_view key,
                           const ReadingContext& context) {
    return read_numbers(table, key, context, [&](const TomlValue& value, const std::string& what) {
        return decimal_of(value, what, context.currency_places, false, table.problems());
    });
}

ByRank read_volume_by_rank(TableReader& table, std::string_view key,
                           const ReadingContext& context) {
    return read_numbers(table, key, context, [&](const TomlValue& value, const std::string& what) {
        return decimal_of(value, what, 2, true, table.problems());
    });
}

ByRank read_count_by_rank(TableReader& table, std::string_view key, const ReadingContext& context) {
    return read_numbers(table, key, context, [&](const TomlValue& value, const std::string& what) {
        return integer_of(value, what, 0, quantity_max, table.problems());
    });
}

std::optional<Pay> read_pay(TableReader& table, std::string_view key,
                            const ReadingContext& context) {
    const TomlValue* value = table.value(key);
    if (!value) return std::nullopt;
    const PaySort sort = key == "rate"     ? PaySort::rate
                         : key == "amount" ? PaySort::amount
                                           : PaySort::either;
    return PayParser(sort, context, table.problems()).by_rank(*value, std::string(key));
}

std::vector<Tiers::Step> read_steps(TableReader& table, std::string_view key,
                                    Measure::Unit floor_unit, const ReadingContext& context,
                                    bool may_fall) {
    std::vector<Tiers::Step> steps;
    PayParser parser(PaySort::either, context, table.problems());
    read_pairs(
        table, key,
        [&](const TomlValue& floor) {
            return number_in_unit(floor, fmt::format("a floor of {}", key), floor_unit, context,
                                  table.problems());
        },
        [&](std::int64_t floor, const TomlValue& value) {
            steps.push_back({floor, parser.by_rank(value, fmt::format("an entry of {}", key))});
        });
    for (std::size_t i = 1; i < steps.size() && !may_fall; ++i)
        if (steps[i].pay.is_amount == steps[i - 1].pay.is_amount &&
            steps[i].pay.value.highest() < steps[i - 1].pay.value.highest())
            table.problems().warning(
                table.place_of(key), "falling_steps",
                fmt::format("entry {} of {} pays less than the one before it", i + 1, key));
    return steps;
}

std::optional<Tiers> read_tiers(TableReader& table, const ReadingContext& context,
                                const Bonus& bonus) {
    std::optional<TableReader> inner = table.table("tiers");
    if (!inner) return std::nullopt;
    Tiers tiers;
    tiers.is_marginal =
        inner->word<bool>("mode", {{"whole", false}, {"marginal", true}}).value_or(false);
    const bool is_volume = bonus.base == Base::volume || bonus.base == Base::qualifying_volume;
    Measure::Unit unit = is_volume ? Measure::Unit::centipoints : Measure::Unit::minor;
    if (const auto by = read_measure(*inner, "by", context)) {
        tiers.by = *by;
        if (!tiers.is_marginal) unit = context.measures[*by].unit;
    }
    if (tiers.is_marginal)
        warn_of_useless(*inner, {"by"}, "marginal tiers go by the bonus's own base");
    else
        inner->require("by", "write the measure whose value chooses the step, as by = \"pv\"");
    inner->require("steps", "write them as steps = [[0, \"5%\"], [500, \"8%\"]]");
    tiers.steps = read_steps(*inner, "steps", unit, context, tiers.is_marginal);
    if (tiers.is_marginal && !tiers.steps.empty() && tiers.steps[0].pay.is_amount)
        inner->error("steps", "marginal_amount",
                     "marginal tiers pay slices of the base, so amounts per unit make no sense; "
                     "write rates, as \"5%\"");
    inner->finish();
    return tiers;
}

RateForm read_rate_form(TableReader& table, const ReadingContext& context, const Bonus& bonus) {
    const auto given = exclusive(table, {"rate", "amount", "by_rank", "tiers", "by_sequence"});
    RateForm form;
    if (given.empty()) {
        report_no_rate(table, "rate = \"5%\", amount, by_rank, tiers or by_sequence");
    } else if (given[0] == "tiers") {
        form.kind = RateForm::Kind::tiers;
        form.tiers = read_tiers(table, context, bonus).value_or(Tiers{});
    } else if (given[0] == "by_sequence") {
        form.kind = RateForm::Kind::by_sequence;
        form.by_sequence = read_by_sequence(table, context);
    } else {
        if (given[0] == "by_rank" && !table.value("by_rank")->is_table())
            report_wrong_type(*table.value("by_rank"), "by_rank",
                              "a table by rank, as { none = \"2%\" }", table.problems());
        else form.pay = read_pay(table, given[0], context).value_or(Pay{});
    }
    return form;
}

}  // namespace downline
