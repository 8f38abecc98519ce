// earnings MEMBER [PERIOD]: what a member is paid and why. earnings --all PERIOD: everybody.
#include <fmt/format.h>

#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/earnings_report.hpp"
#include "cli/output.hpp"
#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/earnings.hpp"

namespace downline {
namespace {

struct EarningsArguments {
    std::optional<std::string> first, second;  ///< MEMBER [PERIOD]; with --all: PERIOD
    std::optional<std::string> plan;
    bool all = false, only_earners = false, with_lines = false;
};

struct Asked {
    std::optional<std::string> member, period;
};

/// UsageError for what makes no sense together.
Asked what_is_asked(const EarningsArguments& arguments) {
    if (arguments.only_earners && !arguments.all)
        throw UsageError("--earners goes with --all; one member is shown by earnings MEMBER");
    if (arguments.all && arguments.second)
        throw UsageError("earnings --all takes a period and no member");
    if (arguments.all) return {std::nullopt, arguments.first};
    if (!arguments.first)
        throw UsageError("whose earnings? downline earnings MEMBER [PERIOD], or --all PERIOD for "
                         "everybody's");
    return {arguments.first, arguments.second};
}

/// What a member earned; a person reads each plan that has the period, and the sum.
void member_earnings(const Settings& settings, const EarningsArguments& arguments,
                     Database& database, const Asked& asked) {
    const std::vector<RunRecord> runs =
        settings.format == Format::table
            ? find_runs(database, arguments.plan, asked.period)
            : std::vector{find_run(database, arguments.plan, asked.period)};
    std::vector<Earnings> found;
    std::int64_t sum_minor = 0;
    for (const RunRecord& run : runs) {
        found.push_back(earnings_of(database, run, *asked.member, arguments.with_lines));
        sum_minor = add_checked(sum_minor, found.back().total_minor);
    }
    Output output(settings.output_path, settings.force);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (i > 0) output << "\n";
        print_earnings(output, settings.format, runs[i], found[i], arguments.with_lines);
    }
    if (runs.size() > 1)
        output << fmt::format("\n{} plans together: {} {}\n", runs.size(),
                              amount_text(sum_minor, runs.front().currency),
                              runs.front().currency);
    output.finish();
}

void earnings(const Settings& settings, const EarningsArguments& arguments) {
    const Asked asked = what_is_asked(arguments);
    Database database = open_database(settings, Database::Access::read);
    if (asked.member) return member_earnings(settings, arguments, database, asked);
    const RunRecord run = find_run(database, arguments.plan, asked.period);
    Output output(settings.output_path, settings.force);
    EarningsList list(output, settings.format, run, arguments.with_lines);
    each_earnings(database, run, arguments.with_lines, arguments.only_earners,
                  [&list](const Earnings& found) { list.add(found); });
    list.finish();
    output.finish();
}

}  // namespace

void add_earnings(Command& root, Settings& settings) {
    Command command = root.command("earnings", "What a member earned in a period, and why");
    const auto arguments = std::make_shared<EarningsArguments>();
    command.argument("MEMBER", arguments->first, "An affiliate's id; not with --all");
    command.argument("PERIOD", arguments->second,
                     "Such as 2026-10; the newest that has a run unless said");
    command.flag("--lines", arguments->with_lines, "Every earning line, down to the order");
    command.flag("--all", arguments->all, "Every affiliate; takes the period alone");
    command.flag("--earners", arguments->only_earners, "With --all: only those with lines");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.results(settings);
    command.examples(
        "  downline earnings ann\n"
        "  downline earnings ann 2026-10 --lines\n"
        "  downline earnings --all 2026-10 --csv --output october.csv\n"
        "  downline earnings --all 2026-10 --earners --json\n");
    command.runs([&settings, arguments] { earnings(settings, *arguments); });
}

}  // namespace downline
