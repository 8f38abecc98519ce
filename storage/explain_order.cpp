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
#include "storage/explain.hpp"
#include "storage/explain_history.hpp"
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
    std::vector<std::int64_t> rows;    ///< ascending; of versions that were replaced, too
    std::vector<std::int64_t> buyers;  ///< by row; storage's number
    Day ordered_on{};
};

StoredOrder find_order(Database& database, const std::string& order_id) {
    Query query = database.query(
        "SELECT row, buyer, ordered_on FROM order_line WHERE order_id = ?1 ORDER BY row");
    query.bind(1, order_id);
    StoredOrder order;
    while (query.step()) {
        order.rows.push_back(query.integer(0));
        order.buyers.push_back(query.integer(1));
        order.ordered_on = static_cast<Day>(query.integer(2));
    }
    if (order.rows.empty())
        throw Refusal(Refusal::Kind::input,
                      fmt::format("there is no order {}; `downline sql \"SELECT order_id FROM "
                                  "order_line\"` lists them",
                                  shown_value(order_id)));
    return order;
}

struct Found {
    RunRecord run;
    OrderLineIndex first{}, last{};  ///< [first, last): places of its lines among all of the run
    std::int64_t buyer{};            ///< storage's number
};

/// The order among the lines that a run saw.
std::optional<Found> find_in(Database& database, const RunRecord& run, const StoredOrder& order) {
    const auto found = find_order_places(database, run.number, order.rows).found;
    if (found.empty()) return std::nullopt;
    const auto row = std::ranges::lower_bound(order.rows, found.front().second);
    return Found{run, found.front().first, found.back().first + 1,
                 order.buyers[static_cast<std::size_t>(row - order.rows.begin())]};
}

/// The run that paid the order: that of the period that holds its date, or a later one. Nothing where
/// there is none; `first_day` is that of the earliest run that could have.
std::optional<Found> find_run_of(Database& database, const std::optional<std::string>& plan,
                                 const std::string& order_id, const StoredOrder& order,
                                 std::optional<Day>& first_day) {
    std::optional<Found> found;
    std::vector<RunRecord> runs = list_runs(database);
    std::ranges::stable_sort(runs, {}, &RunRecord::first_day);
    for (const RunRecord& run : runs) {
        if (run.state != "final" && run.state != "draft" && run.state != "estimate") continue;
        if ((plan && run.plan != *plan) || run.last_day < order.ordered_on) continue;
        if (!first_day) first_day = run.first_day;
        if (found && found->run.plan == run.plan) continue;
        std::optional<Found> here = find_in(database, run, order);
        if (!here) continue;
        if (found)
            throw Refusal(Refusal::Kind::state,
                          fmt::format("plans {} and {} both paid order {}; choose one with --plan",
                                      found->run.plan, run.plan, shown_value(order_id)));
        found = std::move(here);
    }
    return found;
}

[[noreturn]] void refuse_without_run(const std::string& order_id, Day ordered_on,
                                     const std::optional<Day>& first_day) {
    const std::string_view reason =
        !first_day ? "run its period first"
        : ordered_on < *first_day
            ? "it is history, from before the first period that was run, and pays nothing"
            : "it came after the runs there are; run its period again";
    throw Refusal(Refusal::Kind::state, fmt::format("no run holds order {} of {}: {}",
                                                    shown_value(order_id),
                                                    format_day(ordered_on), reason));
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
          again_(again),
          first_(again.line_at(found.first)),
          last_(again.line_at(found.last - 1) + 1),
          explained_(downline::explain_order(plan_, snapshot_, first_, last_, thread_count,
                                             again.standing ? &*again.standing : nullptr)),
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

    Database& database_;
    const Found& found_;
    const Plan& plan_;
    const Snapshot& snapshot_;
    const Reloaded& again_;
    OrderLineIndex first_, last_;  ///< of the snapshot
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
    shown.later = later_lines(database_, shown.order_id, found_.run.plan);
    return shown;
}

void Shower::show_head(ExplainedOrder& order) {
    const OrderName name = reader_.order(found_.first + 1);
    order.order_id = name.order_id;
    order.ordered_on = name.ordered_on;
    const NetOrders net = net_orders(plan_, snapshot_);
    const Weighted weighted = weigh(plan_, snapshot_, net, "");
    order.buyer = id(snapshot_.orders.buyer[first_]);
    order.is_from_customer = net.is_from_customer[first_] != 0;
    if (net.seller[first_] != no_member) order.seller = id(net.seller[first_]);
    const std::uint32_t number = snapshot_.orders.order[first_];
    order.sequence = net.sequence[number];
    order.is_returned = net.is_returned[number] != 0;
    for (OrderLineIndex line = first_; line < last_; ++line) {
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
    shown.line = reader_.order(again_.place_of(step.order_line) + 1).line;
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
            explained.emplace_back(place, snapshot_.members.number[member],
                                   again_.place_of(step.order_line) + 1, step.level,
                                   step.slot->paid_level, step.slot->rate, step.slot->base,
                                   step.slot->paid_minor);
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
        each_statement_line(query.blob(0), [&](std::size_t place, const Line& line) {
            if (line.stream == StreamKind::limit) cut_minor += line.amount_minor;
            if (place >= plan_.bonuses.size() || line.order_ref <= found_.first ||
                line.order_ref > found_.last)
                return;
            stored.emplace_back(place, number, line.order_ref, line.level, line.paid_level,
                                line.rate.value_or(0), line.base.value_or(0), line.amount_minor);
        });
        if (cut_minor != 0) order.cuts.emplace_back(id(member), cut_minor);
    }
    std::ranges::sort(explained);
    std::ranges::sort(stored);
    ensure(explained == stored,
           "the explanation of an order is not what its run stored; "
           "`verify` says what differs");
}

}  // namespace

ExplainedOrder explain_order(Database& database, const std::optional<std::string>& plan,
                             const std::string& order_id, unsigned thread_count,
                             Reading reading) {
    const StoredOrder order = find_order(database, order_id);
    std::optional<Day> first_day;
    const std::optional<Found> found = find_run_of(database, plan, order_id, order, first_day);
    if (!found) {
        const bool may_be_history = !first_day || order.ordered_on < *first_day;
        if (auto history = may_be_history ? explain_history(database, order_id) : std::nullopt)
            return std::move(*history);
        refuse_without_run(order_id, order.ordered_on, first_day);
    }
    const auto shown_from = [&](const Reloaded& again) {
        return Shower(database, *found, again, thread_count).shown();
    };
    if (reading != Reading::all) {
        try {
            if (const auto part = reload_upline(database, found->run, found->buyer))
                return shown_from(*part);
        } catch (const BrokenInvariant&) {
            if (reading == Reading::only_part) throw;
        }
    }
    return shown_from(reload(database, found->run));
}

}  // namespace downline
