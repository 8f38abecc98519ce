// Activity and ranks: steps 1 and 2 of a run, in the order in which they depend on each other.
#include "engine/standing.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

#include "engine/errors.hpp"
#include "engine/measures.hpp"
#include "engine/order_measures.hpp"
#include "engine/rank_order.hpp"
#include "engine/watch.hpp"
#include "engine/windows.hpp"

namespace downline {

namespace {

constexpr Int128 whole_ppm = 1'000'000;

std::vector<std::uint8_t> affiliates_of(const Members& members) {
    std::vector<std::uint8_t> is_affiliate(members.count);
    for (MemberIndex member = 0; member < members.count; ++member)
        is_affiliate[member] = members.kind[member] == MemberKind::affiliate;
    return is_affiliate;
}

bool is_terminated(const Snapshot& snapshot, MemberIndex member) {
    return snapshot.members.status[member] == Status::terminated;
}

void set_active(Standing& standing, const Plan& plan, const Snapshot& snapshot,
                const Trees& trees, const Examiner& examiner) {
    for (const MemberIndex member : trees.sponsor.member())
        standing.is_active[member] = !is_terminated(snapshot, member) &&
                                     (!plan.active || examiner.meets(*plan.active, member));
}

/// Raises what the leg above a member holds. REQUIRES: everyone below has been noted.
void note_best(std::vector<RankPlace>& best, const std::vector<RankPlace>& held,
               const Snapshot& snapshot, const Forest& forest, Position p) {
    const MemberIndex member = forest.member()[p];
    if (!is_terminated(snapshot, member)) best[member] = std::max(best[member], held[member]);
    if (forest.parent()[p] == no_position) return;
    const MemberIndex above = forest.member()[forest.parent()[p]];
    best[above] = std::max(best[above], best[member]);
}

void note_all(std::vector<RankPlace>& best, const std::vector<RankPlace>& held,
              const Snapshot& snapshot, const Forest& forest) {
    for (Position p = forest.count(); p-- > 0;) note_best(best, held, snapshot, forest, p);
}

/// The measures that are found together with the ranks: those that rank rules ask for.
class RankMeasures {
public:
    RankMeasures(const MeasurePass& pass, const AskedForRanks& asked, Order order,
                 Standing& standing) {
        first_.assign(pass.plan.ranks.size() + 2, 0);
        for (const auto [index, own_rank] : asked.measures) {
            ++first_[own_rank + 1u];
            switch (pass.plan.measures[index].source) {
                case Measure::Source::orders:
                    if (!lines_) lines_.emplace(pass);
                    measures_.emplace_back(std::in_place_type<OrderMeasure>, pass, index, *lines_,
                                           standing);
                    break;
                case Measure::Source::window:
                    measures_.emplace_back(std::in_place_type<WindowMeasure>, pass, index,
                                           standing);
                    break;
                case Measure::Source::over_members:
                case Measure::Source::count_members:
                    measures_.emplace_back(std::in_place_type<TreeMeasure>, pass, index, standing,
                                           order);
                    break;
            }
        }
        std::partial_sum(first_.begin(), first_.end(), first_.begin());
    }
    /// Whether any is made of the member's own rank.
    [[nodiscard]] bool ask_own_rank() const { return first_[1] < first_.back(); }
    /// Finds those whose highest own rank is one of `lowest` to `highest`; 0: of those below only.
    void find(MemberIndex member, RankPlace lowest, RankPlace highest) {
        for (std::size_t i = first_[lowest]; i < first_[highest + 1u]; ++i)
            visit(measures_[i], member);
    }
    /// What the member gives to those above. REQUIRES: its measures are found.
    void note(MemberIndex member) {
        for (Found& measure : measures_)
            if (auto* tree = std::get_if<TreeMeasure>(&measure))
                tree->note(tree->position(member));
    }

private:
    using Found = std::variant<OrderMeasure, TreeMeasure, WindowMeasure>;
    static void visit(Found& measure, MemberIndex member) {
        if (auto* orders = std::get_if<OrderMeasure>(&measure)) orders->visit(member);
        else if (auto* window = std::get_if<WindowMeasure>(&measure)) window->visit(member);
        else if (auto* tree = std::get_if<TreeMeasure>(&measure))
            tree->visit(tree->position(member));
    }

    std::optional<LinesOfSellers> lines_;
    std::vector<Found> measures_;     ///< by the highest own rank, in the order in which they are made
    std::vector<std::size_t> first_;  ///< by that rank: where its measures begin
};

/// Sets one member's rank: the highest whose requirements hold. A title that is held needs only what
/// maintains it. A measure that asks the member for no rank above p is known once p has been tried,
/// but for one jump above p later: then it is found once more. So each is found twice at most,
/// however many ranks there are.
void set_rank(Standing& standing, const Plan& plan, const Examiner& examiner, MemberIndex member,
              RankMeasures& measures, Watcher* watcher) {
    const RankPlace title_before = standing.title[member];
    for (RankPlace place = 1; place <= plan.ranks.size(); ++place) {
        const Rank& rank = plan.ranks[place - 1];
        const bool is_maintained = rank.maintain && title_before >= place &&
                                   examiner.meets(*rank.maintain, member);
        const bool is_reached = is_maintained || examiner.meets(rank.requires_, member);
        if (watcher) watcher->rank(examiner, member, place, is_reached, is_maintained);
        const RankPlace so_far = standing.rank[member];
        if (is_reached) standing.rank[member] = place;
        if (measures.ask_own_rank())
            measures.find(member, is_reached ? static_cast<RankPlace>(so_far + 1) : place, place);
    }
}

/// Bottom-up in every tree through which the ranks of others are asked for: a member is decided
/// when everyone below it is, and so are the measures that ask for the ranks of those below.
void set_ranks(Standing& standing, const MeasurePass& measures, Examiner& examiner,
               Watcher* watcher) {
    const Forest& sponsor = measures.trees.sponsor;
    const AskedForRanks asked = asked_for_ranks(measures.plan, measures.trees);
    const Order order = asked.forests.size() < 2 ? Order::descending : Order::any;
    const std::vector<MemberIndex> members = bottom_up(asked.forests, sponsor);
    if (members.size() != sponsor.count())
        throw Refusal(Refusal::Kind::input,
                      "the trees through which rank rules ask for ranks form a cycle together");
    RankMeasures with_ranks(measures, asked, order, standing);
    const auto highest = static_cast<RankPlace>(measures.plan.ranks.size());
    for (const MemberIndex member : members) {
        with_ranks.find(member, 0, 0);
        if (is_terminated(measures.snapshot, member)) with_ranks.find(member, 1, highest);
        else set_rank(standing, measures.plan, examiner, member, with_ranks, watcher);
        if (asked.asks_sponsor)
            note_best(examiner.best_rank, standing.rank, measures.snapshot, sponsor,
                      sponsor.position()[member]);
        with_ranks.note(member);
    }
    if (!asked.asks_sponsor)
        note_all(examiner.best_rank, standing.rank, measures.snapshot, sponsor);
}

}  // namespace

Trees make_trees(const Plan& plan, const Snapshot& snapshot) {
    const Members& members = snapshot.members;
    const auto is_affiliate = affiliates_of(members);
    Trees trees{make_forest(members.sponsor, is_affiliate), {}, {}};
    const auto is_asked_for = [&](Tree tree) {
        const auto asks = [tree](const auto& item) { return item.tree == tree; };
        return std::ranges::any_of(plan.bonuses, asks) || std::ranges::any_of(plan.measures, asks);
    };
    const bool asks_who_enrolled = std::ranges::any_of(plan.measures, &Measure::only_enrolled);
    if (!members.enroller.empty() && (asks_who_enrolled || is_asked_for(Tree::enroller)))
        trees.enroller = make_forest(members.enroller, is_affiliate);
    if (is_asked_for(Tree::placement)) {
        const std::vector<MemberIndex> nobody(members.count, no_member);
        trees.placement =
            make_forest(members.placement.empty() ? nobody : members.placement, is_affiliate);
    }
    return trees;
}

Examiner::Examiner(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
                   const Standing& standing)
    : plan_(plan),
      snapshot_(snapshot),
      trees_(trees),
      standing_(standing),
      best_rank(snapshot.members.count, 0),
      best_title(snapshot.members.count, 0) {}

bool Examiner::meets(const Requirement& requirement, MemberIndex member) const {
    const auto all_pass = [&](const std::vector<Test>& tests) {
        return std::ranges::all_of(tests, [&](const Test& test) { return passes(test, member); });
    };
    return requirement.alternatives.empty() ||
           std::ranges::any_of(requirement.alternatives, all_pass);
}

bool Examiner::passes(const Test& test, MemberIndex member) const {
    switch (test.kind) {
        case Test::Kind::measure: {
            const std::int64_t value = standing_.measures[test.measure][member];
            if (value > test.max) return false;
            if (test.max_per_leg_ppm)
                return Int128{test.min} * whole_ppm <= counted_by_legs(test, member);
            return test.min <= value;
        }
        case Test::Kind::rank: return standing_.rank[member] >= test.rank;
        case Test::Kind::title: return standing_.title[member] >= test.rank;
        case Test::Kind::active: return (standing_.is_active[member] != 0) == test.flag;
        case Test::Kind::joined_within_days:
            return snapshot_.period.last - snapshot_.members.joined_on[member] <= test.min;
        case Test::Kind::joined_at_least_days:
            return snapshot_.period.last - snapshot_.members.joined_on[member] >= test.min;
        case Test::Kind::legs: return count_legs(test, member, test.count) >= test.count;
        case Test::Kind::frontline: return count_frontline(test, member, test.count) >= test.count;
    }
    return false;
}

Finding Examiner::find(const Test& test, MemberIndex member) const {
    Finding found;
    found.is_met = passes(test, member);
    found.needed = test.min;
    switch (test.kind) {
        case Test::Kind::measure: found.value = standing_.measures[test.measure][member]; break;
        case Test::Kind::rank:
        case Test::Kind::title:
            found.value = (test.kind == Test::Kind::rank ? standing_.rank : standing_.title)[member];
            found.needed = test.rank;
            break;
        case Test::Kind::active:
            found.value = standing_.is_active[member] != 0;
            found.needed = test.flag;
            break;
        case Test::Kind::joined_within_days:
        case Test::Kind::joined_at_least_days:
            found.value = snapshot_.period.last - snapshot_.members.joined_on[member];
            break;
        case Test::Kind::legs:
        case Test::Kind::frontline:
            found.value = test.kind == Test::Kind::legs ? count_legs(test, member, INT64_MAX)
                                                        : count_frontline(test, member, INT64_MAX);
            found.needed = test.count;
            break;
    }
    found.counted = found.value;
    if (test.kind == Test::Kind::measure && test.max_per_leg_ppm)
        found.counted = static_cast<std::int64_t>(counted_by_legs(test, member) / whole_ppm);
    return found;
}

Int128 Examiner::counted_by_legs(const Test& test, MemberIndex member) const {
    const Forest& forest = trees_.of(plan_.measures[test.measure].tree);
    const std::vector<std::int64_t>& as_leg = standing_.as_leg[test.measure];
    const Position p = forest.position()[member];
    const Int128 most_per_leg = Int128{test.min} * *test.max_per_leg_ppm;
    Int128 counted = Int128{standing_.measures[test.measure][member]} * whole_ppm;
    for (Position c = forest.first_child(p); c < forest.first_child(p + 1); ++c) {
        const Int128 leg = Int128{as_leg[forest.member()[c]]} * whole_ppm;
        counted -= leg - std::min(leg, most_per_leg);
    }
    return counted;
}

bool Examiner::leg_passes(const std::vector<Test>& tests, MemberIndex head) const {
    return std::ranges::all_of(tests, [&](const Test& test) {
        if (test.kind == Test::Kind::rank) return best_rank[head] >= test.rank;
        if (test.kind == Test::Kind::title) return best_title[head] >= test.rank;
        return !is_terminated(snapshot_, head) && passes(test, head);
    });
}

std::int64_t Examiner::count_legs(const Test& test, MemberIndex member, std::int64_t most) const {
    const Forest& forest = trees_.sponsor;
    const Position p = forest.position()[member];
    std::int64_t count = 0;
    for (Position c = forest.first_child(p); c < forest.first_child(p + 1) && count < most; ++c)
        count += std::ranges::any_of(test.each->alternatives, [&](const std::vector<Test>& tests) {
            return leg_passes(tests, forest.member()[c]);
        });
    return count;
}

std::int64_t Examiner::count_frontline(const Test& test, MemberIndex member,
                                       std::int64_t most) const {
    const Forest& forest = trees_.sponsor;
    const Position p = forest.position()[member];
    std::int64_t count = 0;
    for (Position c = forest.first_child(p); c < forest.first_child(p + 1) && count < most; ++c)
        count += !is_terminated(snapshot_, forest.member()[c]) &&
                 meets(*test.each, forest.member()[c]);
    return count;
}

Examiner examiner_after(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
                        const Standing& standing) {
    Examiner examiner(plan, snapshot, trees, standing);
    if (plan.ranks.empty()) return examiner;
    note_all(examiner.best_rank, standing.rank, snapshot, trees.sponsor);
    note_all(examiner.best_title, standing.title, snapshot, trees.sponsor);
    return examiner;
}

Standing standing_of(const Plan& plan, const Snapshot& snapshot, const Trees& trees,
                     const NetOrders& orders, const Weighted& weighted, Watcher* watcher) {
    const std::uint32_t count = snapshot.members.count;
    Standing standing;
    standing.measures.resize(plan.measures.size());
    standing.as_leg.resize(plan.measures.size());
    standing.is_active.assign(count, 0);
    standing.rank.assign(count, 0);
    standing.title = snapshot.members.title_before;
    standing.title.resize(count, 0);
    // Titles are those before the run until all is found, so legs may be asked for them from here.
    Examiner examiner = examiner_after(plan, snapshot, trees, standing);
    const MeasurePass measures{plan, snapshot, trees, orders, weighted, examiner};

    measures.compute(standing, Needs::nothing);
    set_active(standing, plan, snapshot, trees, examiner);
    // From here on it is fixed who is active.
    measures.compute(standing, Needs::active);
    if (!plan.ranks.empty()) set_ranks(standing, measures, examiner, watcher);
    // From here on paid-as ranks are fixed.
    measures.compute(standing, Needs::rank);
    for (MemberIndex member = 0; member < count; ++member)
        standing.title[member] = std::max(standing.title[member], standing.rank[member]);
    return standing;
}

}  // namespace downline
