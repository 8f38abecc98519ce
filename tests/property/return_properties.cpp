// What must hold of returns, whatever the company and the plan: all of an order that comes back takes
// back what was left of it, in one return or in many, and in its own period it was never there.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/bonuses/match.hpp"
#include "storage/earnings.hpp"
#include "storage/runs.hpp"
#include "storage/verify.hpp"
#include "tests/property/files.hpp"
#include "tests/property/generate.hpp"
#include "tests/property/holds.hpp"

namespace downline::property {
namespace {

constexpr const char* now = "2027-12-31T00:00:00Z";

/// A company whose orders have no returns yet, imported.
struct Company {
    Company() : made(made_case()) {}
    [[nodiscard]] Database imported() const {
        return database_of(files_of(made.facts, made.plan), made.plan.currency);
    }
    [[nodiscard]] std::string money(std::int64_t amount_minor) const {
        return format_decimal(amount_minor, made.facts.currency_places);
    }
    Case made;

private:
    static Case made_case() {
        Throws thrown = *throws();
        if (thrown.members.empty()) thrown.members.push_back(Faces(12, 0));
        return case_of(thrown, {.has_returns = false, .has_binaries = false});
    }
};

RunRecord draft(Database& database, const Plan& plan, const Period& period) {
    return make_draft(database, plan, period, "test", now, 1).record;
}
RunRecord close(Database& database, const Plan& plan, const Period& period) {
    const RunRecord record = draft(database, plan, period);
    CloseOptions options;
    options.has_checks = false;
    return close_period(database, plan.name, record.period, {}, "test", now, options).record;
}

void import_returns(Database& database, const Plan& plan, std::vector<std::string> rows) {
    if (!rows.empty())
        import_file(database,
                    {ImportKind::returns, "return_id,order_id,line,returned_on,amount",
                     std::move(rows)},
                    plan.currency);
}

using Sums = std::map<std::string, std::int64_t>;

/// Adds up a run's lines (or its reversals only) by member, bonus and, where asked, what they are of.
void add_lines(Database& database, const RunRecord& run, bool only_reversals, bool by_line,
               Sums& sums) {
    each_earnings(database, run, true, true, [&](const Earnings& earnings) {
        for (const EarningLine& line : earnings.lines) {
            if (only_reversals && !line.return_id) continue;
            std::string key = earnings.member_id + "|" + line.bonus;
            if (by_line)
                key += fmt::format("|{}|{}|{}|{}|{}", line.order_id.value_or(""),
                                   line.line.value_or(0), line.from.value_or(""), line.level,
                                   line.paid_level);
            sums[key] += line.amount_minor;
        }
    });
}

std::string differences(const Sums& expected, const Sums& got) {
    std::string text;
    const auto compare = [&](const Sums& one, const Sums& other, bool is_back) {
        for (const auto& [key, amount] : one) {
            const auto at = other.find(key);
            const std::int64_t found = at == other.end() ? 0 : at->second;
            if (found != amount && (!is_back || at == other.end()))
                text += fmt::format("{}: {} and {}\n", key, is_back ? found : amount,
                                    is_back ? amount : found);
        }
    };
    compare(expected, got, false);
    compare(got, expected, true);
    return text;
}

/// Codes of the bonuses (and their caps) of which nothing stands when all orders came back.
std::set<std::string> taken_back(const Plan& plan) {
    std::set<std::string> codes;
    for (const Bonus& bonus : plan.bonuses) {
        bool is_taken = bonus.kind != "pool" && bonus.kind != "fixed" && bonus.kind != "binary";
        if (const auto* match = dynamic_cast<const MatchRule*>(bonus.rule.get()))
            is_taken = std::ranges::all_of(
                match->of, [&](const std::string& of) { return codes.contains(of); });
        if (!is_taken) continue;
        codes.insert(bonus.code);
        codes.insert("cap:" + bonus.code);
    }
    return codes;
}

std::pair<std::string, std::string> member_and_bonus(const std::string& key) {
    const std::size_t at = key.find('|');
    return {key.substr(0, at), key.substr(at + 1)};
}

/// What is left of a period's pay after all its orders came back, where something is wrong with it.
std::string wrongly_left(const Plan& plan, const Sums& paid, const Sums& net) {
    const std::set<std::string> codes = taken_back(plan);
    std::set<std::string> with_more;
    std::map<std::string, std::int64_t> left;
    for (const auto& [key, amount] : paid) {
        const auto [member, bonus] = member_and_bonus(key);
        if (!codes.contains(bonus) && bonus != "limit:payout") with_more.insert(member);
    }
    std::string text;
    for (const auto& [key, amount] : net) {
        const auto [member, bonus] = member_and_bonus(key);
        left[member] += amount;
        const bool is_taken =
            codes.contains(bonus) || (bonus == "limit:payout" && !with_more.contains(member));
        if (is_taken && amount != 0) text += fmt::format("{}: {} is left\n", key, amount);
    }
    for (const auto& [member, amount] : left)
        if (amount < 0) text += fmt::format("{} gives back {} too much\n", member, -amount);
    return text;
}

TEST_CASE("when every order comes back later, exactly what was left of it is taken back") {
    std::size_t reversed = 0;
    holds("full returns", 150, [&] {
        const Company company;
        const Plan& plan = company.made.plan;
        const Period& period = company.made.facts.period;
        Database database = company.imported();
        const RunRecord first = close(database, plan, period);
        const Period next = next_period(period);
        std::vector<std::string> rows;
        for (const OrderRow& order : company.made.facts.orders)
            rows.push_back(fmt::format("r{},{},{},{},{}", rows.size(), order.order_id, order.line,
                                       format_day(next.last), company.money(order.amount_minor)));
        import_returns(database, plan, rows);
        const RunRecord second = close(database, plan, next);
        Sums paid;
        add_lines(database, first, false, false, paid);
        Sums net = paid;
        add_lines(database, second, true, false, net);
        Sums reversals;
        add_lines(database, second, true, true, reversals);
        reversed += reversals.size();
        const std::string found = wrongly_left(plan, paid, net);
        RC_LOG() << company.made.plan_text << describe(company.made.facts) << found;
        RC_ASSERT(found.empty());
    });
    MESSAGE(reversed, " lines taken back");
    CHECK(reversed >= enough(300));
}

TEST_CASE("partial returns take back together what one whole return does") {
    std::size_t reversed = 0;
    holds("partial returns", 100, [&] {
        const Company company;
        const Plan& plan = company.made.plan;
        const Period& period = company.made.facts.period;
        const Period next = next_period(period), after = next_period(next);
        std::vector<std::string> whole, early, late;
        for (const OrderRow& order : company.made.facts.orders) {
            if (*rc::gen::inRange(0, 3) == 0) continue;
            const auto row = [&](const char* part, Day day, std::int64_t amount_minor) {
                return fmt::format("{}{},{},{},{},{}", part, whole.size(), order.order_id,
                                   order.line, format_day(day), company.money(amount_minor));
            };
            const std::int64_t amount = order.amount_minor;
            const std::int64_t a = *rc::gen::inRange<std::int64_t>(0, amount + 1);
            const std::int64_t b = *rc::gen::inRange<std::int64_t>(0, amount - a + 1);
            early.push_back(row("a", next.first, a));
            early.push_back(row("b", next.last, b));
            late.push_back(row("c", after.first, amount - a - b));
            whole.push_back(row("w", next.first, amount));
        }
        Sums expected, got;
        Database one = company.imported();
        close(one, plan, period);
        import_returns(one, plan, whole);
        add_lines(one, draft(one, plan, next), true, true, expected);
        Database many = company.imported();
        close(many, plan, period);
        import_returns(many, plan, early);
        add_lines(many, close(many, plan, next), true, true, got);
        import_returns(many, plan, late);
        add_lines(many, close(many, plan, after), true, true, got);
        reversed += expected.size();
        const std::string found = differences(expected, got);
        RC_LOG() << company.made.plan_text << describe(company.made.facts) << found;
        RC_ASSERT(found.empty());
        RC_ASSERT(verify(many, {}, 1, [](const Check&) {}));
    });
    MESSAGE(reversed, " lines taken back");
    CHECK(reversed >= enough(300));
}

TEST_CASE("an order that comes back in its own period was never there") {
    holds("neither", 150, [&] {
        const Company company;
        Case with = company.made, without = company.made;
        std::set<std::string> back;
        for (const OrderRow& order : with.facts.orders)
            if (*rc::gen::inRange(0, 3) == 0) back.insert(order.order_id);
        for (OrderRow& order : with.facts.orders)
            if (back.contains(order.order_id)) order.returns.push_back({order.amount_minor, -1, "", {}});
        std::erase_if(without.facts.orders,
                      [&](const OrderRow& order) { return back.contains(order.order_id); });
        Sums expected, got;
        for (const auto& [made, sums] : {std::pair{&without, &expected}, {&with, &got}}) {
            Database database =
                database_of(files_of(made->facts, made->plan), made->plan.currency);
            add_lines(database, draft(database, made->plan, made->facts.period), false, true, *sums);
        }
        const std::string found = differences(expected, got);
        RC_LOG() << company.made.plan_text << describe(with.facts) << found;
        RC_ASSERT(found.empty());
    });
}

}  // namespace
}  // namespace downline::property
