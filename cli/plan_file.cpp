// The reader knows no files; this is where its findings get the file's name.
#include "cli/plan_file.hpp"

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/log.hpp"
#include "cli/settings.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {

Plan read_plan_file(const std::string& path) {
    PlanReading reading = read_plan(read_text_file(path));
    const auto finding = [&](const PlanError& found, const char* word) {
        return fmt::format("{}:{}:{}: {} {}: {}", shown(path), found.line, found.column, word,
                           found.code, found.text);
    };
    for (const PlanError& error : reading.errors) log_finding(finding(error, "error"));
    if (!reading.errors.empty())
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{}: {}", shown(path),
                                  counted(static_cast<std::int64_t>(reading.errors.size()),
                                          "error")));
    for (const PlanError& warning : reading.warnings) log_note(finding(warning, "warning"));
    return std::move(reading.plan);
}

}  // namespace downline
