// The finance view shown: a page for people, rows and an object for programs.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "engine/run.hpp"
#include "storage/report.hpp"

namespace downline {

/// A figure of the company, now and in the period before.
struct Figure {
    const char* name;    ///< as programs know it
    const char* words;
    bool is_money;
    std::int64_t (*of)(const CompanyTotals& totals);
};
[[nodiscard]] std::span<const Figure> company_figures();
[[nodiscard]] std::string figure_text(const Figure& figure, std::int64_t value,
                                      const std::string& currency);
/// What was paid of the company's volume; nothing where there is none.
[[nodiscard]] std::optional<std::string> payout_ratio(const RunRecord& run);
/// "+4.53%"; nothing where there was nothing.
[[nodiscard]] std::string change_text(std::int64_t now, std::int64_t before);
[[nodiscard]] std::int64_t forfeited_for(const BonusTotal& bonus, Reason reason);

void print_report(Output& output, Format format, const Report& report);

}  // namespace downline
