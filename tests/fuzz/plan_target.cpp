// Any bytes as a plan: errors at their places, or a plan that says what it pays and pays a small
// company two periods.
#include "tests/fuzz/targets.hpp"

#include "engine/plan/bounds.hpp"
#include "engine/plan/reader.hpp"
#include "engine/plan/show.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/fuzz/company.hpp"
#include "tests/storage/copy_pages.hpp"

namespace downline::fuzz {
namespace {

constexpr std::size_t examples_max = 2;

bool is_quick(const Plan& plan) {
    std::size_t before_count = 0;
    for (const Example& example : plan.examples) before_count += example.before.size();
    return plan.examples.size() <= examples_max && before_count <= examples_max;
}

void pay(const Plan& plan) {
    static Database company = [] {
        Database made = Database::in_memory();
        import_company(made);
        return made;
    }();
    static Database database = Database::in_memory();
    copy_pages(company, database);
    const Day in_january = parse_day("2026-01-16").value();
    const Period first = period_of(in_january, plan.period, plan.week_starts);
    const bool is_paid = done_or_refused([&] {
        (void)make_draft(database, plan, first, made_by, made_at, 1);
        (void)close_period(database, plan.name, period_name(first), std::nullopt, made_by, made_at,
                           {{}, false});
        (void)make_draft(database, plan, next_period(first), made_by, made_at, 1);
        (void)close_period(database, plan.name, period_name(next_period(first)), std::nullopt,
                           made_by, made_at, {{}, false});
    });
    std::string finding;
    const bool verifies = verify(database, std::nullopt, 1, [&](const Check& check) {
        if (!check.holds) finding += check.name + ": " + check.finding + "; ";
    });
    expect(verifies, is_paid ? "what was paid verifies" : "what was refused leaves no trace", finding);
}

}  // namespace

void plan(std::string_view bytes) {
    Plan plan;
    {
        PlanReading reading = read_plan(bytes);
        expect(reading.plan.text == bytes, "a plan keeps its text");
        for (const auto* findings : {&reading.errors, &reading.warnings})
            for (const PlanError& error : *findings)
                expect(error.line >= 1 && error.column >= 1 && !error.code.empty() &&
                           !error.text.empty(),
                       "what is wrong has a place, a code and words", error.text);
        if (!reading.errors.empty()) return;
        plan = std::move(reading.plan);
    }
    expect(!show_plan(plan).empty(), "a plan can be shown");
    expect(most_paid(plan).size() == plan.bonuses.size() + 1, "a plan says what it pays at most");
    if (!is_quick(plan)) return;
    // A plan whose examples fail is refused; without them it can be run.
    done_or_refused([&] { (void)check_examples(plan); });
    plan.examples.clear();
    pay(plan);
}

}  // namespace downline::fuzz
