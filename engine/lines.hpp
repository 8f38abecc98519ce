// Earning lines, packed per earner: 8 million of them fit where 8 million rows would not.
//
// A book holds the lines of one bonus, earner by earner in ascending order. docs/formats.md
// describes the bytes; storage keeps them as they are and the virtual table earning_line unpacks.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// One payment of one bonus to one member for one reason.
struct Line {
    std::int64_t order_ref = 0;   ///< storage's number of the order line; 0: none
    std::int64_t from = 0;        ///< storage's number of the source member (of a match); 0: none, or
                                  ///< the buyer of the order
    std::uint32_t level = 0;      ///< true distance from the seller
    std::uint32_t paid_level = 0; ///< level, generation, step or rank it was paid as
    StreamKind stream{};
    bool rate_is_amount = false;  ///< `rate` is minor units per unit, else ppm of the base
    std::optional<std::int64_t> rate;
    std::optional<std::int64_t> base;  ///< centipoints, minor units or a quantity, as the bonus has it
    std::int64_t amount_minor = 0;
    friend bool operator==(const Line&, const Line&) = default;
};

/// Totals of one earner's lines of one bonus, by paid level and stream in that order.
struct Total {
    std::uint32_t paid_level{};
    StreamKind stream{};
    std::uint64_t line_count{};
    std::int64_t amount_minor{};
    friend bool operator==(const Total&, const Total&) = default;
};

class LineBook;

inline constexpr std::size_t stream_count = 8;  ///< more than there are: a power of two in the bytes

/// Packs one earner's lines as they come: of a million of them none is kept unpacked. Lines that
/// follow each other with the same paid level and rate are a group that states both once.
class LinePacker {
public:
    void add(const Line& line);
    [[nodiscard]] std::uint32_t line_count() const { return line_count_; }
    /// Ends the earner: the lines go into the book, and the packer is empty again.
    void finish(MemberIndex earner, LineBook& book);

private:
    void close_group();
    void count(const Line& line);
    std::vector<std::uint8_t> head_;          ///< the earner's totals
    std::vector<std::uint8_t> groups_;        ///< all groups but the open one
    std::vector<std::uint8_t> open_;          ///< the open group's lines: `open_size_` bytes of it
    std::size_t open_size_ = 0, open_count_ = 0;
    Line open_first_;
    std::int64_t previous_ref_ = 0;
    std::vector<Total> totals_;               ///< few: sought from the stream's last one
    std::array<std::size_t, stream_count> last_total_{};  ///< by stream
    std::uint32_t line_count_ = 0;
};

/// Collects the packed lines of one bonus.
class LineBook {
public:
    struct Entry {
        MemberIndex earner{};
        std::uint32_t line_count{};
        std::int64_t amount_minor{};
        std::uint32_t piece{}, offset{};  ///< where its bytes begin; they end where the next begin
    };
    /// Adds an earner's lines; earners must come in ascending order. No lines: no entry.
    void add(MemberIndex earner, std::span<const Line> lines);
    /// Appends a book whose earners all come after this one's. Moves its bytes, copies none.
    void append(LineBook&& later);
    void reserve(std::size_t entry_count) { entries_.reserve(entry_count); }
    /// Gives back the room that was kept for more lines.
    void shrink();

    /// An entry's packed bytes.
    struct Parts {
        std::span<const std::uint8_t> totals, lines;
    };
    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
    [[nodiscard]] Parts packed(std::size_t entry) const;
    [[nodiscard]] std::vector<Line> lines(std::size_t entry) const;
    [[nodiscard]] std::vector<Total> totals(std::size_t entry) const;

private:
    friend class LinePacker;
    std::vector<std::uint8_t>& piece_with_room();
    std::vector<Entry> entries_;
    std::vector<std::vector<std::uint8_t>> pieces_;
};

/// Appends base-128 bytes, low group first; signed values in zigzag form.
void put_varint(std::vector<std::uint8_t>& bytes, std::uint64_t value);
void put_signed(std::vector<std::uint8_t>& bytes, std::int64_t value);
/// Takes one from the front of `bytes`; false where they are no such number.
[[nodiscard]] bool take_varint(std::span<const std::uint8_t>& bytes, std::uint64_t& value);
[[nodiscard]] bool take_signed(std::span<const std::uint8_t>& bytes, std::int64_t& value);

/// The lines of a packed block, in the order they were added; nothing for bytes that are no block
/// (never reads beyond them; at most as many lines as there are bytes).
[[nodiscard]] std::optional<std::vector<Line>> unpack_lines(std::span<const std::uint8_t> packed);
/// The same line by line, none kept; false for bytes that are no block.
[[nodiscard]] bool each_line(std::span<const std::uint8_t> packed,
                             const std::function<void(const Line&)>& take);
[[nodiscard]] std::optional<std::vector<Total>> unpack_totals(std::span<const std::uint8_t> packed);

}  // namespace downline
