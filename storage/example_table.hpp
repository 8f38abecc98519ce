// The small CSV tables in which a plan's examples state what they expect.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// The rows of a CSV text, fields in the order of `columns`. Refusal (input) where a column is
/// missing, unknown or there twice, or a row is not well formed.
[[nodiscard]] std::vector<std::vector<std::string>> read_example_table(
    std::string_view text, const std::vector<std::string>& columns);

}  // namespace downline
