// Random companies: forests, chains and stars with customers, leavers and late joiners; orders of
// several lines with contracts, costs and returns.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <tuple>

#include "tests/property/generate.hpp"

namespace downline::property {

namespace {

/// Where in a member's faces the choice of its place begins, and that of its carry.
constexpr std::size_t placement_face = 12, carry_face = 16, enroller_face = 58,
                      product_face = 56;

enum Shape { random_tree, chain, star, forest, shape_count };

/// Below an earlier row, on a leg that is free.
void place(Dice& dice, const Facts& facts, MemberRow& member) {
    if (member.kind == MemberKind::customer || !dice.chance(75)) return;
    std::vector<std::pair<int, std::uint32_t>> free;
    const bool is_wide = dice.chance(20);
    for (int parent = 0; parent < static_cast<int>(facts.members.size()); ++parent) {
        if (facts.members[static_cast<std::size_t>(parent)].kind == MemberKind::customer) continue;
        for (std::uint32_t leg = 1; leg <= (is_wide ? 3U : 2U); ++leg)
            if (std::none_of(facts.members.begin(), facts.members.end(), [&](const MemberRow& m) {
                    return m.placement == parent && m.leg == leg;
                }))
                free.emplace_back(parent, leg);
    }
    if (free.empty()) return;
    std::tie(member.placement, member.leg) =
        free[static_cast<std::size_t>(dice.roll(5040)) % free.size()];
}

MemberRow member_of(const Faces& faces, int row, int shape, const Facts& facts, int rank_count,
                    const Wanted& wanted) {
    Dice dice(faces);
    MemberRow member;
    // Ids do not follow the tree: a parent may come after its children in byte order.
    member.id = fmt::format("m{}{:03}", dice.roll(10), row);
    const auto is_affiliate = [&](int other) {
        return facts.members[static_cast<std::size_t>(other)].kind == MemberKind::affiliate;
    };
    std::vector<int> above;
    for (int other = 0; other < row; ++other)
        if (is_affiliate(other)) above.push_back(other);
    const int pick = dice.roll(5040);
    const bool is_root = above.empty() || dice.chance(shape == forest ? 30 : 4);
    if (!is_root) {
        const int count = static_cast<int>(above.size());
        const int place = shape == chain  ? count - 1
                          : shape == star ? std::min(count - 1, dice.chance(20) ? pick % count : 0)
                                          : pick % count;
        member.sponsor = above[static_cast<std::size_t>(place)];
    }
    member.enroller = member.sponsor;
    if (dice.chance(25) && !above.empty())
        member.enroller = above[static_cast<std::size_t>(dice.roll(5040)) % above.size()];
    if (dice.chance(30)) member.kind = MemberKind::customer;
    const int status = dice.roll(20);
    if (status >= 17) member.status = Status::terminated;
    if (status == 16) member.status = Status::suspended;
    const Day first = facts.period.first;
    const Day last = facts.period.last;
    const std::array<Day, 8> joinings{first - 200, first - 31, first - 30, first - 1,
                                      first,       first + 3,  last - 1,   last};
    member.joined_on = dice.chance(50) ? dice.pick(joinings) : first - 1 - dice.roll(400);
    member.joined_on = std::min(member.joined_on, last);  // a period may be a day
    if (member.kind == MemberKind::affiliate && dice.chance(30))
        member.title_before = static_cast<std::uint16_t>(dice.roll(rank_count + 1));
    dice.skip_to(placement_face);
    if (wanted.has_placement) place(dice, facts, member);
    return member;
}

/// Minor units, or hundredths of a point.
std::int64_t amount_or_volume(Dice& dice, const Wanted& wanted) {
    static constexpr std::array<std::int64_t, 12> common{
        10'000, 0, 5'000, 9'999, 10'001, 1, 100, 25'000, 50'000, 3, 33'333, 7'777};
    const int sort = dice.roll(20);
    if (sort < 14) return dice.pick(common);
    if (sort < 19 || !wanted.has_large_orders) return dice.roll(5040) * 37;
    return std::int64_t{dice.roll(5040)} * 1'000'000'007;
}

/// Parts of the line's amount and volume, never more than is left of either.
std::vector<ReturnRow> returns_of(Dice& dice, const OrderRow& order, bool is_whole_order) {
    if (is_whole_order) return {{order.amount_minor, -1}};
    const std::int64_t amount = order.amount_minor;
    const std::int64_t volume = order.volume_centipoints;
    switch (dice.roll(16)) {
        case 11: return {{amount, -1}};
        case 12: return {{amount / 2, -1}};
        case 13: return {{amount / 3, -1}, {amount / 3, -1}};
        case 14: return {{amount / 2, volume / 5}};
        case 15: return {{amount / 4, volume / 2}, {amount - amount / 4, volume - volume / 2}};
        default: return {};
    }
}

/// The version that is in force on a day; nullptr: none is.
const ProductRow* product_of(const Facts& facts, const std::string& sku, Day day) {
    const ProductRow* newest = nullptr;
    for (const ProductRow& product : facts.products)
        if (product.sku == sku && product.valid_from.value_or(day) <= day) newest = &product;
    return newest;
}

/// A point is a unit of currency; of three places the third is rounded half up.
std::int64_t volume_of_amount(std::int64_t amount_minor, int currency_places) {
    if (currency_places == 0) return amount_minor * 100;
    return currency_places == 3 ? (amount_minor + 5) / 10 : amount_minor;
}

/// What a file leaves empty is the product's, or the amount (SPEC 9.10).
void leave_out(Dice& dice, const Facts& facts, OrderRow& order) {
    const ProductRow* product = product_of(facts, order.sku, order.ordered_on);
    if (order.category.empty() && product) {
        order.category = product->category;
        order.says_category = false;
    }
    if (!dice.chance(25)) return;
    order.says_volume = false;
    order.volume_centipoints =
        product && product->volume_centipoints >= 0
            ? product->volume_centipoints * order.quantity
            : volume_of_amount(order.amount_minor, facts.currency_places);
}

OrderRow line_of(Dice& dice, const OrderRow& head, int line, const Facts& facts,
                 const Wanted& wanted) {
    static constexpr std::array<const char*, 4> categories{"", "skin", "food", "home"};
    static constexpr std::array<const char*, 3> skus{"", "s1", "s2"};
    OrderRow order = head;
    order.line = line;
    order.amount_minor = amount_or_volume(dice, wanted);
    order.volume_centipoints =
        dice.chance(30) ? amount_or_volume(dice, wanted) : order.amount_minor;
    const bool has_qualifying = dice.chance(20);
    if (has_qualifying) order.qualifying_centipoints = amount_or_volume(dice, wanted);
    if (dice.chance(60)) order.cost_minor = order.amount_minor * (dice.roll(15) + 1) / 12;
    if (dice.chance(30)) order.quantity = static_cast<std::uint32_t>(dice.roll(12));
    order.category = dice.pick(categories);
    order.sku = dice.pick(skus);
    leave_out(dice, facts, order);
    if (!has_qualifying) order.qualifying_centipoints = order.volume_centipoints;
    return order;
}

void add_order(const Faces& faces, int number, const Wanted& wanted, Facts& facts) {
    static constexpr std::array<const char*, 4> kinds{"", "subscription", "event", "kit"};
    Dice dice(faces);
    OrderRow head;
    head.buyer = dice.roll(5040) % static_cast<int>(facts.members.size());
    head.order_id = fmt::format("o{}{:03}", dice.roll(10), number);
    const Day length = facts.period.last - facts.period.first;
    head.ordered_on = facts.period.first + dice.roll(length + 1);
    if (dice.chance(10)) head.ordered_on = facts.period.last;
    const auto& buyer = facts.members[static_cast<std::size_t>(head.buyer)];
    if (dice.chance(20))  // on the edge of a window of days
        head.ordered_on = std::clamp(buyer.joined_on + dice.roll(3) * 15, facts.period.first,
                                     facts.period.last);
    head.kind = dice.pick(kinds);
    if (wanted.has_sequences && dice.chance(25))
        head.contract = dice.chance(50) ? "policy-2" : "policy-1";
    const bool is_returned = wanted.has_returns && dice.chance(8);
    const int line_count = 1 + (dice.chance(30) ? 1 + dice.roll(2) : 0);
    for (int line = 1; line <= line_count; ++line) {
        OrderRow order = line_of(dice, head, line, facts, wanted);
        if (wanted.has_returns) order.returns = returns_of(dice, order, is_returned);
        facts.orders.push_back(std::move(order));
    }
}

void add_history(Dice& dice, Facts& facts) {
    for (const OrderRow& order : facts.orders) {
        const int orders_before = dice.roll(6) - 2;
        const Day first_on = facts.period.first - 1 - dice.roll(500);
        if (orders_before > 0)
            facts.before[{order.buyer, order.contract}] = {
                static_cast<std::uint32_t>(orders_before), first_on};
    }
}

/// One of a creator is there always; in another version from some day on.
void add_products(const Throws& throws, Facts& facts) {
    static constexpr std::array<const char*, 3> categories{"skin", "", "food"};
    static constexpr std::array<std::int64_t, 5> volumes{-1, 10'000, 0, 2'550, 333};
    Dice dice(throws.company);
    dice.skip_to(product_face);
    for (const char* sku : {"s1", "s2"}) {
        const bool has_creator = facts.creators.contains(sku);
        if (!has_creator && !dice.chance(60)) continue;
        ProductRow product{sku, dice.pick(categories), dice.pick(volumes), std::nullopt};
        const Day change = *parse_day("2026-02-15") + dice.roll(40);  // the same in every period
        if (!has_creator && dice.chance(40)) product.valid_from = change - 5;
        facts.products.push_back(product);
        if (!dice.chance(50)) continue;
        facts.products.push_back({sku, dice.pick(categories), dice.pick(volumes), change});
    }
}

/// Enrollers among those who come later, so that the enroller tree runs against the sponsor tree.
void turn_enrollers(const Throws& throws, Facts& facts) {
    const int count = static_cast<int>(facts.members.size());
    for (int row = 0; row < count; ++row) {
        Dice dice(throws.members[static_cast<std::size_t>(row)]);
        dice.skip_to(enroller_face);
        int later = row + 1 + dice.roll(5040) % std::max(1, count - row);
        while (later < count && facts.members[static_cast<std::size_t>(later)].kind ==
                                    MemberKind::customer)
            ++later;
        MemberRow& member = facts.members[static_cast<std::size_t>(row)];
        member.enroller = later < count ? later : -1;
    }
}

}  // namespace

Facts facts_of(const Throws& throws, int rank_count, int currency_places, const Period& period,
               const Wanted& wanted) {
    Facts facts;
    facts.period = period;
    facts.currency_places = currency_places;
    Dice company(throws.company);
    const int shape = company.roll(shape_count);
    for (const Faces& faces : throws.members)
        facts.members.push_back(member_of(faces, static_cast<int>(facts.members.size()), shape,
                                          facts, rank_count, wanted));
    if (facts.members.empty()) return facts;
    if (wanted.has_rank_trees && !wanted.has_windows && company.chance(15))
        turn_enrollers(throws, facts);
    if (company.chance(70))
        facts.creators["s1"] = company.roll(static_cast<int>(facts.members.size()));
    add_products(throws, facts);
    int number = 0;
    for (const Faces& faces : throws.orders) add_order(faces, ++number, wanted, facts);
    if (wanted.has_sequences) add_history(company, facts);
    return facts;
}

void add_carry(const Throws& throws, const std::vector<std::string>& binaries, Facts& facts) {
    for (std::size_t row = 0; row < facts.members.size(); ++row) {
        if (facts.members[row].kind == MemberKind::customer) continue;
        Dice dice(throws.members[row]);
        dice.skip_to(carry_face);
        for (const std::string& bonus : binaries) {
            if (!dice.chance(30)) continue;
            static constexpr std::array<std::int64_t, 5> volumes{10'000, 0, 9'999, 25'000, 1};
            facts.carry.push_back({bonus, static_cast<int>(row), dice.pick(volumes),
                                   dice.pick(volumes)});
        }
    }
}

rc::Gen<Throws> throws() {
    const auto faces = [](std::size_t count) {
        return rc::gen::resize(
            100, rc::gen::container<Faces>(count, rc::gen::inRange<std::uint16_t>(0, 5040)));
    };
    return rc::gen::build<Throws>(
        rc::gen::set(&Throws::company, faces(76)),
        rc::gen::set(&Throws::members, rc::gen::container<std::vector<Faces>>(faces(60))),
        rc::gen::set(&Throws::orders, rc::gen::container<std::vector<Faces>>(faces(42))),
        rc::gen::set(&Throws::plan, faces(320)));
}

}  // namespace downline::property
