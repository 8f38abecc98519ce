// The forms that many keys of a plan share: rates, amounts, tables by rank, tiers, requirements,
// order filters. Each reads one key (or one exclusive group of keys) of a table.
//
// Errors go to the table's problems; what is returned after an error is fit to go on reading with,
// not to compute with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/plan/table_reader.hpp"

namespace downline {

/// The names that a plan defines, so that forms can resolve them.
struct ReadingContext {
    int currency_places = 2;
    std::vector<std::string> rank_names;  ///< lowest first; place 1 is rank_names[0]
    struct MeasureName {
        std::string name;
        Measure::Unit unit = Measure::Unit::centipoints;
        bool is_over_downline = false;  ///< `max_per_leg` makes sense
    };
    std::vector<MeasureName> measures;      ///< by MeasureIndex
    std::vector<std::string> bonus_codes;   ///< of the bonuses before this one

    std::vector<std::string_view> header_keys;  ///< of [plan]

    /// "; it belongs in [plan]" of a key that slipped below another table; else nothing.
    [[nodiscard]] std::string belongs_in_header(std::string_view key) const;

    /// Cells that tables by rank have been given, in all of the plan; see take_cells.
    mutable std::size_t cells_taken = 0;

    /// True while there is room for so many cells more; one error, at a place, when there is none.
    bool take_cells(std::size_t count, Place place, Problems& problems) const;
    /// 0 and an error with the nearest name where there is no such rank.
    RankPlace rank(std::string_view name, Place place, Problems& problems) const;
    std::optional<MeasureIndex> measure(std::string_view name, Place place,
                                        Problems& problems) const;
};

// ── Rates and amounts ────────────────────────────────────────────────────────────────────────

/// A number, an amount or a rate where a table by rank may stand instead (9.20, 9.31).
[[nodiscard]] ByRank read_rate_by_rank(TableReader& table, std::string_view key,
                                       const ReadingContext& context);
[[nodiscard]] ByRank read_amount_by_rank(TableReader& table, std::string_view key,
                                         const ReadingContext& context);
/// Volumes in centipoints.
[[nodiscard]] ByRank read_volume_by_rank(TableReader& table, std::string_view key,
                                         const ReadingContext& context);
/// Whole numbers, as a pool's shares.
[[nodiscard]] ByRank read_count_by_rank(TableReader& table, std::string_view key,
                                        const ReadingContext& context);

/// A number in a measure's own unit: points and money as 100 or "99.50", counts whole.
[[nodiscard]] std::optional<std::int64_t> number_in_unit(const TomlValue& value,
                                                         std::string_view what, Measure::Unit unit,
                                                         const ReadingContext& context,
                                                         Problems& problems);

/// "5%" or "5.00" (per unit of quantity), or a table by rank of either sort.
[[nodiscard]] std::optional<Pay> read_pay(TableReader& table, std::string_view key,
                                          const ReadingContext& context);

/// Exactly one of `rate`, `amount`, `by_rank`, `tiers`, `by_sequence`.
/// REQUIRES: bonus.base has been read (marginal floors are in its unit).
[[nodiscard]] RateForm read_rate_form(TableReader& table, const ReadingContext& context,
                                      const Bonus& bonus);

/// The table under `tiers`. See read_rate_form.
[[nodiscard]] std::optional<Tiers> read_tiers(TableReader& table, const ReadingContext& context,
                                              const Bonus& bonus);

/// What each level (or generation) pays: `KEY = ["5%", { silver = "4%" }, …]`, or
/// `by_rank = { silver = ["5%", "4%"], … }`, or `KEY = 3` with `tiers`. Exactly one of them.
/// With tiers `levels` has that many empty entries.
struct LevelsForm {
    std::vector<Pay> levels;
    std::optional<Tiers> tiers;
};
[[nodiscard]] LevelsForm read_levels(TableReader& table, std::string_view key,
                                     const ReadingContext& context, const Bonus& bonus);

/// `[[600, "6%"], [1200, "9%"]]` under `key`: floors ascending in `floor_unit`. One that pays less
/// than the one before is warned of unless it `may_fall`.
[[nodiscard]] std::vector<Tiers::Step> read_steps(TableReader& table, std::string_view key,
                                                  Measure::Unit floor_unit,
                                                  const ReadingContext& context,
                                                  bool may_fall = false);

// ── Requirements and filters ─────────────────────────────────────────────────────────────────

/// The place of the rank that a key names, as `boundary`; the measure, as `volume = "pv"`.
[[nodiscard]] std::optional<RankPlace> read_rank(TableReader& table, std::string_view key,
                                                 const ReadingContext& context);
[[nodiscard]] std::optional<MeasureIndex> read_measure(TableReader& table, std::string_view key,
                                                       const ReadingContext& context);

/// One table of minimums, or a list of them. Nothing where the key is absent.
[[nodiscard]] std::optional<Requirement> read_requirement(TableReader& table, std::string_view key,
                                                          const ReadingContext& context);

/// What `seller` may be used for.
enum class SellerFilter : std::uint8_t { allowed, refused };
[[nodiscard]] OrderFilter read_order_filter(TableReader& table, std::string_view key,
                                            const ReadingContext& context,
                                            SellerFilter seller = SellerFilter::allowed);

/// `from = ["self", "customers"]`; unchanged where absent.
void read_from(TableReader& table, bool& from_self, bool& from_customers);

/// The code of a bonus before this one, under a list key such as `of`.
[[nodiscard]] std::vector<std::string> read_earlier_bonuses(TableReader& table,
                                                            std::string_view key,
                                                            const ReadingContext& context);

}  // namespace downline
