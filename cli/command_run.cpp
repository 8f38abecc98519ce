// run PERIOD --plan FILE: computes a period and keeps the result as a draft.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/plan_file.hpp"
#include "cli/progress.hpp"
#include "cli/run_report.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

Period period_named(const std::string& text, const Plan& plan) {
    const std::optional<Period> period = parse_period(text, plan.week_starts);
    if (period) return *period;
    throw UsageError(fmt::format("\"{}\" is no period; write 2026-10 (a month), 2026-W43 (a week), "
                                 "2026-10-31 (a day), 2026-Q4 or 2026", shown(text)));
}

void run_period(const Settings& settings, const std::string& period_text,
                const std::string& plan_path, bool is_what_if) {
    const Plan plan = read_plan_file(plan_path);
    const Period period = period_named(period_text, plan);
    Database database = open_database(settings, Database::Access::write);
    const RunSummary summary = [&] {
        const Waiting waiting(fmt::format("computing {}", period_text));
        return make_draft(database, plan, period, actor(settings), now_utc(), thread_count(),
                          is_what_if);
    }();
    print_run(settings, summary, next_step_of(summary.record));
}

}  // namespace

void add_run(Command& root, Settings& settings) {
    Command command = root.command("run", "Compute a period; the result is a draft until closed");
    const auto period = std::make_shared<std::string>();
    const auto plan = std::make_shared<std::string>();
    command.argument("PERIOD", *period, "2026-10, 2026-W43, 2026-10-31, 2026-Q4 or 2026");
    command.required_option("--plan", "FILE", *plan, "The plan, a TOML file");
    const auto is_what_if = std::make_shared<bool>(false);
    command.flag("--what-if", *is_what_if,
                 "Store the result beside the current run, also of a closed period");
    command.results(settings);
    command.examples(
        "  downline run 2026-10 --plan plan.toml\n"
        "  downline run 2026-10 --plan plan.toml --json\n"
        "  downline run 2026-10 --plan changed.toml --what-if\n");
    command.runs([&settings, period, plan, is_what_if] {
        run_period(settings, *period, *plan, *is_what_if);
    });
}

}  // namespace downline
