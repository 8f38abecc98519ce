// Why: every slot of an order, every test of a member. Asked of the passes that compute a run
// (engine/watch.hpp), never computed a second way.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/standing.hpp"
#include "engine/watch.hpp"

namespace downline {

/// One step on the way up from an order line: a slot, or members who were passed over.
struct Step {
    static constexpr std::uint32_t nobody = 0xffff'ffff;
    OrderLineIndex order_line{};
    /// True distance from the seller (that of the first of several); `nobody` for a slot that
    /// nobody stands at.
    std::uint32_t level = nobody;
    std::optional<Slot> slot;
    // Members passed over for one reason, from one up to another:
    Passed passed{};
    MemberIndex first = no_member, last = no_member;
    std::uint32_t count = 0;
};

/// The slots of an order under one bonus, order line by order line, from the seller up.
/// Empty where the bonus does not take the order.
struct ExplainedBonus {
    std::vector<Step> steps;
    std::int64_t maximum_minor{}, paid_minor{};
    std::array<std::int64_t, reason_count> forfeited_minor{};
    /// Of a pool: it adds to the fund.
    bool adds_to_fund = false;
};

struct OrderExplanation {
    RunResult result;
    std::vector<ExplainedBonus> bonuses;  ///< by bonus of the plan
};

/// The run again, asked for the order lines [from, to): its books and accounts are of these alone.
/// BrokenInvariant where the slots do not add up to what the plan could have paid. `known`: as run()
/// has it.
[[nodiscard]] OrderExplanation explain_order(const Plan& plan, const Snapshot& snapshot,
                                             OrderLineIndex from, OrderLineIndex to,
                                             unsigned thread_count = 1,
                                             const Standing* known = nullptr);
/// Whether an order's slots follow from its buyer's orders, those above its seller in every tree, and
/// what step 2 found of these: no test asks for anybody else, no line is of an earner's other orders.
[[nodiscard]] bool is_told_by_upline(const Plan& plan);

/// A requirement as it was asked of a member: what each test found.
using Findings = std::vector<std::vector<std::pair<const Test*, Finding>>>;  ///< by alternative
[[nodiscard]] Findings findings_of(const Examiner& examiner, const Requirement& requirement,
                                   MemberIndex member);
/// The tests that failed of the alternative that came nearest: fewest failed, the first of those.
/// Empty where the requirement is met.
[[nodiscard]] std::vector<std::pair<const Test*, Finding>> failed_of(const Findings& findings);

/// A rank as it was tried.
struct TriedRank {
    RankPlace place{};
    bool is_reached = false, is_maintained = false;  ///< maintained: by what keeps the title
    Findings requires_;
    Findings maintain;  ///< where the rank has it and the title is held
};

/// What a bonus did not pay to a member.
struct Missed {
    std::size_t bonus{};
    /// Inactive or unqualified: what it would have been paid in this run if it could have been;
    /// rank: what its slots paid less than at the highest rate of the plan.
    Reason reason{};
    std::uint64_t line_count{};
    std::int64_t amount_minor{};
};

/// What a bonus decided for one member that is paid for no order: a match, pool, fixed amount or
/// binary.
struct OwnSlots {
    std::vector<Step> steps;           ///< slots; of a match by whose pay it shares
    std::optional<LegsOfMember> legs;  ///< of a binary, where the member has a place
};

struct MemberExplanation {
    RunResult result;
    Findings active;                 ///< of `[active]`; empty where all affiliates are
    std::vector<TriedRank> ranks;    ///< lowest first
    std::vector<Findings> requires_; ///< of every bonus
    std::vector<OwnSlots> own;       ///< of every bonus
    std::vector<Missed> missed;
};

/// The run again, asked for one affiliate: of its books only this one's lines are whole.
[[nodiscard]] MemberExplanation explain_member(const Plan& plan, const Snapshot& snapshot,
                                               MemberIndex member, unsigned thread_count = 1);

/// Whether a member's standing and pay follow from itself, those below it in any of the trees, and
/// their orders; but for royalties, which are of orders anywhere.
[[nodiscard]] bool is_told_by_downline(const Plan& plan);

/// The tests that `[active]` failed for, of members of a finished run.
class ActivityAsked {
public:
    ActivityAsked(const Plan& plan, const Snapshot& snapshot, const Standing& standing);
    [[nodiscard]] Findings active(MemberIndex member) const;
    /// What a rank above the one it is paid as would ask of it.
    [[nodiscard]] Findings next_rank(const Rank& rank, MemberIndex member) const;
    [[nodiscard]] Findings meets(const Requirement& requirement, MemberIndex member) const;

private:
    const Plan& plan_;
    Trees trees_;
    Standing before_;  ///< with the titles before the run, as activity and ranks were decided
    Examiner examiner_before_, examiner_after_;
};

}  // namespace downline
