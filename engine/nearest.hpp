// "Did you mean": the known word that is nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace downline {

/// Letters to insert, delete, change or swap to get from one text to the other (optimal string
/// alignment; bytes, ASCII case ignored). Texts beyond 64 bytes count as unlike.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest candidate, or "" where none is near: at most a third of the word's letters (at
/// least one) may differ, or the word begins the candidate. The first of equals wins.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// `; did you mean "gold"?`, or "" where nothing is near: the end of an error message.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace downline
