// Packs and unpacks run_order: see the header.
#include "storage/order_places.hpp"

#include <algorithm>

#include "storage/packing.hpp"

namespace downline {

std::vector<std::string> pack_order_rows(const std::vector<std::int64_t>& rows) {
    const auto piece_size = static_cast<std::size_t>(carried_piece_size);
    std::vector<std::string> pieces;
    for (std::size_t begin = 0; begin < rows.size(); begin += piece_size) {
        std::string& piece = pieces.emplace_back();
        const std::size_t end = std::min(begin + piece_size, rows.size());
        std::int64_t expected = 0;
        for (std::size_t place = begin; place < end;) {
            std::size_t stretch_end = place + 1;
            while (stretch_end < end && rows[stretch_end] == rows[stretch_end - 1] + 1)
                ++stretch_end;
            append_signed(piece, rows[place] - expected);
            append_varint(piece, stretch_end - place);
            expected = rows[stretch_end - 1] + 1;
            place = stretch_end;
        }
    }
    return pieces;
}

namespace {

/// Calls `take(row, length)` for every stretch of a piece; false for bytes that are none.
template <typename Take>
bool each_stretch(std::string_view piece, const Take& take) {
    Unpacker unpacker(piece);
    std::int64_t next = 0, size = 0;
    while (!unpacker.is_at_end()) {
        next = further(next, static_cast<std::uint64_t>(unpacker.signed_varint()));
        const std::uint64_t length = unpacker.varint();
        if (unpacker.is_broken() || next < 1 || next > INT64_MAX - carried_piece_size ||
            length > static_cast<std::uint64_t>(carried_piece_size - size))
            return false;
        take(next, static_cast<std::int64_t>(length));
        next += static_cast<std::int64_t>(length);
        size += static_cast<std::int64_t>(length);
    }
    return true;
}

}  // namespace

std::optional<std::vector<std::int64_t>> unpack_order_rows(std::string_view piece) {
    std::vector<std::int64_t> rows;
    const bool is_whole = each_stretch(piece, [&](std::int64_t row, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i) rows.push_back(row + i);
    });
    return is_whole ? std::optional(std::move(rows)) : std::nullopt;
}

OrderPlaces find_order_places(Database& database, std::int64_t run,
                              const std::vector<std::int64_t>& rows) {
    Query pieces = database.query("SELECT packed FROM run_order WHERE run = ?1 ORDER BY piece");
    pieces.bind(1, run);
    OrderPlaces places;
    const auto take = [&](std::int64_t first, std::int64_t length) {
        auto row = std::ranges::lower_bound(rows, first);
        for (; row != rows.end() && *row < first + length; ++row) {
            const auto place = places.line_count + static_cast<std::size_t>(*row - first);
            places.found.emplace_back(static_cast<OrderLineIndex>(place), *row);
        }
        places.line_count += static_cast<std::size_t>(length);
    };
    while (pieces.step())
        ensure_intact(each_stretch(pieces.blob(0), take),
                      "the order lines of a run cannot be read");
    return places;
}

}  // namespace downline
