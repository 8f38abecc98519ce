// Watching a run: see the header.
#include "engine/explain.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <tuple>

#include "engine/bonuses/pay.hpp"
#include "engine/bonuses/personal.hpp"
#include "engine/bonuses/royalty.hpp"
#include "engine/errors.hpp"

namespace downline {

namespace {

std::uint32_t depth_of(const PayView& view, MemberIndex member) {
    return view.forest.depth()[view.forest.position()[member]];
}

/// Whether what an order line pays depends on the earner's others.
bool has_slices(const Bonus& bonus) {
    const RateForm* rate = nullptr;
    if (const auto* personal = dynamic_cast<const PersonalRule*>(bonus.rule.get()))
        rate = &personal->rate;
    if (const auto* royalty = dynamic_cast<const RoyaltyRule*>(bonus.rule.get()))
        rate = &royalty->rate;
    return rate && rate->kind == RateForm::Kind::tiers && rate->tiers.is_marginal;
}

/// Collects every step of the order lines [from, to).
class OrderWatcher final : public Watcher {
public:
    OrderWatcher(OrderLineIndex from, OrderLineIndex to) : from_(from), to_(to) {}

    void narrow(const Bonus& bonus, const Forest&, const NetOrders&,
                std::vector<std::uint8_t>& takes) override {
        if (has_slices(bonus)) return;
        std::fill_n(takes.begin(), from_, std::uint8_t{0});
        std::fill(takes.begin() + to_, takes.end(), std::uint8_t{0});
    }
    void bonus(const PayView& view, const Examiner&) override {
        bonuses.emplace_back();
        if (view.bonus.kind != "pool") return;
        for (OrderLineIndex line = from_; line < to_; ++line)
            bonuses.back().adds_to_fund |= view.takes[line] != 0;
    }
    void slot(const PayView& view, const Slot& slot) override {
        if (slot.of != Slot::Of::order_line || !asks_for(slot.item)) return;
        Step step;
        step.order_line = slot.item;
        step.slot = slot;
        if (slot.payee != no_member) step.level = level_of(view, slot.item, slot.payee);
        const std::lock_guard lock(mutex_);
        ExplainedBonus& bonus = bonuses.back();
        bonus.maximum_minor = add_checked(bonus.maximum_minor, slot.maximum_minor);
        bonus.paid_minor = add_checked(bonus.paid_minor, slot.paid_minor);
        std::int64_t& forfeited = bonus.forfeited_minor[static_cast<std::size_t>(slot.reason)];
        forfeited = add_checked(forfeited, slot.maximum_minor - slot.paid_minor);
        bonus.steps.push_back(std::move(step));
    }
    [[nodiscard]] bool asks_for(OrderLineIndex line) const override {
        return from_ <= line && line < to_;
    }
    void passed_over(const PayView& view, OrderLineIndex line, MemberIndex member,
                     Passed why) override {
        Step step;
        step.order_line = line;
        step.level = level_of(view, line, member);
        step.passed = why;
        step.first = step.last = member;
        step.count = 1;
        const std::lock_guard lock(mutex_);
        bonuses.back().steps.push_back(std::move(step));
    }

    std::vector<ExplainedBonus> bonuses;

private:
    /// Of royalties, whose creator need not stand above the seller: 0.
    static std::uint32_t level_of(const PayView& view, OrderLineIndex line, MemberIndex member) {
        const MemberIndex seller = view.orders.seller[line];
        if (seller == no_member || view.bonus.kind == "royalty") return 0;
        return depth_of(view, seller) - depth_of(view, member);
    }

    OrderLineIndex from_, to_;
    std::mutex mutex_;
};

/// From the seller up, and members who follow each other and were passed over for one reason as
/// one.
void put_in_order(std::vector<Step>& steps) {
    std::ranges::stable_sort(steps, {}, [](const Step& step) {
        return std::tuple(step.order_line, step.level, step.slot ? step.slot->paid_level : 0);
    });
    std::vector<Step> runs;
    for (Step& step : steps) {
        const bool continues = !runs.empty() && !step.slot && !runs.back().slot &&
                               runs.back().order_line == step.order_line &&
                               runs.back().passed == step.passed;
        if (!continues) {
            runs.push_back(std::move(step));
            continue;
        }
        runs.back().last = step.last;
        ++runs.back().count;
    }
    steps = std::move(runs);
}

bool is_of_no_order(const Bonus& bonus) {
    return bonus.kind == "match" || bonus.kind == "pool" || bonus.kind == "fixed" ||
           bonus.kind == "binary";
}

/// Whether a member's pay depends on no order lines but those sold in its downline (or of products
/// that it created): no cap or limit is of the company's volume, and what is matched comes from the
/// same downline.
bool is_of_downline(const Plan& plan) {
    const auto match = std::ranges::find(plan.bonuses, "match", &Bonus::kind);
    return !plan.limits.payout_ppm && std::ranges::none_of(plan.bonuses, [&](const Bonus& bonus) {
        const bool is_elsewhere = match != plan.bonuses.end() &&
                                  (bonus.kind == "royalty" || bonus.tree != match->tree) &&
                                  (bonus.kind == "match" || !is_of_no_order(bonus));
        return bonus.cap.of_volume_ppm || is_elsewhere;
    });
}

/// Learns what a run did not pay to one member.
class MemberWatcher final : public Watcher {
public:
    MemberWatcher(const Plan& plan, const Snapshot& snapshot, MemberIndex member)
        : plan_(plan),
          snapshot_(snapshot),
          member_(member),
          is_of_downline_(is_of_downline(plan)) {}

    void rank(const Examiner& examiner, MemberIndex member, RankPlace place, bool is_reached,
              bool is_maintained) override {
        if (member != member_) return;
        const Rank& rank = plan_.ranks[place - 1];
        const auto& titles = snapshot_.members.title_before;
        TriedRank& tried = ranks.emplace_back();
        tried.place = place;
        tried.is_reached = is_reached;
        tried.is_maintained = is_maintained;
        tried.requires_ = findings_of(examiner, rank.requires_, member);
        if (rank.maintain && !titles.empty() && titles[member] >= place)
            tried.maintain = findings_of(examiner, *rank.maintain, member);
    }
    void narrow(const Bonus& bonus, const Forest& forest, const NetOrders& orders,
                std::vector<std::uint8_t>& takes) override {
        if (!is_of_downline_ || bonus.kind == "pool") return;
        const bool is_royalty = bonus.kind == "royalty";
        const std::vector<std::uint8_t> is_below =
            is_royalty ? std::vector<std::uint8_t>{} : downline_of(forest);
        for (OrderLineIndex line = 0; line < takes.size(); ++line) {
            if (!takes[line]) continue;
            if (is_royalty) {
                const auto& creator = snapshot_.orders.creator;
                takes[line] = !creator.empty() && creator[line] == member_;
                continue;
            }
            const MemberIndex seller = orders.seller[line];
            const Position p = seller == no_member ? no_position : forest.position()[seller];
            takes[line] = p != no_position && is_below[p];
        }
    }

    void bonus(const PayView& view, const Examiner& examiner) override {
        const auto place = static_cast<std::size_t>(&view.bonus - view.plan.bonuses.data());
        requires_.push_back(findings_of(examiner, view.bonus.requires_, member_));
        by_rank_.push_back({place, Reason::rank, 0, 0});
        own.emplace_back();
        const Verdict verdict = view.verdict[member_];
        if (verdict != Verdict::inactive && verdict != Verdict::unqualified) return;
        // The bonus paid once more, to everybody as it is and to this member too.
        PayView as_if = view;
        as_if.watcher = nullptr;
        as_if.verdict[member_] = Verdict::payable;
        const Payout payout = view.bonus.rule->pay(as_if);
        for (const LineBook::Entry& entry : payout.book.entries())
            if (entry.earner == member_)
                missed.push_back({place, reason_of(verdict), entry.line_count, entry.amount_minor});
    }
    void slot(const PayView& view, const Slot& slot) override {
        if (slot.payee != member_) return;
        const std::lock_guard lock(mutex_);
        if (slot.of != Slot::Of::order_line) {
            Step& step = own.back().steps.emplace_back();
            step.slot = slot;
            if (slot.of == Slot::Of::member)
                step.level = depth_of(view, slot.item) - depth_of(view, member_);
        }
        if (slot.reason != Reason::rank) return;
        if (slot.maximum_minor == slot.paid_minor) return;
        Missed& sum = by_rank_.back();
        ++sum.line_count;
        sum.amount_minor = add_checked(sum.amount_minor, slot.maximum_minor - slot.paid_minor);
    }

    void legs(const PayView&, MemberIndex member, const LegsOfMember& legs) override {
        if (member == member_) own.back().legs = legs;
    }

    [[nodiscard]] std::vector<Missed> all_missed() && {
        for (const Missed& sum : by_rank_)
            if (sum.amount_minor != 0) missed.push_back(sum);
        std::ranges::stable_sort(missed, {}, &Missed::bonus);
        return std::move(missed);
    }

    std::vector<TriedRank> ranks;
    std::vector<Findings> requires_;
    std::vector<OwnSlots> own;
    std::vector<Missed> missed;

private:
    /// The member and all below; by position.
    [[nodiscard]] std::vector<std::uint8_t> downline_of(const Forest& forest) const {
        std::vector<std::uint8_t> is_below(forest.count(), 0);
        const Position top = forest.position()[member_];
        for (Position p = top; top != no_position && p < forest.count(); ++p) {
            const Position above = forest.parent()[p];
            is_below[p] = p == top || (above != no_position && is_below[above]);
        }
        return is_below;
    }

    const Plan& plan_;
    const Snapshot& snapshot_;
    MemberIndex member_;
    bool is_of_downline_;
    std::vector<Missed> by_rank_;
    std::mutex mutex_;
};

Standing with_titles_before(Standing standing, const Snapshot& snapshot) {
    standing.title = snapshot.members.title_before;
    standing.title.resize(snapshot.members.count, 0);
    return standing;
}

}  // namespace

std::string_view passed_name(Passed passed) {
    static constexpr std::string_view names[] = {"terminated", "inactive", "unqualified", "rank",
                                                 "reach"};
    return names[static_cast<std::size_t>(passed)];
}

bool is_told_by_upline(const Plan& plan) {
    bool asks_below = false;
    Plan asked;  // of the tests of a plan, those that are asked of the members on the way
    asked.active = plan.active;
    asked.bonuses = plan.bonuses;
    each_test(asked, [&](const Test& test) {
        asks_below |= test.kind == Test::Kind::legs || test.kind == Test::Kind::frontline ||
                      test.max_per_leg_ppm;
    });
    return !asks_below && std::ranges::none_of(plan.bonuses, has_slices);
}

bool is_told_by_downline(const Plan& plan) {
    return is_of_downline(plan) &&
           std::ranges::find(plan.bonuses, "pool", &Bonus::kind) == plan.bonuses.end();
}

OrderExplanation explain_order(const Plan& plan, const Snapshot& snapshot, OrderLineIndex from,
                               OrderLineIndex to, unsigned thread_count, const Standing* known) {
    OrderWatcher watcher(from, to);
    OrderExplanation explanation;
    explanation.result = run(plan, snapshot, thread_count, &watcher, known);
    explanation.bonuses = std::move(watcher.bonuses);
    for (ExplainedBonus& bonus : explanation.bonuses) {
        put_in_order(bonus.steps);
        std::int64_t sum = bonus.paid_minor;
        for (const std::int64_t forfeited : bonus.forfeited_minor)
            sum = add_checked(sum, forfeited);
        ensure(sum == bonus.maximum_minor, "the slots of an order do not add up to their maximum");
    }
    return explanation;
}

Findings findings_of(const Examiner& examiner, const Requirement& requirement,
                     MemberIndex member) {
    Findings findings;
    for (const std::vector<Test>& tests : requirement.alternatives) {
        auto& alternative = findings.emplace_back();
        for (const Test& test : tests) alternative.emplace_back(&test, examiner.find(test, member));
    }
    return findings;
}

std::vector<std::pair<const Test*, Finding>> failed_of(const Findings& findings) {
    std::optional<std::vector<std::pair<const Test*, Finding>>> nearest;
    for (const auto& alternative : findings) {
        std::vector<std::pair<const Test*, Finding>> failed;
        std::ranges::copy_if(alternative, std::back_inserter(failed),
                             [](const auto& found) { return !found.second.is_met; });
        if (!nearest || failed.size() < nearest->size()) nearest = std::move(failed);
    }
    return nearest.value_or(std::vector<std::pair<const Test*, Finding>>{});
}

MemberExplanation explain_member(const Plan& plan, const Snapshot& snapshot, MemberIndex member,
                                 unsigned thread_count) {
    MemberWatcher watcher(plan, snapshot, member);
    MemberExplanation explanation;
    explanation.result = run(plan, snapshot, thread_count, &watcher);
    explanation.ranks = std::move(watcher.ranks);
    explanation.requires_ = std::move(watcher.requires_);
    explanation.own = std::move(watcher.own);
    for (OwnSlots& own : explanation.own)
        std::ranges::stable_sort(own.steps, {}, [](const Step& step) {
            return std::tuple(step.slot->item, step.slot->paid_level);
        });
    explanation.missed = std::move(watcher).all_missed();
    explanation.active =
        ActivityAsked(plan, snapshot, explanation.result.standing).active(member);
    return explanation;
}

ActivityAsked::ActivityAsked(const Plan& plan, const Snapshot& snapshot, const Standing& standing)
    : plan_(plan),
      trees_(make_trees(plan, snapshot)),
      before_(with_titles_before(standing, snapshot)),
      examiner_before_(examiner_after(plan, snapshot, trees_, before_)),
      examiner_after_(examiner_after(plan, snapshot, trees_, standing)) {}

Findings ActivityAsked::active(MemberIndex member) const {
    return plan_.active ? findings_of(examiner_before_, *plan_.active, member) : Findings{};
}

Findings ActivityAsked::next_rank(const Rank& rank, MemberIndex member) const {
    return findings_of(examiner_before_, rank.requires_, member);
}

Findings ActivityAsked::meets(const Requirement& requirement, MemberIndex member) const {
    return findings_of(examiner_after_, requirement, member);
}

}  // namespace downline
