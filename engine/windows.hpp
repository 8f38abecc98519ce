// Windows: measures over this period and those before. What the periods before give comes with the
// snapshot, already folded; the run adds its own.
#pragma once

#include "engine/measures.hpp"

namespace downline {

/// Two stretches of periods as one: their sum (of counts too), the greater or the lesser.
[[nodiscard]] std::int64_t fold_window(Measure::Window window, std::int64_t before,
                                       std::int64_t value);

/// One window of the plan, member by member.
class WindowMeasure {
public:
    /// Allocates the measure's column in the standing.
    WindowMeasure(const MeasurePass& pass, MeasureIndex index, Standing& standing);
    /// Sets the member's value. REQUIRES: the measure that is summed, or what `where` asks for, is
    /// known of the member.
    void visit(MemberIndex member);

private:
    const MeasurePass& pass_;
    const Measure& measure_;
    const Standing& standing_;
    const std::vector<std::int64_t>* before_ = nullptr;  ///< by member; nothing: no period counts
    std::vector<std::int64_t>& values_;                  ///< by member
};

/// Whether the count of periods held for the member in this run, seen from the finished standing.
/// REQUIRES: `window` counts periods.
[[nodiscard]] bool held_now(const Snapshot& snapshot, const Standing& standing,
                            const Plan& plan, MeasureIndex window, MemberIndex member);

}  // namespace downline
