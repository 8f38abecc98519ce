// Places and numbers that a database names: what is damaged must not be followed out of a list.
#pragma once

#include <cstdint>

#include "storage/database.hpp"

namespace downline {

/// The entry of a list at a place that the database names; StorageError where there is none.
template <typename List>
[[nodiscard]] auto& entry_at(List& list, std::int64_t place, const char* what) {
    ensure_intact(place >= 0 && static_cast<std::uint64_t>(place) < list.size(), what);
    return list[static_cast<std::size_t>(place)];
}

/// What `SELECT max(NUMBER) FROM TABLE` gives, 0 for no rows: how large a list of them has to be.
/// StorageError where it is more than a file of this size can have rows.
[[nodiscard]] inline std::int64_t largest_stored(sqlite3* handle, std::string_view sql) {
    Query largest(handle, sql);
    Query pages(handle, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    const std::int64_t number = largest.step() ? largest.integer(0) : 0;
    ensure_intact(number >= 0 && pages.step() && number <= pages.integer(0),
                  "a row has a number that is too large");
    return number;
}

}  // namespace downline
