// goal MEMBER [MONTH]: how far a member is on the way to what it wants to earn in a month.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/goal_report.hpp"
#include "cli/output.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/goals.hpp"

namespace downline {
namespace {

struct GoalArguments {
    std::string member, once = "100", monthly = "20";
    std::optional<std::string> month, plan;
};

std::int64_t amount_of(const char* option, const std::string& text, const std::string& currency) {
    const int places = currency_places(currency).value_or(2);
    const auto amount = parse_decimal(text, places, amount_minor_max);
    if (!amount || *amount == 0)
        throw UsageError(fmt::format("{} takes an amount in {} above 0, not \"{}\"", option,
                                     currency, shown(text)));
    return *amount;
}

void goal(const Settings& settings, const GoalArguments& arguments) {
    Database database = open_database(settings, Database::Access::read);
    const std::string currency = database.currency().value_or("USD");
    const SaleOrSubscription choice{amount_of("--once", arguments.once, currency),
                                    amount_of("--monthly", arguments.monthly, currency)};
    const GoalReport report =
        goals_of(database, arguments.member, arguments.month, arguments.plan);
    Output output(settings.output_path, settings.force);
    print_goals(output, settings.format, report, choice);
    output.finish();
}

}  // namespace

void add_goal(Command& root, Settings& settings) {
    Command command = root.command("goal", "A member's monthly goals, and when they are reached");
    const auto arguments = std::make_shared<GoalArguments>();
    command.argument("MEMBER", arguments->member, "An affiliate's id");
    command.argument("MONTH", arguments->month,
                     "Such as 2026-10; the newest that has a run unless said");
    command.option("--once", "AMOUNT", arguments->once,
                   "What a sale brings once; 100 unless said");
    command.option("--monthly", "AMOUNT", arguments->monthly,
                   "What a subscription brings a month; 20 unless said");
    command.option("--plan", "NAME", arguments->plan, "The pay of this plan only");
    command.results(settings);
    command.examples(
        "  downline goal ann\n"
        "  downline goal ann 2026-10 --once 60 --monthly 12.50\n"
        "  downline goal ann --json\n");
    command.runs([&settings, arguments] { goal(settings, *arguments); });
}

}  // namespace downline
