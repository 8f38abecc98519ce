// Checks before closing: see the header.
#include "storage/close_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "engine/nearest.hpp"
#include "storage/intact.hpp"
#include "storage/save.hpp"

namespace downline {
namespace {

constexpr std::array check_names{
    "payout-ratio",    "payout-ratio-change", "member-change", "payees-without-sales",
    "repeated-orders", "negative-balances",   "new-payees"};

/// "45.3%", four places at most: of millionths.
std::string percent(std::int64_t ppm) {
    std::string text = format_decimal(ppm, 4);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text + "%";
}

struct RunFigures {
    std::int64_t paid_minor{}, volume_centipoints{};
    std::optional<std::int64_t> payees_without_sales, repeated_orders;
};

RunFigures figures_of(Database& database, std::int64_t run) {
    Query query = database.query(
        "SELECT paid, volume, payees_without_sales, repeated_orders FROM run WHERE number = ?1");
    query.bind(1, run);
    ensure(query.step(), "a run is gone while it is closed");
    RunFigures figures{query.integer(0), query.integer(1), {}, {}};
    if (!query.is_null(2)) figures.payees_without_sales = query.integer(2);
    if (!query.is_null(3)) figures.repeated_orders = query.integer(3);
    return figures;
}

/// What was paid of the volume, in millionths, a point being one currency unit; nothing without
/// volume.
std::optional<std::int64_t> ratio_ppm(const RunFigures& run, int places) {
    if (run.volume_centipoints <= 0) return std::nullopt;
    Int128 paid = Int128{run.paid_minor} * 100 * 1'000'000, volume = run.volume_centipoints;
    for (int i = 0; i < places; ++i) volume *= 10;
    return static_cast<std::int64_t>(paid / volume);
}

/// The few of many members whose amounts are furthest from zero; of equal ones the first.
class Furthest {
public:
    void add(std::int64_t member, std::int64_t amount_minor) {
        if (amount_minor == 0) return;
        ++count_;
        const auto place = std::ranges::find_if(entries_, [&](const Entry& entry) {
            return std::abs(entry.amount_minor) < std::abs(amount_minor);
        });
        entries_.insert(place, {member, amount_minor});
        if (entries_.size() > shown_max) entries_.pop_back();
    }
    [[nodiscard]] std::int64_t count() const { return count_; }
    [[nodiscard]] std::int64_t largest_minor() const {
        return entries_.empty() ? 0 : std::abs(entries_.front().amount_minor);
    }
    /// "+5.00 (ann), -3.00 (bob), …"; without anyone "0.00".
    [[nodiscard]] std::string text(Database& database, int places) const {
        if (entries_.empty()) return format_decimal(0, places);
        std::string list;
        for (const auto& [member, amount_minor] : entries_) {
            Query query = database.query("SELECT member_id FROM member WHERE number = ?1");
            query.bind(1, member);
            ensure_intact(query.step(), "a statement of nobody");
            list += fmt::format("{}{}{} ({})", list.empty() ? "" : ", ", amount_minor > 0 ? "+" : "",
                                format_decimal(amount_minor, places), query.text(0));
        }
        return std::cmp_greater(count_, shown_max) ? list + ", …" : list;
    }

private:
    struct Entry {
        std::int64_t member{}, amount_minor{};
    };
    static constexpr std::size_t shown_max = 3;
    std::vector<Entry> entries_;
    std::int64_t count_ = 0;
};

/// What two periods' statements, member by member, say of pay that changed.
struct PayChanges {
    Furthest all, new_payees;
};

PayChanges changes_of(Database& database, std::int64_t run, std::int64_t previous_run) {
    constexpr const char* sql =
        "SELECT member, amount FROM statement WHERE run = ?1 ORDER BY member";
    Query now = database.query(sql), before = database.query(sql);
    now.bind(1, run);
    before.bind(1, previous_run);
    const auto next = [](Query& query) { return query.step() ? query.integer(0) : INT64_MAX; };
    PayChanges changes;
    std::int64_t member_now = next(now), member_before = next(before);
    while (member_now != INT64_MAX || member_before != INT64_MAX) {
        const std::int64_t member = std::min(member_now, member_before);
        const std::int64_t paid_now = member_now == member ? now.integer(1) : 0;
        const std::int64_t paid_before = member_before == member ? before.integer(1) : 0;
        if (paid_now > 0 && paid_before <= 0) changes.new_payees.add(member, paid_now);
        changes.all.add(member, paid_now - paid_before);
        if (member_now == member) member_now = next(now);
        if (member_before == member) member_before = next(before);
    }
    return changes;
}

/// Of balances as they will be after the run is closed: of those only who has something negative in
/// them, so that a long history without payouts is not added up at every close.
Furthest negative_balances(Database& database, std::int64_t run) {
    Query query = database.query(
        "SELECT c.member, ifnull((SELECT sum(amount) FROM owed o WHERE o.member = c.member), 0)"
        " + ifnull((SELECT amount FROM statement WHERE run = ?1 AND member = c.member), 0)"
        " FROM (SELECT member FROM statement WHERE amount < 0"
        " UNION SELECT member FROM payout_item WHERE amount < 0"
        " UNION SELECT member FROM opening_balance WHERE amount < 0) c");
    query.bind(1, run);
    Furthest members;
    while (query.step())
        if (query.integer(1) < 0) members.add(query.integer(0), query.integer(1));
    return members;
}

/// Collects checks; a bound that is not given is none.
class Collector {
public:
    std::vector<CloseCheck> checks;

    void add(std::string_view name, std::string figure, std::optional<std::string> bound,
             bool holds) {
        checks.push_back({std::string(name), std::move(figure), std::move(bound), holds, false});
    }
    /// `examples`: of those who are counted.
    void add_count(std::string_view name, std::int64_t count, std::optional<std::int64_t> max,
                   std::string_view examples = {}) {
        std::optional<std::string> bound;
        if (max) bound = fmt::format("at most {}", *max);
        add(name,
            count > 0 && !examples.empty() ? fmt::format("{}: {}", count, examples)
                                           : std::to_string(count),
            bound, !max || count <= *max);
    }
};

void add_ratio(Collector& into, const Checks& bounds, std::optional<std::int64_t> ratio) {
    std::string bound;
    if (bounds.payout_ratio_min_ppm)
        bound = fmt::format("at least {}", percent(*bounds.payout_ratio_min_ppm));
    if (bounds.payout_ratio_max_ppm)
        bound += fmt::format("{}at most {}", bound.empty() ? "" : ", ",
                             percent(*bounds.payout_ratio_max_ppm));
    const bool holds =
        !ratio || ((!bounds.payout_ratio_min_ppm || *ratio >= *bounds.payout_ratio_min_ppm) &&
                   (!bounds.payout_ratio_max_ppm || *ratio <= *bounds.payout_ratio_max_ppm));
    into.add("payout-ratio", ratio ? percent(*ratio) : "no volume",
             bound.empty() ? std::nullopt : std::optional(bound), holds);
}

void add_ratio_change(Collector& into, const Checks& bounds, std::int64_t change) {
    const auto& max = bounds.payout_ratio_change_max_ppm;
    into.add("payout-ratio-change", fmt::format("{}{}", change > 0 ? "+" : "", percent(change)),
             max ? std::optional(fmt::format("at most {}", percent(*max))) : std::nullopt,
             !max || std::abs(change) <= *max);
}

void add_member_change(Collector& into, const Checks& bounds, const Furthest& changes,
                       Database& database, int places) {
    const auto& max = bounds.member_change_max_minor;
    into.add(
        "member-change", changes.text(database, places),
        max ? std::optional(fmt::format("at most {}", format_decimal(*max, places))) : std::nullopt,
        !max || changes.largest_minor() <= *max);
}

/// Orders that have the buyer, day and amount of another one, less the first of each kind.
std::int64_t repeated_orders_of(const Snapshot& snapshot) {
    const OrderLines& lines = snapshot.orders;
    // First lines of the orders of those who ordered twice on a day: few, and nobody else repeats.
    std::vector<OrderLineIndex> again;
    std::vector<OrderLineIndex> latest(snapshot.members.count, lines.count);
    for (OrderLineIndex i = 0; i < lines.count; ++i) {
        if (i > 0 && lines.order[i] == lines.order[i - 1]) continue;
        OrderLineIndex& before = latest[lines.buyer[i]];
        if (before < i && lines.ordered_on[before] == lines.ordered_on[i])
            again.insert(again.end(), {before, i});
        before = i;
    }
    std::ranges::sort(again);
    again.erase(std::unique(again.begin(), again.end()), again.end());

    std::vector<std::tuple<Day, MemberIndex, std::int64_t>> bought;
    for (const OrderLineIndex first : again) {
        std::int64_t amount_minor = 0;
        for (OrderLineIndex i = first; i < lines.count && lines.order[i] == lines.order[first]; ++i)
            amount_minor += lines.amount_minor[i];
        bought.emplace_back(lines.ordered_on[first], lines.buyer[first], amount_minor);
    }
    std::ranges::sort(bought);
    std::int64_t count = 0;
    for (std::size_t i = 1; i < bought.size(); ++i) count += bought[i] == bought[i - 1] ? 1 : 0;
    return count;
}

/// By member: whether it or anyone below it has an order.
std::vector<std::uint8_t> have_sales_below(const Snapshot& snapshot) {
    const Members& members = snapshot.members;
    std::vector<std::uint8_t> has_sale(members.count, 0);
    for (const MemberIndex buyer : snapshot.orders.buyer)  // up to who is known to have one
        for (MemberIndex at = buyer; at != no_member && has_sale[at] == 0; at = members.sponsor[at])
            has_sale[at] = 1;
    return has_sale;
}

std::int64_t payees_without_sales_of(const std::vector<std::uint8_t>& has_sale,
                                     const RunResult& result) {
    std::vector<std::int64_t> pay_minor(has_sale.size(), 0);
    for (std::size_t book = 0; book < result.book_count(); ++book)
        for (const LineBook::Entry& entry : result.book(book).entries())
            pay_minor[entry.earner] += entry.amount_minor;
    std::int64_t count = 0;
    for (std::size_t member = 0; member < has_sale.size(); ++member)
        count += pay_minor[member] > 0 && has_sale[member] == 0 ? 1 : 0;
    return count;
}

}  // namespace

RunCounts counts_of(const Snapshot& snapshot, const RunResult& result) {
    return {payees_without_sales_of(have_sales_below(snapshot), result),
            repeated_orders_of(snapshot)};
}

std::vector<CloseCheck> checks_before_closing(Database& database, const Checks& bounds,
                                              int currency_places, std::int64_t run,
                                              std::int64_t previous_run) {
    const RunFigures now = figures_of(database, run);
    const auto ratio = ratio_ppm(now, currency_places);
    Collector into;
    add_ratio(into, bounds, ratio);
    PayChanges changes;
    if (previous_run != 0) {
        changes = changes_of(database, run, previous_run);
        const auto before = ratio_ppm(figures_of(database, previous_run), currency_places);
        if (ratio && before) add_ratio_change(into, bounds, *ratio - *before);
        add_member_change(into, bounds, changes.all, database, currency_places);
    }
    if (now.payees_without_sales)
        into.add_count("payees-without-sales", *now.payees_without_sales,
                       bounds.payees_without_sales_max);
    if (now.repeated_orders)
        into.add_count("repeated-orders", *now.repeated_orders, bounds.repeated_orders_max);
    const Furthest negative = negative_balances(database, run);
    into.add_count("negative-balances", negative.count(), bounds.negative_balances_max,
                   negative.text(database, currency_places));
    if (previous_run != 0)
        into.add_count("new-payees", changes.new_payees.count(), bounds.new_payees_max,
                       changes.new_payees.text(database, currency_places));
    return std::move(into.checks);
}

void accept_checks(std::vector<CloseCheck>& checks, const std::vector<std::string>& accepted,
                   const std::string& what) {
    for (const std::string& name : accepted) {
        if (std::find(check_names.begin(), check_names.end(), name) == check_names.end())
            throw UsageError(fmt::format(
                "--accept {}: there is no such check{}", name,
                did_you_mean(name,
                             std::vector<std::string>(check_names.begin(), check_names.end()))));
        for (CloseCheck& check : checks)
            if (check.name == name && !check.holds) check.is_accepted = true;
    }
    std::string failed;
    for (const CloseCheck& check : checks)
        if (!check.holds && !check.is_accepted)
            failed += fmt::format("{}{} has to be {} and is {}", failed.empty() ? "" : "; ",
                                  check.name, check.bound.value_or(""), check.figure);
    if (!failed.empty())
        throw Refusal(
            Refusal::Kind::state,
            fmt::format("{} is not closed: {}; where that is right, close it with --accept "
                        "and the name of the check",
                        what, failed));
}

void store_checks(Database& database, std::int64_t run, const std::vector<CloseCheck>& checks) {
    Query query = database.query(
        "INSERT INTO close_check(run, name, figure, bound, holds, is_accepted)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    for (const CloseCheck& check : checks) {
        query.bind(1, run).bind(2, check.name).bind(3, check.figure);
        if (check.bound) query.bind(4, *check.bound);
        else query.bind_null(4);
        query.bind(5, std::int64_t{check.holds}).bind(6, std::int64_t{check.is_accepted}).run();
    }
}

std::vector<CloseCheck> stored_checks(Database& database, std::int64_t run) {
    Query query = database.query(
        "SELECT name, figure, bound, holds, is_accepted FROM close_check WHERE run = ?1");
    query.bind(1, run);
    std::vector<CloseCheck> checks;
    while (query.step()) {
        CloseCheck& check = checks.emplace_back();
        check.name = query.text(0);
        check.figure = query.text(1);
        if (!query.is_null(2)) check.bound = query.text(2);
        check.holds = query.integer(3) != 0;
        check.is_accepted = query.integer(4) != 0;
    }
    const auto place = [](const CloseCheck& check) {
        return std::find(check_names.begin(), check_names.end(), check.name);
    };
    std::sort(checks.begin(), checks.end(),
              [&](const CloseCheck& a, const CloseCheck& b) { return place(a) < place(b); });
    return checks;
}

}  // namespace downline
