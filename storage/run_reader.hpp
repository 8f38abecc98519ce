// Reads what a run stored: the names that packed lines stand for, and the lines themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/lines.hpp"
#include "storage/database.hpp"
#include "storage/text_arena.hpp"

namespace downline {

/// An order line as earning lines name it. The text holds until the next one is asked for.
struct OrderName {
    std::string_view order_id;
    std::int64_t line{};
    std::int64_t buyer{};  ///< storage's number
    Day ordered_on{};
};

/// One stored run. Works on any connection, also one that another program opened.
class RunReader {
public:
    struct BonusName {
        std::string code;
        bool base_is_money = false;  ///< what a line's base counts, as a pool's fund; else points
    };
    struct MeasureName {
        std::string name, unit;  ///< points, money, count
    };

    /// REQUIRES: the run is there.
    RunReader(sqlite3* handle, std::int64_t run);

    [[nodiscard]] std::int64_t run() const { return run_; }
    [[nodiscard]] int currency_places() const { return currency_places_; }
    [[nodiscard]] const std::vector<MeasureName>& measures() const { return measures_; }
    [[nodiscard]] const BonusName& bonus(std::size_t place) const;
    /// The place of a code; beyond all places where the run does not have it.
    [[nodiscard]] std::size_t place_of(std::string_view code) const;
    /// The name of a place in the ladder; nothing for 0.
    [[nodiscard]] std::optional<std::string> rank(std::int64_t place) const;

    /// Reads all names of order lines and members at once: for whoever will ask for most of them.
    void read_ahead();
    /// The order line at a place of the run (Line::order_ref).
    [[nodiscard]] OrderName order(std::int64_t place);
    /// The text holds until the next one is asked for.
    [[nodiscard]] std::string_view member_id(std::int64_t number);
    /// Whose order, or which member, a line comes from: storage's number, 0 none.
    [[nodiscard]] std::int64_t source(const Line& line);

    /// "100.00": points, money or a count of units.
    [[nodiscard]] std::optional<std::string> base_text(const BonusName& bonus,
                                                       const Line& line) const;
    /// "5%", or "5.00" per unit.
    [[nodiscard]] std::optional<std::string> rate_text(const Line& line) const;
    /// A statement's measures, as shown; zeros for an empty blob.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> measure_texts(
        std::string_view packed) const;

private:
    [[nodiscard]] std::int64_t order_row(std::int64_t place);
    sqlite3* handle_;
    std::int64_t run_;
    int currency_places_ = 2;
    std::vector<BonusName> bonuses_;
    std::vector<std::string> ranks_;  ///< by place; 0 is ""
    std::vector<MeasureName> measures_;
    Query piece_query_, order_query_, member_query_;
    std::unordered_map<std::int64_t, std::vector<std::int64_t>> rows_;  ///< by piece

    /// Everything from one row (or number) to another, in that order; gaps are empty texts.
    struct Ahead {
        std::int64_t first = 0;
        TextArena ids;
        std::vector<std::int64_t> lines, buyers;  ///< of order lines
        std::vector<Day> days;
        [[nodiscard]] bool holds(std::int64_t row) const {
            return row >= first && row - first < static_cast<std::int64_t>(ids.size());
        }
    };
    Ahead orders_, members_;
};

/// The lines (or totals) of a statement's blob, by the place of their bonus. StorageError for bytes
/// that are no such blob.
[[nodiscard]] std::vector<std::pair<std::size_t, std::vector<Line>>> statement_lines(
    std::string_view packed);
/// The same line by line, none kept: `take(place of the bonus, line)`.
void each_statement_line(std::string_view packed,
                         const std::function<void(std::size_t, const Line&)>& take);
[[nodiscard]] std::vector<std::pair<std::size_t, std::vector<Total>>> statement_totals(
    std::string_view packed);

}  // namespace downline
