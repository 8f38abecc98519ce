// One member's pay as a page for people, as JSON, as CSV; and everybody's.
#pragma once

#include <memory>
#include <string>

#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "cli/table.hpp"
#include "storage/earnings.hpp"

namespace downline {

/// The page of one member; `with_lines`: down to each order.
void print_earnings(Output& output, Format format, const RunRecord& run, const Earnings& earnings,
                    bool with_lines);

/// Everybody's, one after the other: a table with a row each, an array of the same objects, or CSV
/// (with lines a row per line, else one per member and bonus).
class EarningsList {
public:
    EarningsList(Output& output, Format format, const RunRecord& run, bool with_lines);
    void add(const Earnings& earnings);
    void finish();  ///< REQUIRED at the end

private:
    Output& output_;
    Format format_;
    const RunRecord& run_;
    bool with_lines_;
    std::int64_t total_minor_ = 0;
    std::unique_ptr<Table> table_;
    std::unique_ptr<JsonWriter> json_;
    std::unique_ptr<CsvWriter> csv_;
};

}  // namespace downline
