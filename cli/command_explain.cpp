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
            explain_order(database, arguments->plan, arguments->order_id);
        Output output(settings.output_path, settings.force);
        print_order(output, settings.format, order);
        output.finish();
    });
}

}  // namespace

void add_explain(Command& root, Settings& settings) {
    Command explain = root.command("explain", "Why an amount, why nothing, what was missing");
    explain.needs_command();
    add_order(explain, settings);
}

}  // namespace downline
