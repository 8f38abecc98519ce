// A batch's page has the sums on top, because they are what is compared with the bank.
#include "cli/payout_report.hpp"

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/json_writer.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"

namespace downline {
namespace {

void print_page(Output& output, Database& database, const PayoutBatch& batch,
                const std::string& currency) {
    output << fmt::format("Batch {}, made by {} at {}, minimum {} {}\n\n", batch.batch_id,
                          shown(batch.made_by), batch.made_at,
                          amount_text(batch.minimum_minor, currency), currency);
    Table sums(output, {{"state"}, {"members", Align::right}, {"amount", Align::right}});
    for (const PayoutSum& sum : batch.sums)
        if (sum.count > 0)
            sums.row({sum.state, std::to_string(sum.count),
                      amount_text(sum.amount_minor, currency)});
    sums.finish();
    for (const PayoutExport& written : batch.exports)
        output << fmt::format("\nExported as {} for {} by {} at {}: {}, {} {}\n  SHA-256 {}\n",
                              written.format, written.dated, shown(written.made_by),
                              written.made_at, counted(written.payment_count, "payment"),
                              amount_text(written.amount_minor, currency), currency,
                              written.digest);
    output << "\n";
    Table items(output,
                {{"member"}, {"name"}, {"amount", Align::right}, {"state"}, {"reason"}});
    each_payout_item(database, batch, [&](const PayoutItem& item) {
        items.row({item.member_id, item.name.value_or(""),
                   amount_text(item.amount_minor, currency), item.state,
                   item.reason.value_or("")});
    });
    items.finish();
}

void print_items_csv(Output& output, Database& database, const PayoutBatch& batch,
                     const std::string& currency) {
    CsvWriter csv(output);
    csv.header({"batch", "member_id", "name", "amount", "currency", "state", "reason"});
    each_payout_item(database, batch, [&](const PayoutItem& item) {
        csv.text(batch.batch_id).text(item.member_id).text(item.name);
        csv.decimal(amount_text(item.amount_minor, currency)).text(currency);
        csv.text(item.state).text(item.reason).end_row();
    });
}

void batch_keys(JsonWriter& json, const PayoutBatch& batch, const std::string& currency) {
    json.text("batch", batch.batch_id);
    json.text("made_by", batch.made_by);
    json.text("made_at", batch.made_at);
    json.text("minimum", amount_text(batch.minimum_minor, currency));
    json.text("holds_digest", batch.holds_digest);
    json.text("currency", currency);
    json.number("payments", batch.payment_count());
    json.text("total", amount_text(batch.payment_minor(), currency));
    json.key("by_state").begin_array();
    for (const PayoutSum& sum : batch.sums) {
        json.begin_object();
        json.text("state", sum.state);
        json.number("members", sum.count);
        json.text("amount", amount_text(sum.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
    json.key("exports").begin_array();
    for (const PayoutExport& written : batch.exports) {
        json.begin_object();
        json.text("format", written.format);
        json.text("dated", written.dated);
        json.number("payments", written.payment_count);
        json.text("amount", amount_text(written.amount_minor, currency));
        json.text("digest", written.digest);
        json.text("payees_digest", written.payees_digest);
        json.text("company_digest", written.company_digest);
        json.text("made_by", written.made_by);
        json.text("made_at", written.made_at);
        json.end_object();
    }
    json.end_array();
}

void print_json(Output& output, Database& database, const PayoutBatch& batch,
                const std::string& currency) {
    JsonWriter json(output);
    json.begin_object();
    batch_keys(json, batch, currency);
    json.key("items").begin_array();
    each_payout_item(database, batch, [&](const PayoutItem& item) {
        json.begin_object();
        json.text("member_id", item.member_id);
        json.text("name", item.name);
        json.text("amount", amount_text(item.amount_minor, currency));
        json.text("state", item.state);
        json.text("reason", item.reason);
        json.end_object();
    });
    json.end_array();
    json.end_object();
    json.end();
}

void print_list_table(Output& output, const std::vector<PayoutBatch>& batches,
                      const std::string& currency) {
    Table table(output, {{"batch"}, {"payments", Align::right}, {"amount", Align::right},
                         {"paid", Align::right}, {"failed", Align::right},
                         {"open", Align::right}, {"held", Align::right},
                         {"carried", Align::right}, {"exports", Align::right}, {"by"}, {"at"}});
    for (const PayoutBatch& batch : batches) {
        const auto amount = [&](std::size_t place) {
            return amount_text(batch.sums[place].amount_minor, currency);
        };
        table.row({batch.batch_id, std::to_string(batch.payment_count()),
                   amount_text(batch.payment_minor(), currency), amount(1), amount(2), amount(0),
                   amount(3), amount(4), std::to_string(batch.exports.size()), batch.made_by,
                   batch.made_at});
    }
    table.finish();
}

void print_list_csv(Output& output, const std::vector<PayoutBatch>& batches,
                    const std::string& currency) {
    CsvWriter csv(output);
    csv.header({"batch", "minimum", "payments", "total", "created", "paid", "failed", "held",
                "carried", "currency", "exports", "made_by", "made_at"});
    for (const PayoutBatch& batch : batches) {
        csv.text(batch.batch_id).decimal(amount_text(batch.minimum_minor, currency));
        csv.number(batch.payment_count()).decimal(amount_text(batch.payment_minor(), currency));
        for (const PayoutSum& sum : batch.sums)
            csv.decimal(amount_text(sum.amount_minor, currency));
        csv.text(currency).number(static_cast<std::int64_t>(batch.exports.size()));
        csv.text(batch.made_by).text(batch.made_at).end_row();
    }
}

void print_list_json(Output& output, const std::vector<PayoutBatch>& batches,
                     const std::string& currency) {
    JsonWriter json(output);
    json.begin_lines();
    for (const PayoutBatch& batch : batches) {
        json.begin_object();
        batch_keys(json, batch, currency);
        json.end_object();
    }
    json.end_lines();
    json.end();
}

}  // namespace

void print_payout(const Settings& settings, Database& database, const PayoutBatch& batch,
                  const std::string& note) {
    const std::string currency = database.currency().value_or("USD");
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table:
            if (!note.empty()) output << note << "\n";
            print_page(output, database, batch, currency);
            break;
        case Format::csv: print_items_csv(output, database, batch, currency); break;
        case Format::json: print_json(output, database, batch, currency); break;
    }
    output.finish();
}

void print_payouts(const Settings& settings, const std::vector<PayoutBatch>& batches,
                   const std::string& currency) {
    Output output(settings.output_path, settings.force);
    switch (settings.format) {
        case Format::table: print_list_table(output, batches, currency); break;
        case Format::csv: print_list_csv(output, batches, currency); break;
        case Format::json: print_list_json(output, batches, currency); break;
    }
    output.finish();
}

}  // namespace downline
