// Which row of order_line each place of a run is: the bytes of run_order (docs/formats.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/snapshot.hpp"
#include "storage/database.hpp"

namespace downline {

/// The rows by place, in pieces of carried_piece_size places: a stretch of consecutive rows costs
/// as much as a single one.
[[nodiscard]] std::vector<std::string> pack_order_rows(const std::vector<std::int64_t>& rows);

/// The rows of one piece; nothing for bytes that are none.
[[nodiscard]] std::optional<std::vector<std::int64_t>> unpack_order_rows(std::string_view piece);

/// Where rows of order_line stand among all that a run saw.
struct OrderPlaces {
    std::vector<std::pair<OrderLineIndex, std::int64_t>> found;  ///< place (from 0), row; by place
    std::size_t line_count{};                                    ///< of all that the run saw
};
/// `rows`: ascending. Those that the run did not see have no place.
[[nodiscard]] OrderPlaces find_order_places(Database& database, std::int64_t run,
                                            const std::vector<std::int64_t>& rows);

}  // namespace downline
