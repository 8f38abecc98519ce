// Rows to a snapshot, as storage's loader would do it.
#include "tests/property/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace downline::property {

namespace {

std::uint32_t text_index(TextColumn& column, const std::string& text) {
    const auto found = std::find(column.texts.begin(), column.texts.end(), text);
    if (found != column.texts.end())
        return static_cast<std::uint32_t>(found - column.texts.begin());
    column.texts.push_back(text);
    return static_cast<std::uint32_t>(column.texts.size() - 1);
}

template <typename Less>
std::vector<std::size_t> sorted_rows(std::size_t count, Less less) {
    std::vector<std::size_t> rows(count);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::sort(rows.begin(), rows.end(), less);
    return rows;
}

/// The index of every row of Facts::members.
std::vector<MemberIndex> add_members(const Facts& facts, Members& members) {
    const auto& rows = facts.members;
    const auto by_id = sorted_rows(
        rows.size(), [&](std::size_t a, std::size_t b) { return rows[a].id < rows[b].id; });
    std::vector<MemberIndex> index(rows.size());
    for (std::size_t i = 0; i < by_id.size(); ++i) index[by_id[i]] = static_cast<MemberIndex>(i);
    const auto index_of = [&](int row) {
        return row < 0 ? no_member : index[static_cast<std::size_t>(row)];
    };
    for (const std::size_t row : by_id) {
        const MemberRow& member = rows[row];
        members.number.push_back(member_number(row));
        members.sponsor.push_back(index_of(member.sponsor));
        members.enroller.push_back(index_of(member.enroller));
        members.placement.push_back(index_of(member.placement));
        members.leg.push_back(member.leg);
        members.kind.push_back(member.kind);
        members.status.push_back(member.status);
        members.joined_on.push_back(member.joined_on);
        members.title_before.push_back(member.title_before);
    }
    members.count = static_cast<std::uint32_t>(rows.size());
    return index;
}

class OrderLoader {
public:
    OrderLoader(const Facts& facts, const std::vector<MemberIndex>& index, Snapshot& snapshot)
        : facts_(facts), index_(index), snapshot_(snapshot) {
        snapshot_.sequences.orders_before.resize(facts.members.size());
        snapshot_.sequences.first_on.resize(facts.members.size());
        for (const auto& [key, before] : facts_.before) {
            const std::uint32_t row = sequence_of(key);
            snapshot_.sequences.orders_before[row] = before.order_count;
            snapshot_.sequences.first_on[row] = before.first_on;
        }
    }

    void add(std::size_t row) {
        const OrderRow& order = facts_.orders[row];
        OrderLines& lines = snapshot_.orders;
        if (!last_ || last_->order_id != order.order_id) ++snapshot_.order_count;
        last_ = &order;
        lines.order.push_back(snapshot_.order_count - 1);
        lines.buyer.push_back(index_[static_cast<std::size_t>(order.buyer)]);
        lines.ordered_on.push_back(order.ordered_on);
        lines.amount_minor.push_back(order.amount_minor);
        lines.volume_centipoints.push_back(order.volume_centipoints);
        lines.qualifying_centipoints.push_back(order.qualifying_centipoints);
        lines.cost_minor.push_back(order.cost_minor);
        lines.quantity.push_back(order.quantity);
        lines.sku.of.push_back(text_index(lines.sku, order.sku));
        lines.category.of.push_back(text_index(lines.category, order.category));
        lines.kind.of.push_back(text_index(lines.kind, order.kind));
        const auto creator = facts_.creators.find(order.sku);
        lines.creator.push_back(creator == facts_.creators.end()
                                    ? no_member
                                    : index_[static_cast<std::size_t>(creator->second)]);
        lines.sequence.push_back(sequence_of({order.buyer, order.contract}));
        for (const ReturnRow& back : order.returns)
            snapshot_.returns.push_back({lines.count, back.amount_minor, back.volume_centipoints});
        ++lines.count;
    }

private:
    std::uint32_t sequence_of(const std::pair<int, std::string>& key) {
        if (key.second.empty()) return index_[static_cast<std::size_t>(key.first)];
        const auto [found, is_new] = contracts_.try_emplace(
            key, static_cast<std::uint32_t>(snapshot_.sequences.orders_before.size()));
        if (is_new) {
            snapshot_.sequences.orders_before.push_back(0);
            snapshot_.sequences.first_on.push_back(0);
        }
        return found->second;
    }

    const Facts& facts_;
    const std::vector<MemberIndex>& index_;
    Snapshot& snapshot_;
    const OrderRow* last_ = nullptr;
    std::map<std::pair<int, std::string>, std::uint32_t> contracts_;
};

/// Leaves out columns in which every row says the same as none would, as the loader may.
void drop_plain_columns(Snapshot& snapshot) {
    Members& members = snapshot.members;
    OrderLines& orders = snapshot.orders;
    const auto drop_if_all = [](auto& column, auto plain) {
        if (std::all_of(column.begin(), column.end(), [&](auto value) { return value == plain; }))
            column.clear();
    };
    if (members.enroller == members.sponsor) members.enroller.clear();
    drop_if_all(members.placement, no_member);
    if (members.placement.empty()) members.leg.clear();
    drop_if_all(members.title_before, 0);
    if (orders.qualifying_centipoints == orders.volume_centipoints)
        orders.qualifying_centipoints.clear();
    drop_if_all(orders.cost_minor, -1);
    drop_if_all(orders.quantity, 1U);
    drop_if_all(orders.creator, no_member);
    if (orders.sequence == orders.buyer) orders.sequence.clear();
    for (TextColumn* column : {&orders.sku, &orders.category, &orders.kind})
        drop_if_all(column->of, 0U);
}

std::string name_of(const Facts& facts, int row) {
    return row < 0 ? "-" : facts.members[static_cast<std::size_t>(row)].id;
}

}  // namespace

Snapshot snapshot_of(const Facts& facts) {
    Snapshot snapshot;
    snapshot.period = facts.period;
    snapshot.currency_places = facts.currency_places;
    const auto index = add_members(facts, snapshot.members);
    const auto& rows = facts.orders;
    const auto key = [&](std::size_t row) {
        return std::tie(rows[row].ordered_on, rows[row].order_id, rows[row].line);
    };
    OrderLoader loader(facts, index, snapshot);
    for (const std::size_t row : sorted_rows(
             rows.size(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); }))
        loader.add(row);
    for (const CarryRow& row : facts.carry)
        snapshot.carry[row.bonus].push_back({index[static_cast<std::size_t>(row.member)],
                                             row.left_centipoints, row.right_centipoints});
    for (auto& [bonus, carried] : snapshot.carry)
        std::sort(carried.begin(), carried.end(),
                  [](const Carry& a, const Carry& b) { return a.member < b.member; });
    drop_plain_columns(snapshot);
    return snapshot;
}

std::string describe(const Facts& facts) {
    std::string text = fmt::format("period {}\n", period_name(facts.period));
    for (const MemberRow& member : facts.members)
        text += fmt::format("member {} sponsor {} enroller {} placed {}/{} {} {} joined {} title "
                            "{}\n",
                            member.id, name_of(facts, member.sponsor),
                            name_of(facts, member.enroller), name_of(facts, member.placement),
                            member.leg,
                            member.kind == MemberKind::customer ? "customer" : "affiliate",
                            member.status == Status::active      ? "active"
                            : member.status == Status::suspended ? "suspended"
                                                                 : "terminated",
                            format_day(member.joined_on), member.title_before);
    for (const auto& [key, before] : facts.before)
        text += fmt::format("before: {} contract '{}': {} orders from {}\n",
                            name_of(facts, key.first), key.second, before.order_count,
                            format_day(before.first_on));
    for (const ProductRow& product : facts.products)
        text += fmt::format("product {} category '{}' volume {} from {}\n", product.sku,
                            product.category, product.volume_centipoints,
                            product.valid_from ? format_day(*product.valid_from) : "ever");
    for (const auto& [sku, creator] : facts.creators)
        text += fmt::format("product {} created by {}\n", sku, name_of(facts, creator));
    for (const OrderRow& order : facts.orders) {
        text += fmt::format("order {}/{} of {} on {} contract '{}' amount {} volume {} "
                            "qualifying {} cost {} quantity {} sku '{}' category '{}' kind '{}'",
                            order.order_id, order.line, name_of(facts, order.buyer),
                            format_day(order.ordered_on), order.contract, order.amount_minor,
                            order.volume_centipoints, order.qualifying_centipoints,
                            order.cost_minor, order.quantity, order.sku, order.category,
                            order.kind);
        for (const ReturnRow& back : order.returns)
            text += fmt::format(" returned {} (volume {}) {} {}", back.amount_minor,
                                back.volume_centipoints, back.return_id,
                                back.returned_on ? format_day(*back.returned_on) : "");
        text += '\n';
    }
    return text;
}

}  // namespace downline::property
