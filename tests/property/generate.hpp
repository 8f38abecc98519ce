// Random companies and plans out of dice.
#pragma once

#include <rapidcheck/Gen.h>

#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "tests/property/dice.hpp"
#include "tests/property/facts.hpp"

namespace downline::property {

/// What is generated; properties leave out what they cannot hold with.
struct Wanted {
    bool has_sequences = true;     ///< first, reorder, by_sequence, contracts, counts of orders
    bool has_returns = true;
    bool has_amounts_per_unit = true;
    bool has_factor = true;
    bool has_large_orders = true;  ///< of more than 10^12 minor units
    bool has_weights = true;
    bool has_placement = true;     ///< places and legs
    bool has_binaries = true;
    bool has_caps = true;          ///< caps and limits
    bool has_windows = false;      ///< measures over periods
    bool has_rank_trees = false;   ///< ranks through several trees, which may form a cycle together
    bool is_per_order_line = false;  ///< only kinds that pay each order line by itself
    std::int64_t scale = 1;        ///< of every volume and amount in the plan
};

/// A company's rows and a plan's text; the plan as the reader read it.
struct Case {
    Facts facts;
    std::string plan_text;
    Plan plan;
};

/// Throws std::runtime_error with the reader's errors where it refuses the text.
[[nodiscard]] Case case_of(const Throws& throws, const Wanted& wanted = {});
[[nodiscard]] Facts facts_of(const Throws& throws, int rank_count, int currency_places,
                             const Period& period, const Wanted& wanted = {});
/// What the binary bonuses of a plan bring in for some members.
void add_carry(const Throws& throws, const std::vector<std::string>& binaries, Facts& facts);
struct PlanText {
    std::string text;  ///< of several periods: lines that end with "# early" or "# late" are of some
    int rank_count{};
    int currency_places = 2;
    Period period;
    std::vector<std::string> binaries;  ///< codes of binary bonuses
};
[[nodiscard]] PlanText plan_text_of(const Faces& faces, const Wanted& wanted = {});
[[nodiscard]] Plan read(const std::string& plan_text);

/// Networks of up to `size` members and orders.
[[nodiscard]] rc::Gen<Throws> throws();

void showValue(const Throws& throws, std::ostream& out);

}  // namespace downline::property
