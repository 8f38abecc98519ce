// explain order ID: where an order's money went, slot by slot. explain member ID: why a rank, and
// what was earned and missed.
#include <memory>

#include "cli/commands.hpp"
#include "cli/explain_report.hpp"
#include "cli/output.hpp"
#include "storage/explain.hpp"

namespace downline {
namespace {

void add_order(Command& explain, Settings& settings) {
    struct Arguments {
        std::string order_id;
        std::optional<std::string> plan;
    };
    Command command = explain.command("order", "Every slot of an order, and where it went");
    const auto arguments = std::make_shared<Arguments>();
    command.argument("ORDER", arguments->order_id, "An order's id");
    command.option("--plan", "NAME", arguments->plan, "Where two plans paid it");
    command.results(settings);
    command.examples(
        "  downline explain order O-1007\n"
        "  downline explain order O-1007 --json\n");
    command.runs([&settings, arguments] {
        Database database = open_database(settings, Database::Access::read);
        const ExplainedOrder order =
            explain_order(database, arguments->plan, arguments->order_id, thread_count());
        Output output(settings.output_path, settings.force);
        print_order(output, settings.format, order);
        output.finish();
    });
}

void add_member(Command& explain, Settings& settings) {
    struct Arguments {
        std::string member_id;
        std::optional<std::string> period, plan, supposition;
    };
    Command command = explain.command("member", "Why a rank, what was earned, missed and lacking");
    const auto arguments = std::make_shared<Arguments>();
    command.argument("MEMBER", arguments->member_id, "An affiliate's id");
    command.argument("PERIOD", arguments->period,
                     "Such as 2026-10; the newest that has a run unless said");
    command.option("--if", "WHAT", arguments->supposition,
                   "Computes anew with pv+30 (an own order of 30 points), or with an orders file");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.results(settings);
    command.examples(
        "  downline explain member ann 2026-10\n"
        "  downline explain member ann --if pv+30\n"
        "  downline explain member ann 2026-10 --if orders.csv --json\n");
    command.runs([&settings, arguments] {
        Database database = open_database(settings, Database::Access::read);
        const RunRecord run = find_run(database, arguments->plan, arguments->period);
        const ExplainedMember member =
            explain_member(database, run, arguments->member_id, arguments->supposition,
                           thread_count());
        Output output(settings.output_path, settings.force);
        print_member(output, settings.format, member);
        output.finish();
    });
}

}  // namespace

void add_explain(Command& root, Settings& settings) {
    Command explain = root.command("explain", "Why an amount, why nothing, what was missing");
    explain.needs_command();
    explain.examples(
        "  downline explain order O1\n"
        "  downline explain member ann 2026-10\n");
    add_order(explain, settings);
    add_member(explain, settings);
}

}  // namespace downline
