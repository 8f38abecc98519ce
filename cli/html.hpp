// Text inside HTML.
#pragma once

#include <string>
#include <string_view>

namespace downline {

/// The text with & < > " ' written as entities: safe as content and in a quoted attribute.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace downline
