// binary: pays on the two legs of the placement tree, over a measure.
//
//   [[bonus]]
//   code   = "team"
//   kind   = "binary"
//   volume = "pv"
//   rate   = "10%"             # of the lesser leg
//   # cycle = { greater = 400, lesser = 200, amount = "54.00" }   # or cycles
//   # steps = [[250, "40.00"], [2000, "400.00"]]                  # or the highest step reached
//   carry   = "both"           # what is left goes to the next period; "none"
//   max_leg = 10000            # cuts a leg before matching; what it cuts is lost
//   min     = 100              # the least lesser leg that pays
//   flush_over_cap = false     # true: volume that a cap left unpaid is taken too
//
// Legs are the measure of everyone in them and what was carried in. What is matched is taken from
// both; what is not paid is not matched, so the legs keep it. One line per member.
#include "engine/bonuses/binary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/bonuses/pay.hpp"
#include "engine/errors.hpp"
#include "engine/plan/forms.hpp"

namespace downline {

namespace {

struct Legs {
    std::int64_t left = 0, right = 0;
    [[nodiscard]] std::int64_t lesser() const { return std::min(left, right); }
};

/// What a match pays: the count or volume that was matched, at what, and what it takes of the legs.
struct Match {
    std::int64_t base = 0;       ///< volume, or the number of cycles
    Pay pay;                     ///< its sort only
    std::int64_t value = 0;
    std::int64_t amount_minor = 0;
    std::uint32_t step = 0;
    Legs after;
};

class Matcher {
public:
    Matcher(const BinaryRule& rule, const PayView& view)
        : rule_(rule), view_(view), amount_(view.plan, view.bonus) {}

    /// REQUIRES: the member may be paid.
    [[nodiscard]] Match match(MemberIndex member, Legs legs) const {
        const RankPlace rank = view_.rank_of(member);
        const std::int64_t factor_ppm = amount_.factor_ppm(rank);
        const std::optional<std::int64_t> cap = view_.bonus.cap.per_member_minor.at(rank);
        Match result;
        result.after = legs;
        if (legs.lesser() < rule_.min.at(rank).value_or(0)) return result;
        switch (rule_.form) {
            case BinaryRule::Form::rate: match_rate(result, rank, factor_ppm, cap); break;
            case BinaryRule::Form::cycle: match_cycles(result, rank, factor_ppm, cap); break;
            case BinaryRule::Form::steps: match_step(result, rank, factor_ppm); break;
        }
        if (result.amount_minor == 0) result.after = legs;  // what is not paid is not matched
        return result;
    }

private:
    void match_rate(Match& match, RankPlace rank, std::int64_t factor_ppm,
                    std::optional<std::int64_t> cap) const {
        match.base = match.after.lesser();
        match.value = rule_.rate.value.at(rank).value_or(0);
        match.amount_minor = amount_.of(match.pay, match.value, match.base, 1, factor_ppm);
        std::int64_t taken = match.base;
        if (cap && match.amount_minor > *cap && !rule_.flushes_over_cap)
            taken = std::min(taken, amount_.base_for(*cap, match.value, factor_ppm));
        match.after.left -= taken;
        match.after.right -= taken;
    }

    void match_cycles(Match& match, RankPlace rank, std::int64_t factor_ppm,
                      std::optional<std::int64_t> cap) const {
        match.pay.is_amount = true;
        match.value = rule_.cycle.amount_minor.at(rank).value_or(0);
        const auto greater = rule_.cycle.greater_centipoints.at(rank);
        const auto lesser = rule_.cycle.lesser_centipoints.at(rank);
        if (match.value == 0 || !greater || !lesser || (*greater == 0 && *lesser == 0)) return;
        Legs all = match.after;
        match.base = take_cycles(all.left, all.right, *greater, *lesser);
        match.amount_minor = amount_.of_count(match.value, match.base, factor_ppm);
        const bool is_cut = cap && match.amount_minor > *cap && !rule_.flushes_over_cap;
        if (!is_cut) {
            match.after = all;
            return;
        }
        // Those that begin under the cap: the first that reaches it is the last.
        const Int128 one = Int128{match.value} * factor_ppm;
        const Int128 begun = (Int128{*cap} * 1'000'000 + one - 1) / one;
        (void)take_cycles(match.after.left, match.after.right, *greater, *lesser,
                          static_cast<std::int64_t>(begun));
    }

    void match_step(Match& match, RankPlace rank, std::int64_t factor_ppm) const {
        match.pay.is_amount = true;
        const auto above = std::ranges::upper_bound(rule_.steps, match.after.lesser(), {},
                                                    &Tiers::Step::floor);
        if (above == rule_.steps.begin()) return;
        const Tiers::Step& step = *(above - 1);
        match.step = static_cast<std::uint32_t>(above - rule_.steps.begin());
        match.value = step.pay.value.at(rank).value_or(0);
        match.base = 1;
        match.amount_minor = amount_.of_count(match.value, 1, factor_ppm);
        match.after.left -= step.floor;
        match.after.right -= step.floor;
    }

    const BinaryRule& rule_;
    const PayView& view_;
    LineAmount amount_;
};

/// The two legs of every member of the placement tree, what was carried in with them; by position.
std::vector<Legs> legs_of(const BinaryRule& rule, const PayView& view) {
    const Forest& forest = *view.trees.placement;
    std::vector<std::int64_t> volume(forest.count());
    for (Position p = 0; p < forest.count(); ++p)
        volume[p] = multiply_checked(rule.hundredths_per_unit,
                                     view.standing.measures[rule.volume][forest.member()[p]]);
    const std::vector<std::int64_t> sum = roll_up(forest, volume);
    std::vector<Legs> legs(forest.count());
    for (Position p = 0; p < forest.count(); ++p) {
        const Position above = forest.parent()[p];
        if (above == no_position) continue;
        const std::uint32_t leg = view.snapshot.members.leg[forest.member()[p]];
        if (leg == 1) legs[above].left = add_checked(legs[above].left, sum[p]);
        if (leg == 2) legs[above].right = add_checked(legs[above].right, sum[p]);
    }
    const auto carried = view.snapshot.carry.find(view.bonus.code);
    if (carried == view.snapshot.carry.end()) return legs;
    for (const Carry& carry : carried->second) {
        const Position p = forest.position()[carry.member];
        if (p == no_position) continue;
        legs[p].left = add_checked(legs[p].left, carry.left_centipoints);
        legs[p].right = add_checked(legs[p].right, carry.right_centipoints);
    }
    return legs;
}

/// What was carried into a member's legs.
Legs carried_by(const PayView& view, MemberIndex member) {
    const auto carried = view.snapshot.carry.find(view.bonus.code);
    if (carried == view.snapshot.carry.end()) return {};
    const auto own = std::ranges::lower_bound(carried->second, member, {}, &Carry::member);
    if (own == carried->second.end() || own->member != member) return {};
    return {own->left_centipoints, own->right_centipoints};
}

/// A match as the watcher is told of it. REQUIRES: it pays.
Slot slot_of(const Match& match, MemberIndex member, std::int64_t factor_ppm) {
    Slot slot;
    slot.of = Slot::Of::period;
    slot.payee = member;
    slot.rate_is_amount = match.pay.is_amount;
    slot.rate = slot.rate_most = match.value;
    slot.base = match.base;
    slot.factor_ppm = factor_ppm;
    slot.maximum_minor = slot.paid_minor = match.amount_minor;
    return slot;
}

/// Takes `count` cycles in which `a` is the greater leg.
void take(std::int64_t& a, std::int64_t& b, std::int64_t greater, std::int64_t lesser,
          std::int64_t count) {
    a -= greater * count;
    b -= lesser * count;
}

/// How many cycles the legs hold when `a` stays the greater one.
std::int64_t cycles_in(std::int64_t a, std::int64_t b, std::int64_t greater, std::int64_t lesser) {
    return std::min(greater == 0 ? INT64_MAX : a / greater, lesser == 0 ? INT64_MAX : b / lesser);
}

}  // namespace

std::int64_t take_cycles(std::int64_t& left, std::int64_t& right, std::int64_t greater,
                         std::int64_t lesser, std::int64_t most) {
    ensure(greater >= 0 && lesser >= 0 && greater + lesser > 0, "a cycle takes nothing");
    std::int64_t count = 0;
    while (count < most) {
        const bool left_is_greater = left >= right;
        std::int64_t& a = left_is_greater ? left : right;
        std::int64_t& b = left_is_greater ? right : left;
        const std::int64_t held = std::min(cycles_in(a, b, greater, lesser), most - count);
        if (held == 0) break;
        // The same leg is the greater one as long as the difference is not used up; each cycle uses
        // up greater - lesser of it. When that is near zero the legs take turns: two cycles take the
        // same of both.
        const std::int64_t used_up = greater - lesser;
        std::int64_t batch = held;
        if (used_up > 0) batch = std::min(held, (a - b) / used_up);
        if (batch > 0) {
            take(a, b, greater, lesser, batch);
            count += batch;
            continue;
        }
        const std::int64_t pair = greater + lesser;
        const std::int64_t pairs = std::min((most - count) / 2, std::min(a, b) / pair - 1);
        if (pairs > 0) {
            left -= pair * pairs;
            right -= pair * pairs;
            count += 2 * pairs;
        } else {
            take(a, b, greater, lesser, 1);
            ++count;
        }
    }
    return count;
}

Payout BinaryRule::pay(const PayView& view) const {
    const Forest& forest = *view.trees.placement;
    const Matcher matcher(*this, view);
    std::vector<Legs> legs = legs_of(*this, view);
    Payout payout;
    LineCollector lines;
    AccountKeeper keeper;
    const LineAmount amount(view.plan, view.bonus);
    for (MemberIndex member = 0; member < view.snapshot.members.count; ++member) {
        const Position p = forest.position()[member];
        if (p == no_position) continue;
        Legs& own = legs[p];
        const Legs whole = own;
        if (const auto most = max_leg.at(view.rank_of(member))) {
            own.left = std::min(own.left, *most);
            own.right = std::min(own.right, *most);
        }
        const Legs counted = own;
        if (view.verdict[member] == Verdict::payable) {
            const Match match = matcher.match(member, own);
            own = match.after;
            keeper.maximum(match.amount_minor);
            keeper.paid(match.amount_minor);
            if (match.amount_minor != 0) {
                Line line;
                line.rate_is_amount = match.pay.is_amount;
                line.rate = match.value;
                line.base = match.base;
                line.paid_level = 0;
                line.amount_minor = match.amount_minor;
                line.stream = view.bonus.stream.value_or(StreamKind::leveraged);
                lines.add(member, line);
                if (view.watcher) view.watcher->slot(view, slot_of(match, member, amount.factor_ppm(view.rank_of(member))));
            }
        }
        if (view.watcher) {
            const Legs brought = carried_by(view, member);
            view.watcher->legs(view, member,
                               {brought.left, brought.right, whole.left, whole.right, counted.left,
                                counted.right, own.left, own.right, carries});
        }
        if (carries && (own.left != 0 || own.right != 0))
            payout.carry_after.push_back({member, own.left, own.right});
    }
    payout.book = std::move(lines).book();
    payout.account = keeper.account();
    return payout;
}

namespace {

/// The smallest full network of two legs each, of which only the lowest level buys, that is paid
/// more than 100 %: level after level pays half of the rate. Nothing where it is beyond any.
std::string where_it_passes(Int128 per_point_ppm) {
    constexpr Int128 twice = 2'000'000;
    constexpr int levels_max = 40;
    if (per_point_ppm <= 0) return "";
    const Int128 levels = twice / per_point_ppm + 1;  // of those who are paid; the lowest only buys
    if (levels >= levels_max)
        return fmt::format("; it passes 100% of volume only with more than {} levels", levels_max);
    const auto members = (std::int64_t{1} << (static_cast<int>(levels) + 1)) - 1;
    return fmt::format("; a full network of {} levels ({} members) whose lowest level buys is paid "
                       "more than 100% of volume",
                       static_cast<int>(levels) + 1, members);
}

}  // namespace

Bound BinaryRule::bound(const Bonus& bonus) const {
    Bound bound;
    const std::int64_t factor_ppm =
        bonus.factor_ppm.is_given() ? bonus.factor_ppm.highest() : 1'000'000;
    if (form == Form::steps) {
        std::int64_t most = 0;
        for (const Tiers::Step& step : steps) most = std::max(most, step.pay.value.highest());
        bound.per_member_minor = at_highest_factor(most, bonus);
        return bound;
    }
    const bool pays_nothing =
        factor_ppm == 0 ||
        (form == Form::rate ? rate.value.highest() == 0
                            : cycle.amount_minor.highest() == 0 ||
                                  (cycle.greater_centipoints.highest() == 0 &&
                                   cycle.lesser_centipoints.highest() == 0));
    if (pays_nothing) return bound;
    bound.per_member_minor = most_by_legs(bonus, factor_ppm);
    if (bound.per_member_minor) return bound;
    bound.unbounded_because =
        "every member's lesser leg is paid, level above level; cap = { of_volume = \"40%\" } "
        "bounds it" +
        (hundredths_per_unit == 1 ? where_it_passes(per_point_ppm(bonus, factor_ppm)) : "");
    return bound;
}

std::optional<std::int64_t> BinaryRule::most_by_legs(const Bonus& bonus,
                                                    std::int64_t factor_ppm) const {
    const auto scaled = [](Int128 value, Int128 by, Int128 whole) {
        return (value * by + whole - 1) / whole;
    };
    constexpr Int128 ppm = 1'000'000;
    const std::size_t places =
        std::max({max_leg.by_place.size(), rate.value.by_place.size(),
                  cycle.amount_minor.by_place.size(), cycle.greater_centipoints.by_place.size(),
                  cycle.lesser_centipoints.by_place.size()});
    Int128 most = 0;
    for (std::size_t place = 0; place < places; ++place) {
        const auto at = static_cast<RankPlace>(place);
        const auto leg = max_leg.at(at);
        if (!leg) return std::nullopt;
        Int128 pay = 0;
        if (form == Form::rate) {
            const Int128 money = scaled(Int128{*leg} * minor_per_unit, bonus.point_ppm, ppm * 100);
            pay = scaled(money, rate.value.at(at).value_or(0), ppm);
        } else if (const std::int64_t taken = cycle.greater_centipoints.at(at).value_or(0) +
                                              cycle.lesser_centipoints.at(at).value_or(0)) {
            pay = Int128{cycle.amount_minor.at(at).value_or(0)} * (Int128{*leg} * 2 / taken);
        }
        most = std::max(most, scaled(pay, factor_ppm, ppm));
    }
    return static_cast<std::int64_t>(std::min(most, Int128{INT64_MAX / 4}));
}

Int128 BinaryRule::per_point_ppm(const Bonus& bonus, std::int64_t factor_ppm) const {
    constexpr Int128 whole = 1'000'000;
    if (form == Form::rate)
        return Int128{rate.value.highest()} * bonus.point_ppm / whole * factor_ppm / whole;
    // Of equal legs the sides take turns: a cycle uses up half of greater + lesser of each.
    Int128 most = 0;
    const ByRank& amount = cycle.amount_minor;
    const std::size_t places = std::max({amount.by_place.size(),
                                         cycle.greater_centipoints.by_place.size(),
                                         cycle.lesser_centipoints.by_place.size()});
    for (std::size_t place = 0; place < places; ++place) {
        const auto at = static_cast<RankPlace>(place);
        const std::int64_t taken = cycle.greater_centipoints.at(at).value_or(0) +
                                   cycle.lesser_centipoints.at(at).value_or(0);
        if (taken == 0) continue;
        const Int128 money = Int128{amount.at(at).value_or(0)} * 2 * whole * 100 / minor_per_unit;
        most = std::max(most, money / taken * factor_ppm / whole);
    }
    return most;
}

/// What a binary sums up in the legs. Of a number of people or orders there is no share in money.
void read_leg_volume(BinaryRule& rule, TableReader& table, const ReadingContext& context) {
    const auto measure = read_measure(table, "volume", context);
    if (!measure) return;
    rule.volume = *measure;
    const auto& [name, unit, is_over_downline] = context.measures[*measure];
    if (unit == Measure::Unit::minor)
        table.error("volume", "wrong_unit",
                    fmt::format("volume is {}, which is money; the legs of a binary hold points, or "
                                "a count for cycle and steps",
                                name));
    if (unit != Measure::Unit::count) return;
    rule.hundredths_per_unit = 100;
    if (table.has("rate"))
        table.error("volume", "wrong_unit",
                    fmt::format("volume is {}, which is a count, and rate is a share of points; "
                                "write cycle or steps",
                                name));
}

constexpr std::array<const char*, 3> cycle_keys{"greater", "lesser", "amount"};

/// A table of cycles by rank, `{ silver = { greater = 400, … }, … }`, as one cycle of tables by rank.
/// What is a cycle already stays.
TomlValue with_ranks_inside(const TomlValue& cycle, Problems& problems) {
    const auto is_cycle = [](const TomlValue::Entry& entry) {
        return entry.value.is_table() &&
               std::ranges::find(cycle_keys, entry.key) == cycle_keys.end();
    };
    if (cycle.table.empty() || !std::ranges::all_of(cycle.table, is_cycle)) return cycle;
    const TomlValue empty{.sort = TomlValue::Sort::table, .place = cycle.place};
    TomlValue turned = empty;
    for (const char* key : cycle_keys) turned.table.push_back({key, cycle.place, empty});
    for (const TomlValue::Entry& rank : cycle.table) {
        TableReader one(rank.value, "the cycle of " + in_quotes(rank.key), problems);
        for (TomlValue::Entry& by_rank : turned.table) {
            one.require(by_rank.key, "write { greater = 400, lesser = 200, amount = \"54.00\" }");
            if (const TomlValue* value = one.value(by_rank.key))
                by_rank.value.table.push_back({rank.key, rank.place, *value});
        }
        one.finish();
    }
    return turned;
}

void read_binary_form(BinaryRule& rule, TableReader& table, const ReadingContext& context) {
    std::vector<std::string_view> forms;
    for (const std::string_view key : {"rate", "cycle", "steps"})
        if (table.has(key)) forms.push_back(key);
    if (forms.empty())
        table.require("rate", "write rate = \"10%\", or cycle or steps instead");
    for (std::size_t i = 1; i < forms.size(); ++i)
        table.error(forms[i], "exclusive_keys",
                    fmt::format("{} has both {} and {}; keep one", table.name(), forms[0],
                                forms[i]));
    table.know({"rate", "cycle", "steps"});
    if (forms.empty()) return;
    if (forms[0] == "rate") {
        rule.rate.value = read_rate_by_rank(table, "rate", context);
    } else if (forms[0] == "steps") {
        rule.form = BinaryRule::Form::steps;
        rule.steps = read_steps(table, "steps", Measure::Unit::centipoints, context);
        for (const Tiers::Step& step : rule.steps)
            if (!step.pay.is_amount && step.pay.value.is_given()) {
                table.error("steps", "wrong_type",
                            "a step of a binary pays an amount; write [[250, \"40.00\"]]");
                return;
            }
    } else if (auto cycle = table.table("cycle")) {
        rule.form = BinaryRule::Form::cycle;
        const TomlValue turned = with_ranks_inside(cycle->whole(), table.problems());
        TableReader one(turned, cycle->name(), table.problems());
        for (const char* key : cycle_keys)
            one.require(key, "write cycle = { greater = 400, lesser = 200, amount = \"54.00\" }");
        rule.cycle.greater_centipoints = read_volume_by_rank(one, "greater", context);
        rule.cycle.lesser_centipoints = read_volume_by_rank(one, "lesser", context);
        rule.cycle.amount_minor = read_amount_by_rank(one, "amount", context);
        one.finish();
    }
}

std::shared_ptr<const BonusRule> read_binary(TableReader& table, const ReadingContext& context,
                                             Bonus& bonus) {
    auto rule = std::make_shared<BinaryRule>();
    const auto says_what_holds = [&](std::string_view key) {
        return (key == "base" && bonus.base == Base::volume) ||
               (key == "tree" && bonus.tree == Tree::placement);
    };
    for (const char* key : {"orders", "base", "tree"})
        if (table.has(key) && !says_what_holds(key))
            table.error(key, "useless_key",
                        fmt::format("a binary pays on the legs of places, not on orders; remove "
                                    "{}, and say by volume what the legs hold",
                                    key));
    bonus.base = Base::volume;
    bonus.tree = Tree::placement;
    rule->minor_per_unit = 1;
    for (int place = 0; place < context.currency_places; ++place) rule->minor_per_unit *= 10;
    read_leg_volume(*rule, table, context);
    read_binary_form(*rule, table, context);
    rule->carries = table.word<bool>("carry", {{"both", true}, {"none", false}}).value_or(true);
    rule->flushes_over_cap = table.flag("flush_over_cap").value_or(false);
    rule->max_leg = read_volume_by_rank(table, "max_leg", context);
    rule->min = read_volume_by_rank(table, "min", context);
    return rule;
}

}  // namespace downline
