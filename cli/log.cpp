// One spdlog logger with two sinks; the text for people is put together here.
#include "cli/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "cli/choose.hpp"
#include "cli/output.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

bool is_quiet = false;

spdlog::logger& logger() {
    static const auto the_logger = [] {
        auto terminal = std::make_shared<spdlog::sinks::stderr_sink_st>();
        auto made = std::make_shared<spdlog::logger>("downline", terminal);
        made->set_pattern("%v");
        return made;
    }();
    return *the_logger;
}

void say(spdlog::level::level_enum level, const std::string& word, const char* colour,
         const std::string& text) {
    std::string shown_word = word;
    if (!word.empty() && wants_colour(STDERR_FILENO))
        shown_word = fmt::format("\x1b[{}m{}\x1b[0m", colour, word);
    logger().log(level, fmt::format("downline: {}{}", shown_word, text));
}

/// A file that is not there yet is made 0600: messages name members and paths.
void make_private(const std::string& path) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw StorageError(
            fmt::format("cannot write the log file {}: {}", shown(path), std::strerror(errno)));
    close(descriptor);
}

}  // namespace

void begin_log(const Settings& settings) {
    const std::array<std::string, 4> names{"error", "warning", "info", "debug"};
    const std::string name = choose("log level", settings.log_level, names);
    logger().set_level(spdlog::level::from_str(name));
    is_quiet = settings.is_quiet;
    if (is_quiet) logger().sinks().front()->set_level(spdlog::level::err);
    if (!settings.log_file) return;
    make_private(*settings.log_file);
    auto file = std::make_shared<spdlog::sinks::basic_file_sink_st>(*settings.log_file);
    file->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    logger().sinks().push_back(std::move(file));
    logger().flush_on(spdlog::level::debug);
}

void log_error(const std::string& text) { say(spdlog::level::err, "error: ", "31", text); }
void log_warning(const std::string& text) { say(spdlog::level::warn, "warning: ", "33", text); }
void log_info(const std::string& text) { say(spdlog::level::info, "", "", text); }
void log_debug(const std::string& text) { say(spdlog::level::debug, "debug: ", "2", text); }
void log_finding(const std::string& line) { logger().log(spdlog::level::err, line); }
void log_note(const std::string& line) { logger().log(spdlog::level::warn, line); }

bool shows_progress() { return !is_quiet && isatty(STDERR_FILENO) == 1; }

}  // namespace downline
