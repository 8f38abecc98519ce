// Sorting a day and putting the days' texts together: see the header.
#include "storage/order_days.hpp"

#include <cstring>

namespace downline {

std::vector<std::uint32_t> sorted_places(const DayRows& day) {
    const auto comes_before = [&](const OrderRow& a, const OrderRow& b) {
        const int order = day.id(a).compare(day.id(b));
        return order != 0 ? order < 0 : a.line < b.line;
    };
    std::vector<std::uint32_t> places(day.rows.size());
    for (std::uint32_t i = 0; i < places.size(); ++i) places[i] = i;
    if (std::is_sorted(day.rows.begin(), day.rows.end(), comes_before)) return places;
    // Eight bytes after what all ids of the day have in common decide nearly every comparison.
    std::string_view common = day.id(day.rows.front());
    for (const OrderRow& row : day.rows) {
        const std::string_view id = day.id(row);
        const auto end = std::mismatch(common.begin(), common.end(), id.begin(), id.end()).first;
        common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keys(places.size());
    for (const std::uint32_t i : places) {
        const std::string_view rest = day.id(day.rows[i]).substr(common.size());
        std::uint64_t prefix = 0;
        std::memcpy(&prefix, rest.data(), std::min(rest.size(), sizeof prefix));
        keys[i] = {__builtin_bswap64(prefix), i};
    }
    std::sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first < b.first;
        return comes_before(day.rows[a.second], day.rows[b.second]);
    });
    for (std::size_t i = 0; i < keys.size(); ++i) places[i] = keys[i].second;
    return places;
}

TextColumn gather_texts(std::vector<OrderDay>& days, std::size_t text, std::size_t count) {
    TextColumn all;
    if (std::all_of(days.begin(), days.end(), [&](auto& day) { return day.text_of[text].empty(); }))
        return all;
    all.of.reserve(count);
    std::unordered_map<std::string, std::uint32_t> places{{std::string{}, 0}};
    for (OrderDay& day : days) {
        std::vector<std::uint32_t> place_of(day.texts[text].size());
        for (std::size_t i = 0; i < day.count; ++i) {
            const std::uint32_t own = day.text_of[text].empty() ? 0 : day.text_of[text][i];
            if (own != 0 && place_of[own] == 0) {
                const std::string& name = day.texts[text][own];
                const auto next = static_cast<std::uint32_t>(all.texts.size());
                const auto [found, is_new] = places.try_emplace(name, next);
                if (is_new) all.texts.push_back(name);
                place_of[own] = found->second;
            }
            all.of.push_back(own == 0 ? 0 : place_of[own]);
        }
        day.texts[text] = std::vector<std::string>();
        day.text_of[text] = std::vector<std::uint32_t>();
    }
    return all;
}

}  // namespace downline
