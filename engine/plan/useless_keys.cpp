// Keys that say nothing: see the header.
#include "engine/plan/useless_keys.hpp"

#include <fmt/format.h>

namespace downline {

void warn_of_useless(const TableReader& table, std::initializer_list<std::string_view> keys,
                     std::string_view why) {
    for (const std::string_view key : keys)
        if (table.whole().find(key))
            table.problems().warning(table.place_of(key), "useless_key",
                                     fmt::format("{} says nothing here: {}", key, why));
}

}  // namespace downline
