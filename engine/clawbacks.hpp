// Clawbacks: what a return takes back of what a closed run paid on the order.
//
// Nothing final changes: a reversal is a new line in the run of the return's period that names the
// line it reverses and the return. Matches, caps and limits follow in proportion.
// Source: docs/sources.md#clawbacks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/lines.hpp"
#include "engine/money.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// A return of an order line. Those of one `event` (a return id and its day) are one return.
struct ReturnEvent {
    std::uint32_t event{};              ///< of this period: ascending from 1; 0: before it
    std::int64_t amount_minor{};
    std::int64_t volume_centipoints{};  ///< -1: in proportion to the amount
    bool is_of_own_period = false;      ///< dated in the order's own period, so never paid on
};

/// An order line of a closed period that has returns in this one.
struct ReturnedOrderLine {
    std::int64_t amount_minor{}, volume_centipoints{};  ///< as imported, before any return
    std::vector<ReturnEvent> returns;                   ///< all so far, by date and return id
};

/// A line that the closed run paid (or cut), as far as returns can touch it.
struct ClosedLine {
    MemberIndex earner{};
    std::uint32_t bonus{};         ///< place in ClosedRun::bonuses
    std::int64_t amount_minor{};   ///< negative for what a cap or limit cut
    std::int64_t reversed_minor{}; ///< by runs before, of the same sign as amount_minor
    std::uint32_t order{UINT32_MAX};      ///< index into ClosedRun::orders; UINT32_MAX: no order
    bool goes_by_volume = false;          ///< paid as a percentage of volume; else by amount
    MemberIndex source = no_member;       ///< whose earnings a match line matched
    std::uint32_t level{}, paid_level{};
    StreamKind stream{};
    std::int64_t order_ref{};             ///< storage's number of the order line; 0 none
};

/// What one closed run paid, as far as returns of this period touch it.
struct ClosedRun {
    struct BonusOfRun {
        std::string code;
        std::vector<std::uint32_t> matches;  ///< places of the bonuses that it matches
        std::int64_t cuts = -1;              ///< `cap:CODE`: the place of CODE; -1: cuts nothing
        bool is_limit = false;               ///< `limit:payout`
    };
    /// Of one member under one bonus in that run: all lines, touched or not.
    struct Sum {
        MemberIndex earner{};
        std::uint32_t bonus{};
        std::int64_t amount_minor{}, reversed_minor{};
    };
    std::int64_t number = 0;
    Rounding rounding{};
    std::vector<BonusOfRun> bonuses;
    std::vector<ReturnedOrderLine> orders;
    std::vector<ClosedLine> lines;  ///< by bonus: those on `orders`, matches, caps and limits that
                                    ///< may follow them; one of a member may be missing only where
                                    ///< nothing that it follows from is touched
    std::vector<Sum> sums;          ///< of every earner and source of `lines`
};

/// One reversal: `amount_minor` has the sign opposite to the line's.
struct Reversal {
    std::uint32_t line{};   ///< index into ClosedRun::lines
    std::uint32_t event{};
    std::int64_t amount_minor{};
    friend bool operator==(const Reversal&, const Reversal&) = default;
};

/// What the returns of this period take back, event after event; nobody gives back more than what
/// was left to them. Never more of a line in all than the line. Costs as many steps as there are
/// reversals and returns. REQUIRES: a bonus comes after those it matches, a cap after its bonus, the
/// limit last.
[[nodiscard]] std::vector<Reversal> reverse(const ClosedRun& run);

}  // namespace downline
