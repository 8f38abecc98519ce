// A CSV file that comes with one command (holds, payees, the bank's answers): read whole, columns
// found by name, nothing of it kept.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// What is wrong with such a file; all of it is said at once.
class FileProblems {
public:
    explicit FileProblems(std::string file) : file_(std::move(file)) {}
    void add(std::uint64_t line, std::string_view code, const std::string& text);
    /// Refusal (input) with the first 20 as FILE:LINE:1: error CODE: text, and the count.
    void refuse_if_any() const;

private:
    std::string file_, text_;
    std::size_t count_ = 0;
};

struct NamedRows {
    struct Row {
        std::uint64_t line{};  ///< of the file, 1-based, where the row begins
        std::vector<std::string> cells;
    };
    std::string file;
    std::vector<std::string> columns;
    std::vector<Row> rows;
    /// The place of a column, or nothing where the file lacks it.
    [[nodiscard]] std::optional<std::size_t> place(std::string_view column) const;
    /// The cell of a row, "" where the file lacks the column.
    [[nodiscard]] std::string_view cell(const Row& row, std::string_view column) const;
};

/// RFC 4180, UTF-8 without control characters, a header row. Refusal (input) for anything else, for
/// columns that are missing or come twice and, unless `takes_others`, for unknown ones.
[[nodiscard]] NamedRows read_named_rows(std::string_view text, const std::string& file,
                                        std::initializer_list<std::string_view> required,
                                        std::initializer_list<std::string_view> optional,
                                        bool takes_others = false);

}  // namespace downline
