// The columns of every kind of file, and finding them by name in a header.
#include "storage/import_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/nearest.hpp"
#include "storage/import_codes.hpp"
#include "storage/import_source.hpp"
#include "storage/messages.hpp"

namespace downline {

std::string_view import_kind_name(ImportKind kind) {
    switch (kind) {
        case ImportKind::members: return "members";
        case ImportKind::orders: return "orders";
        case ImportKind::returns: return "returns";
        case ImportKind::products: return "products";
        case ImportKind::moves: return "moves";
        case ImportKind::adjustments: return "adjustments";
        case ImportKind::goals: return "goals";
        case ImportKind::opening: return "opening";
    }
    return "";
}

std::span<const ColumnRule> columns_of(ImportKind kind) {
    switch (kind) {
        case ImportKind::members: return member_columns;
        case ImportKind::orders: return order_columns;
        case ImportKind::returns: return return_columns;
        case ImportKind::products: return product_columns;
        case ImportKind::moves: return move_columns;
        case ImportKind::adjustments: return adjustment_columns;
        case ImportKind::goals: return goal_columns;
        case ImportKind::opening: return opening_columns;
    }
    return {};
}

namespace {

std::vector<std::string> names_of(std::span<const ColumnRule> rules) {
    std::vector<std::string> names;
    for (const ColumnRule& rule : rules) names.emplace_back(rule.name);
    return names;
}

}  // namespace

std::optional<std::string> SourceFile::other_delimiter(std::string_view line) const {
    std::vector<std::string_view> known;
    for (const ColumnRule& rule : columns_of(options_.kind)) known.push_back(rule.name);
    for (const auto& [theirs, ours] : options_.map) known.push_back(theirs);
    const char likely = likely_delimiter(line, header_.delimiter, known);
    if (likely == 0) return std::nullopt;
    return fmt::format("the columns are separated by {} and not by {}; add --delimiter {}",
                       delimiter_name(likely), delimiter_name(header_.delimiter),
                       delimiter_name(likely));
}

void SourceFile::find_columns(const std::vector<std::string_view>& names,
                              const std::vector<std::size_t>& starts, RowProblems& problems,
                              bool& is_good) {
    const std::span<const ColumnRule> rules = columns_of(options_.kind);
    const std::string_view kind = import_kind_name(options_.kind);
    header_.width = names.size();
    header_.place_of.assign(rules.size(), -1);
    const auto refuse = [&](std::size_t place, std::string_view code, std::string text) {
        const std::uint64_t column = place < starts.size() ? starts[place] + 1 : 1;
        problems.add(
            {{header_.file, 1, column, std::string(code), std::move(text)}, 0, std::string{}});
        is_good = false;
    };
    const auto refuse_unknown = [&](std::size_t place, const std::string& ours) {
        const std::string guess = did_you_mean(ours, names_of(rules));
        refuse(place, code::unknown_column,
               fmt::format("a file of {} has no column {}{} --map THEIRS=OURS renames it, "
                           "--ignore-unknown leaves it out",
                           kind, shown_value(ours), guess.empty() ? ";" : guess));
    };
    for (std::size_t place = 0; place < names.size(); ++place) {
        const std::string theirs(names[place]);
        const auto mapped = options_.map.find(theirs);
        const std::string ours = mapped == options_.map.end() ? theirs : mapped->second;
        const auto rule = std::find_if(rules.begin(), rules.end(),
                                       [&](const ColumnRule& known) { return known.name == ours; });
        if (rule == rules.end()) {
            if (options_.ignore_unknown) continue;
            if (theirs.empty())
                refuse(place, code::unnamed_column,
                       fmt::format("column {} has no name; name it, or leave it out", place + 1));
            else refuse_unknown(place, ours);
            continue;
        }
        int& known_place = header_.place_of[static_cast<std::size_t>(rule - rules.begin())];
        if (known_place >= 0)
            refuse(place, code::duplicate_column,
                   fmt::format("the column {} is there twice (columns {} and {}); leave one out",
                               shown_value(ours), known_place + 1, place + 1));
        known_place = static_cast<int>(place);
    }
    const std::vector<std::string> known(names.begin(), names.end());
    for (const std::string& theirs : options_.needed)
        if (std::find(known.begin(), known.end(), theirs) == known.end())
            refuse(0, code::missing_column,
                   fmt::format("--map {}={}: the file has no column {}{}", harmless(theirs),
                               harmless(options_.map.at(theirs)), shown_value(theirs),
                               did_you_mean(theirs, known)));
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].is_required && !header_.has(i))
            refuse(0, code::missing_column,
                   fmt::format("the column {} is missing; {} need it, --map THEIRS={} names it",
                               shown_value(rules[i].name), kind, rules[i].name));
}

}  // namespace downline
