// Every metric with what it is of: see the header.
#include "cli/disclosure_report.hpp"

#include <fmt/format.h>

#include "cli/csv_writer.hpp"
#include "cli/html.hpp"
#include "cli/json_writer.hpp"
#include "cli/table.hpp"

namespace downline {
namespace {

struct Section {
    const char *name, *title;
};
constexpr Section sections[] = {
    {"participants", "Who took part"},
    {"income", "What they were paid, everyone counted, zeros too"},
    {"ladder", "How many reached how much"},
    {"net", "What was left after own purchases"},
    {"concentration", "How it is spread"},
    {"rank", "By the highest rank of the window"},
    {"source", "What the pay came from"},
};

std::string value_of(const Metric& metric) {
    if (!metric.not_computable.empty()) return "not computable: " + metric.not_computable;
    return metric.value.empty() ? "none" : metric.value;
}

std::string of(const std::string& number, const std::string& what) {
    return number.empty() ? "" : number + " " + what;
}

std::string title_of(const Disclosure& disclosure) {
    return fmt::format("Income disclosure, {} to {}", disclosure.from, disclosure.to);
}

void print_table(Output& output, const Disclosure& disclosure) {
    output << bold(output, title_of(disclosure)) << "\n";
    output << "Window of every figure: " << disclosure.window << "\n";
    for (const Section& section : sections) {
        output << "\n" << bold(output, section.title) << "\n";
        Table table(output, {{"what"}, {"value", Align::right}, {"numerator"}, {"denominator"}});
        std::string population, open;
        for (const Metric& metric : disclosure.metrics) {
            if (metric.section != section.name) continue;
            if (population.empty()) population = metric.population;
            if (!metric.not_computable.empty())
                open += metric.words + ": " + value_of(metric) + "\n";
            else
                table.row({metric.words, value_of(metric),
                           of(metric.numerator, metric.numerator_is),
                           of(metric.denominator, metric.denominator_is)});
        }
        if (table.row_count() != 0) table.finish();
        output << open << "of: " << population << "\n";
    }
}

void print_csv(Output& output, const Disclosure& disclosure) {
    CsvWriter csv(output);
    csv.header({"section", "metric", "value", "numerator", "numerator_is", "denominator",
                "denominator_is", "population", "window", "not_computable"});
    for (const Metric& metric : disclosure.metrics) {
        csv.text(metric.section).text(metric.name).decimal(metric.value);
        csv.decimal(metric.numerator).text(metric.numerator_is);
        csv.decimal(metric.denominator).text(metric.denominator_is);
        csv.text(metric.population).text(disclosure.window).text(metric.not_computable).end_row();
    }
}

void print_json(Output& output, const Disclosure& disclosure) {
    const auto known = [](const std::string& text) {
        return text.empty() ? std::nullopt : std::optional(text);
    };
    JsonWriter json(output);
    json.begin_object();
    json.text("plan", disclosure.plan);
    json.text("from", disclosure.from);
    json.text("to", disclosure.to);
    json.text("first_day", format_day(disclosure.first_day));
    json.text("last_day", format_day(disclosure.last_day));
    json.text("currency", disclosure.currency);
    json.key("runs").begin_array();
    for (const std::int64_t run : disclosure.runs) json.number(run);
    json.end_array();
    json.key("metrics").begin_array();
    for (const Metric& metric : disclosure.metrics) {
        json.begin_object();
        json.text("section", metric.section);
        json.text("metric", metric.name);
        json.text("value", known(metric.value));
        json.text("numerator", known(metric.numerator));
        json.text("numerator_is", known(metric.numerator_is));
        json.text("denominator", known(metric.denominator));
        json.text("denominator_is", known(metric.denominator_is));
        json.text("population", metric.population);
        json.text("window", disclosure.window);
        json.text("not_computable", known(metric.not_computable));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end();
}

constexpr const char* page_style = R"(
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #c8c8c8; --soft: #555 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --paper: #16181c; --line: #444; --soft: #aaa }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 62rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
         border-bottom: 1px solid var(--line) }
td.value { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums;
           font-weight: 600 }
td.open { text-align: left; white-space: normal; font-weight: 400; font-style: italic }
p, .soft { color: var(--soft) } .soft { font-size: .85rem }
@media (max-width: 40rem) {
  thead { position: absolute; left: -999rem }
  tr { display: grid; grid-template-columns: 1fr auto; border-bottom: 1px solid var(--line) }
  td, tbody th { border: 0 } td.soft { grid-column: 1 / -1; padding-top: 0 }
}
@media print { body { max-width: none } tr { break-inside: avoid } }
)";

void print_row(Output& output, const Metric& metric) {
    const bool is_open = !metric.not_computable.empty();
    output << "<tr><th scope=\"row\">" << html_text(metric.words) << "</th><td class=\"value"
           << (is_open ? " open" : "") << "\">" << html_text(value_of(metric))
           << "</td><td class=\"soft\">";
    if (!is_open)
        output << html_text(of(metric.numerator, metric.numerator_is)) << "<br>of "
               << html_text(of(metric.denominator, metric.denominator_is)) << "<br>";
    output << "Population: " << html_text(metric.population) << "</td></tr>\n";
}

}  // namespace

void print_disclosure(Output& output, Format format, const Disclosure& disclosure) {
    switch (format) {
        case Format::table: return print_table(output, disclosure);
        case Format::csv: return print_csv(output, disclosure);
        case Format::json: return print_json(output, disclosure);
    }
}

void print_disclosure_page(Output& output, const Disclosure& disclosure) {
    const std::string title = html_text(title_of(disclosure));
    output << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
           << title << "</title>\n<style>" << page_style
           << "</style>\n</head>\n<body>\n<main>\n<h1>" << title
           << "</h1>\n<p>Window of every figure: " << html_text(disclosure.window)
           << ". Amounts in " << html_text(disclosure.currency) << ".</p>\n";
    for (const Section& section : sections) {
        output
            << "<h2>" << html_text(section.title)
            << "</h2>\n<table>\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\">Value</th>"
               "<th scope=\"col\">Of what</th></tr></thead>\n<tbody>\n";
        for (const Metric& metric : disclosure.metrics)
            if (metric.section == section.name) print_row(output, metric);
        output << "</tbody>\n</table>\n";
    }
    output << "</main>\n</body>\n</html>\n";
}

}  // namespace downline
