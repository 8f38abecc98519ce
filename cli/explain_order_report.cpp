// Where the money of one order went: see explain_report.hpp.
#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/explain_report.hpp"
#include "cli/json_writer.hpp"
#include "cli/table.hpp"

namespace downline {
namespace {

using Amounts = std::vector<std::pair<std::string, std::int64_t>>;

/// "paid 1.17 + forfeited 0.29 (no-upline 0.29) = 1.46, what the plan could pay"
std::string closing(std::int64_t paid_minor, const Amounts& forfeited, std::int64_t maximum_minor,
                    const std::string& currency) {
    std::string parts;
    for (const auto& [reason, amount_minor] : forfeited)
        parts += fmt::format("{}{} {}", parts.empty() ? " (" : ", ", reason,
                             amount_text(amount_minor, currency));
    return fmt::format("paid {} + forfeited {}{} = {}, what the plan could pay\n",
                       amount_text(paid_minor, currency),
                       amount_text(maximum_minor - paid_minor, currency),
                       parts.empty() ? "" : parts + ")", amount_text(maximum_minor, currency));
}

std::string who(const OrderStep& step) {
    if (!step.member_id) return "nobody";
    if (!step.to_member_id) return *step.member_id;
    return fmt::format("{} … {} ({} members)", *step.member_id, *step.to_member_id,
                       step.member_count);
}

std::string why(const OrderStep& step) {
    if (step.reason.empty()) return "";
    std::string text = step.is_slot ? std::string(reason_words(step.reason))
                                    : fmt::format("passed over: {}", step.reason == "rank"
                                                                         ? "nothing to be paid here"
                                                                         : step.reason);
    if (step.is_slot && step.reason == "rank" && step.rate != step.rate_most)
        text += fmt::format(": {} of at most {}", step.rate.value_or(""),
                            step.rate_most.value_or(""));
    if (!step.failed.empty())
        text += (step.to_member_id ? ", the first: " : ": ") + failed_text(step.failed);
    return text;
}

void print_steps(Output& output, const OrderBonus& bonus, bool has_lines,
                 const std::string& currency) {
    std::vector<Column> columns{{"who"}, {"level", Align::right}, {"paid as", Align::right},
                                {"active"}, {"rank"}, {"base", Align::right},
                                {"rate", Align::right}, {"exact", Align::right},
                                {"paid", Align::right}, {"forfeited", Align::right}, {"why"}};
    if (has_lines) columns.insert(columns.begin(), {"line", Align::right});
    Table table(output, std::move(columns));
    for (const OrderStep& step : bonus.steps) {
        const std::string rate = (step.member_id ? step.rate : step.rate_most).value_or("") +
                                 (step.factor ? " × " + *step.factor : std::string{});
        std::vector<std::string> cells{
            who(step), step.level ? std::to_string(*step.level) : "",
            step.is_slot ? std::to_string(step.paid_level) : "",
            !step.member_id ? "" : step.is_active ? "yes" : "no", step.rank.value_or(""),
            step.base.value_or(""), step.is_slot ? rate : "",
            step.exact.value_or(""),
            step.is_slot ? amount_text(step.paid_minor, currency) : "",
            step.is_slot ? amount_text(step.maximum_minor - step.paid_minor, currency) : "",
            why(step)};
        if (has_lines) cells.insert(cells.begin(), std::to_string(step.line));
        table.row(std::move(cells));
    }
    table.finish();
}

std::string head(const ExplainedOrder& order) {
    const std::string& currency = order.run.currency;
    std::string text =
        fmt::format("Order {} of {}: {} by {}, {} {}, {} points, ", order.order_id,
                    format_day(order.ordered_on),
                    order.is_returned     ? "fully returned"
                    : order.sequence == 1 ? "first order"
                                          : fmt::format("order {}", order.sequence),
                    order.buyer, amount_text(order.amount_minor, currency), currency,
                    volume_text(order.volume_centipoints));
    if (!order.is_from_customer) return text + "an affiliate's own\n";
    return text + (order.seller ? "sold by " + *order.seller : "sold by nobody") + "\n";
}

void print_later(Output& output, const ExplainedOrder& order) {
    for (const LaterLine& line : order.later)
        output << fmt::format("in {} return {} took back {} of {}: {}\n", line.period,
                              line.return_id.value_or("?"), line.bonus, line.member_id,
                              amount_text(line.amount_minor, order.run.currency));
}

void print_history(Output& output, const ExplainedOrder& order) {
    const std::string& currency = order.run.currency;
    output << bold(output, "History: from before the first period that was run") << "\n"
           << fmt::format("Order {} of {}: by {}, {} {}\n\n", order.order_id,
                          format_day(order.ordered_on), order.buyer,
                          amount_text(order.amount_minor, currency), currency)
           << bold(output, "What the system before this one paid on it, as it was imported") << "\n";
    Table table(output, {{"line", Align::right}, {"bonus"}, {"who"}, {"level", Align::right},
                         {"paid", Align::right}});
    for (const OpeningPaid& line : order.opening)
        table.row({std::to_string(line.line), line.bonus, line.member_id,
                   std::to_string(line.level), amount_text(line.amount_minor, currency)});
    table.finish();
    output << bold(output, "The order: ")
           << fmt::format("paid {}; why, only that system could say\n",
                          amount_text(order.paid_minor, currency));
    print_later(output, order);
}

void print_table(Output& output, const ExplainedOrder& order) {
    if (order.run.number == 0) return print_history(output, order);
    const std::string& currency = order.run.currency;
    output << bold(output, fmt::format("{} {}: run {}, {}", order.run.plan, order.run.period,
                                       order.run.number, order.run.state))
           << "\n" << head(order);
    bool has_lines = false;
    for (const OrderBonus& bonus : order.bonuses)
        for (const OrderStep& step : bonus.steps)
            has_lines |= step.line != bonus.steps.front().line;
    for (const OrderBonus& bonus : order.bonuses) {
        if (bonus.steps.empty()) continue;
        output << "\n" << bold(output, fmt::format("{} ({})", bonus.code, bonus.kind))
               << ", paid on " << bonus.orders << "\n";
        print_steps(output, bonus, has_lines, currency);
        output << closing(bonus.paid_minor, bonus.forfeited, bonus.maximum_minor, currency);
    }
    output << "\n";
    for (const OrderBonus& bonus : order.bonuses) {
        if (!bonus.steps.empty()) continue;
        output << fmt::format("{} ({}): {}\n", bonus.code, bonus.kind,
                              bonus.adds_to_fund ? "the order adds to its fund"
                              : bonus.kind == "personal" || bonus.kind == "unilevel" ||
                                      bonus.kind == "differential" || bonus.kind == "generation" ||
                                      bonus.kind == "royalty"
                                  ? "not paid on this order, but on " + bonus.orders
                                  : "not paid by the order");
    }
    output << bold(output, "The order: ")
           << closing(order.paid_minor, order.forfeited, order.maximum_minor, currency);
    for (const auto& [member_id, amount_minor] : order.cuts)
        output << fmt::format("{} has {} taken back by caps and limits, over all orders\n",
                              member_id, amount_text(-amount_minor, currency));
    print_later(output, order);
}

void write_amounts(JsonWriter& json, const Amounts& amounts, std::string_view name,
                   const std::string& currency) {
    json.begin_array();
    for (const auto& [text, amount_minor] : amounts) {
        json.begin_object();
        json.text(name, text);
        json.text("amount", amount_text(amount_minor, currency));
        json.end_object();
    }
    json.end_array();
}

void write_step(JsonWriter& json, const OrderStep& step, const std::string& currency) {
    json.begin_object();
    json.number("line", step.line);
    json.boolean("slot", step.is_slot);
    json.text("member_id", step.member_id);
    if (!step.is_slot) {
        json.text("to_member_id", step.to_member_id);
        json.number("members", step.member_count);
    }
    json.key("level");
    step.level ? json.number(*step.level) : json.null();
    if (step.member_id) json.boolean("active", step.is_active);
    json.text("rank", step.rank);
    if (step.is_slot) {
        json.number("paid_level", step.paid_level);
        json.text("base", step.base);
        json.text("rate", step.rate);
        json.text("rate_most", step.rate_most);
        json.text("factor", step.factor);
        json.text("exact", step.exact);
        json.text("maximum", amount_text(step.maximum_minor, currency));
        json.text("amount", amount_text(step.paid_minor, currency));
        json.text("forfeited", amount_text(step.maximum_minor - step.paid_minor, currency));
    }
    if (step.reason.empty()) json.key("reason").null();
    else json.text("reason", step.reason);
    json.key("failed").begin_array();
    for (const ShownTest& test : step.failed) write_test(json, test);
    json.end_array();
    json.end_object();
}

void write_bonus(JsonWriter& json, const OrderBonus& bonus, const std::string& currency) {
    json.begin_object();
    json.text("bonus", bonus.code);
    json.text("kind", bonus.kind);
    json.text("orders", bonus.orders);
    json.boolean("adds_to_fund", bonus.adds_to_fund);
    json.text("maximum", amount_text(bonus.maximum_minor, currency));
    json.text("amount", amount_text(bonus.paid_minor, currency));
    json.key("forfeited");
    write_amounts(json, bonus.forfeited, "reason", currency);
    json.key("steps").begin_array();
    for (const OrderStep& step : bonus.steps) write_step(json, step, currency);
    json.end_array();
    json.end_object();
}

/// What only a run knows of an order is null of history.
void write_head(JsonWriter& json, const ExplainedOrder& order) {
    const std::string& currency = order.run.currency;
    const bool has_run = order.run.number != 0;
    const auto by_run = [&](std::string text) {
        return has_run ? std::optional(std::move(text)) : std::nullopt;
    };
    const auto number_by_run = [&](const char* name, std::int64_t number) {
        json.key(name);
        has_run ? json.number(number) : json.null();
    };
    json.text("order_id", order.order_id);
    json.text("ordered_on", format_day(order.ordered_on));
    json.text("buyer", order.buyer);
    json.boolean("from_customer", order.is_from_customer);
    json.text("seller", order.seller);
    json.boolean("returned", order.is_returned);
    number_by_run("sequence", order.sequence);
    json.text("sales", amount_text(order.amount_minor, currency));
    json.text("volume", by_run(volume_text(order.volume_centipoints)));
    json.text("plan", by_run(order.run.plan));
    json.text("period", by_run(order.run.period));
    number_by_run("run", order.run.number);
    json.text("state", order.run.state);
    json.text("currency", currency);
    json.text("maximum", by_run(amount_text(order.maximum_minor, currency)));
    json.text("amount", amount_text(order.paid_minor, currency));
}

void write_opening(JsonWriter& json, const ExplainedOrder& order) {
    json.key("opening").begin_array();
    for (const OpeningPaid& line : order.opening) {
        json.begin_object();
        json.text("bonus", line.bonus);
        json.text("member_id", line.member_id);
        json.number("line", line.line);
        json.number("level", line.level);
        json.text("amount", amount_text(line.amount_minor, order.run.currency));
        json.end_object();
    }
    json.end_array();
}

void print_json(Output& output, const ExplainedOrder& order) {
    const std::string& currency = order.run.currency;
    JsonWriter json(output);
    json.begin_object();
    write_head(json, order);
    json.key("forfeited");
    write_amounts(json, order.forfeited, "reason", currency);
    json.key("by_bonus").begin_array();
    for (const OrderBonus& bonus : order.bonuses) write_bonus(json, bonus, currency);
    json.end_array();
    json.key("cuts");
    write_amounts(json, order.cuts, "member_id", currency);
    write_opening(json, order);
    json.key("later").begin_array();
    for (const LaterLine& line : order.later) {
        json.begin_object();
        json.text("period", line.period);
        json.number("run", line.run);
        json.text("member_id", line.member_id);
        json.text("bonus", line.bonus);
        json.number("line", line.line);
        json.text("return_id", line.return_id);
        json.text("amount", amount_text(line.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end();
}

void print_csv(Output& output, const ExplainedOrder& order) {
    const std::string& currency = order.run.currency;
    CsvWriter csv(output);
    csv.header({"order_id", "line", "bonus", "slot", "member_id", "to_member_id", "members",
                "level", "paid_level", "active", "rank", "base", "rate", "rate_most", "factor",
                "maximum", "amount", "forfeited", "reason", "failed"});
    for (const OrderBonus& bonus : order.bonuses)
        for (const OrderStep& step : bonus.steps) {
            csv.text(order.order_id).number(step.line).text(bonus.code);
            csv.text(step.is_slot ? "true" : "false").text(step.member_id).text(step.to_member_id);
            csv.number(step.is_slot ? step.member_id.has_value() : step.member_count);
            step.level ? csv.number(*step.level) : csv.none();
            step.is_slot ? csv.number(step.paid_level) : csv.none();
            step.member_id ? csv.text(step.is_active ? "true" : "false") : csv.none();
            csv.text(step.rank).decimal(step.base).decimal(step.rate).decimal(step.rate_most);
            csv.decimal(step.factor);
            if (step.is_slot) {
                csv.decimal(amount_text(step.maximum_minor, currency));
                csv.decimal(amount_text(step.paid_minor, currency));
                csv.decimal(amount_text(step.maximum_minor - step.paid_minor, currency));
            } else {
                csv.none().none().none();
            }
            csv.text(step.reason).text(failed_text(step.failed)).end_row();
        }
    for (const OpeningPaid& line : order.opening) {
        csv.text(order.order_id).number(line.line).text(line.bonus).text("true");
        csv.text(line.member_id).none().number(1).number(line.level);
        for (int unknown = 0; unknown < 8; ++unknown) csv.none();
        csv.decimal(amount_text(line.amount_minor, currency)).none().none().none().end_row();
    }
}

}  // namespace

void write_test(JsonWriter& json, const ShownTest& test) {
    json.begin_object();
    json.text("test", test.asked);
    json.text("kind", test.kind);
    json.text("measure", test.measure);
    json.text("value", test.value);
    json.text("counted", test.counted);
    json.text("needed", test.needed);
    json.text("short_by", test.short_by);
    json.boolean("met", test.is_met);
    json.end_object();
}

std::string failed_text(const std::vector<ShownTest>& failed) {
    std::string text;
    for (const ShownTest& test : failed) {
        if (!text.empty()) text += "; ";
        const std::string& value = test.counted ? *test.counted : test.value;
        if (test.short_by)
            text += fmt::format("{} {} of {}, {} short",
                                test.measure ? *test.measure : test.asked, value, test.needed,
                                *test.short_by);
        else
            text += fmt::format("{} (it is {})", test.asked, value);
    }
    return text;
}

std::string_view reason_words(std::string_view reason) {
    if (reason == "no-upline") return "nobody stands there";
    if (reason == "rank") return "lower rate";
    return reason;
}

void print_order(Output& output, Format format, const ExplainedOrder& order) {
    switch (format) {
        case Format::table: return print_table(output, order);
        case Format::csv: return print_csv(output, order);
        case Format::json: return print_json(output, order);
    }
}

}  // namespace downline
