// The rows of a small company over several periods: what its files say, in the order in which they
// come in.
#pragma once

#include <string>
#include <vector>

#include "tests/property/facts.hpp"
#include "tests/property/files.hpp"
#include "tests/property/generate.hpp"

namespace downline::property {

/// A new status, or a customer who becomes an affiliate.
struct ChangeRow {
    int member{};
    Day holds_from{};
    bool is_status = true;  ///< else the kind
    Status status{};
};

/// Several periods in a row; the orders of all of them. A return has its own day.
struct History {
    std::vector<Period> periods;
    std::vector<std::string> plan_texts;  ///< by period
    std::vector<Plan> plans;
    Facts facts;  ///< of all periods; `period` is the first
    std::vector<ChangeRow> changes;
    bool comes_at_once = false;  ///< all files before the first run, else period by period
};

[[nodiscard]] History history_of(const Throws& throws, const Wanted& wanted = {});

/// What comes in before the run of a period.
[[nodiscard]] std::vector<File> files_before(const History& history, std::size_t period);

[[nodiscard]] std::string describe(const History& history);

}  // namespace downline::property
