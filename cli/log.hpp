// Messages for people: to standard error, and with their time to a log file. Never results.
#pragma once

#include <string>

#include "cli/settings.hpp"

namespace downline {

/// Levels, sinks and the log file as the command line has them. Before it, messages go to standard
/// error. UsageError for an unknown level, StorageError where the file cannot be written.
void begin_log(const Settings& settings);

void log_error(const std::string& text);
void log_warning(const std::string& text);
void log_info(const std::string& text);
void log_debug(const std::string& text);
/// A line as it stands, of an error or a warning: FILE:LINE:COLUMN: error CODE: text.
void log_finding(const std::string& line);
void log_note(const std::string& line);

/// Whether standard error is a terminal that nobody asked to be quiet.
[[nodiscard]] bool shows_progress();

}  // namespace downline
