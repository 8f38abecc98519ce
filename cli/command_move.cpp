// move FILE --dry-run: who would gain, who would lose, whose rank would change.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/import_file.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "engine/errors.hpp"
#include "storage/price_moves.hpp"

namespace downline {
namespace {

struct MoveArguments {
    std::string file;
    FileFormat format;
    std::optional<std::string> period, plan, errors;
    std::optional<std::int64_t> top;
    bool dry_run = false;
};

std::string signed_text(std::int64_t amount_minor, const std::string& currency) {
    return (amount_minor > 0 ? "+" : "") + amount_text(amount_minor, currency);
}

/// "silver -> gold"; "" where it stays.
std::string change_text(const std::string& before, const std::string& after) {
    if (before == after) return "";
    const auto shown_rank = [](const std::string& rank) { return rank.empty() ? "none" : rank; };
    return shown_rank(before) + " -> " + shown_rank(after);
}

std::string activity(bool is_active) { return is_active ? "active" : "inactive"; }

void print_table(Output& output, const PricedMoves& priced, std::size_t top) {
    const std::string& currency = priced.run.currency;
    const auto gains = std::ranges::count_if(
        priced.members, [](const PricedMember& member) { return member.change_minor() > 0; });
    const auto losses = std::ranges::count_if(
        priced.members, [](const PricedMember& member) { return member.change_minor() < 0; });
    const auto flips = std::ranges::count_if(priced.members, [](const PricedMember& member) {
        return member.rank_before != member.rank_after;
    });
    output << fmt::format(
        "{} {} with {} of {}: paid {} instead of {} {}\n{} would gain, {} would lose, {} would "
        "change rank; nothing was stored\n",
        priced.run.plan, priced.run.period,
        counted(static_cast<std::int64_t>(priced.report.new_rows + priced.report.changed_rows),
                "move"),
        counted(static_cast<std::int64_t>(priced.report.rows), "row"),
        amount_text(priced.paid_after_minor, currency),
        amount_text(priced.paid_before_minor, currency), currency, gains, losses, flips);
    if (priced.members.empty()) return;
    output << "\n";
    Table table(output, {{"member"},
                         {"before", Align::right},
                         {"after", Align::right},
                         {"change", Align::right},
                         {"rank"},
                         {"activity"}});
    for (std::size_t i = 0; i < std::min(top, priced.members.size()); ++i) {
        const PricedMember& member = priced.members[i];
        table.row({member.member_id, amount_text(member.before_minor, currency),
                   amount_text(member.after_minor, currency),
                   signed_text(member.change_minor(), currency),
                   change_text(member.rank_before, member.rank_after),
                   change_text(activity(member.was_active), activity(member.is_active))});
    }
    table.finish();
    if (priced.members.size() > top)
        output << fmt::format("{} more; --top N shows as many, --csv all of them\n",
                              priced.members.size() - top);
}

void print_csv(Output& output, const PricedMoves& priced) {
    const std::string& currency = priced.run.currency;
    CsvWriter csv(output);
    csv.header({"member_id", "period", "before", "after", "change", "rank_before", "rank_after",
                "active_before", "active_after"});
    for (const PricedMember& member : priced.members) {
        csv.text(member.member_id).text(priced.run.period);
        csv.decimal(amount_text(member.before_minor, currency));
        csv.decimal(amount_text(member.after_minor, currency));
        csv.decimal(amount_text(member.change_minor(), currency));
        csv.text(member.rank_before).text(member.rank_after);
        csv.text(member.was_active ? "yes" : "no").text(member.is_active ? "yes" : "no").end_row();
    }
}

void print_json(Output& output, const PricedMoves& priced) {
    const std::string& currency = priced.run.currency;
    JsonWriter json(output);
    json.begin_object();
    json.text("plan", priced.run.plan);
    json.text("period", priced.run.period);
    json.text("currency", currency);
    json.text("total_before", amount_text(priced.paid_before_minor, currency));
    json.text("total_after", amount_text(priced.paid_after_minor, currency));
    json.key("members").begin_lines();
    for (const PricedMember& member : priced.members) {
        json.begin_object();
        json.text("member_id", member.member_id);
        json.text("before", amount_text(member.before_minor, currency));
        json.text("after", amount_text(member.after_minor, currency));
        json.text("change", amount_text(member.change_minor(), currency));
        const auto rank = [](const std::string& name) {
            return name.empty() ? std::nullopt : std::optional<std::string>(name);
        };
        json.text("rank_before", rank(member.rank_before));
        json.text("rank_after", rank(member.rank_after));
        json.boolean("active_before", member.was_active);
        json.boolean("active_after", member.is_active);
        json.end_object();
    }
    json.end_lines();
    json.end_object();
    json.end();
}

void move(const Settings& settings, const MoveArguments& arguments) {
    constexpr std::size_t top_unless_said = 20;
    if (!arguments.dry_run)
        throw UsageError(
            "move only prices what is planned: add --dry-run; downline import moves "
            "FILE makes it so");
    Database database = open_database(settings, Database::Access::write);
    const RunRecord run = find_run(database, arguments.plan, arguments.period);
    ImportOptions options;
    options.files = {arguments.file};
    apply(arguments.format, options);
    options.made_by = actor(settings);
    options.made_at = now_utc();
    options.errors = arguments.errors;
    options.force = settings.force;
    const PricedMoves priced = [&] {
        const Waiting waiting(fmt::format("computing {} twice", run.period));
        return price_moves(database, run, options, thread_count());
    }();
    print_findings(priced.report, options);
    if (priced.report.error_count != 0) refuse_bad_rows(priced.report, "nothing was computed");
    Output output(settings.output_path, settings.force);
    const std::size_t top =
        arguments.top ? static_cast<std::size_t>(*arguments.top) : top_unless_said;
    if (settings.format == Format::json) print_json(output, priced);
    else if (settings.format == Format::csv) print_csv(output, priced);
    else print_table(output, priced, top);
    output.finish();
}

}  // namespace

void add_move(Command& root, Settings& settings) {
    Command command = root.command("move", "Price moves before they are made");
    const auto arguments = std::make_shared<MoveArguments>();
    command.argument("FILE", arguments->file, "A moves file; - is standard input");
    command.argument("PERIOD", arguments->period, "A period with a draft; the newest run's");
    command.flag("--dry-run", arguments->dry_run,
                 "Compute the period with the moves; store nothing");
    command.option("--top", "N", arguments->top, "Show the N members that change most; 20");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    add_format_options(command, arguments->format);
    command.option("--errors", "FILE", arguments->errors, "Write all errors to this file");
    command.results(settings);
    command.examples(
        "  downline move moves.csv --dry-run\n"
        "  downline move moves.csv 2026-10 --dry-run --csv\n"
        "  downline move moves.csv --dry-run --delimiter ';'\n");
    command.runs([&settings, arguments] { move(settings, *arguments); });
}

}  // namespace downline
