// One word of a few: a kind of file, a tree, a log level.
#pragma once

#include <span>
#include <string>

namespace downline {

/// `value` where it is one of `choices`; else UsageError that names the nearest and all of them:
/// `unknown tree "sponser"; did you mean "sponsor"? (sponsor, enroller, placement)`.
std::string choose(const std::string& what, const std::string& value,
                   std::span<const std::string> choices);

}  // namespace downline
