// A profile: how somebody else's files are written, kept in a TOML file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace downline {

/// What is not in the file is absent.
struct Profile {
    std::map<std::string, std::string> map;  ///< their column name → ours
    std::optional<std::string> delimiter, decimal, dates;
};

/// Reads a profile's text. Refusal (input) with FILE:LINE:COLUMN for what is wrong; an unknown key
/// is refused with the nearest known one.
[[nodiscard]] Profile read_profile(std::string_view text, const std::string& file);

}  // namespace downline
