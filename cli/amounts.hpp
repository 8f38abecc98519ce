// Numbers as people and programs read them: with the places of their unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/period.hpp"

namespace downline {

/// 15420 minor units of USD are "154.20".
[[nodiscard]] std::string amount_text(std::int64_t amount_minor, std::string_view currency);
/// 340000 hundredths of a point are "3400.00".
[[nodiscard]] std::string volume_text(std::int64_t volume_centipoints);
/// What share of `whole` the part is, two places rounded half up: "4.53%"; nothing where the whole
/// is 0.
[[nodiscard]] std::optional<std::string> share_text(std::int64_t part, std::int64_t whole);
/// The same of a volume, a point being one unit of the currency.
[[nodiscard]] std::optional<std::string> share_of_volume_text(std::int64_t amount_minor,
                                                              std::int64_t volume_centipoints,
                                                              std::string_view currency);
/// The first 12 digits of a digest: enough to name a draft.
[[nodiscard]] std::string short_digest(const std::string& digest);
/// What to say where an empty database gets a currency in the place of `before`.
[[nodiscard]] std::string currency_change_text(std::string_view now, std::string_view before);
/// "1 order", "2 orders".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view singular);

}  // namespace downline
