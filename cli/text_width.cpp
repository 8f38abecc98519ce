// Widths and categories of characters come from utf8proc.
#include "cli/text_width.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <iterator>

namespace downline {
namespace {

struct Character {
    utf8proc_int32_t code{};  ///< negative: no UTF-8 begins here
    std::size_t bytes = 1;
};

Character first_character(std::string_view text) {
    utf8proc_int32_t code = -1;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto taken = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &code);
    if (taken <= 0) return {-1, 1};
    return {code, static_cast<std::size_t>(taken)};
}

bool is_harmless(utf8proc_int32_t code) {
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_CC:  // control
        case UTF8PROC_CATEGORY_CF:  // formatting: directions, joiners, byte order mark
        case UTF8PROC_CATEGORY_CS:  // surrogates
        case UTF8PROC_CATEGORY_CN:  // not assigned
        case UTF8PROC_CATEGORY_ZL:  // line and paragraph separators
        case UTF8PROC_CATEGORY_ZP: return false;
        default: return true;
    }
}

void append_escaped(std::string& out, utf8proc_int32_t code) {
    if (code == '\n') out += "\\n";
    else if (code == '\t') out += "\\t";
    else if (code == '\r') out += "\\r";
    else if (code < 0x100) fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
    else fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
}

bool is_plain_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char letter) { return letter >= ' ' && letter <= '~'; });
}

}  // namespace

std::string shown(std::string_view text) {
    if (is_plain_ascii(text)) return std::string(text);
    std::string out;
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.code < 0)
            append_escaped(out, static_cast<unsigned char>(text.front()));
        else if (is_harmless(character.code))
            out += text.substr(0, character.bytes);
        else
            append_escaped(out, character.code);
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::size_t column_count(std::string_view text) {
    if (is_plain_ascii(text)) return text.size();
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        columns += character.code < 0
                       ? 1
                       : static_cast<std::size_t>(std::max(0, utf8proc_charwidth(character.code)));
        text.remove_prefix(character.bytes);
    }
    return columns;
}

}  // namespace downline
