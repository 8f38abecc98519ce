// What a terminal would act on instead of showing it is written out.
#include "storage/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace downline {
namespace {

/// Formatting characters: directions, joiners, separators, the byte order mark, tags.
constexpr bool is_invisible(int code) {
    return code == 0xad || code == 0x61c || code == 0x180e || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || (code >= 0xfff0 && code <= 0xfffb) ||
           (code >= 0xe0000 && code <= 0xe0fff);
}

void append_escaped(std::string& out, int code) {
    if (code == '\n') out += "\\n";
    else if (code == '\t') out += "\\t";
    else if (code == '\r') out += "\\r";
    else if (code < 0x100) fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
    else fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
}

}  // namespace

Utf8Character first_character(std::string_view text) {
    const auto byte = [text](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {static_cast<int>(lead), 1};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4) return {};
    unsigned code = lead & (0x7fU >> bytes);
    for (std::size_t at = 1; at < bytes; ++at) {
        if ((byte(at) & 0xc0) != 0x80) return {};
        code = code << 6 | (byte(at) & 0x3f);
    }
    const bool is_overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
    if (is_overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
    return {static_cast<int>(code), bytes};
}

std::string harmless(std::string_view text, std::size_t bytes_max) {
    std::string out;
    std::size_t taken = 0;
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        if (taken + character.bytes > bytes_max) return out + "…";
        if (character.code < 0) append_escaped(out, static_cast<unsigned char>(text.front()));
        else if (is_control(character.code) || is_invisible(character.code))
            append_escaped(out, character.code);
        else out += text.substr(0, character.bytes);
        text.remove_prefix(character.bytes);
        taken += character.bytes;
    }
    return out;
}

bool has_invisible(std::string_view text) {
    const auto is_ascii = [](char letter) { return static_cast<unsigned char>(letter) < 0x80; };
    if (std::all_of(text.begin(), text.end(), is_ascii)) return false;
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        if (is_invisible(character.code)) return true;
        text.remove_prefix(character.bytes);
    }
    return false;
}

std::string shown_value(std::string_view value) { return '"' + harmless(value) + '"'; }

}  // namespace downline
