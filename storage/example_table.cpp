// The scanner of the files that come in, and the same strictness about columns.
#include "storage/example_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/nearest.hpp"
#include "storage/csv.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

[[noreturn]] void refuse(std::size_t row, const std::string& text) {
    throw Refusal(Refusal::Kind::input, fmt::format("row {}: {}", row, text));
}

/// Where each of `columns` is in the header.
std::vector<std::size_t> places_of(const std::vector<std::string_view>& header,
                                   const std::vector<std::string>& columns) {
    for (const std::string_view name : header)
        if (std::count(columns.begin(), columns.end(), name) == 0)
            refuse(1, fmt::format("unknown column {}{}", shown_value(name),
                                  did_you_mean(name, columns)));
    std::vector<std::size_t> places;
    for (const std::string& column : columns) {
        const auto found = std::find(header.begin(), header.end(), column);
        if (found == header.end()) refuse(1, fmt::format("the column {} is missing", column));
        if (std::find(found + 1, header.end(), column) != header.end())
            refuse(1, fmt::format("the column {} is there twice", column));
        places.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    return places;
}

}  // namespace

std::vector<std::vector<std::string>> read_example_table(std::string_view text,
                                                         const std::vector<std::string>& columns) {
    std::vector<std::vector<std::string>> rows;
    CsvScanner scanner(text, ',', true);
    std::vector<std::size_t> places;
    std::size_t width = 0;
    for (std::size_t row = 1;; ++row) {
        const CsvScanner::Found found = scanner.next();
        if (found == CsvScanner::Found::end) break;
        if (found != CsvScanner::Found::record) refuse(row, "the quotation marks do not match");
        if (scanner.begin() == scanner.end()) continue;  // an empty line
        const std::vector<std::string_view>& fields = scanner.fields();
        if (places.empty()) {
            places = places_of(fields, columns);
            width = fields.size();
            continue;
        }
        if (fields.size() != width)
            refuse(row, fmt::format("{} columns, the header has {}", fields.size(), width));
        std::vector<std::string>& values = rows.emplace_back();
        for (const std::size_t place : places) values.emplace_back(fields[place]);
    }
    if (places.empty()) refuse(1, "there is no header");
    return rows;
}

}  // namespace downline
