// The database's schema as the steps that led to it: a new database takes them all, an older one
// those that it lacks, in one transaction. A step that databases were made with is never edited.
#pragma once

#include <array>
#include <string_view>

#include "storage/schema_1.hpp"
#include "storage/schema_2.hpp"

namespace downline {

inline constexpr int application_id = 0x444c4e45;  // "DLNE"

/// Days are counts from 1970-01-01; amounts are minor units; volumes are hundredths of a point.
/// NULL is "not stated": a volume that defaults to the amount, a quantity of 1, no category.
inline constexpr std::array schema_steps = {schema_1_sql, schema_2_sql};
/// SHA-256 of all tables after each step (schema_digest): opening a database compares this, which is
/// five times as fast as making its tables again.
inline constexpr std::array<std::string_view, 2> schema_digests = {
    "8df4122ec92536851d5f599276fbb0ac261e937a6c2b0124c5b0183bb5dad774",
    "8632c029d46b442da97916080d841f2bbefea82c4afaa9d92d97eb3e64467f81"};
inline constexpr int schema_version = static_cast<int>(schema_steps.size());

}  // namespace downline
