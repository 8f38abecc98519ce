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

std::optional<std::vector<std::int64_t>> unpack_order_rows(std::string_view piece) {
    std::vector<std::int64_t> rows;
    Unpacker unpacker(piece);
    std::int64_t next = 0;
    while (!unpacker.is_at_end()) {
        next = further(next, static_cast<std::uint64_t>(unpacker.signed_varint()));
        const std::uint64_t length = unpacker.varint();
        if (unpacker.is_broken() || next < 1 || next > INT64_MAX - carried_piece_size ||
            length > static_cast<std::uint64_t>(carried_piece_size) - rows.size())
            return std::nullopt;
        for (std::uint64_t i = 0; i < length; ++i) rows.push_back(next++);
    }
    return rows;
}

}  // namespace downline
