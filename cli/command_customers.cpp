// customers MEMBER: who buys from a member, how much, and who has stopped.
#include <fmt/format.h>

#include <memory>

#include "cli/amounts.hpp"
#include "cli/commands.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "storage/earnings.hpp"

namespace downline {
namespace {

std::optional<std::string> day_text(const std::optional<Day>& day) {
    return day ? std::optional(format_day(*day)) : std::nullopt;
}

void print_table(Output& output, const Customers& customers, const std::string& currency) {
    Table table(output, {{"customer"}, {"name"}, {"first order"}, {"last order"},
                         {"orders", Align::right}, {"bought", Align::right},
                         {"earned on it", Align::right}, {"lapsed"}});
    std::int64_t lapsed_count = 0;
    for (const CustomerRow& row : customers.rows) {
        lapsed_count += row.is_lapsed ? 1 : 0;
        table.row({row.member_id, row.name.value_or(""), day_text(row.first_order).value_or(""),
                   day_text(row.last_order).value_or(""), std::to_string(row.order_count),
                   amount_text(row.amount_minor, currency), amount_text(row.paid_minor, currency),
                   row.is_lapsed ? "yes" : ""});
    }
    table.finish();
    output << fmt::format("\n{}, {} lapsed (no order in the {} days to {}); bought {} {} in all",
                          counted(static_cast<std::int64_t>(customers.rows.size()), "customer"),
                          lapsed_count, lapsed_after_days, format_day(customers.as_of),
                          amount_text(customers.amount_minor, currency), currency);
    if (const auto share = share_text(customers.largest_amount_minor, customers.amount_minor))
        output << fmt::format(", {} of it by the largest customer", *share);
    output << "\n";
}

void print_csv(Output& output, const Customers& customers, const std::string& currency) {
    CsvWriter csv(output);
    csv.header({"member_id", "customer_id", "name", "first_order", "last_order", "orders",
                "amount", "paid", "lapsed"});
    for (const CustomerRow& row : customers.rows) {
        csv.text(customers.member_id).text(row.member_id).text(row.name);
        csv.text(day_text(row.first_order)).text(day_text(row.last_order));
        csv.number(row.order_count).decimal(amount_text(row.amount_minor, currency));
        csv.decimal(amount_text(row.paid_minor, currency));
        csv.text(row.is_lapsed ? "true" : "false").end_row();
    }
}

void print_json(Output& output, const Customers& customers, const std::string& currency) {
    JsonWriter json(output);
    json.begin_object();
    json.text("member_id", customers.member_id);
    json.text("as_of", format_day(customers.as_of));
    json.text("currency", currency);
    json.text("amount", amount_text(customers.amount_minor, currency));
    json.text("largest_share",
              share_text(customers.largest_amount_minor, customers.amount_minor));
    json.key("customers").begin_array();
    for (const CustomerRow& row : customers.rows) {
        json.begin_object();
        json.text("member_id", row.member_id);
        json.text("name", row.name);
        json.text("first_order", day_text(row.first_order));
        json.text("last_order", day_text(row.last_order));
        json.number("orders", row.order_count);
        json.text("amount", amount_text(row.amount_minor, currency));
        json.text("paid", amount_text(row.paid_minor, currency));
        json.boolean("lapsed", row.is_lapsed);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end();
}

void customers(const Settings& settings, const std::string& member) {
    Database database = open_database(settings, Database::Access::read);
    const Customers found = customers_of(database, member);
    const std::string currency = database.currency().value_or("USD");
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_table(output, found, currency); break;
        case Format::csv: print_csv(output, found, currency); break;
        case Format::json: print_json(output, found, currency); break;
    }
    output.finish();
}

}  // namespace

void add_customers(Command& root, Settings& settings) {
    Command command = root.command("customers", "A member's customers and what they bought");
    const auto member = std::make_shared<std::string>();
    command.argument("MEMBER", *member, "An affiliate's id");
    command.results(settings);
    command.examples("  downline customers ann\n  downline customers ann --csv\n");
    command.runs([&settings, member] { customers(settings, *member); });
}

}  // namespace downline
