// The reference's binary: two legs of the placement tree, matched as the plan says.
#include <algorithm>

#include "engine/bonuses/binary.hpp"
#include "tests/reference/arithmetic.hpp"
#include "tests/reference/payer.hpp"

namespace downline::reference {

namespace {

constexpr std::int64_t millionth = 1'000'000;

/// One member under one binary bonus; SPEC 3.4, 9.14, 9.23, 9.32, 9.34.
class Legs {
public:
    Legs(Payer& payer, const BinaryRule& rule, MemberIndex member)
        : payer_(payer), rule_(rule), member_(member), rank_(payer.rank_of(member)),
          factor_(payer.factor_of(member)), cap_(payer.bonus.cap.per_member_minor.at(rank_)) {
        left_ = leg(1);
        right_ = leg(2);
        const auto carried = payer.ledger.in.carry.find(payer.bonus.code);
        if (carried != payer.ledger.in.carry.end())
            for (const Carry& carry : carried->second)
                if (carry.member == member) {
                    left_ += carry.left_centipoints;
                    right_ += carry.right_centipoints;
                }
        if (const auto most = rule.max_leg.at(rank_)) {
            left_ = std::min(left_, *most);
            right_ = std::min(right_, *most);
        }
    }

    void pay() {
        const std::int64_t left = left_, right = right_;
        const bool may_be_paid = !payer_.why_not(member_) &&
                                 std::min(left, right) >= rule_.min.at(rank_).value_or(0);
        Payment payment{.bonus = payer_.place,
                        .earner = member_,
                        .from = no_member,
                        .stream = payer_.bonus.stream.value_or(StreamKind::leveraged),
                        .rate_is_amount = rule_.form != BinaryRule::Form::rate};
        if (may_be_paid) {
            if (rule_.form == BinaryRule::Form::rate) match_rate(payment);
            if (rule_.form == BinaryRule::Form::cycle) match_cycles(payment);
            if (rule_.form == BinaryRule::Form::steps) match_step(payment);
        }
        if (payment.amount_minor == 0) {
            left_ = left;
            right_ = right;
        }
        payer_.outcome.breakdowns[payer_.place].maximum_minor += payment.amount_minor;
        payer_.write(payment);
        if (rule_.carries && (left_ != 0 || right_ != 0))
            payer_.outcome.carry_after.push_back({payer_.bonus.code, member_, left_, right_});
    }

private:
    [[nodiscard]] std::int64_t leg(std::uint32_t number) const {
        std::int64_t sum = 0;
        for (const MemberIndex below : payer_.ledger.placement_leg(member_, number))
            sum += payer_.ledger.measure(below, rule_.volume) *
                   (payer_.ledger.plan.measures[rule_.volume].unit == Measure::Unit::count ? 100 : 1);
        return sum;
    }

    /// Whether the cap leaves something of this unpaid, whose volume stays in the legs.
    [[nodiscard]] bool is_over_cap(std::int64_t amount) const {
        return cap_ && amount > *cap_ && !rule_.flushes_over_cap;
    }

    void match_rate(Payment& payment) {
        Slot slot;
        slot.base = std::min(left_, right_);
        const Price price = Payer::at(rule_.rate, rank_);
        payment.base = slot.base;
        payment.rate = price.value;
        payment.amount_minor = payer_.money(slot, price, factor_);
        std::int64_t taken = slot.base;
        if (is_over_cap(payment.amount_minor)) taken = std::min(taken, volume_for_cap(price));
        left_ -= taken;
        right_ -= taken;
    }

    /// Cap ÷ rate, rounded up to a hundredth of a point. The rate is that of a point: with what a
    /// point is worth and the factor.
    [[nodiscard]] std::int64_t volume_for_cap(const Price& price) const {
        Int128 minor_per_unit = 1;
        for (int i = 0; i < payer_.ledger.in.currency_places; ++i) minor_per_unit *= 10;
        // cap = volume ÷ 100 × minor units per unit × point × rate × factor, the last three in
        // millionths: volume = cap × 100 × 10^18 ÷ (…), in steps so that 128 bits hold it.
        const Int128 rate = Int128{price.value} * factor_;             // 10^12
        const Int128 whole = Int128{*cap_} * 100 * millionth * millionth;
        const Int128 by_rate = whole / rate, rest = whole % rate;
        const Int128 divisor = minor_per_unit * payer_.bonus.point_ppm;  // 10^6
        const Int128 numerator = by_rate * millionth + rest * millionth / rate;
        const bool is_exact = (rest * millionth) % rate == 0 && numerator % divisor == 0;
        return static_cast<std::int64_t>(numerator / divisor + (is_exact ? 0 : 1));
    }

    void match_cycles(Payment& payment) {
        const auto greater = rule_.cycle.greater_centipoints.at(rank_);
        const auto lesser = rule_.cycle.lesser_centipoints.at(rank_);
        const std::int64_t amount = rule_.cycle.amount_minor.at(rank_).value_or(0);
        payment.rate = amount;
        if (amount == 0 || !greater || !lesser || (*greater == 0 && *lesser == 0)) return;
        std::vector<std::pair<std::int64_t, std::int64_t>> after;  // each cycle's legs
        std::int64_t left = left_, right = right_;
        while (true) {
            std::int64_t& most = left >= right ? left : right;
            std::int64_t& least = left >= right ? right : left;
            if (most < *greater || least < *lesser) break;
            most -= *greater;
            least -= *lesser;
            after.emplace_back(left, right);
        }
        const auto count = static_cast<std::int64_t>(after.size());
        payment.base = count;
        payment.amount_minor =
            rounded({count, amount, factor_}, {millionth}, payer_.ledger.plan.rounding);
        const bool is_cut = is_over_cap(payment.amount_minor);
        for (std::int64_t cycle = 0; cycle < count; ++cycle) {
            const bool begins_under =
                Int128{cycle} * amount * factor_ < Int128{cap_.value_or(0)} * millionth;
            if (is_cut && !begins_under) break;
            std::tie(left_, right_) = after[static_cast<std::size_t>(cycle)];
        }
    }

    void match_step(Payment& payment) {
        const std::int64_t lesser = std::min(left_, right_);
        const Tiers::Step* reached = nullptr;
        for (const Tiers::Step& step : rule_.steps)
            if (step.floor <= lesser) reached = &step;
        if (!reached) return;
        const Price price = Payer::at(reached->pay, rank_);
        payment.base = 1;
        payment.rate = price.value;
        payment.amount_minor = payer_.money(Slot{}, {true, price.value}, factor_);
        left_ -= reached->floor;
        right_ -= reached->floor;
    }

    Payer& payer_;
    const BinaryRule& rule_;
    MemberIndex member_;
    RankPlace rank_;
    std::int64_t factor_;
    std::optional<std::int64_t> cap_;
    std::int64_t left_ = 0, right_ = 0;
};

}  // namespace

void pay_binary(Payer& payer) {
    const auto& rule = dynamic_cast<const BinaryRule&>(*payer.bonus.rule);
    for (MemberIndex member = 0; member < payer.ledger.in.members.count; ++member)
        if (payer.ledger.is_affiliate(member)) Legs(payer, rule, member).pay();
}

}  // namespace downline::reference
