// payout: batches of what is owed to members; what the bank did with them.
#include <fmt/format.h>

#include <limits>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/payout_report.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/balances.hpp"
#include "storage/payouts.hpp"

namespace downline {
namespace {

constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

void print_line(const std::string& line) {
    Output output;
    output << line << "\n";
    output.finish();
}

struct CreateArguments {
    std::optional<std::string> batch, minimum, holds;
};

std::int64_t minimum_minor(const std::string& text, const std::string& currency) {
    const auto minimum =
        parse_decimal(text, currency_places(currency).value_or(2), amount_minor_max);
    if (!minimum)
        throw UsageError(fmt::format("--minimum \"{}\" is no amount in {}; write it as {}",
                                     shown(text), currency, amount_text(5000, currency)));
    return *minimum;
}

void create(const Settings& settings, const CreateArguments& arguments) {
    Database database = open_database(settings, Database::Access::write);
    PayoutRequest request;
    request.batch_id = arguments.batch;
    if (arguments.minimum)
        request.minimum_minor =
            minimum_minor(*arguments.minimum, database.currency().value_or("USD"));
    if (arguments.holds)
        request.holds = read_holds(read_text_file(*arguments.holds, any_size), *arguments.holds);
    request.made_by = actor(settings);
    request.made_at = now_utc();
    request.made_on = parse_day(request.made_at.substr(0, 10)).value();
    const MadePayout made = create_payout(database, request);
    print_payout(settings, database, made.batch,
                 made.is_new ? "" : "This batch was made before; nothing new was made.");
}

void add_create(Command& payout, Settings& settings) {
    Command command = payout.command("create", "Make a batch of every balance that is to be paid");
    const auto arguments = std::make_shared<CreateArguments>();
    command.option("--batch", "ID", arguments->batch,
                   "Its id: the same again makes nothing; P0001, P0002 … unless said");
    command.option("--minimum", "AMOUNT", arguments->minimum, "Lower balances are carried");
    command.option("--holds", "FILE", arguments->holds,
                   "CSV of member_id, reason: whose pay is held");
    command.results(settings);
    command.examples(
        "  downline payout create --minimum 25.00\n"
        "  downline payout create --batch 2026-10 --holds holds.csv --by ann\n");
    command.runs([&settings, arguments] { create(settings, *arguments); });
}

void add_list(Command& payout, Settings& settings) {
    Command command = payout.command("list", "List the batches and what became of their payments");
    command.results(settings);
    command.examples("  downline payout list\n");
    command.runs([&settings] {
        Database database = open_database(settings, Database::Access::read);
        print_payouts(settings, list_payouts(database), database.currency().value_or("USD"));
    });
}

void add_show(Command& payout, Settings& settings) {
    Command command = payout.command("show", "A batch with every item, its sums and its files");
    const auto batch = std::make_shared<std::string>();
    command.argument("BATCH", *batch, "The id of the batch");
    command.results(settings);
    command.examples("  downline payout show P0001\n");
    command.runs([&settings, batch] {
        Database database = open_database(settings, Database::Access::read);
        print_payout(settings, database, find_payout(database, *batch), "");
    });
}

struct MarkArguments {
    std::string batch;
    std::optional<std::string> paid, failed;
};

void mark(const Settings& settings, const MarkArguments& arguments) {
    if (arguments.paid.has_value() == arguments.failed.has_value())
        throw UsageError("payout mark needs either --paid FILE or --failed FILE");
    const bool is_paid = arguments.paid.has_value();
    const std::string& file = is_paid ? *arguments.paid : *arguments.failed;
    Database database = open_database(settings, Database::Access::write);
    const PayoutBatch batch = find_payout(database, arguments.batch);
    const AnswerFile answers = read_answers(read_text_file(file, any_size), file);
    const MarkedPayout marked =
        mark_payout(database, batch, answers, is_paid, actor(settings), now_utc());
    const std::string currency = database.currency().value_or("USD");
    print_line(fmt::format("batch {}: {} {} ({} {}), {} unchanged", batch.batch_id,
                           counted(marked.new_count, "payment"), is_paid ? "paid" : "failed",
                           amount_text(marked.new_minor, currency), currency,
                           marked.unchanged_count));
}

void add_mark(Command& payout, Settings& settings) {
    Command command = payout.command("mark", "Book the bank's answer; what failed is owed again");
    const auto arguments = std::make_shared<MarkArguments>();
    command.argument("BATCH", arguments->batch, "The id of the batch");
    command.option("--paid", "FILE", arguments->paid, "CSV of member_id: these were paid");
    command.option("--failed", "FILE", arguments->failed,
                   "CSV of member_id, reason: these failed or were sent back");
    command.examples(
        "  downline payout mark P0001 --paid paid.csv\n"
        "  downline payout mark P0001 --failed failed.csv --by ann\n");
    command.runs([&settings, arguments] { mark(settings, *arguments); });
}

}  // namespace

void add_payout(Command& root, Settings& settings) {
    Command payout = root.command("payout", "Pay what members are owed");
    payout.needs_command();
    payout.examples(
        "  downline payout create --minimum 25.00\n"
        "  downline payout export P0001 --format csv --on 2026-11-05 -o payout.csv\n"
        "  downline payout mark P0001 --paid paid.csv\n");
    add_create(payout, settings);
    add_list(payout, settings);
    add_show(payout, settings);
    add_payout_export(payout, settings);
    add_mark(payout, settings);
    add_payout_check(payout, settings);
}

}  // namespace downline
