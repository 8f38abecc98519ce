// plan check FILE: everything that is wrong with a plan. plan show FILE: what it does.
#include <fmt/format.h>

#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/plan_file.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/plan/bounds.hpp"
#include "engine/plan/show.hpp"
#include "storage/runs.hpp"

namespace downline {
namespace {

void check_plan_examples(const Plan& plan, const std::string& file) {
    const std::vector<ExampleFailure> failures = check_examples(plan);
    for (const ExampleFailure& failure : failures)
        log_finding(fmt::format("{}:{}:1: error example_failed: example \"{}\": {}", shown(file),
                                failure.line, shown(failure.example), failure.text));
    if (!failures.empty())
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{}: {}", shown(file),
                                  counted(static_cast<std::int64_t>(failures.size()),
                                          "failed example")));
}

std::string counts(const Plan& plan) {
    const auto count = [](std::size_t size) { return static_cast<std::int64_t>(size); };
    const std::string bonuses =
        plan.bonuses.size() == 1 ? "1 bonus" : fmt::format("{} bonuses", plan.bonuses.size());
    const std::string examples =
        plan.examples.empty()
            ? "no examples"
            : counted(count(plan.examples.size()), "example") +
                  (plan.examples.size() == 1 ? " holds" : " hold");
    return fmt::format("{}, {}, {}", counted(count(plan.ranks.size()), "rank"), bonuses, examples);
}

void check(const std::string& file) {
    const Plan plan = read_plan_file(file);
    check_plan_examples(plan, file);
    Output output;
    output << fmt::format("{}: plan {} is valid: {}\n\n", shown(file), plan.name, counts(plan));
    Table table(output, {{"bonus"}, {"pays"}});
    for (const MostPaid& most : most_paid(plan))
        table.row({most.bonus.empty() ? "in all" : most.bonus, most.most});
    table.finish();
    output.finish();
}

void show(const std::string& file) {
    const Plan plan = read_plan_file(file);
    Output output;
    output << show_plan(plan);
    output.finish();
}

}  // namespace

void add_plan(Command& root, Settings&) {
    Command command = root.command("plan", "Check or show a plan file");
    command.examples("  downline plan check plan.toml\n  downline plan show plan.toml\n");
    command.needs_command();

    Command checking = command.command(
        "check", "Say everything that is wrong with a plan; run its examples; say what it can pay");
    const auto file = std::make_shared<std::string>();
    checking.argument("FILE", *file, "The plan, a TOML file; - is standard input");
    checking.examples("  downline plan check plan.toml\n");
    checking.runs([file] { check(*file); });

    Command showing = command.command("show", "Say what a plan asks and pays, in order");
    showing.argument("FILE", *file, "The plan, a TOML file; - is standard input");
    showing.examples("  downline plan show plan.toml\n");
    showing.runs([file] { show(*file); });
}

}  // namespace downline
