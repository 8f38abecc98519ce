// Corrections as rows: written by a run, read wherever its lines are shown.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/run.hpp"
#include "storage/database.hpp"
#include "storage/digest.hpp"
#include "storage/runs.hpp"

namespace downline {

/// The bonus of an adjustment that names none.
inline constexpr const char* adjustment_bonus = "adjustment";

void write_corrections(Database& database, std::int64_t run, const Loaded& loaded,
                       const RunResult& result);
/// Adds them in the order of members, by names; nothing where there are none.
void digest_corrections(const Loaded& loaded, const RunResult& result, Digest& digest);

/// A line that names the line it reverses and the return, or an adjustment and its reason.
struct CorrectionRecord {
    std::int64_t member{};  ///< storage's number
    std::string bonus, stream;
    std::optional<std::string> order_id, from;
    std::optional<std::int64_t> line;
    std::optional<Day> ordered_on;
    std::int64_t level{}, paid_level{}, amount_minor{};
    std::optional<std::string> return_id;
    std::optional<std::int64_t> of_run;
    std::optional<std::string> adjustment_id, reason;
};
/// Those of one member; of everybody, by member and place, where none is named.
[[nodiscard]] std::vector<CorrectionRecord> corrections_of(
    sqlite3* handle, std::int64_t run, std::optional<std::int64_t> member = {});

}  // namespace downline
