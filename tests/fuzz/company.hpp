// The small company whose files and databases are fuzzed.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"
#include "storage/database.hpp"
#include "storage/import.hpp"

namespace downline::fuzz {

/// Affiliates with places and titles, customers, products, orders of January to March 2026, a
/// return of February and a move.
void import_company(Database& database);
/// The same with January and February closed, March a draft, and a payout that was made.
void import_and_close(Database& database);
/// Every kind of bonus, every kind of limit.
[[nodiscard]] const Plan& company_plan();

[[nodiscard]] ImportOptions import_options(ImportKind kind, std::string_view text);

inline constexpr const char* made_by = "tess";
inline constexpr const char* made_at = "2026-11-21T00:00:00Z";

}  // namespace downline::fuzz
