// Files as pieces of whole rows: opened, decoded, their header understood, their bytes looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/csv.hpp"
#include "storage/digest.hpp"
#include "storage/import.hpp"
#include "storage/import_problems.hpp"

namespace downline {

/// A column that a kind of file may have.
struct ColumnRule {
    std::string_view name;
    bool is_required = false;
};
[[nodiscard]] std::span<const ColumnRule> columns_of(ImportKind kind);

/// The header of one file: which of its columns is which of ours.
struct Header {
    std::string file;  ///< as messages name it
    char delimiter = ',';
    std::size_t width = 0;      ///< fields of every row
    std::vector<int> place_of;  ///< by our column: its place in the row; -1: not in the file
    [[nodiscard]] bool has(std::size_t column) const { return place_of[column] >= 0; }
};

/// Whole rows of a file, and what is left of the next one at the end. Rows are named by the place
/// in the text where they begin.
struct Segment {
    const Header* header = nullptr;
    std::string text;
    std::uint64_t first_line = 1;
    bool is_last = false;
    bool is_plain = false;  ///< valid UTF-8 without control characters, quotes, U+0080 to U+00BF
    std::deque<std::string> unescaped;

    /// A problem of a row; `place`: of the field in the row, -1 the row as a whole.
    [[nodiscard]] RowProblem problem(std::size_t row_begin, int place, std::string_view code,
                                     std::string text, bool keeps_row) const;
    /// The same at a place in the text.
    [[nodiscard]] RowProblem problem_at(std::size_t row_begin, std::size_t at,
                                        std::string_view code, std::string text,
                                        bool keeps_row) const;
    [[nodiscard]] std::uint64_t line_at(std::size_t at) const;
    /// A field of a row as the file has it. REQUIRES: the row has it.
    [[nodiscard]] std::string field(std::size_t row_begin, int place) const;

private:
    [[nodiscard]] std::string_view row_at(std::size_t begin) const;
    mutable std::size_t known_at_ = 0;  ///< lines up to here are counted
    mutable std::uint64_t known_lines_ = 0;
};

/// How much of all files has been read.
struct ReadProgress {
    std::uint64_t bytes_done = 0, bytes_total = 0;
};

class SourceFile {
public:
    /// Opens file number `number` of the options. StorageError where it cannot be read.
    SourceFile(const ImportOptions& options, std::size_t number, ReadProgress& progress);
    ~SourceFile();
    SourceFile(const SourceFile&) = delete;
    SourceFile& operator=(const SourceFile&) = delete;

    /// Reads the header. False where it is wrong; then `problems` says why.
    bool read_header(RowProblems& problems);
    [[nodiscard]] const Header& header() const { return header_; }
    /// The next rows, or null at the end. The text that was not whole rows is to be given back.
    [[nodiscard]] std::unique_ptr<Segment> next();
    void give_back(const Segment& segment, std::size_t from);
    /// Of everything that was read; after the last next().
    [[nodiscard]] std::string sha256() { return digest_.hex(); }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    void read_more(std::string& text, std::size_t bytes);
    std::optional<RowProblem> wrong_encoding(std::string_view text) const;
    void find_columns(const std::vector<std::string_view>& names,
                      const std::vector<std::size_t>& starts, RowProblems& problems,
                      bool& is_good);
    /// What to say where another delimiter than the one that was said makes sense of the header.
    [[nodiscard]] std::optional<std::string> other_delimiter(std::string_view line) const;

    const ImportOptions& options_;
    ReadProgress& progress_;
    std::string name_;
    std::string_view given_text_;
    int descriptor_ = -1;
    bool is_at_end_ = false;
    std::uint64_t bytes_ = 0, next_line_ = 1;
    std::string rest_;
    Digest digest_;
    Header header_;
};

}  // namespace downline
