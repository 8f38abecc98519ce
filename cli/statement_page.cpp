// The statement's template and what is filled in: everything that is text is escaped by mustache,
// charts come as SVG.
#include "cli/statement_page.hpp"

#include <fmt/format.h>

#include <kainjow/mustache.hpp>

#include "cli/amounts.hpp"
#include "cli/charts.hpp"
#include "cli/page_style.hpp"
#include "cli/run_report.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

namespace mustache = kainjow::mustache;

constexpr const char* statement_template = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Statement of {{who}} for {{period}}</title>
<style>{{{style}}}</style>
</head>
<body>
<main>
<header>
<h1>{{who}}</h1>
<p class="quiet">Statement for {{period}}, {{first_day}} to {{last_day}}, plan {{plan}}{{draft}}</p>
<p class="total"><span>Pay of this period</span> <strong>{{total}} {{currency}}</strong></p>
{{#has_others}}<p class="quiet">That is of plan {{plan}} alone.{{#others}} Plan {{name}} pays {{amount}} {{currency}} for this period too{{draft}}.{{/others}} Together {{together}} {{currency}}.</p>
{{/has_others}}</header>

<section aria-labelledby="for-what">
<h2 id="for-what">What it is for</h2>
{{#has_pay}}<div class="wide"><table>
<thead><tr><th scope="col">Bonus</th><th scope="col" class="number">Lines</th><th scope="col" class="number">Amount</th></tr></thead>
<tbody>
{{#bonuses}}<tr><td>{{name}}</td><td class="number">{{lines}}</td><td class="number">{{amount}}</td></tr>
{{/bonuses}}</tbody></table></div>{{/has_pay}}
{{^has_pay}}<p>Nothing was earned in this period.</p>{{/has_pay}}
</section>

{{#has_pay}}<section aria-labelledby="kind">
<h2 id="kind">What kind of income it is</h2>
{{{streams_chart}}}
<div class="wide"><table>
<thead><tr><th scope="col">Stream</th><th scope="col">What it is</th><th scope="col" class="number">Amount</th></tr></thead>
<tbody>
{{#streams}}<tr><td><span class="key part-{{part}}" aria-hidden="true"></span>{{name}}</td><td>{{words}}</td><td class="number">{{amount}}</td></tr>
{{/streams}}</tbody></table></div>
</section>{{/has_pay}}

<section aria-labelledby="standing">
<h2 id="standing">Rank and activity</h2>
<p>Paid as <strong>{{rank}}</strong>; highest rank ever: {{title}}. {{activity}}</p>
{{#tests}}<div class="wide"><table>
<caption>{{caption}}</caption>
<thead><tr><th scope="col">Asked</th><th scope="col" class="number">There is</th><th scope="col" class="number">Needed</th><th scope="col">Result</th></tr></thead>
<tbody>
{{#rows}}<tr><td>{{asked}}</td><td class="number">{{value}}</td><td class="number">{{needed}}</td><td class="{{class}}">{{result}}</td></tr>
{{/rows}}</tbody></table></div>
{{/tests}}</section>

{{#has_downline}}<section aria-labelledby="downline">
<h2 id="downline">The downline, level by level</h2>
<div class="wide"><table>
<caption>Affiliates in the sponsor tree on {{last_day}}</caption>
<thead><tr><th scope="col">Level</th><th scope="col" class="number">Affiliates</th><th scope="col" class="number">Active</th><th scope="col" class="number">Volume (PV)</th></tr></thead>
<tbody>
{{#levels}}<tr><td>{{level}}</td><td class="number">{{affiliates}}</td><td class="number">{{active}}</td><td class="number">{{pv}}</td></tr>
{{/levels}}</tbody></table></div>
</section>{{/has_downline}}

<section aria-labelledby="history">
<h2 id="history">Pay of the last periods</h2>
<div class="wide" role="region" aria-labelledby="history" tabindex="0">{{{history_chart}}}</div>
</section>

<footer>Run {{run}} of plan {{plan}}, {{state}}; digest {{digest}}. Every line of this pay: downline earnings {{member}} {{period}} --lines</footer>
</main>
</body>
</html>
)html";

mustache::data list_of_tests(const MemberPage& page) {
    mustache::data tables{mustache::data::type::list};
    const auto add = [&](const std::string& caption, const ShownTests& tests) {
        for (std::size_t way = 0; way < tests.size(); ++way) {
            mustache::data rows{mustache::data::type::list};
            for (const ShownTest& test : tests[way]) {
                mustache::data row;
                row.set("asked", test.asked);
                row.set("value", test.counted.value_or(test.value));
                row.set("needed", test.needed);
                row.set("class", test.is_met ? "met" : "short");
                row.set("result", test.is_met      ? "met"
                                  : test.short_by ? "short by " + *test.short_by
                                                  : "not met");
                rows.push_back(row);
            }
            mustache::data table;
            table.set("caption", tests.size() == 1 ? caption
                                                   : fmt::format("{}, way {} of {}", caption,
                                                                 way + 1, tests.size()));
            table.set("rows", rows);
            tables.push_back(table);
        }
    };
    add("To be active", page.active);
    if (page.next) add("The next rank, " + page.next->name, page.next->requires_);
    return tables;
}

mustache::data list_of_bonuses(const MemberPage& page) {
    mustache::data list{mustache::data::type::list};
    for (const NamedAmount& bonus : page.earnings.by_bonus) {
        mustache::data row;
        row.set("name", bonus.name);
        row.set("lines", std::to_string(bonus.lines));
        row.set("amount", amount_text(bonus.amount_minor, page.run.currency));
        list.push_back(row);
    }
    return list;
}

mustache::data list_of_streams(const MemberPage& page) {
    mustache::data list{mustache::data::type::list};
    std::size_t part = 0;
    for (const NamedAmount& stream : page.earnings.by_stream) {
        mustache::data row;
        row.set("part", std::to_string(++part));
        row.set("name", stream.name);
        row.set("words", stream_phrase(stream.name));
        row.set("amount", amount_text(stream.amount_minor, page.run.currency));
        list.push_back(row);
    }
    return list;
}

mustache::data list_of_levels(const MemberPage& page) {
    mustache::data list{mustache::data::type::list};
    for (const DownlineLevel& level : page.downline) {
        mustache::data row;
        row.set("level", std::to_string(level.level));
        row.set("affiliates", std::to_string(level.affiliates));
        row.set("active", std::to_string(level.active));
        row.set("pv", volume_text(level.pv_centipoints));
        list.push_back(row);
    }
    if (page.deeper.affiliates > 0) {
        mustache::data row;
        row.set("level", fmt::format("{} and deeper", page.deeper.level));
        row.set("affiliates", std::to_string(page.deeper.affiliates));
        list.push_back(row);
    }
    return list;
}

std::vector<Bar> bars_of(const std::vector<NamedAmount>& amounts, const std::string& currency) {
    std::vector<Bar> bars;
    for (const NamedAmount& one : amounts)
        bars.push_back({one.name, amount_text(one.amount_minor, currency), one.amount_minor});
    return bars;
}

/// Statements add up over plans: what the others pay in this period, and all together.
void set_other_plans(const MemberPage& page, mustache::data& data) {
    mustache::data list{mustache::data::type::list};
    std::int64_t together_minor = page.earnings.total_minor;
    for (const PlanPay& pay : page.other_plans) {
        mustache::data row;
        row.set("name", pay.plan);
        row.set("amount", amount_text(pay.amount_minor, page.run.currency));
        row.set("draft", std::string(pay.is_final ? "" : " (a draft, not final yet)"));
        list.push_back(row);
        together_minor = add_checked(together_minor, pay.amount_minor);
    }
    data.set("others", list);
    data.set("together", amount_text(together_minor, page.run.currency));
}

std::string history_chart(const MemberPage& page) {
    std::vector<Bar> bars;
    std::string about = "Pay by period:";
    for (const PeriodPay& pay : page.history) {
        bars.push_back({pay.period, amount_text(pay.amount_minor, page.run.currency),
                        pay.amount_minor});
        about += fmt::format(" {} {},", pay.period, bars.back().value);
    }
    about.pop_back();
    return bar_chart(about, bars);
}

std::string activity_of(const MemberPage& page) {
    if (page.status == "terminated") return "Terminated: is paid nothing more.";
    const std::string held = page.status == "suspended" ? " Suspended: the pay is held." : "";
    return (page.earnings.is_active ? "Active in this period." : "Not active in this period.") + held;
}

}  // namespace

struct StatementTemplate::State {
    mustache::mustache page{statement_template};
};

StatementTemplate::StatementTemplate() : state_(std::make_unique<State>()) {
    ensure(state_->page.is_valid(), "the template of statements is broken");
}

StatementTemplate::~StatementTemplate() = default;

std::string StatementTemplate::render(const MemberPage& page) {
    const Earnings& earnings = page.earnings;
    const RunRecord& run = page.run;
    mustache::data data;
    data.set("style", std::string(page_style));
    data.set("member", earnings.member_id);
    data.set("who", earnings.name && !earnings.name->empty()
                        ? fmt::format("{} ({})", *earnings.name, earnings.member_id)
                        : earnings.member_id);
    data.set("period", run.period);
    data.set("first_day", format_day(run.first_day));
    data.set("last_day", format_day(run.last_day));
    data.set("plan", run.plan);
    data.set("draft", std::string(run.state == "final" ? "" : "; a draft, not final yet"));
    data.set("state", run.state);
    data.set("currency", run.currency);
    data.set("total", amount_text(earnings.total_minor, run.currency));
    data.set("has_others", !page.other_plans.empty());
    set_other_plans(page, data);
    data.set("run", std::to_string(run.number));
    data.set("digest", run.result_digest);
    data.set("rank", earnings.rank.value_or("no rank"));
    data.set("title", earnings.title.value_or("none"));
    data.set("activity", activity_of(page));
    data.set("has_pay", !earnings.by_bonus.empty());
    data.set("bonuses", list_of_bonuses(page));
    data.set("streams", list_of_streams(page));
    data.set("streams_chart",
             share_chart("Shares of the streams", bars_of(earnings.by_stream, run.currency)));
    data.set("tests", list_of_tests(page));
    data.set("has_downline", !page.downline.empty());
    data.set("levels", list_of_levels(page));
    data.set("history_chart", history_chart(page));
    return state_->page.render(data);
}

std::string statement_file_name(const std::string& member_id) {
    std::string name;
    for (std::size_t i = 0; i < member_id.size(); ++i) {
        const auto byte = static_cast<unsigned char>(member_id[i]);
        const bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                              byte == '_' || byte == '-' || (byte == '.' && i > 0);
        name += is_plain ? std::string(1, member_id[i]) : fmt::format("%{:02x}", byte);
    }
    return name + ".html";
}

}  // namespace downline
