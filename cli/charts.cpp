// SVG by hand: what is drawn is small, and every number is ours.
#include "cli/charts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/html.hpp"
#include "engine/money.hpp"

namespace downline {
namespace {

constexpr std::int64_t chart_width = 640, chart_height = 180;
constexpr std::int64_t text_height = 18;

/// part ÷ whole of `length`, rounded down. REQUIRES: whole > 0.
std::int64_t scaled(std::int64_t part, std::int64_t whole, std::int64_t length) {
    return static_cast<std::int64_t>(Int128{part} * length / whole);
}

}  // namespace

std::string bar_chart(std::string_view about, const std::vector<Bar>& bars) {
    std::int64_t highest = 0, lowest = 0;
    for (const Bar& bar : bars) {
        highest = std::max(highest, bar.size);
        lowest = std::min(lowest, bar.size);
    }
    const std::int64_t span = std::max<std::int64_t>(highest - lowest, 1);
    const std::int64_t room = chart_height - 3 * text_height;  // values above, labels below
    const std::int64_t zero = text_height + scaled(highest, span, room);
    const auto count = static_cast<std::int64_t>(std::max<std::size_t>(bars.size(), 1));
    const std::int64_t step = std::min<std::int64_t>(chart_width / count, 120);
    std::string svg = fmt::format(
        "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\">",
        html_text(about), chart_width, chart_height);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar& bar = bars[i];
        const std::int64_t length = scaled(bar.size < 0 ? -bar.size : bar.size, span, room);
        const std::int64_t left = static_cast<std::int64_t>(i) * step;
        const std::int64_t top = bar.size < 0 ? zero : zero - length;
        const std::int64_t middle = left + step / 2;
        svg += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"/>",
                           i + 1 == bars.size() ? "bar now" : "bar", left + step / 8, top,
                           step - step / 4, length);
        svg += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", middle,
                           bar.size < 0 ? top + length + text_height - 5 : top - 5,
                           html_text(bar.value));
        svg += fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>", middle,
                           chart_height - 4, html_text(bar.label));
    }
    svg += fmt::format("<line x1=\"0\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\"/></svg>", zero, chart_width);
    return svg;
}

std::string share_chart(std::string_view about, const std::vector<Bar>& parts) {
    std::int64_t whole = 0;
    for (const Bar& part : parts) whole += std::max<std::int64_t>(part.size, 0);
    if (whole == 0) return {};
    constexpr std::int64_t height = 22;
    std::string svg =
        fmt::format("<svg class=\"shares\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" "
                    "preserveAspectRatio=\"none\">",
                    html_text(about), chart_width, height);
    std::int64_t before = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].size <= 0) continue;
        const std::int64_t left = scaled(before, whole, chart_width);
        before += parts[i].size;
        svg += fmt::format("<rect class=\"part-{}\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{}\">"
                           "<title>{}: {}</title></rect>",
                           i + 1, left, scaled(before, whole, chart_width) - left, height,
                           html_text(parts[i].label), html_text(parts[i].value));
    }
    return svg + "</svg>";
}

std::string row_bar(const std::vector<std::int64_t>& parts, std::int64_t whole) {
    std::string svg = fmt::format("<svg class=\"rowbar\" aria-hidden=\"true\" viewBox=\"0 0 {} 12\" "
                                  "preserveAspectRatio=\"none\">",
                                  chart_width);
    std::int64_t before = 0;
    for (std::size_t i = 0; whole > 0 && i < parts.size(); ++i) {
        if (parts[i] <= 0) continue;
        const std::int64_t left = scaled(before, whole, chart_width);
        before += parts[i];
        svg += fmt::format("<rect class=\"part-{}\" x=\"{}\" y=\"0\" width=\"{}\" height=\"12\"/>",
                           i + 1, left, scaled(before, whole, chart_width) - left);
    }
    return svg + "</svg>";
}

}  // namespace downline
