// The digest of everything that a run found.
#pragma once

#include <string>

#include "engine/run.hpp"
#include "storage/runs.hpp"

namespace downline {

/// SHA-256 in hexadecimal, members by their place in the order of ids: the digest of the inputs
/// goes first and binds places to ids. The same whatever the order of imported rows.
[[nodiscard]] std::string result_digest_of(const std::string& plan_digest, const Loaded& loaded,
                                           const RunResult& result);

}  // namespace downline
