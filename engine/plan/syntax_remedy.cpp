// Remedies by what the parser says and what stands on the line: the first that fits.
#include "engine/plan/syntax_remedy.hpp"

#include <algorithm>
#include <array>

namespace downline {

namespace {

std::string_view line_of(std::string_view text, int line) {
    for (; line > 1; --line) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return text.substr(0, text.find('\n'));
}

bool has_typographic_quotes(std::string_view line) {
    constexpr std::array<std::string_view, 8> marks{"“", "”", "„", "‟", "‘", "’", "«", "»"};
    return std::ranges::any_of(
        marks, [line](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}

struct Known {
    std::string_view said;  ///< part of what the parser says
    std::string_view remedy;
};

constexpr Known known[] = {
    {"utf-8", "save the file as UTF-8"},
    {"saw '%'", R"(a rate stands in quotation marks, as "10%")"},
    {R"('}', saw '\n')", "what stands in { } is written on one line"},
    {"saw ':'", "= stands between a key and its value"},
    {"cannot redefine existing table", "a list of tables has two brackets, as [[bonus]]"},
    {"cannot redefine", "a key stands once; remove one of the two"},
    {"leading zeroes", "a day is written as 2026-02-01, a number without zeros in front"},
    {"saw ','", "a number has a point and no comma, as 0.5"},
    {"could not determine value type", R"(a text stands in quotation marks, as "text")"},
    {"string: unescaped control", "a text ends with a quotation mark on the same line"},
};

}  // namespace

std::string_view syntax_remedy(std::string_view text, int line,
                               std::string_view description) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        return "the file is UTF-16; save it as UTF-8";
    if (has_typographic_quotes(line_of(text, line)))
        return R"(quotation marks are straight, as "text")";
    for (const auto& [said, remedy] : known)
        if (description.find(said) != std::string_view::npos) return remedy;
    return {};
}

}  // namespace downline
