// Where the command line meets the machine: environment, user, clock, files.
#include "cli/settings.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>

#include "cli/log.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/limits.hpp"

namespace downline {

Database open_database(const Settings& settings, Database::Access access) {
    const char* from_environment = std::getenv("DOWNLINE_DB");
    std::string path = settings.database_path;
    if (path.empty() && from_environment != nullptr) path = from_environment;
    if (path.empty()) path = "downline.db";
    log_debug("database " + path);
    return Database(path, access);
}

std::string actor(const Settings& settings) {
    if (!settings.made_by.empty()) return settings.made_by;
    const passwd* user = getpwuid(getuid());
    return user != nullptr ? user->pw_name : fmt::format("user {}", getuid());
}

std::string now_utc() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string read_text_file(const std::string& path, std::size_t bytes_max) {
    const auto close_file = [](std::FILE* file) {
        if (file != stdin) std::fclose(file);
    };
    const std::unique_ptr<std::FILE, decltype(close_file)> file(
        path == "-" ? stdin : std::fopen(path.c_str(), "rb"), close_file);
    if (!file)
        throw StorageError(fmt::format("cannot read {}: {}", shown(path), std::strerror(errno)));
    std::string text;
    std::array<char, 64 * 1024> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
        text.append(piece.data(), got);
        if (text.size() > bytes_max) break;
    }
    if (std::ferror(file.get()) != 0)
        throw StorageError(fmt::format("cannot read {}: {}", shown(path), std::strerror(errno)));
    return text;
}

unsigned thread_count() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace downline
