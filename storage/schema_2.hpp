// The second schema: what it adds to the first.
#pragma once

namespace downline {

inline constexpr const char* schema_2_sql = R"sql(
)sql";

}  // namespace downline
