// What the forms of rates share: see the header.
#include "engine/plan/pay_parser.hpp"

#include <fmt/format.h>

#include "engine/limits.hpp"

namespace downline {

std::vector<const TomlValue*> entries_by_place(const TomlValue& table, std::string_view what,
                                               const ReadingContext& context, Problems& problems) {
    const std::size_t place_count = context.rank_names.size() + 1;
    if (!context.take_cells(place_count, table.place, problems)) return {};
    std::vector<const TomlValue*> by_place(place_count, nullptr);
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

ByRank by_rank_of(const TomlValue& value, const std::string& what, const ReadingContext& context,
                  Problems& problems, const ParseNumber& parse) {
    ByRank result;
    if (!value.is_table()) {
        if (const auto number = parse(value, what)) result.by_place.push_back(number);
        return result;
    }
    result.is_table = true;
    const auto by_place = entries_by_place(value, what, context, problems);
    result.is_named.resize(by_place.size());
    for (std::size_t place = 0; place < by_place.size(); ++place) {
        result.is_named[place] = place > 0 && by_place[place] != by_place[place - 1];
        if (place > 0 && by_place[place] == by_place[place - 1])
            result.by_place.push_back(result.by_place.back());
        else if (by_place[place])
            result.by_place.push_back(parse(*by_place[place], "an entry of " + what));
        else result.by_place.push_back(std::nullopt);
    }
    return result;
}

std::optional<std::int64_t> PayParser::parse(const TomlValue& value, const std::string& what) {
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

Pay PayParser::by_rank(const TomlValue& value, const std::string& what) {
    Pay pay;
    pay.value = by_rank_of(value, what, context_, problems_,
                           [this](const TomlValue& entry, const std::string& entry_what) {
                               return parse(entry, entry_what);
                           });
    pay.is_amount = is_amount();
    return pay;
}

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

bool is_rate_list(const TomlValue& list, std::string_view what, Problems& problems) {
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

bool ReadingContext::take_cells(std::size_t count, Place place, Problems& problems) const {
    constexpr std::size_t cells_max = 4'000'000;
    const bool had_room = cells_taken <= cells_max;
    cells_taken += count;
    if (cells_taken <= cells_max) return true;
    if (had_room)
        problems.error(
            place, "too_many",
            fmt::format("up to here tables by rank have more than {} cells (levels times "
                        "ranks) in all; use fewer levels, ranks or tables",
                        cells_max));
    return false;
}

}  // namespace downline
