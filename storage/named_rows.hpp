// A CSV file that comes with one command (holds, payees, the bank's answers): read whole, columns
// found by name, nothing of it kept.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// Where in a file: both count from 1, columns in characters.
struct FilePlace {
    FilePlace(std::uint64_t in_line, std::uint64_t in_column = 1)
        : line(in_line), column(in_column) {}
    std::uint64_t line, column;
    auto operator<=>(const FilePlace&) const = default;
};

/// What is wrong with such a file; all of it is said at once.
class FileProblems {
public:
    FileProblems() = default;
    explicit FileProblems(std::string file) : file_(std::move(file)) {}
    void add(FilePlace place, std::string_view code, const std::string& text);
    [[nodiscard]] bool empty() const { return problems_.empty(); }
    /// Refusal (input) with the first 20 as FILE:LINE:COLUMN: error CODE: text, and the count.
    void refuse_if_any() const { refuse_if_any({this}); }
    /// The same for files that are used together.
    static void refuse_if_any(std::initializer_list<const FileProblems*> files);

private:
    struct Problem {
        FilePlace place;
        std::string text;
    };
    std::string file_;
    std::vector<Problem> problems_;
};

struct NamedRows {
    struct Row {
        std::uint64_t line{};  ///< of the file, 1-based, where the row begins
        std::vector<std::string> cells;
        std::size_t begin = 0;  ///< of the row in `text`
        bool is_good = true;    ///< false: the row, or the header, is wrong; cells may be missing
    };
    std::string file, text;
    std::vector<std::string> columns;
    std::vector<Row> rows;
    /// The place of a column, or nothing where the file lacks it.
    [[nodiscard]] std::optional<std::size_t> place(std::string_view column) const;
    /// The cell of a row, "" where the file lacks the column.
    [[nodiscard]] std::string_view cell(const Row& row, std::string_view column) const;
    /// Where that cell is; the beginning of the row, where the file lacks the column.
    [[nodiscard]] FilePlace where(const Row& row, std::string_view column) const;
    [[nodiscard]] FilePlace where(const Row& row, std::size_t at_column) const;
};

using ColumnNames = std::span<const std::string_view>;

/// RFC 4180, UTF-8 without control characters, a header row. `problems` gets anything else, columns
/// that are missing or come twice and, unless `takes_others`, unknown ones. Every row has as many
/// cells as there are columns.
[[nodiscard]] NamedRows read_named_rows(std::string text, const std::string& file,
                                        ColumnNames required, ColumnNames optional,
                                        bool takes_others, FileProblems& problems);
/// The same; Refusal (input) where there are problems.
[[nodiscard]] NamedRows read_named_rows(std::string_view text, const std::string& file,
                                        std::initializer_list<std::string_view> required,
                                        std::initializer_list<std::string_view> optional,
                                        bool takes_others = false);

}  // namespace downline
