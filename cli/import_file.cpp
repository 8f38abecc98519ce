// Files of rows: see the header.
#include "cli/import_file.hpp"

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/log.hpp"
#include "cli/profile.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

void add_to_map(std::map<std::string, std::string>& map, const std::string& pair) {
    const std::size_t sign = pair.find('=');
    if (sign == 0 || sign == std::string::npos || sign + 1 == pair.size())
        throw UsageError(fmt::format(
            "--map \"{}\" is not THEIRS=OURS, such as --map customer=member_id", shown(pair)));
    map[pair.substr(0, sign)] = pair.substr(sign + 1);
}

char one_character(const std::string& option, const std::string& text) {
    if (text == "tab" || text == "\\t") return '\t';
    if (text.size() == 1) return text.front();
    throw UsageError(fmt::format("{} takes one character, not \"{}\"", option, shown(text)));
}

}  // namespace

void add_format_options(Command& command, FileFormat& format) {
    command.option("--profile", "FILE.toml", format.profile,
                   "How the files are written: [map], delimiter, decimal, dates; options given "
                   "here win");
    command.option("--map", "THEIRS=OURS", format.map,
                   "Their column THEIRS is our OURS; may be given several times");
    command.option("--delimiter", "CHARACTER", format.delimiter,
                   "Between fields; , unless said; tab for a tab");
    command.option("--decimal", "CHARACTER", format.decimal, "The decimal sign: . or ,");
    command.option("--dates", "FORMAT", format.dates,
                   "Of %Y, %m, %d and what stands between; %Y-%m-%d unless said");
    command.flag("--ignore-unknown", format.ignore_unknown, "Unknown columns are no error");
}

void apply(const FileFormat& format, ImportOptions& options) {
    Profile profile;
    if (format.profile)
        profile = read_profile(read_text_file(*format.profile), *format.profile);
    options.map = profile.map;
    for (const std::string& pair : format.map) {
        add_to_map(options.map, pair);
        options.needed.push_back(pair.substr(0, pair.find('=')));
    }
    const auto& delimiter = format.delimiter ? format.delimiter : profile.delimiter;
    const auto& decimal = format.decimal ? format.decimal : profile.decimal;
    const auto& dates = format.dates ? format.dates : profile.dates;
    if (delimiter) options.delimiter = one_character("--delimiter", *delimiter);
    if (decimal) options.decimal = one_character("--decimal", *decimal);
    if (options.decimal != '.' && options.decimal != ',')
        throw UsageError(fmt::format("--decimal is . or , and not \"{}\"", shown(*decimal)));
    if (options.decimal == options.delimiter)
        throw UsageError("--decimal and --delimiter are the same character; "
                         "files with decimal commas have another delimiter, mostly ;");
    if (dates) options.dates = *dates;
    options.ignore_unknown = format.ignore_unknown;
}

void print_findings(const ImportReport& report, const ImportOptions& options) {
    for (const std::string& warning : report.warnings) log_warning(warning);
    for (const RowError& error : report.errors) log_finding(row_error_text(error));
    if (report.error_count > report.errors.size())
        log_info(fmt::format("{} more errors are not shown{}",
                             report.error_count - report.errors.size(),
                             options.errors ? "; all are in " + shown(*options.errors)
                                            : "; --errors FILE writes all"));
}

void refuse_bad_rows(const ImportReport& report, std::string_view consequence) {
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{}, {} read; {}",
                              counted(static_cast<std::int64_t>(report.error_count), "error"),
                              counted(static_cast<std::int64_t>(report.rows), "row"), consequence));
}

}  // namespace downline
