// Text as a terminal shows it: how many columns it takes, and harmless whatever its bytes are.
#pragma once

#include <string>
#include <string_view>

namespace downline {

/// The text with control characters, invalid UTF-8 and invisible or direction-changing characters
/// written out: a newline is `\n`, an escape `\x1b`, U+202E `\u202e`. What is left can neither
/// move the cursor nor reorder what stands beside it.
[[nodiscard]] std::string shown(std::string_view text);

/// Columns that a text without control characters takes: 2 for wide (CJK) characters, 0 for
/// combining ones. A byte that is no UTF-8 counts 1.
[[nodiscard]] std::size_t column_count(std::string_view text);

}  // namespace downline
