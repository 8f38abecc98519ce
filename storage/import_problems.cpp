// Errors go where they are wanted as they are found, so that memory does not grow with them.
#include "storage/import_problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/errors.hpp"
#include "storage/csv.hpp"
#include "storage/messages.hpp"

namespace downline {

std::string row_error_text(const RowError& error) {
    return fmt::format("{}:{}:{}: error {}: {}", harmless(error.file, 4096), error.line,
                       error.column, error.code, error.text);
}

RowProblems::RowProblems(const ImportOptions& options, ImportReport& report)
    : report_(report), delimiter_(options.delimiter) {
    if (options.errors) errors_.emplace(*options.errors, options.force);
    if (options.skip_bad) rejects_.emplace(*options.skip_bad, options.force);
}

void RowProblems::header(const std::string& file, std::string_view header_line) {
    if (!rejects_) return;
    if (header_.empty()) header_ = header_line;
    if (header_ != header_line)
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{} has another header than the file before: rejected rows of "
                                  "both cannot be in one file; import them one by one",
                                  harmless(file, 4096)));
}

void RowProblems::add(RowProblem problem) {
    const bool is_same_row = problem.row_line != 0 && problem.row_line == last_row_line_ &&
                             problem.error.file == last_row_file_;
    ++report_.error_count;
    if (problem.row_line == 0) has_bad_file_ = true;
    else if (!is_same_row) ++report_.rejected_rows;
    last_row_line_ = problem.row_line;
    last_row_file_ = problem.error.file;
    if (errors_) errors_->write(row_error_text(problem.error) + '\n');
    if (rejects_ && problem.row_line != 0 && !is_same_row) {
        if (!rejects_->is_begun())
            rejects_->write(fmt::format("{0}{1}error_code{1}error\n", header_, delimiter_));
        rejects_->write(fmt::format("{}{}{}{}{}\n", problem.row, delimiter_, problem.error.code,
                                    delimiter_, csv_field(problem.error.text, delimiter_)));
    }
    if (report_.errors.size() < shown_errors_max)
        report_.errors.push_back(std::move(problem.error));
}

void RowProblems::add(std::vector<RowProblem>& problems) {
    for (RowProblem& problem : problems) add(std::move(problem));
    problems.clear();
}

void RowProblems::finish(const std::vector<std::string>& files) {
    const auto place = [&files](const RowError& error) {
        return std::pair(std::find(files.begin(), files.end(), error.file), error.line);
    };
    std::stable_sort(report_.errors.begin(), report_.errors.end(),
                     [&](const RowError& a, const RowError& b) { return place(a) < place(b); });
    if (errors_) errors_->finish();
    if (rejects_) rejects_->finish();
}

}  // namespace downline
