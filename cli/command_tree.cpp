// tree MEMBER [PERIOD]: the downline, drawn.
#include <fmt/format.h>

#include <array>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/choose.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "storage/earnings.hpp"

namespace downline {
namespace {

struct TreeArguments {
    std::string member;
    std::optional<std::string> period, plan, on;
    std::string tree = "sponsor";
    std::optional<std::int64_t> depth, top;
    bool dot = false;
};

Tree tree_named(const std::string& name) {
    const std::array<std::string, 3> names{"sponsor", "enroller", "placement"};
    const std::string chosen = choose("tree", name, names);
    if (chosen == "enroller") return Tree::enroller;
    return chosen == "placement" ? Tree::placement : Tree::sponsor;
}

std::optional<Day> day_named(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const std::optional<Day> day = parse_day(*text);
    if (!day) throw UsageError(fmt::format("\"{}\" is no day; write 2026-10-31", shown(*text)));
    return day;
}

/// A limit that was not given is none.
std::uint32_t limit(const std::optional<std::int64_t>& given) {
    constexpr std::int64_t most = UINT32_MAX;
    return static_cast<std::uint32_t>(given ? std::min(*given, most) : most);
}

std::optional<RunRecord> run_asked(Database& database, const TreeArguments& arguments) {
    if (!arguments.period && list_runs(database).empty()) return std::nullopt;
    return find_run(database, arguments.plan, arguments.period);
}

void print_table(Output& output, const std::vector<TreeRow>& rows, const std::string& currency) {
    Table table(output, {{"member"}, {"name"}, {"kind"}, {"status"}, {"active"}, {"rank"},
                         {"pv", Align::right}, {"gv", Align::right}, {"earned", Align::right},
                         {"below", Align::right}});
    for (const TreeRow& row : rows)
        table.row({std::string(2 * std::min<std::size_t>(row.depth, 40), ' ') + row.member_id +
                       (row.is_cut ? " …" : ""),
                   row.name.value_or(""), row.is_customer ? "customer" : "affiliate", row.status,
                   row.is_customer ? "" : row.is_active ? "yes" : "no", row.rank.value_or(""),
                   row.pv, row.gv,
                   amount_text(row.amount_minor, currency), std::to_string(row.downline_count)});
    table.finish();
}

void print_csv(Output& output, const std::vector<TreeRow>& rows, const std::string& currency) {
    CsvWriter csv(output);
    csv.header({"depth", "member_id", "name", "kind", "status", "active", "rank", "pv", "gv",
                "amount", "downline", "cut"});
    for (const TreeRow& row : rows) {
        csv.number(row.depth).text(row.member_id).text(row.name);
        csv.text(row.is_customer ? "customer" : "affiliate").text(row.status);
        csv.text(row.is_customer ? "" : row.is_active ? "true" : "false");
        csv.text(row.rank).decimal(row.pv).decimal(row.gv);
        csv.decimal(amount_text(row.amount_minor, currency)).number(row.downline_count);
        csv.text(row.is_cut ? "true" : "false").end_row();
    }
}

void print_json(Output& output, const std::vector<TreeRow>& rows, const std::string& currency) {
    JsonWriter json(output);
    json.begin_lines();
    for (const TreeRow& row : rows) {
        json.begin_object();
        json.number("depth", row.depth);
        json.text("member_id", row.member_id);
        json.text("name", row.name);
        json.text("kind", row.is_customer ? "customer" : "affiliate");
        json.text("status", row.status);
        if (row.is_customer) json.key("active").null();
        else json.boolean("active", row.is_active);
        json.text("rank", row.rank);
        json.text("pv", row.pv.empty() ? std::nullopt : std::optional(row.pv));
        json.text("gv", row.gv.empty() ? std::nullopt : std::optional(row.gv));
        json.text("amount", amount_text(row.amount_minor, currency));
        json.number("downline", row.downline_count);
        json.boolean("cut", row.is_cut);
        json.end_object();
    }
    json.end_lines();
    json.end();
}

std::string dot_escaped(const std::string& text) {
    std::string out;
    for (const char letter : shown(text)) {
        if (letter == '"' || letter == '\\') out += '\\';
        out += letter;
    }
    return out;
}

void print_dot(Output& output, const std::vector<TreeRow>& rows, const std::string& currency) {
    output << "digraph downline {\n  node [shape=box];\n";
    std::vector<const TreeRow*> line;  // from the top to the row above, by depth
    for (const TreeRow& row : rows) {
        const std::string id = dot_escaped(row.member_id);
        output << fmt::format("  \"{}\" [label=\"{}\\n{}{} {}\"{}];\n", id, id,
                              row.rank ? dot_escaped(*row.rank) + " " : std::string{},
                              amount_text(row.amount_minor, currency), currency,
                              row.is_active ? "" : ", style=dashed");
        line.resize(row.depth);
        if (!line.empty())
            output << fmt::format("  \"{}\" -> \"{}\";\n", dot_escaped(line.back()->member_id), id);
        line.push_back(&row);
    }
    output << "}\n";
}

void tree(const Settings& settings, const TreeArguments& arguments) {
    const Tree which = tree_named(arguments.tree);
    const std::optional<Day> on = day_named(arguments.on);
    if (arguments.dot && settings.format != Format::table)
        throw UsageError("--dot is a format of its own; leave out --json or --csv");
    Database database = open_database(settings, Database::Access::read);
    const std::optional<RunRecord> run = run_asked(database, arguments);
    const std::vector<TreeRow> rows = tree_of(database, run, arguments.member, which, on,
                                              limit(arguments.depth), limit(arguments.top));
    const std::string currency = database.currency().value_or("USD");
    Output output(settings.output_path, settings.force);
    if (arguments.dot) print_dot(output, rows, currency);
    else if (settings.format == Format::table) print_table(output, rows, currency);
    else if (settings.format == Format::csv) print_csv(output, rows, currency);
    else print_json(output, rows, currency);
    output.finish();
}

}  // namespace

void add_tree(Command& root, Settings& settings) {
    Command command = root.command("tree", "A member's downline with rank, volume and earnings");
    const auto arguments = std::make_shared<TreeArguments>();
    command.argument("MEMBER", arguments->member, "The id of whom it begins with");
    command.argument("PERIOD", arguments->period,
                     "Whose numbers are shown; the newest that has a run unless said");
    command.option("--tree", "TREE", arguments->tree, "sponsor (unless said), enroller, placement");
    command.option("--on", "DATE", arguments->on, "The network as it was on this day");
    command.option("--depth", "N", arguments->depth, "So many levels; all unless said");
    command.option("--top", "N", arguments->top, "Of each frontline the N with the most below");
    command.option("--plan", "NAME", arguments->plan, "Where two plans have the period");
    command.flag("--dot", arguments->dot, "A drawing for Graphviz");
    command.results(settings);
    command.examples(
        "  downline tree ann\n"
        "  downline tree ann 2026-10 --depth 2\n"
        "  downline tree ann --dot | dot -Tsvg > ann.svg\n");
    command.runs([&settings, arguments] { tree(settings, *arguments); });
}

}  // namespace downline
