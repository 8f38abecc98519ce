// Parts of a plan in words: see the header.
#include "engine/plan/describe.hpp"

#include <fmt/format.h>

namespace downline {

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

std::string describe_range(const Plan& plan, const Test& test) {
    const Measure& measure = plan.measures[test.measure];
    const auto number = [&](std::int64_t value) {
        return describe_number(plan, measure.unit, value);
    };
    std::string text = measure.name;
    if (test.min > 0 || test.max == INT64_MAX) text += " at least " + number(test.min);
    if (test.max != INT64_MAX)
        text += (test.min > 0 ? " and at most " : " at most ") + number(test.max);
    if (test.max_per_leg_ppm)
        text += fmt::format(" (at most {} of that from one leg)",
                            format_percent(*test.max_per_leg_ppm));
    return text;
}

std::string_view tree_words(Tree tree) {
    switch (tree) {
        case Tree::sponsor: return "";
        case Tree::enroller: return " of the enroller tree";
        case Tree::placement: break;
    }
    return " of the placement tree";
}

/// ", each at least 50 of volume and 2 orders".
std::string describe_bought(const Plan& plan, const Measure& measure) {
    using Unit = Measure::Unit;
    static constexpr std::pair<std::string_view, Unit> columns[] = {
        {" of volume", Unit::centipoints}, {" of qualifying volume", Unit::centipoints},
        {"", Unit::minor},                 {" pieces", Unit::count},
        {" orders", Unit::count}};
    std::vector<std::string> parts;
    for (const Measure::Bought& bought : measure.bought) {
        const auto& [words, unit] = columns[static_cast<std::size_t>(bought.column)];
        parts.push_back(describe_number(plan, unit, bought.min).append(words));
    }
    return parts.empty() ? "" : ", of each at least " + joined(parts, " and ");
}

std::string describe_orders(const Plan& plan, const Measure& measure) {
    if (measure.column == Measure::Column::customer_count)
        return fmt::format("count of customers: {}{}", describe(plan, measure.orders),
                           describe_bought(plan, measure));
    static constexpr std::string_view columns[] = {"sum of volume", "sum of qualifying volume",
                                                   "sum of amounts", "sum of quantities",
                                                   "count of orders"};
    const std::string_view whose = !measure.from_customers ? ", own"
                                   : !measure.from_self    ? ", one's customers'"
                                                           : ", own and one's customers'";
    return fmt::format("{}: {}{}", columns[static_cast<std::size_t>(measure.column)],
                       describe(plan, measure.orders), whose);
}

std::string describe_over(const Plan& plan, const Measure& measure) {
    static constexpr std::string_view overs[] = {"the downline",    "the frontline",
                                                 "the leg",         "the lesser leg",
                                                 "the greater leg", "all but the greatest leg"};
    const bool is_count = measure.source == Measure::Source::count_members;
    std::string text = is_count ? "count of affiliates in "
                                : fmt::format("sum of {} over ", plan.measures[measure.of].name);
    text += overs[static_cast<std::size_t>(measure.over)];
    if (measure.over == Measure::Over::leg)
        text += measure.leg == 1   ? " L"
                : measure.leg == 2 ? " R"
                                   : fmt::format(" {}", measure.leg);
    text += tree_words(measure.tree);
    if (measure.only_enrolled) text += ", enrolled by oneself";
    if (measure.levels)
        text += fmt::format(", {} level{} deep", *measure.levels, *measure.levels == 1 ? "" : "s");
    if (!measure.weights.empty())
        text += fmt::format(", times {} by level", fmt::join(measure.weights, ", "));
    if (measure.over == Measure::Over::downline && !measure.only_enrolled)
        text += measure.with_self ? ", oneself included" : ", without oneself";
    if (measure.where) text += ", who meet: " + describe(plan, *measure.where);
    if (measure.until) text += ", down to who meets: " + describe(plan, *measure.until);
    return text;
}

std::string describe_window(const Plan& plan, const Measure& measure) {
    static constexpr std::string_view windows[] = {"sum", "highest", "lowest", "count"};
    const std::string over =
        measure.periods == 0 ? "all periods" : fmt::format("the last {} periods", measure.periods);
    if (measure.window == Measure::Window::count)
        return fmt::format("count of periods over {} that held: {}", over,
                           measure.where ? describe(plan, *measure.where) : "nothing");
    return fmt::format("{} of {} over {}", windows[static_cast<std::size_t>(measure.window)],
                       plan.measures[measure.of].name, over);
}

void add_list(std::vector<std::string>& parts, std::string_view what,
              const std::vector<std::string>& values) {
    if (!values.empty()) parts.push_back(fmt::format("of {} {}", what, joined(values, " or ")));
}

}  // namespace

std::string describe_number(const Plan& plan, Measure::Unit unit, std::int64_t value) {
    const int places = unit == Measure::Unit::centipoints ? 2
                       : unit == Measure::Unit::minor     ? plan.currency_places
                                                          : 0;
    std::string text = format_decimal(value, places);
    if (places > 0) {
        while (text.ends_with('0')) text.pop_back();
        if (text.ends_with('.')) text.pop_back();
    }
    return unit == Measure::Unit::minor ? text + ' ' + plan.currency : text;
}

std::string describe(const Plan& plan, const Test& test) {
    switch (test.kind) {
        case Test::Kind::measure: return describe_range(plan, test);
        case Test::Kind::rank: return "rank at least " + plan.rank_name(test.rank);
        case Test::Kind::title: return "title at least " + plan.rank_name(test.rank);
        case Test::Kind::active: return test.flag ? "active" : "not active";
        case Test::Kind::joined_within_days: return fmt::format("joined within {} days", test.min);
        case Test::Kind::joined_at_least_days:
            return fmt::format("joined at least {} days ago", test.min);
        case Test::Kind::legs:
            return fmt::format("{} leg{} with: {}", test.count, test.count == 1 ? "" : "s",
                               describe(plan, *test.each));
        case Test::Kind::frontline: break;
    }
    return fmt::format("{} direct affiliates with: {}", test.count, describe(plan, *test.each));
}

std::string describe(const Plan& plan, const Requirement& requirement) {
    std::vector<std::string> alternatives;
    for (const std::vector<Test>& tests : requirement.alternatives) {
        std::vector<std::string> parts;
        for (const Test& test : tests) parts.push_back(describe(plan, test));
        alternatives.push_back(parts.empty() ? "nothing" : joined(parts, " and "));
    }
    return alternatives.empty() ? "nothing" : joined(alternatives, ", or ");
}

std::string describe(const Plan& plan, const OrderFilter& filter) {
    using Buyer = OrderFilter::Buyer;
    using Sequence = OrderFilter::Sequence;
    std::vector<std::string> parts;
    std::string head = filter.sequence == Sequence::first     ? "first orders"
                       : filter.sequence == Sequence::reorder ? "reorders"
                                                              : "orders";
    if (filter.buyer == Buyer::customer) head += " of customers";
    if (filter.buyer == Buyer::affiliate) head += " of affiliates";
    parts.push_back(std::move(head));
    add_list(parts, "kind", filter.kinds);
    add_list(parts, "category", filter.categories);
    add_list(parts, "sku", filter.skus);
    if (filter.within_days_of_joining)
        parts.push_back(
            fmt::format("within {} days of the buyer's joining", *filter.within_days_of_joining));
    if (filter.within_months_of_joining)
        parts.push_back(fmt::format("in the first {} calendar months of the buyer",
                                    *filter.within_months_of_joining));
    if (filter.months_since_first)
        parts.push_back(fmt::format("in months {} to {} since the buyer's first order",
                                    filter.months_since_first->first,
                                    filter.months_since_first->second));
    if (filter.seller) parts.push_back("whose seller meets: " + describe(plan, *filter.seller));
    if (filter.negated) parts.push_back("but no " + describe(plan, *filter.negated));
    const std::string text = joined(parts, " ");
    return text == "orders" ? "all orders" : text;
}

std::string describe(const Plan& plan, const Measure& measure) {
    switch (measure.source) {
        case Measure::Source::orders: return describe_orders(plan, measure);
        case Measure::Source::over_members:
        case Measure::Source::count_members: return describe_over(plan, measure);
        case Measure::Source::window: break;
    }
    return describe_window(plan, measure);
}

}  // namespace downline
