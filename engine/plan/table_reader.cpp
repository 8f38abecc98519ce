// Typed access to one table of a plan: see the header.
#include "engine/plan/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "engine/nearest.hpp"

namespace downline {

namespace {

std::string list_of(std::span<const std::string_view> words) {
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
        list += fmt::format("\"{}\"", words[i]);
    }
    return list;
}

}  // namespace

TableReader::TableReader(const TomlValue& value, std::string name, Problems& problems)
    : value_(&value), name_(std::move(name)), problems_(&problems) {}

bool TableReader::has(std::string_view key) { return value(key) != nullptr; }

const TomlValue* TableReader::value(std::string_view key) {
    if (!knows(key)) known_.push_back(key);
    return value_->find(key);
}

Place TableReader::place_of(std::string_view key) const {
    const TomlValue* found = value_->find(key);
    return found ? found->place : value_->place;
}

void TableReader::error(std::string_view key, std::string_view code, std::string text) {
    problems_->error(place_of(key), code, std::move(text));
}

std::optional<std::string> TableReader::text(std::string_view key) {
    const TomlValue* found = value(key);
    return found ? text_of(*found, key, *problems_) : std::nullopt;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t min,
                                                 std::int64_t max) {
    const TomlValue* found = value(key);
    return found ? integer_of(*found, key, min, max, *problems_) : std::nullopt;
}

std::optional<bool> TableReader::flag(std::string_view key) {
    const TomlValue* found = value(key);
    if (!found) return std::nullopt;
    if (found->sort == TomlValue::Sort::flag) return found->flag;
    report_wrong_type(*found, key, "true or false", *problems_);
    return std::nullopt;
}

std::optional<Day> TableReader::date(std::string_view key) {
    const TomlValue* found = value(key);
    if (!found) return std::nullopt;
    if (found->sort == TomlValue::Sort::date) return found->date;
    report_wrong_type(*found, key, "a date, as 2026-01-31 without quotes", *problems_);
    return std::nullopt;
}

std::optional<std::int64_t> TableReader::percent(std::string_view key) {
    const TomlValue* found = value(key);
    return found ? rate_of(*found, key, *problems_) : std::nullopt;
}

std::optional<std::int64_t> TableReader::decimal(std::string_view key, int places,
                                                 bool may_be_integer) {
    const TomlValue* found = value(key);
    return found ? decimal_of(*found, key, places, may_be_integer, *problems_) : std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::texts(std::string_view key) {
    const TomlValue* found = value(key);
    if (!found) return std::nullopt;
    if (!found->is_list() || found->list.empty()) {
        report_wrong_type(*found, key, "a list of texts, as [\"a\", \"b\"]", *problems_);
        return std::nullopt;
    }
    std::vector<std::string> result;
    for (const TomlValue& entry : found->list)
        if (auto text = text_of(entry, fmt::format("an entry of {}", key), *problems_))
            result.push_back(std::move(*text));
    return result;
}

std::optional<std::size_t> TableReader::word_index(std::string_view key,
                                                   std::span<const std::string_view> names) {
    const std::optional<std::string> word = text(key);
    if (!word) return std::nullopt;
    const auto at = std::ranges::find(names, *word);
    if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
    error(key, "unknown_word",
          fmt::format("{} is {}; write {}{}", key, in_quotes(*word), list_of(names),
                      near_name(*word, names, *problems_)));
    return std::nullopt;
}

std::optional<TableReader> TableReader::table(std::string_view key) {
    const TomlValue* found = value(key);
    if (!found) return std::nullopt;
    if (found->is_table()) return TableReader(*found, std::string(key), *problems_);
    report_wrong_type(*found, key, fmt::format("a table, as {} = {{ … }}", key), *problems_);
    return std::nullopt;
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
    std::vector<TableReader> result;
    const TomlValue* found = value(key);
    if (!found) return result;
    if (!found->is_list()) {
        report_wrong_type(*found, key, fmt::format("a list of tables; write [[{}]]", key),
                          *problems_);
        return result;
    }
    if (found->list.size() > plan_entries_max) {
        error(key, "too_many",
              fmt::format("{} has {} entries; at most {} are read", key, found->list.size(),
                          plan_entries_max));
        return result;
    }
    for (const TomlValue& entry : found->list) {
        if (entry.is_table()) result.emplace_back(entry, std::string(key), *problems_);
        else report_wrong_type(entry, fmt::format("an entry of {}", key), "a table", *problems_);
    }
    return result;
}

void TableReader::know(std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) (void)value(key);
}

void TableReader::require(std::string_view key, std::string_view remedy) {
    if (has(key)) return;
    problems_->error(place(), "missing_key", fmt::format("{} lacks {}; {}", name_, key, remedy));
}

bool TableReader::knows(std::string_view key) const {
    return std::ranges::find(known_, key) != known_.end();
}

void TableReader::finish(const std::function<std::string(std::string_view)>& belongs) {
    for (const TomlValue::Entry& entry : value_->table) {
        if (knows(entry.key)) continue;
        std::string remedy;
        if (belongs && problems_->wants_suggestions()) remedy = belongs(entry.key);
        if (remedy.empty()) remedy = near_name(entry.key, known_, *problems_);
        problems_->error(entry.place, "unknown_key",
                         fmt::format("{} has no key {}{}", name_, in_quotes(entry.key),
                                     remedy.empty() ? "; remove it" : remedy));
    }
}

void report_wrong_type(const TomlValue& value, std::string_view what, std::string_view wanted,
                       Problems& problems) {
    if (value.sort == TomlValue::Sort::refused) return;
    problems.error(value.place, "wrong_type",
                   fmt::format("{} is {}, not {}", what, shown(value), wanted));
}

std::optional<std::string> text_of(const TomlValue& value, std::string_view what,
                                   Problems& problems) {
    if (value.is_text()) return value.text;
    report_wrong_type(value, what, "a text in quotes", problems);
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(const TomlValue& value, std::string_view what,
                                       std::int64_t min, std::int64_t max, Problems& problems) {
    if (!value.is_integer()) {
        report_wrong_type(value, what, "a whole number", problems);
        return std::nullopt;
    }
    if (min <= value.integer && value.integer <= max) return value.integer;
    problems.error(
        value.place, "out_of_range",
        fmt::format("{} is {}; it must be from {} to {}", what, value.integer, min, max));
    return std::nullopt;
}

std::optional<std::int64_t> rate_of(const TomlValue& value, std::string_view what,
                                    Problems& problems) {
    if (!value.is_text()) {
        report_wrong_type(value, what, "a rate; write it in quotes, as \"5%\"", problems);
        return std::nullopt;
    }
    const std::optional<std::int64_t> rate_ppm = parse_percent(value.text);
    if (!rate_ppm)
        problems.error(
            value.place, "bad_rate",
            fmt::format("{} is {}, which is no rate; write a number from 0 to {} with at "
                        "most four places and a percent sign, as \"5%\" or \"0.25%\"",
                        what, in_quotes(value.text), rate_ppm_max / 10'000));
    return rate_ppm;
}

std::optional<std::int64_t> decimal_of(const TomlValue& value, std::string_view what, int places,
                                       bool may_be_integer, Problems& problems) {
    const bool is_integer = may_be_integer && value.is_integer();
    if (!is_integer && !value.is_text()) {
        report_wrong_type(value, what,
                          may_be_integer ? "a number; write 100 or \"99.50\""
                                         : "an amount; write it in quotes, as \"50.00\"",
                          problems);
        return std::nullopt;
    }
    const std::string text = is_integer ? std::to_string(value.integer) : value.text;
    const std::optional<std::int64_t> units = parse_decimal(text, places, amount_minor_max);
    if (!units)
        problems.error(
            value.place, "bad_number",
            fmt::format(
                "{} is {}, which is no number from 0 to {}{}; write it as \"{}\"", what,
                shown(value), format_decimal(amount_minor_max, places),
                places == 0 ? " without places" : fmt::format(" with at most {} places", places),
                places == 0 ? "50" : "50." + std::string(std::size_t(places), '0')));
    return units;
}

std::string near_name(std::string_view word, std::span<const std::string_view> candidates,
                      const Problems& problems) {
    if (!problems.wants_suggestions()) return "";
    return did_you_mean(word, std::vector<std::string>(candidates.begin(), candidates.end()));
}

}  // namespace downline
