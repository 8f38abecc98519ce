// Names in everything that goes out: pages, CSV, JSON, tables and payment files say exactly the text
// and nothing that a text says is taken for markup, a formula or a command to the terminal.
//
// The texts of an input stand between bytes 0x1e.
#include "tests/fuzz/targets.hpp"

#include <unistd.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/csv_writer.hpp"
#include "cli/disclosure_report.hpp"
#include "cli/html.hpp"
#include "cli/json_writer.hpp"
#include "cli/payment_order.hpp"
#include "cli/report_page.hpp"
#include "cli/statement_page.hpp"
#include "cli/table.hpp"
#include "cli/text_width.hpp"
#include "engine/money.hpp"
#include "storage/messages.hpp"
#include "tests/cli/written.hpp"
#include "tests/storage/csv_records.hpp"

namespace downline::fuzz {
namespace {

using Texts = std::array<std::string, 5>;

Texts texts_of(std::string_view bytes) {
    Texts texts;
    for (std::string& text : texts) {
        const std::size_t end = std::min(bytes.find('\x1e'), bytes.size());
        text = bytes.substr(0, end);
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    if (texts[1].empty()) texts[1] = "-";  // an id is never empty
    return texts;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        if (character.code < 0) return false;
        text.remove_prefix(character.bytes);
    }
    return true;
}

std::string to_file(const std::function<void(Output&)>& write) {
    static const TemporaryDirectory directory;
    const std::string path = (directory.path / "out").string();
    Output output(path, true);
    write(output);
    output.finish();
    return file_text(path);
}

/// A page as a browser takes it: its tags without the values of attributes, and all the text, of
/// attributes too, with entities resolved.
struct Parsed {
    std::string tags, text;
};

Parsed parsed(std::string_view page) {
    constexpr std::array<std::pair<std::string_view, char>, 6> entities{
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''},
         {"&apos;", '\''}}};
    Parsed result;
    bool is_in_tag = false, is_in_value = false;
    for (std::size_t at = 0; at < page.size(); ++at) {
        const char letter = page[at];
        if (is_in_tag && letter == '"') is_in_value = !is_in_value;
        else if (!is_in_tag && letter == '<') is_in_tag = true;
        if (is_in_tag && !is_in_value) {
            result.tags += letter;
            if (letter == '>') is_in_tag = false;
            continue;
        }
        if (letter != '&') {
            result.text += letter;
            continue;
        }
        bool is_known = false;
        for (const auto& [name, meant] : entities) {
            if (page.substr(at, name.size()) != name) continue;
            result.text += meant;
            at += name.size() - 1;
            is_known = true;
            break;
        }
        expect(is_known, "every & is written as an entity", page.substr(at, 20));
    }
    expect(!is_in_tag, "every tag ends");
    return result;
}

MemberPage member_page(const Texts& texts) {
    const auto& [name, id, bonus, rank, plan] = texts;
    MemberPage page;
    page.run.plan = plan;
    page.run.period = "2026-01";
    page.run.currency = "USD";
    page.earnings.member_id = id;
    page.earnings.name = name;
    page.earnings.rank = page.earnings.title = rank;
    page.earnings.by_bonus = {{bonus, 2, 1250}};
    page.earnings.by_stream = {{plan, 1, 1000}, {bonus, 1, 250}};
    page.next = ShownRank{rank, false, false,
                          {{{bonus, "measure", "gv", name, id, rank, plan, false}}}, {}};
    page.history = {{plan, -300}, {"2026-01", 1250}};
    return page;
}

Report report(const Texts& texts) {
    const auto& [name, id, bonus, rank, plan] = texts;
    Report report;
    report.summary.record.plan = plan;
    report.summary.record.period = "2026-01";
    report.summary.record.currency = "USD";
    report.summary.bonuses = {{bonus, "unilevel", 1000, 900, 3, {{"rank", 100}}}};
    report.summary.streams = {{bonus, 900}};
    report.totals.run = report.summary.record;
    report.totals.maximum_minor = 1000;
    report.by_level = {{"1", 3, 900}};
    report.by_rank = {{"", 2, 1, 1, 400}, {rank, 1, 1, 1, 500}};
    report.by_country = {{name, 3, 2, 2, 900}};
    report.top = {{id, name, rank, 500}};
    report.concentration = {2, 900, 500, 500, 1};
    report.cohorts = {{plan, 3, 1, 1}};
    return report;
}

Disclosure disclosure(const Texts& texts) {
    const auto& [name, id, bonus, rank, plan] = texts;
    Disclosure disclosure;
    disclosure.plan = plan;
    disclosure.from = disclosure.to = "2026-01";
    disclosure.currency = "USD";
    disclosure.window = name;
    disclosure.metrics = {{"participants", "a", name, "1", "1", rank, "2", bonus, id, ""},
                          {"income", "b", bonus, "", "", "", "", "", plan, name}};
    return disclosure;
}

std::vector<std::string> pages(const Texts& texts) {
    static StatementTemplate statement;
    return {statement.render(member_page(texts)), report_page(report(texts)),
            to_file([&](Output& output) { print_disclosure_page(output, disclosure(texts)); })};
}

void html(const Texts& texts) {
    static std::map<Texts, std::vector<std::string>> plain_tags;
    Texts plain;
    for (std::size_t i = 0; i < texts.size(); ++i) plain[i] = texts[i].empty() ? "" : "x";
    std::vector<std::string>& tags = plain_tags[plain];
    if (tags.empty())
        for (const std::string& page : pages(plain)) tags.push_back(parsed(page).tags);
    const std::vector<std::string> page = pages(texts);
    for (std::size_t i = 0; i < page.size(); ++i) {
        const Parsed found = parsed(page[i]);
        expect(found.tags == tags[i], "no text of a page becomes markup", page[i]);
        for (std::size_t text = 0; text < 4; ++text)
            expect(found.text.find(texts[text]) != std::string::npos, "a page says its texts",
                   texts[text]);
    }
}

/// What a spreadsheet would run.
bool is_guarded(std::string_view text) {
    return text.empty() || std::string_view("=+-@\t\r").find(text.front()) == text.npos ||
           parse_decimal(text, 6, INT64_MAX / 2, true);
}

void csv_and_json(const Texts& texts) {
    const std::string csv = to_file([&](Output& output) {
        CsvWriter writer(output);
        for (const std::string& text : texts) writer.text(text);
        writer.number(-7).end_row();
    });
    std::string cells;
    for (const std::string& text : texts) cells += csv_text_cell(text) + ",";
    expect(csv == cells + "-7\n", "both writers of cells agree", csv);
    const auto records = scanned(csv, csv.size() + 1);
    expect(records && records->size() == 1 && records->front().size() == texts.size() + 1,
           "a row is read back as a row", csv);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string& read = records->front()[i];
        expect(is_guarded(read), "no cell begins as a formula", read);
        expect(read == texts[i] || (!is_guarded(texts[i]) && read == "'" + texts[i]),
               "a cell is read back as its text", texts[i]);
    }
    const std::string json = to_file([&](Output& output) {
        JsonWriter writer(output);
        writer.begin_array();
        for (const std::string& text : texts) writer.text(text);
        writer.end_array();
        writer.end();
    });
    const auto values = nlohmann::json::parse(json, nullptr, false);
    expect(values.is_array() && values.size() == texts.size(), "JSON is read back", json);
    for (std::size_t i = 0; i < texts.size(); ++i)
        expect(!is_utf8(texts[i]) || values[i] == texts[i], "a string is read back as its text",
               texts[i]);
}

void terminal(const Texts& texts) {
    const std::string table = to_file([&](Output& output) {
        Table rows(output, {{"a"}, {"b"}, {"c", Align::right}, {"d"}, {"e"}});
        rows.row({texts.begin(), texts.end()});
        rows.finish();
    });
    expect(std::count(table.begin(), table.end(), '\n') == 3, "titles, dashes and a row", table);
    for (const std::string& text : {table, harmless(texts[0]), shown_value(texts[1])}) {
        expect(is_utf8(text), "what is shown is UTF-8", text);
        for (std::string_view rest = text; !rest.empty();) {
            const Utf8Character character = first_character(rest);
            expect(!is_control(character.code) || character.code == '\n',
                   "nothing that is shown commands the terminal", text);
            rest.remove_prefix(character.bytes);
        }
        expect(!has_invisible(text), "nothing that is shown is invisible", text);
    }
    expect(column_count(shown(texts[0])) <= shown(texts[0]).size(), "columns are at most bytes");
}

void file_names(const Texts& texts) {
    const std::string name = statement_file_name(texts[1]);
    expect(name.find_first_of("/\\:") == name.npos && !name.starts_with('.'), "a name of a file",
           name);
    std::string id;
    for (std::size_t at = 0; at + 5 < name.size(); ++at) {
        if (name[at] != '%') id += name[at];
        else id += static_cast<char>(std::stoi(name.substr(at + 1, 2), nullptr, 16));
        if (name[at] == '%') at += 2;
    }
    expect(id == texts[1], "no two ids have the same name of a file", name);
}

PaymentOrder payment_order(const Texts& texts, const std::string& currency) {
    const auto& [name, id, account, town, unused] = texts;
    PaymentOrder order;
    order.batch_id = "P0001";
    order.currency = currency;
    order.on = 20'000;
    std::string file = "member_id,routing,account,iban,town,country\n";
    for (const std::string& cell : {id, std::string("011401533"), account,
                                    std::string("NL91ABNA0417164300"), town})
        file += csv_field(cell) + ",";
    file += town.empty() ? "\n" : "NL\n";
    order.payees = read_named_rows(std::string_view(file), "payees.csv", {}, {}, true);
    order.payments = {{id, name, 12345, &order.payees.rows.at(0)}};
    order.total_minor = 12345;
    return order;
}

void payments(const Texts& texts) {
    static const Company company(
        "name = \"Seven\"\n[nacha]\nrouting = \"021000021\"\nbank = \"First\"\n"
        "company_id = \"123456789\"\n[sepa]\niban = \"DE75512108001245126199\"\n",
        "company.toml");
    done_or_refused([&] {
        const std::string file = nacha_file(payment_order(texts, "USD"), company);
        for (std::size_t at = 0; at < file.size(); ++at)
            expect(at % 95 == 94 ? file[at] == '\n' : file[at] >= ' ' && file[at] <= '~',
                   "a NACHA file has lines of 94 letters", file);
    });
    done_or_refused([&] {
        const std::string file = sepa_file(payment_order(texts, "EUR"), company);
        const Texts plain{"x", "x", "x", texts[3].empty() ? "" : "x", "x"};
        expect(parsed(file).tags == parsed(sepa_file(payment_order(plain, "EUR"), company)).tags,
               "no text of a SEPA file becomes an element", file);
    });
    done_or_refused([&] {
        const std::string file = payment_csv(payment_order(texts, "USD"), "", "template");
        const auto records = scanned(file, file.size() + 1);
        expect(records && records->size() == 2 && (*records)[1].size() == 5,
               "a payment is a row of five cells", file);
    });
    done_or_refused([&] { (void)payment_csv(payment_order(texts, "USD"), texts[2], "template"); });
}

}  // namespace

void names(std::string_view bytes) {
    const Texts texts = texts_of(bytes);
    html(texts);
    csv_and_json(texts);
    terminal(texts);
    file_names(texts);
    payments(texts);
}

}  // namespace downline::fuzz
