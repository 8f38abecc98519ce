// Every part of the view is a table; where sizes are compared its rows have bars, for the eye only.
#include "cli/report_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <kainjow/mustache.hpp>

#include "cli/amounts.hpp"
#include "cli/charts.hpp"
#include "cli/company_report.hpp"
#include "cli/page_style.hpp"
#include "cli/run_report.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

namespace mustache = kainjow::mustache;

constexpr const char* report_style = R"css(
main { max-width: 64rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; margin: .8rem 0; }
a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tiles div { background: var(--strip); border-radius: 6px; padding: .6rem .8rem; }
.tiles dt { font-size: .85rem; color: var(--quiet); }
.tiles dd { margin: 0; } .tiles dd.figure { font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles dd.before { font-size: .8rem; color: var(--quiet); }
.rowbar { display: block; width: 100%; height: .8rem; background: var(--strip); border-radius: 2px; }
.picture { width: 34%; min-width: 7rem; vertical-align: middle; }
th, td { vertical-align: middle; } tbody th { min-width: 7.5rem; } td { white-space: nowrap; } td.words { white-space: normal; min-width: 12rem; } tbody th { font-weight: 400; }
tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; margin: .4rem 0; }
@media print { nav { display: none; } .wide { overflow: visible; } th, td { font-size: 9pt; } }
)css";

constexpr const char* report_template = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{plan}}: finance view of {{period}}</title>
<style>{{{style}}}</style>
</head>
<body>
<main>
<header>
<h1>Finance view of {{period}}</h1>
<p class="quiet">Plan {{plan}}, run {{run}}, {{state}}; {{first_day}} to {{last_day}}; amounts in {{currency}}</p>
<dl class="tiles">
{{#tiles}}<div><dt>{{name}}</dt><dd class="figure">{{value}}</dd><dd class="before">{{before}}</dd></div>
{{/tiles}}</dl>
</header>
<nav aria-label="Parts of this page"><ul>
{{#parts}}<li><a href="#{{id}}">{{title}}</a></li>
{{/parts}}</ul></nav>

{{#parts}}<section aria-labelledby="{{id}}">
<h2 id="{{id}}">{{title}}</h2>
{{#notes}}<p>{{text}}</p>
{{/notes}}{{{chart}}}{{#has_legend}}<ul class="legend">
{{#legend}}<li><span class="key part-{{part}}" aria-hidden="true"></span>{{name}}</li>
{{/legend}}</ul>
{{/has_legend}}<div class="wide" role="region" aria-labelledby="{{id}}" tabindex="0"><table>
<thead><tr><th scope="col">{{first_column}}</th>{{#has_bars}}<td aria-hidden="true"></td>{{/has_bars}}{{#columns}}<th scope="col" class="{{class}}">{{text}}</th>{{/columns}}</tr></thead>
<tbody>
{{#rows}}<tr><th scope="row">{{name}}</th>{{#has_bars}}<td class="picture" aria-hidden="true">{{{bar}}}</td>{{/has_bars}}{{#cells}}<td class="{{class}}">{{text}}</td>{{/cells}}</tr>
{{/rows}}</tbody>{{#foot}}
<tfoot><tr><th scope="row">{{name}}</th>{{#has_bars}}<td aria-hidden="true"></td>{{/has_bars}}{{#cells}}<td class="{{class}}">{{text}}</td>{{/cells}}</tr></tfoot>{{/foot}}
</table></div>
</section>

{{/parts}}<footer>Run {{run}} of plan {{plan}}, {{state}}; digest {{digest}}. The same for programs: downline report {{period}} --json</footer>
</main>
</body>
</html>
)html";

struct Row {
    std::string name;
    std::vector<std::int64_t> bar;
    std::vector<std::string> cells;
};

/// A section: sentences, a chart of the whole, and a table whose rows may have bars.
struct Part {
    std::string id, title;
    std::vector<std::string> notes;
    std::string chart;
    std::vector<std::string> legend;
    std::string first_column;
    std::vector<std::string> columns;
    std::size_t words_column = SIZE_MAX;  ///< the one that is no number
    std::vector<Row> rows;
    std::optional<Row> foot;
};

mustache::data cells_of(const Part& part, const std::vector<std::string>& texts) {
    mustache::data cells{mustache::data::type::list};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        mustache::data cell;
        cell.set("text", texts[i]);
        cell.set("class", std::string(i == part.words_column ? "words" : "number"));
        cells.push_back(cell);
    }
    return cells;
}

mustache::data row_of(const Part& part, const Row& row, std::int64_t whole) {
    mustache::data data;
    data.set("name", row.name);
    data.set("bar", row_bar(row.bar, whole));
    data.set("cells", cells_of(part, row.cells));
    return data;
}

std::int64_t length(const Row& row) {
    std::int64_t sum = 0;
    for (const std::int64_t part : row.bar) sum += std::max<std::int64_t>(part, 0);
    return sum;
}

mustache::data data_of(const Part& part) {
    std::int64_t longest = 0;
    bool has_bars = false;
    for (const Row& row : part.rows) {
        longest = std::max(longest, length(row));
        has_bars |= !row.bar.empty();
    }
    mustache::data data, notes{mustache::data::type::list}, legend{mustache::data::type::list},
        rows{mustache::data::type::list}, foot{mustache::data::type::list};
    for (const std::string& note : part.notes) {
        mustache::data one;
        one.set("text", note);
        notes.push_back(one);
    }
    for (std::size_t i = 0; i < part.legend.size(); ++i) {
        mustache::data one;
        one.set("part", std::to_string(i + 1));
        one.set("name", part.legend[i]);
        legend.push_back(one);
    }
    for (const Row& row : part.rows) rows.push_back(row_of(part, row, longest));
    if (part.foot) foot.push_back(row_of(part, *part.foot, longest));
    data.set("id", part.id);
    data.set("title", part.title);
    data.set("notes", notes);
    data.set("chart", part.chart);
    data.set("has_legend", !part.legend.empty());
    data.set("legend", legend);
    data.set("has_bars", has_bars);
    data.set("first_column", part.first_column);
    data.set("columns", cells_of(part, part.columns));
    data.set("rows", rows);
    data.set("foot", foot);
    return data;
}

class Pages {
public:
    explicit Pages(const Report& report)
        : report_(report), now_(report.totals), currency_(report.totals.run.currency) {}

    [[nodiscard]] mustache::data tiles() const;
    [[nodiscard]] std::vector<Part> parts() const;

private:
    [[nodiscard]] std::string money(std::int64_t amount) const {
        return amount_text(amount, currency_);
    }
    [[nodiscard]] static std::string share(std::int64_t part, std::int64_t whole) {
        return share_text(part, whole).value_or("");
    }
    [[nodiscard]] Part figures() const;
    [[nodiscard]] Part breakage() const;
    [[nodiscard]] Part streams() const;
    [[nodiscard]] Part levels() const;
    [[nodiscard]] Part groups(const char* id, const char* title, const char* none,
                              const std::vector<ReportGroup>& groups) const;
    [[nodiscard]] Part earners() const;
    [[nodiscard]] Part cohorts() const;
    [[nodiscard]] std::vector<std::string> closing() const;

    const Report& report_;
    const CompanyTotals& now_;
    const std::string& currency_;
};

mustache::data Pages::tiles() const {
    mustache::data list{mustache::data::type::list};
    const auto tile = [&](const char* name, auto&& text) {
        mustache::data one;
        one.set("name", std::string(name));
        one.set("value", text(now_));
        one.set("before", report_.before ? fmt::format("{}: {}", report_.before->run.period,
                                                       text(*report_.before))
                                         : std::string{});
        list.push_back(one);
    };
    tile("Paid", [&](const CompanyTotals& t) { return money(t.run.paid_minor); });
    tile("Payout ratio, of volume",
         [&](const CompanyTotals& t) { return payout_ratio(t.run).value_or("no volume"); });
    tile("Sales less returns", [&](const CompanyTotals& t) { return money(t.run.sales_minor); });
    tile("Retail share, of sales", [&](const CompanyTotals& t) {
        return share_text(t.retail_minor, t.run.sales_minor).value_or("no sales");
    });
    tile("Members with earning lines", [&](const CompanyTotals& t) {
        return fmt::format("{} of {}", t.run.earner_count, t.run.affiliate_count);
    });
    return list;
}

Part Pages::figures() const {
    Part part{"figures", "Figures of the period", {}, {}, {}, "Figure", {now_.run.period}};
    if (report_.before) {
        part.title = "Beside the period before";
        part.columns.push_back(
            fmt::format("{} ({})", report_.before->run.period, report_.before->run.state));
        part.columns.push_back("Change");
    }
    for (const Figure& figure : company_figures()) {
        const std::int64_t value = figure.of(now_);
        const std::int64_t was = report_.before ? figure.of(*report_.before) : 0;
        if (value == 0 && was == 0) continue;
        Row& row = part.rows.emplace_back(
            Row{figure.words, {}, {figure_text(figure, value, currency_)}});
        if (!report_.before) continue;
        row.cells.push_back(figure_text(figure, was, currency_));
        row.cells.push_back(change_text(value, was));
    }
    return part;
}

/// How what the plan could pay becomes what was paid, to the minor unit.
std::vector<std::string> Pages::closing() const {
    const std::int64_t slots = now_.maximum_minor - now_.forfeited_minor;
    std::string pay = fmt::format("Slots paid {} + forfeited {} = {} that the plan could pay.",
                                  money(slots), money(now_.forfeited_minor),
                                  money(now_.maximum_minor));
    std::vector<std::string> lines{std::move(pay)};
    if (now_.cut_minor == 0 && now_.other_minor == 0) return lines;
    lines.push_back(fmt::format("Slots paid {}, caps and limits {}, reversals and adjustments {}: "
                                "paid {}.",
                                money(slots), money(now_.cut_minor), money(now_.other_minor),
                                money(now_.run.paid_minor)));
    return lines;
}

Part Pages::breakage() const {
    Part part{"bonuses", "By bonus, and what was not paid", closing(), {}, {"paid"}, "Bonus",
              {"Paid"}};
    for (std::size_t i = 0; i < reason_count; ++i) {
        const std::string reason{reason_name(static_cast<Reason>(i))};
        part.legend.push_back(reason);
        part.columns.push_back(reason);
    }
    part.columns.insert(part.columns.end(), {"Possible", "Paid of it"});
    std::vector<std::int64_t> sums(reason_count + 2, 0);
    const auto cells = [&](const std::vector<std::int64_t>& amounts) {
        std::vector<std::string> texts;
        for (const std::int64_t amount : amounts) texts.push_back(money(amount));
        texts.push_back(share(amounts.front(), amounts.back()));
        return texts;
    };
    for (const BonusTotal& bonus : report_.summary.bonuses) {
        if (bonus.is_cut()) continue;
        std::vector<std::int64_t> amounts{bonus.paid_minor};
        for (std::size_t i = 0; i < reason_count; ++i)
            amounts.push_back(forfeited_for(bonus, static_cast<Reason>(i)));
        Row row{fmt::format("{} ({})", bonus.code, bonus.kind), amounts, {}};
        amounts.push_back(bonus.maximum_minor);
        row.cells = cells(amounts);
        part.rows.push_back(std::move(row));
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = add_checked(sums[i], amounts[i]);
    }
    part.foot = Row{"all bonuses", {}, cells(sums)};
    for (const BonusTotal& cut : report_.summary.bonuses)
        if (cut.is_cut())
            part.notes.push_back(fmt::format("{} took {} back from {}.", cut.code,
                                             money(-cut.paid_minor),
                                             counted(cut.line_count, "member")));
    for (const RunSummary::Correction& line : report_.summary.corrections)
        part.notes.push_back(fmt::format("{} of {}: {} in {}.",
                                         line.is_reversal ? "Reversals" : "Adjustments",
                                         line.bonus, money(line.amount_minor),
                                         counted(line.line_count, "line")));
    return part;
}

Part Pages::streams() const {
    Part part{"streams", "By stream: what kind of income it is", {}, {}, {}, "Stream",
              {"Amount", "Of pay", "What it is"}, 2};
    for (const auto& [stream, amount] : report_.summary.streams)
        part.rows.push_back({stream, {amount},
                             {money(amount), share(amount, now_.run.paid_minor),
                              std::string(stream_phrase(stream))}});
    return part;
}

Part Pages::levels() const {
    Part part{"levels", "By level",
              {"The level that the plan paid it as; 0 is one's own sale, or no level."},
              {}, {}, "Level", {"Lines", "Amount", "Of pay"}};
    for (const NamedAmount& level : report_.by_level)
        part.rows.push_back({level.name, {level.amount_minor},
                             {std::to_string(level.lines), money(level.amount_minor),
                              share(level.amount_minor, now_.run.paid_minor)}});
    return part;
}

Part Pages::groups(const char* id, const char* title, const char* none,
                   const std::vector<ReportGroup>& groups) const {
    Part part{id, title, {}, {}, {}, "Group",
              {"Affiliates", "Active", "Earners", "Amount", "Of pay"}};
    for (const ReportGroup& group : groups)
        part.rows.push_back({group.name.empty() ? none : group.name, {group.amount_minor},
                             {std::to_string(group.members), std::to_string(group.active),
                              std::to_string(group.earners), money(group.amount_minor),
                              share(group.amount_minor, now_.run.paid_minor)}});
    return part;
}

Part Pages::earners() const {
    const Concentration& spread = report_.concentration;
    Part part{"earners", "Who was paid most", {}, {}, {}, "Member",
              {"Amount", "Of pay", "Name, rank"}, 2};
    if (spread.earners == 0) {
        part.notes.push_back("Nobody was paid anything.");
        return part;
    }
    const std::int64_t next = spread.top_10_percent_minor - spread.top_1_percent_minor;
    const std::int64_t rest = spread.paid_minor - spread.top_10_percent_minor;
    part.notes.push_back(fmt::format(
        "Of {} who were paid more than nothing, {} half of it.", spread.earners,
        spread.half_earners == 1 ? std::string("one has")
                                 : fmt::format("{} have", spread.half_earners)));
    part.legend = {fmt::format("top 1 %: {}", share(spread.top_1_percent_minor, spread.paid_minor)),
                   fmt::format("the next 9 %: {}", share(next, spread.paid_minor)),
                   fmt::format("all others: {}", share(rest, spread.paid_minor))};
    part.chart = share_chart("Shares of the pay: " + part.legend[0] + ", " + part.legend[1] + ", " +
                                 part.legend[2],
                             {{"top 1 %", money(spread.top_1_percent_minor),
                               spread.top_1_percent_minor},
                              {"the next 9 %", money(next), next},
                              {"all others", money(rest), rest}});
    for (const TopEarner& top : report_.top) {
        std::string who = top.name.value_or("");
        if (top.rank) who += (who.empty() ? "" : ", ") + *top.rank;
        part.rows.push_back({top.member_id, {top.amount_minor},
                             {money(top.amount_minor), share(top.amount_minor, spread.paid_minor),
                              std::move(who)}});
    }
    return part;
}

Part Pages::cohorts() const {
    Part part{"cohorts", "Customers by the period of their first order",
              {fmt::format("Who ordered again, ever; and who ordered in {}.", now_.run.period)}, {},
              {"ordered again", "did not"},
              "First order",
              {"Customers", "Again", "", fmt::format("In {}", now_.run.period), ""}};
    for (const Cohort& cohort : report_.cohorts)
        part.rows.push_back({cohort.period.empty() ? "earlier" : cohort.period,
                             {cohort.reordered, cohort.customers - cohort.reordered},
                             {std::to_string(cohort.customers), std::to_string(cohort.reordered),
                              share(cohort.reordered, cohort.customers),
                              std::to_string(cohort.ordered),
                              share(cohort.ordered, cohort.customers)}});
    return part;
}

std::vector<Part> Pages::parts() const {
    std::vector<Part> parts{figures(), breakage(), streams(), levels()};
    if (report_.by_rank.size() > 1)
        parts.push_back(groups("ranks", "By rank", "none", report_.by_rank));
    if (report_.by_country.size() > 1)
        parts.push_back(groups("countries", "By country", "not stated", report_.by_country));
    parts.push_back(earners());
    if (!report_.cohorts.empty()) parts.push_back(cohorts());
    return parts;
}

}  // namespace

std::string report_page(const Report& report) {
    mustache::mustache page{report_template};
    ensure(page.is_valid(), "the template of the finance view is broken");
    const Pages pages(report);
    const RunRecord& run = report.totals.run;
    mustache::data data, parts{mustache::data::type::list};
    for (const Part& part : pages.parts()) parts.push_back(data_of(part));
    data.set("style", std::string(page_style) + report_style);
    data.set("plan", run.plan);
    data.set("period", run.period);
    data.set("run", std::to_string(run.number));
    data.set("state", std::string(run.state == "final" ? "final" : "a draft, not final yet"));
    data.set("first_day", format_day(run.first_day));
    data.set("last_day", format_day(run.last_day));
    data.set("currency", run.currency);
    data.set("digest", run.result_digest);
    data.set("tiles", pages.tiles());
    data.set("parts", parts);
    return page.render(data);
}

}  // namespace downline
