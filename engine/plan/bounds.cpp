// The highest share that a plan can pay: see the header.
//
// Order lines are sorted into classes by what filters can tell apart; a bonus is added up in the
// classes that it can take, and the plan's most is that of the class that pays most.
#include "engine/plan/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/bonuses/bonus.hpp"

namespace downline {

namespace {

constexpr std::int64_t share_max = INT64_MAX / 4;  // beyond any number that means something
constexpr std::int64_t whole_ppm = 1'000'000;
constexpr std::size_t class_count_max = 10'000;

/// What a bonus can be paid on, each added up for itself.
enum class On : std::uint8_t {
    volume,
    volume_before_weights,
    qualifying_volume,
    qualifying_before_weights,
    amount,
    margin,
    unit,
    member
};
constexpr std::size_t on_count = 8;
using Sums = std::array<std::int64_t, on_count>;  ///< by On: ppm; of `unit`, `member` minor units

std::int64_t sum_clamped(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(std::min(Int128{a} + b, Int128{share_max}));
}

// ── Classes of order lines ───────────────────────────────────────────────────────────────────────

/// One class; an empty text stands for everything that no filter names.
struct OrderClass {
    bool is_customer = false;
    enum class Sequence : std::uint8_t { first, reorder, neither } sequence{};
    std::string kind, category, sku;
};

bool names(const std::vector<std::string>& list, const std::string& text) {
    return list.empty() || std::ranges::find(list, text) != list.end();
}

bool passes_named(const OrderFilter& filter, const OrderClass& lines) {
    using Buyer = OrderFilter::Buyer;
    using Sequence = OrderFilter::Sequence;
    const Buyer buyer = lines.is_customer ? Buyer::customer : Buyer::affiliate;
    if (filter.buyer != Buyer::any && filter.buyer != buyer) return false;
    if (filter.sequence == Sequence::first && lines.sequence != OrderClass::Sequence::first)
        return false;
    if (filter.sequence == Sequence::reorder && lines.sequence != OrderClass::Sequence::reorder)
        return false;
    return names(filter.kinds, lines.kind) && names(filter.categories, lines.category) &&
           names(filter.skus, lines.sku);
}

bool has_windows(const OrderFilter& filter) {
    return filter.within_days_of_joining || filter.within_months_of_joining ||
           filter.months_since_first || filter.seller;
}

bool can_take(const OrderFilter& filter, const OrderClass& lines);

bool surely_takes(const OrderFilter& filter, const OrderClass& lines) {
    return passes_named(filter, lines) && !has_windows(filter) &&
           (!filter.negated || !can_take(*filter.negated, lines));
}

bool can_take(const OrderFilter& filter, const OrderClass& lines) {
    return passes_named(filter, lines) &&
           (!filter.negated || !surely_takes(*filter.negated, lines));
}

/// The texts that filters name, and "" for all others.
struct NamedTexts {
    std::vector<std::string> kinds{""}, categories{""}, skus{""};

    explicit NamedTexts(const Plan& plan) {
        for (const Bonus& bonus : plan.bonuses) collect(bonus.orders);
        for (auto* list : {&kinds, &categories, &skus}) {
            std::ranges::sort(*list);
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
    }
    [[nodiscard]] std::size_t class_count() const {
        return 6 * kinds.size() * categories.size() * skus.size();
    }

private:
    void collect(const OrderFilter& filter) {
        kinds.insert(kinds.end(), filter.kinds.begin(), filter.kinds.end());
        categories.insert(categories.end(), filter.categories.begin(), filter.categories.end());
        skus.insert(skus.end(), filter.skus.begin(), filter.skus.end());
        if (filter.negated) collect(*filter.negated);
    }
};

/// Nothing where there are too many to go through: then everything is added up.
std::vector<OrderClass> order_classes(const Plan& plan) {
    const NamedTexts named(plan);
    std::vector<OrderClass> classes;
    if (named.class_count() > class_count_max) return classes;
    using Sequence = OrderClass::Sequence;
    for (const bool is_customer : {false, true})
        for (const Sequence sequence : {Sequence::first, Sequence::reorder, Sequence::neither})
            for (const std::string& kind : named.kinds)
                for (const std::string& category : named.categories)
                    for (const std::string& sku : named.skus)
                        classes.push_back({is_customer, sequence, kind, category, sku});
    return classes;
}

// ── One bonus ────────────────────────────────────────────────────────────────────────────────────

/// How a weight changes what a bonus is paid on; nothing where it does not.
const std::optional<std::int64_t>& share_for(const Weight& weight, const Bonus& bonus) {
    return bonus.base == Base::volume ? weight.volume_ppm : weight.qualifying_volume_ppm;
}

bool is_excepted(const Weight& weight, const Bonus& bonus) {
    return std::ranges::find(weight.except, bonus.code) != weight.except.end();
}

bool sees_unweighted(const Plan& plan, const Bonus& bonus) {
    return std::ranges::any_of(plan.weights, [&](const Weight& weight) {
        return share_for(weight, bonus) && is_excepted(weight, bonus);
    });
}

/// Of who sees orders without one weight: what the others make of a share at most.
Int128 raised_by_weights(Int128 share_ppm, const Plan& plan, const Bonus& bonus) {
    for (const Weight& weight : plan.weights)
        if (const auto& by = share_for(weight, bonus);
            by && *by > whole_ppm && !is_excepted(weight, bonus))
            share_ppm = std::min((share_ppm * *by + whole_ppm - 1) / whole_ppm, Int128{share_max});
    return share_ppm;
}

On paid_on(const Plan& plan, const Bonus& bonus) {
    switch (bonus.base) {
        case Base::volume:
            return sees_unweighted(plan, bonus) ? On::volume_before_weights : On::volume;
        case Base::qualifying_volume:
            return sees_unweighted(plan, bonus) ? On::qualifying_before_weights
                                                : On::qualifying_volume;
        case Base::amount: return On::amount;
        case Base::margin: break;
    }
    return On::margin;
}

struct BonusMost {
    Sums sums{};
    Sums earned{};  ///< before caps, which is what a match sees; not where that has no bound
    std::string earned_unbounded_because;
    std::string unbounded_because;  ///< not empty: there is no bound
    /// Of a match: the places of the bonuses that it pays a share of, and the share. What it earns
    /// is that of them all.
    std::vector<std::size_t> of;
    std::int64_t share_ppm = 0;
};

/// What a match pays at most on what the matched bonuses pay: rounded up, it is a bound.
Sums matched_sums(const BonusMost& match, const std::vector<Sums>& earned) {
    Sums sums{};
    for (std::size_t on = 0; on < on_count; ++on) {
        Int128 sum = 0;
        for (const std::size_t place : match.of) sum += earned[place][on];
        sum = (sum * match.share_ppm + whole_ppm - 1) / whole_ppm;
        sums[on] = static_cast<std::int64_t>(std::min(sum, Int128{share_max}));
    }
    return sums;
}

/// `before`: the bonuses before it.
void earn_match(const Plan& plan, const Bound& bound, const std::vector<BonusMost>& before,
                BonusMost& most) {
    most.share_ppm = bound.share_ppm.value_or(0);
    std::vector<Sums> earned;
    for (const BonusMost& bonus : before) earned.push_back(bonus.earned);
    for (std::size_t place = 0; place < before.size(); ++place) {
        if (std::ranges::find(bound.share_of, plan.bonuses[place].code) == bound.share_of.end())
            continue;
        most.of.push_back(place);
        if (most.earned_unbounded_because.empty() &&
            !before[place].earned_unbounded_because.empty())
            most.earned_unbounded_because =
                fmt::format("what it matches, bonus \"{}\", has no bound{}",
                            plan.bonuses[place].code,
                            before[place].unbounded_because.empty() ? " before its cap" : "");
    }
    most.earned = matched_sums(most, earned);
}

void earn_of_orders(const Plan& plan, const Bonus& bonus, const Bound& bound, BonusMost& most) {
    if (bound.share_ppm) {
        const bool is_points = bonus.base == Base::volume || bonus.base == Base::qualifying_volume;
        Int128 share = *bound.share_ppm;
        if (is_points) share = (share * bonus.point_ppm + whole_ppm - 1) / whole_ppm;
        if (is_points && sees_unweighted(plan, bonus)) share = raised_by_weights(share, plan, bonus);
        most.earned[static_cast<std::size_t>(paid_on(plan, bonus))] =
            static_cast<std::int64_t>(std::min(share, Int128{share_max}));
    }
    if (bound.per_unit_minor)
        most.earned[static_cast<std::size_t>(On::unit)] = *bound.per_unit_minor;
    if (bound.per_member_minor)
        most.earned[static_cast<std::size_t>(On::member)] = *bound.per_member_minor;
}

/// The lowest that everybody is held to, where everybody is.
std::optional<std::int64_t> cap_of_all(const ByRank& cap) {
    const bool is_of_all = cap.is_given() && std::ranges::all_of(cap.by_place, [](const auto& most) {
        return most.has_value();
    });
    return is_of_all ? std::optional(cap.highest()) : std::nullopt;
}

/// What of `earned` (or of what has no bound) caps let be paid at most; nothing: no bound. A cap of
/// volume bounds whatever is paid; one per member what is paid per member or without bound. Beside
/// shares of what is sold it is only said.
std::optional<Sums> held_to_caps(const Bonus& bonus, const Sums& earned, bool is_unbounded) {
    std::optional<Sums> held = is_unbounded ? std::nullopt : std::optional(earned);
    const auto hold = [&](On on, std::int64_t cap) {
        const auto at = static_cast<std::size_t>(on);
        Sums only{};
        only[at] = held ? (*held)[at] : 0;
        const bool is_only_that = held && *held == only;
        only[at] = is_only_that ? std::min(only[at], cap) : cap;
        held = only;
    };
    const auto per_member = cap_of_all(bonus.cap.per_member_minor);
    if (per_member && (!held || (*held)[static_cast<std::size_t>(On::member)] != 0))
        hold(On::member, *per_member);
    if (bonus.cap.of_volume_ppm) hold(On::volume, *bonus.cap.of_volume_ppm);
    return held;
}

BonusMost most_of(const Plan& plan, const Bonus& bonus, const std::vector<BonusMost>& before) {
    const Bound bound = bonus.rule->bound(bonus);
    BonusMost most;
    most.earned_unbounded_because = bound.unbounded_because;
    if (bound.share_of.empty()) earn_of_orders(plan, bonus, bound, most);
    else earn_match(plan, bound, before, most);
    const auto held = held_to_caps(bonus, most.earned, !most.earned_unbounded_because.empty());
    if (held) most.sums = *held;
    else most.unbounded_because = most.earned_unbounded_because;
    return most;
}

// ── In words ─────────────────────────────────────────────────────────────────────────────────────

std::string in_words(const Sums& sums, const Plan& plan) {
    static constexpr std::array<std::string_view, 6> of = {
        "of volume",  "of volume before weights", "of qualifying volume",
        "of qualifying volume before weights", "of amounts", "of margins"};
    std::string words;
    for (std::size_t on = 0; on < on_count; ++on) {
        if (sums[on] == 0) continue;
        if (!words.empty()) words += " and ";
        words += on < of.size()
                     ? fmt::format("{} {}", format_percent(sums[on]), of[on])
                     : fmt::format("{} {} per {}", format_decimal(sums[on], plan.currency_places),
                                   plan.currency,
                                   on == static_cast<std::size_t>(On::unit) ? "unit" : "member");
    }
    return words.empty() ? "nothing" : "at most " + words;
}

/// "; 25.00 USD", or "; 25.00 to 50.00 USD by rank"; nothing where it binds nobody.
std::string capped_at(const ByRank& cap, const Plan& plan, std::string_view what) {
    std::optional<std::int64_t> least, most;
    for (const auto& value : cap.by_place) {
        if (!value) continue;
        least = std::min(least.value_or(*value), *value);
        most = std::max(most.value_or(*value), *value);
    }
    if (!least) return {};
    const std::string lower = format_decimal(*least, plan.currency_places);
    const std::string upper = format_decimal(*most, plan.currency_places);
    const std::string range = lower == upper ? lower : fmt::format("{} to {}", lower, upper);
    return fmt::format("; {} at most {} {}{}", what, range, plan.currency,
                       cap.is_table ? " by rank" : "");
}

std::string caps_in_words(const Bonus& bonus, const Plan& plan) {
    std::string words;
    if (bonus.cap.of_volume_ppm)
        words += fmt::format("; capped at {} of volume", format_percent(*bonus.cap.of_volume_ppm));
    return words + capped_at(bonus.cap.per_member_minor, plan, "to one member") +
           capped_at(bonus.cap.per_source_minor, plan, "for what comes from one member");
}

MostPaid as_most_paid(std::string code, const BonusMost& most, const Plan& plan) {
    MostPaid paid{std::move(code), {}, {}};
    if (!most.unbounded_because.empty()) {
        paid.most = "unbounded: " + most.unbounded_because;
        return paid;
    }
    paid.most = in_words(most.sums, plan);
    const bool is_only_volume = std::all_of(most.sums.begin() + 1, most.sums.end(),
                                            [](std::int64_t sum) { return sum == 0; });
    if (is_only_volume) paid.volume_share_ppm = most.sums[0];
    return paid;
}

/// Whether what a bonus pays at most may be paid on few orders, or none: what caps hold it to, and
/// amounts per member. It stands beside the most of any class of orders.
bool is_paid_beside(const BonusMost& most) {
    return most.sums != most.earned || most.sums[static_cast<std::size_t>(On::member)] != 0;
}

/// Of each base the most over all classes: an upper bound also where bases can not be compared.
BonusMost most_in_all(const Plan& plan, const std::vector<BonusMost>& bonuses) {
    BonusMost total;
    const std::vector<OrderClass> classes = order_classes(plan);
    const std::size_t class_count = std::max<std::size_t>(classes.size(), 1);
    for (std::size_t c = 0; c < class_count; ++c) {
        Sums sums{};
        std::vector<Sums> earned(bonuses.size());
        for (std::size_t b = 0; b < bonuses.size(); ++b) {
            Sums paid{};
            if (!bonuses[b].of.empty()) {
                earned[b] = matched_sums(bonuses[b], earned);
                const bool is_unbounded = !bonuses[b].earned_unbounded_because.empty();
                paid = held_to_caps(plan.bonuses[b], earned[b], is_unbounded).value_or(Sums{});
            } else if (classes.empty() || can_take(plan.bonuses[b].orders, classes[c])) {
                earned[b] = bonuses[b].earned;
                paid = bonuses[b].sums;
            }
            if (is_paid_beside(bonuses[b])) paid = bonuses[b].sums;
            for (std::size_t on = 0; on < on_count; ++on)
                sums[on] = sum_clamped(sums[on], paid[on]);
        }
        for (std::size_t on = 0; on < on_count; ++on)
            total.sums[on] = std::max(total.sums[on], sums[on]);
    }
    for (std::size_t b = 0; b < bonuses.size() && total.unbounded_because.empty(); ++b)
        if (!bonuses[b].unbounded_because.empty())
            total.unbounded_because =
                fmt::format("bonus \"{}\", {}", plan.bonuses[b].code, bonuses[b].unbounded_because);
    return total;
}

/// The limit on the payout bounds everything that stands above it or is paid on something else.
/// False where it can not bind.
bool apply_limit(const Plan& plan, BonusMost& total) {
    if (!plan.limits.payout_ppm) return false;
    const bool is_only_volume = std::all_of(total.sums.begin() + 1, total.sums.end(),
                                            [](std::int64_t sum) { return sum == 0; });
    const bool is_below = is_only_volume && total.unbounded_because.empty() &&
                          total.sums[0] <= *plan.limits.payout_ppm;
    if (is_below) return false;
    total = BonusMost{};
    total.sums[0] = *plan.limits.payout_ppm;
    return true;
}

}  // namespace

std::vector<MostPaid> most_paid(const Plan& plan) {
    std::vector<BonusMost> bonuses;
    std::vector<MostPaid> result;
    for (const Bonus& bonus : plan.bonuses) {
        bonuses.push_back(most_of(plan, bonus, bonuses));
        result.push_back(as_most_paid(bonus.code, bonuses.back(), plan));
        result.back().most += caps_in_words(bonus, plan);
    }
    BonusMost total = most_in_all(plan, bonuses);
    MostPaid unlimited = as_most_paid("", total, plan);
    result.push_back(unlimited);
    if (!apply_limit(plan, total)) return result;
    result.back() = as_most_paid("", total, plan);
    result.back().most += ", its limit; without it " + unlimited.most;
    return result;
}

}  // namespace downline
