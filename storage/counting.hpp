// In which period a plan counts a fact: the one that holds its day where that was open when the fact
// came in, else the first that was open for it then.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"

namespace downline {

/// The runs that a run continues, oldest first, and which of them counts what.
class Counting {
public:
    struct EarlierRun {
        std::int64_t number{};
        Day first_day{}, last_day{};
        std::int64_t last_import{};  ///< the last one that it saw
    };
    /// `previous_run`: the newest of them; 0: there is none.
    Counting(Database& database, std::int64_t previous_run, const Period& period);

    [[nodiscard]] const std::vector<EarlierRun>& runs() const { return runs_; }
    /// The place of the period that follows all runs, for facts that no run before it counts.
    [[nodiscard]] std::size_t present() const { return runs_.size(); }
    /// The place of the run that counts a fact of this day and import, `present()` also for days
    /// after the period; nothing for history, which lies before the first period.
    [[nodiscard]] std::optional<std::size_t> place_of(Day day, std::int64_t import) const;
    /// The last import that the newest run saw; nothing where there is none. Facts of later imports
    /// dated before the period are late ones.
    [[nodiscard]] std::optional<std::int64_t> seen() const {
        return runs_.empty() ? std::nullopt : std::optional(runs_.back().last_import);
    }
    /// Where to begin to look for what the period counts: at its first day, or at the beginning of
    /// time where an import of this kind brought late rows.
    [[nodiscard]] Day first_day_of(Database& database, std::string_view kind) const;

private:
    std::vector<EarlierRun> runs_;
    Day first_day_{};         ///< of the first period
    Day present_first_day_{};
};

}  // namespace downline
