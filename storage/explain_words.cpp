// Findings in words and numbers: see the header.
#include "storage/explain_words.hpp"

#include <algorithm>

#include "engine/plan/describe.hpp"

namespace downline {
namespace {

int base_places(const Plan& plan, const Bonus& bonus) {
    return bonus.base == Base::amount || bonus.base == Base::margin ? plan.currency_places : 2;
}

const char* kind_name(Test::Kind kind) {
    switch (kind) {
        case Test::Kind::measure: return "measure";
        case Test::Kind::rank: return "rank";
        case Test::Kind::title: return "title";
        case Test::Kind::active: return "active";
        case Test::Kind::joined_within_days:
        case Test::Kind::joined_at_least_days: return "joined";
        case Test::Kind::legs: return "legs";
        case Test::Kind::frontline: break;
    }
    return "frontline";
}

/// A number of a test in its unit.
std::string number(const Plan& plan, const Test& test, std::int64_t value) {
    switch (test.kind) {
        case Test::Kind::measure: {
            const Measure::Unit unit = plan.measures[test.measure].unit;
            return format_decimal(value, unit == Measure::Unit::centipoints ? 2
                                         : unit == Measure::Unit::minor     ? plan.currency_places
                                                                            : 0);
        }
        case Test::Kind::rank:
        case Test::Kind::title:
            return value == 0 ? "none" : plan.rank_name(static_cast<RankPlace>(value));
        case Test::Kind::active: return value == 0 ? "no" : "yes";
        default: return std::to_string(value);
    }
}

std::int64_t lacking(const Test& test, const Finding& finding) {
    const bool is_too_much = test.kind == Test::Kind::joined_within_days ||
                             (test.kind == Test::Kind::measure && finding.value > test.max);
    if (finding.is_met || is_too_much || test.kind == Test::Kind::active ||
        test.kind == Test::Kind::rank || test.kind == Test::Kind::title)
        return 0;
    return finding.needed - finding.counted;
}

/// A product of decimals, exact: digits and places.
class Product {
public:
    void times(std::int64_t digits, int places) {
        while (places > 0 && digits % 10 == 0 && digits != 0) {
            digits /= 10;
            --places;
        }
        if (digits != 0 && digits_ > (Int128{1} << 62) / digits) is_too_long_ = true;
        if (is_too_long_) return;
        digits_ *= digits;
        places_ += places;
        while (places_ > 0 && digits_ % 10 == 0) {
            digits_ /= 10;
            --places_;
        }
    }
    [[nodiscard]] std::optional<std::string> text(int places_min) const {
        if (is_too_long_) return std::nullopt;
        std::string text = format_decimal(static_cast<std::int64_t>(digits_), places_);
        if (places_ == 0 && places_min > 0) text += '.';
        text.append(static_cast<std::size_t>(std::max(0, places_min - places_)), '0');
        return text;
    }

private:
    Int128 digits_ = 1;
    int places_ = 0;
    bool is_too_long_ = false;
};

}  // namespace

ShownTest shown_test(const Plan& plan, const Test& test, const Finding& finding) {
    ShownTest shown;
    shown.asked = describe(plan, test);
    shown.kind = kind_name(test.kind);
    if (test.kind == Test::Kind::measure) shown.measure = plan.measures[test.measure].name;
    shown.value = number(plan, test, finding.value);
    if (test.max_per_leg_ppm) shown.counted = number(plan, test, finding.counted);
    const bool is_too_much = test.kind == Test::Kind::measure && finding.value > test.max;
    shown.needed = number(plan, test, is_too_much ? test.max : finding.needed);
    if (const std::int64_t lacks = lacking(test, finding); lacks > 0)
        shown.short_by = number(plan, test, lacks);
    shown.is_met = finding.is_met;
    return shown;
}

ShownTests shown_tests(const Plan& plan, const Findings& findings) {
    ShownTests shown;
    for (const auto& alternative : findings) {
        shown.emplace_back();
        for (const auto& [test, finding] : alternative)
            shown.back().push_back(shown_test(plan, *test, finding));
    }
    return shown;
}

std::vector<ShownTest> shown_failed(const Plan& plan, const Findings& findings) {
    std::vector<ShownTest> shown;
    for (const auto& [test, finding] : failed_of(findings))
        shown.push_back(shown_test(plan, *test, finding));
    return shown;
}

std::string base_text(const Plan& plan, const Bonus& bonus, const Slot& slot) {
    return format_decimal(slot.base, slot.rate_is_amount ? 0 : base_places(plan, bonus));
}

std::string rate_text(const Plan& plan, const Slot& slot, std::int64_t rate) {
    return slot.rate_is_amount ? format_decimal(rate, plan.currency_places) : format_percent(rate);
}

std::optional<std::string> exact_text(const Plan& plan, const Bonus& bonus, const Slot& slot) {
    Product product;
    product.times(slot.base, slot.rate_is_amount ? 0 : base_places(plan, bonus));
    product.times(slot.rate, slot.rate_is_amount ? plan.currency_places : 6);
    product.times(slot.factor_ppm, 6);
    const bool is_of_points = bonus.base == Base::volume || bonus.base == Base::qualifying_volume;
    if (is_of_points && !slot.rate_is_amount) product.times(bonus.point_ppm, 6);
    return product.text(plan.currency_places);
}

}  // namespace downline
