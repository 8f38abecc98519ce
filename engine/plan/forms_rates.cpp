// The forms of rates and amounts: tables by rank, tiers, levels, sequences. See forms.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/limits.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

namespace {

/// What may be written where a rate or an amount per unit stands.
enum class PaySort : std::uint8_t { either, rate, amount };

/// A table by rank as its entries by place: what is not named takes the nearest named below it.
std::vector<const TomlValue*> entries_by_place(const TomlValue& table, std::string_view what,
                                               const ReadingContext& context, Problems& problems) {
    std::vector<const TomlValue*> by_place(context.rank_names.size() + 1, nullptr);
    if (table.table.empty())
        problems.error(table.place, "empty_table",
                       fmt::format("{} names no rank; write it as {{ {} = … }}", what,
                                   context.rank_names.empty() ? "none" : context.rank_names[0]));
    for (const TomlValue::Entry& entry : table.table) {
        const RankPlace place =
            entry.key == "none" ? RankPlace{0} : context.rank(entry.key, entry.place, problems);
        if (place != 0 || entry.key == "none") by_place[place] = &entry.value;
    }
    for (std::size_t place = 1; place < by_place.size(); ++place)
        if (!by_place[place]) by_place[place] = by_place[place - 1];
    return by_place;
}

using Parse = std::function<std::optional<std::int64_t>(const TomlValue&, const std::string&)>;

/// A number, or a table by rank of them.
ByRank by_rank_of(const TomlValue& value, const std::string& what, const ReadingContext& context,
                  Problems& problems, const Parse& parse) {
    ByRank result;
    if (!value.is_table()) {
        if (const auto number = parse(value, what)) result.by_place.push_back(number);
        return result;
    }
    result.is_table = true;
    // Entries are parsed once each, so that an error is said once.
    const auto by_place = entries_by_place(value, what, context, problems);
    for (std::size_t place = 0; place < by_place.size(); ++place) {
        if (place > 0 && by_place[place] == by_place[place - 1])
            result.by_place.push_back(result.by_place.back());
        else if (by_place[place])
            result.by_place.push_back(parse(*by_place[place], "an entry of " + what));
        else result.by_place.push_back(std::nullopt);
    }
    return result;
}

/// Reads rates and amounts that must all be of one sort.
class PayParser {
public:
    PayParser(PaySort sort, const ReadingContext& context, Problems& problems)
        : sort_(sort), context_(context), problems_(problems) {}

    std::optional<std::int64_t> parse(const TomlValue& value, const std::string& what) {
        const bool is_amount =
            sort_ == PaySort::amount ||
            (sort_ == PaySort::either && value.is_text() && !value.text.ends_with('%'));
        if (was_amount_ && *was_amount_ != is_amount) {
            problems_.error(value.place, "mixed_pay",
                            fmt::format("{} is {}, but the entries before it are {}; write all as "
                                        "rates or all as amounts",
                                        what, shown(value), *was_amount_ ? "amounts" : "rates"));
            return std::nullopt;
        }
        if (value.is_text()) was_amount_ = is_amount;
        return is_amount ? decimal_of(value, what, context_.currency_places, false, problems_)
                         : rate_of(value, what, problems_);
    }

    Pay read(const TomlValue& value, const std::string& what) {
        Pay pay;
        pay.value = by_rank_of(value, what, context_, problems_,
                               [this](const TomlValue& entry, const std::string& entry_what) {
                                   return parse(entry, entry_what);
                               });
        pay.is_amount = is_amount();
        return pay;
    }

    [[nodiscard]] bool is_amount() const { return was_amount_.value_or(false); }

private:
    PaySort sort_;
    const ReadingContext& context_;
    Problems& problems_;
    std::optional<bool> was_amount_;
};

ByRank read_numbers(TableReader& table, std::string_view key, const ReadingContext& context,
                    const Parse& parse) {
    const TomlValue* value = table.value(key);
    if (!value) return {};
    return by_rank_of(*value, std::string(key), context, table.problems(), parse);
}

/// A list of pairs [from, pay] with ascending first parts; calls `take` for each that is right.
void read_pairs(TableReader& table, std::string_view key,
                const std::function<std::optional<std::int64_t>(const TomlValue&)>& parse_from,
                const std::function<void(std::int64_t, const TomlValue&)>& take) {
    const TomlValue* list = table.value(key);
    if (!list) return;
    Problems& problems = table.problems();
    if (!list->is_list() || list->list.empty()) {
        report_wrong_type(*list, key, "a list of pairs, as [[0, \"5%\"], [500, \"8%\"]]", problems);
        return;
    }
    if (list->list.size() > plan_entries_max) {
        problems.error(list->place, "too_many",
                       fmt::format("{} has {} entries; at most {} are read", key, list->list.size(),
                                   plan_entries_max));
        return;
    }
    std::optional<std::int64_t> last;
    for (const TomlValue& pair : list->list) {
        if (!pair.is_list() || pair.list.size() != 2) {
            report_wrong_type(pair, fmt::format("an entry of {}", key), "a pair, as [500, \"8%\"]",
                              problems);
            continue;
        }
        const std::optional<std::int64_t> from = parse_from(pair.list[0]);
        if (!from) continue;
        if (last && *from <= *last)
            problems.error(pair.list[0].place, "not_ascending",
                           fmt::format("{} in {} is not above the entry before it; write the "
                                       "entries in ascending order, each once",
                                       shown(pair.list[0]), key));
        last = from;
        take(*from, pair.list[1]);
    }
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
    return PayParser(sort, context, table.problems()).read(*value, std::string(key));
}

std::vector<Tiers::Step> read_steps(TableReader& table, std::string_view key,
                                    Measure::Unit floor_unit, const ReadingContext& context) {
    std::vector<Tiers::Step> steps;
    PayParser parser(PaySort::either, context, table.problems());
    read_pairs(
        table, key,
        [&](const TomlValue& floor) {
            return number_in_unit(floor, fmt::format("a floor of {}", key), floor_unit, context,
                                  table.problems());
        },
        [&](std::int64_t floor, const TomlValue& value) {
            Pay pay;
            if (const auto number = parser.parse(value, fmt::format("an entry of {}", key)))
                pay.value.by_place.push_back(number);
            pay.is_amount = parser.is_amount();
            steps.push_back({floor, std::move(pay)});
        });
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
    const std::optional<std::string> by = inner->text("by");
    if (by) {
        const auto measure = context.measure(*by, inner->place_of("by"), table.problems());
        tiers.by = measure.value_or(pv_measure);
        if (!tiers.is_marginal && measure) unit = context.measures[*measure].unit;
    } else if (!tiers.is_marginal) {
        inner->require("by", "write the measure whose value chooses the step, as by = \"pv\"");
    }
    inner->require("steps", "write them as steps = [[0, \"5%\"], [500, \"8%\"]]");
    tiers.steps = read_steps(*inner, "steps", unit, context);
    if (tiers.is_marginal && !tiers.steps.empty() && tiers.steps[0].pay.is_amount)
        inner->error("steps", "marginal_amount",
                     "marginal tiers pay slices of the base, so amounts per unit make no sense; "
                     "write rates, as \"5%\"");
    inner->finish();
    return tiers;
}

namespace {

/// The keys of the group that the table has; an error for each beyond the first.
std::vector<std::string_view> exclusive(TableReader& table,
                                        std::initializer_list<std::string_view> keys) {
    std::vector<std::string_view> given;
    for (const std::string_view key : keys)
        if (table.has(key)) given.push_back(key);
    for (std::size_t i = 1; i < given.size(); ++i)
        table.error(
            given[i], "exclusive_keys",
            fmt::format("{} has both {} and {}; keep one", table.name(), given[0], given[i]));
    return given;
}

void report_no_rate(TableReader& table, std::string_view remedy) {
    table.problems().error(
        table.place(), "missing_rate",
        fmt::format("{} does not say what it pays; write {}", table.name(), remedy));
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
            Pay pay;
            if (const auto number = parser.parse(value, "an entry of by_sequence"))
                pay.value.by_place.push_back(number);
            pay.is_amount = parser.is_amount();
            result.emplace_back(from, std::move(pay));
        });
    return result;
}

std::vector<Pay> read_level_list(const TomlValue& list, std::string_view key,
                                 const ReadingContext& context, Problems& problems) {
    std::vector<Pay> levels;
    for (const TomlValue& entry : list.list)
        levels.push_back(PayParser(PaySort::either, context, problems)
                             .read(entry, fmt::format("level {} of {}", levels.size() + 1, key)));
    return levels;
}

bool is_level_count_right(const TomlValue& list, std::string_view what, Problems& problems) {
    if (!list.is_list() || list.list.empty()) {
        report_wrong_type(list, what, "a list of rates, as [\"5%\", \"3%\"]", problems);
        return false;
    }
    if (list.list.size() <= plan_entries_max) return true;
    problems.error(list.place, "too_many",
                   fmt::format("{} has {} entries; at most {} are read", what, list.list.size(),
                               plan_entries_max));
    return false;
}

/// `by_rank = { silver = ["5%", "4%"], … }`: every level's table by rank.
std::vector<Pay> read_levels_by_rank(TableReader& table, const ReadingContext& context) {
    const TomlValue* value = table.value("by_rank");
    Problems& problems = table.problems();
    if (!value->is_table()) {
        report_wrong_type(*value, "by_rank", "a table of lists, as { silver = [\"5%\", \"3%\"] }",
                          problems);
        return {};
    }
    const auto by_place = entries_by_place(*value, "by_rank", context, problems);
    std::vector<Pay> levels;
    std::vector<PayParser> parsers;
    std::vector<std::vector<std::optional<std::int64_t>>> rows;  // by place
    for (std::size_t place = 0; place < by_place.size(); ++place) {
        std::vector<std::optional<std::int64_t>> row;
        const bool is_repeated = place > 0 && by_place[place] == by_place[place - 1];
        if (is_repeated) {
            row = rows.back();
        } else if (by_place[place] &&
                   is_level_count_right(*by_place[place], "an entry of by_rank", problems)) {
            for (const TomlValue& entry : by_place[place]->list) {
                if (row.size() == parsers.size())
                    parsers.emplace_back(PaySort::either, context, problems);
                row.push_back(parsers[row.size()].parse(
                    entry, fmt::format("level {} of by_rank", row.size() + 1)));
            }
        }
        rows.push_back(std::move(row));
    }
    for (std::size_t level = 0; level < parsers.size(); ++level) {
        Pay pay{parsers[level].is_amount(), {true, {}}};
        for (const auto& row : rows)
            pay.value.by_place.push_back(level < row.size() ? row[level] : std::nullopt);
        levels.push_back(std::move(pay));
    }
    return levels;
}

}  // namespace

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

LevelsForm read_levels(TableReader& table, std::string_view key, const ReadingContext& context,
                       const Bonus& bonus) {
    LevelsForm form;
    const auto given = exclusive(table, {key, "by_rank"});
    const TomlValue* levels = table.value(key);
    const bool has_tiers = table.has("tiers");
    if (has_tiers) {
        form.tiers = read_tiers(table, context, bonus);
        if (form.tiers && form.tiers->is_marginal)
            table.error("tiers", "marginal_levels",
                        fmt::format("marginal tiers can not set the rates of {}; write mode = "
                                    "\"whole\"",
                                    key));
        if (!levels || !levels->is_integer())
            table.error("tiers", "missing_rate",
                        fmt::format("tiers need the number of {0}; write {0} = 3", key));
    }
    if (given.empty()) {
        if (!has_tiers) report_no_rate(table, fmt::format("{} = [\"5%\", \"3%\"] or by_rank", key));
    } else if (given[0] == "by_rank") {
        form.levels = read_levels_by_rank(table, context);
    } else if (levels->is_integer()) {
        const auto count = table.integer(key, 1, static_cast<std::int64_t>(plan_entries_max));
        form.levels.resize(static_cast<std::size_t>(count.value_or(1)));
        if (!has_tiers)
            table.error(key, "missing_rate",
                        fmt::format("{} = {} says how many, not what they pay; write a list of "
                                    "rates, or tiers beside it",
                                    key, shown(*levels)));
    } else if (!has_tiers && is_level_count_right(*levels, key, table.problems())) {
        form.levels = read_level_list(*levels, key, context, table.problems());
    }
    return form;
}

}  // namespace downline
