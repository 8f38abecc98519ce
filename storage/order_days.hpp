// The order lines of one day, on their way into the columns of a period.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/money.hpp"
#include "engine/snapshot.hpp"

namespace downline {

enum TextPlace : std::size_t { sku_text, category_text, kind_text, contract_text, text_count };

/// A list of texts without duplicates; 0 is the empty one.
class DayTexts {
public:
    std::uint32_t place_of(std::string_view text) {
        if (text == texts_[last_]) return last_;
        const auto [found, is_new] =
            places_.try_emplace(std::string{text}, static_cast<std::uint32_t>(texts_.size()));
        if (is_new) texts_.emplace_back(text);
        return last_ = found->second;
    }
    [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

private:
    std::vector<std::string> texts_{std::string{}};
    std::unordered_map<std::string, std::uint32_t> places_{{std::string{}, 0}};
    std::uint32_t last_ = 0;
};

/// A row of order_line.
struct OrderRow {
    std::int64_t row{}, amount_minor{}, volume_centipoints{}, qualifying_centipoints{};
    std::int64_t cost_minor{};  ///< -1: not known
    std::uint64_t id_begin{};
    std::uint32_t id_size{}, line{}, buyer{}, quantity{}, creator{};
    std::array<std::uint32_t, text_count> texts{};
};

/// A day's rows as they were read.
struct DayRows {
    Day day{};
    std::vector<OrderRow> rows;
    std::string ids;
    std::array<DayTexts, text_count> texts;
    void begin(Day next_day, std::size_t room) {
        day = next_day;
        rows.clear();
        rows.reserve(room);
        ids.clear();
        texts = {};
    }
    [[nodiscard]] std::string_view id(const OrderRow& row) const {
        return {ids.data() + row.id_begin, row.id_size};
    }
};

/// What a run adds up; checked against run_sum_max.
struct OrderSums {
    Int128 amount = 0, volume = 0, qualifying = 0, cost = 0, quantity = 0;
    void add(const OrderSums& other) {
        amount += other.amount;
        volume += other.volume;
        qualifying += other.qualifying;
        cost += other.cost;
        quantity += other.quantity;
    }
};

/// A day of the period: where its rows are, where they go, and what became of them.
struct OrderDay {
    Day day{};
    std::vector<std::pair<std::int64_t, std::int64_t>> extents;  ///< first and last row
    std::size_t base = 0, room = 0;
    // filled by the thread that takes the day
    std::size_t count = 0;
    std::uint32_t order_count = 0;
    std::vector<std::int64_t> volume, qualifying, cost;  ///< empty: as amount, volume; none known
    std::vector<std::uint32_t> quantity, creator;
    std::array<std::vector<std::string>, text_count> texts;
    std::array<std::vector<std::uint32_t>, text_count> text_of;  ///< empty: no text at all
    std::string digest;
    OrderSums sums;
};

/// The order in which a snapshot has the rows of one day: by order id, then line.
[[nodiscard]] std::vector<std::uint32_t> sorted_places(const DayRows& day);

/// Puts the days' optional columns together; nothing where no day has one. `otherwise` gives the
/// value of a row whose day has none.
template <typename Entry, typename Otherwise>
std::vector<Entry> gather(std::vector<OrderDay>& days, std::vector<Entry> OrderDay::*column,
                          std::size_t count, const Otherwise& otherwise) {
    std::vector<Entry> all;
    if (std::none_of(days.begin(), days.end(), [&](auto& day) { return !(day.*column).empty(); }))
        return all;
    all.reserve(count);
    for (OrderDay& day : days) {
        const std::size_t base = all.size();
        for (std::size_t i = 0; i < day.count; ++i)
            all.push_back((day.*column).empty() ? otherwise(base + i) : (day.*column)[i]);
        day.*column = std::vector<Entry>();
    }
    return all;
}

/// The same for a column of texts; texts are numbered as they first appear.
[[nodiscard]] TextColumn gather_texts(std::vector<OrderDay>& days, std::size_t text,
                                      std::size_t count);

}  // namespace downline
