// Windows over periods: see the header.
#include "storage/windows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/errors.hpp"
#include "engine/windows.hpp"
#include "storage/opening.hpp"
#include "storage/packing.hpp"

namespace downline {
namespace {

using Values = std::vector<std::int64_t>;

constexpr std::array<std::string_view, 4> fold_names = {"sum", "max", "min", "count"};

bool is_count(const Measure& window) { return window.window == Measure::Window::count; }

/// What one run gives to a window.
std::string item_of(const Plan& plan, const Measure& window) {
    return is_count(window) ? fmt::format("held:{}", window.name)
                            : fmt::format("value:{}", plan.measures[window.of].name);
}

/// What all runs so far give to a window over a lifetime.
std::string lifetime_item_of(const Plan& plan, const Measure& window) {
    return fmt::format("lifetime:{}:{}", fold_names[static_cast<std::size_t>(window.window)],
                       is_count(window) ? window.name : plan.measures[window.of].name);
}

struct EarlierRun {
    std::int64_t number{};
    Day first_day{};
};

/// Reads columns of earlier runs.
class EarlierRuns {
public:
    EarlierRuns(Database& database, const LoadedMembers& members, std::int64_t newest)
        : database_(database), members_(members) {
        Query query = database.query(
            "WITH RECURSIVE chain(number, first_day, previous_run) AS ("
            " SELECT number, first_day, previous_run FROM run WHERE number = ?1 UNION ALL"
            " SELECT r.number, r.first_day, r.previous_run FROM chain c"
            " JOIN run r ON r.number = c.previous_run)"
            " SELECT number, first_day FROM chain ORDER BY first_day DESC");
        query.bind(1, newest);
        while (query.step())
            runs_.push_back({query.integer(0), static_cast<Day>(query.integer(1))});
    }

    /// The newest first.
    [[nodiscard]] const std::vector<EarlierRun>& runs() const { return runs_; }

    /// Reads an item into a column, zeros where it names nobody; false if the run did not keep it.
    bool read(std::int64_t run, std::string_view item, Values& column) {
        column.assign(members_.members.count, 0);
        pieces_.reset();
        pieces_.bind(1, run).bind(2, item);
        bool is_kept = false;
        while (pieces_.step()) {
            is_kept = true;
            Unpacker unpacker(pieces_.blob(1));
            std::int64_t number = begin_of_piece(pieces_.integer(0));
            while (!unpacker.is_at_end()) {
                number = further(number, unpacker.varint());
                const std::int64_t value = unpacker.signed_varint();
                if (const MemberIndex member = members_.index(number); member != no_member)
                    column[member] = value;
            }
            ensure_intact(!unpacker.is_broken(),
                          "what an earlier run left for windows is broken");
        }
        return is_kept;
    }

    /// What a run gave to a window: what it kept for windows, else what its statements show; zeros
    /// where it knew nothing of the name.
    void read_value(std::int64_t run, const Plan& plan, const Measure& window, Values& column) {
        if (read(run, item_of(plan, window), column) || is_count(window)) return;
        Query names =
            database_.query("SELECT place FROM run_measure WHERE run = ?1 AND name = ?2");
        names.bind(1, run).bind(2, plan.measures[window.of].name);
        if (names.step()) read_statements(run, names.integer(0), column);
    }

private:
    void read_statements(std::int64_t run, std::int64_t place, Values& column) {
        Query query = database_.query("SELECT member, measures FROM statement WHERE run = ?1");
        query.bind(1, run);
        while (query.step()) {
            const MemberIndex member = members_.index(query.integer(0));
            Unpacker unpacker(query.blob(1));
            if (member == no_member || unpacker.is_at_end()) continue;
            for (std::int64_t skipped = 0; skipped < place; ++skipped) unpacker.signed_varint();
            column[member] = unpacker.signed_varint();
            ensure_intact(!unpacker.is_broken(),
                          "the measures of an earlier run's statement are broken");
        }
    }

    Database& database_;
    const LoadedMembers& members_;
    std::vector<EarlierRun> runs_;
    Query pieces_ =
        database_.query("SELECT piece, packed FROM carried WHERE run = ?1 AND item = ?2");
};

/// The first day of the earliest period of a window that ends with `period`.
Day first_day_of(const Period& period, std::uint32_t periods) {
    Period first = period;
    for (std::uint32_t before = 1; before < periods; ++before) first = previous_period(first);
    return first.first;
}

void fold_into(const Measure& window, bool is_first, const Values& column, Values& total) {
    if (is_first) {
        total = column;
        return;
    }
    for (std::size_t member = 0; member < total.size(); ++member)
        total[member] = fold_window(window.window, total[member], column[member]);
}

/// The periods of the window before this one; those without a run give zeros. What an old system
/// left stands for the one before the first run.
Values over_periods(EarlierRuns& earlier, const Plan& plan, const Period& period,
                    const Measure& window, const Values& opening, std::size_t member_count) {
    Values total, column;
    const Day from = first_day_of(period, window.periods);
    const Day first = earlier.runs().empty() ? period.first : earlier.runs().back().first_day;
    std::uint32_t found = 0;
    for (const EarlierRun& run : earlier.runs()) {
        if (run.first_day < from) break;
        earlier.read_value(run.number, plan, window, column);
        fold_into(window, found++ == 0, column, total);
    }
    if (!opening.empty() && first > from) fold_into(window, found++ == 0, opening, total);
    if (found + 1 < window.periods)
        fold_into(window, found == 0, Values(member_count, 0), total);
    return total;
}

/// All runs before this one, and what came before them. Nothing where there is none.
Values over_lifetime(EarlierRuns& earlier, const Plan& plan, const Measure& window,
                     const Values& opening) {
    Values total, column;
    if (earlier.runs().empty()) return opening;
    if (earlier.read(earlier.runs().front().number, lifetime_item_of(plan, window), total))
        return total;
    bool is_first = true;
    for (const EarlierRun& run : earlier.runs()) {
        earlier.read_value(run.number, plan, window, column);
        fold_into(window, is_first, column, total);
        is_first = false;
    }
    if (!opening.empty()) fold_into(window, false, opening, total);
    return total;
}

}  // namespace

std::vector<WindowItem> window_items(const Plan& plan) {
    std::vector<WindowItem> items;
    const auto add = [&](std::string item, MeasureIndex measure, bool is_held) {
        if (std::ranges::find(items, item, &WindowItem::item) == items.end())
            items.push_back({std::move(item), measure, is_held});
    };
    for (std::size_t m = 0; m < plan.measures.size(); ++m) {
        const Measure& window = plan.measures[m];
        if (window.source != Measure::Source::window) continue;
        const auto index = static_cast<MeasureIndex>(m);
        if (is_count(window)) add(item_of(plan, window), index, true);
        else if (window.periods > 1) add(item_of(plan, window), window.of, false);
        if (window.periods == 0) add(lifetime_item_of(plan, window), index, false);
    }
    return items;
}

void load_windows(Database& database, const Plan& plan, const Period& period,
                  std::int64_t previous_run, std::int64_t last_import,
                  const LoadedMembers& members,
                  std::map<std::string, std::vector<std::int64_t>>& windows_before,
                  Digest& digest) {
    const auto is_window = [](const Measure& measure) {
        return measure.source == Measure::Source::window;
    };
    if (std::ranges::none_of(plan.measures, is_window)) return;
    EarlierRuns earlier(database, members, previous_run);
    for (const Measure& window : plan.measures) {
        if (!is_window(window) || window.periods == 1) continue;
        const Values opening =
            opening_measure(database, window, plan.currency_places, last_import, members);
        Values total = window.periods == 0
                           ? over_lifetime(earlier, plan, window, opening)
                           : over_periods(earlier, plan, period, window, opening,
                                          members.members.count);
        digest.add_text(window.name).add_column(total);
        if (!total.empty()) windows_before[window.name] = std::move(total);
    }
}

}  // namespace downline
