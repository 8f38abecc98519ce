// What an earlier run paid on order lines that came back: one look at its packed statements for the
// lines on them, then only at the statements of those whom a reversal can reach.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "engine/bonuses/match.hpp"
#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"
#include "storage/load_corrections.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"
#include "storage/run_reader.hpp"
#include "storage/statements.hpp"

namespace downline {
namespace {

/// A stored line: its earner by storage's number.
struct StoredLine {
    std::int64_t member{};
    std::uint32_t bonus{};
    std::uint32_t order = UINT32_MAX;  ///< index into the returned orders
    Line line;
};

/// What tells the lines of one run apart: earner, bonus, row of the order line, source, level, paid
/// level.
using LineKey = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                           std::int64_t>;

class ClosedRunReader {
public:
    ClosedRunReader(Database& database, std::int64_t run, const std::vector<ClosedOrder>& orders,
                    const LoadedMembers& members)
        : database_(database), run_(run), orders_(orders), members_(members) {
        closed_.number = run;
        for (std::uint32_t i = 0; i < orders.size(); ++i) {
            closed_.orders.push_back(orders[i].returned);
            order_of_row_.emplace(orders[i].row, i);
        }
        read_bonuses();
        find_places();
    }

    ClosedRun read(const Counting& counting) && {
        read_lines();
        follow_matches();
        read_affected();
        std::ranges::stable_sort(lines_, {}, [&](const StoredLine& line) {
            return std::tuple(line.bonus, members_.index(line.member), line.order,
                              members_.index(line.line.from), line.line.level,
                              line.line.paid_level);
        });
        for (const StoredLine& line : lines_) add_line(line);
        add_reversed(counting);
        return std::move(closed_);
    }

private:
    void read_bonuses() {
        Query text = database_.query("SELECT plan_text FROM run WHERE number = ?1");
        text.bind(1, run_);
        ensure(text.step(), "an earlier run is gone");
        const PlanReading reading = read_plan(text.text(0));
        if (!reading.errors.empty())
            throw Refusal(Refusal::Kind::state,
                          fmt::format("orders that run {} paid were returned, but this version does "
                                      "not read its plan (line {}: {}); use the version that made it",
                                      run_, reading.errors.front().line,
                                      reading.errors.front().text));
        closed_.rounding = reading.plan.rounding;
        Query codes =
            database_.query("SELECT code, base FROM run_bonus WHERE run = ?1 ORDER BY place");
        codes.bind(1, run_);
        while (codes.step()) {
            closed_.bonuses.push_back(bonus_of(reading.plan, std::string{codes.text(0)}));
            is_volume_.push_back(codes.text(1) == "volume");
        }
    }

    [[nodiscard]] ClosedRun::BonusOfRun bonus_of(const Plan& plan, const std::string& code) const {
        ClosedRun::BonusOfRun bonus{code, {}, -1, code == "limit:payout"};
        constexpr std::string_view cap = "cap:";
        if (code.starts_with(cap)) bonus.cuts = place_of(std::string_view{code}.substr(cap.size()));
        const auto rule = std::ranges::find(plan.bonuses, code, &Bonus::code);
        if (rule == plan.bonuses.end()) return bonus;
        if (const auto* match = dynamic_cast<const MatchRule*>(rule->rule.get()))
            for (const std::string& of : match->of)
                bonus.matches.push_back(static_cast<std::uint32_t>(place_of(of)));
        return bonus;
    }

    [[nodiscard]] std::int64_t place_of(std::string_view code) const {
        const auto at = std::ranges::find(closed_.bonuses, code, &ClosedRun::BonusOfRun::code);
        ensure(at != closed_.bonuses.end(), "a bonus comes before the one that it follows from");
        return at - closed_.bonuses.begin();
    }

    /// Where the run's lines name the returned order lines.
    void find_places() {
        Query pieces = database_.query(
            "SELECT piece, packed FROM run_order WHERE run = ?1 ORDER BY piece");
        pieces.bind(1, run_);
        std::size_t found = 0;
        while (pieces.step()) {
            const auto rows = unpack_order_rows(pieces.blob(1));
            if (!rows) throw_broken("the order lines of a run");
            std::int64_t place = begin_of_piece(pieces.integer(0));
            for (const std::int64_t row : *rows) {
                ++place;
                const auto order = order_of_row_.find(row);
                if (order == order_of_row_.end()) continue;
                order_at_.emplace(place, order->second);
                ++found;
            }
        }
        ensure(found == orders_.size(), "a returned order is not one of the run that counts it");
        if (!order_at_.empty()) {
            first_place_ = order_at_.begin()->first;
            is_returned_.resize(order_at_.rbegin()->first - first_place_ + 1);
            for (const auto& [at, order] : order_at_) is_returned_[at - first_place_] = 1;
        }
    }

    [[noreturn]] static void throw_broken(std::string_view what) {
        throw StorageError(
            fmt::format("the database is damaged: {} cannot be read; restore a backup", what));
    }

    [[nodiscard]] bool is_returned(std::int64_t place) const {
        const auto at = static_cast<std::uint64_t>(place - first_place_);
        return at < is_returned_.size() && is_returned_[at] != 0;
    }

    void read_lines() {
        Query statements = database_.query(
            fmt::format("SELECT statement & 0xffffffff, packed FROM statement_lines WHERE {}",
                        statements_of_run));
        statements.bind(1, run_);
        while (statements.step()) {
            StoredLine stored{statements.integer(0)};
            each_bonus(statements.blob(1), [&](std::uint32_t bonus, std::string_view packed) {
                stored.bonus = bonus;
                const bool is_match = !closed_.bonuses[bonus].matches.empty();
                each(packed, [&](const Line& line) {
                    const bool is_wanted = line.order_ref != 0 && is_returned(line.order_ref);
                    if (!is_wanted && !is_match) return;
                    stored.line = line;
                    stored.order = is_wanted ? order_at_.at(line.order_ref) : UINT32_MAX;
                    if (is_wanted) lines_.push_back(stored);
                    else matches_[line.from].push_back(stored);
                });
            });
        }
    }

    /// Segments of a statement: place of the bonus, bytes.
    template <typename Take>
    void each_bonus(std::string_view blob, const Take& take) const {
        Unpacker unpacker(blob);
        while (!unpacker.is_at_end()) {
            const std::uint64_t bonus = unpacker.varint();
            const std::string_view packed = unpacker.bytes();
            if (unpacker.is_broken() || bonus >= closed_.bonuses.size()) throw_broken("a statement");
            take(static_cast<std::uint32_t>(bonus), packed);
        }
    }

    template <typename Take>
    static void each(std::string_view packed, const Take& take) {
        if (!each_line({reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()}, take))
            throw_broken("a statement");
    }

    /// Whom a reversal reaches: earners on the orders, and those who match what they earned.
    void follow_matches() {
        std::vector<std::int64_t> waiting;
        const auto reach = [&](std::int64_t member) {
            if (affected_.insert(member).second) waiting.push_back(member);
        };
        for (const StoredLine& line : lines_) reach(line.member);
        while (!waiting.empty()) {
            const auto matched = matches_.find(waiting.back());
            waiting.pop_back();
            if (matched == matches_.end()) continue;
            for (const StoredLine& line : matched->second) {
                lines_.push_back(line);
                reach(line.member);
            }
        }
        matches_.clear();
    }

    /// Sums by bonus of all whom a reversal reaches, and their caps and limits.
    void read_affected() {
        Query statement = database_.query(
            fmt::format("SELECT s.totals, {} FROM statement s WHERE s.run = ?1 AND s.member = ?2",
                        lines_of_statement));
        std::vector<std::int64_t> members(affected_.begin(), affected_.end());
        std::ranges::sort(members, {}, [&](std::int64_t member) { return members_.index(member); });
        for (const std::int64_t member : members) {
            statement.reset();
            statement.bind(1, run_).bind(2, member);
            ensure(statement.step(), "an earner without a statement");
            for (const auto& [bonus, totals] : statement_totals(statement.blob(0))) {
                if (bonus >= closed_.bonuses.size()) throw_broken("a statement");
                ClosedRun::Sum sum{members_.index(member), static_cast<std::uint32_t>(bonus)};
                for (const Total& total : totals)
                    sum.amount_minor = add_checked(sum.amount_minor, total.amount_minor);
                sum_at_.emplace(std::pair(member, sum.bonus), closed_.sums.size());
                closed_.sums.push_back(sum);
            }
            each_bonus(statement.blob(1), [&](std::uint32_t bonus, std::string_view packed) {
                const ClosedRun::BonusOfRun& of = closed_.bonuses[bonus];
                if (!of.is_limit && of.cuts < 0) return;
                each(packed, [&](const Line& line) {
                    lines_.push_back({member, bonus, UINT32_MAX, line});
                });
            });
        }
    }

    void add_line(const StoredLine& stored) {
        ClosedLine line;
        line.earner = members_.index(stored.member);
        line.source = stored.line.from == 0 ? no_member : members_.index(stored.line.from);
        ensure(line.earner != no_member, "an earner of an earlier run is no member any more");
        line.bonus = stored.bonus;
        line.amount_minor = stored.line.amount_minor;
        line.order = stored.order;
        line.goes_by_volume = is_volume_[stored.bonus] && stored.line.rate &&
                              !stored.line.rate_is_amount;
        line.level = stored.line.level;
        line.paid_level = stored.line.paid_level;
        line.stream = stored.line.stream;
        line.order_ref = stored.order == UINT32_MAX ? 0 : orders_[stored.order].row;
        const bool is_new =
            line_at_
                .emplace(LineKey{stored.member, stored.bonus, line.order_ref, stored.line.from,
                                 line.level, line.paid_level},
                         closed_.lines.size())
                .second;
        ensure(is_new, "two lines of one run that nothing tells apart");
        closed_.lines.push_back(line);
    }

    void add_reversed(const Counting& counting) {
        std::set<std::int64_t> numbers;
        for (const Counting::EarlierRun& run : counting.runs()) numbers.insert(run.number);
        Query query = database_.query(
            "SELECT run, member, of_bonus, ifnull(of_order, 0), ifnull(of_source, 0), level,"
            " paid_level, amount FROM correction WHERE of_run = ?1");
        query.bind(1, run_);
        while (query.step()) {
            if (!numbers.contains(query.integer(0))) continue;
            const std::int64_t reversed = -query.integer(7);
            const auto line =
                line_at_.find(LineKey{query.integer(1), query.integer(2), query.integer(3),
                                      query.integer(4), query.integer(5), query.integer(6)});
            if (line != line_at_.end()) closed_.lines[line->second].reversed_minor += reversed;
            const auto sum =
                sum_at_.find({query.integer(1), static_cast<std::uint32_t>(query.integer(2))});
            if (sum != sum_at_.end()) closed_.sums[sum->second].reversed_minor += reversed;
        }
    }

    Database& database_;
    std::int64_t run_;
    const std::vector<ClosedOrder>& orders_;
    const LoadedMembers& members_;
    ClosedRun closed_;
    std::vector<bool> is_volume_;                     ///< by bonus: is its base the volume
    std::unordered_map<std::int64_t, std::uint32_t> order_of_row_;
    std::map<std::int64_t, std::uint32_t> order_at_;  ///< by place in the run
    std::int64_t first_place_ = 0;
    std::vector<std::uint8_t> is_returned_;           ///< by place, from the first returned one
    std::vector<StoredLine> lines_;
    std::map<std::int64_t, std::vector<StoredLine>> matches_;  ///< by source
    std::set<std::int64_t> affected_;
    std::map<std::pair<std::int64_t, std::uint32_t>, std::size_t> sum_at_;
    std::map<LineKey, std::size_t> line_at_;
};

}  // namespace

ClosedRun load_closed_run(Database& database, const Counting& counting, std::int64_t run,
                          const std::vector<ClosedOrder>& orders, const LoadedMembers& members) {
    return ClosedRunReader(database, run, orders, members).read(counting);
}

}  // namespace downline
