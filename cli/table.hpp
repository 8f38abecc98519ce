// Tables for people: columns as wide as what is in them, numbers to the right.
#pragma once

#include <string>
#include <vector>

#include "cli/output.hpp"

namespace downline {

enum class Align : std::uint8_t { left, right };
struct Column {
    std::string title;
    Align align = Align::left;
};

/// Rows are kept until the first 1,000 have said how wide the columns are, then written as they
/// come; what is wider later pushes its row to the right. Cells are shown() on the way.
class Table {
public:
    Table(Output& output, std::vector<Column> columns);
    /// REQUIRES: as many cells as columns.
    void row(std::vector<std::string> cells);
    void finish();  ///< REQUIRED at the end
    [[nodiscard]] std::size_t row_count() const { return row_count_; }

private:
    void begin();
    void write(const std::vector<std::string>& cells);
    Output& output_;
    std::vector<Column> columns_;
    std::vector<std::size_t> widths_;
    std::vector<std::vector<std::string>> waiting_;
    std::size_t row_count_ = 0;
    bool has_begun_ = false;
};

/// The text in bold where the output is coloured.
[[nodiscard]] std::string bold(const Output& output, const std::string& text);

}  // namespace downline
