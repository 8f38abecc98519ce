// verify: one line per check; exit 6 where one does not hold.
#include <memory>

#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "engine/errors.hpp"
#include "storage/verify.hpp"

namespace downline {
namespace {

void verify_command(const Settings& settings, const std::optional<std::string>& head) {
    constexpr std::size_t head_digits_min = 8;
    if (head && head->size() < head_digits_min)
        throw UsageError("--head needs at least 8 digits of the head that close printed");
    Database database = open_database(settings, Database::Access::read);
    Output output(settings.output_path, settings.force);
    std::vector<Check> checks;
    const bool all_hold = verify(database, head, thread_count(),
                                 [&](const Check& check) { checks.push_back(check); });
    if (settings.format == Format::csv) {
        CsvWriter csv(output);
        csv.header({"check", "holds", "finding"});
        for (const Check& check : checks)
            csv.text(check.name).text(check.holds ? "yes" : "no").text(check.finding).end_row();
    } else if (settings.format == Format::json) {
        JsonWriter json(output);
        json.begin_lines();
        for (const Check& check : checks) {
            json.begin_object();
            json.text("check", check.name);
            json.boolean("holds", check.holds);
            json.text("finding", check.finding);
            json.end_object();
        }
        json.end_lines();
        json.end();
    } else {
        Table table(output, {{"check"}, {"holds"}, {"finding"}});
        for (const Check& check : checks)
            table.row({check.name, check.holds ? "yes" : "NO", check.finding});
        table.finish();
    }
    output.finish();
    if (!all_hold) throw Refusal(Refusal::Kind::difference,
                      "the database is not what its facts and plans give; see what does not hold");
}

}  // namespace

void add_verify(Command& root, Settings& settings) {
    Command command =
        root.command("verify", "Check that closed periods still are what the facts give");
    const auto head = std::make_shared<std::optional<std::string>>();
    command.option("--head", "DIGEST", *head,
                   "The head of the chain as kept elsewhere; close prints it");
    command.results(settings);
    command.examples(
        "  downline verify\n"
        "  downline verify --head 8c18ada6987e\n");
    command.runs([&settings, head] { verify_command(settings, *head); });
}

}  // namespace downline
