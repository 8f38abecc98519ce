// verify: does the database still say what its facts and plans say?
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "storage/database.hpp"

namespace downline {

/// One named check of the whole database or of one final run.
struct Check {
    std::string name;     ///< "integrity", "links", "statements", "conservation", "books",
                          ///< "run 3 (evergreen 2026-10)", "chain evergreen", "head"
    bool holds = true;
    std::string finding;  ///< what was checked, or what differs, by table and row
};

/// Checks SQLite's own structure, links between tables, the chain of digests over final runs, that
/// every final run's accounts and statements add up, and recomputes every final run from the facts
/// that it saw: each stored row must be the same to the byte. `head`: the chain's head as kept
/// elsewhere must be that of a plan, or one that it had. Reads only. Returns whether all hold;
/// `report` gets each check as it is done.
[[nodiscard]] bool verify(Database& database, const std::optional<std::string>& head,
                          unsigned thread_count, const std::function<void(const Check&)>& report);

}  // namespace downline
