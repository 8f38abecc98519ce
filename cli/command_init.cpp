// init: an empty database with its currency.
#include <fmt/format.h>

#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/log.hpp"
#include "cli/output.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/money.hpp"

namespace downline {
namespace {

void init(const Settings& settings, const std::optional<std::string>& asked) {
    if (asked && !currency_places(*asked))
        throw UsageError(fmt::format(
            "unknown currency \"{}\"; give an ISO 4217 code, such as USD or JPY", shown(*asked)));
    Database database = open_database(settings, Database::Access::create);
    const std::string path = shown(database.path());
    Transaction transaction(database);
    if (database.integer("SELECT count(*) FROM import").value_or(0) > 0)
        throw Refusal(Refusal::Kind::state,
                      fmt::format("{} already holds data in {}; its currency stays", path,
                                  database.currency().value_or("no currency")));
    const std::optional<std::string> before = database.currency();
    const std::string currency = asked.value_or(before.value_or("USD"));
    database.set_setting("currency", currency);
    transaction.commit();
    if (before && *before != currency) log_info(currency_change_text(currency, *before));
    Output output;
    output << fmt::format("{} is ready, currency {}\n", path, currency);
    output.finish();
}

}  // namespace

void add_init(Command& root, Settings& settings) {
    Command command = root.command("init", "Create an empty database with its currency");
    const auto currency = std::make_shared<std::optional<std::string>>();
    command.option("--currency", "CODE", *currency,
                   "ISO 4217 code; of a new database USD unless said");
    command.examples("  downline init\n  downline --db japan.db init --currency JPY\n");
    command.runs([&settings, currency] { init(settings, *currency); });
}

}  // namespace downline
