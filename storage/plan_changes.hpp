// What changed between two texts of a plan, line by line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// "line 12: - rate = \"5%\"" for lines that are gone (numbered in the old text), "line 12: + …"
/// for new ones (numbered in the new), in the order of the texts. Empty where both are the same.
[[nodiscard]] std::vector<std::string> changed_lines(std::string_view before,
                                                     std::string_view after);

}  // namespace downline
