// Keys that may be written and say nothing beside others: warned of, since somebody meant something.
#pragma once

#include <initializer_list>
#include <string_view>

#include "engine/plan/table_reader.hpp"

namespace downline {

/// A warning for each of the keys that the table has. `why`: what makes it say nothing.
void warn_of_useless(const TableReader& table, std::initializer_list<std::string_view> keys,
                     std::string_view why);

}  // namespace downline
