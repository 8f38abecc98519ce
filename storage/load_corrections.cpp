// Finds what a run puts right: see the header.
#include "storage/load_corrections.hpp"

#include <algorithm>
#include <map>

#include "engine/errors.hpp"
#include "engine/plan/reader.hpp"
#include "storage/corrections.hpp"
#include "storage/opening.hpp"
#include "storage/order_volume.hpp"
#include "storage/products.hpp"

namespace downline {
namespace {

bool is_in(const std::vector<std::int64_t>& rows, std::int64_t row) {
    return std::binary_search(rows.begin(), rows.end(), row);
}

/// An order line that came back, and its key.
struct Returned {
    std::string order_id;
    std::int64_t line{};
    ClosedOrder order;
};

/// The place of the run that counts an order; nothing: history, of which an old system left lines.
using CountedAt = std::optional<std::size_t>;

class ReturnsOfClosed {
public:
    ReturnsOfClosed(Database& database, const AsOf& as_of, const Plan& plan,
                    const Counting& counting, const Period& period, OpeningLines& opening)
        : database_(database),
          as_of_(as_of),
          plan_(plan),
          counting_(counting),
          period_(period),
          opening_(opening) {}

    /// Order lines that earlier runs count (or an old system paid) and that this period's returns
    /// name, in key order. Fills the names of the returns.
    std::map<CountedAt, std::vector<Returned>> find(std::vector<Loaded::ReturnName>& names) {
        find_events(names);
        std::map<CountedAt, std::vector<Returned>> by_run;
        for (const auto& [row, place] : place_of_order_) by_run[place].push_back(returned(row));
        for (auto& [place, orders] : by_run) {
            std::ranges::sort(orders, {}, [](const Returned& order) {
                return std::pair<std::string_view, std::int64_t>(order.order_id, order.line);
            });
            for (Returned& order : orders) read_returns(place, order);
        }
        return by_run;
    }

private:
    /// Returns that this period counts; a return id and its day is one event.
    void find_events(std::vector<Loaded::ReturnName>& names) {
        if (!counting_.seen() && !opening_.are_there()) return;
        Query query = database_.query(
            "SELECT r.row, r.return_id, r.returned_on, r.import, o.row, o.ordered_on, o.import,"
            " o.order_id, o.line FROM return_line r JOIN order_line o ON o.order_id = r.order_id AND o.line = r.line"
            " WHERE r.returned_on BETWEEN ?1 AND ?2 AND r.import <= ?3 AND o.import <= ?3"
            " ORDER BY r.returned_on, r.return_id");
        query.bind(1, std::int64_t{counting_.first_day_of(database_, "returns")});
        query.bind(2, std::int64_t{period_.last}).bind(3, as_of_.last_import);
        while (query.step()) {
            if (is_in(as_of_.replaced_returns, query.integer(0))) continue;
            if (is_in(as_of_.replaced_orders, query.integer(4))) continue;
            const auto returned_on = static_cast<Day>(query.integer(2));
            if (counting_.place_of(returned_on, query.integer(3)) != counting_.present()) continue;
            const auto place =
                counting_.place_of(static_cast<Day>(query.integer(5)), query.integer(6));
            if (place == counting_.present()) continue;
            if (!place && !opening_.has(std::string{query.text(7)}, query.integer(8))) continue;
            if (names.empty() || names.back().return_id != query.text(1) ||
                names.back().returned_on != returned_on)
                names.push_back({std::string{query.text(1)}, returned_on});
            event_of_[query.integer(0)] = static_cast<std::uint32_t>(names.size());
            place_of_order_[query.integer(4)] = place;
        }
    }

    Returned returned(std::int64_t row) {
        order_.reset();
        order_.bind(1, row);
        ensure(order_.step(), "a returned order line is gone");
        Returned found{std::string{order_.text(0)}, order_.integer(1), {row, {}}};
        ReturnedOrderLine& order = found.order.returned;
        order.amount_minor = order_.integer(3);
        order.volume_centipoints =
            order_.is_null(4) ? volume_of_row() : order_.integer(4);
        return found;
    }

    /// What the product in force gives, else the amount (9.10).
    std::int64_t volume_of_row() {
        const std::int64_t amount = order_.integer(3);
        if (!order_.is_null(6)) {
            if (!products_) products_.emplace(database_, as_of_);
            const Products::Version* product =
                products_->in_force(order_.text(6), static_cast<Day>(order_.integer(2)));
            if (product != nullptr && product->volume_centipoints)
                return *product->volume_centipoints * (order_.is_null(5) ? 1 : order_.integer(5));
        }
        return volume_of_amount(amount, plan_.currency_places);
    }

    /// All returns of the order line that this run and those before it count.
    void read_returns(CountedAt place, Returned& order) {
        returns_.reset();
        returns_.bind(1, order.order_id).bind(2, order.line).bind(3, as_of_.last_import);
        returns_.bind(4, std::int64_t{period_.last});
        while (returns_.step()) {
            if (is_in(as_of_.replaced_returns, returns_.integer(0))) continue;
            ReturnEvent item;
            const auto event = event_of_.find(returns_.integer(0));
            if (event != event_of_.end()) item.event = event->second;
            item.amount_minor = returns_.integer(3);
            item.volume_centipoints = returns_.is_null(4) ? -1 : returns_.integer(4);
            const auto counted =
                counting_.place_of(static_cast<Day>(returns_.integer(1)), returns_.integer(2));
            item.is_of_own_period = counted <= place;  // history comes before all runs
            order.order.returned.returns.push_back(item);
        }
    }

    Database& database_;
    const AsOf& as_of_;
    const Plan& plan_;
    const Counting& counting_;
    const Period& period_;
    OpeningLines& opening_;
    std::optional<Products> products_;
    std::map<std::int64_t, std::uint32_t> event_of_;       ///< by row of return_line
    std::map<std::int64_t, CountedAt> place_of_order_;     ///< by row of order_line
    Query order_ = database_.query(
        "SELECT order_id, line, ordered_on, amount, volume, quantity, sku FROM order_line"
        " WHERE row = ?1");
    Query returns_ = database_.query(
        "SELECT row, returned_on, import, amount, volume FROM return_line WHERE order_id = ?1"
        " AND line = ?2 AND import <= ?3 AND returned_on <= ?4 ORDER BY returned_on, return_id");
};

/// In key order, without storage's numbers.
void digest_closed_run(const ClosedRun& run, Digest& digest) {
    digest.add(static_cast<std::int64_t>(run.rounding));
    for (const ReturnedOrderLine& order : run.orders) {
        digest.add(order.amount_minor).add(order.volume_centipoints);
        for (const ReturnEvent& item : order.returns)
            digest.add(std::int64_t{item.event}).add(item.amount_minor)
                .add(item.volume_centipoints).add(std::int64_t{item.is_of_own_period});
    }
    for (const ClosedLine& line : run.lines) {
        digest.add_text(run.bonuses[line.bonus].code).add(std::int64_t{line.earner});
        digest.add(line.amount_minor).add(line.reversed_minor).add(std::int64_t{line.order});
        digest.add(std::int64_t{line.goes_by_volume}).add(std::int64_t{line.source});
        digest.add(std::int64_t{line.level}).add(std::int64_t{line.paid_level});
        digest.add_text(stream_name(line.stream));
    }
    for (const ClosedRun::Sum& sum : run.sums)
        digest.add(std::int64_t{sum.earner}).add(std::int64_t{sum.bonus})
            .add(sum.amount_minor).add(sum.reversed_minor);
}

/// By which lines of an old system are reversed, for as long as the plan goes on: of its first run.
Rounding rounding_of_first(Database& database, const Plan& plan, const Counting& counting) {
    if (counting.runs().empty()) return plan.rounding;
    Query text = database.query("SELECT plan_text FROM run WHERE number = ?1");
    text.bind(1, counting.runs().front().number);
    ensure(text.step(), "the first run of a plan is gone");
    return read_plan(text.text(0)).plan.rounding;
}

/// Adjustments that this period counts, in the order of their ids: one of a week that ends, by where
/// this plan's weeks start, before the member joins counts when it has joined. Where several plans
/// could, the one that closes first with it does.
void load_adjustments(Database& database, const AsOf& as_of, const Plan& plan,
                      const Counting& counting, const LoadedMembers& members,
                      Corrections& corrections, Loaded& loaded, Digest& digest) {
    const Period& period = loaded.snapshot.period;
    const std::vector<std::int64_t> replaced =
        replaced_rows(database, "adjustment", as_of.last_import);
    Query query = database.query(
        "SELECT a.row, a.adjustment_id, a.member, a.period, a.last_day, a.import, a.amount,"
        " ifnull(a.bonus, ?4), a.reason FROM adjustment a WHERE a.import <= ?1 AND a.amount <> 0"
        " AND NOT EXISTS (SELECT 1 FROM correction c JOIN run r ON r.number = c.run"
        " WHERE c.adjustment = a.row AND r.plan <> ?2 AND r.state = 'final')"
        " AND (a.last_day >= ?3 OR a.import > ?5) ORDER BY a.adjustment_id");
    query.bind(1, as_of.last_import).bind(2, plan.name).bind(3, std::int64_t{period.first});
    query.bind(4, std::string_view{adjustment_bonus}).bind(5, counting.seen().value_or(INT64_MAX));
    while (query.step()) {
        if (is_in(replaced, query.integer(0))) continue;
        const auto named = parse_period(query.text(3), plan.week_starts);
        const MemberIndex member = members.index(query.integer(2));
        if (member == no_member) continue;
        const Day last_day = std::max(named ? named->last : static_cast<Day>(query.integer(4)),
                                      members.members.joined_on[member]);
        if (last_day > period.last ||
            counting.place_of(last_day, query.integer(5)) != counting.present())
            continue;
        corrections.adjustments.push_back({member, query.integer(6)});
        loaded.adjustments.push_back({query.integer(0), std::string{query.text(7)}});
        digest.add_text(query.text(1)).add(std::int64_t{member}).add(query.integer(6));
        digest.add_text(query.text(7)).add_text(query.text(8));
    }
}

}  // namespace

void load_corrections(Database& database, const AsOf& as_of, const Plan& plan,
                      const Counting& counting, const LoadedMembers& members, Loaded& loaded,
                      Digest& digest) {
    Corrections corrections;
    OpeningLines opening(database, plan.name, as_of.last_import);
    ReturnsOfClosed returns(database, as_of, plan, counting, loaded.snapshot.period, opening);
    for (const auto& [place, orders] : returns.find(loaded.returns)) {
        std::vector<ClosedOrder> closed_orders;
        std::vector<OpeningLines::OrderKey> keys;
        for (const Returned& order : orders) {
            digest.add_text(order.order_id).add(order.line);
            closed_orders.push_back(order.order);
            keys.push_back({order.order_id, order.line});
        }
        corrections.closed_runs.push_back(
            place ? load_closed_run(database, counting, counting.runs()[*place].number,
                                    closed_orders, members)
                  : opening.read(keys, closed_orders, rounding_of_first(database, plan, counting),
                                 counting, members, loaded.opening_rows));
        digest_closed_run(corrections.closed_runs.back(), digest);
    }
    for (const Loaded::ReturnName& name : loaded.returns)
        digest.add_text(name.return_id).add(std::int64_t{name.returned_on});
    load_adjustments(database, as_of, plan, counting, members, corrections, loaded, digest);
    if (corrections.closed_runs.empty() && corrections.adjustments.empty()) return;
    loaded.snapshot.corrections = std::make_shared<const Corrections>(std::move(corrections));
}

}  // namespace downline
