// What each level or generation pays: a list, lists by rank, or a count with tiers. See forms.hpp.
#include <fmt/format.h>

#include "engine/limits.hpp"
#include "engine/plan/pay_parser.hpp"

namespace downline {

namespace {

std::vector<Pay> read_level_list(const TomlValue& list, std::string_view key,
                                 const ReadingContext& context, Problems& problems) {
    std::vector<Pay> levels;
    for (const TomlValue& entry : list.list)
        levels.push_back(
            PayParser(PaySort::either, context, problems)
                .by_rank(entry, fmt::format("level {} of {}", levels.size() + 1, key)));
    return levels;
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
                   is_rate_list(*by_place[place], "an entry of by_rank", problems)) {
            for (const TomlValue& entry : by_place[place]->list) {
                if (row.size() == parsers.size())
                    parsers.emplace_back(PaySort::either, context, problems);
                row.push_back(parsers[row.size()].parse(
                    entry, fmt::format("level {} of by_rank", row.size() + 1)));
            }
        }
        rows.push_back(std::move(row));
    }
    if (!context.take_cells(parsers.size() * rows.size(), value->place, problems)) return levels;
    for (std::size_t level = 0; level < parsers.size(); ++level) {
        Pay pay{parsers[level].is_amount(), {true, {}}};
        for (const auto& row : rows)
            pay.value.by_place.push_back(level < row.size() ? row[level] : std::nullopt);
        levels.push_back(std::move(pay));
    }
    return levels;
}

}  // namespace

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
    } else if (!has_tiers && is_rate_list(*levels, key, table.problems())) {
        form.levels = read_level_list(*levels, key, context, table.problems());
    }
    return form;
}

}  // namespace downline
