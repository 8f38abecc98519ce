// Small charts as SVG: bars of periods, shares of a whole. Integer coordinates, colours by the page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

struct Bar {
    std::string label;   ///< under the bar
    std::string value;   ///< above it
    std::int64_t size{};  ///< may be negative: a bar below the line
};
/// Bars side by side. `about`: what it shows, for who does not see it.
[[nodiscard]] std::string bar_chart(std::string_view about, const std::vector<Bar>& bars);

/// One bar cut in parts, each of CSS class "part-1", "part-2", …; nothing where nothing is positive.
[[nodiscard]] std::string share_chart(std::string_view about, const std::vector<Bar>& parts);

/// One bar of a row of a table, of parts as in share_chart; `whole` is as long as a bar can be. For
/// the eye only: the numbers stand beside it. Parts that are not positive are left out.
/// REQUIRES: the parts together are at most `whole`.
[[nodiscard]] std::string row_bar(const std::vector<std::int64_t>& parts, std::int64_t whole);

}  // namespace downline
