// Many short texts in two allocations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// Texts one after another: a million ids in two allocations.
class TextArena {
public:
    void add(std::string_view text) {
        bytes_.append(text);
        ends_.push_back(bytes_.size());
    }
    void reserve(std::size_t texts, std::size_t bytes) {
        ends_.reserve(texts);
        bytes_.reserve(bytes);
    }
    [[nodiscard]] std::size_t size() const { return ends_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t place) const {
        const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
        return {bytes_.data() + begin, ends_[place] - begin};
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    [[nodiscard]] const std::vector<std::uint64_t>& ends() const { return ends_; }

private:
    std::string bytes_;
    std::vector<std::uint64_t> ends_;
};

}  // namespace downline
