// Being asked: a run tells whoever watches it every slot, from the very passes that decide them.
//
// So an explanation is no second copy of the rules. A run that nobody watches pays for one test of
// a null pointer per slot. One that is watched computes on as many threads as any other: slots of
// one bonus may be told from several at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/money.hpp"
#include "engine/run.hpp"

namespace downline {

struct PayView;    // engine/bonuses/pay.hpp
struct NetOrders;  // engine/orders.hpp
class Forest;      // engine/forest.hpp
class Examiner;    // engine/standing.hpp

/// A payment that the plan could have made, as it was decided.
/// maximum_minor = paid_minor + what was forfeited for `reason`.
struct Slot {
    /// What it is paid for: an order line, of a match the member that it shares, or the period.
    enum class Of : std::uint8_t { order_line, member, period };
    Of of = Of::order_line;
    std::uint32_t item{};             ///< the order line or member
    MemberIndex payee = no_member;    ///< no_member: nobody stands there
    std::uint32_t paid_level{};       ///< level, generation, step or rank that it is paid as
    bool rate_is_amount = false;      ///< rates are minor units per unit, else ppm of the base
    std::int64_t rate = 0;            ///< the payee's; 0 where nobody is paid
    std::int64_t rate_most = 0;       ///< the highest in the plan
    std::int64_t base = 0;            ///< as a line has it
    std::int64_t factor_ppm = 1'000'000;
    std::int64_t maximum_minor = 0, paid_minor = 0;
    Reason reason{};                  ///< of what was not paid
    /// Of a pool, whose base is the fund: this part of the sum of all; of places, ppm of the fund.
    std::int64_t share = 0;
    Int128 share_sum = 0;
};

/// The two legs of a member under a binary bonus, in hundredths of a point.
struct LegsOfMember {
    std::int64_t left_carried = 0, right_carried = 0;  ///< brought in
    std::int64_t left = 0, right = 0;                  ///< with that
    std::int64_t left_counted = 0, right_counted = 0;  ///< after `max_leg`: what it cuts is lost
    std::int64_t left_after = 0, right_after = 0;      ///< less what was matched
    bool is_carried = true;                            ///< to the next period
};

/// Why somebody on the line has no slot.
enum class Passed : std::uint8_t {
    terminated,
    inactive,
    unqualified,
    rank,   ///< its rank or measure is paid nothing (more) here
    reach,  ///< further up than the bonus reaches
};
[[nodiscard]] std::string_view passed_name(Passed passed);  ///< "terminated", …

class Watcher {
public:
    virtual ~Watcher() = default;
    /// A rank as it is tried, lowest first, while the examiner knows what the member holds so far:
    /// whether it is reached, and whether by what maintains its title.
    virtual void rank(const Examiner&, MemberIndex, RankPlace, bool is_reached,
                      bool is_maintained) {
        (void)is_reached, (void)is_maintained;
    }
    /// Before a bonus is paid: takes out order lines that what it asks for does not depend on. The
    /// books and accounts of the run are those of the lines left, and no longer whole.
    virtual void narrow(const Bonus&, const Forest&, const NetOrders&,
                        std::vector<std::uint8_t>& takes) {
        (void)takes;
    }
    /// Before a bonus is paid.
    virtual void bonus(const PayView&, const Examiner&) {}
    /// Every slot that somebody payable stands at, and all of the items that it asks for. On any
    /// thread.
    virtual void slot(const PayView&, const Slot&) {}
    /// Whether it wants to know who was passed over on the way up from an order line.
    [[nodiscard]] virtual bool asks_for(OrderLineIndex) const { return false; }
    /// Whether it wants to know the slots of all who stand above a member whose pay is matched.
    [[nodiscard]] virtual bool asks_for_matched(MemberIndex) const { return false; }
    /// The legs of a member under a binary bonus, whether they are paid or not.
    virtual void legs(const PayView&, MemberIndex, const LegsOfMember&) {}
    /// Of an order line that it asks for: somebody between the seller and the last slot.
    virtual void passed_over(const PayView&, OrderLineIndex, MemberIndex, Passed) {}
};

}  // namespace downline
