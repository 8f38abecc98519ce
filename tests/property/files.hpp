// A small company as the CSV files that it would be imported from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "storage/database.hpp"
#include "storage/import.hpp"
#include "tests/property/facts.hpp"

namespace downline::property {

/// A header and rows, in any order.
struct File {
    ImportKind kind{};
    std::string header;
    std::vector<std::string> rows;
    bool may_be_late = false;
    [[nodiscard]] std::string text() const;
};

/// Members, products, orders (those before the period, too) and returns, which are dated on the last
/// day: all of them, or those that come in before the run of one period.
[[nodiscard]] std::vector<File> files_of(const Facts& facts, const Plan& plan,
                                         std::optional<int> arriving = std::nullopt);

/// Imports one file. A row that is refused is an error of the test.
ImportReport import_file(Database& database, const File& file, const std::string& currency);

/// A database with all of them.
[[nodiscard]] Database database_of(const std::vector<File>& files, const std::string& currency);

}  // namespace downline::property
