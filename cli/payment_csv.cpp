// A payment file as CSV: a template of two rows, the header and what stands below it, as
// `{name},{iban},{amount},Commission {batch}`.
#include <algorithm>

#include <fmt/format.h>

#include "cli/amounts.hpp"
#include "cli/csv_writer.hpp"
#include "cli/payment_order.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/nearest.hpp"

namespace downline {
namespace {

constexpr const char* default_template =
    "member_id,name,amount,currency,batch\n{member_id},{name},{amount},{currency},{batch}\n";

/// A cell of the template: texts and names in turn, a text first.
struct Cell {
    std::vector<std::string> parts;
};

std::vector<std::string> known_names(const PaymentOrder& order) {
    std::vector<std::string> names{"member_id", "name", "amount", "currency", "batch", "date"};
    for (const std::string& column : order.payees.columns)
        if (std::find(names.begin(), names.end(), column) == names.end()) names.push_back(column);
    return names;
}

Cell cell_of(std::string_view text, std::uint64_t line, const std::vector<std::string>& names,
             FileProblems& problems) {
    Cell cell;
    while (true) {
        const std::size_t open = text.find('{');
        cell.parts.emplace_back(text.substr(0, open));
        if (open == std::string_view::npos) return cell;
        const std::size_t close = text.find('}', open);
        if (close == std::string_view::npos) {
            problems.add(line, "open_brace", "a { has no }");
            return cell;
        }
        const std::string name(text.substr(open + 1, close - open - 1));
        if (std::find(names.begin(), names.end(), name) == names.end())
            problems.add(line, "unknown_name",
                         fmt::format("there is no {{{}}}{}", shown(name),
                                     did_you_mean(name, names)));
        cell.parts.push_back(name);
        text.remove_prefix(close + 1);
    }
}

std::string value_of(const PaymentOrder& order, const Payment& payment, const std::string& name) {
    if (name == "member_id") return payment.member_id;
    if (name == "name") return payment.name;
    if (name == "amount") return amount_text(payment.amount_minor, order.currency);
    if (name == "currency") return order.currency;
    if (name == "batch") return order.batch_id;
    if (name == "date") return format_day(order.on);
    return std::string(order.detail(payment, name));
}

}  // namespace

std::string payment_csv(const PaymentOrder& order, std::string_view template_text,
                        const std::string& template_file) {
    if (template_text.empty()) template_text = default_template;
    const NamedRows table = read_named_rows(template_text, template_file, {}, {}, true);
    FileProblems problems(template_file);
    std::vector<Cell> cells;
    if (table.rows.size() == 1)
        for (const std::string& cell : table.rows[0].cells)
            cells.push_back(cell_of(cell, table.rows[0].line, known_names(order), problems));
    else
        problems.add(1, "template_rows",
                     fmt::format("a template has two rows, the header and one with names as "
                                 "{{amount}}; this one has {}",
                                 table.rows.size() + 1));
    problems.refuse_if_any();
    std::string file;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        file += (i > 0 ? "," : "") + csv_text_cell(table.columns[i]);
    file += "\n";
    for (const Payment& payment : order.payments) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            std::string text;
            for (std::size_t part = 0; part < cells[i].parts.size(); ++part)
                text += part % 2 == 0 ? cells[i].parts[part]
                                      : value_of(order, payment, cells[i].parts[part]);
            file += (i > 0 ? "," : "") + csv_text_cell(text);
        }
        file += "\n";
    }
    return file;
}

}  // namespace downline
