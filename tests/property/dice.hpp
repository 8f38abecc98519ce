// Random choices that shrink: every choice is a face of a die, and 0 is always the plainest one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace downline::property {

using Faces = std::vector<std::uint16_t>;

/// Reads faces one after another; after the last one every choice is the plainest.
class Dice {
public:
    explicit Dice(const Faces& faces) : faces_(faces) {}

    /// 0 … sides - 1.
    int roll(int sides) {
        const int face = next_ < faces_.size() ? faces_[next_] : 0;
        ++next_;
        return face % sides;
    }
    /// Goes on from the face at `place`.
    void skip_to(std::size_t place) { next_ = place; }
    /// True in `percent` of cases; never where the face is 0.
    bool chance(int percent) { return roll(100) >= 100 - percent; }
    template <typename T, std::size_t n>
    const T& pick(const std::array<T, n>& choices) {
        return choices[static_cast<std::size_t>(roll(static_cast<int>(n)))];
    }

private:
    const Faces& faces_;
    std::size_t next_ = 0;
};

/// One random case: a die per member, order and plan, so that dropping any of them leaves a case.
struct Throws {
    Faces company;
    std::vector<Faces> members, orders;
    Faces plan;
};

}  // namespace downline::property
