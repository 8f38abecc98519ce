// What members earned and why: queries over stored runs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/runs.hpp"

namespace downline {

struct EarningLine {
    std::string bonus;
    std::optional<std::string> order_id;
    std::optional<std::int64_t> line;
    std::optional<Day> ordered_on;
    std::optional<std::string> from;
    std::int64_t level{}, paid_level{};
    std::optional<std::string> base, rate;  ///< "100.00", "5%" (or "5.00" per unit)
    std::int64_t amount_minor{};
    std::string stream;
    std::optional<std::string> return_id;      ///< of a reversal; base and rate have no value then
    std::optional<std::int64_t> reverses_run;  ///< whose line of this bonus, order and level it
                                               ///< reverses; nothing: an opening line
    std::optional<std::string> adjustment_id, reason;  ///< of an adjustment
};
struct NamedAmount {
    std::string name;
    std::int64_t lines{}, amount_minor{};
};
/// One member's pay in one run.
struct Earnings {
    std::string member_id;
    std::optional<std::string> name;
    bool is_active = false;
    std::optional<std::string> rank, title;
    std::vector<std::pair<std::string, std::string>> measures;  ///< name, value as shown
    std::int64_t total_minor{};
    std::vector<NamedAmount> by_bonus, by_stream, by_level;  ///< a level's name is its number
    std::vector<EarningLine> lines;                          ///< only where asked for
};

/// Refusal (input) for an unknown member, with the nearest ids; a customer earns nothing and says
/// so.
[[nodiscard]] Earnings earnings_of(Database& database, const RunRecord& run,
                                   const std::string& member_id, bool with_lines);
/// Every affiliate of the period's network by member id (`only_earners`: only those with lines).
void each_earnings(Database& database, const RunRecord& run, bool with_lines, bool only_earners,
                   const std::function<void(const Earnings&)>& take);

struct CustomerRow {
    std::string member_id;
    std::optional<std::string> name;
    std::optional<Day> first_order, last_order;
    std::int64_t order_count{};   ///< without fully returned ones
    std::int64_t amount_minor{};  ///< less returns
    std::int64_t paid_minor{};    ///< what the affiliate earned on it in final runs
    bool is_lapsed = false;       ///< ordered before, but not within lapsed_after_days of as_of
};
inline constexpr Day lapsed_after_days = 90;
struct Customers {
    std::string member_id;
    Day as_of{};                    ///< last day with an order in the database
    std::vector<CustomerRow> rows;  ///< by member id
    std::int64_t amount_minor{}, largest_amount_minor{};  ///< of all; of the largest customer
};
[[nodiscard]] Customers customers_of(Database& database, const std::string& member_id);

/// A node of a downline, in preorder.
struct TreeRow {
    std::string member_id;
    std::optional<std::string> name;
    std::uint32_t depth{};  ///< 0 is the member asked for
    bool is_customer = false, is_active = false;
    std::string status;
    std::optional<std::string> rank;
    std::string pv, gv;
    std::int64_t amount_minor{};
    std::uint32_t downline_count{};  ///< members below
    bool is_cut = false;             ///< has members below that depth or top left out
};
[[nodiscard]] std::vector<TreeRow> tree_of(Database& database, const std::optional<RunRecord>& run,
                                           const std::string& member_id, Tree tree,
                                           std::optional<Day> on, std::uint32_t depth_max,
                                           std::uint32_t top);

/// Registers the virtual tables `earning_line` and `earning_total` on a connection.
void register_earning_tables(Database& database);

}  // namespace downline
