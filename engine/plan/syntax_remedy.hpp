// What to do about a plan that is not TOML: the mistakes that people make who write it by hand.
#pragma once

#include <string_view>

namespace downline {

/// A remedy for what the parser says of a text at a line (1-based); nothing where none is known.
[[nodiscard]] std::string_view syntax_remedy(std::string_view text, int line,
                                             std::string_view description);

}  // namespace downline
