// report PERIOD: where a period's money went, what was not paid and why, and who buys again.
#include <memory>

#include "cli/commands.hpp"
#include "cli/company_report.hpp"
#include "cli/output.hpp"
#include "cli/report_page.hpp"
#include "engine/errors.hpp"
#include "storage/report.hpp"

namespace downline {

void add_report(Command& root, Settings& settings) {
    struct Arguments {
        std::optional<std::string> period, plan;
        std::optional<std::int64_t> top;
        bool html = false;
    };
    Command command = root.command("report", "The finance view of a period");
    const auto arguments = std::make_shared<Arguments>();
    command.argument("PERIOD", arguments->period,
                     "Such as 2026-10; the newest that has a run unless said");
    command.option("--top", "N", arguments->top, "How many top earners; 10 unless said");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.flag("--html", arguments->html, "One page of HTML with charts instead of a table");
    command.results(settings);
    command.examples(
        "  downline report 2026-10\n"
        "  downline report 2026-10 --csv --output october.csv\n"
        "  downline report 2026-10 --html --output october.html\n"
        "  downline report --top 50 --json\n");
    command.runs([&settings, arguments] {
        if (arguments->html && settings.format != Format::table)
            throw UsageError("--html, --json and --csv exclude each other: give one");
        Database database = open_database(settings, Database::Access::read);
        const RunRecord run = find_run(database, arguments->plan, arguments->period);
        const Report report = report_of(
            database, run, static_cast<std::size_t>(arguments->top.value_or(10)));
        Output output(settings.output_path, settings.force);
        if (arguments->html) output << report_page(report);
        else print_report(output, settings.format, report);
        output.finish();
    });
}

}  // namespace downline
