// Laws that need no reference: each test states the class of plans and companies it is about.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"
#include "tests/reference/compare.hpp"

namespace downline::property {
namespace {

using reference::Payment;

constexpr const char* head =
    "[plan]\nname = \"p\"\ncurrency = \"USD\"\nperiod = \"month\"\neffective = 2020-01-01\n";

/// Pay by the id of the earner.
std::map<std::string, std::int64_t> pay_by_id(const Plan& plan, const Facts& facts) {
    const Snapshot snapshot = snapshot_of(facts);
    std::map<std::int64_t, std::string> ids;
    for (std::size_t row = 0; row < facts.members.size(); ++row)
        ids[member_number(row)] = facts.members[row].id;
    std::map<std::string, std::int64_t> pay;
    for (const Payment& payment :
         reference::outcome_of(run(plan, snapshot), snapshot).payments)
        pay[ids.at(snapshot.members.number[payment.earner])] += payment.amount_minor;
    return pay;
}

/// A company in which everybody counts: nobody terminated, no returns, orders of whole hundreds of
/// points, so that whole percents of them are whole cents.
Facts plain_company(const Throws& thrown) {
    Facts facts = facts_of(thrown, 0, 2, *parse_period("2026-03"),
                           {.has_returns = false, .has_large_orders = false});
    for (MemberRow& member : facts.members) {
        member.status = Status::active;
        member.enroller = member.sponsor;
    }
    for (OrderRow& order : facts.orders) {
        order.amount_minor = (1 + order.amount_minor % 50) * 10'000;
        order.volume_centipoints = order.qualifying_centipoints = order.amount_minor;
    }
    return facts;
}

/// A differential by group volume: random whole percents, rising at rising floors from 0 on.
struct Differential {
    std::vector<std::pair<std::int64_t, std::int64_t>> steps;  ///< floor in points, percent
    Plan plan;

    explicit Differential(Dice& dice) : steps{{0, 1 + dice.roll(5)}} {
        for (int step = 1 + dice.roll(5); step > 0; --step)
            steps.emplace_back(steps.back().first + 1 + dice.roll(4000),
                               steps.back().second + 1 + dice.roll(8));
        std::string text;
        for (const auto& [floor, percent] : steps)
            text += fmt::format("{}[{}, \"{}%\"]", text.empty() ? "" : ", ", floor, percent);
        plan = read(fmt::format(
            "{}[[bonus]]\ncode = \"d\"\nkind = \"differential\"\nby = \"gv\"\nsteps = [{}]\n",
            head, text));
    }
    /// In ppm, of a group volume in hundredths of a point.
    [[nodiscard]] std::int64_t entitlement(std::int64_t centipoints) const {
        std::int64_t percent = 0;
        for (const auto& [floor, rate] : steps)
            if (floor * 100 <= centipoints) percent = rate;
        return percent * 10'000;
    }
};

/// The topmost member of a buyer's line; no_member where no affiliate is on it.
MemberIndex top_of(const Snapshot& snapshot, MemberIndex buyer) {
    MemberIndex top = buyer;
    while (snapshot.members.sponsor[top] != no_member) top = snapshot.members.sponsor[top];
    return snapshot.members.kind[top] == MemberKind::customer ? no_member : top;
}

TEST_CASE("the rates of a differential add up to the highest entitlement of the line") {
    // Plans: one differential by group volume, rates rising from a floor of 0, the seller paid,
    // everybody active. The highest entitlement is then that of the line's top.
    holds("rates of a differential", 1000, [] {
        const Throws thrown = *throws();
        Dice dice(thrown.plan);
        const Differential differential(dice);
        const Snapshot snapshot = snapshot_of(plain_company(thrown));
        const OrderLines& orders = snapshot.orders;
        std::map<MemberIndex, std::int64_t> group_volume;  // of tops
        for (std::uint32_t line = 0; line < orders.count; ++line)
            group_volume[top_of(snapshot, orders.buyer[line])] += orders.amount_minor[line];
        std::map<std::int64_t, std::int64_t> rates;
        for (const Payment& payment :
             reference::outcome_of(run(differential.plan, snapshot), snapshot).payments)
            rates[payment.order_ref] += payment.rate.value();
        for (std::uint32_t line = 0; line < orders.count; ++line) {
            const MemberIndex top = top_of(snapshot, orders.buyer[line]);
            RC_ASSERT(rates[line + 1] ==
                      (top == no_member ? 0 : differential.entitlement(group_volume[top])));
        }
    });
}

TEST_CASE("what others sell outside a member's lines does not change its pay") {
    // Plans: of kinds that pay each order line by itself, in the sponsor tree (enrollers are the
    // sponsors), without pools, caps and limits. An order changes; only the buyer and who stands
    // above it may feel it.
    std::size_t unmoved_count = 0;
    holds("locality", 1000, [&] {
        const Case made = case_of(*throws(), {.has_placement = false, .is_per_order_line = true});
        Facts facts = made.facts;
        facts.creators.clear();
        for (MemberRow& member : facts.members) member.enroller = member.sponsor;
        if (facts.orders.empty()) return;
        Facts changed = facts;
        OrderRow& order = changed.orders[static_cast<std::size_t>(
            *rc::gen::inRange<int>(0, static_cast<int>(facts.orders.size())))];
        order.returns.clear();
        order.amount_minor = order.amount_minor * 2 + 12'345;
        order.volume_centipoints = order.qualifying_centipoints = order.amount_minor;
        std::set<std::string> may_feel_it;
        for (int member = order.buyer; member >= 0;
             member = changed.members[static_cast<std::size_t>(member)].sponsor)
            may_feel_it.insert(changed.members[static_cast<std::size_t>(member)].id);
        auto before = pay_by_id(made.plan, facts), after = pay_by_id(made.plan, changed);
        for (const std::string& id : may_feel_it) {
            before.erase(id);
            after.erase(id);
        }
        unmoved_count += before.size();
        RC_ASSERT(before == after);
    });
    CHECK(unmoved_count >= enough(1000));
}

TEST_CASE("cutting one's account in two, one under the other, gains nothing") {
    // Plans: one differential by group volume, rates rising, everybody active, whole cents.
    std::size_t earner_count = 0;
    holds("accounts in a chain", 1000, [&] {
        const Throws thrown = *throws();
        Dice dice(thrown.plan);
        const Facts facts = plain_company(thrown);
        if (facts.members.empty()) return;
        const Plan plan = Differential(dice).plan;
        const int who = *rc::gen::inRange<int>(0, static_cast<int>(facts.members.size()));
        const auto row = static_cast<std::size_t>(who);
        if (facts.members[row].kind == MemberKind::customer) return;
        // The second account takes the downline and any part of the orders.
        Facts cut = facts;
        MemberRow lower = facts.members[row];
        lower.id += "-2";
        lower.sponsor = lower.enroller = who;
        const int second = static_cast<int>(facts.members.size());
        for (MemberRow& member : cut.members)
            if (member.sponsor == who) member.sponsor = member.enroller = second;
        for (OrderRow& order : cut.orders)
            if (order.buyer == who && dice.chance(50)) order.buyer = second;
        cut.members.push_back(lower);
        auto before = pay_by_id(plan, facts), after = pay_by_id(plan, cut);
        earner_count += before[facts.members[row].id] > 0;
        RC_ASSERT(after[facts.members[row].id] + after[lower.id] ==
                  before[facts.members[row].id]);
    });
    CHECK(earner_count >= enough(300));
}

TEST_CASE("a pool shares out every minor unit of its fund, or nothing") {
    // Plans: one pool by equal shares, by a measure, or in places that add up to the whole.
    std::size_t shared_count = 0;
    holds("pools", 1000, [&] {
        static constexpr std::array<const char*, 3> forms{
            "shares = 1", "shares = { by = \"gv\" }",
            "places = [\"50%\", \"30%\", \"20%\"]\nby = \"gv\""};
        const Throws thrown = *throws();
        Dice dice(thrown.plan);
        const Facts facts = facts_of(thrown, 0, 2, *parse_period("2026-03"), {});
        const int form = dice.roll(3);
        const Plan plan = read(fmt::format(
            "{}[[bonus]]\ncode = \"p\"\nkind = \"pool\"\nfund = \"{}.{:04}%\"\n{}\n", head,
            dice.roll(30), dice.roll(10'000), forms[static_cast<std::size_t>(form)]));
        const Snapshot snapshot = snapshot_of(facts);
        const RunResult result = run(plan, snapshot);
        const std::vector<Payment> lines = reference::outcome_of(result, snapshot).payments;
        const bool has_every_place = form < 2 || lines.size() == 3;
        if (lines.empty() || !has_every_place) return;
        std::int64_t shared = 0;
        for (const Payment& payment : lines) shared += payment.amount_minor;
        RC_ASSERT(shared == lines.front().base.value());  // the fund stands on every line
        ++shared_count;
    });
    CHECK(shared_count >= enough(300));
}

}  // namespace
}  // namespace downline::property
