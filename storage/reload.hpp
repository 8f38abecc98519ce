// A stored run's own inputs again: its plan and the facts that it saw.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/plan/plan.hpp"
#include "storage/runs.hpp"

namespace downline {

struct Reloaded {
    Plan plan;
    Loaded loaded;
    /// Of a part of what the run saw: the place of every order line among all, from 0, ascending.
    std::optional<std::vector<OrderLineIndex>> places;
    /// What the run found about the members of a part that does not tell it.
    std::optional<Standing> standing;

    [[nodiscard]] OrderLineIndex place_of(OrderLineIndex line) const {
        return places ? (*places)[line] : line;
    }
    /// The order line at a place of the run. BrokenInvariant where the part does not have it.
    [[nodiscard]] OrderLineIndex line_at(std::int64_t place) const;
};

/// Refusal (state) for a draft whose facts have changed since; BrokenInvariant where that happened
/// to a final run.
[[nodiscard]] Reloaded reload(Database& database, const RunRecord& run);

/// As much as an order of this buyer (storage's number) needs: it and those above its seller in every
/// tree, their orders, and what the run found about them. Nothing where its plan asks for more,
/// most of the network stands above, or facts that the run saw were corrected since.
[[nodiscard]] std::optional<Reloaded> reload_upline(Database& database, const RunRecord& run,
                                                    std::int64_t buyer);

/// As much as a member (storage's number) needs: all below it in any tree, and their orders. Nothing
/// likewise.
[[nodiscard]] std::optional<Reloaded> reload_downline(Database& database, const RunRecord& run,
                                                      std::int64_t member);

}  // namespace downline
