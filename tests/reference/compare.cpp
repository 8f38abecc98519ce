// Compares an engine's outcome with the reference's, line by line and member by member.
#include "tests/reference/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace downline::reference {

namespace {

class Differences {
public:
    template <typename T>
    void expect(const std::string& what, const T& expected, const T& got) {
        if (expected == got) return;
        note(fmt::format("{}: expected {}, got {}", what, expected, got));
    }
    void note(const std::string& difference) {
        if (++count_ <= 20) text_ += difference + '\n';
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    int count_ = 0;
};

std::string show(const Plan& plan, const Payment& payment) {
    return fmt::format("{} earner {} order {} from {} level {} paid level {} base {} {} {} "
                       "amount {} stream {}",
                       plan.bonuses[payment.bonus].code, payment.earner, payment.order_ref,
                       payment.from, payment.level, payment.paid_level,
                       payment.base.value_or(-1), payment.rate_is_amount ? "per unit" : "ppm",
                       payment.rate.value_or(-1),
                       payment.amount_minor, stream_name(payment.stream));
}

void compare_payments(const Plan& plan, const Outcome& expected, const Outcome& got,
                      Differences& differences) {
    std::vector<Payment> missing, superfluous;
    std::set_difference(expected.payments.begin(), expected.payments.end(), got.payments.begin(),
                        got.payments.end(), std::back_inserter(missing));
    std::set_difference(got.payments.begin(), got.payments.end(), expected.payments.begin(),
                        expected.payments.end(), std::back_inserter(superfluous));
    for (const Payment& payment : missing) differences.note("missing: " + show(plan, payment));
    for (const Payment& payment : superfluous)
        differences.note("superfluous: " + show(plan, payment));
}

std::string show(const CutLine& cut) {
    return fmt::format("{} earner {} {}", cut.code, cut.earner, cut.amount_minor);
}

std::string show(const CarryLine& carry) {
    return fmt::format("{} of {}: left {} right {}", carry.code, carry.member,
                       carry.left_centipoints, carry.right_centipoints);
}

/// What only one of two sorted lists has.
template <typename Entry>
void compare_lists(const char* what, const std::vector<Entry>& expected,
                   const std::vector<Entry>& got, Differences& differences) {
    std::vector<Entry> missing, superfluous;
    std::set_difference(expected.begin(), expected.end(), got.begin(), got.end(),
                        std::back_inserter(missing));
    std::set_difference(got.begin(), got.end(), expected.begin(), expected.end(),
                        std::back_inserter(superfluous));
    for (const Entry& entry : missing)
        differences.note(fmt::format("missing {}: {}", what, show(entry)));
    for (const Entry& entry : superfluous)
        differences.note(fmt::format("superfluous {}: {}", what, show(entry)));
}

void compare_breakdowns(const Plan& plan, const Outcome& expected, const Outcome& got,
                        Differences& differences) {
    for (std::size_t i = 0; i < plan.bonuses.size(); ++i) {
        const Breakdown& a = expected.breakdowns[i];
        const Breakdown& b = got.breakdowns[i];
        const std::string& code = plan.bonuses[i].code;
        differences.expect(code + " maximum", a.maximum_minor, b.maximum_minor);
        differences.expect(code + " paid", a.paid_minor, b.paid_minor);
        for (std::size_t reason = 0; reason < reason_count; ++reason)
            differences.expect(
                fmt::format("{} forfeited as {}", code, reason_name(static_cast<Reason>(reason))),
                a.forfeited_minor[reason], b.forfeited_minor[reason]);
    }
}

void compare_members(const Plan& plan, const Outcome& expected, const Outcome& got,
                     Differences& differences) {
    for (std::size_t member = 0; member < expected.rank.size(); ++member) {
        const auto of = [&](const char* what) { return fmt::format("{} of {}", what, member); };
        differences.expect(of("active"), expected.is_active[member], got.is_active[member]);
        differences.expect(of("rank"), expected.rank[member], got.rank[member]);
        differences.expect(of("title"), expected.title[member], got.title[member]);
        for (std::size_t i = 0; i < plan.measures.size(); ++i)
            differences.expect(of(plan.measures[i].name.c_str()), expected.measures[i][member],
                               got.measures[i][member]);
    }
}

}  // namespace

Outcome outcome_of(const RunResult& result, const Snapshot& snapshot) {
    std::map<std::int64_t, MemberIndex> member_of_number;
    for (MemberIndex member = 0; member < snapshot.members.count; ++member)
        member_of_number[snapshot.members.number[member]] = member;

    const auto from_of = [&](const Line& line) {
        if (line.from != 0) return member_of_number.at(line.from);
        if (line.order_ref == 0) return no_member;
        return snapshot.orders.buyer.at(static_cast<std::size_t>(line.order_ref) - 1);
    };
    Outcome outcome;
    for (std::size_t bonus = 0; bonus < result.books.size(); ++bonus) {
        const LineBook& book = result.books[bonus];
        for (std::size_t entry = 0; entry < book.entries().size(); ++entry)
            for (const Line& line : book.lines(entry))
                outcome.payments.push_back({.bonus = bonus,
                                            .earner = book.entries()[entry].earner,
                                            .order_ref = line.order_ref,
                                            .from = from_of(line),
                                            .level = line.level,
                                            .paid_level = line.paid_level,
                                            .stream = line.stream,
                                            .rate_is_amount = line.rate_is_amount,
                                            .rate = line.rate,
                                            .base = line.base,
                                            .amount_minor = line.amount_minor});
        const Account& account = result.accounts[bonus];
        outcome.breakdowns.push_back(
            {account.maximum_minor, account.paid_minor, account.forfeited_minor});
    }
    std::sort(outcome.payments.begin(), outcome.payments.end());
    for (const Cut& cut : result.cuts)
        for (std::size_t entry = 0; entry < cut.book.entries().size(); ++entry)
            for (const Line& line : cut.book.lines(entry))
                outcome.cuts.push_back(
                    {cut.code, cut.book.entries()[entry].earner, line.amount_minor});
    std::sort(outcome.cuts.begin(), outcome.cuts.end());
    for (const auto& [code, carried] : result.carry_after)
        for (const Carry& carry : carried)
            outcome.carry_after.push_back(
                {code, carry.member, carry.left_centipoints, carry.right_centipoints});
    std::sort(outcome.carry_after.begin(), outcome.carry_after.end());
    outcome.measures = result.standing.measures;
    outcome.is_active = result.standing.is_active;
    outcome.rank = result.standing.rank;
    outcome.title = result.standing.title;
    outcome.volume_centipoints = result.volume_centipoints;
    outcome.amount_minor = result.amount_minor;
    outcome.paid_minor = result.paid_minor;
    outcome.order_count = result.order_count;
    outcome.orders_after = result.sequences_after.orders_before;
    outcome.first_on_after = result.sequences_after.first_on;
    return outcome;
}

std::string differences(const Plan& plan, const Outcome& expected, const Outcome& got) {
    Differences found;
    compare_members(plan, expected, got, found);
    compare_breakdowns(plan, expected, got, found);
    compare_payments(plan, expected, got, found);
    compare_lists("cut", expected.cuts, got.cuts, found);
    compare_lists("carry", expected.carry_after, got.carry_after, found);
    found.expect("volume", expected.volume_centipoints, got.volume_centipoints);
    found.expect("amount", expected.amount_minor, got.amount_minor);
    found.expect("paid", expected.paid_minor, got.paid_minor);
    found.expect("orders", expected.order_count, got.order_count);
    for (std::size_t i = 0; i < expected.orders_after.size(); ++i) {
        const std::string sequence = fmt::format("sequence {}", i);
        found.expect(sequence, expected.orders_after[i], got.orders_after.at(i));
        if (expected.orders_after[i] > 0)
            found.expect(sequence + " first on", expected.first_on_after[i],
                         got.first_on_after.at(i));
    }
    return found.text();
}

}  // namespace downline::reference
