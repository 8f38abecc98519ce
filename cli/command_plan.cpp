// plan check FILE: everything that is wrong with a plan. plan show FILE: what it does.
#include <fmt/format.h>

#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/plan_file.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
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

void check(const std::string& file) {
    const Plan plan = read_plan_file(file);
    check_plan_examples(plan, file);
    Output output;
    output << fmt::format("{} is a valid plan: {}, {}, {}, {}\n", shown(file), plan.name,
                          counted(static_cast<std::int64_t>(plan.ranks.size()), "rank"),
                          plan.bonuses.size() == 1
                              ? "1 bonus"
                              : fmt::format("{} bonuses", plan.bonuses.size()),
                          plan.examples.empty()
                              ? "no examples"
                              : counted(static_cast<std::int64_t>(plan.examples.size()),
                                        "example") + " hold");
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
}

}  // namespace downline
