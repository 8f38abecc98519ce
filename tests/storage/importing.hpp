// Importing texts in tests: a database in memory, and what an import says in one string.
#pragma once

#include <string>

#include "storage/import.hpp"

namespace downline {

inline ImportOptions options_for(ImportKind kind, const std::string& text) {
    ImportOptions options;
    options.kind = kind;
    options.texts = {text};
    options.made_by = "tester";
    options.made_at = "2026-11-21T00:00:00Z";
    return options;
}

/// "3 new, 1 changed, 0 unchanged, 0 rejected", and every error on a line of its own.
inline std::string said(const ImportReport& report) {
    std::string text = std::to_string(report.new_rows) + " new, " +
                       std::to_string(report.changed_rows) + " changed, " +
                       std::to_string(report.unchanged_rows) + " unchanged, " +
                       std::to_string(report.rejected_rows) + " rejected";
    for (const RowError& error : report.errors) text.append("\n").append(row_error_text(error));
    return text;
}

inline std::string import_text(Database& database, ImportKind kind, const std::string& text) {
    return said(import_files(database, options_for(kind, text)));
}

/// Imports what must be right.
inline void import_good(Database& database, ImportKind kind, const std::string& text) {
    const ImportReport report = import_files(database, options_for(kind, text));
    if (!report.applied || report.error_count != 0) throw std::runtime_error(said(report));
}

}  // namespace downline
