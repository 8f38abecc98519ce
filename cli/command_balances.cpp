// balances [MEMBER]: what the company owes its members, or how one member's balance came about.
#include <fmt/format.h>

#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/money.hpp"
#include "storage/balances.hpp"

namespace downline {
namespace {

void print_all_table(Output& output, const std::vector<Balance>& balances,
                     const std::string& currency) {
    Table table(output, {{"member"}, {"balance", Align::right}});
    std::int64_t owed_minor = 0, negative_minor = 0;
    for (const Balance& balance : balances) {
        std::int64_t& sum = balance.amount_minor > 0 ? owed_minor : negative_minor;
        sum = add_checked(sum, balance.amount_minor);
        table.row({balance.member_id, amount_text(balance.amount_minor, currency)});
    }
    table.finish();
    output << fmt::format("\n{}: owed to them {} {}, negative {} {}\n",
                          counted(static_cast<std::int64_t>(balances.size()), "member"),
                          amount_text(owed_minor, currency), currency,
                          amount_text(negative_minor, currency), currency);
}

void print_all(Output& output, Format format, const std::vector<Balance>& balances,
               const std::string& currency) {
    if (format == Format::table) return print_all_table(output, balances, currency);
    if (format == Format::csv) {
        CsvWriter csv(output);
        csv.header({"member_id", "balance", "currency"});
        for (const Balance& balance : balances)
            csv.text(balance.member_id).decimal(amount_text(balance.amount_minor, currency))
                .text(currency).end_row();
        return;
    }
    JsonWriter json(output);
    json.begin_lines();
    for (const Balance& balance : balances) {
        json.begin_object();
        json.text("member_id", balance.member_id);
        json.text("balance", amount_text(balance.amount_minor, currency));
        json.text("currency", currency);
        json.end_object();
    }
    json.end_lines();
    json.end();
}

void print_history_table(Output& output, const BalanceHistory& history,
                         const std::string& currency) {
    output << fmt::format("{}{}: balance {} {}{}\n\n", shown(history.member_id),
                          history.name ? ", " + shown(*history.name) : "",
                          amount_text(history.balance_minor, currency), currency,
                          history.held_reason ? ", held: " + shown(*history.held_reason) : "");
    Table table(output, {{"cause"}, {"of"}, {"amount", Align::right}, {"balance", Align::right}});
    for (const BalanceStep& step : history.steps)
        table.row({step.cause, step.reference, amount_text(step.amount_minor, currency),
                   amount_text(step.balance_minor, currency)});
    table.finish();
}

void print_history_csv(Output& output, const BalanceHistory& history,
                       const std::string& currency) {
    CsvWriter csv(output);
    csv.header({"member_id", "cause", "of", "amount", "balance", "currency"});
    for (const BalanceStep& step : history.steps) {
        csv.text(history.member_id).text(step.cause).text(step.reference);
        csv.decimal(amount_text(step.amount_minor, currency));
        csv.decimal(amount_text(step.balance_minor, currency)).text(currency).end_row();
    }
}

void print_history_json(Output& output, const BalanceHistory& history,
                        const std::string& currency) {
    JsonWriter json(output);
    json.begin_object();
    json.text("member_id", history.member_id);
    json.text("name", history.name);
    json.text("balance", amount_text(history.balance_minor, currency));
    json.text("currency", currency);
    json.text("held", history.held_reason);
    json.key("steps").begin_array();
    for (const BalanceStep& step : history.steps) {
        json.begin_object();
        json.text("cause", step.cause);
        json.text("of", step.reference);
        json.text("amount", amount_text(step.amount_minor, currency));
        json.text("balance", amount_text(step.balance_minor, currency));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end();
}

void balances(const Settings& settings, const std::optional<std::string>& member_id) {
    Database database = open_database(settings, Database::Access::read);
    const std::string currency = database.currency().value_or("USD");
    if (!member_id) {
        const std::vector<Balance> all = open_balances(database);
        Output output(settings.output_path, settings.force);
        print_all(output, settings.format, all, currency);
        return output.finish();
    }
    const BalanceHistory history = balance_history(database, *member_id);
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_history_table(output, history, currency); break;
        case Format::csv: print_history_csv(output, history, currency); break;
        case Format::json: print_history_json(output, history, currency); break;
    }
    output.finish();
}

}  // namespace

void add_balances(Command& root, Settings& settings) {
    Command command =
        root.command("balances", "What members are owed: all, or how one came about");
    const auto member = std::make_shared<std::optional<std::string>>();
    command.argument("MEMBER", *member, "One member's balance, step by step");
    command.results(settings);
    command.examples("  downline balances\n  downline balances ann\n");
    command.runs([&settings, member] { balances(settings, *member); });
}

}  // namespace downline
