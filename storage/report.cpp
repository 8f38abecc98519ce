// Sums of a stored run, and of the orders that it saw: see the header.
#include "storage/report.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/errors.hpp"
#include "engine/orders.hpp"
#include "storage/intact.hpp"
#include "storage/members.hpp"
#include "storage/reload.hpp"

namespace downline {
namespace {

void add_account(const RunSummary& summary, CompanyTotals& totals) {
    totals.other_minor = summary.record.paid_minor;
    for (const BonusTotal& bonus : summary.bonuses) {
        totals.other_minor = add_checked(totals.other_minor, -bonus.paid_minor);
        if (bonus.is_cut()) {
            totals.cut_minor = add_checked(totals.cut_minor, bonus.paid_minor);
            continue;
        }
        std::int64_t forfeited = 0;
        for (const auto& [reason, amount] : bonus.forfeited)
            forfeited = add_checked(forfeited, amount);
        totals.maximum_minor = add_checked(totals.maximum_minor, bonus.maximum_minor);
        totals.forfeited_minor = add_checked(totals.forfeited_minor, forfeited);
        ensure(bonus.maximum_minor == add_checked(bonus.paid_minor, forfeited),
               "what a bonus paid and what it did not do not add up to its maximum");
    }
    std::int64_t corrected_minor = 0;
    for (const RunSummary::Correction& line : summary.corrections)
        corrected_minor = add_checked(corrected_minor, line.amount_minor);
    ensure(corrected_minor == totals.other_minor,
           "what a run paid besides its bonuses is not what its corrections come to");
}

void add_joined(Database& database, const RunRecord& run, CompanyTotals& totals) {
    const auto kinds = changed_values(database, "kind", run.last_day);
    Query query = database.query(
        "SELECT number, kind FROM member WHERE joined_on BETWEEN ?1 AND ?2 AND import <= ?3");
    query.bind(1, std::int64_t{run.first_day}).bind(2, std::int64_t{run.last_day});
    query.bind(3, run.last_import);
    while (query.step()) {
        const auto kind = kinds.find(query.integer(0));
        const bool is_affiliate =
            kind != kinds.end() ? kind->second == "0" : query.integer(1) == 0;
        ++(is_affiliate ? totals.new_affiliates : totals.new_customers);
    }
}

/// A customer's orders up to the end of the period, under all contracts together.
struct Bought {
    Day first_on = INT32_MAX;
    std::uint32_t order_count = 0;
    bool in_period = false;
};

/// Adds the sales, and gives what every customer (by MemberIndex) has bought.
std::vector<Bought> add_sales(const Reloaded& again, CompanyTotals& totals) {
    const Snapshot& snapshot = again.loaded.snapshot;
    const NetOrders net = net_orders(again.plan, snapshot);
    std::vector<Bought> bought(snapshot.members.count);
    for (OrderLineIndex line = 0; line < snapshot.orders.count; ++line) {
        std::int64_t& sum = net.is_from_customer[line] ? totals.retail_minor : totals.own_minor;
        sum = add_checked(sum, net.amount_minor[line]);
        if (!net.is_returned[snapshot.orders.order[line]])
            bought[snapshot.orders.buyer[line]].in_period = true;
    }
    ensure(totals.retail_minor + totals.own_minor == totals.run.sales_minor,
           "the sales of a period's orders are not those of its run");
    const Sequences& after = net.sequences_after;
    for (std::size_t i = 0; i < after.orders_before.size(); ++i) {
        if (after.orders_before[i] == 0) continue;
        const MemberIndex buyer = i < snapshot.members.count
                                      ? static_cast<MemberIndex>(i)
                                      : again.loaded.contracts[i - snapshot.members.count].buyer;
        bought[buyer].order_count += after.orders_before[i];
        bought[buyer].first_on = std::min(bought[buyer].first_on, after.first_on[i]);
    }
    for (MemberIndex member = 0; member < snapshot.members.count; ++member) {
        if (snapshot.members.kind[member] != MemberKind::customer) bought[member] = {};
        if (!bought[member].in_period) continue;
        ++totals.buying_customers;
        totals.new_buyers += bought[member].first_on >= snapshot.period.first;
    }
    return bought;
}

std::vector<Cohort> cohorts_of(const std::vector<Bought>& bought, const Period& period,
                               Weekday week_starts) {
    std::map<Day, Cohort> cohorts;
    for (const Bought& customer : bought) {
        if (customer.order_count == 0) continue;
        const Period first = period_of(customer.first_on, period.kind, week_starts);
        Cohort& cohort = cohorts[first.first];
        if (cohort.customers++ == 0) cohort.period = period_name(first);
        cohort.reordered += customer.order_count > 1;
        cohort.ordered += customer.in_period;
    }
    std::vector<Cohort> shown;
    Cohort earlier;
    std::size_t rest = cohorts.size();
    for (const auto& [day, cohort] : cohorts) {
        if (rest-- <= cohorts_shown) {
            shown.push_back(cohort);
            continue;
        }
        earlier.customers += cohort.customers;
        earlier.reordered += cohort.reordered;
        earlier.ordered += cohort.ordered;
    }
    if (earlier.customers != 0) shown.insert(shown.begin(), earlier);
    return shown;
}

/// What the run says, and the facts that it saw; `cohorts` where they are asked for.
CompanyTotals totals_of(Database& database, const RunSummary& summary,
                        std::vector<Cohort>* cohorts) {
    CompanyTotals totals;
    totals.run = summary.record;
    add_account(summary, totals);
    add_joined(database, summary.record, totals);
    const Reloaded again = reload(database, summary.record);
    const std::vector<Bought> bought = add_sales(again, totals);
    if (cohorts)
        *cohorts = cohorts_of(bought, again.loaded.snapshot.period, again.plan.week_starts);
    return totals;
}

/// The newest final run of the plan before, or its newest draft where that is not closed.
std::optional<RunRecord> run_before(Database& database, const RunRecord& run) {
    std::optional<RunRecord> before;
    for (const RunRecord& other : list_runs(database)) {
        const bool is_current = other.state == "final" || other.state == "draft";
        if (!is_current || other.plan != run.plan || other.last_day >= run.first_day) continue;
        if (!before || before->last_day <= other.last_day) before = other;
    }
    return before;
}

std::vector<NamedAmount> levels_of(Database& database, std::int64_t run) {
    Query query = database.query(
        "SELECT paid_level, sum(lines), sum(amount) FROM (SELECT paid_level, lines, amount FROM"
        " run_total WHERE run = ?1 UNION ALL SELECT paid_level, 1, amount FROM correction WHERE"
        " run = ?1) GROUP BY paid_level ORDER BY paid_level");
    query.bind(1, run);
    std::vector<NamedAmount> levels;
    while (query.step())
        levels.push_back({std::to_string(query.integer(0)), query.integer(1), query.integer(2)});
    return levels;
}

/// Everything that is told of statements, in one pass over them.
class StatementSums {
public:
    StatementSums(Database& database, const RunRecord& run)
        : database_(database),
          run_(run),
          countries_(changed_values(database, "country", run.last_day)) {
        ranks_.emplace_back();
        Query names = database.query("SELECT name FROM run_rank WHERE run = ?1 ORDER BY place");
        names.bind(1, run.number);
        while (names.step()) ranks_.emplace_back(names.text(0));
        by_rank_.resize(ranks_.size());
        for (std::size_t place = 0; place < ranks_.size(); ++place)
            by_rank_[place].name = ranks_[place];
        read();
    }

    void fill(Report& report, std::size_t top_count);

private:
    struct Earner {
        std::int64_t amount_minor{}, number{}, rank{};
        std::string member_id;
    };
    void read();
    Database& database_;
    const RunRecord& run_;
    std::unordered_map<std::int64_t, std::string> countries_;
    std::vector<std::string> ranks_;
    std::vector<ReportGroup> by_rank_;
    std::map<std::string, ReportGroup> by_country_;
    std::vector<Earner> earners_;
};

void StatementSums::read() {
    const auto kinds = changed_values(database_, "kind", run_.last_day);
    Query query = database_.query(
        "SELECT m.number, s.is_active, s.rank, s.amount, s.lines, m.country, m.member_id, m.kind"
        " FROM member m LEFT JOIN statement s ON s.run = ?1 AND s.member = m.number"
        " WHERE m.joined_on <= ?2 AND m.import <= ?3");
    query.bind(1, run_.number).bind(2, std::int64_t{run_.last_day}).bind(3, run_.last_import);
    while (query.step()) {
        const auto kind = kinds.find(query.integer(0));
        if (kind != kinds.end() ? kind->second != "0" : query.integer(7) != 0) continue;
        const auto changed = countries_.find(query.integer(0));
        ReportGroup& country =
            by_country_[changed != countries_.end() ? changed->second : std::string{query.text(5)}];
        ReportGroup& rank =
            entry_at(by_rank_, query.integer(2), "a statement names no rank of its run");
        for (ReportGroup* group : {&rank, &country}) {
            ++group->members;
            group->active += query.integer(1);
            group->earners += query.integer(4) != 0;
            group->amount_minor = add_checked(group->amount_minor, query.integer(3));
        }
        if (query.integer(3) > 0)
            earners_.push_back({query.integer(3), query.integer(0), query.integer(2),
                                std::string{query.text(6)}});
    }
    std::ranges::sort(earners_, [](const Earner& a, const Earner& b) {
        return std::tie(b.amount_minor, a.member_id) < std::tie(a.amount_minor, b.member_id);
    });
}

void StatementSums::fill(Report& report, std::size_t top_count) {
    report.by_rank = by_rank_;
    for (auto& [name, group] : by_country_) {
        group.name = name;
        report.by_country.push_back(group);
    }
    Concentration& spread = report.concentration;
    spread.earners = static_cast<std::int64_t>(earners_.size());
    for (const Earner& earner : earners_)
        spread.paid_minor = add_checked(spread.paid_minor, earner.amount_minor);
    const auto at_least_one = [&](std::int64_t percent) {
        return (spread.earners * percent + 99) / 100;
    };
    std::int64_t sum = 0, count = 0;
    for (const Earner& earner : earners_) {
        if (2 * Int128{sum} < spread.paid_minor) ++spread.half_earners;
        sum += earner.amount_minor;
        if (++count == at_least_one(1)) spread.top_1_percent_minor = sum;
        if (count == at_least_one(10)) spread.top_10_percent_minor = sum;
    }
    for (std::size_t i = 0; i < std::min(top_count, earners_.size()); ++i) {
        const Earner& earner = earners_[i];
        TopEarner& top = report.top.emplace_back();
        top.member_id = earner.member_id;
        top.name = find_member(database_, earner.member_id, run_.last_day).name;
        if (earner.rank != 0) top.rank = ranks_[static_cast<std::size_t>(earner.rank)];
        top.amount_minor = earner.amount_minor;
    }
}

}  // namespace

Report report_of(Database& database, const RunRecord& run, std::size_t top_count) {
    Report report;
    report.summary = run_summary(database, run.number);
    report.totals = totals_of(database, report.summary, &report.cohorts);
    if (const auto before = run_before(database, run))
        report.before = totals_of(database, run_summary(database, before->number), nullptr);
    report.by_level = levels_of(database, run.number);
    StatementSums(database, run).fill(report, top_count);
    return report;
}

}  // namespace downline
