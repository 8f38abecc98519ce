// Counts facts into periods: see the header.
#include "storage/counting.hpp"

#include <algorithm>

namespace downline {

Counting::Counting(Database& database, std::int64_t previous_run, const Period& period)
    : present_first_day_(period.first) {
    Query query = database.query(
        "WITH RECURSIVE chain(number, first_day, last_day, last_import, previous_run) AS ("
        " SELECT number, first_day, last_day, last_import, previous_run FROM run"
        " WHERE number = ?1 UNION ALL"
        " SELECT r.number, r.first_day, r.last_day, r.last_import, r.previous_run FROM chain c"
        " JOIN run r ON r.number = c.previous_run)"
        " SELECT number, first_day, last_day, last_import FROM chain ORDER BY first_day");
    query.bind(1, previous_run);
    while (query.step())
        runs_.push_back({query.integer(0), static_cast<Day>(query.integer(1)),
                         static_cast<Day>(query.integer(2)), query.integer(3)});
    first_day_ = runs_.empty() ? period.first : runs_.front().first_day;
}

Day Counting::first_day_of(Database& database, std::string_view kind) const {
    if (runs_.empty()) return present_first_day_;
    Query late = database.query(
        "SELECT 1 FROM import WHERE kind = ?1 AND number > ?2 AND first_day < ?3 LIMIT 1");
    late.bind(1, kind).bind(2, runs_.back().last_import).bind(3, std::int64_t{present_first_day_});
    return late.step() ? INT32_MIN : present_first_day_;
}

std::optional<std::size_t> Counting::place_of(Day day, std::int64_t import) const {
    // A run saw more than the runs before it, and its days come after theirs.
    const auto open = std::ranges::lower_bound(runs_, import, {}, &EarlierRun::last_import);
    if (open == runs_.begin() && day < first_day_) return std::nullopt;
    const auto holds = std::ranges::lower_bound(runs_, day, {}, &EarlierRun::last_day);
    return static_cast<std::size_t>(std::max(open, holds) - runs_.begin());
}

}  // namespace downline
