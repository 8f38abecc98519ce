// Corrections: the lines of a run beside its bonuses. What returns take back of closed runs, and
// adjustments by hand.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/clawbacks.hpp"

namespace downline {

struct Adjustment {
    MemberIndex member{};
    std::int64_t amount_minor{};  ///< not 0
};

/// What a snapshot brings to be put right.
struct Corrections {
    std::vector<ClosedRun> closed_runs;   ///< oldest first
    std::vector<Adjustment> adjustments;  ///< in the order of their ids
};

/// One line: a reversal of ClosedRun::lines[line] of closed_runs[closed_run], or adjustments[line].
struct CorrectionLine {
    static constexpr std::uint32_t adjustment = UINT32_MAX;
    MemberIndex member{};
    std::uint32_t closed_run{};  ///< `adjustment`: none
    std::uint32_t line{};
    std::uint32_t event{};       ///< the return; 0 none
    std::int64_t amount_minor{};
    friend bool operator==(const CorrectionLine&, const CorrectionLine&) = default;
};

/// By member; of one member by closed run, return and line, adjustments last.
[[nodiscard]] std::vector<CorrectionLine> correct(const Corrections& corrections);

}  // namespace downline
