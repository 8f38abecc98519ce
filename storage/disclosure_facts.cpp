// Reads members, statements, lines and orders once: see the header.
#include "storage/disclosure_facts.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "engine/errors.hpp"
#include "storage/earnings.hpp"
#include "storage/intact.hpp"
#include "storage/load_parts.hpp"
#include "storage/members.hpp"

namespace downline {
namespace {

/// Order lines dated ?1 to ?2 of imports up to ?3, replaced ones too.
constexpr const char* orders_of_days =
    "SELECT o.row, o.order_id, o.buyer, o.ordered_on, o.amount FROM order_extent e"
    " CROSS JOIN order_line o ON o.row BETWEEN e.first_row AND e.last_row"
    " WHERE e.ordered_on BETWEEN ?1 AND ?2 AND o.import <= ?3";

class FactsReader {
public:
    FactsReader(Database& database, const std::vector<RunRecord>& runs)
        : database_(database), runs_(runs), last_import_(runs.back().last_import) {}

    DisclosureFacts read() {
        read_members();
        read_purchases();
        read_statements();
        register_earning_tables(database_);
        for (const RunRecord& run : runs_) read_lines(run);
        for (auto& [number, participant] : by_number_)
            facts_.participants.push_back(std::move(participant));
        std::ranges::sort(facts_.participants, {}, [](const Participant& one) {
            return std::tie(one.income_minor, one.member_id);
        });
        return std::move(facts_);
    }

private:
    struct Member {
        Day joined_on{};
        bool is_customer = false;  ///< as first imported
    };

    void read_members();
    void read_purchases();
    void add_purchase(std::int64_t buyer, std::int64_t amount);
    void read_statements();
    void read_lines(const RunRecord& run);

    Database& database_;
    const std::vector<RunRecord>& runs_;
    std::int64_t last_import_;
    DisclosureFacts facts_;
    std::unordered_map<std::int64_t, Participant> by_number_;
    std::unordered_map<std::int64_t, Member> members_;
};

void FactsReader::read_members() {
    const Day first = runs_.front().first_day, last = runs_.back().last_day;
    const auto kinds = changed_values(database_, "kind", last);
    const auto statuses = changed_values(database_, "status", first - 1);
    Query query = database_.query(
        "SELECT number, member_id, kind, status, status_on, joined_on FROM member"
        " WHERE joined_on <= ?1 AND import <= ?2");
    query.bind(1, std::int64_t{last}).bind(2, last_import_);
    while (query.step()) {
        const std::int64_t number = query.integer(0);
        members_[number] = {static_cast<Day>(query.integer(5)), query.integer(2) != 0};
        ++facts_.member_count;
        const auto kind = kinds.find(number);
        if (kind != kinds.end() ? kind->second != "0" : query.integer(2) != 0) {
            ++facts_.customer_count;
            continue;
        }
        const auto status = statuses.find(number);
        const bool held = query.is_null(4) || query.integer(4) < first;
        const bool is_gone =
            status != statuses.end() ? status->second == "2" : held && query.integer(3) == 2;
        if (!is_gone) by_number_[number].member_id = query.text(1);
    }
}

void FactsReader::add_purchase(std::int64_t buyer, std::int64_t amount) {
    const auto participant = by_number_.find(buyer);
    if (participant == by_number_.end()) return;
    std::int64_t& sum = participant->second.purchases_minor;
    sum = add_checked(sum, amount);
}

/// Own orders of the window, less what came back of them by its end.
void FactsReader::read_purchases() {
    const AsOf facts = as_of(database_, last_import_);
    const auto counts = [](const std::vector<std::int64_t>& replaced, std::int64_t row) {
        return !std::binary_search(replaced.begin(), replaced.end(), row);
    };
    const Day first = runs_.front().first_day, last = runs_.back().last_day;
    Query lines = database_.query(orders_of_days);
    lines.bind(1, std::int64_t{first}).bind(2, std::int64_t{last}).bind(3, last_import_);
    while (lines.step())
        if (counts(facts.replaced_orders, lines.integer(0)))
            add_purchase(lines.integer(2), lines.integer(4));
    Query returns = database_.query(
        "SELECT r.row, r.order_row, o.buyer, r.amount FROM return_line r"
        " JOIN order_line o ON o.row = r.order_row"
        " WHERE r.import <= ?3 AND o.ordered_on >= ?1 AND r.returned_on <= ?2");
    returns.bind(1, std::int64_t{first}).bind(2, std::int64_t{last}).bind(3, last_import_);
    while (returns.step())
        if (counts(facts.replaced_returns, returns.integer(0)) &&
            counts(facts.replaced_orders, returns.integer(1)))
            add_purchase(returns.integer(2), -returns.integer(3));
}

/// Pay and ranks. A rank of an earlier run counts by its name in the last run's ladder.
void FactsReader::read_statements() {
    std::unordered_map<std::string, std::int64_t> place_of;
    const auto names = [&](std::int64_t run) {
        std::vector<std::string> ranks{""};
        Query query = database_.query("SELECT name FROM run_rank WHERE run = ?1 ORDER BY place");
        query.bind(1, run);
        while (query.step()) ranks.emplace_back(query.text(0));
        return ranks;
    };
    facts_.ranks = names(runs_.back().number);
    for (std::size_t place = 1; place < facts_.ranks.size(); ++place)
        place_of[facts_.ranks[place]] = static_cast<std::int64_t>(place);
    for (const RunRecord& run : runs_) {
        const std::vector<std::string> ranks = names(run.number);
        Query query = database_.query("SELECT member, amount, rank FROM statement WHERE run = ?1");
        query.bind(1, run.number);
        while (query.step()) {
            const auto participant = by_number_.find(query.integer(0));
            if (participant == by_number_.end()) continue;
            Participant& one = participant->second;
            one.income_minor = add_checked(one.income_minor, query.integer(1));
            const auto place = place_of.find(
                entry_at(ranks, query.integer(2), "a statement names no rank of its run"));
            if (place != place_of.end()) one.rank = std::max(one.rank, place->second);
        }
        facts_.paid.total_minor = add_checked(facts_.paid.total_minor, run.paid_minor);
    }
    facts_.ranks.erase(facts_.ranks.begin());
}

/// Who bought an order, and when: those of a run's days at once, others (late ones, reversals) one
/// by one.
class OrderFinder {
public:
    struct Order {
        std::int64_t buyer{};
        Day ordered_on{};
    };
    OrderFinder(Database& database, const RunRecord& run)
        : other_(database.query("SELECT buyer, ordered_on FROM order_line WHERE order_id = ?1"
                                " ORDER BY import DESC LIMIT 1")) {
        Query lines = database.query(orders_of_days);
        lines.bind(1, std::int64_t{run.first_day}).bind(2, std::int64_t{run.last_day});
        lines.bind(3, run.last_import);
        while (lines.step())
            orders_[std::string{lines.text(1)}] = {lines.integer(2),
                                                   static_cast<Day>(lines.integer(3))};
    }
    [[nodiscard]] Order find(std::string_view order_id) {
        const auto found = orders_.find(std::string{order_id});
        if (found != orders_.end()) return found->second;
        other_.reset();
        other_.bind(1, order_id);
        ensure(other_.step(), "an earning line names an order that is not there");
        return {other_.integer(0), static_cast<Day>(other_.integer(1))};
    }

private:
    Query other_;
    std::unordered_map<std::string, Order> orders_;
};

void FactsReader::read_lines(const RunRecord& run) {
    const auto kinds = changed_values(database_, "kind", run.last_day);
    OrderFinder orders(database_, run);
    PaidBySource& paid = facts_.paid;
    Query query = database_.query("SELECT order_id, amount FROM earning_line WHERE run = ?1");
    query.bind(1, run.number);
    while (query.step()) {
        const std::int64_t amount = query.integer(1);
        if (query.is_null(0)) {
            paid.other_minor = add_checked(paid.other_minor, amount);
            continue;
        }
        const OrderFinder::Order order = orders.find(query.text(0));
        const auto member = members_.find(order.buyer);
        ensure_intact(member != members_.end(), "an order names a buyer who is not there");
        const Member& buyer = member->second;
        const auto kind = kinds.find(order.buyer);
        const bool is_customer = kind != kinds.end() ? kind->second != "0" : buyer.is_customer;
        std::int64_t& part = is_customer ? paid.customers_minor : paid.own_minor;
        part = add_checked(part, amount);
        const Day days = order.ordered_on - buyer.joined_on;
        if (days >= 0 && days <= 30) paid.within_30_days_minor += amount;
        if (days >= 0 && days <= 90) paid.within_90_days_minor += amount;
    }
}

}  // namespace

DisclosureFacts disclosure_facts(Database& database, const std::vector<RunRecord>& runs) {
    ensure(!runs.empty(), "a disclosure of no runs");
    DisclosureFacts facts = FactsReader(database, runs).read();
    ensure(facts.paid.customers_minor + facts.paid.own_minor + facts.paid.other_minor ==
               facts.paid.total_minor,
           "the earning lines of a disclosure do not add up to what its runs paid");
    return facts;
}

}  // namespace downline
