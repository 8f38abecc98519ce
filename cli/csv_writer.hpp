// CSV for spreadsheets and programs (RFC 4180), that no spreadsheet takes for a formula.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <initializer_list>

#include "cli/output.hpp"

namespace downline {

/// A cell of text as CSV has it: quoted where it must be, with a ' in front of what a spreadsheet
/// would run.
[[nodiscard]] std::string csv_text_cell(std::string_view text);

/// Text that begins with = + - @ or a control character and is no plain number gets a ' in front:
/// spreadsheets would run it. Numbers stay as they are.
class CsvWriter {
public:
    explicit CsvWriter(Output& output) : output_(output) {}
    void header(std::initializer_list<std::string_view> names);
    CsvWriter& text(std::string_view text);
    CsvWriter& text(const std::string& text) { return this->text(std::string_view(text)); }
    CsvWriter& text(const char* text) { return this->text(std::string_view(text)); }
    CsvWriter& text(const std::optional<std::string>& text) {
        return text ? this->text(std::string_view(*text)) : cell({});
    }
    CsvWriter& number(std::int64_t value);
    CsvWriter& decimal(const std::string& number) { return cell(number); }
    CsvWriter& decimal(std::string_view number) { return cell(number); }  ///< as it stands
    CsvWriter& decimal(const std::optional<std::string>& number) {
        return cell(number ? std::string_view(*number) : std::string_view{});
    }
    CsvWriter& none() { return cell({}); }
    void end_row();

private:
    CsvWriter& cell(std::string_view text);
    Output& output_;
    bool is_first_ = true;
};

}  // namespace downline
