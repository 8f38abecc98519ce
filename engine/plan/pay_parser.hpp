// What the forms of rates share: tables by rank, rates and amounts of one sort, lists of steps.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/forms.hpp"

namespace downline {

/// What may be written where a rate or an amount per unit stands.
enum class PaySort : std::uint8_t { either, rate, amount };

/// A table by rank as its entries by place: what is not named takes the nearest named below it.
/// Null where nothing is named; empty beyond what a plan's tables may have in all.
[[nodiscard]] std::vector<const TomlValue*> entries_by_place(const TomlValue& table,
                                                             std::string_view what,
                                                             const ReadingContext& context,
                                                             Problems& problems);

using ParseNumber =
    std::function<std::optional<std::int64_t>(const TomlValue&, const std::string& what)>;

/// A number, or a table by rank of them. Each entry is parsed once, so that an error is said once.
[[nodiscard]] ByRank by_rank_of(const TomlValue& value, const std::string& what,
                                const ReadingContext& context, Problems& problems,
                                const ParseNumber& parse);

/// Reads rates and amounts that must all be of one sort.
class PayParser {
public:
    PayParser(PaySort sort, const ReadingContext& context, Problems& problems)
        : sort_(sort), context_(context), problems_(problems) {}

    std::optional<std::int64_t> parse(const TomlValue& value, const std::string& what);
    /// A rate or amount, or a table by rank of them.
    Pay by_rank(const TomlValue& value, const std::string& what);
    [[nodiscard]] bool is_amount() const { return was_amount_.value_or(false); }

private:
    PaySort sort_;
    const ReadingContext& context_;
    Problems& problems_;
    std::optional<bool> was_amount_;
};

/// A list of pairs [from, pay] with ascending first parts; calls `take` for each that is right.
void read_pairs(TableReader& table, std::string_view key,
                const std::function<std::optional<std::int64_t>(const TomlValue&)>& parse_from,
                const std::function<void(std::int64_t, const TomlValue&)>& take);

/// The keys of the group that the table has; an error for each beyond the first.
[[nodiscard]] std::vector<std::string_view> exclusive(
    TableReader& table, std::initializer_list<std::string_view> keys);

/// An error that the table does not say what it pays.
void report_no_rate(TableReader& table, std::string_view remedy);

/// True, or an error that this is no list, empty or too long.
[[nodiscard]] bool is_rate_list(const TomlValue& list, std::string_view what, Problems& problems);

}  // namespace downline
