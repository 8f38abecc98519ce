// What every kind of the reference engine shares: prices, who may be paid, and how a slot ends.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/bonuses/bonus.hpp"
#include "tests/reference/ledger.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

/// A rate or an amount per unit as one slot has it.
struct Price {
    bool is_amount = false;
    std::int64_t value{};
};

/// One slot: what it is on, the most it could be, and, where somebody is paid, at what.
struct Slot {
    const NetLine* line = nullptr;      ///< the order line; none: `from` says what it is for
    MemberIndex from = no_member;       ///< of a match: whose earnings
    std::int64_t base{};
    Price highest, own;
    MemberIndex earner = no_member;     ///< nobody there: no-upline
    std::uint32_t level{}, paid_level{};
};

struct Sharer {
    MemberIndex member{};
    std::int64_t weight{};
    std::int64_t part{};
};
/// Everything is shared out by weight: whole units first, then one more each to the largest
/// remainders, ties by member id.
void share_out(std::int64_t whole, std::vector<Sharer>& sharers);

/// One bonus being paid.
class Payer {
public:
    Payer(const Ledger& the_ledger, std::size_t bonus_place, Outcome& result)
        : ledger(the_ledger), bonus(the_ledger.plan.bonuses[bonus_place]), outcome(result),
          place(bonus_place) {}

    const Ledger& ledger;
    const Bonus& bonus;
    Outcome& outcome;
    std::size_t place;

    /// The order lines that the bonus's filter takes.
    [[nodiscard]] std::vector<const NetLine*> order_lines() const;
    [[nodiscard]] std::int64_t base_of(const NetLine& line) const;
    /// Minor units of currency in a base; a match's base is money.
    [[nodiscard]] std::int64_t money(const Slot& slot, Price price, std::int64_t factor) const;

    [[nodiscard]] std::optional<Reason> why_not(MemberIndex member) const;
    [[nodiscard]] RankPlace rank_of(MemberIndex member) const;
    [[nodiscard]] std::int64_t factor_of(MemberIndex member) const;
    [[nodiscard]] std::int64_t highest_factor() const;

    [[nodiscard]] static Price at(const Pay& pay, RankPlace rank);
    [[nodiscard]] static Price highest_of(const Pay& pay);
    [[nodiscard]] static Price highest_of(const Tiers& tiers);
    /// The highest step whose floor the member's measure reaches, and its place; 0 below the first.
    [[nodiscard]] std::pair<Price, std::uint32_t> step_of(const Tiers& tiers, MemberIndex member,
                                                          RankPlace rank) const;

    /// Ends a slot paid or forfeited, in the bonus's breakdown and, where something is paid, in a
    /// line.
    void settle(const Slot& slot);
    /// Writes a line (unless it is of nothing) and counts it as paid.
    void write(Payment payment);

private:
    [[nodiscard]] StreamKind stream_of(const Slot& slot) const;
};

/// Pays a bonus by its kind. Throws NotCovered for one that is not known here.
void pay_bonus(Payer& payer);

void pay_personal(Payer& payer);
void pay_royalty(Payer& payer);
void pay_unilevel(Payer& payer);
void pay_generation(Payer& payer);
void pay_differential(Payer& payer);
void pay_match(Payer& payer);
void pay_pool(Payer& payer);
void pay_fixed(Payer& payer);
void pay_binary(Payer& payer);

/// SPEC 3.4 `cap`, 3.5: what caps and limits take, after all bonuses.
void cut_pay(const Ledger& ledger, Outcome& outcome);

}  // namespace downline::reference
