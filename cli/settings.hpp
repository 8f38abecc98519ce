// What every command is told: which database, who acts, how results are shown.
#pragma once

#include <optional>
#include <string>

#include "engine/limits.hpp"
#include "storage/database.hpp"

namespace downline {

enum class Format { table, json, csv };

struct Settings {
    std::string database_path;  ///< "": $DOWNLINE_DB, else downline.db
    std::string made_by;        ///< "": the login name
    bool is_quiet = false;
    bool force = false;
    std::string log_level = "info";
    std::optional<std::string> log_file;
    Format format = Format::table;
    std::optional<std::string> output_path;
};

[[nodiscard]] Database open_database(const Settings& settings, Database::Access access);
/// Who acts: --by, else the login name.
[[nodiscard]] std::string actor(const Settings& settings);
/// The time now, UTC: "2026-11-02T09:14:07Z".
[[nodiscard]] std::string now_utc();
/// The whole file, "-" being standard input. StorageError where it cannot be read. Of a longer file
/// than `bytes_max` a bit more than that, so that its reader says that it is too long.
[[nodiscard]] std::string read_text_file(const std::string& path,
                                         std::size_t bytes_max = plan_bytes_max);
/// Threads that a run may use.
[[nodiscard]] unsigned thread_count();

}  // namespace downline
