// Metrics, each with what it is of: see the header.
#include "storage/disclosure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "storage/disclosure_facts.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

/// Percentiles that are stated, by nearest rank: the k-th of n with k = ceil(n × p / 100).
constexpr int percentiles[] = {10, 25, 50, 75, 90, 95, 99};
/// Amounts of the ladder, in units of the currency.
constexpr std::int64_t ladder[] = {1,    10,    50,    100,    500,    1'000,
                                   5'000, 10'000, 25'000, 50'000, 100'000};

std::string share_of(std::int64_t part, std::int64_t whole) {
    if (whole <= 0) return "";
    return format_decimal(divide_rounded(Int128{part} * 10'000, whole, Rounding::half_up), 2) + "%";
}

class Discloser {
public:
    Discloser(const DisclosureFacts& facts, const Disclosure& about)
        : facts_(facts),
          about_(about),
          places_(currency_places(about.currency).value_or(2)),
          count_(static_cast<std::int64_t>(facts.participants.size())),
          everyone_(fmt::format("all {} affiliates who had joined by {} and were not terminated "
                                "before {}, paid or not",
                                count_, format_day(about.last_day), format_day(about.first_day))) {}

    [[nodiscard]] std::vector<Metric> metrics() && {
        add_participants();
        add_income();
        add_ladder();
        add_net();
        add_concentration();
        add_ranks();
        add_sources();
        return std::move(metrics_);
    }

private:
    [[nodiscard]] std::string money(std::int64_t minor) const {
        return format_decimal(minor, places_);
    }
    [[nodiscard]] std::string money_is(const std::string& what) const {
        return about_.currency + " " + what;
    }

    Metric& add(std::string section, std::string name, std::string words) {
        Metric& metric = metrics_.emplace_back();
        metric.section = std::move(section);
        metric.name = std::move(name);
        metric.words = std::move(words);
        metric.population = everyone_;
        return metric;
    }
    /// A share of people: both sides are counts.
    void add_people(const std::string& section, const std::string& name, const std::string& words,
                    std::int64_t part, const std::string& who) {
        Metric& metric = add(section, name, words);
        metric.value = share_of(part, count_);
        metric.numerator = std::to_string(part);
        metric.numerator_is = who;
        metric.denominator = std::to_string(count_);
        metric.denominator_is = "participants";
    }
    /// A share of money.
    Metric& add_money_share(const std::string& section, const std::string& name,
                            const std::string& words, std::int64_t part, const std::string& what,
                            std::int64_t whole) {
        Metric& metric = add(section, name, words);
        metric.value = share_of(part, whole);
        metric.numerator = money(part);
        metric.numerator_is = money_is(what);
        metric.denominator = money(whole);
        metric.denominator_is = money_is("paid by all runs of the window");
        if (whole <= 0) metric.not_computable = "no share of a sum that is not above 0";
        return metric;
    }
    /// The k-th of sorted amounts.
    void add_percentile(const std::string& section, int percent,
                        const std::vector<std::int64_t>& sorted, const std::string& what) {
        const auto n = static_cast<std::int64_t>(sorted.size());
        const std::int64_t k = (n * percent + 99) / 100;
        Metric& metric =
            add(section, percent == 50 ? "median" : fmt::format("percentile_{}", percent),
                percent == 50 ? "median: half had this or less"
                              : fmt::format("{} % had this or less", percent));
        metric.value = n == 0 ? "" : money(sorted[static_cast<std::size_t>(k - 1)]);
        metric.numerator = std::to_string(k);
        metric.numerator_is = fmt::format("(place from the lowest by {}, nearest rank)", what);
        metric.denominator = std::to_string(n);
        metric.denominator_is = "participants";
    }
    void add_mean(const std::string& section, const std::string& words, std::int64_t sum,
                  std::int64_t count, const std::string& what, const std::string& population) {
        Metric& metric = add(section, "mean", words);
        if (count != 0) metric.value = money(divide_rounded(sum, count, Rounding::half_up));
        metric.numerator = money(sum);
        metric.numerator_is = money_is(what);
        metric.denominator = std::to_string(count);
        metric.denominator_is = "participants";
        metric.population = population;
    }

    [[nodiscard]] std::int64_t count_if(const auto& holds) const {
        return std::ranges::count_if(facts_.participants, holds);
    }
    [[nodiscard]] std::vector<std::int64_t> sorted(const auto& value) const {
        std::vector<std::int64_t> values;
        for (const Participant& one : facts_.participants) values.push_back(value(one));
        std::ranges::sort(values);
        return values;
    }
    [[nodiscard]] std::int64_t income() const {
        std::int64_t sum = 0;
        for (const Participant& one : facts_.participants) sum = add_checked(sum, one.income_minor);
        return sum;
    }

    void add_participants();
    void add_income();
    void add_ladder();
    void add_net();
    void add_concentration();
    void add_ranks();
    void add_rank(std::int64_t place, const std::string& name);
    void add_sources();

    const DisclosureFacts& facts_;
    const Disclosure& about_;
    int places_;
    std::int64_t count_;
    std::string everyone_;
    std::vector<Metric> metrics_;
};

void Discloser::add_participants() {
    Metric& all = add("participants", "participants", "took part");
    all.value = all.numerator = std::to_string(count_);
    all.numerator_is = "participants";
    all.denominator = std::to_string(facts_.member_count);
    all.denominator_is = "members of the company who had joined by then, customers with them";
    add_people("participants", "paid_nothing", "were paid nothing, or less than nothing",
               count_if([](const Participant& one) { return one.income_minor <= 0; }),
               "participants whose pay of the window is not above 0");
    add_people("participants", "paid_something", "were paid something",
               count_if([](const Participant& one) { return one.income_minor > 0; }),
               "participants whose pay of the window is above 0");
}

void Discloser::add_income() {
    const auto values = sorted([](const Participant& one) { return one.income_minor; });
    add_mean("income", "mean, which few large incomes raise", income(), count_,
             "paid to participants", everyone_);
    for (const int percent : percentiles) add_percentile("income", percent, values, "pay");
    Metric& most = add("income", "highest", "the highest");
    most.value = values.empty() ? "" : money(values.back());
    most.numerator = most.denominator = std::to_string(count_);
    most.numerator_is = "(place from the lowest by pay)";
    most.denominator_is = "participants";
}

void Discloser::add_ladder() {
    for (const std::int64_t units : ladder) {
        std::int64_t minor = units;
        for (int place = 0; place < places_; ++place) minor *= 10;
        add_people(
            "ladder", "at_least_" + std::to_string(units),
            fmt::format("reached {} {} or more", units, about_.currency),
            count_if([&](const Participant& one) { return one.income_minor >= minor; }),
            fmt::format("participants whose pay of the window is at least {}", money(minor)));
    }
}

void Discloser::add_net() {
    const auto net = [](const Participant& one) { return one.income_minor - one.purchases_minor; };
    const auto values = sorted(net);
    std::int64_t purchases = 0;
    for (const Participant& one : facts_.participants)
        purchases = add_checked(purchases, one.purchases_minor);
    const std::string what = "pay less own purchases";
    add_mean("net", "mean of pay less own purchases", income() - purchases, count_,
             "paid to participants less their own orders of the window (less returns)", everyone_);
    for (const int percent : percentiles) add_percentile("net", percent, values, what);
    add_people("net", "ahead", "were paid more than they bought for",
               count_if([&](const Participant& one) { return net(one) > 0; }),
               "participants whose pay is above their own orders less returns");
    add_people("net", "behind", "bought for more than they were paid",
               count_if([&](const Participant& one) { return net(one) < 0; }),
               "participants whose own orders less returns are above their pay");
    add("net", "all_expenses", "pay less all expenses (travel, events, samples, fees)")
        .not_computable =
        "column missing: expenses (no file states what participants spend beyond their own orders)";
}

void Discloser::add_concentration() {
    const std::vector<Participant>& by_pay = facts_.participants;
    std::int64_t positive = 0;
    for (const Participant& one : by_pay) positive += std::max<std::int64_t>(0, one.income_minor);
    const auto top = [&](std::int64_t people) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < people; ++i)
            sum += std::max<std::int64_t>(
                0, by_pay[by_pay.size() - 1 - static_cast<std::size_t>(i)].income_minor);
        return sum;
    };
    for (const int percent : {1, 10, 50}) {
        const std::int64_t people = (count_ * percent + 99) / 100;
        Metric& metric = add_money_share(
            "concentration", fmt::format("top_{}_percent", percent),
            fmt::format("share of the highest paid {} % ({} participants)", percent, people),
            top(people), fmt::format("paid to the {} highest paid participants", people), positive);
        metric.denominator_is = money_is("paid to participants with pay above 0");
    }
    std::int64_t sum = 0, people = 0;
    while (2 * Int128{sum} < positive) sum = top(++people);
    add_people("concentration", "half_of_pay", "fewest who together have half of the pay", people,
               "highest paid participants who have half of what is paid to those above 0");
}

void Discloser::add_ranks() {
    if (facts_.ranks.empty()) {
        add("rank", "by_rank", "by rank").not_computable = "the plan has no ranks";
        return;
    }
    add_rank(0, "none");
    for (std::size_t place = 1; place <= facts_.ranks.size(); ++place)
        add_rank(static_cast<std::int64_t>(place), facts_.ranks[place - 1]);
}

void Discloser::add_rank(std::int64_t place, const std::string& name) {
    std::vector<std::int64_t> values;
    std::int64_t sum = 0, nothing = 0;
    for (const Participant& one : facts_.participants) {
        if (one.rank != place) continue;
        values.push_back(one.income_minor);  // least first, as the participants stand
        sum = add_checked(sum, one.income_minor);
        nothing += one.income_minor <= 0;
    }
    const auto n = static_cast<std::int64_t>(values.size());
    const std::string who =
        place == 0
            ? "participants who held no rank in any period of the window"
            : fmt::format("participants whose highest paid-as rank of the window is {}", name);
    add_people("rank", name + ".participants", name + ": how many", n, who);
    if (n == 0) return;
    const std::size_t first = metrics_.size();
    add_mean("rank", name + ": mean", sum, n, "paid to them", who);
    add_percentile("rank", 50, values, "pay");
    Metric& none = add("rank", "paid_nothing", name + ": were paid nothing");
    none.value = share_of(nothing, n);
    none.numerator = std::to_string(nothing);
    none.numerator_is = "of them, whose pay of the window is not above 0";
    none.denominator = std::to_string(n);
    none.denominator_is = "participants";
    metrics_[first + 1].words = name + ": median";
    for (std::size_t i = first; i < metrics_.size(); ++i) {
        metrics_[i].name = name + "." + metrics_[i].name;
        metrics_[i].population = fmt::format("{} {}", n, who);
        metrics_[i].denominator_is = "participants of that rank";
    }
}

void Discloser::add_sources() {
    const PaidBySource& paid = facts_.paid;
    const std::string lines = "all earning lines of the runs of the window";
    const auto share = [&](const std::string& name, const std::string& words, std::int64_t part,
                           const std::string& what) {
        add_money_share("source", name, words, part, what, paid.total_minor).population = lines;
    };
    if (facts_.customer_count == 0) {
        for (const char* name : {"retail_customers", "own_purchases"})
            add("source", name, name).not_computable =
                "column missing: kind (members): nobody is stated to be a customer";
    } else {
        share("retail_customers", "paid on orders of retail customers", paid.customers_minor,
              "paid on orders of customers, who take no part");
        share("own_purchases", "paid on participants' own purchases", paid.own_minor,
              "paid on orders of affiliates");
    }
    share("no_order", "paid on no single order", paid.other_minor,
          "of pools, matches, fixed amounts, caps, limits and adjustments");
    share("within_30_days", "paid on orders within 30 days of joining", paid.within_30_days_minor,
          "paid on orders 0 to 30 days after the buyer joined");
    share("within_90_days", "paid on orders within 90 days of joining", paid.within_90_days_minor,
          "paid on orders 0 to 90 days after the buyer joined");
}

/// The final runs of [from, to], one per period without a gap.
std::vector<RunRecord> runs_between(Database& database, const std::optional<std::string>& plan,
                                    std::pair<Day, Day> days, const std::string& named) {
    std::vector<RunRecord> runs;
    for (const RunRecord& run : list_runs(database)) {
        const bool is_inside = run.first_day >= days.first && run.last_day <= days.second;
        if (run.state != "final" || !is_inside || (plan && run.plan != *plan)) continue;
        if (!runs.empty() && runs.front().plan != run.plan)
            throw Refusal(Refusal::Kind::state,
                          fmt::format("plans {} and {} both have final runs of {}; choose one with "
                                      "--plan",
                                      runs.front().plan, run.plan, named));
        runs.push_back(run);
    }
    std::ranges::sort(runs, {}, &RunRecord::first_day);
    Day next = days.first;
    for (const RunRecord& run : runs) {
        if (run.first_day != next) break;
        next = run.last_day + 1;
    }
    if (next <= days.second)
        throw Refusal(
            Refusal::Kind::state,
            fmt::format("a disclosure counts closed periods only, and no final run{} holds "
                        "{}; close its period, or choose others with --from and --to",
                        plan ? " of plan " + *plan : "", format_day(next)));
    return runs;
}

/// A period that a run has (weeks start where its plan says), or any other.
Period period_from(Database& database, const std::string& text) {
    for (const RunRecord& run : list_runs(database))
        if (run.period == text && run.state == "final") return {{}, run.first_day, run.last_day};
    if (const auto period = parse_period(text)) return *period;
    throw Refusal(Refusal::Kind::input,
                  fmt::format("{} is no period; write 2026-01, 2026-W05, 2026-Q1 or 2026",
                              shown_value(text)));
}

}  // namespace

Disclosure disclose(Database& database, const std::optional<std::string>& plan,
                    const std::string& from, const std::string& to) {
    const Period first = period_from(database, from), last = period_from(database, to);
    if (last.last < first.first)
        throw Refusal(Refusal::Kind::input,
                      fmt::format("--from {} is after --to {}; turn them round", from, to));
    const std::vector<RunRecord> runs =
        runs_between(database, plan, {first.first, last.last}, from + " to " + to);
    Disclosure disclosure;
    disclosure.plan = runs.front().plan;
    disclosure.from = from;
    disclosure.to = to;
    disclosure.currency = runs.front().currency;
    disclosure.first_day = runs.front().first_day;
    disclosure.last_day = runs.back().last_day;
    for (const RunRecord& run : runs) disclosure.runs.push_back(run.number);
    disclosure.window =
        fmt::format("{} to {}: {} of plan {}", format_day(disclosure.first_day),
                    format_day(disclosure.last_day),
                    runs.size() == 1 ? std::string("one final run")
                                     : fmt::format("{} final runs", runs.size()),
                    disclosure.plan);
    const DisclosureFacts facts = disclosure_facts(database, runs);
    disclosure.metrics = Discloser(facts, disclosure).metrics();
    return disclosure;
}

}  // namespace downline
