// A title row, a rule of dashes, the rows; two blanks between columns.
#include "cli/table.hpp"

#include <algorithm>

#include "cli/text_width.hpp"
#include "engine/errors.hpp"

namespace downline {
namespace {

constexpr std::size_t measured_row_count = 1000;

std::string padded(const std::string& text, std::size_t width, Align align) {
    const std::size_t columns = column_count(text);
    const std::size_t blank_count = width > columns ? width - columns : 0;
    std::string line(align == Align::right ? blank_count : 0, ' ');
    line += text;
    return line.append(align == Align::left ? blank_count : 0, ' ');
}

std::string without_trailing_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

std::string bold(const Output& output, const std::string& text) {
    return output.is_coloured() ? "\x1b[1m" + text + "\x1b[0m" : text;
}

Table::Table(Output& output, std::vector<Column> columns)
    : output_(output), columns_(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
    ensure(cells.size() == columns_.size(), "a table's row has as many cells as columns");
    for (std::string& cell : cells) cell = shown(cell);
    ++row_count_;
    if (has_begun_) return write(cells);
    waiting_.push_back(std::move(cells));
    if (waiting_.size() == measured_row_count) begin();
}

void Table::begin() {
    has_begun_ = true;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = column_count(columns_[i].title);
        for (const auto& cells : waiting_) width = std::max(width, column_count(cells[i]));
        widths_.push_back(width);
    }
    std::string titles, rule;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i > 0) titles += "  ", rule += "  ";
        titles += padded(columns_[i].title, widths_[i], columns_[i].align);
        rule.append(widths_[i], '-');
    }
    output_ << bold(output_, without_trailing_blanks(titles)) << "\n" << rule << "\n";
    for (const auto& cells : waiting_) write(cells);
    waiting_.clear();
}

void Table::write(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i)
        line += (i > 0 ? "  " : "") + padded(cells[i], widths_[i], columns_[i].align);
    output_ << without_trailing_blanks(std::move(line)) << "\n";
}

void Table::finish() {
    if (!has_begun_) begin();
}

}  // namespace downline
