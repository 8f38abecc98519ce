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

bool holds(ColumnNames names, std::string_view name) {
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

void check_header(const NamedRows& table, ColumnNames required, ColumnNames optional,
                  bool takes_others, FileProblems& problems) {
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

/// The first row. False where there are no others to be read by it.
bool take_header(NamedRows& table, const CsvScanner& scanner, bool is_record, ColumnNames required,
                 ColumnNames optional, bool takes_others, FileProblems& problems) {
    const std::string_view line = std::string_view(table.text).substr(0, scanner.end());
    if (is_record) table.columns.assign(scanner.fields().begin(), scanner.fields().end());
    std::vector<std::string_view> known(required.begin(), required.end());
    known.insert(known.end(), optional.begin(), optional.end());
    const char likely = likely_delimiter(line, ',', known);
    if (table.columns.size() < 2 && likely != 0)
        problems.add(1, "wrong_delimiter",
                     fmt::format("the columns are separated by {} and not by {}; save the file "
                                 "with commas",
                                 delimiter_name(likely), delimiter_name(',')));
    else if (!is_record)
        problems.add(1, "bad_quotes", "a quotation mark is not where CSV has one");
    else {
        check_header(table, required, optional, takes_others, problems);
        return true;
    }
    return false;
}

/// A row that can be read, with as many cells as the header.
void take_row(NamedRows& table, const CsvScanner& scanner, std::uint64_t line,
              bool is_header_good, FileProblems& problems) {
    const auto& fields = scanner.fields();
    NamedRows::Row row{line, {fields.begin(), fields.end()}, scanner.begin(), is_header_good};
    const auto spoil = [&](FilePlace place, std::string_view code, const std::string& text) {
        problems.add(place, code, text);
        row.is_good = false;
    };
    if (fields.size() != table.columns.size())
        spoil(line, "row_width", fmt::format("the row has {} fields, the header {}", fields.size(),
                                             table.columns.size()));
    row.cells.resize(table.columns.size());
    for (std::size_t i = 0; i < row.cells.size(); ++i)
        if (!is_clean(row.cells[i]))
            spoil(table.where(row, i), "bad_text",
                  fmt::format("{} is not UTF-8 text without control characters",
                              shown_value(table.columns[i])));
    table.rows.push_back(std::move(row));
}

}  // namespace

void FileProblems::add(FilePlace place, std::string_view code, const std::string& text) {
    problems_.push_back({place, fmt::format("{}:{}:{}: error {}: {}", harmless(file_), place.line,
                                            place.column, code, text)});
}

void FileProblems::refuse_if_any(std::initializer_list<const FileProblems*> files) {
    constexpr std::size_t shown_max = 20;
    std::string names, text;
    std::size_t count = 0;
    for (const FileProblems* file : files) {
        if (file->empty()) continue;
        names.append(names.empty() ? "" : " and ").append(harmless(file->file_));
        std::vector<Problem> in_order = file->problems_;
        std::stable_sort(in_order.begin(), in_order.end(),
                         [](const Problem& a, const Problem& b) { return a.place < b.place; });
        for (const Problem& problem : in_order)
            if (++count <= shown_max) text.append("\n").append(problem.text);
    }
    if (count == 0) return;
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{} cannot be used, nothing was done ({} {} wrong):{}", names, count,
                              count == 1 ? "thing is" : "things are", text));
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

FilePlace NamedRows::where(const Row& row, std::string_view column) const {
    return where(row, place(column).value_or(0));
}

FilePlace NamedRows::where(const Row& row, std::size_t at_column) const {
    const std::string_view rest = std::string_view(text).substr(row.begin);
    CsvScanner scanner(rest, ',', true);
    (void)scanner.next();
    const std::vector<std::size_t> starts = field_starts(rest.substr(0, scanner.end()), ',');
    const std::size_t at = starts[std::min(at_column, starts.size() - 1)];
    FilePlace found = row.line;
    for (const char byte : rest.substr(0, at)) {
        if (byte == '\n') found = {found.line + 1, 1};
        else if ((static_cast<unsigned char>(byte) & 0xc0) != 0x80) ++found.column;
    }
    return found;
}

NamedRows read_named_rows(std::string text, const std::string& file, ColumnNames required,
                          ColumnNames optional, bool takes_others, FileProblems& problems) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
    NamedRows table{file, std::move(text), {}, {}};
    CsvScanner scanner(table.text, ',', true);
    std::uint64_t line = 1;
    std::size_t counted_to = 0;
    bool is_header_good = false;
    while (true) {
        const CsvScanner::Found found = scanner.next();
        if (found == CsvScanner::Found::end) break;
        const bool is_record = found == CsvScanner::Found::record;
        const auto begin = table.text.begin() + static_cast<std::ptrdiff_t>(counted_to);
        const auto end = table.text.begin() + static_cast<std::ptrdiff_t>(scanner.begin());
        line += static_cast<std::uint64_t>(std::count(begin, end, '\n'));
        counted_to = scanner.begin();
        if (counted_to == 0) {
            if (!take_header(table, scanner, is_record, required, optional, takes_others, problems))
                return table;
            is_header_good = problems.empty();
        } else if (is_record) {
            take_row(table, scanner, line, is_header_good, problems);
        } else {
            problems.add(line, "bad_quotes", "a quotation mark is not where CSV has one");
        }
    }
    if (table.columns.empty()) problems.add(1, "no_header", "the file is empty; it needs a header");
    return table;
}

NamedRows read_named_rows(std::string_view text, const std::string& file,
                          std::initializer_list<std::string_view> required,
                          std::initializer_list<std::string_view> optional, bool takes_others) {
    FileProblems problems(file);
    NamedRows table = read_named_rows(std::string(text), file, ColumnNames(required),
                                      ColumnNames(optional), takes_others, problems);
    problems.refuse_if_any();
    return table;
}

}  // namespace downline
