// Edit distance by the usual table, three rows of it at a time.
#include "engine/nearest.hpp"

#include <algorithm>
#include <array>

namespace downline {
namespace {

constexpr std::size_t bytes_max = 64;

char folded(char letter) {
    if (letter >= 'A' && letter <= 'Z') return static_cast<char>(letter - 'A' + 'a');
    return letter == '_' ? '-' : letter;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    if (a.size() > bytes_max || b.size() > bytes_max) return std::max(a.size(), b.size());
    using Row = std::array<std::size_t, bytes_max + 1>;
    Row two_before{}, before{}, now{};
    for (std::size_t j = 0; j <= b.size(); ++j) before[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool is_same = folded(a[i - 1]) == folded(b[j - 1]);
            now[j] = std::min({before[j] + 1, now[j - 1] + 1, before[j - 1] + (is_same ? 0 : 1)});
            const bool is_swap = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                                 folded(a[i - 2]) == folded(b[j - 1]);
            if (is_swap) now[j] = std::min(now[j], two_before[j - 2] + 1);
        }
        two_before = before;
        before = now;
    }
    return before[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    const std::size_t most = std::max<std::size_t>(1, word.size() / 3);
    const std::string* best = nullptr;
    std::size_t best_distance = most + 1;
    for (const std::string& candidate : candidates) {
        const bool begins = word.size() >= 3 && candidate.starts_with(word);
        const std::size_t distance = begins ? 1 : edit_distance(word, candidate);
        if (distance >= best_distance || distance >= candidate.size()) continue;
        best = &candidate;
        best_distance = distance;
    }
    return best == nullptr ? std::string{} : *best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
    const std::string near = nearest(word, candidates);
    return near.empty() ? std::string{} : "; did you mean \"" + near + "\"?";
}

}  // namespace downline
