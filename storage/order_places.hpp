// Which row of order_line each place of a run is: the bytes of run_order (docs/formats.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// The rows by place, in pieces of carried_piece_size places: a stretch of consecutive rows costs
/// as much as a single one.
[[nodiscard]] std::vector<std::string> pack_order_rows(const std::vector<std::int64_t>& rows);

/// The rows of one piece; nothing for bytes that are none.
[[nodiscard]] std::optional<std::vector<std::int64_t>> unpack_order_rows(std::string_view piece);

}  // namespace downline
