// Values from files in messages: harmless on a terminal, and cut.
#pragma once

#include <string>
#include <string_view>

namespace downline {

inline constexpr std::size_t message_value_bytes_max = 80;

/// The text with control characters, bytes that are no UTF-8 and invisible or direction-changing
/// characters written out (`\n`, `\x1b`, `\u202e`), and cut after 80 bytes of it ("…" follows).
[[nodiscard]] std::string harmless(std::string_view text,
                                   std::size_t bytes_max = message_value_bytes_max);

/// The same in quotation marks, as values stand in messages.
[[nodiscard]] std::string shown_value(std::string_view value);

/// A character of UTF-8 at the beginning of a text: how many bytes it has, and its code; no code
/// and one byte where none begins there. REQUIRES: the text is not empty.
struct Utf8Character {
    int code = -1;
    std::size_t bytes = 1;
};
[[nodiscard]] Utf8Character first_character(std::string_view text);

/// Control characters: C0, DEL and C1.
[[nodiscard]] constexpr bool is_control(int code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/// Whether a text of UTF-8 has characters that nobody sees: joiners, directions, separators.
[[nodiscard]] bool has_invisible(std::string_view text);

}  // namespace downline
