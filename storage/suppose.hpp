// Supposed orders from what a person says: "pv+30", or an orders file.
#pragma once

#include <string>
#include <vector>

#include "engine/suppose.hpp"
#include "storage/reload.hpp"

namespace downline {

struct Supposition {
    std::string words;  ///< "an order of 30 points by bob on 2026-01-31"
    std::vector<SupposedOrder> orders;
};

/// `text` is "pv+N": one own order of the member on the period's last day, of N points and units of
/// money; else the name of a file of the kind orders, whose days lie in the period. Refusal (input)
/// for what is neither and for rows that no import would take.
[[nodiscard]] Supposition suppose(Database& database, const Reloaded& run, MemberIndex member,
                                  const std::string& member_id, const std::string& text);

}  // namespace downline
