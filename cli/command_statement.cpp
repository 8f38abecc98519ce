// statement MEMBER PERIOD -o FILE.html, statement --all PERIOD -o DIR: pay as pages.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/statement_page.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

constexpr std::uint64_t files_per_folder = 1000;

struct StatementArguments {
    std::optional<std::string> first, second;  ///< MEMBER [PERIOD]; with --all: [PERIOD]
    std::optional<std::string> plan;
    bool all = false, only_earners = false;
};

void write_one(const Settings& settings, const StatementArguments& arguments) {
    if (!arguments.first)
        throw UsageError("whose statement? downline statement MEMBER [PERIOD], or --all");
    Database database = open_database(settings, Database::Access::read);
    const RunRecord run = find_run(database, arguments.plan, arguments.second);
    Earnings earnings = earnings_of(database, run, *arguments.first, false);
    const PageMaker maker(database, run, arguments.first, thread_count());
    StatementTemplate pages;
    Output output(settings.output_path, settings.force);
    output << pages.render(maker.page(std::move(earnings)));
    output.finish();
}

/// A folder of pages that appears under its name only when it is whole: REQUIRED finish().
class PageFolder {
public:
    explicit PageFolder(const std::string& path) : path_(path), part_(path + ".part") {
        std::error_code error;
        if (std::filesystem::exists(path_, error) &&
            (!std::filesystem::is_directory(path_, error) ||
             !std::filesystem::is_empty(path_, error)))
            throw Refusal(Refusal::Kind::state,
                          fmt::format("{} exists and is no empty folder; name one that is new or "
                                      "empty",
                                      path_.string()));
        std::filesystem::create_directory(part_, error);
        if (error || !std::filesystem::is_empty(part_, error))
            throw StorageError(fmt::format("{} cannot be created: {}; remove it, or name another "
                                           "folder",
                                           part_.string(),
                                           error ? error.message() : "it is there already"));
        is_made_ = true;
        std::filesystem::permissions(part_, std::filesystem::perms::owner_all, error);
    }
    ~PageFolder() {
        std::error_code error;
        if (is_made_) std::filesystem::remove_all(part_, error);
    }
    PageFolder(const PageFolder&) = delete;
    PageFolder& operator=(const PageFolder&) = delete;

    void make(const std::string& folder) { std::filesystem::create_directory(part_ / folder); }
    /// Not to disk one by one: ten thousand pages would take minutes.
    void write(const std::string& name, std::string_view text) {
        const std::filesystem::path path = part_ / name;
        std::FILE* file = std::fopen(path.c_str(), "wbx");
        const bool is_written =
            file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
        const int reason = errno;
        if ((file != nullptr && std::fclose(file) != 0) || !is_written)
            throw StorageError(fmt::format("{} cannot be written: {}", path.string(),
                                           std::strerror(reason)));
    }
    void finish() {
        const int folder = open(part_.c_str(), O_RDONLY | O_DIRECTORY);
        const bool is_safe = folder >= 0 && syncfs(folder) == 0;
        if (folder >= 0) close(folder);
        if (!is_safe || std::rename(part_.c_str(), path_.c_str()) != 0)
            throw StorageError(
                fmt::format("{} cannot be written: {}", path_.string(), std::strerror(errno)));
        is_made_ = false;
        sync_folder_of(path_.string());
    }

private:
    std::filesystem::path path_, part_;
    bool is_made_ = false;
};

void write_all(const Settings& settings, const StatementArguments& arguments) {
    if (arguments.second) throw UsageError("statement --all takes a period and no member");
    if (!settings.output_path)
        throw UsageError("where to? statement --all PERIOD -o DIR, a folder that is new or empty");
    Database database = open_database(settings, Database::Access::read);
    const RunRecord run = find_run(database, arguments.plan, arguments.first);
    PageFolder root(*settings.output_path);
    const PageMaker maker(database, run, std::nullopt, thread_count());
    StatementTemplate pages;
    std::string index = "member_id,file\n", folder;
    std::uint64_t count = 0;
    const auto take = [&](const Earnings& earnings) {
        if (count++ % files_per_folder == 0) {
            folder = fmt::format("{:04}", count / files_per_folder);
            root.make(folder);
        }
        const std::string name = folder + "/" + statement_file_name(earnings.member_id);
        root.write(name, pages.render(maker.page(earnings)));
        index += fmt::format("{},{}\n", csv_text_cell(earnings.member_id), name);
    };
    each_earnings(database, run, false, arguments.only_earners, take);
    root.write("index.csv", index);
    root.finish();
    log_info(fmt::format("{} in {}", counted(static_cast<std::int64_t>(count), "statement"),
                         *settings.output_path));
}

}  // namespace

void add_statement(Command& root, Settings& settings) {
    Command command = root.command("statement", "A member's pay as a page to print or send");
    const auto arguments = std::make_shared<StatementArguments>();
    command.argument("MEMBER", arguments->first, "An affiliate's id; not with --all");
    command.argument("PERIOD", arguments->second,
                     "Such as 2026-10; the newest that has a run unless said");
    command.flag("--all", arguments->all, "Every affiliate's, into a folder; takes the period alone");
    command.flag("--earners", arguments->only_earners, "With --all: only those with lines");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.option("-o,--output", "FILE", settings.output_path,
                   "A new file; with --all a folder that is new or empty");
    command.examples(
        "  downline statement ann 2026-10 -o ann.html\n"
        "  downline statement --all 2026-10 -o october\n");
    command.runs([&settings, arguments] {
        if (arguments->only_earners && !arguments->all)
            throw UsageError("--earners goes with --all");
        arguments->all ? write_all(settings, *arguments) : write_one(settings, *arguments);
    });
}

}  // namespace downline
