// A plan's worked examples, run as a company would run them: imported, computed and closed in a
// database in memory, then compared with what the example states.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/errors.hpp"
#include "engine/money.hpp"
#include "storage/carry.hpp"
#include "storage/corrections.hpp"
#include "storage/drafts.hpp"
#include "storage/earnings.hpp"
#include "storage/example_table.hpp"
#include "storage/import.hpp"
#include "storage/members.hpp"
#include "storage/runs.hpp"

namespace downline {
namespace {

const Signature signature{"example", "1970-01-01T00:00:00Z"};

[[noreturn]] void fail(const std::string& text) { throw Refusal(Refusal::Kind::input, text); }

/// What a member earned: amount by bonus, and the rest of the statement.
struct Computed {
    std::map<std::string, std::int64_t> by_bonus;
    Earnings earnings;
};

/// One example in its own database.
class ExampleRun {
public:
    ExampleRun(const Plan& plan, const Example& example)
        : plan_(plan), example_(example), database_(Database::in_memory()) {}

    /// What differs, each as a sentence.
    std::vector<std::string> differences() {
        import(ImportKind::members, example_.members);
        import_dated(example_.stated);
        for (const ExamplePeriod& before : example_.before) {
            import_dated(before);
            compute(before);
            close(before.period);
        }
        compute(example_.stated);
        return std::move(differences_);
    }

private:
    void import(ImportKind kind, const std::string& text) {
        ImportOptions options;
        options.kind = kind;
        options.texts = {text};
        options.currency = plan_.currency;
        options.made_by = signature.by;
        options.made_at = signature.at;
        const ImportReport report = import_files(database_, options);
        if (report.error_count == 0) return;
        fail(fmt::format("its {} are rejected: {}", import_kind_name(kind),
                         row_error_text(report.errors.front())));
    }

    /// What says itself from when on, or for which period: those of the example may say it of the
    /// periods before.
    void import_dated(const ExamplePeriod& stated) {
        if (stated.products) import(ImportKind::products, *stated.products);
        if (stated.moves) import(ImportKind::moves, *stated.moves);
        if (stated.adjustments) import(ImportKind::adjustments, *stated.adjustments);
    }

    void compute(const ExamplePeriod& stated) {
        const std::optional<Period> period = parse_period(stated.period, plan_.week_starts);
        if (!period) fail(fmt::format("\"{}\" is no period", stated.period));
        close_until(*period);
        if (stated.orders) import(ImportKind::orders, *stated.orders);
        if (stated.returns) import(ImportKind::returns, *stated.returns);
        draft_of(database_, plan_, *period, signature, 1, [&](Snapshot& snapshot) {
            if (!stated.carry) return;
            for (const auto& [bonus, legs] : read_legs(*stated.carry))
                bring_in(database_, bonus, legs, snapshot);
        });
        last_ = *period;
        compare(stated);
    }

    /// `member_id,left,right`, of the plan's one binary bonus; with `bonus` where it has several.
    std::map<std::string, std::vector<NamedCarry>> read_legs(const std::string& text) const {
        std::vector<std::string> binaries;
        for (const Bonus& bonus : plan_.bonuses)
            if (bonus.kind == "binary") binaries.push_back(bonus.code);
        if (binaries.empty()) fail("it states carry, but the plan has no bonus of kind binary");
        std::vector<std::string> columns{"member_id", "left", "right"};
        if (binaries.size() > 1) columns.emplace_back("bonus");
        const auto volume = [](const std::string& number) {
            const auto value = parse_decimal(number, 2, INT64_MAX / 4);
            if (!value) fail(fmt::format("\"{}\" is no volume", number));
            return *value;
        };
        std::map<std::string, std::vector<NamedCarry>> legs;
        for (const auto& row : read_example_table(text, columns)) {
            const std::string& bonus = row.size() > 3 ? row[3] : binaries.front();
            if (std::find(binaries.begin(), binaries.end(), bonus) == binaries.end())
                fail(fmt::format("it names \"{}\", which is no binary bonus of the plan", bonus));
            legs[bonus].push_back({row[0], volume(row[1]), volume(row[2])});
        }
        return legs;
    }

    /// Of members that are named, exactly what is left in their legs.
    void compare_carry(std::int64_t run, const std::string& text) {
        for (const auto& [bonus, stated] : read_legs(text)) {
            const std::vector<NamedCarry> kept = carry_after(database_, run, bonus);
            for (const NamedCarry& expected : stated) {
                (void)member(expected.member_id);
                const auto at = std::ranges::find(kept, expected.member_id,
                                                  &NamedCarry::member_id);
                const NamedCarry found = at == kept.end() ? NamedCarry{} : *at;
                const auto legs = [](const NamedCarry& carry) {
                    return fmt::format("{} left and {} right",
                                       format_decimal(carry.left_centipoints, 2),
                                       format_decimal(carry.right_centipoints, 2));
                };
                if (legs(expected) != legs(found))
                    differ(fmt::format("what {} carries under {}", expected.member_id, bonus),
                           legs(expected), legs(found));
            }
        }
    }

    /// Periods between those that are stated are run and closed without orders.
    void close_until(const Period& period) {
        if (!last_) return;
        if (period.first <= last_->last)
            fail(fmt::format("{} does not come after {}; list [[example.before]] in order",
                             period_name(period), period_name(*last_)));
        for (Period gap = next_period(*last_); gap.last < period.first; gap = next_period(gap)) {
            draft_of(database_, plan_, gap, signature, 1);
            close(period_name(gap));
        }
    }

    void close(const std::string& period) {
        (void)close_period(database_, plan_.name, period, std::nullopt, signature.by, signature.at,
                           {{}, false});
    }

    void compare(const ExamplePeriod& stated) {
        const RunRecord run = find_run(database_, plan_.name, stated.period);
        members_.clear();
        each_earnings(database_, run, true, false, [&](const Earnings& earnings) {
            Computed& member = members_[earnings.member_id];
            for (const NamedAmount& bonus : earnings.by_bonus)
                member.by_bonus[bonus.name] = bonus.amount_minor;
            member.earnings = earnings;
        });
        if (stated.earnings) compare_earnings(*stated.earnings);
        if (stated.ranks) compare_ranks(*stated.ranks);
        if (stated.lines) compare_lines(*stated.lines);
        if (stated.measures) compare_measures(*stated.measures);
        if (stated.carry_after) compare_carry(run.number, *stated.carry_after);
    }

    /// Who is named must exist; customers have no statement.
    const Computed& member(const std::string& member_id) {
        const auto found = members_.find(member_id);
        if (found != members_.end()) return found->second;
        (void)find_member(database_, member_id, last_->last);
        static const Computed nothing;
        return nothing;
    }

    void check_bonus(const std::string& code) const {
        if (code == "limit:payout" || code == adjustment_bonus) return;
        constexpr std::string_view cap = "cap:";
        const bool is_cap = code.starts_with(cap);
        for (const Bonus& bonus : plan_.bonuses)
            if (code.substr(is_cap ? cap.size() : 0) == bonus.code) return;
        fail(fmt::format("it names the bonus \"{}\", which the plan does not have", code));
    }

    std::int64_t amount(const std::string& text) const {
        const auto value = parse_decimal(text, plan_.currency_places, INT64_MAX / 2, true);
        if (!value) fail(fmt::format("\"{}\" is no amount of {}", text, plan_.currency));
        return *value;
    }

    std::string money(std::int64_t minor) const {
        return format_decimal(minor, plan_.currency_places);
    }

    void differ(const std::string& what, const std::string& expected, const std::string& computed) {
        differences_.push_back(
            fmt::format("{}{}: expected {}, computed {}", in_period(), what, expected, computed));
    }

    std::string in_period() const {
        const std::string period = period_name(*last_);
        return period == example_.stated.period ? "" : "in " + period + ", ";
    }

    /// A pair that is not named must be zero for members that are named.
    void compare_earnings(const std::string& text) {
        std::map<std::string, std::map<std::string, std::int64_t>> expected;
        for (const auto& row : read_example_table(text, {"member_id", "bonus", "amount"})) {
            check_bonus(row[1]);
            expected[row[0]][row[1]] += amount(row[2]);
        }
        for (auto& [member_id, by_bonus] : expected) {
            const Computed& computed = member(member_id);
            for (const auto& [bonus, paid] : computed.by_bonus) by_bonus.try_emplace(bonus, 0);
            for (const auto& [bonus, stated] : by_bonus) {
                const auto paid = computed.by_bonus.find(bonus);
                const std::int64_t found = paid == computed.by_bonus.end() ? 0 : paid->second;
                if (found != stated)
                    differ(fmt::format("{} from {}", member_id, bonus), money(stated),
                           money(found));
            }
        }
    }

    void compare_ranks(const std::string& text) {
        for (const auto& row : read_example_table(text, {"member_id", "rank"})) {
            if (!row[1].empty() && row[1] != "none" && plan_.rank_place(row[1]) == 0)
                fail(fmt::format("it names the rank \"{}\", which the plan does not have", row[1]));
            const std::string found = member(row[0]).earnings.rank.value_or("");
            const std::string stated = plan_.rank_name(plan_.rank_place(row[1]));
            if (found != stated)
                differ("the rank of " + row[0], stated.empty() ? "none" : stated,
                       found.empty() ? "none" : found);
        }
    }

    /// Of every order and bonus that is named, exactly the lines that are named.
    void compare_lines(const std::string& text) {
        using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;
        std::multiset<std::pair<Key, std::int64_t>> stated, found;
        std::set<std::pair<std::string, std::string>> named;
        for (const auto& row : read_example_table(
                 text, {"order_id", "member_id", "bonus", "level", "paid_level", "amount"})) {
            check_bonus(row[2]);
            (void)member(row[1]);
            named.emplace(row[0], row[2]);
            const auto or_none = [](const std::string& level) {
                return level.empty() ? std::string{"0"} : level;
            };
            stated.insert({{row[0], row[1], row[2], or_none(row[3]), or_none(row[4])},
                           amount(row[5])});
        }
        for (const auto& [member_id, computed] : members_)
            for (const EarningLine& line : computed.earnings.lines)
                if (named.contains({line.order_id.value_or(""), line.bonus}))
                    found.insert(
                        {{line.order_id.value_or(""), member_id, line.bonus,
                          fmt::format("{}", line.level), fmt::format("{}", line.paid_level)},
                         line.amount_minor});
        const auto report = [&](const auto& entries, const auto& others, const char* what) {
            for (const auto& entry : entries) {
                if (entries.count(entry) == others.count(entry)) continue;
                const auto& [order, member_id, bonus, level, paid_level] = entry.first;
                differences_.push_back(fmt::format(
                    "{}the line of order {} to {} from {}, level {}, paid level {}, {} {}",
                    in_period(), order, member_id, bonus, level, paid_level, money(entry.second),
                    what));
            }
        };
        report(stated, found, "is expected and was not computed");
        report(found, stated, "was computed and is not expected");
    }

    void compare_measures(const std::string& text) {
        constexpr int places = 6;
        for (const auto& row : read_example_table(text, {"member_id", "measure", "value"})) {
            const auto& measures = member(row[0]).earnings.measures;
            const auto found = std::find_if(measures.begin(), measures.end(),
                                            [&](const auto& m) { return m.first == row[1]; });
            if (found == measures.end())
                fail(fmt::format("it names the measure \"{}\", which {} does not have", row[1],
                                 row[0]));
            const auto stated = parse_decimal(row[2], places, INT64_MAX / 2, true);
            if (!stated) fail(fmt::format("\"{}\" is no number", row[2]));
            if (parse_decimal(found->second, places, INT64_MAX / 2, true) != stated)
                differ(fmt::format("{} of {}", row[1], row[0]), row[2], found->second);
        }
    }

    const Plan& plan_;
    const Example& example_;
    Database database_;
    std::optional<Period> last_;
    std::map<std::string, Computed> members_;
    std::vector<std::string> differences_;
};

}  // namespace

std::vector<ExampleFailure> check_examples(const Plan& plan) {
    std::vector<ExampleFailure> failures;
    for (const Example& example : plan.examples) {
        try {
            for (std::string& difference : ExampleRun(plan, example).differences())
                failures.push_back({example.name, example.line, std::move(difference)});
        } catch (const Refusal& refusal) {
            failures.push_back({example.name, example.line, refusal.what()});
        } catch (const UsageError& error) {
            failures.push_back({example.name, example.line, error.what()});
        }
    }
    return failures;
}

}  // namespace downline
