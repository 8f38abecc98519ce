// Packed integers in blobs: varints of seven bits a byte, low bits first; signed ones zigzag.
// docs/formats.md says which blob holds what.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace downline {

/// Members of one piece of `carried` (by number), and order lines of one piece of `run_order`.
inline constexpr std::int64_t carried_piece_size = 4096;

inline void append_varint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

/// 0, -1, 1, -2, … become 0, 1, 2, 3, …
[[nodiscard]] inline std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] inline std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}
inline void append_signed(std::string& out, std::int64_t value) {
    append_varint(out, zigzag(value));
}
/// Length, then the bytes.
inline void append_bytes(std::string& out, std::string_view bytes) {
    append_varint(out, bytes.size());
    out.append(bytes);
}

/// Reads what the functions above wrote. Bytes that end too early set `is_broken` and read as 0;
/// nothing beyond them is ever read.
class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (rest_.empty()) break;
            const auto byte = static_cast<std::uint8_t>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) return value;
        }
        return fail();
    }
    std::int64_t signed_varint() { return unzigzag(varint()); }
    std::string_view bytes() {
        const std::uint64_t size = varint();
        if (size > rest_.size()) {
            fail();
            return {};
        }
        const std::string_view result = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return result;
    }

private:
    std::uint64_t fail() {
        rest_ = {};
        is_broken_ = true;
        return 0;
    }
    std::string_view rest_;
    bool is_broken_ = false;
};

/// A sum of differences as they are read: of bytes that nobody wrote it may be any number, never an
/// overflow.
[[nodiscard]] inline std::int64_t further(std::int64_t from, std::uint64_t difference) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + difference);
}

/// The number before the first member of a piece of `carried`.
[[nodiscard]] inline std::int64_t begin_of_piece(std::int64_t piece) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(piece) *
                                     static_cast<std::uint64_t>(carried_piece_size));
}

}  // namespace downline
