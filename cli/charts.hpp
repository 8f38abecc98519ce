// Small charts as SVG: bars of periods, shares of a whole. Integer coordinates, colours by the page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// For text and attributes of HTML and SVG.
[[nodiscard]] std::string html_escaped(std::string_view text);

struct Bar {
    std::string label;   ///< under the bar
    std::string value;   ///< above it
    std::int64_t size{};  ///< may be negative: a bar below the line
};
/// Bars side by side. `about`: what it shows, for who does not see it.
[[nodiscard]] std::string bar_chart(std::string_view about, const std::vector<Bar>& bars);

/// One bar cut in parts, each of CSS class "part-1", "part-2", …; nothing where nothing is positive.
[[nodiscard]] std::string share_chart(std::string_view about, const std::vector<Bar>& parts);

}  // namespace downline
