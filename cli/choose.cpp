// What else it could have been is in the message.
#include "cli/choose.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/nearest.hpp"

namespace downline {

std::string choose(const std::string& what, const std::string& value,
                   std::span<const std::string> choices) {
    for (const std::string& choice : choices)
        if (choice == value) return value;
    throw UsageError(fmt::format("unknown {} \"{}\"{} ({})", what, shown(value),
                                 did_you_mean(value, choices), fmt::join(choices, ", ")));
}

}  // namespace downline
