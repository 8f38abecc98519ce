// match: pays a share of what downline members earned.
//
//   [[bonus]]
//   code   = "match"
//   kind   = "match"
//   of     = ["override"]          # earlier bonuses
//   levels = ["10%", "5%"]         # with compression as a unilevel; or by_rank
//   # generations = ["3%", "3%"]   # instead of levels, with boundary, closer and earners
//
// One slot per level (generation) and downline member: the share of the sum of that member's lines
// of `of` in this run, before caps, limits and clawbacks.
#include "engine/bonuses/match.hpp"

#include <algorithm>

#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"

namespace downline {

namespace {

/// Items are members, the base what each earned.
class EarningSources final : public Sources {
public:
    EarningSources(const PayView& view, std::vector<std::int64_t> earned)
        : view_(view), earned_(std::move(earned)) {}
    [[nodiscard]] bool are_order_lines() const override { return false; }
    [[nodiscard]] MemberIndex seller(std::uint32_t item) const override { return item; }
    [[nodiscard]] bool may_pay_seller(std::uint32_t) const override { return false; }
    [[nodiscard]] RankPlace buyer_rank(std::uint32_t item) const override {
        return view_.rank_of(item);
    }
    [[nodiscard]] std::int64_t base(std::uint32_t item) const override { return earned_[item]; }
    [[nodiscard]] std::uint32_t quantity(std::uint32_t) const override { return 1; }
    [[nodiscard]] StreamKind stream(std::uint32_t, bool) const override {
        return view_.bonus.stream.value_or(StreamKind::leveraged);
    }
    [[nodiscard]] Line line_of(std::uint32_t item) const override {
        Line line;
        line.from = view_.snapshot.members.number[item];
        return line;
    }

private:
    const PayView& view_;
    std::vector<std::int64_t> earned_;
};

std::vector<std::int64_t> earned_under(const PayView& view, const std::vector<std::string>& of) {
    std::vector<std::int64_t> earned(view.snapshot.members.count, 0);
    for (std::size_t i = 0; i < view.books_before.size(); ++i) {
        if (std::ranges::find(of, view.plan.bonuses[i].code) == of.end()) continue;
        for (const LineBook::Entry& entry : view.books_before[i].entries())
            earned[entry.earner] = add_checked(earned[entry.earner], entry.amount_minor);
    }
    return earned;
}

}  // namespace

Payout MatchRule::pay(const PayView& view) const {
    std::vector<std::int64_t> earned = earned_under(view, of);
    std::vector<std::uint32_t> items;
    for (MemberIndex member = 0; member < earned.size(); ++member)
        if (earned[member] > 0) items.push_back(member);
    const EarningSources sources(view, std::move(earned));
    if (const auto* levels = std::get_if<LevelRates>(&rates))
        return pay_levels(*levels, view, sources, std::move(items));
    return pay_generations(std::get<GenerationRates>(rates), view, sources, items);
}

Bound MatchRule::bound(const Bonus& bonus) const {
    Bound bound = std::visit([&](const auto& form) { return form.bound(bonus); }, rates);
    bound.share_of = of;
    return bound;
}

std::shared_ptr<const BonusRule> read_match(TableReader& table, const ReadingContext& context,
                                            Bonus& bonus) {
    auto rule = std::make_shared<MatchRule>();
    bonus.base = Base::amount;  // what is matched is money
    warn_of_useless(table, {"orders", "base", "point"}, "a match is paid on what members earned");
    table.require("of", "say which bonuses are matched: of = [\"override\"]");
    rule->of = read_earlier_bonuses(table, "of", context);
    if (table.has("generations") || table.has("boundary")) {
        table.know({"compression"});
        warn_of_useless(table, {"compression"}, "generations go by who closes them");
        GenerationRates rates = read_generation_rates(table, context, bonus);
        // The boundary rank closes generations; of earners it is asked only where the plan says so.
        rates.all_earn =
            table.word<bool>("earners", {{"all", true}, {"boundary", false}}).value_or(true);
        rule->rates = std::move(rates);
    } else {
        rule->rates = read_level_rates(table, context, bonus);
    }
    return rule;
}

}  // namespace downline
