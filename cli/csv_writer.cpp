// Quotes only where they are needed; rows end with a line feed, as the files that come in may.
#include "cli/csv_writer.hpp"

#include <string>

#include "engine/money.hpp"

namespace downline {
namespace {

bool is_formula(std::string_view text) {
    if (text.empty()) return false;
    const bool begins = std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    return begins && !parse_decimal(text, 6, INT64_MAX / 2, true);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

}  // namespace

std::string csv_text_cell(std::string_view text) {
    const std::string safe = (is_formula(text) ? "'" : "") + std::string(text);
    return safe.find_first_of(",\"\r\n") == std::string::npos ? safe : quoted(safe);
}

void CsvWriter::header(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) cell(name);
    end_row();
}

CsvWriter& CsvWriter::text(std::string_view text) {
    if (is_formula(text)) return cell(std::string("'").append(text));
    return cell(text);
}

CsvWriter& CsvWriter::number(std::int64_t value) { return cell(std::to_string(value)); }

CsvWriter& CsvWriter::cell(std::string_view text) {
    if (!is_first_) output_ << ",";
    is_first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        output_ << text;
    else
        output_ << quoted(text);
    return *this;
}

void CsvWriter::end_row() {
    output_ << "\n";
    is_first_ = true;
}

}  // namespace downline
