// The reference engine: what SPEC.md says, computed in the slowest and plainest way, to compare
// the real engine with. It shares the plan and the snapshot with the engine, and no arithmetic.
//
// Everything is asked anew whenever it is needed: raw uplines are walked order by order, a
// downline is a walk over children, a rank is found by asking everybody below. O(n²) and worse.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "engine/snapshot.hpp"
#include "tests/reference/past.hpp"

namespace downline::reference {

/// One payment, as SPEC 9.18 and 9.27 state its columns.
struct Payment {
    std::size_t bonus{};  ///< place in Plan::bonuses
    MemberIndex earner{};
    std::int64_t order_ref{};  ///< place of the order line from 1; 0: none
    MemberIndex from{};        ///< the buyer; of a match whose earnings; else no_member
    std::uint32_t level{}, paid_level{};
    StreamKind stream{};
    bool rate_is_amount = false;
    std::optional<std::int64_t> rate;  ///< ppm, or minor units per unit
    std::optional<std::int64_t> base;  ///< centipoints, minor units or a quantity
    std::int64_t amount_minor{};
    friend auto operator<=>(const Payment&, const Payment&) = default;
};

/// What became of one bonus's maximum (SPEC 4 and 9.3).
struct Breakdown {
    std::int64_t maximum_minor{}, paid_minor{};
    std::array<std::int64_t, reason_count> forfeited_minor{};
    friend bool operator==(const Breakdown&, const Breakdown&) = default;
};

/// What a cap or limit took from a member: a line of its own (SPEC 9.16).
struct CutLine {
    std::string code;
    MemberIndex earner{};
    std::int64_t amount_minor{};  ///< negative
    friend auto operator<=>(const CutLine&, const CutLine&) = default;
};

/// What a binary bonus leaves in a member's legs; nothing for who has nothing left.
struct CarryLine {
    std::string code;
    MemberIndex member{};
    std::int64_t left_centipoints{}, right_centipoints{};
    friend auto operator<=>(const CarryLine&, const CarryLine&) = default;
};

struct Outcome {
    std::vector<Payment> payments;  ///< sorted
    std::vector<CutLine> cuts;      ///< sorted
    std::vector<CarryLine> carry_after;  ///< sorted
    std::vector<Breakdown> breakdowns;  ///< per bonus
    std::vector<std::vector<std::int64_t>> measures;  ///< [measure][member]
    std::map<std::string, std::vector<std::uint8_t>> held;  ///< by count of periods; by member
    std::vector<std::uint8_t> is_active;
    std::vector<RankPlace> rank, title;
    std::int64_t volume_centipoints{}, amount_minor{}, paid_minor{};
    std::uint32_t order_count{};
    std::vector<std::uint32_t> orders_after;  ///< as Sequences::orders_before of the next period
    std::vector<Day> first_on_after;
};

/// The plan asks for something that this engine does not know (or its ranks form a cycle).
struct NotCovered : std::logic_error {
    using std::logic_error::logic_error;
};

/// The trees through which rank rules ask for the ranks of others form a cycle together, so the run
/// is refused (SPEC 3.3).
struct RankCycle : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Gives every affiliate without a place one, and marks it. REQUIRES: all columns of members are
/// filled, those of who has no place with no_member.
void place_members(const Placement& rule, Members& members, std::vector<std::uint8_t>& has_place);

/// One period on top of those before. Of the snapshot it reads what files would say, titles and
/// carry; what windows need is asked of `past`.
[[nodiscard]] Outcome compute(const Plan& plan, const Snapshot& snapshot, const Past& past = {});

}  // namespace downline::reference
