// The arithmetic of a line: see the header.
#include "engine/bonuses/pay.hpp"

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/ranges.hpp"

namespace downline {

namespace {

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

}  // namespace

Column<std::int64_t> bonus_base(const Bonus& bonus, const NetOrders& orders,
                                const Weighted& weighted, std::size_t line_count) {
    switch (bonus.base) {
        case Base::volume: return weighted.volume_centipoints.lend();
        case Base::qualifying_volume: return weighted.qualifying_centipoints.lend();
        case Base::amount: return orders.amount_minor.lend();
        case Base::margin: break;
    }
    Column<std::int64_t> margin(0);
    for (std::size_t line = 0; line < line_count; ++line)
        if (orders.cost_minor[line] >= 0)
            margin.change(line, std::max<std::int64_t>(
                                    0, orders.amount_minor[line] - orders.cost_minor[line]),
                          line_count);
    return margin;
}

LineAmount::LineAmount(const Plan& plan, const Bonus& bonus)
    : bonus_(bonus), rounding_(plan.rounding) {
    if (bonus.base == Base::amount || bonus.base == Base::margin) return;
    const std::int64_t minor_per_unit = power_of_ten(plan.currency_places);
    scale_numerator_ = bonus.point_ppm * minor_per_unit;  // ≤ 10^9 × 10^3
    scale_denominator_ = whole_ppm * 100;
    const std::int64_t common = std::gcd(scale_numerator_, scale_denominator_);
    scale_numerator_ /= common;
    scale_denominator_ /= common;
    share_denominator_ = scale_denominator_ * whole_ppm;  // ≤ 10^8 × 10^6
}

std::int64_t LineAmount::exactly(const Pay& pay, std::int64_t value, std::int64_t base,
                                 std::uint32_t quantity, std::int64_t factor) const {
    // Units of the numerator: minor × rate millionths × factor millionths × scale denominator.
    Int128 numerator = pay.is_amount ? Int128{value} * quantity : Int128{base} * value;
    std::int64_t denominator = 1;
    if (!pay.is_amount) {
        numerator *= scale_numerator_;
        denominator = share_denominator_;
    }
    if (factor == whole_ppm) return divide_rounded(numerator, denominator, rounding_);
    if (numerator > (Int128{1} << 126) / (factor + 1))
        throw Refusal(Refusal::Kind::input, "bonus \"" + bonus_.code + "\": base × rate × factor is "
                      "too large a number to be exact; lower the rate or the factor");
    return divide_rounded(numerator * factor, Int128{denominator} * whole_ppm, rounding_);
}

std::int64_t LineAmount::of_count(std::int64_t value, std::int64_t count,
                                  std::int64_t factor) const {
    const Int128 product = Int128{value} * count;
    if (product > (Int128{1} << 126) / (factor + 1))
        throw Refusal(Refusal::Kind::input, "bonus \"" + bonus_.code + "\": its count × amount is "
                      "too large a number; lower the amount");
    return divide_rounded(product * factor, whole_ppm, rounding_);
}

std::int64_t LineAmount::base_for(std::int64_t amount_minor, std::int64_t value,
                                  std::int64_t factor) const {
    // amount = base × value × scale × factor ÷ (10^12 × scale denominator)
    const Int128 per_base = Int128{value} * factor * scale_numerator_;
    const Int128 whole = Int128{whole_ppm} * whole_ppm * scale_denominator_;
    const Int128 base = (Int128{amount_minor} * whole + per_base - 1) / per_base;
    return base > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(base);
}

std::int64_t LineAmount::factor_ppm(RankPlace place) const {
    return bonus_.factor_ppm.is_given() ? bonus_.factor_ppm.at(place).value_or(0) : whole_ppm;
}

std::int64_t LineAmount::factor_ppm_max() const {
    return bonus_.factor_ppm.is_given() ? bonus_.factor_ppm.highest() : whole_ppm;
}

StreamKind stream_of(const PayView& view, OrderLineIndex line, bool earner_made_the_sale) {
    if (view.bonus.stream) return *view.bonus.stream;
    const OrderLines& lines = view.snapshot.orders;
    const bool is_first = view.orders.sequence[lines.order[line]] == 1;
    if (earner_made_the_sale) return is_first ? StreamKind::active : StreamKind::residual;
    if (lines.kind.texts[lines.kind[line]] == "event") return StreamKind::active_leveraged;
    return is_first ? StreamKind::leveraged : StreamKind::leveraged_residual;
}

Line order_line_paid(const PayView& view, OrderLineIndex order_line, const Pay& pay,
                     std::int64_t value, std::int64_t amount_minor) {
    Line line;
    line.order_ref = std::int64_t{order_line} + 1;
    set_paid(line, pay, value, view.base[order_line], view.orders.quantity[order_line], amount_minor);
    return line;
}

MemberIndex OrderSources::seller(std::uint32_t item) const { return view_.orders.seller[item]; }

bool OrderSources::may_pay_seller(std::uint32_t item) const {
    return counts_from_buyer_ && view_.orders.is_from_customer[item];
}

RankPlace OrderSources::buyer_rank(std::uint32_t item) const {
    return view_.rank_of(view_.snapshot.orders.buyer[item]);
}

std::int64_t OrderSources::base(std::uint32_t item) const { return view_.base[item]; }

std::uint32_t OrderSources::quantity(std::uint32_t item) const {
    return view_.orders.quantity[item];
}

StreamKind OrderSources::stream(std::uint32_t item, bool earner_is_seller) const {
    return stream_of(view_, item, earner_is_seller);
}

Line OrderSources::line_of(std::uint32_t item) const {
    Line line;
    line.order_ref = std::int64_t{item} + 1;
    return line;
}

std::vector<OrderLineIndex> taken_order_lines(const PayView& view) {
    std::vector<OrderLineIndex> lines;
    for (OrderLineIndex line = 0; line < view.snapshot.orders.count; ++line)
        if (view.takes[line]) lines.push_back(line);
    return lines;
}

PaidItems paid_items(const PayView& view, const Sources& sources,
                     std::span<const std::uint32_t> items, std::span<const std::uint32_t> place) {
    PaidItems result(items.size());
    const auto fill = [&](std::uint32_t, std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t i = from; i < to; ++i) {
            const std::uint32_t item = items[i];
            const MemberIndex seller = sources.seller(item);
            PaidItem& paid = result[place.empty() ? i : place[i]];
            paid = {sources.base(item), item, sources.quantity(item), 0,
                    sources.stream(item, true), sources.stream(item, false)};
            if (seller != no_member)
                paid.seller_depth = view.forest.depth()[view.forest.position()[seller]];
        }
    };
    in_ranges(static_cast<std::uint32_t>(items.size()), view.thread_count, fill);
    return result;
}

Reason reason_of(Verdict verdict) {
    return verdict == Verdict::unqualified ? Reason::unqualified : Reason::inactive;
}

Passed passed_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::terminated: return Passed::terminated;
        case Verdict::inactive: return Passed::inactive;
        case Verdict::unqualified: return Passed::unqualified;
        case Verdict::payable: break;
    }
    return Passed::rank;
}

std::size_t step_of(const Tiers& tiers, std::int64_t value) {
    const auto above = std::ranges::upper_bound(tiers.steps, value, {}, &Tiers::Step::floor);
    return static_cast<std::size_t>(above - tiers.steps.begin());
}

LineBook LineCollector::book() && {
    std::ranges::stable_sort(lines_, {}, &Earned::earner);
    LineBook book;
    std::vector<Line> lines;
    for (std::size_t i = 0; i < lines_.size();) {
        const MemberIndex earner = lines_[i].earner;
        lines.clear();
        for (; i < lines_.size() && lines_[i].earner == earner; ++i) lines.push_back(lines_[i].line);
        book.add(earner, lines);
    }
    return book;
}

void add_account(Account& a, const Account& b) {
    a.maximum_minor = add_checked(a.maximum_minor, b.maximum_minor);
    a.paid_minor = add_checked(a.paid_minor, b.paid_minor);
    for (std::size_t reason = 0; reason < reason_count; ++reason)
        a.forfeited_minor[reason] = add_checked(a.forfeited_minor[reason], b.forfeited_minor[reason]);
    a.line_count += b.line_count;
}

Payout pay_in_ranges(std::uint32_t count, unsigned thread_count,
                     const std::function<Payout(std::uint32_t, std::uint32_t)>& work) {
    std::vector<Payout> results(range_count_of(count, thread_count));
    in_ranges(count, thread_count, [&](std::uint32_t range, std::uint32_t from, std::uint32_t to) {
        results[range] = work(from, to);
        results[range].book.shrink();
    });
    Payout whole;
    std::size_t entry_count = 0;
    for (const Payout& result : results) entry_count += result.book.entries().size();
    whole.book.reserve(entry_count);
    for (Payout& result : results) {
        add_account(whole.account, result.account);
        whole.book.append(std::move(result.book));
    }
    return whole;
}

}  // namespace downline
