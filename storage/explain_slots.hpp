// Slots of the bonuses that are paid for no order, with names.
#pragma once

#include "engine/explain.hpp"
#include "storage/explain.hpp"
#include "storage/run_reader.hpp"

namespace downline {

/// Fills in `slots` and `legs`.
void show_own_slots(const Plan& plan, const Snapshot& snapshot, const MemberExplanation& explained,
                    RunReader& reader, ExplainedMember& shown);

}  // namespace downline
