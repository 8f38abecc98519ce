// payout export: a batch as a file for the bank or the books, and the totals to compare it by.
#include <fmt/format.h>

#include <array>
#include <limits>
#include <memory>

#include "cli/amounts.hpp"
#include "cli/choose.hpp"
#include "cli/commands.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/payment_order.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "storage/digest.hpp"
#include "storage/payouts.hpp"

namespace downline {
namespace {

struct ExportArguments {
    std::string batch, format, on, output;
    std::optional<std::string> payees, from, template_file;
};

std::string text_of(const std::string& path) {
    return read_text_file(path, std::numeric_limits<std::size_t>::max());
}

/// Wrong options are said before anything is read.
Day check(ExportArguments& arguments) {
    static const std::array<std::string, 4> formats{"csv", "nacha", "sepa", "ledger"};
    arguments.format = choose("format", arguments.format, formats);
    const std::optional<Day> on = parse_day(arguments.on);
    if (!on)
        throw UsageError(fmt::format("--on \"{}\" is no day; write it as 2026-11-05",
                                     shown(arguments.on)));
    if (arguments.output == "-")
        throw UsageError("-o needs the name of a file: standard output gets its number of payments, "
                         "their sum and the digest");
    const bool is_for_bank = arguments.format == "nacha" || arguments.format == "sepa";
    if (is_for_bank && !(arguments.payees && arguments.from))
        throw UsageError(fmt::format("--format {} needs --payees FILE.csv (where the money goes) "
                                     "and --from FILE.toml (who pays)",
                                     arguments.format));
    if (arguments.template_file && arguments.format != "csv")
        throw UsageError("--template is for --format csv");
    return *on;
}

/// The bytes of the file and what they were made of.
struct Made {
    std::string bytes;
    std::optional<std::string> payees_digest, company_digest;
};

Made make(Database& database, const PayoutBatch& batch, const ExportArguments& arguments, Day on) {
    Made made;
    Company company;
    if (arguments.from) {
        const std::string text = text_of(*arguments.from);
        made.company_digest = sha256_hex(text);
        company = Company(text, *arguments.from);
    }
    if (arguments.format == "ledger") {
        company.problems().refuse_if_any();
        made.bytes = ledger_file(database, batch, on, company);
        return made;
    }
    std::optional<std::string> payees;
    if (arguments.payees) {
        payees = text_of(*arguments.payees);
        made.payees_digest = sha256_hex(*payees);
    }
    const PaymentOrder order =
        payment_order(database, batch, on, payees, arguments.payees.value_or(""),
                      payee_columns(arguments.format));
    if (arguments.format == "nacha") made.bytes = nacha_file(order, company);
    else if (arguments.format == "sepa") made.bytes = sepa_file(order, company);
    else {
        FileProblems::refuse_if_any({&company.problems(), &order.problems});
        made.bytes = payment_csv(
            order, arguments.template_file ? text_of(*arguments.template_file) : "",
            arguments.template_file.value_or("the template"));
    }
    return made;
}

/// Two files that a bank could take, both with all payments, would pay everybody twice.
void warn_of_exports_before(const PayoutBatch& batch, const PayoutExport& written) {
    if (written.format == "ledger") return;
    for (const PayoutExport& before : batch.exports)
        if (before.format != "ledger" && before.digest != written.digest)
            log_warning(fmt::format("batch {} was exported as {} before, with other bytes ({} by "
                                    "{}); only one of the files may be paid",
                                    batch.batch_id, before.format, before.made_at,
                                    shown(before.made_by)));
}

void print_totals(const PayoutExport& written, const std::string& batch_id,
                  const std::string& file, const std::string& currency) {
    Output output;
    output << fmt::format("batch {} is in {} as {}: {}, {} {}\nSHA-256 {}\n", batch_id,
                          shown(file), written.format,
                          counted(written.payment_count, "payment"),
                          amount_text(written.amount_minor, currency), currency, written.digest);
    output.finish();
}

void export_batch(const Settings& settings, ExportArguments arguments) {
    const Day on = check(arguments);
    Database database = open_database(settings, Database::Access::write);
    const PayoutBatch batch = find_payout(database, arguments.batch);
    const Made made = make(database, batch, arguments, on);
    const PayoutExport written{arguments.format,    format_day(on),
                               sha256_hex(made.bytes), batch.payment_count(),
                               batch.payment_minor(), made.payees_digest,
                               made.company_digest,   actor(settings),
                               now_utc()};
    Output file(arguments.output, settings.force);
    file << made.bytes;
    // Kept before the file has its name: no file for a bank is there that nobody knows of.
    record_export(database, batch, written);
    file.finish();
    warn_of_exports_before(batch, written);
    print_totals(written, batch.batch_id, arguments.output,
                 database.currency().value_or("USD"));
}

}  // namespace

void add_payout_export(Command& payout, Settings& settings) {
    Command command = payout.command("export", "Write a batch as a file for the bank or the books");
    const auto arguments = std::make_shared<ExportArguments>();
    command.argument("BATCH", arguments->batch, "The id of the batch");
    command.required_option("--format", "FORMAT", arguments->format, "csv, nacha, sepa or ledger");
    command.required_option("--on", "DATE", arguments->on, "The day that stands in the file");
    command.required_option("-o,--output", "FILE", arguments->output, "The new file");
    command.option("--payees", "FILE", arguments->payees,
                   "CSV of member_id and where the money goes; never stored");
    command.option("--from", "FILE", arguments->from, "TOML: the paying company; never stored");
    command.option("--template", "FILE", arguments->template_file,
                   "For csv: a header row and a row of names as {member_id},{amount}");
    command.examples(
        "  downline payout export P0001 --format csv --on 2026-11-05 -o payout.csv\n"
        "  downline payout export P0001 --format nacha --on 2026-11-05 -o payout.ach \\\n"
        "      --payees payees.csv --from company.toml\n");
    command.runs([&settings, arguments] { export_batch(settings, *arguments); });
}

}  // namespace downline
