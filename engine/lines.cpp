// Packed earning lines: see the header and docs/formats.md.
//
// A block is groups until its end. A group: lines in it, paid level × 8 + sort, [rate]; the sort is
// 0 without a rate, 1 for ppm, 2 for an amount per unit, and 4 more where its lines name a source
// member. Then per line: step of the order reference (signed, from the line before), level × 8 +
// stream, base + 1 (signed, 0: none), amount (signed), [from].
// Totals are entries until their end: paid level × 8 + stream, lines, amount (signed).
#include "engine/lines.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "engine/errors.hpp"
#include "engine/money.hpp"

namespace downline {

namespace {

constexpr std::size_t piece_bytes_min = std::size_t{1} << 16;
constexpr std::size_t kept_bytes_max = std::size_t{1} << 20;  // by a packer between earners
constexpr std::size_t line_bytes_max = 50;  // five numbers of at most ten bytes

std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Writes up to 10 bytes, or 4, of which those that count end at what is returned.
std::uint8_t* write_varint(std::uint8_t* at, std::uint64_t value) {
    if (std::endian::native == std::endian::little && value < 1U << 28) {
        // Nearly all of millions of numbers: without a branch for each of their bytes.
        const auto small = static_cast<std::uint32_t>(value);
        const int length = (std::bit_width(small | 1U) + 6) / 7;
        const std::uint32_t bytes = (small & 0x7fU) | (small & 0x3f80U) << 1 |
                                    (small & 0x1f'c000U) << 2 | (small & 0xfe0'0000U) << 3 |
                                    (0x80'8080U & ((1U << 8 * (length - 1)) - 1));
        std::memcpy(at, &bytes, sizeof bytes);
        return at + length;
    }
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<std::uint8_t>(value | 0x80);
    *at++ = static_cast<std::uint8_t>(value);
    return at;
}

bool is_same_group(const Line& a, const Line& b) {
    return a.paid_level == b.paid_level && a.rate == b.rate &&
           a.rate_is_amount == b.rate_is_amount && (a.from == 0) == (b.from == 0);
}

void pack_total(std::vector<std::uint8_t>& bytes, const Total& total) {
    put_varint(bytes, std::uint64_t{total.paid_level} * stream_count +
                          static_cast<std::uint64_t>(total.stream));
    put_varint(bytes, total.line_count);
    put_signed(bytes, total.amount_minor);
}

bool take_total(std::span<const std::uint8_t>& bytes, Total& total) {
    std::uint64_t level = 0;
    if (!take_varint(bytes, level) || !take_varint(bytes, total.line_count) ||
        !take_signed(bytes, total.amount_minor) || level / stream_count > UINT32_MAX ||
        level % stream_count > unsigned(StreamKind::adjustment))
        return false;
    total.paid_level = static_cast<std::uint32_t>(level / stream_count);
    total.stream = static_cast<StreamKind>(level % stream_count);
    return true;
}

bool take_line(std::span<const std::uint8_t>& bytes, bool has_from, std::int64_t& previous_ref,
               Line& line) {
    std::int64_t step = 0;
    std::uint64_t level = 0, base = 0, from = 0;
    if (!take_signed(bytes, step) || !take_varint(bytes, level) || !take_varint(bytes, base) ||
        !take_signed(bytes, line.amount_minor) || (has_from && !take_varint(bytes, from)))
        return false;
    if (level / stream_count > UINT32_MAX || level % stream_count > unsigned(StreamKind::adjustment))
        return false;
    previous_ref = static_cast<std::int64_t>(static_cast<std::uint64_t>(previous_ref) +
                                             static_cast<std::uint64_t>(step));
    line.order_ref = previous_ref;
    line.level = static_cast<std::uint32_t>(level / stream_count);
    line.stream = static_cast<StreamKind>(level % stream_count);
    line.base = base == 0 ? std::nullopt : std::optional(unzigzag(base - 1));
    line.from = static_cast<std::int64_t>(from);
    return true;
}

}  // namespace

std::string_view stream_name(StreamKind stream) {
    static constexpr std::string_view names[] = {"active",     "residual",
                                                 "leveraged",  "leveraged-residual",
                                                 "active-leveraged", "limit", "adjustment"};
    return names[static_cast<std::size_t>(stream)];
}

void put_varint(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
    std::array<std::uint8_t, 10> buffer;
    bytes.insert(bytes.end(), buffer.data(), write_varint(buffer.data(), value));
}

void put_signed(std::vector<std::uint8_t>& bytes, std::int64_t value) {
    put_varint(bytes, zigzag(value));
}

bool take_varint(std::span<const std::uint8_t>& bytes, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const std::uint8_t byte = bytes.front();
        bytes = bytes.subspan(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

bool take_signed(std::span<const std::uint8_t>& bytes, std::int64_t& value) {
    std::uint64_t raw = 0;
    if (!take_varint(bytes, raw)) return false;
    value = unzigzag(raw);
    return true;
}

std::vector<std::uint8_t>& LineBook::piece_with_room() {
    if (pieces_.empty() || pieces_.back().size() >= piece_bytes_min) {
        pieces_.emplace_back();
        pieces_.back().reserve(piece_bytes_min + piece_bytes_min / 8);
    }
    return pieces_.back();
}

void LinePacker::add(const Line& line) {
    if (open_count_ == 0 || !is_same_group(open_first_, line)) {
        close_group();
        open_first_ = line;
    }
    if (open_.size() < open_size_ + line_bytes_max)
        open_.resize(std::max<std::size_t>(4096, 2 * open_.size()));
    std::uint8_t* end = open_.data() + open_size_;
    end = write_varint(end, zigzag(line.order_ref - previous_ref_));
    end = write_varint(end, std::uint64_t{line.level} * stream_count +
                                static_cast<std::uint64_t>(line.stream));
    end = write_varint(end, line.base ? zigzag(*line.base) + 1 : 0);
    end = write_varint(end, zigzag(line.amount_minor));
    if (line.from != 0) end = write_varint(end, static_cast<std::uint64_t>(line.from));
    open_size_ = static_cast<std::size_t>(end - open_.data());
    previous_ref_ = line.order_ref;
    ++open_count_;
    ++line_count_;
    count(line);
}

void LinePacker::close_group() {
    if (open_count_ == 0) return;
    const Line& first = open_first_;
    const std::uint64_t sort =
        (!first.rate ? 0U : first.rate_is_amount ? 2U : 1U) + 4U * (first.from != 0);
    put_varint(groups_, open_count_);
    put_varint(groups_, std::uint64_t{first.paid_level} * 8 + sort);
    if (first.rate) put_signed(groups_, *first.rate);
    groups_.insert(groups_.end(), open_.data(), open_.data() + open_size_);
    open_size_ = open_count_ = 0;
}

void LinePacker::count(const Line& line) {
    const auto is_its = [&](const Total& total) {
        return total.paid_level == line.paid_level && total.stream == line.stream;
    };
    std::size_t& last = last_total_[static_cast<std::size_t>(line.stream)];
    if (last >= totals_.size() || !is_its(totals_[last])) {
        const auto at = std::ranges::find_if(totals_, is_its);
        last = static_cast<std::size_t>(at - totals_.begin());
        if (at == totals_.end()) totals_.push_back({line.paid_level, line.stream, 0, 0});
    }
    Total& total = totals_[last];
    ++total.line_count;
    total.amount_minor = add_checked(total.amount_minor, line.amount_minor);
}

void LinePacker::finish(MemberIndex earner, LineBook& book) {
    if (line_count_ == 0) return;
    ensure(book.entries_.empty() || book.entries_.back().earner < earner,
           "earners must come in order");
    close_group();
    LineBook::Entry& entry = book.entries_.emplace_back();
    entry.earner = earner;
    entry.line_count = line_count_;
    std::ranges::sort(totals_, {}, [](const Total& total) {
        return std::pair(total.paid_level, total.stream);
    });
    head_.clear();
    put_varint(head_, totals_.size());
    for (const Total& total : totals_) {
        pack_total(head_, total);
        entry.amount_minor = add_checked(entry.amount_minor, total.amount_minor);
    }
    if (groups_.size() < kept_bytes_max) {
        std::vector<std::uint8_t>& bytes = book.piece_with_room();
        entry.offset = static_cast<std::uint32_t>(bytes.size());
        bytes.insert(bytes.end(), head_.begin(), head_.end());
        bytes.insert(bytes.end(), groups_.begin(), groups_.end());
    } else {  // is a piece itself: megabytes are not copied
        groups_.insert(groups_.begin(), head_.begin(), head_.end());
        book.pieces_.push_back(std::move(groups_));
    }
    entry.piece = static_cast<std::uint32_t>(book.pieces_.size() - 1);
    groups_.clear();
    totals_.clear();
    if (open_.capacity() > kept_bytes_max) open_ = std::vector<std::uint8_t>();
    previous_ref_ = 0;
    line_count_ = 0;
}

void LineBook::add(MemberIndex earner, std::span<const Line> lines) {
    LinePacker packer;
    for (const Line& line : lines) packer.add(line);
    packer.finish(earner, *this);
}

void LineBook::shrink() {
    if (!pieces_.empty()) pieces_.back().shrink_to_fit();
}

void LineBook::append(LineBook&& later) {
    if (later.entries_.empty()) return;
    ensure(entries_.empty() || entries_.back().earner < later.entries_.front().earner,
           "books must come in the order of their earners");
    const auto piece_offset = static_cast<std::uint32_t>(pieces_.size());
    for (std::vector<std::uint8_t>& piece : later.pieces_) pieces_.push_back(std::move(piece));
    for (Entry& entry : later.entries_) {
        entry.piece += piece_offset;
        entries_.push_back(entry);
    }
    later = {};
}

LineBook::Parts LineBook::packed(std::size_t entry) const {
    const Entry& at = entries_[entry];
    const std::vector<std::uint8_t>& piece = pieces_[at.piece];
    const bool is_last = entry + 1 == entries_.size() || entries_[entry + 1].piece != at.piece;
    const std::size_t end = is_last ? piece.size() : entries_[entry + 1].offset;
    std::span<const std::uint8_t> rest = std::span(piece).subspan(at.offset, end - at.offset);
    std::uint64_t total_count = 0;
    ensure(take_varint(rest, total_count), "a book's own bytes do not unpack");
    const std::span<const std::uint8_t> totals = rest;
    for (Total total; total_count > 0; --total_count)
        ensure(take_total(rest, total), "a book's own bytes do not unpack");
    return {totals.first(totals.size() - rest.size()), rest};
}

std::vector<Line> LineBook::lines(std::size_t entry) const {
    auto lines = unpack_lines(packed(entry).lines);
    ensure(lines.has_value(), "a book's own lines do not unpack");
    return std::move(*lines);
}

std::vector<Total> LineBook::totals(std::size_t entry) const {
    auto totals = unpack_totals(packed(entry).totals);
    ensure(totals.has_value(), "a book's own totals do not unpack");
    return std::move(*totals);
}

bool each_line(std::span<const std::uint8_t> packed,
               const std::function<void(const Line&)>& take) {
    std::int64_t previous_ref = 0;
    while (!packed.empty()) {
        std::uint64_t count = 0, head = 0;
        Line line;
        if (!take_varint(packed, count) || !take_varint(packed, head) || count == 0 ||
            count > packed.size() || head / 8 > UINT32_MAX || head % 4 > 2)
            return false;
        line.paid_level = static_cast<std::uint32_t>(head / 8);
        line.rate_is_amount = head % 4 == 2;
        const bool has_from = head % 8 >= 4;
        if (head % 4 != 0 && !take_signed(packed, line.rate.emplace())) return false;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (!take_line(packed, has_from, previous_ref, line)) return false;
            take(line);
        }
    }
    return true;
}

std::optional<std::vector<Line>> unpack_lines(std::span<const std::uint8_t> packed) {
    std::vector<Line> lines;
    if (!each_line(packed, [&](const Line& line) { lines.push_back(line); })) return std::nullopt;
    return lines;
}

std::optional<std::vector<Total>> unpack_totals(std::span<const std::uint8_t> packed) {
    std::vector<Total> totals;
    while (!packed.empty())
        if (!take_total(packed, totals.emplace_back())) return std::nullopt;
    return totals;
}

}  // namespace downline
