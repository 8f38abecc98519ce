// The slots of matches, pools, fixed amounts and binaries as people and programs read them.
#pragma once

#include <string>

#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "storage/explain.hpp"

namespace downline {

/// "10% of what bob earned, 40.00", "3 of 12 shares of 500.00": where a slot's amount comes from.
[[nodiscard]] std::string slot_words(const MemberSlot& slot);
/// Nothing where there are no slots and no legs.
void print_slots(Output& output, const ExplainedMember& member);
void write_slots(JsonWriter& json, const ExplainedMember& member);

}  // namespace downline
