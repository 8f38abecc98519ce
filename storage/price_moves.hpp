// What moves would change in an open period: a real run without them, and one with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/import.hpp"
#include "storage/runs.hpp"

namespace downline {

/// A member whose pay, rank or activity the moves change.
struct PricedMember {
    std::string member_id;
    std::int64_t before_minor{}, after_minor{};
    std::string rank_before, rank_after;  ///< "": none
    bool was_active = false, is_active = false;
    [[nodiscard]] std::int64_t change_minor() const { return after_minor - before_minor; }
};

struct PricedMoves {
    RunRecord run;        ///< the draft whose plan and period were taken
    ImportReport report;  ///< of the moves file; with errors there are no figures
    std::int64_t paid_before_minor{}, paid_after_minor{};
    std::vector<PricedMember> members;  ///< greatest change first, then by id
};

/// Prices the moves of `options.files` in the period of a draft; nothing is stored. Refusal (state)
/// where `run` is no draft. Two loads and two runs.
[[nodiscard]] PricedMoves price_moves(Database& database, const RunRecord& run,
                                      ImportOptions options, unsigned thread_count);

}  // namespace downline
