// disclose --from P --to P: what everyone who took part was paid, zeros included.
#include <memory>

#include "cli/commands.hpp"
#include "cli/disclosure_report.hpp"
#include "cli/output.hpp"
#include "engine/errors.hpp"
#include "storage/disclosure.hpp"

namespace downline {

void add_disclose(Command& root, Settings& settings) {
    struct Arguments {
        std::string from, to;
        std::optional<std::string> plan;
        bool html = false;
    };
    Command command =
        root.command("disclose", "The income disclosure: everyone counted, zeros too");
    const auto arguments = std::make_shared<Arguments>();
    command.required_option("--from", "PERIOD", arguments->from,
                            "The first period, such as 2026-01");
    command.required_option("--to", "PERIOD", arguments->to, "The last one; all must be closed");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have closed them");
    command.flag("--html", arguments->html, "One page of HTML instead of a table");
    command.results(settings);
    command.examples(
        "  downline disclose --from 2026-01 --to 2026-12\n"
        "  downline disclose --from 2026 --to 2026 --html --output disclosure.html\n"
        "  downline disclose --from 2026-Q1 --to 2026-Q2 --csv\n");
    command.runs([&settings, arguments] {
        if (arguments->html && settings.format != Format::table)
            throw UsageError("--html, --json and --csv exclude each other: give one");
        Database database = open_database(settings, Database::Access::read);
        const Disclosure disclosure =
            disclose(database, arguments->plan, arguments->from, arguments->to);
        Output output(settings.output_path, settings.force);
        if (arguments->html) print_disclosure_page(output, disclosure);
        else print_disclosure(output, settings.format, disclosure);
        output.finish();
    });
}

}  // namespace downline
