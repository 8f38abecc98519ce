// Windows: see the header.
#include "engine/windows.hpp"

#include <algorithm>

#include "engine/errors.hpp"

namespace downline {

namespace {

/// What the periods before give to a window; nothing where none counts.
const std::vector<std::int64_t>* before_of(const Snapshot& snapshot, const Measure& window) {
    const auto found = snapshot.windows_before.find(window.name);
    if (found == snapshot.windows_before.end()) return nullptr;
    ensure(found->second.size() == snapshot.members.count,
           "what periods before give to a window is a value per member");
    return &found->second;
}

}  // namespace

std::int64_t fold_window(Measure::Window window, std::int64_t before, std::int64_t value) {
    switch (window) {
        case Measure::Window::max: return std::max(before, value);
        case Measure::Window::min: return std::min(before, value);
        case Measure::Window::sum:
        case Measure::Window::count: break;
    }
    return add_checked(before, value);
}

WindowMeasure::WindowMeasure(const MeasurePass& pass, MeasureIndex index, Standing& standing)
    : pass_(pass),
      measure_(pass.plan.measures[index]),
      standing_(standing),
      before_(before_of(pass.snapshot, measure_)),
      values_(standing.measures[index]) {
    values_.assign(pass.snapshot.members.count, 0);
}

void WindowMeasure::visit(MemberIndex member) {
    const std::int64_t value = measure_.window == Measure::Window::count
                                   ? pass_.examiner.meets(*measure_.where, member)
                                   : standing_.measures[measure_.of][member];
    values_[member] =
        before_ ? fold_window(measure_.window, (*before_)[member], value) : value;
}

bool held_now(const Snapshot& snapshot, const Standing& standing, const Plan& plan,
              MeasureIndex window, MemberIndex member) {
    const auto* before = before_of(snapshot, plan.measures[window]);
    return standing.measures[window][member] > (before ? (*before)[member] : 0);
}

}  // namespace downline
