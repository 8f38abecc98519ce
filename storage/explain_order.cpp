// One order of a stored run, asked again: see explain.hpp.
//
// What the recomputed passes say is compared with the stored lines of everybody on the way before
// anything is shown: an explanation that differs from what is stored is no explanation.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/bonuses/personal.hpp"
#include "engine/errors.hpp"
#include "engine/plan/describe.hpp"
#include "storage/corrections.hpp"
#include "storage/explain.hpp"
#include "storage/explain_words.hpp"
#include "storage/messages.hpp"
#include "storage/order_places.hpp"
#include "storage/reload.hpp"
#include "storage/run_reader.hpp"
#include "storage/stored_statement.hpp"

namespace downline {
namespace {

/// The lines of an order as they stand in the database; by line.
struct StoredOrder {
    std::vector<std::int64_t> rows, lines;
    Day ordered_on{};
};

StoredOrder find_order(Database& database, const std::string& order_id) {
    Query query = database.query(
        "SELECT row, line, ordered_on FROM order_line WHERE order_id = ?1 ORDER BY line, import");
    query.bind(1, order_id);
    StoredOrder order;
    while (query.step()) {
        order.rows.push_back(query.integer(0));
        order.lines.push_back(query.integer(1));
        order.ordered_on = static_cast<Day>(query.integer(2));
    }
    if (order.rows.empty())
        throw Refusal(Refusal::Kind::input,
                      fmt::format("there is no order {}; `downline sql \"SELECT order_id FROM "
                                  "order_line\"` lists them",
                                  shown_value(order_id)));
    return order;
}

/// Where the order's lines stand among those that a run saw: [first, last) from 0.
std::optional<std::pair<OrderLineIndex, OrderLineIndex>> places_of(Database& database,
                                                                   std::int64_t run,
                                                                   const StoredOrder& order) {
    Query pieces = database.query("SELECT packed FROM run_order WHERE run = ?1 ORDER BY piece");
    pieces.bind(1, run);
    const std::set<std::int64_t> wanted(order.rows.begin(), order.rows.end());
    OrderLineIndex place = 0, first = 0, last = 0;
    while (pieces.step()) {
        const auto rows = unpack_order_rows(pieces.blob(0));
        ensure_intact(rows.has_value(), "the order lines of a run cannot be read");
        for (const std::int64_t row : *rows) {
            if (wanted.contains(row)) {
                if (last == 0) first = place;
                last = place + 1;
            }
            ++place;
        }
    }
    if (last == 0) return std::nullopt;
    return std::pair(first, last);
}

struct Found {
    RunRecord run;
    OrderLineIndex first{}, last{};
};

/// The run that paid the order: that of the period that holds its date, or a later one.
Found find_run_of(Database& database, const std::optional<std::string>& plan,
                  const std::string& order_id, const StoredOrder& order) {
    std::optional<Found> found;
    std::optional<Day> first_day;  // of the earliest run that could hold it
    std::vector<RunRecord> runs = list_runs(database);
    std::ranges::stable_sort(runs, {}, &RunRecord::first_day);
    for (const RunRecord& run : runs) {
        if (run.state != "final" && run.state != "draft" && run.state != "estimate") continue;
        if ((plan && run.plan != *plan) || run.last_day < order.ordered_on) continue;
        if (!first_day) first_day = run.first_day;
        if (found && found->run.plan == run.plan) continue;
        const auto places = places_of(database, run.number, order);
        if (!places) continue;
        if (found)
            throw Refusal(Refusal::Kind::state,
                          fmt::format("plans {} and {} both paid order {}; choose one with --plan",
                                      found->run.plan, run.plan, shown_value(order_id)));
        found = {run, places->first, places->second};
    }
    if (found) return *found;
    const std::string_view reason =
        !first_day ? "run its period first"
        : order.ordered_on < *first_day
            ? "it is history, from before the first period that was run, and pays nothing"
            : "it came after the runs there are; run its period again";
    throw Refusal(Refusal::Kind::state,
                  fmt::format("no run holds order {} of {}: {}", shown_value(order_id),
                              format_day(order.ordered_on), reason));
}

/// What a stored line and a slot that was paid have in common.
using Paid = std::tuple<std::size_t, std::int64_t, std::int64_t, std::uint32_t, std::uint32_t,
                        std::int64_t, std::int64_t, std::int64_t>;

/// Names and numbers for one recomputed order.
class Shower {
public:
    Shower(Database& database, const Found& found, const Reloaded& again, unsigned thread_count)
        : database_(database),
          found_(found),
          plan_(again.plan),
          snapshot_(again.loaded.snapshot),
          explained_(
              downline::explain_order(plan_, snapshot_, found.first, found.last, thread_count)),
          asked_(plan_, snapshot_, explained_.result.standing),
          reader_(database.handle(), found.run.number) {}

    [[nodiscard]] ExplainedOrder shown();

private:
    [[nodiscard]] std::string id(MemberIndex member) {
        return std::string{reader_.member_id(snapshot_.members.number[member])};
    }
    void show_head(ExplainedOrder& order);
    [[nodiscard]] OrderBonus show_bonus(std::size_t place);
    [[nodiscard]] OrderStep show_step(const Bonus& bonus, const Step& step);
    void show_slot(const Bonus& bonus, const Slot& slot, OrderStep& shown);
    void check_stored(ExplainedOrder& order);
    void add_later(ExplainedOrder& order);

    Database& database_;
    const Found& found_;
    const Plan& plan_;
    const Snapshot& snapshot_;
    OrderExplanation explained_;
    ActivityAsked asked_;
    RunReader reader_;
};

ExplainedOrder Shower::shown() {
    ExplainedOrder shown;
    shown.run = found_.run;
    show_head(shown);
    std::array<std::int64_t, reason_count> forfeited{};
    for (std::size_t place = 0; place < plan_.bonuses.size(); ++place) {
        shown.bonuses.push_back(show_bonus(place));
        const ExplainedBonus& bonus = explained_.bonuses[place];
        shown.maximum_minor = add_checked(shown.maximum_minor, bonus.maximum_minor);
        shown.paid_minor = add_checked(shown.paid_minor, bonus.paid_minor);
        for (std::size_t i = 0; i < reason_count; ++i)
            forfeited[i] = add_checked(forfeited[i], bonus.forfeited_minor[i]);
    }
    for (std::size_t i = 0; i < reason_count; ++i)
        if (forfeited[i] != 0)
            shown.forfeited.emplace_back(reason_name(static_cast<Reason>(i)), forfeited[i]);
    check_stored(shown);
    add_later(shown);
    return shown;
}

void Shower::show_head(ExplainedOrder& order) {
    const OrderName name = reader_.order(found_.first + 1);
    order.order_id = name.order_id;
    order.ordered_on = name.ordered_on;
    const NetOrders net = net_orders(plan_, snapshot_);
    const Weighted weighted = weigh(plan_, snapshot_, net, "");
    order.buyer = id(snapshot_.orders.buyer[found_.first]);
    order.is_from_customer = net.is_from_customer[found_.first] != 0;
    if (net.seller[found_.first] != no_member) order.seller = id(net.seller[found_.first]);
    const std::uint32_t number = snapshot_.orders.order[found_.first];
    order.sequence = net.sequence[number];
    order.is_returned = net.is_returned[number] != 0;
    for (OrderLineIndex line = found_.first; line < found_.last; ++line) {
        order.amount_minor = add_checked(order.amount_minor, net.amount_minor[line]);
        order.volume_centipoints =
            add_checked(order.volume_centipoints, weighted.volume_centipoints[line]);
    }
}

OrderBonus Shower::show_bonus(std::size_t place) {
    const Bonus& bonus = plan_.bonuses[place];
    const ExplainedBonus& explained = explained_.bonuses[place];
    OrderBonus shown;
    shown.code = bonus.code;
    shown.kind = bonus.kind;
    shown.orders = describe(plan_, bonus.orders);
    const auto* personal = dynamic_cast<const PersonalRule*>(bonus.rule.get());
    if (personal && bonus.orders.buyer == OrderFilter::Buyer::any)
        shown.orders += !personal->from_self        ? ", of one's customers"
                        : !personal->from_customers ? ", one's own"
                                                    : "";
    shown.adds_to_fund = explained.adds_to_fund;
    shown.maximum_minor = explained.maximum_minor;
    shown.paid_minor = explained.paid_minor;
    for (std::size_t i = 0; i < reason_count; ++i)
        if (explained.forfeited_minor[i] != 0)
            shown.forfeited.emplace_back(reason_name(static_cast<Reason>(i)),
                                         explained.forfeited_minor[i]);
    for (const Step& step : explained.steps) shown.steps.push_back(show_step(bonus, step));
    return shown;
}

OrderStep Shower::show_step(const Bonus& bonus, const Step& step) {
    OrderStep shown;
    shown.line = reader_.order(step.order_line + 1).line;
    if (step.level != Step::nobody) shown.level = step.level;
    const MemberIndex member = step.slot ? step.slot->payee : step.first;
    if (step.slot) show_slot(bonus, *step.slot, shown);
    if (member == no_member) return shown;
    const Standing& standing = explained_.result.standing;
    shown.member_id = id(member);
    shown.is_active = standing.is_active[member] != 0;
    const RankPlace rank = (bonus.rank_by_title ? standing.title : standing.rank)[member];
    if (rank != 0) shown.rank = plan_.rank_name(rank);
    if (!step.slot) {
        shown.member_count = step.count;
        if (step.count > 1) shown.to_member_id = id(step.last);
        shown.reason = passed_name(step.passed);
    }
    if (snapshot_.members.status[member] == Status::terminated) return shown;
    if (shown.reason == "inactive") shown.failed = shown_failed(plan_, asked_.active(member));
    if (shown.reason == "unqualified")
        shown.failed = shown_failed(plan_, asked_.meets(bonus.requires_, member));
    return shown;
}

void Shower::show_slot(const Bonus& bonus, const Slot& slot, OrderStep& shown) {
    shown.is_slot = true;
    shown.paid_level = slot.paid_level;
    shown.base = base_text(plan_, bonus, slot);
    shown.rate = rate_text(plan_, slot, slot.rate);
    shown.rate_most = rate_text(plan_, slot, slot.rate_most);
    if (slot.factor_ppm != 1'000'000) shown.factor = format_percent(slot.factor_ppm);
    if (slot.paid_minor != 0) shown.exact = exact_text(plan_, bonus, slot);
    shown.maximum_minor = slot.maximum_minor;
    shown.paid_minor = slot.paid_minor;
    if (slot.maximum_minor != slot.paid_minor) shown.reason = reason_name(slot.reason);
}

/// The stored lines of the order, of everybody who has a step, are the slots that were paid.
void Shower::check_stored(ExplainedOrder& order) {
    std::vector<Paid> explained, stored;
    std::set<MemberIndex> members;
    for (std::size_t place = 0; place < explained_.bonuses.size(); ++place) {
        for (const Step& step : explained_.bonuses[place].steps) {
            const MemberIndex member = step.slot ? step.slot->payee : step.first;
            if (member != no_member) members.insert(member);
            if (!step.slot || step.slot->paid_minor == 0) continue;
            explained.emplace_back(place, snapshot_.members.number[member], step.order_line + 1,
                                   step.level, step.slot->paid_level, step.slot->rate,
                                   step.slot->base, step.slot->paid_minor);
        }
    }
    Query query =
        database_.query("SELECT packed FROM statement_lines WHERE statement = (?1 << 32 | ?2)");
    for (const MemberIndex member : members) {
        check_standing(database_, found_.run, snapshot_, explained_.result, member);
        const std::int64_t number = snapshot_.members.number[member];
        query.reset();
        query.bind(1, found_.run.number).bind(2, number);
        if (!query.step()) continue;
        std::int64_t cut_minor = 0;
        for (const auto& [place, lines] : statement_lines(query.blob(0)))
            for (const Line& line : lines) {
                if (line.stream == StreamKind::limit) cut_minor += line.amount_minor;
                if (place >= plan_.bonuses.size() || line.order_ref <= found_.first ||
                    line.order_ref > found_.last)
                    continue;
                stored.emplace_back(place, number, line.order_ref, line.level, line.paid_level,
                                    line.rate.value_or(0), line.base.value_or(0),
                                    line.amount_minor);
            }
        if (cut_minor != 0) order.cuts.emplace_back(id(member), cut_minor);
    }
    std::ranges::sort(explained);
    std::ranges::sort(stored);
    ensure(explained == stored,
           "the explanation of an order is not what its run stored; "
           "`verify` says what differs");
}

void Shower::add_later(ExplainedOrder& order) {
    Query runs = database_.query(
        "SELECT DISTINCT c.run, r.period FROM correction c JOIN run r ON r.number = c.run"
        " JOIN order_line o ON o.row = c.of_order WHERE o.order_id = ?1 AND r.plan = ?2"
        " AND r.state IN ('final', 'draft') ORDER BY r.last_day, c.run");
    runs.bind(1, order.order_id).bind(2, found_.run.plan);
    while (runs.step())
        for (const CorrectionRecord& line : corrections_of(database_.handle(), runs.integer(0)))
            if (line.order_id == order.order_id)
                order.later.push_back({std::string{runs.text(1)}, line.bonus,
                                       std::string{reader_.member_id(line.member)}, line.return_id,
                                       runs.integer(0), line.line.value_or(0), line.amount_minor});
}

}  // namespace

ExplainedOrder explain_order(Database& database, const std::optional<std::string>& plan,
                             const std::string& order_id, unsigned thread_count) {
    const StoredOrder order = find_order(database, order_id);
    const Found found = find_run_of(database, plan, order_id, order);
    const Reloaded again = reload(database, found.run);
    return Shower(database, found, again, thread_count).shown();
}

}  // namespace downline
