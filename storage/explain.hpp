// Why: a stored run computed again and asked, with names; held against what is stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/earnings.hpp"
#include "storage/runs.hpp"

namespace downline {

/// A test of a requirement as it was asked, in words and numbers.
struct ShownTest {
    std::string asked;  ///< "gv at least 1000 (at most 50% of that from one leg)"
    std::string kind;   ///< measure, rank, title, active, joined, legs, frontline
    std::optional<std::string> measure;
    std::string value;
    std::optional<std::string> counted;   ///< after leg caps, where there are any
    std::string needed;
    std::optional<std::string> short_by;  ///< where it is not met and that is a number
    bool is_met = false;
};
using ShownTests = std::vector<std::vector<ShownTest>>;  ///< by alternative

/// A step on the way up from an order line: a slot, or members who were passed over.
struct OrderStep {
    bool is_slot = false;
    std::int64_t line{};                      ///< of the order
    std::optional<std::string> member_id;     ///< nothing: nobody stands there
    std::optional<std::string> to_member_id;  ///< of several passed over, the last
    std::int64_t member_count = 0;            ///< passed over
    std::optional<std::int64_t> level;        ///< true distance from the seller
    std::int64_t paid_level{};
    bool is_active = false;
    std::optional<std::string> rank;          ///< the one that chooses rates
    std::optional<std::string> base, rate, rate_most, factor;
    std::optional<std::string> exact;         ///< base × rate × factor before rounding
    std::int64_t maximum_minor{}, paid_minor{};
    std::string reason;  ///< why it was forfeited or passed over; "" paid in full
    std::vector<ShownTest> failed;            ///< of inactive and unqualified
};

struct OrderBonus {
    std::string code, kind, orders;           ///< `orders`: what it is paid on, in words
    bool adds_to_fund = false;                ///< of a pool
    std::vector<OrderStep> steps;             ///< none: it is not paid on this order
    std::int64_t maximum_minor{}, paid_minor{};
    std::vector<std::pair<std::string, std::int64_t>> forfeited;  ///< reason, amount; not zero
};

/// A line of a later run that names the order: what a return took back of what was paid on it.
struct LaterLine {
    std::string period, bonus, member_id;
    std::optional<std::string> return_id;
    std::int64_t run{}, line{}, amount_minor{};
};

/// A line that the system before this one paid on an order (an opening row).
struct OpeningPaid {
    std::string bonus, member_id;
    std::int64_t line{}, level{}, amount_minor{};
};

struct ExplainedOrder {
    RunRecord run;  ///< of history none: number 0, state "history"; then only who, what, when, `opening`,
                    ///< its sum in `paid_minor`, and `later` are known
    std::string order_id, buyer;
    std::optional<std::string> seller;
    bool is_from_customer = false, is_returned = false;
    Day ordered_on{};
    std::int64_t sequence{};           ///< the buyer's n-th order; 0: fully returned
    std::int64_t amount_minor{};       ///< less what came back in the period
    std::int64_t volume_centipoints{}; ///< likewise; weighted as measures see it
    std::vector<OrderBonus> bonuses;
    std::int64_t maximum_minor{}, paid_minor{};
    std::vector<std::pair<std::string, std::int64_t>> forfeited;
    /// What caps and limits took from earners of this order, over all their lines.
    std::vector<std::pair<std::string, std::int64_t>> cuts;  ///< member id, amount
    std::vector<LaterLine> later;      ///< of current runs, in their order
    std::vector<OpeningPaid> opening;  ///< of history alone
};

/// From what a stored run is computed again: all that it saw, or the part that what is asked follows
/// from (storage/reload.hpp). A part that is not what is stored gives way to all, which says what is
/// wrong; unless `only_part` is said, for tests.
enum class Reading { part, all, only_part };

/// Refusal (input) for an order that is not there, (state) where no run holds it or the draft is
/// stale. BrokenInvariant where the explanation is not what is stored.
[[nodiscard]] ExplainedOrder explain_order(Database& database,
                                           const std::optional<std::string>& plan,
                                           const std::string& order_id,
                                           unsigned thread_count = 1,
                                           Reading reading = Reading::part);

struct ShownRank {
    std::string name;
    bool is_reached = false;
    bool is_maintained = false;  ///< only because what maintains the title holds
    ShownTests requires_, maintain;
};

struct MissedPay {
    std::string bonus, reason;  ///< reason: inactive, unqualified or rank
    std::uint64_t lines{};
    std::int64_t amount_minor{};
    std::vector<ShownTest> failed;
};

/// A slot of a bonus that is paid for no order: a match, pool, fixed amount or binary.
struct MemberSlot {
    std::string bonus, kind;
    std::optional<std::string> from;          ///< of a match: whose pay it shares
    std::optional<std::int64_t> level;        ///< likewise, true distance
    std::int64_t paid_level{};
    std::optional<std::string> base, rate, rate_most, factor;  ///< a pool's base is the fund
    std::optional<std::string> exact;         ///< base × rate × factor before rounding
    std::string by;  ///< of a fixed amount: the measure that decides it; "": the rank
    std::optional<std::string> share, share_sum;  ///< of a pool: so much of so much, or a place's
    std::int64_t maximum_minor{}, paid_minor{};
    std::string reason;                       ///< why it was forfeited; "" paid in full
};

/// One leg under a binary bonus, in points.
struct MemberLeg {
    std::string bonus, leg;    ///< left or right
    std::string carried_in, whole, counted;  ///< with this period; after what max_leg cuts
    std::string matched, left, carried_on;   ///< left: after the match
};

/// What a member would have been and earned.
struct SupposedPay {
    std::string words;
    bool is_active = false;
    std::optional<std::string> rank;
    std::vector<std::pair<std::string, std::string>> measures;  ///< name, value as shown
    std::int64_t total_minor{};
    std::vector<NamedAmount> by_bonus;
    std::vector<ShownRank> ranks;
};

struct ExplainedMember {
    RunRecord run;
    std::string status;            ///< active, suspended, terminated: as of the last day
    Earnings earnings;
    ShownTests active;             ///< what `[active]` asked; none: every affiliate is
    std::vector<ShownRank> ranks;  ///< lowest first; none of a terminated affiliate
    std::vector<NamedAmount> sources;  ///< by who bought (or was matched), the most first
    std::vector<MemberSlot> slots;
    std::vector<MemberLeg> legs;       ///< two of each binary
    std::vector<MissedPay> missed;
    std::optional<SupposedPay> supposed;
};

/// `supposition`: "pv+30" or an orders file (storage/suppose.hpp). Refuses as earnings_of() and
/// explain_order() do.
[[nodiscard]] ExplainedMember explain_member(Database& database, const RunRecord& run,
                                             const std::string& member_id,
                                             const std::optional<std::string>& supposition,
                                             unsigned thread_count = 1,
                                             Reading reading = Reading::part);

}  // namespace downline
