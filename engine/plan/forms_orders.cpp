// Order filters, and which orders and bonuses a key names. See forms.hpp.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/forms.hpp"

namespace downline {

namespace {

constexpr std::int64_t window_max = 100'000;  // days or months

std::optional<std::int32_t> read_window(TableReader& table, std::string_view key,
                                        std::int64_t least) {
    const auto length = table.integer(key, least, window_max);
    return length ? std::optional(static_cast<std::int32_t>(*length)) : std::nullopt;
}

/// `[1, 12]`: the months from the first on, both included.
std::optional<std::pair<std::int32_t, std::int32_t>> read_months(TableReader& table) {
    constexpr std::string_view key = "months_since_first";
    const TomlValue* value = table.value(key);
    if (!value) return std::nullopt;
    if (!value->is_list() || value->list.size() != 2) {
        report_wrong_type(*value, key, "a pair of months, as [1, 12]", table.problems());
        return std::nullopt;
    }
    const auto month = [&](const TomlValue& entry) {
        return integer_of(entry, "a month of months_since_first", 1, window_max, table.problems());
    };
    const auto first = month(value->list[0]), last = month(value->list[1]);
    if (!first || !last) return std::nullopt;
    if (*first > *last)
        table.error(key, "bad_range",
                    fmt::format("months_since_first goes from {} to {}; write the earlier month "
                                "first",
                                *first, *last));
    return std::pair(static_cast<std::int32_t>(*first), static_cast<std::int32_t>(*last));
}

// Recursive through `not`, as deep as the text nests.
OrderFilter read_filter(TableReader table, const ReadingContext& context, SellerFilter seller) {
    OrderFilter filter;
    filter.buyer =
        table
            .word<OrderFilter::Buyer>("buyer", {{"customer", OrderFilter::Buyer::customer},
                                                {"affiliate", OrderFilter::Buyer::affiliate}})
            .value_or(OrderFilter::Buyer::any);
    filter.sequence =
        table
            .word<OrderFilter::Sequence>("sequence", {{"first", OrderFilter::Sequence::first},
                                                      {"reorder", OrderFilter::Sequence::reorder}})
            .value_or(OrderFilter::Sequence::any);
    filter.kinds = table.texts("kind").value_or(std::vector<std::string>{});
    filter.categories = table.texts("category").value_or(std::vector<std::string>{});
    filter.skus = table.texts("sku").value_or(std::vector<std::string>{});
    filter.within_days_of_joining = read_window(table, "within_days_of_joining", 0);
    filter.within_months_of_joining = read_window(table, "within_months_of_joining", 1);
    filter.months_since_first = read_months(table);
    filter.seller = read_requirement(table, "seller", context);
    if (filter.seller && seller == SellerFilter::refused)
        table.error("seller", "seller_in_weight",
                    "a weight is applied before anything is known of sellers; remove seller");
    if (auto negated = table.table("not"))
        filter.negated =
            std::make_shared<const OrderFilter>(read_filter(std::move(*negated), context, seller));
    table.finish();
    return filter;
}

}  // namespace

OrderFilter read_order_filter(TableReader& table, std::string_view key,
                              const ReadingContext& context, SellerFilter seller) {
    auto inner = table.table(key);
    return inner ? read_filter(std::move(*inner), context, seller) : OrderFilter{};
}

void read_from(TableReader& table, bool& from_self, bool& from_customers) {
    const auto words = table.texts("from");
    if (!words) return;
    from_self = std::ranges::find(*words, "self") != words->end();
    from_customers = std::ranges::find(*words, "customers") != words->end();
    static constexpr std::string_view known[] = {"self", "customers"};
    for (const std::string& word : *words)
        if (word != "self" && word != "customers")
            table.error("from", "unknown_word",
                        fmt::format("from has {}; write \"self\", \"customers\" or both{}",
                                    in_quotes(word), near_name(word, known, table.problems())));
}

std::vector<std::string> read_earlier_bonuses(TableReader& table, std::string_view key,
                                              const ReadingContext& context) {
    std::vector<std::string> codes = table.texts(key).value_or(std::vector<std::string>{});
    const std::vector<std::string_view> known(context.bonus_codes.begin(),
                                              context.bonus_codes.end());
    for (const std::string& code : codes)
        if (std::ranges::find(known, code) == known.end())
            table.error(
                key, "unknown_bonus",
                fmt::format("{} is no bonus before this one, and bonuses are computed in the "
                            "order of the file{}",
                            in_quotes(code), near_name(code, known, table.problems())));
    return codes;
}

}  // namespace downline
