// What is wrong with the files of an import: counted, the first kept, all written where asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/import.hpp"
#include "storage/report_file.hpp"

namespace downline {

inline constexpr std::size_t shown_errors_max = 1000;

/// One thing that is wrong, with where its row begins and, for the file of rejected rows, the row.
struct RowProblem {
    RowError error;
    std::uint64_t row_line = 0;  ///< 0: no row, the file as a whole
    std::string row;
};

class RowProblems {
public:
    /// Opens nothing yet; refuses names of files that are there. Both must outlive it.
    RowProblems(const ImportOptions& options, ImportReport& report);
    /// RowProblems of one row come together.
    void add(RowProblem problem);
    void add(std::vector<RowProblem>& problems);
    /// The header that the file of rejected rows begins with, from the first file. Where another
    /// file has another one: Refusal.
    void header(const std::string& file, std::string_view header_line);
    [[nodiscard]] bool keeps_rows() const { return rejects_.has_value(); }
    /// A file is wrong as a whole: then nothing is applied, whatever else was asked for.
    [[nodiscard]] bool has_bad_file() const { return has_bad_file_; }
    /// Gives the written files their names, and the errors that were kept the order of `files`, as
    /// messages name them, and of lines.
    void finish(const std::vector<std::string>& files);

private:
    ImportReport& report_;
    char delimiter_;
    std::optional<ReportFile> errors_, rejects_;
    std::string header_, last_row_file_;
    std::uint64_t last_row_line_ = 0;
    bool has_bad_file_ = false;
};

}  // namespace downline
