// close PERIOD: the current draft becomes final for good; without --draft or --yes, what it is.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/run_report.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

struct CloseArguments {
    std::string period;
    std::optional<std::string> draft, plan;
    std::vector<std::string> accepted;
    bool yes = false;
};

/// What would be closed, and what is checked before that. Nothing is closed that nobody named.
[[noreturn]] void show_draft(const Settings& settings, const CloseArguments& arguments) {
    Database database = open_database(settings, Database::Access::read);
    const RunRecord run = find_run(database, arguments.plan, arguments.period);
    const RunSummary draft = checked_draft(database, run.plan, arguments.period);
    print_run(settings, draft, next_step_of(draft.record));
    throw UsageError("nothing was closed: close needs --draft DIGEST, or --yes for the current "
                     "draft, whatever it is");
}

void close(const Settings& settings, const CloseArguments& arguments) {
    if (arguments.draft && arguments.yes)
        throw UsageError("close takes --draft DIGEST or --yes, not both");
    if (!arguments.draft && !arguments.yes) show_draft(settings, arguments);
    Database database = open_database(settings, Database::Access::write);
    const RunRecord run = find_run(database, arguments.plan, arguments.period);
    const RunSummary summary = close_period(database, run.plan, arguments.period, arguments.draft,
                                            actor(settings), now_utc(), {arguments.accepted});
    print_run(settings, summary,
              fmt::format("{} is closed; head of the chain of final runs: {}",
                          summary.record.period,
                          summary.record.chain_digest.value_or("none")));
}

}  // namespace

void add_close(Command& root, Settings& settings) {
    Command command = root.command("close", "Make a period's draft final; it never changes again");
    const auto arguments = std::make_shared<CloseArguments>();
    command.argument("PERIOD", arguments->period, "The period of the draft");
    command.option("--draft", "DIGEST", arguments->draft,
                   "Close this draft, by the digest that run printed (8 digits or more)");
    command.flag("--yes", arguments->yes, "Close the current draft");
    command.option("--accept", "CHECK", arguments->accepted,
                   "Close although this check fails; may be given again");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.results(settings);
    command.examples(
        "  downline close 2026-10                          # what would be closed, and the checks\n"
        "  downline close 2026-10 --draft 3f9a7c20b1d4\n"
        "  downline close 2026-10 --yes --by ann\n"
        "  downline close 2026-10 --draft 3f9a7c20b1d4 --accept new-payees\n");
    command.runs([&settings, arguments] { close(settings, *arguments); });
}

}  // namespace downline
