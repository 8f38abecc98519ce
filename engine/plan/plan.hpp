// A plan as data: what the reader made of the TOML text, all names resolved to places.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/money.hpp"
#include "engine/period.hpp"

namespace downline {

class BonusRule;  // engine/bonuses/bonus.hpp

/// A place in the ladder: 1 is the lowest rank, 0 is "none".
using RankPlace = std::uint16_t;
using MeasureIndex = std::uint16_t;

enum class Tree : std::uint8_t { sponsor, enroller, placement };

// ── Requirements (one vocabulary for active, ranks, bonuses, measures' `where`, sellers) ────────

struct Requirement;

/// One minimum. All tests of a table must hold.
struct Test {
    enum class Kind : std::uint8_t {
        measure,                ///< measure's value in [min, max]; with max_per_leg_ppm by legs
        rank,                   ///< paid-as rank at least `rank`
        title,                  ///< title at least `rank`
        active,                 ///< is (not) active: `flag`
        joined_within_days,     ///< at most `min` days from joining to the last day
        joined_at_least_days,   ///< at least `min` days
        legs,  ///< `count` legs that meet `each`: ranks and titles by anyone, all else by the head
        frontline,  ///< `count` direct affiliates who meet `each`
    };
    Kind kind{};
    MeasureIndex measure{};
    std::int64_t min = 0;  ///< of a measure in its own units (centipoints, minor units or a count)
    std::int64_t max = INT64_MAX;
    std::optional<std::int64_t> max_per_leg_ppm;
    RankPlace rank{};
    bool flag = true;
    std::int64_t count = 0;
    std::shared_ptr<const Requirement> each;
};

/// A list of tables: any of them suffices. Empty: always met.
struct Requirement {
    std::vector<std::vector<Test>> alternatives;
};

// ── Order filters ────────────────────────────────────────────────────────────────────────────

struct OrderFilter {
    enum class Buyer : std::uint8_t { any, customer, affiliate };
    enum class Sequence : std::uint8_t { any, first, reorder };
    Buyer buyer = Buyer::any;
    Sequence sequence = Sequence::any;
    std::vector<std::string> kinds, categories, skus;  ///< empty: any
    std::optional<std::int32_t> within_days_of_joining;
    std::optional<std::int32_t> within_months_of_joining;
    std::optional<std::pair<std::int32_t, std::int32_t>> months_since_first;
    std::optional<Requirement> seller;
    std::shared_ptr<const OrderFilter> negated;  ///< `not`: orders that this one does not take
};

// ── Measures ─────────────────────────────────────────────────────────────────────────────────

struct Measure {
    enum class Source : std::uint8_t {
        orders,       ///< sum of `column` over orders, or their count
        over_members, ///< sum of measure `of` over a set of members
        count_members,///< affiliates of that set who meet `where`
        window,       ///< sum, max or min of measure `of` over periods; or periods that held
    };
    enum class Column : std::uint8_t {
        volume, qualifying_volume, amount, quantity, order_count,
        customer_count  ///< who bought and has `bought` that much
    };
    enum class Over : std::uint8_t {
        downline, frontline, leg, lesser_leg, greater_leg, outside_greatest_leg
    };
    enum class Window : std::uint8_t { sum, max, min, count };
    enum class Unit : std::uint8_t { centipoints, minor, count };

    std::string name;
    Source source{};
    Unit unit = Unit::centipoints;  ///< of its values; `quantity` and counts are counts
    // orders
    Column column{};
    bool from_self = true, from_customers = true;
    OrderFilter orders;
    struct Bought {
        Column column{};  ///< not customer_count
        std::int64_t min{};
    };
    std::vector<Bought> bought;  ///< of a count of customers: all must hold of each
    // over members, count members
    MeasureIndex of{};
    Over over{};
    Tree tree = Tree::sponsor;
    std::optional<std::uint32_t> levels;
    bool only_enrolled = false;  ///< of them those whom the member enrolled; then not with_self
    bool with_self = true;
    std::optional<Requirement> until;
    std::uint32_t leg{};
    std::vector<std::int64_t> weights;
    std::optional<Requirement> where;
    // window
    Window window{};
    std::uint32_t periods{};  ///< 0: lifetime
};

struct Weight {
    OrderFilter orders;
    std::optional<std::int64_t> volume_ppm, qualifying_volume_ppm;
    std::vector<std::string> except;  ///< bonus codes that see the order unweighted
};

// ── Numbers that may depend on rank ──────────────────────────────────────────────────────────

/// A number, or a table by rank. `by_place[p]` for every place 0..rank count, with what a rank
/// that is not named takes already filled in (nearest named below; `none` the lowest; else absent).
struct ByRank {
    bool is_table = false;
    std::vector<std::optional<std::int64_t>> by_place;  ///< one entry where it is no table
    [[nodiscard]] std::optional<std::int64_t> at(RankPlace place) const {
        return is_table ? by_place[place] : by_place.empty() ? std::nullopt : by_place[0];
    }
    /// The place that names what `at(place)` gives: the nearest at or below it; 0 for `none`.
    /// `is_named` says which places the table names.
    [[nodiscard]] RankPlace named_at(RankPlace place) const {
        while (place > 0 && (place >= is_named.size() || !is_named[place])) --place;
        return place;
    }
    std::vector<bool> is_named;
    [[nodiscard]] bool is_given() const { return !by_place.empty(); }
    /// The highest value at any rank; 0 where it names nothing.
    [[nodiscard]] std::int64_t highest() const {
        std::int64_t most = 0;
        for (const auto& value : by_place)
            if (value && *value > most) most = *value;
        return most;
    }
};

/// A share of the base in ppm, or an amount per unit of quantity in minor units; by rank or not.
/// Within one table all entries are of one sort.
struct Pay {
    bool is_amount = false;
    ByRank value;
};

struct Tiers {
    MeasureIndex by{};         ///< not used by marginal tiers
    bool is_marginal = false;
    struct Step {
        std::int64_t floor{};  ///< in the measure's units; marginal: the base's units
        Pay pay;
    };
    std::vector<Step> steps;   ///< floors ascending
};

/// `rate`, `amount`, `by_rank`, `tiers` or `by_sequence`: what one line is paid at.
struct RateForm {
    enum class Kind : std::uint8_t { pay, tiers, by_sequence };
    Kind kind{};
    Pay pay;
    Tiers tiers;
    std::vector<std::pair<std::int64_t, Pay>> by_sequence;  ///< from the n-th order on
};

// ── Ranks, bonuses, limits ───────────────────────────────────────────────────────────────────

struct Rank {
    std::string name;
    Requirement requires_;
    std::optional<Requirement> maintain;
};

enum class Base : std::uint8_t { volume, qualifying_volume, amount, margin };
enum class StreamKind : std::uint8_t {
    active, residual, leveraged, leveraged_residual, active_leveraged, limit, adjustment
};
[[nodiscard]] std::string_view stream_name(StreamKind stream);

struct Cap {
    ByRank per_member_minor;  ///< not given: no cap; absent for a rank: it does not bind it
    ByRank per_source_minor;
    std::optional<std::int64_t> of_volume_ppm;
};

/// The shared keys of every kind, and the kind's own rule.
struct Bonus {
    std::string code, kind;
    OrderFilter orders;
    Base base = Base::volume;
    std::int64_t point_ppm = 1'000'000;  ///< money units per point
    Requirement requires_;
    bool needs_active = true;            ///< `active = false` turns it off
    Tree tree = Tree::sponsor;
    bool rank_by_title = false;
    Cap cap;
    ByRank factor_ppm;                   ///< not given: 100 %
    std::optional<StreamKind> stream;
    std::shared_ptr<const BonusRule> rule;
};

struct Limits {
    std::optional<std::int64_t> payout_ppm;
};

/// One `[[example]]`, its texts as they stand in the file.
struct ExamplePeriod {
    std::string period;
    std::optional<std::string> orders, returns, products, moves, adjustments, carry;
    std::optional<std::string> earnings, ranks, lines, measures, carry_after;
};
struct Example {
    std::string name;
    std::string members;
    std::vector<ExamplePeriod> before;  ///< run and closed in order
    ExamplePeriod stated;
    int line{};  ///< where it begins in the plan file
};

/// `[placement]`: how affiliates without a place get one (engine/placing.hpp).
struct Placement {
    enum class Fill : std::uint8_t { breadth_first, lesser_leg, left, right, alternate };
    Fill fill = Fill::breadth_first;
    std::uint32_t width = 2;  ///< of a binary 2
};

struct Plan {
    std::string name;
    std::string currency = "USD";
    int currency_places = 2;
    PeriodKind period = PeriodKind::month;
    Day effective{};
    Rounding rounding = Rounding::half_up;
    Weekday week_starts = monday;
    std::vector<std::pair<std::string, std::string>> was;  ///< former rank name → rank name
    std::vector<Measure> measures;  ///< pv is 0, gv is 1; the others follow what they need
    std::vector<Weight> weights;
    std::optional<Requirement> active;
    std::vector<Rank> ranks;  ///< lowest first; place 1 is ranks[0]
    std::vector<Bonus> bonuses;
    Limits limits;
    std::optional<Placement> placement;
    std::vector<Example> examples;
    std::string text;  ///< the whole file

    [[nodiscard]] const std::string& rank_name(RankPlace place) const;  ///< "" for 0
    /// 0 where unknown; knows `was`, which wins.
    [[nodiscard]] RankPlace rank_place(std::string_view rank_name) const;
};

/// Calls `take` for every test of every requirement of the plan, those in others too.
void each_test(const Plan& plan, const std::function<void(const Test&)>& take);

inline constexpr MeasureIndex pv_measure = 0;
inline constexpr MeasureIndex gv_measure = 1;

}  // namespace downline
