// A line by line comparison: what both texts begin and end with is cut off, then the longest
// common subsequence of the rest stays.
#include "storage/plan_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace downline {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        if (lines.back().ends_with('\r')) lines.back().remove_suffix(1);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// lengths[i][j]: how long the longest common subsequence of before[i..] and after[j..] is; all
/// zero where the table would be too large: then every line counts as changed.
class CommonLines {
public:
    CommonLines(const std::vector<std::string_view>& before,
                const std::vector<std::string_view>& after)
        : width_(after.size() + 1) {
        constexpr std::size_t cells_max = 4'000'000;
        is_empty_ = (before.size() + 1) * width_ > cells_max;
        if (is_empty_) return;
        lengths_.resize((before.size() + 1) * width_);
        for (std::size_t i = before.size(); i-- > 0;)
            for (std::size_t j = after.size(); j-- > 0;)
                lengths_[i * width_ + j] = before[i] == after[j]
                                               ? at(i + 1, j + 1) + 1
                                               : std::max(at(i + 1, j), at(i, j + 1));
    }
    [[nodiscard]] std::uint32_t at(std::size_t i, std::size_t j) const {
        return is_empty_ ? 0 : lengths_[i * width_ + j];
    }

private:
    std::size_t width_;
    bool is_empty_ = false;
    std::vector<std::uint32_t> lengths_;
};

}  // namespace

std::vector<std::string> changed_lines(std::string_view before_text, std::string_view after_text) {
    std::vector<std::string_view> before = lines_of(before_text), after = lines_of(after_text);
    std::size_t offset = 0;
    while (offset < before.size() && offset < after.size() && before[offset] == after[offset])
        ++offset;
    while (before.size() > offset && after.size() > offset && before.back() == after.back()) {
        before.pop_back();
        after.pop_back();
    }
    before.erase(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(offset));
    after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(offset));
    const CommonLines common(before, after);
    std::vector<std::string> changes;
    std::size_t i = 0, j = 0;
    while (i < before.size() || j < after.size()) {
        if (i < before.size() && j < after.size() && before[i] == after[j]) {
            ++i;
            ++j;
        } else if (j == after.size() ||
                   (i < before.size() && common.at(i + 1, j) >= common.at(i, j + 1))) {
            changes.push_back(fmt::format("line {}: - {}", offset + i + 1, before[i]));
            ++i;
        } else {
            changes.push_back(fmt::format("line {}: + {}", offset + j + 1, after[j]));
            ++j;
        }
    }
    return changes;
}

}  // namespace downline
