// What the reference engine knows of a period: orders as they count, members, and every question
// that a plan may ask of them, answered from scratch each time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"
#include "tests/reference/past.hpp"

namespace downline::reference {

/// An order line after the returns of the period, before weights.
struct NetLine {
    OrderLineIndex index{};
    std::uint32_t order{};
    MemberIndex buyer = no_member, seller = no_member;
    Day ordered_on{};
    std::int64_t amount_minor{}, volume_centipoints{}, qualifying_centipoints{}, quantity{};
    std::optional<std::int64_t> cost_minor;
    bool is_fully_returned = false;        ///< its order
    std::optional<std::int64_t> sequence;  ///< the buyer's (contract's) n-th; none: returned
    Day sequence_first_on{};               ///< of that sequence's first order
};

/// Which titles a question sees (SPEC 9.7): those before the run, or with this period's rank.
enum class Titles { before, after };

class Ledger {
public:
    Ledger(const Plan& plan, const Snapshot& snapshot, const Past& past);

    const Plan& plan;
    const Snapshot& in;
    const Past& past;
    std::vector<NetLine> lines;
    std::vector<std::uint8_t> is_order_fully_returned;
    std::vector<std::uint32_t> orders_after;
    std::vector<Day> first_on_after;

    // orders
    [[nodiscard]] bool takes(const OrderFilter& filter, const NetLine& line, Titles titles) const;
    /// After the weights that a bonus sees (empty code: all of them).
    [[nodiscard]] std::int64_t volume(const NetLine& line, const std::string& bonus_code) const;
    [[nodiscard]] std::int64_t qualifying(const NetLine& line, const std::string& bonus_code) const;

    // members
    [[nodiscard]] bool is_affiliate(MemberIndex member) const;
    [[nodiscard]] bool is_terminated(MemberIndex member) const;
    [[nodiscard]] MemberIndex parent(MemberIndex member, Tree tree) const;
    [[nodiscard]] std::vector<MemberIndex> frontline(MemberIndex member, Tree tree) const;

    /// Everybody of one leg of the placement tree: who stands there and all below.
    [[nodiscard]] std::vector<MemberIndex> placement_leg(MemberIndex member,
                                                         std::uint32_t leg_number) const;

    /// Throws RankCycle where no rank could be found first.
    void refuse_rank_cycle() const;

    [[nodiscard]] std::int64_t measure(MemberIndex member, MeasureIndex index) const;
    /// Whether the `where` of a count of periods holds in this one.
    [[nodiscard]] bool holds_now(MemberIndex member, const Measure& count) const;
    [[nodiscard]] bool meets(MemberIndex member, const Requirement& asked, Titles titles) const;
    [[nodiscard]] bool is_active(MemberIndex member) const;
    [[nodiscard]] RankPlace rank(MemberIndex member) const;
    [[nodiscard]] RankPlace title(MemberIndex member, Titles titles) const;

private:
    struct Found {
        MemberIndex member{};
        std::uint32_t depth{};
    };
    void subtract_returns();
    void number_orders();
    [[nodiscard]] MemberIndex seller_of(MemberIndex buyer) const;
    [[nodiscard]] std::int64_t weighted(const NetLine& line, const std::string& bonus_code,
                                        bool is_qualifying) const;
    [[nodiscard]] bool takes_itself(const OrderFilter& filter, const NetLine& line,
                                    Titles titles) const;
    [[nodiscard]] bool is_in_windows(const OrderFilter& filter, const NetLine& line) const;

    [[nodiscard]] std::int64_t order_measure(MemberIndex member, const Measure& measure) const;
    [[nodiscard]] std::int64_t count_customers(MemberIndex member, const Measure& measure) const;
    [[nodiscard]] std::int64_t bought(MemberIndex customer, const Measure& measure,
                                      Measure::Column column) const;
    [[nodiscard]] std::int64_t member_measure(MemberIndex member, const Measure& measure) const;
    [[nodiscard]] std::int64_t window_measure(MemberIndex member, const Measure& measure) const;
    [[nodiscard]] std::int64_t value_in(const PastRun& run, MemberIndex member,
                                        const Measure& measure) const;
    /// Everybody of the leg under (and with) `head`, which is `depth` levels below the asking
    /// member, that the measure looks at.
    [[nodiscard]] std::vector<Found> leg(MemberIndex head, std::uint32_t depth, Tree tree,
                                         std::optional<std::uint32_t> levels,
                                         const Requirement* until) const;
    /// Of `found` to the measure of `asking`; 0 where only whom it enrolled counts.
    [[nodiscard]] std::int64_t contribution(MemberIndex asking, const Measure& measure,
                                            const Found& found) const;
    [[nodiscard]] std::int64_t leg_value(MemberIndex asking, const Measure& measure,
                                         MemberIndex head) const;

    [[nodiscard]] bool passes(MemberIndex member, const Test& test, Titles titles) const;
    [[nodiscard]] bool passes_measure(MemberIndex member, const Test& test) const;
    [[nodiscard]] bool passes_legs(MemberIndex member, const Test& test, Titles titles) const;
    [[nodiscard]] bool passes_frontline(MemberIndex member, const Test& test, Titles titles) const;
    [[nodiscard]] bool leg_has(MemberIndex head, const std::vector<Test>& table,
                               Titles titles) const;

    std::map<Tree, std::vector<std::vector<MemberIndex>>> children_;
    mutable std::map<MemberIndex, RankPlace> rank_found_;
    mutable std::map<MemberIndex, bool> active_found_;
    mutable std::map<std::pair<MemberIndex, const Measure*>, std::int64_t> order_measure_found_;
    /// Members whose rank is being tried, outermost first, with the highest that holds so far.
    mutable std::vector<std::pair<MemberIndex, RankPlace>> trials_;
};

}  // namespace downline::reference
