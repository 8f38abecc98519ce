// Why a rank, what for, and what was missing: see explain_report.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/earnings_page.hpp"
#include "cli/explain_report.hpp"
#include "cli/explain_slots_report.hpp"
#include "cli/json_writer.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"

namespace downline {
namespace {

constexpr std::size_t sources_shown = 10;

/// The rows of a requirement under the name of what asks it.
void add_rows(Table& table, std::string name, const ShownTests& tests) {
    bool is_first_alternative = true;
    for (const std::vector<ShownTest>& alternative : tests) {
        if (!is_first_alternative) table.row({"", "or", "", "", "", "", ""});
        is_first_alternative = false;
        for (const ShownTest& test : alternative) {
            table.row({std::exchange(name, ""), test.asked, test.value,
                       test.counted.value_or(""), test.needed, test.short_by.value_or(""),
                       test.is_met ? "met" : "not met"});
        }
        if (alternative.empty())
            table.row({std::exchange(name, ""), "nothing", "", "", "", "", "met"});
    }
    if (tests.empty()) table.row({std::move(name), "nothing", "", "", "", "", "met"});
}

std::string rank_label(const ShownRank& rank) {
    return rank.name + (rank.is_maintained ? " (kept)" : rank.is_reached ? " (reached)" : "");
}

void print_tests(Output& output, const ExplainedMember& member) {
    output
        << "\nWhat was asked, and what was there; counted: after what one leg may give at most\n";
    Table table(output, {{"for"}, {"asked"}, {"value", Align::right}, {"counted", Align::right},
                         {"needed", Align::right}, {"short by", Align::right}, {""}});
    add_rows(table, "active", member.active);
    for (const ShownRank& rank : member.ranks) {
        add_rows(table, rank_label(rank), rank.requires_);
        if (!rank.maintain.empty()) add_rows(table, "to keep " + rank.name, rank.maintain);
    }
    table.finish();
}

const ShownRank* next_rank(const std::vector<ShownRank>& ranks,
                           const std::optional<std::string>& held) {
    bool is_above = !held;
    for (const ShownRank& rank : ranks) {
        if (is_above && !rank.is_reached) return &rank;
        if (rank.name == held) is_above = true;
    }
    return nullptr;
}

/// The tests of the nearest alternative that were not met.
std::vector<ShownTest> missing(const ShownTests& tests) {
    std::vector<ShownTest> nearest;
    bool is_first = true;
    for (const std::vector<ShownTest>& alternative : tests) {
        std::vector<ShownTest> failed;
        std::ranges::copy_if(alternative, std::back_inserter(failed),
                             [](const ShownTest& test) { return !test.is_met; });
        if (is_first || failed.size() < nearest.size()) nearest = std::move(failed);
        is_first = false;
    }
    return nearest;
}

void print_standing(Output& output, const ExplainedMember& member) {
    const Earnings& earnings = member.earnings;
    const std::string who = earnings.name && !earnings.name->empty()
                                ? shown(*earnings.name) + " (" + shown(earnings.member_id) + ")"
                                : shown(earnings.member_id);
    output << bold(output, fmt::format("{} in {}: {} {}, paid as {}", who, member.run.period,
                                       amount_text(earnings.total_minor, member.run.currency),
                                       member.run.currency, earnings.rank.value_or("no rank")))
           << "\n" << fmt::format("{}, run {}, {}\n\n", member.run.plan, member.run.number,
                                  member.run.state);
    if (member.status == "terminated")
        output << "Terminated: never active, ranked or paid.\n";
    else if (earnings.is_active)
        output << "Active: may be paid.\n";
    else
        output << "Not active, so nothing that asks for it is paid: "
               << failed_text(missing(member.active)) << ".\n";
    if (member.status == "suspended") output << "Suspended: the pay is held.\n";
    if (const ShownRank* next = next_rank(member.ranks, earnings.rank))
        output << fmt::format("Next is {}: {}.\n", next->name,
                              failed_text(missing(next->requires_)));
}

void print_sources(Output& output, const ExplainedMember& member) {
    if (member.sources.empty()) return;
    output << "\nBy source: who bought, or whose earnings were matched\n";
    Table table(output, {{"from"}, {"lines", Align::right}, {"amount", Align::right}});
    NamedAmount others{"", 0, 0};
    for (std::size_t i = 0; i < member.sources.size(); ++i) {
        const NamedAmount& source = member.sources[i];
        if (i < sources_shown) {
            table.row({source.name.empty() ? "no single source" : source.name,
                       std::to_string(source.lines),
                       amount_text(source.amount_minor, member.run.currency)});
            continue;
        }
        others.lines += source.lines;
        others.amount_minor += source.amount_minor;
    }
    if (member.sources.size() > sources_shown)
        table.row({fmt::format("{} others", member.sources.size() - sources_shown),
                   std::to_string(others.lines),
                   amount_text(others.amount_minor, member.run.currency)});
    table.finish();
}

std::string missed_why(const MissedPay& missed) {
    if (missed.reason == "rank") return "paid at less than the plan's highest rate";
    return missed.failed.empty() ? missed.reason
                                 : fmt::format("{}: {}", missed.reason, failed_text(missed.failed));
}

void print_missed(Output& output, const ExplainedMember& member) {
    if (member.missed.empty()) return;
    output << "\nMissed: what the bonuses would have paid here, and did not\n";
    Table table(output, {{"bonus"}, {"lines", Align::right}, {"amount", Align::right}, {"why"}});
    for (const MissedPay& missed : member.missed)
        table.row({missed.bonus, std::to_string(missed.lines),
                   amount_text(missed.amount_minor, member.run.currency), missed_why(missed)});
    table.finish();
}

/// What was, what would have been; by measure and bonus.
void print_supposed(Output& output, const ExplainedMember& member) {
    if (!member.supposed) return;
    const SupposedPay& supposed = *member.supposed;
    const Earnings& was = member.earnings;
    const std::string& currency = member.run.currency;
    output << "\n" << bold(output, "With " + shown(supposed.words)) << ", computed anew\n";
    Table table(output, {{"what"}, {"was", Align::right}, {"would be", Align::right},
                         {"more", Align::right}});
    table.row({"active", was.is_active ? "yes" : "no", supposed.is_active ? "yes" : "no", ""});
    table.row({"rank", was.rank.value_or("none"), supposed.rank.value_or("none"), ""});
    for (std::size_t i = 0; i < supposed.measures.size(); ++i)
        table.row({supposed.measures[i].first, was.measures[i].second,
                   supposed.measures[i].second, ""});
    const auto row = [&](const std::string& name, std::int64_t before, std::int64_t after) {
        table.row({name, amount_text(before, currency), amount_text(after, currency),
                   amount_text(after - before, currency)});
    };
    const auto amount_in = [](const std::vector<NamedAmount>& sums, const std::string& name) {
        const auto found = std::ranges::find(sums, name, &NamedAmount::name);
        return found == sums.end() ? 0 : found->amount_minor;
    };
    std::vector<std::string> codes;
    for (const auto* sums : {&was.by_bonus, &supposed.by_bonus})
        for (const NamedAmount& sum : *sums)
            if (std::ranges::find(codes, sum.name) == codes.end()) codes.push_back(sum.name);
    for (const std::string& code : codes)
        row(code, amount_in(was.by_bonus, code), amount_in(supposed.by_bonus, code));
    row("total", was.total_minor, supposed.total_minor);
    table.finish();
    if (const ShownRank* next = next_rank(supposed.ranks, supposed.rank))
        output << fmt::format("Then next is {}: {}.\n", next->name,
                              failed_text(missing(next->requires_)));
}

void print_table(Output& output, const ExplainedMember& member) {
    print_standing(output, member);
    print_tests(output, member);
    if (member.earnings.by_bonus.empty()) output << "\nNo bonus paid anything in this period.\n";
    else print_breakdown(output, member.run, member.earnings);
    print_slots(output, member);
    print_sources(output, member);
    print_missed(output, member);
    print_supposed(output, member);
}

void write_tests(JsonWriter& json, std::string_view name, const ShownTests& tests) {
    json.key(name).begin_array();
    for (const std::vector<ShownTest>& alternative : tests) {
        json.begin_array();
        for (const ShownTest& test : alternative) write_test(json, test);
        json.end_array();
    }
    json.end_array();
}

void write_ranks(JsonWriter& json, const std::vector<ShownRank>& ranks) {
    json.key("ranks").begin_array();
    for (const ShownRank& rank : ranks) {
        json.begin_object();
        json.text("rank", rank.name);
        json.boolean("reached", rank.is_reached);
        json.boolean("maintained", rank.is_maintained);
        write_tests(json, "requires", rank.requires_);
        write_tests(json, "maintain", rank.maintain);
        json.end_object();
    }
    json.end_array();
}

void write_sums(JsonWriter& json, std::string_view list, std::string_view name,
                const std::vector<NamedAmount>& sums, const std::string& currency) {
    json.key(list).begin_array();
    for (const NamedAmount& sum : sums) {
        json.begin_object();
        json.text(name, sum.name.empty() ? std::nullopt : std::optional(sum.name));
        json.number("lines", sum.lines);
        json.text("amount", amount_text(sum.amount_minor, currency));
        json.end_object();
    }
    json.end_array();
}

void write_measures(JsonWriter& json,
                    const std::vector<std::pair<std::string, std::string>>& measures) {
    json.key("measures").begin_object();
    for (const auto& [name, value] : measures) json.text(name, value);
    json.end_object();
}

void write_missed(JsonWriter& json, const ExplainedMember& member) {
    json.key("missed").begin_array();
    for (const MissedPay& missed : member.missed) {
        json.begin_object();
        json.text("bonus", missed.bonus);
        json.text("reason", missed.reason);
        json.number("lines", static_cast<std::int64_t>(missed.lines));
        json.text("amount", amount_text(missed.amount_minor, member.run.currency));
        json.key("failed").begin_array();
        for (const ShownTest& test : missed.failed) write_test(json, test);
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void print_json(Output& output, const ExplainedMember& member) {
    const Earnings& earnings = member.earnings;
    const std::string& currency = member.run.currency;
    const ShownRank* next = next_rank(member.ranks, earnings.rank);
    JsonWriter json(output);
    json.begin_object();
    json.text("member_id", earnings.member_id);
    json.text("name", earnings.name);
    json.text("period", member.run.period);
    json.text("plan", member.run.plan);
    json.number("run", member.run.number);
    json.text("state", member.run.state);
    json.text("currency", currency);
    json.text("status", member.status);
    json.boolean("active", earnings.is_active);
    json.text("rank", earnings.rank);
    json.text("title", earnings.title);
    json.text("next_rank", next ? std::optional(next->name) : std::nullopt);
    write_measures(json, earnings.measures);
    write_tests(json, "active_requires", member.active);
    write_ranks(json, member.ranks);
    json.text("total", amount_text(earnings.total_minor, currency));
    write_sums(json, "by_bonus", "bonus", earnings.by_bonus, currency);
    write_sums(json, "by_stream", "stream", earnings.by_stream, currency);
    write_sums(json, "by_level", "level", earnings.by_level, currency);
    write_sums(json, "by_source", "member_id", member.sources, currency);
    write_slots(json, member);
    write_missed(json, member);
    if (member.supposed) {
        json.key("if").begin_object();
        json.text("supposed", member.supposed->words);
        json.boolean("active", member.supposed->is_active);
        json.text("rank", member.supposed->rank);
        write_measures(json, member.supposed->measures);
        write_ranks(json, member.supposed->ranks);
        json.text("total", amount_text(member.supposed->total_minor, currency));
        write_sums(json, "by_bonus", "bonus", member.supposed->by_bonus, currency);
        json.end_object();
    }
    json.end_object();
    json.end();
}

/// A row per test, source, bonus and missed pay: `what` says which.
void print_csv(Output& output, const ExplainedMember& member) {
    CsvWriter csv(output);
    csv.header({"member_id", "period", "what", "name", "asked", "value", "counted", "needed",
                "short_by", "met", "lines", "amount"});
    const auto head = [&](std::string_view what, const std::string& name) {
        csv.text(member.earnings.member_id).text(member.run.period).text(what).text(name);
    };
    const auto tests = [&](std::string_view what, const std::string& name, const ShownTests& of) {
        for (const std::vector<ShownTest>& alternative : of)
            for (const ShownTest& test : alternative) {
                head(what, name);
                csv.text(test.asked).text(test.value).text(test.counted).text(test.needed);
                csv.text(test.short_by)
                    .text(test.is_met ? "true" : "false")
                    .none()
                    .none()
                    .end_row();
            }
    };
    const auto amount = [&](std::string_view what, const std::string& name, const std::string& why,
                            std::int64_t lines, std::int64_t amount_minor) {
        head(what, name);
        csv.text(why).none().none().none().none().none().number(lines);
        csv.decimal(amount_text(amount_minor, member.run.currency)).end_row();
    };
    tests("active", "", member.active);
    for (const ShownRank& rank : member.ranks) {
        tests("rank", rank.name, rank.requires_);
        tests("maintain", rank.name, rank.maintain);
    }
    for (const NamedAmount& sum : member.earnings.by_bonus)
        amount("bonus", sum.name, "", sum.lines, sum.amount_minor);
    for (const MemberSlot& slot : member.slots)
        amount("slot", slot.bonus, slot_words(slot), 1, slot.paid_minor);
    for (const NamedAmount& sum : member.sources)
        amount("source", sum.name, "", sum.lines, sum.amount_minor);
    for (const MissedPay& missed : member.missed)
        amount("missed", missed.bonus, missed_why(missed), static_cast<std::int64_t>(missed.lines),
               missed.amount_minor);
    if (!member.supposed) return;
    for (const NamedAmount& sum : member.supposed->by_bonus)
        amount("if", sum.name, member.supposed->words, sum.lines, sum.amount_minor);
}

}  // namespace

void print_member(Output& output, Format format, const ExplainedMember& member) {
    switch (format) {
        case Format::table: return print_table(output, member);
        case Format::csv: return print_csv(output, member);
        case Format::json: return print_json(output, member);
    }
}

}  // namespace downline
