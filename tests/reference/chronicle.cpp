// The reference's periods in a row; see the header. SPEC 4 and 5.
#include "tests/reference/chronicle.hpp"

#include <algorithm>
#include <tuple>

namespace downline::reference {

using property::ChangeRow;
using property::MemberRow;
using property::OrderRow;
using property::ReturnRow;

Chronicle::Chronicle(const property::History& history) : history_(history) {
    for (std::size_t row = 0; row < history.facts.members.size(); ++row)
        if (history.facts.members[row].title_before != 0)
            titles_[row] = history.facts.members[row].title_before;
}

Closed Chronicle::close() {
    const Plan& plan = history_.plans[next_];
    const Period& period = history_.periods[next_];
    ++next_;
    const Snapshot snapshot = snapshot_of(plan, period);
    Closed closed;
    closed.outcome = compute(plan, snapshot, past_);
    for (const std::size_t row : row_of_)
        closed.member_ids.push_back(history_.facts.members[row].id);
    keep(plan, snapshot, closed);
    claw_back(period, closed);
    closed.outcome.paid_minor = 0;
    for (const StatedLine& line : closed.lines) closed.outcome.paid_minor += line.amount_minor;
    std::sort(closed.lines.begin(), closed.lines.end());
    return closed;
}

Snapshot Chronicle::snapshot_of(const Plan& plan, const Period& period) {
    Snapshot snapshot;
    snapshot.period = period;
    snapshot.currency_places = plan.currency_places;
    add_members(period, snapshot);
    add_orders(plan, period, snapshot);
    for (const auto& [bonus, by_row] : carry_)
        for (const auto& [row, carry] : by_row)
            for (MemberIndex member = 0; member < row_of_.size(); ++member)
                if (row_of_[member] == row)
                    snapshot.carry[bonus].push_back(
                        {member, carry.left_centipoints, carry.right_centipoints});
    return snapshot;
}

/// Everybody who had joined by the last day, by id; what they are on that day.
void Chronicle::add_members(const Period& period, Snapshot& snapshot) {
    const auto& rows = history_.facts.members;
    row_of_.clear();
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows[row].joined_on <= period.last) row_of_.push_back(row);
    std::sort(row_of_.begin(), row_of_.end(),
              [&](std::size_t a, std::size_t b) { return rows[a].id < rows[b].id; });
    const auto index_of = [&](int row) {
        const auto found = std::find(row_of_.begin(), row_of_.end(), static_cast<std::size_t>(row));
        return row < 0 || found == row_of_.end() ? no_member
                                                 : static_cast<MemberIndex>(found - row_of_.begin());
    };
    Members& members = snapshot.members;
    members.count = static_cast<std::uint32_t>(row_of_.size());
    for (const std::size_t row : row_of_) {
        const MemberRow& member = rows[row];
        members.number.push_back(static_cast<std::int64_t>(row) + 1);
        members.sponsor.push_back(index_of(member.sponsor));
        members.enroller.push_back(index_of(member.enroller));
        members.placement.push_back(index_of(member.placement));
        members.leg.push_back(member.leg);
        members.joined_on.push_back(member.joined_on);
        MemberKind kind = member.kind;
        Status status = member.status;
        for (const ChangeRow& change : history_.changes) {
            if (static_cast<std::size_t>(change.member) != row || change.holds_from > period.last)
                continue;
            if (change.is_status) status = change.status;
            else kind = MemberKind::affiliate;
        }
        members.kind.push_back(kind);
        members.status.push_back(status);
        members.title_before.push_back(titles_.contains(row) ? titles_[row] : RankPlace{0});
    }
}

std::vector<std::size_t> Chronicle::rows_of_orders(const Period& period) const {
    const auto& orders = history_.facts.orders;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < orders.size(); ++row)
        if (period.holds(orders[row].ordered_on)) rows.push_back(row);
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(orders[a].ordered_on, orders[a].order_id, orders[a].line) <
               std::tie(orders[b].ordered_on, orders[b].order_id, orders[b].line);
    });
    return rows;
}

/// SPEC 9.19, 9.29: it has returns and they reach its amount.
bool Chronicle::is_fully_returned(const std::string& order_id, Day until) const {
    std::int64_t amount = 0, returned = 0;
    bool has_return = false;
    for (const OrderRow& line : history_.facts.orders) {
        if (line.order_id != order_id) continue;
        amount += line.amount_minor;
        for (const ReturnRow& back : line.returns) {
            if (*back.returned_on > until) continue;
            has_return = true;
            returned += back.amount_minor;
        }
    }
    return has_return && returned >= amount;
}

void Chronicle::add_orders(const Plan& plan, const Period& period, Snapshot& snapshot) {
    (void)plan;
    const auto index_of = [&](int row) {
        const auto found = std::find(row_of_.begin(), row_of_.end(), static_cast<std::size_t>(row));
        return found == row_of_.end() ? no_member
                                      : static_cast<MemberIndex>(found - row_of_.begin());
    };
    // What buyers (and their contracts) had ordered before: of every order row by itself.
    std::map<std::pair<int, std::string>, property::Before> before = history_.facts.before;
    std::map<std::string, const OrderRow*> earlier;
    for (const OrderRow& line : history_.facts.orders)
        if (line.ordered_on < period.first) earlier.emplace(line.order_id, &line);
    for (const auto& [order_id, line] : earlier) {
        if (is_fully_returned(order_id, period.last)) continue;
        property::Before& of_buyer = before[{line->buyer, line->contract}];
        if (of_buyer.order_count == 0 || line->ordered_on < of_buyer.first_on)
            of_buyer.first_on = line->ordered_on;
        ++of_buyer.order_count;
    }
    snapshot.sequences.orders_before.resize(snapshot.members.count);
    snapshot.sequences.first_on.resize(snapshot.members.count);
    std::map<std::pair<int, std::string>, std::uint32_t> sequences;
    const auto sequence_of = [&](int buyer, const std::string& contract) {
        const std::pair<int, std::string> key{buyer, contract};
        if (!sequences.contains(key)) {
            if (contract.empty()) {
                sequences[key] = index_of(buyer);
            } else {
                sequences[key] =
                    static_cast<std::uint32_t>(snapshot.sequences.orders_before.size());
                snapshot.sequences.orders_before.push_back(0);
                snapshot.sequences.first_on.push_back(0);
            }
            snapshot.sequences.orders_before[sequences[key]] = before[key].order_count;
            snapshot.sequences.first_on[sequences[key]] = before[key].first_on;
        }
        return sequences[key];
    };
    for (const auto& [key, counted] : std::map(before))
        if (index_of(key.first) != no_member) (void)sequence_of(key.first, key.second);

    OrderLines& lines = snapshot.orders;
    order_of_.clear();
    const auto text = [](TextColumn& column, const std::string& value) {
        const auto found = std::find(column.texts.begin(), column.texts.end(), value);
        column.of.push_back(static_cast<std::uint32_t>(found - column.texts.begin()));
        if (found == column.texts.end()) column.texts.push_back(value);
    };
    for (const std::size_t row : rows_of_orders(period)) {
        const OrderRow& order = history_.facts.orders[row];
        if (order_of_.empty() || order_of_.back()->order_id != order.order_id)
            ++snapshot.order_count;
        order_of_.push_back(&order);
        lines.order.push_back(snapshot.order_count - 1);
        lines.buyer.push_back(index_of(order.buyer));
        lines.ordered_on.push_back(order.ordered_on);
        lines.amount_minor.push_back(order.amount_minor);
        lines.volume_centipoints.push_back(order.volume_centipoints);
        lines.qualifying_centipoints.push_back(order.qualifying_centipoints);
        lines.cost_minor.push_back(order.cost_minor);
        lines.quantity.push_back(order.quantity);
        text(lines.sku, order.sku);
        text(lines.category, order.category);
        text(lines.kind, order.kind);
        const auto creator = history_.facts.creators.find(order.sku);
        lines.creator.push_back(creator == history_.facts.creators.end()
                                    ? no_member
                                    : index_of(creator->second));
        lines.sequence.push_back(sequence_of(order.buyer, order.contract));
        for (const ReturnRow& back : order.returns)
            if (*back.returned_on <= period.last)
                snapshot.returns.push_back(
                    {lines.count, back.amount_minor, back.volume_centipoints});
        ++lines.count;
    }
}

/// What the period leaves: titles, carry, measures, and its lines.
void Chronicle::keep(const Plan& plan, const Snapshot& snapshot, Closed& closed) {
    const Outcome& outcome = closed.outcome;
    PastRun past{snapshot.period, {}, {}};
    for (MemberIndex member = 0; member < row_of_.size(); ++member) {
        if (outcome.title[member] != 0) titles_[row_of_[member]] = outcome.title[member];
        for (std::size_t m = 0; m < plan.measures.size(); ++m)
            past.measures[plan.measures[m].name][snapshot.members.number[member]] =
                outcome.measures[m][member];
        for (const auto& [name, held] : outcome.held)
            if (held[member]) past.held[name].insert(snapshot.members.number[member]);
    }
    past_.push_back(std::move(past));
    carry_.clear();
    for (const CarryLine& carry : outcome.carry_after)
        carry_[carry.code][row_of_[carry.member]] = {carry.member, carry.left_centipoints,
                                                     carry.right_centipoints};
    const auto id_of = [&](MemberIndex member) {
        return member == no_member ? "" : closed.member_ids[member];
    };
    KeptRun run{&plan, snapshot.period, {}, {}};
    for (const Payment& payment : outcome.payments) {
        const Bonus& bonus = plan.bonuses[payment.bonus];
        KeptLine line;
        line.bonus = payment.bonus;
        line.earner = row_of_[payment.earner];
        line.stated = {.member = id_of(payment.earner),
                       .bonus = bonus.code,
                       .from = id_of(payment.from),
                       .level = payment.level,
                       .paid_level = payment.paid_level,
                       .stream = payment.stream,
                       .amount_minor = payment.amount_minor};
        if (payment.order_ref != 0) {
            line.order = order_of_[static_cast<std::size_t>(payment.order_ref) - 1];
            line.stated.order_id = line.order->order_id;
            line.stated.line = line.order->line;
            line.goes_by_volume =
                bonus.base == Base::volume && payment.rate && !payment.rate_is_amount;
        } else if (bonus.kind == "match") {
            line.source = row_of_[payment.from];
        }
        closed.lines.push_back(line.stated);
        run.lines.push_back(std::move(line));
    }
    for (const CutLine& cut : outcome.cuts) {
        closed.lines.push_back({.member = id_of(cut.earner),
                                .bonus = cut.code,
                                .stream = StreamKind::limit,
                                .amount_minor = cut.amount_minor});
        KeptCut kept{cut.code, std::nullopt, row_of_[cut.earner], -cut.amount_minor};
        for (std::size_t bonus = 0; bonus < plan.bonuses.size(); ++bonus)
            if (cut.code == "cap:" + plan.bonuses[bonus].code) kept.bonus = bonus;
        run.cuts.push_back(kept);
    }
    runs_.push_back(std::move(run));
}

}  // namespace downline::reference
