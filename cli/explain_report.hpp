// Explanations shown: tables for people, JSON and CSV for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/output.hpp"
#include "cli/settings.hpp"
#include "storage/explain.hpp"

namespace downline {

void print_order(Output& output, Format format, const ExplainedOrder& order);
void print_member(Output& output, Format format, const ExplainedMember& member);

class JsonWriter;
void write_test(JsonWriter& json, const ShownTest& test);
/// "pv 12.5 of 30, 17.5 short; gv …": what is missing.
[[nodiscard]] std::string failed_text(const std::vector<ShownTest>& failed);
/// What a reason of the engine means, in a few words.
[[nodiscard]] std::string_view reason_words(std::string_view reason);

}  // namespace downline
