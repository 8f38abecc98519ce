// The reference's periods in a row; see the header. SPEC 4 and 5.
#include "tests/reference/chronicle.hpp"

#include <algorithm>
#include <tuple>

namespace downline::reference {

using property::ChangeRow;
using property::counted_in;
using property::MemberRow;
using property::MoveRow;
using property::OrderRow;
using property::ReturnRow;

Chronicle::Chronicle(const property::History& history) : history_(history) {
    for (std::size_t row = 0; row < history.facts.members.size(); ++row)
        if (history.facts.members[row].title_before != 0)
            titles_[row] = history.facts.members[row].title_before;
}

Closed Chronicle::close() {
    const Plan& plan = history_.plans[now_];
    const Period& period = history_.periods[now_];
    const Snapshot snapshot = snapshot_of(plan, period);
    Closed closed;
    closed.outcome = compute(plan, snapshot, past_);
    for (const std::size_t row : row_of_)
        closed.member_ids.push_back(history_.facts.members[row].id);
    keep(plan, snapshot, closed);
    claw_back(closed);
    adjust(closed);
    closed.outcome.paid_minor = 0;
    for (const StatedLine& line : closed.lines) closed.outcome.paid_minor += line.amount_minor;
    std::sort(closed.lines.begin(), closed.lines.end());
    closed.members = snapshot.members;
    ++now_;
    return closed;
}

Snapshot Chronicle::snapshot_of(const Plan& plan, const Period& period) {
    Snapshot snapshot;
    snapshot.period = period;
    snapshot.currency_places = plan.currency_places;
    add_members(period, snapshot);
    add_orders(snapshot);
    for (const auto& [bonus, by_row] : carry_)
        for (const auto& [row, carry] : by_row)
            for (MemberIndex member = 0; member < row_of_.size(); ++member)
                if (row_of_[member] == row)
                    snapshot.carry[bonus].push_back(
                        {member, carry.left_centipoints, carry.right_centipoints});
    return snapshot;
}

MemberIndex Chronicle::index_of(int row) const {
    const auto found = std::find(row_of_.begin(), row_of_.end(), static_cast<std::size_t>(row));
    return row < 0 || found == row_of_.end() ? no_member
                                             : static_cast<MemberIndex>(found - row_of_.begin());
}

/// Everybody known who had joined by the last day, by id; what they are on that day.
void Chronicle::add_members(const Period& period, Snapshot& snapshot) {
    const auto& rows = history_.facts.members;
    row_of_.clear();
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows[row].joined_on <= period.last && rows[row].arrives <= static_cast<int>(now_))
            row_of_.push_back(row);
    std::sort(row_of_.begin(), row_of_.end(),
              [&](std::size_t a, std::size_t b) { return rows[a].id < rows[b].id; });
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
        members.kind.push_back(member.kind);
        members.status.push_back(member.status);
        members.title_before.push_back(titles_.contains(row) ? titles_[row] : RankPlace{0});
    }
    apply_changes(period, members);
    place(history_.plans[now_], period, members);
}

/// New statuses and kinds, and moves of sponsors and enrollers, that are known and hold by the last
/// day. The enroller does not follow a move of the sponsor.
void Chronicle::apply_changes(const Period& period, Members& members) const {
    for (const ChangeRow& change : history_.changes) {
        const MemberIndex member = index_of(change.member);
        if (member == no_member || change.holds_from > period.last ||
            change.arrives > static_cast<int>(now_))
            continue;
        if (change.is_status) members.status[member] = change.status;
        else members.kind[member] = MemberKind::affiliate;
    }
    for (const MoveRow& move : history_.moves) {
        const MemberIndex member = index_of(move.member);
        if (member == no_member || move.holds_from > period.last) continue;
        if (move.tree == Tree::sponsor) members.sponsor[member] = index_of(move.parent);
        if (move.tree == Tree::enroller) members.enroller[member] = index_of(move.parent);
    }
}

/// SPEC 3.7: places of files, of closed runs, of moves; then those that this run gives.
void Chronicle::place(const Plan& plan, const Period& period, Members& members) {
    std::vector<std::uint8_t> has_place(members.count, 0);
    for (MemberIndex member = 0; member < members.count; ++member) {
        const std::size_t row = row_of_[member];
        has_place[member] = history_.facts.members[row].placement >= 0;
        if (has_place[member] || !places_.contains(row)) continue;
        const Place& place = places_.at(row);
        has_place[member] = 1;
        members.placement[member] =
            place.parent ? index_of(static_cast<int>(*place.parent)) : no_member;
        members.leg[member] = place.leg;
    }
    for (const MoveRow& move : history_.moves) {
        const MemberIndex member = index_of(move.member);
        if (move.tree != Tree::placement || member == no_member || move.holds_from > period.last)
            continue;
        has_place[member] = 1;
        members.placement[member] = index_of(move.parent);
        members.leg[member] = move.leg;
    }
    if (!plan.placement) return;
    const std::vector<std::uint8_t> had_place = has_place;
    place_members(*plan.placement, members, has_place);
    for (MemberIndex member = 0; member < members.count; ++member) {
        if (had_place[member] || !has_place[member]) continue;
        Place& place = places_[row_of_[member]];
        place.leg = members.leg[member];
        if (members.placement[member] != no_member)
            place.parent = row_of_[members.placement[member]];
    }
}

std::size_t Chronicle::counted(const OrderRow& order) const {
    return counted_in(history_, order.ordered_on, order.arrives).value();
}

std::size_t Chronicle::counted(const ReturnRow& back) const {
    return counted_in(history_, *back.returned_on, back.arrives).value();
}

Chronicle::Event Chronicle::event_of(const ReturnRow& back) const {
    return {counted(back), *back.returned_on, back.return_id};
}

std::vector<std::size_t> Chronicle::rows_of_orders() const {
    const auto& orders = history_.facts.orders;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < orders.size(); ++row)
        if (counted(orders[row]) == now_) rows.push_back(row);
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(orders[a].ordered_on, orders[a].order_id, orders[a].line) <
               std::tie(orders[b].ordered_on, orders[b].order_id, orders[b].line);
    });
    return rows;
}

/// SPEC 9.19, 9.29: it has returns and they reach its amount.
bool Chronicle::is_fully_returned(const std::string& order_id) const {
    std::int64_t amount = 0, returned = 0;
    bool has_return = false;
    for (const OrderRow& line : history_.facts.orders) {
        if (line.order_id != order_id) continue;
        amount += line.amount_minor;
        for (const ReturnRow& back : line.returns) {
            if (counted(back) > now_) continue;
            has_return = true;
            returned += back.amount_minor;
        }
    }
    return has_return && returned >= amount;
}

void Chronicle::add_orders(Snapshot& snapshot) {
    // What buyers (and their contracts) had ordered before: of every order row by itself, in the
    // order of the periods that count them (9.29).
    std::map<std::pair<int, std::string>, property::Before> before = history_.facts.before;
    std::map<std::string, const OrderRow*> earlier;
    for (const OrderRow& line : history_.facts.orders)
        if (counted(line) < now_) earlier.emplace(line.order_id, &line);
    std::map<std::pair<int, std::string>, std::pair<std::size_t, Day>> first;
    for (const auto& [order_id, line] : earlier) {
        if (is_fully_returned(order_id)) continue;
        const std::pair key{line->buyer, line->contract};
        property::Before& of_buyer = before[key];
        const std::pair place{counted(*line), line->ordered_on};
        if (of_buyer.order_count == 0 || (first.contains(key) && place < first[key])) {
            first[key] = place;
            of_buyer.first_on = line->ordered_on;
        }
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
    for (const std::size_t row : rows_of_orders()) {
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
            if (counted(back) <= now_)
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
    KeptRun run{&plan, now_, {}, {}};
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
