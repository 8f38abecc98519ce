// The tables of a plan, each read by a function of its own; read_plan calls them in order.
#pragma once

#include <vector>

#include "engine/plan/checks.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

/// Where things are defined, so that what is wrong between them can be said at a place.
struct PlanPlaces {
    std::vector<Place> measures;  ///< by MeasureIndex; of a built-in one the text's begin
    std::vector<Place> ranks, bonuses;
    Place active;
};

/// `[plan]`. Sets everything but `was`, which needs the ranks.
void read_header(TableReader& document, ReadingContext& context, Plan& plan);
void read_former_ranks(TableReader& document, const ReadingContext& context, Plan& plan);

/// The names, units and dependency order of all measures: fills context.measures. The built-in pv
/// and gv come first, defined or not.
void name_measures(const TomlValue* measures, ReadingContext& context, Problems& problems);
/// `[measures]`. REQUIRES: name_measures.
void read_measures(TableReader& document, const ReadingContext& context, Plan& plan,
                   PlanPlaces& places);

/// `[[rank]]`: the names first, since everything may name them.
void name_ranks(std::vector<TableReader>& ranks, ReadingContext& context);
void read_ranks(std::vector<TableReader>& ranks, const ReadingContext& context, Plan& plan,
                PlanPlaces& places);

/// `[[weight]]`. REQUIRES: plan.bonuses has been read (`except` names them).
void read_weights(TableReader& document, const ReadingContext& context, Plan& plan);

/// `[[bonus]]`: the shared keys, and the kind's own through the register of kinds.
void read_bonuses(TableReader& document, ReadingContext& context, Plan& plan, PlanPlaces& places);

[[nodiscard]] Checks read_checks(TableReader& document, int currency_places);

/// `[[example]]`, its texts unread.
void read_examples(TableReader& document, Plan& plan);

/// Cycles among measures, active and ranks; activity that asks for ranks.
void check_dependencies(const Plan& plan, const PlanPlaces& places, Problems& problems);

/// Ranks that nobody can reach, or that one above always takes over.
void warn_of_ranks_for_nobody(const Plan& plan, const PlanPlaces& places, Problems& problems);

}  // namespace downline
