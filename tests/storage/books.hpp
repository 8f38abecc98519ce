// Final runs put into a database with nothing but what they paid: what the tests of payouts begin
// with.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/payouts.hpp"
#include "tests/storage/facts.hpp"

namespace downline {

class Books : public Facts {
public:
    /// A closed run that paid these amounts (minor units).
    void closed(const std::string& plan, const std::string& period_text,
                const std::vector<std::pair<std::string, std::int64_t>>& paid) {
        std::int64_t total = 0;
        for (const auto& [id, amount] : paid) total += amount;
        const Period span = period(period_text.c_str());
        const std::int64_t run =
            database.integer("SELECT ifnull(max(number), 0) + 1 FROM run").value();
        database
            .query("INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, 'draft', 0, NULL, 'USD', '', '',"
                   " '', '', NULL, '', 'ann', '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, ?6, 'run', NULL, NULL)")
            .bind(1, run).bind(2, plan).bind(3, period_text).bind(4, std::int64_t{span.first})
            .bind(5, std::int64_t{span.last}).bind(6, total).run();
        Query statement = database.query(
            "INSERT INTO statement VALUES (?1, ?2, 1, 0, 0, ?3, 1, x'', NULL)");
        for (const auto& [id, amount] : paid)
            statement.bind(1, run).bind(2, number(id)).bind(3, amount).run();
        database.query("UPDATE run SET state = 'final' WHERE number = ?1").bind(1, run).run();
    }

    MadePayout pay(const std::string& batch_id, std::int64_t minimum_minor = 0,
                   const std::string& holds = "", const char* on = "2026-02-03") {
        PayoutRequest request;
        request.batch_id = batch_id;
        request.minimum_minor = minimum_minor;
        if (!holds.empty()) request.holds = read_holds(holds, "holds.csv");
        request.made_by = "tess";
        request.made_at = std::string(on) + "T08:00:00Z";
        request.made_on = day(on);
        return create_payout(database, request);
    }

    MarkedPayout mark(const std::string& batch_id, bool is_paid, const std::string& rows) {
        return mark_payout(database, find_payout(database, batch_id),
                           read_answers("member_id,reason\n" + rows, "answers.csv"), is_paid,
                           "tess", "2026-02-05T08:00:00Z");
    }

    /// "ann 18.33 created; dan 8.00 carried (below …)"
    std::string items(const std::string& batch_id) {
        std::string text;
        each_payout_item(database, find_payout(database, batch_id), [&](const PayoutItem& item) {
            text += fmt::format("{}{} {} {}{}", text.empty() ? "" : "; ", item.member_id,
                                format_decimal(item.amount_minor, 2), item.state,
                                item.reason ? " (" + *item.reason + ")" : "");
        });
        return text;
    }
};

/// The message of what `work` throws; "" where it throws nothing.
template <typename Error, typename Work>
std::string message_of(const Work& work) {
    try {
        (void)work();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace downline
