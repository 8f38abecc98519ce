// diff A B: what changed between two runs, totals first, then members by the size of the change.
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "storage/diff.hpp"

namespace downline {
namespace {

struct DiffArguments {
    std::string before, after;
    std::optional<std::int64_t> top;
    std::optional<std::string> plan;
};

/// A run by its number, or a period by its current run.
std::int64_t run_named(Database& database, const std::string& text,
                       const std::optional<std::string>& plan) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    // A year is a period: "2026"; runs are numbered from 1.
    if (is_number && text.size() != 4) return number;
    return find_run(database, plan, text).number;
}

std::string signed_text(std::int64_t change_minor, const std::string& currency) {
    return (change_minor > 0 ? "+" : "") + amount_text(change_minor, currency);
}

std::string name_of(const RunRecord& run) {
    return fmt::format("run {} ({} {}, {})", run.number, run.plan, run.period, run.state);
}

void print_table(Output& output, const RunDifference& difference, std::size_t top) {
    const std::string& currency = difference.after.currency;
    const std::int64_t before = difference.before.paid_minor, after = difference.after.paid_minor;
    output << fmt::format("{} paid {} {}, {} paid {}: {}\n", name_of(difference.before),
                          amount_text(before, currency), currency, name_of(difference.after),
                          amount_text(after, currency), signed_text(after - before, currency));
    for (const std::string& cause : difference.causes) output << shown(cause) << "\n";
    output << "\n";
    Table bonuses(output, {{"bonus"}, {"before", Align::right}, {"after", Align::right},
                           {"change", Align::right}});
    for (const Difference& bonus : difference.by_bonus)
        bonuses.row({bonus.name, amount_text(bonus.before_minor, currency),
                     amount_text(bonus.after_minor, currency),
                     signed_text(bonus.change_minor(), currency)});
    bonuses.finish();
    output << "\n";
    if (!difference.has_members) {
        output << "A superseded draft keeps its totals, not its members' statements.\n";
        return;
    }
    output << counted(static_cast<std::int64_t>(difference.members.size()), "member")
           << (difference.members.size() == 1 ? " is" : " are") << " paid differently\n";
    if (difference.members.empty()) return;
    Table members(output, {{"member"}, {"before", Align::right}, {"after", Align::right},
                           {"change", Align::right}, {"by bonus"}});
    for (std::size_t i = 0; i < std::min(top, difference.members.size()); ++i) {
        const MemberDifference& member = difference.members[i];
        std::string by_bonus;
        for (const Difference& bonus : member.by_bonus)
            by_bonus += fmt::format("{}{} {}", by_bonus.empty() ? "" : ", ", bonus.name,
                                    signed_text(bonus.change_minor(), currency));
        members.row({member.member_id, amount_text(member.total.before_minor, currency),
                     amount_text(member.total.after_minor, currency),
                     signed_text(member.total.change_minor(), currency), by_bonus});
    }
    members.finish();
    if (difference.members.size() > top)
        output << fmt::format("{} more; --top N shows as many, --csv all of them\n",
                              difference.members.size() - top);
}

void print_csv(Output& output, const RunDifference& difference) {
    const std::string& currency = difference.after.currency;
    CsvWriter csv(output);
    csv.header({"member_id", "bonus", "before", "after", "change"});
    for (const MemberDifference& member : difference.members)
        for (const Difference& bonus : member.by_bonus) {
            csv.text(member.member_id).text(bonus.name);
            csv.decimal(amount_text(bonus.before_minor, currency));
            csv.decimal(amount_text(bonus.after_minor, currency));
            csv.decimal(amount_text(bonus.change_minor(), currency)).end_row();
        }
}

void write_amounts(JsonWriter& json, const Difference& difference, const std::string& currency) {
    json.text("before", amount_text(difference.before_minor, currency));
    json.text("after", amount_text(difference.after_minor, currency));
    json.text("change", amount_text(difference.change_minor(), currency));
}

void write_bonuses(JsonWriter& json, const std::vector<Difference>& bonuses,
                   const std::string& currency) {
    json.key("by_bonus").begin_array();
    for (const Difference& bonus : bonuses) {
        json.begin_object();
        json.text("bonus", bonus.name);
        write_amounts(json, bonus, currency);
        json.end_object();
    }
    json.end_array();
}

void print_json(Output& output, const RunDifference& difference) {
    const std::string& currency = difference.after.currency;
    JsonWriter json(output);
    json.begin_object();
    json.number("run_before", difference.before.number);
    json.number("run_after", difference.after.number);
    json.text("currency", currency);
    write_amounts(json, {"", difference.before.paid_minor, difference.after.paid_minor}, currency);
    json.key("causes").begin_array();
    for (const std::string& cause : difference.causes) json.text(cause);
    json.end_array();
    write_bonuses(json, difference.by_bonus, currency);
    json.boolean("has_members", difference.has_members);
    json.key("members").begin_lines();
    for (const MemberDifference& member : difference.members) {
        json.begin_object();
        json.text("member_id", member.member_id);
        write_amounts(json, member.total, currency);
        write_bonuses(json, member.by_bonus, currency);
        json.end_object();
    }
    json.end_lines();
    json.end_object();
    json.end();
}

void diff(const Settings& settings, const DiffArguments& arguments) {
    constexpr std::size_t top_unless_said = 20;
    Database database = open_database(settings, Database::Access::read);
    const std::int64_t before = run_named(database, arguments.before, arguments.plan);
    const std::int64_t after = run_named(database, arguments.after, arguments.plan);
    const RunDifference difference = diff_runs(database, before, after);
    const std::size_t top =
        arguments.top ? static_cast<std::size_t>(*arguments.top) : top_unless_said;
    Output output(settings.output_path, settings.force);
    if (settings.format == Format::json) print_json(output, difference);
    else if (settings.format == Format::csv) print_csv(output, difference);
    else print_table(output, difference, top);
    output.finish();
}

}  // namespace

void add_diff(Command& root, Settings& settings) {
    Command command = root.command("diff", "What changed between two runs, and why");
    const auto arguments = std::make_shared<DiffArguments>();
    command.argument("A", arguments->before, "A run's number, or a period for its current run");
    command.argument("B", arguments->after, "The run to compare it with");
    command.option("--top", "N", arguments->top, "Show the N members that changed most; 20");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.results(settings);
    command.examples(
        "  downline diff 2026-09 2026-10\n"
        "  downline diff 3 7 --csv\n");
    command.runs([&settings, arguments] { diff(settings, *arguments); });
}

}  // namespace downline
