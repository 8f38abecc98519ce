// Typed access to one table of a plan: says what is wrong with every value, and which keys it
// does not know.
//
// Every accessor makes its key known. One that finds a value of another sort than it wants reports
// that and returns nothing, as it does for a key that is absent; `has` tells the two apart.
// `finish` reports every key that nobody asked for, with the nearest known one.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/document.hpp"

namespace downline {

class TableReader {
public:
    /// `name` is how messages call the table: `[active]`, `bonus "override"`, `cap`.
    /// REQUIRES: value.is_table(); value and problems outlive the reader.
    TableReader(const TomlValue& value, std::string name, Problems& problems);

    [[nodiscard]] bool has(std::string_view key);
    /// The value as it stands, or null.
    [[nodiscard]] const TomlValue* value(std::string_view key);

    std::optional<std::string> text(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
    std::optional<bool> flag(std::string_view key);
    std::optional<Day> date(std::string_view key);
    std::optional<std::int64_t> percent(std::string_view key);  ///< see rate_of
    std::optional<std::int64_t> decimal(std::string_view key, int places, bool may_be_integer);
    std::optional<std::vector<std::string>> texts(std::string_view key);
    /// One of the words, or an error that names them and the nearest.
    template <typename T>
    std::optional<T> word(std::string_view key,
                          std::span<const std::pair<std::string_view, T>> choices) {
        std::vector<std::string_view> names;
        for (const auto& choice : choices) names.push_back(choice.first);
        const std::optional<std::size_t> chosen = word_index(key, names);
        return chosen ? std::optional<T>(choices[*chosen].second) : std::nullopt;
    }
    template <typename T>
    std::optional<T> word(std::string_view key,
                          std::initializer_list<std::pair<std::string_view, T>> choices) {
        return word(key, std::span<const std::pair<std::string_view, T>>(choices.begin(),
                                                                         choices.size()));
    }
    /// A sub-table, or nothing.
    std::optional<TableReader> table(std::string_view key);
    /// An array of tables, or none; at most plan_entries_max.
    std::vector<TableReader> tables(std::string_view key);

    /// Makes a key known without reading it.
    void know(std::initializer_list<std::string_view> keys);
    /// An error where the key is absent.
    void require(std::string_view key, std::string_view remedy);
    /// Reports the keys that nobody asked for. `belongs` says where a key stands that is none here:
    /// the end of a message, or nothing.
    void finish(const std::function<std::string(std::string_view)>& belongs = {});
    /// Whether anybody asked for the key.
    [[nodiscard]] bool knows(std::string_view key) const;
    /// All that anybody asked for.
    [[nodiscard]] const std::vector<std::string_view>& known() const { return known_; }

    void error(std::string_view key, std::string_view code, std::string text);
    [[nodiscard]] Place place() const { return value_->place; }
    [[nodiscard]] Place place_of(std::string_view key) const;
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] Problems& problems() const { return *problems_; }
    [[nodiscard]] const TomlValue& whole() const { return *value_; }

private:
    std::optional<std::size_t> word_index(std::string_view key,
                                          std::span<const std::string_view> names);

    const TomlValue* value_;
    std::string name_;
    Problems* problems_;
    std::vector<std::string_view> known_;
};

// ── One value, wherever it stands; `what` is how messages call it ────────

[[nodiscard]] std::optional<std::string> text_of(const TomlValue& value, std::string_view what,
                                                 Problems& problems);
[[nodiscard]] std::optional<std::int64_t> integer_of(const TomlValue& value, std::string_view what,
                                                     std::int64_t min, std::int64_t max,
                                                     Problems& problems);
/// "5%" in millionths.
[[nodiscard]] std::optional<std::int64_t> rate_of(const TomlValue& value, std::string_view what,
                                                  Problems& problems);
/// "12.50", or 12 where `may_be_integer`, as a count of 10^-places units.
[[nodiscard]] std::optional<std::int64_t> decimal_of(const TomlValue& value, std::string_view what,
                                                     int places, bool may_be_integer,
                                                     Problems& problems);
/// An error that the value is not what is wanted, unless it has been refused already.
void report_wrong_type(const TomlValue& value, std::string_view what, std::string_view wanted,
                       Problems& problems);

/// `; did you mean "pv"?`, or nothing where no candidate is near: the end of a message.
[[nodiscard]] std::string near_name(std::string_view word,
                                    std::span<const std::string_view> candidates,
                                    const Problems& problems);

}  // namespace downline
