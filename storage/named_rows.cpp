// The header first, then every row against it: see the header.
#include "storage/named_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/nearest.hpp"
#include "storage/csv.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

using Names = std::initializer_list<std::string_view>;

bool holds(Names names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_clean(std::string_view text) {
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        if (character.code < 0 || is_control(character.code)) return false;
        text.remove_prefix(character.bytes);
    }
    return true;
}

void check_header(const NamedRows& table, Names required, Names optional, bool takes_others,
                  FileProblems& problems) {
    std::vector<std::string> known(required.begin(), required.end());
    known.insert(known.end(), optional.begin(), optional.end());
    for (const std::string_view name : required)
        if (!table.place(name))
            problems.add(1, "missing_column", fmt::format("there is no column {}", name));
    for (const std::string& name : table.columns) {
        if (std::count(table.columns.begin(), table.columns.end(), name) > 1)
            problems.add(1, "same_column", fmt::format("column {} comes twice", shown_value(name)));
        else if (!takes_others && !holds(required, name) && !holds(optional, name))
            problems.add(1, "unknown_column", fmt::format("unknown column {}{}", shown_value(name),
                                                          did_you_mean(name, known)));
    }
}

/// A row that can be read; nothing where it cannot.
void take_row(NamedRows& table, const CsvScanner& scanner, std::uint64_t line,
              FileProblems& problems) {
    const auto& fields = scanner.fields();
    if (fields.size() != table.columns.size())
        return problems.add(line, "row_width", fmt::format("the row has {} fields, the header {}",
                                                           fields.size(), table.columns.size()));
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!is_clean(fields[i]))
            return problems.add(line, "bad_text",
                                fmt::format("{} is not UTF-8 text without control characters",
                                            table.columns[i]));
    table.rows.push_back({line, {fields.begin(), fields.end()}});
}

}  // namespace

void FileProblems::add(std::uint64_t line, std::string_view code, const std::string& text) {
    constexpr std::size_t shown_max = 20;
    if (++count_ > shown_max) return;
    text_ += fmt::format("{}{}:{}:1: error {}: {}", text_.empty() ? "" : "\n", harmless(file_),
                         line, code, text);
}

void FileProblems::refuse_if_any() const {
    if (count_ == 0) return;
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{} cannot be used, nothing was done ({} {} wrong):\n{}",
                              harmless(file_), count_, count_ == 1 ? "thing is" : "things are",
                              text_));
}

std::optional<std::size_t> NamedRows::place(std::string_view column) const {
    const auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

std::string_view NamedRows::cell(const Row& row, std::string_view column) const {
    const std::optional<std::size_t> found = place(column);
    return found ? std::string_view(row.cells[*found]) : std::string_view{};
}

NamedRows read_named_rows(std::string_view text, const std::string& file, Names required,
                          Names optional, bool takes_others) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    NamedRows table{file, {}, {}};
    FileProblems problems(file);
    CsvScanner scanner(text, ',', true);
    std::uint64_t line = 1;
    std::size_t counted_to = 0;
    while (true) {
        const CsvScanner::Found found = scanner.next();
        if (found == CsvScanner::Found::end) break;
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(counted_to);
        const auto end = text.begin() + static_cast<std::ptrdiff_t>(scanner.begin());
        line += static_cast<std::uint64_t>(std::count(begin, end, '\n'));
        counted_to = scanner.begin();
        if (found != CsvScanner::Found::record) {
            problems.add(line, "bad_quotes", "a quotation mark is not where CSV has one");
        } else if (table.columns.empty()) {
            table.columns.assign(scanner.fields().begin(), scanner.fields().end());
            check_header(table, required, optional, takes_others, problems);
        } else {
            take_row(table, scanner, line, problems);
        }
    }
    if (table.columns.empty()) problems.add(1, "no_header", "the file is empty; it needs a header");
    problems.refuse_if_any();
    return table;
}

}  // namespace downline
