// CSV as RFC 4180 has it, strictly: records of a text, one after another.
//
// A record ends with LF or CRLF. A field is quoted as a whole or not at all; inside quotes a
// quotation mark is doubled. A text may be a piece of a file that ends in the middle of a record.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// A record that is longer is an error, so that a piece of a file can be bounded.
inline constexpr std::size_t record_bytes_max = 1 << 20;

class CsvScanner {
public:
    enum class Found {
        record,
        end,          ///< nothing more, or (where the text is not the last) only part of a record
        stray_quote,  ///< a quotation mark inside a field that does not begin with one
        after_quote,  ///< something else than a delimiter after a closing quotation mark
        open_quote,   ///< a field whose quotes do not end in the file
        too_long,     ///< a record of more than record_bytes_max
    };
    /// `text` must outlive the fields. `is_last`: its end also ends the last record.
    CsvScanner(std::string_view text, char delimiter, bool is_last)
        : text_(text), delimiter_(delimiter), is_last_(is_last) {}

    /// The next record. After an error, the one behind the next line feed follows.
    Found next();
    /// Fields of the record, without quotes; they hold as long as the text and the scanner.
    [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }
    /// Where in the text the record begins, and where it ends (its line end not included).
    [[nodiscard]] std::size_t begin() const { return begin_; }
    [[nodiscard]] std::size_t end() const { return end_; }
    /// Where the next record begins.
    [[nodiscard]] std::size_t next_begin() const { return at_; }
    /// Which field of the record is wrong, after an error (0-based), and where in the text.
    [[nodiscard]] std::size_t error_field() const { return fields_.size(); }
    [[nodiscard]] std::size_t error_at() const { return error_at_; }
    /// The texts of fields that had doubled quotation marks; whoever keeps fields takes them along.
    [[nodiscard]] std::deque<std::string>& unescaped() { return unescaped_; }

private:
    Found read();
    Found fail(Found what, std::size_t at);
    Found cut(Found what, std::size_t at);
    Found quoted_field(bool& ends_record);
    bool end_record(std::size_t at);

    std::string_view text_;
    char delimiter_;
    bool is_last_;
    std::size_t at_ = 0, begin_ = 0, end_ = 0, error_at_ = 0;
    std::vector<std::string_view> fields_;
    std::deque<std::string> unescaped_;
};

/// Where in a record its fields begin (at the quotation mark, where there is one), as far as the
/// record can be read; at least one.
[[nodiscard]] std::vector<std::size_t> field_starts(std::string_view record, char delimiter);

/// A sign that makes of a header line at least two fields, one of them a known column, where it is
/// not the one that was said; 0: none does.
[[nodiscard]] char likely_delimiter(std::string_view line, char said,
                                    std::span<const std::string_view> known);
/// "';'" or "tab"
[[nodiscard]] std::string delimiter_name(char delimiter);

/// A field as a record has it: quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view text, char delimiter = ',');

}  // namespace downline
