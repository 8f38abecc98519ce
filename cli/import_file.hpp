// Files of rows as every command takes them that reads some: how they are written, and saying what
// is wrong in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"
#include "storage/import.hpp"

namespace downline {

/// What the command line says of the files; absent: not said.
struct FileFormat {
    std::vector<std::string> map;
    std::optional<std::string> profile, delimiter, decimal, dates;
    bool ignore_unknown = false;
};

/// --profile, --map, --delimiter, --decimal, --dates, --ignore-unknown. `format` must outlive the
/// parse.
void add_format_options(Command& command, FileFormat& format);
/// The profile's word, the command line's above it. UsageError for what makes no sense.
void apply(const FileFormat& format, ImportOptions& options);

/// Warnings and bad rows, as far as they were kept, to standard error.
void print_findings(const ImportReport& report, const ImportOptions& options);
/// Refusal (input) with the number of errors. REQUIRES: there are some.
[[noreturn]] void refuse_bad_rows(const ImportReport& report, std::string_view consequence);

}  // namespace downline
