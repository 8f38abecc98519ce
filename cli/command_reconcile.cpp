// reconcile BATCH FILE: a batch beside the bank's list; payout check: the books beside themselves.
#include <fmt/format.h>

#include <limits>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "engine/errors.hpp"
#include "storage/balances.hpp"
#include "storage/payouts.hpp"

namespace downline {
namespace {

std::optional<std::string> amount_of(std::optional<std::int64_t> amount_minor,
                                     const std::string& currency) {
    if (!amount_minor) return std::nullopt;
    return amount_text(*amount_minor, currency);
}

void print_table(Output& output, const Reconciliation& found, const std::string& currency) {
    output << fmt::format("{} matched, {} {}\n", counted(found.matched_count, "payment"),
                          amount_text(found.matched_minor, currency), currency);
    if (found.rows.empty()) return;
    output << "\n";
    Table table(output, {{"member"}, {"finding"}, {"batch", Align::right},
                         {"file", Align::right}});
    for (const ReconcileRow& row : found.rows)
        table.row({row.member_id, row.finding, amount_of(row.batch_minor, currency).value_or(""),
                   amount_of(row.file_minor, currency).value_or("")});
    table.finish();
}

void print_csv(Output& output, const Reconciliation& found, const std::string& currency) {
    CsvWriter csv(output);
    csv.header({"member_id", "finding", "batch_amount", "file_amount"});
    for (const ReconcileRow& row : found.rows)
        csv.text(row.member_id).text(row.finding).decimal(amount_of(row.batch_minor, currency))
            .decimal(amount_of(row.file_minor, currency)).end_row();
}

void print_json(Output& output, const Reconciliation& found, const std::string& batch_id,
                const std::string& currency) {
    JsonWriter json(output);
    json.begin_object();
    json.text("batch", batch_id);
    json.text("currency", currency);
    json.number("matched", found.matched_count);
    json.text("matched_amount", amount_text(found.matched_minor, currency));
    json.key("differences").begin_array();
    for (const ReconcileRow& row : found.rows) {
        json.begin_object();
        json.text("member_id", row.member_id);
        json.text("finding", row.finding);
        json.text("batch_amount", amount_of(row.batch_minor, currency));
        json.text("file_amount", amount_of(row.file_minor, currency));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end();
}

struct ReconcileArguments {
    std::string batch, file;
};

void reconcile(const Settings& settings, const ReconcileArguments& arguments) {
    Database database = open_database(settings, Database::Access::read);
    const std::string currency = database.currency().value_or("USD");
    const PayoutBatch batch = find_payout(database, arguments.batch);
    const std::string text =
        read_text_file(arguments.file, std::numeric_limits<std::size_t>::max());
    const Reconciliation found = reconcile_payout(database, batch, text, arguments.file);
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_table(output, found, currency); break;
        case Format::csv: print_csv(output, found, currency); break;
        case Format::json: print_json(output, found, batch.batch_id, currency); break;
    }
    output.finish();
    if (!found.rows.empty())
        throw Refusal(Refusal::Kind::difference,
                      fmt::format("batch {} and the file differ: {}", batch.batch_id,
                                  counted(static_cast<std::int64_t>(found.rows.size()),
                                          "difference")));
}

void check_books(const Settings& settings) {
    Database database = open_database(settings, Database::Access::read);
    const std::vector<std::string> differences = posting_differences(database);
    if (!differences.empty()) {
        std::string text = "the books do not add up:";
        for (const std::string& difference : differences) text += "\n" + difference;
        throw Refusal(Refusal::Kind::difference, text);
    }
    Output output;
    output << "The postings of every run, batch and answer sum to zero, and every balance is the "
              "sum of its postings.\n";
    output.finish();
}

}  // namespace

void add_payout_check(Command& payout, Settings& settings) {
    Command command = payout.command("check", "Add up all postings: they must come to zero");
    command.examples("  downline payout check\n");
    command.runs([&settings] { check_books(settings); });
}

void add_reconcile(Command& root, Settings& settings) {
    Command command = root.command("reconcile", "Compare a batch with the bank's list of payments");
    const auto arguments = std::make_shared<ReconcileArguments>();
    command.argument("BATCH", arguments->batch, "The id of the batch");
    command.argument("FILE", arguments->file, "CSV of member_id, amount");
    command.results(settings);
    command.examples("  downline reconcile P0001 bank.csv\n");
    command.runs([&settings, arguments] { reconcile(settings, *arguments); });
}

}  // namespace downline
