// The finance view of a period: where the money went, to whom, what was not paid and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/earnings.hpp"
#include "storage/runs.hpp"

namespace downline {

/// What one run says of the company; what is compared with the period before.
struct CompanyTotals {
    RunRecord run;
    std::int64_t maximum_minor{}, forfeited_minor{};
    std::int64_t cut_minor{};    ///< what caps and limits took, negative
    std::int64_t other_minor{};  ///< lines that are no slots: reversals, adjustments
    std::int64_t new_affiliates{}, new_customers{};
    // Of the period's orders less what came back in it, by who bought:
    std::int64_t retail_minor{}, own_minor{};  ///< customers; affiliates
    std::int64_t buying_customers{}, new_buyers{};  ///< of them with their first order ever
};

/// Members whom something holds for, and their pay.
struct ReportGroup {
    std::string name;            ///< "" for none
    std::int64_t members{}, active{}, earners{}, amount_minor{};
};

struct TopEarner {
    std::string member_id;
    std::optional<std::string> name, rank;
    std::int64_t amount_minor{};
};

/// How unevenly the pay is spread over those who were paid more than nothing.
struct Concentration {
    std::int64_t earners{}, paid_minor{};
    std::int64_t top_1_percent_minor{}, top_10_percent_minor{};  ///< of earners, at least one
    std::int64_t half_earners{};                                 ///< fewest who have half of it
};

/// Customers by the period of their first order.
struct Cohort {
    std::string period;            ///< "" for all earlier ones
    std::int64_t customers{};
    std::int64_t reordered{};      ///< have ordered again by the period's end
    std::int64_t ordered{};        ///< ordered in this period
};

struct Report {
    RunSummary summary;
    CompanyTotals totals;
    std::optional<CompanyTotals> before;
    std::vector<NamedAmount> by_level;  ///< paid level; of all bonuses
    std::vector<ReportGroup> by_rank;   ///< lowest first, "" for none
    std::vector<ReportGroup> by_country;
    std::vector<TopEarner> top;
    Concentration concentration;
    std::vector<Cohort> cohorts;        ///< oldest first
};
inline constexpr std::size_t cohorts_shown = 12;

/// REQUIRES: the run is current. Refusal (state) for a stale draft. BrokenInvariant where what was
/// paid and what was not do not close to the plan's maximum.
[[nodiscard]] Report report_of(Database& database, const RunRecord& run, std::size_t top_count);

}  // namespace downline
