// Two-person approval: a setting of the database, and who may do what while it is on. A procedure,
// not a lock: names are what people say of themselves.
#pragma once

#include <string>
#include <string_view>

#include "storage/database.hpp"

namespace downline {

[[nodiscard]] bool needs_second_person(Database& database);
/// Kept with who said so, and when.
void set_approval(Database& database, bool is_two_person, const std::string& by,
                  const std::string& at);
/// Refusal (state) where a second person is needed and `by` is the one who prepared it. `prepared`:
/// "made this batch"; `does`: "export it".
void check_second_person(Database& database, const std::string& prepared_by, const std::string& by,
                         std::string_view prepared, std::string_view does);

}  // namespace downline
