// Puts together what is put right: see the header.
#include "engine/corrections.hpp"

#include <algorithm>

namespace downline {

std::vector<CorrectionLine> correct(const Corrections& corrections) {
    std::vector<CorrectionLine> lines;
    for (std::uint32_t r = 0; r < corrections.closed_runs.size(); ++r) {
        const ClosedRun& closed = corrections.closed_runs[r];
        for (const Reversal& reversal : reverse(closed))
            lines.push_back({closed.lines[reversal.line].earner, r, reversal.line, reversal.event,
                             reversal.amount_minor});
    }
    for (std::uint32_t i = 0; i < corrections.adjustments.size(); ++i)
        lines.push_back({corrections.adjustments[i].member, CorrectionLine::adjustment, i, 0,
                         corrections.adjustments[i].amount_minor});
    std::ranges::stable_sort(lines, {}, &CorrectionLine::member);
    return lines;
}

}  // namespace downline
