// pool: a fund, shared by those who qualify.
//
//   [[bonus]]
//   code   = "leadership"
//   kind   = "pool"
//   fund   = "2%"                          # of the base of all orders that the filter takes
//   shares = { silver = 1, gold = 3 }      # or 1 each, or { by = "points" }
//   # places = ["50%", "30%", "20%"]       # instead: the first places by a measure
//   # by     = "gv"
//
// The fund is rounded once; every minor unit of it is shared out by largest remainder, ties by
// member id. What nobody qualifies for is forfeited as unqualified.
#include "engine/bonuses/pool.hpp"

#include <algorithm>
#include <numeric>

#include "engine/bonuses/pay.hpp"
#include "engine/limits.hpp"
#include "engine/plan/forms.hpp"
#include "engine/plan/useless_keys.hpp"
#include "engine/shares.hpp"

namespace downline {

namespace {

std::int64_t fund_base(const PayView& view) {
    std::int64_t sum = 0;
    for (const OrderLineIndex line : taken_order_lines(view)) sum = add_checked(sum, view.base[line]);
    return sum;
}

/// Puts the members in the order of their ids (ties of a remainder go by id, not by place); the
/// share of each one's place.
std::vector<std::int64_t> by_member(std::vector<MemberIndex>& members_by_place,
                                    const std::vector<std::int64_t>& places_ppm) {
    std::vector<std::pair<MemberIndex, std::int64_t>> placed;
    for (std::size_t place = 0; place < members_by_place.size(); ++place)
        placed.emplace_back(members_by_place[place], places_ppm[place]);
    std::ranges::sort(placed);
    std::vector<std::int64_t> shares_ppm;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        members_by_place[i] = placed[i].first;
        shares_ppm.push_back(placed[i].second);
    }
    return shares_ppm;
}

}  // namespace

std::int64_t PoolRule::weight(const PayView& view, MemberIndex member) const {
    if (view.verdict[member] != Verdict::payable) return 0;
    if (by) return view.standing.measures[*by][member];
    return shares.at(view.rank_of(member)).value_or(0);
}

Payout PoolRule::pay(const PayView& view) const {
    const LineAmount amount(view.plan, view.bonus);
    const std::int64_t factor_ppm = amount.factor_ppm_max();
    const std::int64_t base = fund_base(view);
    const auto part_of_fund = [&](std::int64_t fund_minor, std::int64_t share_ppm) {
        return divide_rounded(Int128{fund_minor} * share_ppm, 1'000'000, view.plan.rounding);
    };
    const std::int64_t fund_minor = amount.of(Pay{}, fund_ppm, base, 1, factor_ppm);

    std::vector<MemberIndex> sharers;
    for (MemberIndex member = 0; member < view.snapshot.members.count; ++member)
        if (weight(view, member) > 0) sharers.push_back(member);
    std::vector<std::int64_t> weights;
    std::int64_t most = fund_minor, shared = fund_minor;
    if (places_ppm.empty()) {
        for (const MemberIndex member : sharers) weights.push_back(weight(view, member));
    } else {
        std::ranges::stable_sort(sharers, std::ranges::greater{},
                                 [&](MemberIndex member) { return weight(view, member); });
        if (sharers.size() > places_ppm.size()) sharers.resize(places_ppm.size());
        weights = by_member(sharers, places_ppm);
        most = part_of_fund(fund_minor,
                            std::accumulate(places_ppm.begin(), places_ppm.end(), std::int64_t{0}));
        shared = part_of_fund(fund_minor,
                              std::accumulate(weights.begin(), weights.end(), std::int64_t{0}));
    }
    Slot slot;
    slot.of = Slot::Of::period;
    slot.rate = slot.rate_most = fund_ppm;
    slot.base = fund_minor;
    slot.reason = Reason::unqualified;
    slot.share_sum = places_ppm.empty() ? std::accumulate(weights.begin(), weights.end(), Int128{})
                                        : Int128{1'000'000};
    const auto tell = [&](MemberIndex member, std::int64_t share, std::int64_t maximum_minor,
                          std::int64_t paid_minor) {
        if (!view.watcher) return;
        slot.payee = member;
        slot.share = share;
        slot.maximum_minor = maximum_minor;
        slot.paid_minor = paid_minor;
        view.watcher->slot(view, slot);
    };
    if (sharers.empty()) shared = 0;
    AccountKeeper keeper;
    keeper.maximum(most);
    keeper.forfeit(Reason::unqualified, most - shared);
    if (most != shared) tell(no_member, 0, most - shared, 0);
    if (sharers.empty()) return {LineBook{}, keeper.account()};
    LineCollector lines;
    const std::vector<std::int64_t> parts = share_out(shared, weights);
    for (std::size_t i = 0; i < sharers.size(); ++i) {
        keeper.paid(parts[i]);
        tell(sharers[i], weights[i], parts[i], parts[i]);
        if (parts[i] == 0) continue;
        Line line;
        line.base = fund_minor;
        line.amount_minor = parts[i];
        line.stream = view.bonus.stream.value_or(StreamKind::leveraged);
        lines.add(sharers[i], line);
    }
    return {std::move(lines).book(), keeper.account()};
}

Bound PoolRule::bound(const Bonus& bonus) const {
    RateForm form;
    form.pay.value.by_place = {fund_ppm};
    return bound_of(form, bonus);
}

std::shared_ptr<const BonusRule> read_pool(TableReader& table, const ReadingContext& context,
                                           Bonus& bonus) {
    auto rule = std::make_shared<PoolRule>();
    warn_of_useless(table, {"tree"}, "a pool is shared by all who qualify");
    table.require("fund", "say what is shared: fund = \"2%\" of the company's volume");
    rule->fund_ppm = table.percent("fund").value_or(0);
    if (bonus.factor_ppm.is_table)
        table.error("factor", "bad_factor", "a pool's fund has one factor for all: \"95%\"");
    const auto read_by = [&](TableReader& from) {
        from.require("by", "say which measure counts: by = \"points\"");
        if (const auto name = from.text("by"))
            rule->by = context.measure(*name, from.place_of("by"), from.problems());
    };
    if (const auto places = table.texts("places")) {
        if (table.has("shares"))
            table.error("shares", "excludes", "shares and places exclude each other: keep one");
        for (const std::string& place : *places) {
            const auto share_ppm = parse_percent(place);
            if (!share_ppm)
                table.error("places", "bad_rate", "\"" + place + "\" is no share; write \"30%\"");
            rule->places_ppm.push_back(share_ppm.value_or(0));
        }
        if (std::accumulate(rule->places_ppm.begin(), rule->places_ppm.end(), std::int64_t{0}) >
            1'000'000)
            table.error("places", "bad_rate", "the places share more than 100 % of the fund");
        read_by(table);
        return rule;
    }
    table.require("shares", "say who has how many shares: shares = 1, { silver = 1, gold = 3 } or "
                            "{ by = \"points\" }");
    const TomlValue* shares = table.value("shares");
    if (auto inner = shares && shares->is_table() ? table.table("shares") : std::nullopt;
        inner && inner->has("by")) {
        read_by(*inner);
        inner->finish();
    } else {
        rule->shares = read_count_by_rank(table, "shares", context);
    }
    return rule;
}

}  // namespace downline
