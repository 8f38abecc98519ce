// The rows of a small company over several periods: what its files say, in the order in which they
// come in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/property/facts.hpp"
#include "tests/property/files.hpp"
#include "tests/property/generate.hpp"

namespace downline::property {

/// A new status, or a customer who becomes an affiliate.
struct ChangeRow {
    int member{};
    Day holds_from{};
    bool is_status = true;  ///< else the kind
    Status status{};
    int arrives = 0;        ///< before the run of which period it comes in
};

/// A member stands elsewhere from a day on.
struct MoveRow {
    int member{};
    Tree tree{};
    int parent = -1;  ///< -1: a root
    std::uint32_t leg = 0;
    Day effective_on{};
    Day holds_from{};  ///< that day; of a late one the first of the period that takes it
    int arrives = 0;
};

struct AdjustmentRow {
    std::string id;
    int member{};
    int period{};  ///< which it names
    std::int64_t amount_minor{};
    std::string bonus;
    int arrives = 0;
};

/// Several periods in a row; the rows of all of them. A row comes in before the run of a period: as a
/// rule of the one that holds its day, late ones after that was closed.
struct History {
    std::vector<Period> periods;
    std::vector<std::string> plan_texts;  ///< by period
    std::vector<Plan> plans;
    Facts facts;  ///< of all periods; `period` is the first
    std::vector<ChangeRow> changes;
    std::vector<MoveRow> moves;              ///< as they apply
    std::vector<AdjustmentRow> adjustments;  ///< by id
    bool comes_at_once = false;  ///< all files before the first run, else period by period
};

/// The place of the period that counts a row of this day: the one that holds it, or the first that
/// was open when it came in; nothing where it is history.
[[nodiscard]] std::optional<std::size_t> counted_in(const History& history, Day day, int arrives);

/// Before the run of which period a row of this day comes in, if it is not late.
[[nodiscard]] int arrival_of(const History& history, Day day);

/// Moves in every tree; `is_placing`: runs give places too.
void add_moves(const Throws& throws, bool is_placing, History& history);

[[nodiscard]] History history_of(const Throws& throws, const Wanted& wanted = {});

/// What comes in before the run of a period.
[[nodiscard]] std::vector<File> files_before(const History& history, std::size_t period);

[[nodiscard]] std::string describe(const History& history);

}  // namespace downline::property
