// Random plans as text, so that the reader is exercised with them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <functional>
#include <regex>
#include <ostream>
#include <stdexcept>

#include "engine/plan/reader.hpp"
#include "tests/property/generate.hpp"

namespace downline::property {

namespace {

/// What a requirement may ask for without asking for itself.
struct Askable {
    bool active = false;
    bool ranks = false;
    bool members = true;  ///< legs and frontline
    bool titles = true;
    bool ranked = false;  ///< measures that ask for ranks
    bool windows = true;  ///< measures over periods
    bool below = false;   ///< in legs and frontline
    bool in_bonus = false;
};
constexpr Askable of_ladder{.active = true, .ranks = true, .ranked = true};
constexpr Askable of_bonus{.active = true, .ranks = true, .ranked = true, .in_bonus = true};

class PlanWriter {
public:
    PlanWriter(const Faces& faces, const Wanted& wanted) : dice_(faces), wanted_(wanted) {}

    PlanText write() {
        PlanText plan;
        head(plan);
        rank_count_ = dice_.chance(70) ? 1 + dice_.roll(3) : 0;
        plan.rank_count = rank_count_;
        const int bonus_count = 1 + dice_.roll(4);
        measures();
        const int weight_count = dice_.chance(30) ? 1 + dice_.roll(2) : 0;
        if (wanted_.has_weights)
            for (int i = 0; i < weight_count; ++i) weight(bonus_count);
        if (dice_.chance(60)) text_ += "[active]\nrequires = " + requirement({}) + "\n";
        for (int place = 1; place <= rank_count_; ++place) rank(place);
        for (int i = 1; i <= bonus_count; ++i) bonus(i);
        if (wanted_.has_caps && !wanted_.is_per_order_line && dice_.chance(20))
            text_ += "[limits]\npayout = " + rate() + "\n";
        if (wanted_.has_windows && wanted_.has_placement && dice_.chance(35)) placement();
        plan.binaries = binaries_;
        plan.text = text_;
        return plan;
    }

private:
    void head(PlanText& plan) {
        struct Money { const char* name; int places; };
        static constexpr std::array<Money, 5> currencies{
            {{"USD", 2}, {"USD", 2}, {"EUR", 2}, {"JPY", 0}, {"KWD", 3}}};
        static constexpr std::array<const char*, 3> roundings{"half-up", "half-even", "down"};
        static constexpr std::array<std::pair<const char*, const char*>, 6> periods{
            {{"month", "2026-03"}, {"month", "2026-02"}, {"week", "2026-W10"}, {"year", "2026"},
             {"quarter", "2026-Q1"}, {"day", "2026-02-28"}}};
        const Money& money = dice_.pick(currencies);
        const auto& [kind, name] = dice_.pick(periods);
        places_ = plan.currency_places = money.places;
        std::string week_starts;
        plan.period = *parse_period(name);
        if (plan.period.kind == PeriodKind::week && dice_.chance(80)) {
            static constexpr std::array<const char*, 7> days{
                "saturday", "sunday", "friday", "thursday", "wednesday", "tuesday", "monday"};
            const int day = dice_.roll(7);
            week_starts = fmt::format("week_starts = \"{}\"\n", days[static_cast<std::size_t>(day)]);
            plan.period = week_from(day);
        }
        text_ += fmt::format("[plan]\nname = \"random\"\ncurrency = \"{}\"\nperiod = \"{}\"\n"
                             "effective = 2020-01-01\n{}rounding = \"{}\"\n",
                             money.name, kind, week_starts, dice_.pick(roundings));
    }

    /// The week of Thursday, 5 March 2026, from a day on: Saturday (0), Sunday … Monday (6).
    static Period week_from(int day) {
        static constexpr std::array<const char*, 7> first{
            "2026-02-28", "2026-03-01", "2026-02-27", "2026-03-05",
            "2026-03-04", "2026-03-03", "2026-03-02"};
        const Day begin = *parse_day(first[static_cast<std::size_t>(day)]);
        return {PeriodKind::week, begin, begin + 6};
    }

    // ── numbers ──
    std::string points() {
        static constexpr std::array<std::int64_t, 8> choices{10'000, 0,     10'001, 9'999,
                                                             25'000, 5'000, 50'000, 100'000};
        return centipoints(dice_.pick(choices));
    }
    std::string centipoints(std::int64_t volume) const {
        return fmt::format("\"{}\"", format_decimal(volume * wanted_.scale, 2));
    }
    std::string rate() {
        static constexpr std::array<const char*, 10> choices{
            "10%", "5%", "0%", "0.25%", "33.3333%", "120%", "7%", "2.5%", "0.0001%", "50%"};
        return fmt::format("\"{}\"", dice_.pick(choices));
    }
    std::string amount() {
        static constexpr std::array<std::int64_t, 6> choices{500, 0, 1, 99, 1000, 333};
        return fmt::format("\"{}\"", format_decimal(dice_.pick(choices) * wanted_.scale, places_));
    }
    std::string share(bool is_amount) { return is_amount ? amount() : rate(); }
    bool is_amount() { return wanted_.has_amounts_per_unit && dice_.chance(20); }

    /// `{ none = …, silver = … }` with one entry at least; `entry` writes a value.
    std::string by_rank(const std::function<std::string()>& entry) {
        std::vector<std::string> entries;
        if (dice_.chance(60)) entries.push_back("none = " + entry());
        for (int place = 1; place <= rank_count_; ++place)
            if (dice_.chance(65)) entries.push_back(fmt::format("r{} = {}", place, entry()));
        if (entries.empty()) entries.push_back("none = " + entry());
        return fmt::format("{{ {} }}", fmt::join(entries, ", "));
    }

    // ── requirements ──
    std::string requirement(Askable askable) {
        if (dice_.chance(25)) return fmt::format("[ {}, {} ]", table(askable), table(askable));
        return table(askable);
    }

    /// Two tests of different names at most; the first is always there.
    std::string table(Askable askable) {
        const int test_count = wanted_.has_windows && askable.windows ? 16 : 13;
        const int first = dice_.roll(test_count);
        std::string all = test(first, askable);
        if (dice_.chance(40)) {
            const int second = dice_.roll(test_count);
            const std::string more = test(second, askable);
            if (second != first && more.substr(0, more.find(' ')) != all.substr(0, all.find(' ')))
                all += ", " + more;
        }
        return "{ " + all + " }";
    }

    std::string test(int which, Askable askable) {
        switch (which) {
            case 1: return "gv = " + points();
            case 2:
                if (wanted_.has_sequences && dice_.chance(30))
                    return fmt::format("buyers = {}", 1 + dice_.roll(2));
                return "own = " + points();
            case 3:
                if (dice_.chance(30)) return fmt::format("gv = {{ max = {} }}", points());
                return fmt::format("gv = {{ min = {}, max = {} }}", points(),
                                   centipoints(250'000));
            case 4:
                return fmt::format("gv = {{ min = {}, max_per_leg = \"{}\" }}", points(),
                                   dice_.chance(50) ? "33.3333%" : "50%");
            case 5:
                return dice_.chance(50) ? fmt::format("joined_within_days = {}", dice_.roll(40))
                                        : fmt::format("joined_at_least_days = {}", dice_.roll(40));
            case 6: return askable.members ? frontline_or_legs(askable) : "pv = " + points();
            case 7:
                if (askable.active) return dice_.chance(20) ? "active = false" : "active = true";
                break;
            case 8:
                if (askable.titles && rank_count_ > 0 && (!askable.ranks || dice_.chance(40)))
                    return fmt::format("title = \"r{}\"", 1 + dice_.roll(rank_count_));
                if (askable.ranks && rank_count_ > 0)
                    return fmt::format("rank = \"r{}\"", 1 + dice_.roll(rank_count_));
                if (wanted_.has_sequences) return fmt::format("orders_n = {}", dice_.roll(3));
                break;
            case 9: return "team = " + points();
            case 10:
                if (askable.active) return fmt::format("recruits = {}", 1 + dice_.roll(2));
                break;
            case 11:
                if (askable.ranked && rank_count_ > 0) return of_ranks(askable);
                return "direct = " + points();
            case 12:
                if (wanted_.has_placement && dice_.chance(30)) return "side = " + points();
                if (wanted_.has_placement && dice_.chance(40)) return brought();
                if (wanted_.has_placement && dice_.chance(20))
                    return dice_.chance(50) ? "stopped = " + points()
                                            : fmt::format("stopped = {{ min = {}, "
                                                          "max_per_leg = \"50%\" }}", points());
                if (wanted_.has_placement && dice_.chance(30)) return fmt::format("weighted = {}", 1 + dice_.roll(5));
                return dice_.chance(50)
                           ? fmt::format("below = {}", 1 + dice_.roll(3))
                           : fmt::format("team = {{ min = {}, max_per_leg = \"50%\" }}", points());
            case 13: return (dice_.chance(50) ? "roll = " : "ever = ") + points();
            case 14:
                if (askable.ranked && rank_count_ > 0 && dice_.chance(50))
                    return "rolled_outside = " + points();
                return "extreme = " + points();
            case 15:
                if (askable.ranked && askable.in_bonus)
                    return fmt::format("led = {}", 1 + dice_.roll(3));
                return fmt::format("{} = {}", dice_.chance(50) ? "loyal" : "counted",
                                   1 + dice_.roll(3));
            default: break;
        }
        return "pv = " + points();
    }

    /// Measures that ask for the ranks of those below.
    std::string of_ranks(const Askable& askable) {
        switch (dice_.roll(7)) {
            case 4: return "led_by = " + points();
            case 5: return "above_ranked = " + points();
            case 6:
                if (askable.in_bonus || askable.below) return "as_ranked = " + points();
                [[fallthrough]];
            case 0: return "outside = " + points();
            case 1: return fmt::format("ranked = {}", 1 + dice_.roll(2));
            case 2: return fmt::format("banded = {}", 1 + dice_.roll(5));
            default:
                return fmt::format("outside = {{ min = {}, max_per_leg = \"50%\" }}", points());
        }
    }

    std::string frontline_or_legs(Askable askable) {
        const int count = 1 + dice_.roll(2);
        if (askable.ranks && rank_count_ > 0 && dice_.chance(50))
            return fmt::format("legs = {{ count = {}, {} = \"r{}\" }}", count,
                               dice_.chance(30) ? "title" : "rank", 1 + dice_.roll(rank_count_));
        if (askable.ranks && rank_count_ > 0 && dice_.chance(20))
            return fmt::format("legs = {{ count = {}, rank = \"r{}\", pv = {} }}", count,
                               1 + dice_.roll(rank_count_), points());
        if (dice_.chance(40))
            return fmt::format("legs = {{ count = {}, gv = {} }}", count, points());
        if (dice_.chance(20))
            return fmt::format("legs = [ {{ count = {}, pv = {} }}, {{ count = 1, own = {} }} ]",
                               count, points(), points());
        if (askable.ranks && rank_count_ > 0 && dice_.chance(20))
            return fmt::format("legs = {{ count = {}, as_ranked = {} }}", count, points());
        askable.members = false;
        askable.below = true;
        std::string each = table(askable);
        return fmt::format("frontline = {{ count = {}, {}", count, each.substr(2));
    }

    // ── orders ──
    std::string order_keys(bool may_ask_seller, bool may_negate) {
        static constexpr std::array<const char*, 12> plain{
            "buyer = \"customer\"", "buyer = \"affiliate\"", "category = [\"skin\"]",
            "category = [\"food\", \"home\"]", "kind = [\"event\", \"kit\"]", "sku = [\"s1\"]",
            "within_days_of_joining = 30", "within_months_of_joining = 2",
            "sequence = \"first\"", "sequence = \"reorder\"", "months_since_first = [1, 3]",
            "months_since_first = [2, 12]"};
        std::vector<std::string> keys{plain[static_cast<std::size_t>(
            dice_.roll(wanted_.has_sequences ? 12 : 8))]};
        if (!keys.front().starts_with("buyer") && dice_.chance(25))
            keys.push_back(dice_.chance(50) ? "buyer = \"customer\"" : "buyer = \"affiliate\"");
        if (may_ask_seller && dice_.chance(25))
            keys.push_back("seller = " + table(of_bonus));
        if (may_negate && dice_.chance(25))
            keys.push_back("not = " + order_keys(may_ask_seller, false));
        return fmt::format("{{ {} }}", fmt::join(keys, ", "));
    }

    void measures() {
        text_ += "[measures]\nown = { sum = \"volume\", from = [\"self\"] }\n"
                 "orders_n = { count = \"orders\", from = [\"self\", \"customers\"] }\n";
        if (dice_.chance(30))
            text_ += fmt::format("retail = {{ sum = \"amount\", from = [\"customers\"], "
                                 "orders = {} }}\n", order_keys(false, true));
        if (wanted_.has_sequences) customers();
        if (dice_.chance(20))
            text_ += fmt::format("mine = {{ sum = \"quantity\", from = [\"self\"], "
                                 "orders = {{ seller = {{ below = 1, retail2 = {} }} }} }}\n"
                                 "retail2 = {{ sum = \"qualifying_volume\", from = [\"customers\"]"
                                 " }}\n", points());
        if (dice_.chance(20))
            text_ += fmt::format("pv = {{ sum = \"qualifying_volume\", from = [\"self\", "
                                 "\"customers\"], orders = {} }}\n", order_keys(false, true));
        member_measures();
    }

    void customers() {
        std::vector<std::string> asked;
        if (dice_.chance(30)) asked.push_back("volume = " + points());
        if (dice_.chance(30)) asked.push_back("qualifying_volume = " + points());
        if (dice_.chance(20)) asked.push_back("amount = " + amount());
        if (dice_.chance(20)) asked.push_back(fmt::format("quantity = {}", 1 + dice_.roll(4)));
        if (dice_.chance(30)) asked.push_back(fmt::format("orders = {}", 1 + dice_.roll(2)));
        text_ += fmt::format("buyers = {{ count = \"customers\"{}{} }}\n",
                             dice_.chance(40) ? ", orders = " + order_keys(false, true) : "",
                             asked.empty() ? ""
                                           : fmt::format(", where = {{ {} }}",
                                                         fmt::join(asked, ", ")));
    }

    /// Sums and counts over members, in all their forms.
    void member_measures() {
        text_ += fmt::format("team = {{ sum = \"{}\", over = \"downline\", levels = {}{}{} }}\n",
                             dice_.chance(50) ? "own" : "pv", 1 + dice_.roll(3),
                             dice_.chance(40) ? ", self = false" : "",
                             of_tree());
        text_ += "direct = { sum = \"pv\", over = \"frontline\"" + of_tree() + " }\n"
                 "bought = { sum = \"amount\", from = [\"self\"] }\n";
        legs_of_trees();
        text_ += fmt::format("below = {{ count = \"affiliates\", over = \"downline\"{}{}, "
                             "where = {} }}\n",
                             dice_.chance(50) ? ", levels = 2" : "",
                             dice_.chance(30) ? ", self = true" : "",
                             fmt::format(fmt::runtime(
                                 dice_.chance(30) ? "{{ frontline = {{ count = 1, team = {} }} }}"
                                                  : "{{ pv = {} }}"), points()));
        text_ += "recruits = { count = \"affiliates\", over = \"frontline\", "
                 "where = { active = true } }\n";
        if (wanted_.has_windows) windows();
        if (rank_count_ == 0) return;
        measures_of_ranks();
    }

    std::string any_rank() { return fmt::format("\"r{}\"", 1 + dice_.roll(rank_count_)); }
    std::string of_rank_tree() { return wanted_.has_rank_trees ? of_tree() : ""; }

    /// Measures that ask for ranks: of those below, or (`as_ranked`) of the member itself.
    void measures_of_ranks() {
        text_ += fmt::format("outside = {{ sum = \"pv\", over = \"downline\"{}{}{}, "
                             "until = {{ rank = {} }} }}\n",
                             dice_.chance(30) ? ", self = false" : "",
                             dice_.chance(30) ? ", levels = 2" : "", of_rank_tree(), any_rank());
        text_ += fmt::format("banded = {{ count = \"affiliates\", over = \"downline\"{}, "
                             "weights = [3, 1, 4], until = {{ {} = {} }} }}\n", of_rank_tree(),
                             dice_.chance(30) ? "title" : "rank", any_rank());
        text_ += fmt::format("ranked = {{ count = \"affiliates\", over = \"{}\"{}{}, "
                             "where = {{ {} = {} }} }}\n",
                             dice_.chance(50) ? "frontline" : "downline",
                             dice_.chance(30) ? ", enrolled = true" : "", of_rank_tree(),
                             dice_.chance(30) ? "title" : "rank", any_rank());
        text_ += fmt::format(fmt::runtime(dice_.chance(30)
                                 ? "as_ranked = {{ sum = \"volume\", orders = {{ not = {{ seller = "
                                   "{{ rank = {} }} }} }} }}\n"
                                 : "as_ranked = {{ sum = \"volume\", from = [\"self\"], orders = "
                                   "{{ seller = {{ rank = {} }} }} }}\n"), any_rank());
        static constexpr std::array<const char*, 4> overs{
            "downline\", self = false", "frontline\"", "outside-greatest-leg\"", "greater-leg\""};
        text_ += fmt::format("led_by = {{ sum = \"as_ranked\", over = \"{}{} }}\n",
                             dice_.pick(overs), of_rank_tree());
        // Of a member itself, for the ranks above the one asked for.
        so_far("so_far", "r1");
        if (rank_count_ > 1) so_far("so_far2", "r2");
        text_ += fmt::format("above_ranked = {{ sum = \"volume\", orders = {{ seller = {{ "
                             "frontline = {{ count = 1, rank = {} }} }} }} }}\n", any_rank());
    }

    /// Measures over periods; some differ between the first periods and those after.
    void windows() {
        static constexpr std::array<const char*, 5> summed{"pv", "gv", "own", "team", "direct"};
        static constexpr std::array<const char*, 3> lengths{"2", "3", "\"lifetime\""};
        static constexpr std::array<const char*, 3> folds{"sum", "max", "min"};
        const auto form = [&](const char* fold, const char* of) {
            return fmt::format("{{ {} = \"{}\", periods = {} }}", fold, of, dice_.pick(lengths));
        };
        const std::string early = form("sum", dice_.pick(summed));
        text_ += "roll = " + early + " # early\n";
        text_ += "roll = " + (dice_.chance(40) ? form("sum", dice_.pick(summed)) : early) +
                 " # late\n";
        text_ += "ever = { sum = \"gv\", periods = \"lifetime\" }\n";
        text_ += "extreme = " + form(dice_.pick(folds), dice_.pick(summed)) + "\n";
        text_ += "counted = " + form("sum", dice_.chance(50) ? "orders_n" : "below") + "\n";
        text_ += "own2 = { sum = \"amount\", from = [\"self\"] } # late\n"
                 "new = { sum = \"own2\", periods = 3 } # late\n"
                 "team_roll = { sum = \"roll\", over = \"downline\" }\n";
        Askable plain{.windows = false};
        const auto count = [&](const Askable& askable) {
            return fmt::format("{{ count = \"periods\", periods = {}, where = {} }}",
                               dice_.pick(lengths), requirement(askable));
        };
        const std::string loyal = count(plain);
        text_ += "loyal = " + loyal + " # early\n";
        text_ += "loyal = " + (dice_.chance(40) ? count(plain) : loyal) + " # late\n";
        Askable any = of_bonus;
        any.windows = false;
        text_ += "led = " + count(any) + "\n";
        if (rank_count_ > 0)
            text_ += "rolled_outside = " + form("sum", dice_.chance(50) ? "led_by" : "outside") +
                     "\n";
    }

    /// A measure in points that steps or places may go by.
    std::string by_measure(const char* usual) {
        if (!wanted_.has_windows || !dice_.chance(40)) return usual;
        return dice_.chance(50) ? "roll" : "team_roll";
    }

    std::string of_tree() {
        const int which = dice_.roll(10);
        return which < 6                                  ? ""
               : which < 8 || !wanted_.has_placement      ? ", tree = \"enroller\""
                                                          : ", tree = \"placement\"";
    }

    std::string brought() {
        switch (dice_.roll(3)) {
            case 1: return fmt::format("enrolled = {}", 1 + dice_.roll(2));
            case 2:
                return fmt::format("brought = {{ min = {}, max_per_leg = \"50%\" }}", points());
            default: return "brought = " + points();
        }
    }

    /// Of those whom the member enrolled itself, wherever they stand.
    void enrolled_in_trees() {
        static constexpr std::array<const char*, 6> overs{
            "lesser-leg\"", "lesser-leg\"", "outside-greatest-leg\"", "frontline\"",
            "downline\", levels = 2", "downline\", weights = [2, 1, 3]"};
        text_ += fmt::format("enrolled = {{ count = \"affiliates\", enrolled = true, over = \"{}{}, "
                             "where = {{ {} }} }}\n",
                             dice_.pick(overs), of_tree(),
                             dice_.chance(50) ? "joined_at_least_days = 3" : "pv = " + points());
        text_ += fmt::format("brought = {{ sum = \"{}\", enrolled = true, over = \"downline\"{}{} }}\n",
                             dice_.chance(50) ? "own" : "gv",
                             dice_.chance(30)   ? ", levels = 2"
                             : dice_.chance(30) ? ", weights = [2, 0, 1]"
                                                : "",
                             of_tree());
    }

    /// Legs of every tree, and counts by level.
    void legs_of_trees() {
        if (!wanted_.has_placement) return;
        enrolled_in_trees();
        static constexpr std::array<const char*, 3> overs{"lesser-leg", "greater-leg",
                                                          "outside-greatest-leg"};
        text_ += fmt::format("side = {{ sum = \"{}\", over = \"{}\"{} }}\n",
                             dice_.chance(50) ? "own" : "pv", dice_.pick(overs), of_tree());
        text_ += fmt::format("named = {{ {}, over = \"leg\", leg = {}, tree = \"placement\" }}\n",
                                 dice_.chance(50) ? "sum = \"pv\"" : "count = \"affiliates\"",
                                 dice_.chance(50) ? "\"L\"" : "2");
        text_ += fmt::format("stopped = {{ sum = \"pv\", over = \"downline\"{}{}{}, until = {{ {} }} }}\n",
                             dice_.chance(50) ? ", levels = 2" : "",
                             dice_.chance(30) ? ", self = false" : "", of_tree(),
                             rank_count_ > 0 && dice_.chance(50)
                                 ? fmt::format("title = \"r{}\"", 1 + dice_.roll(rank_count_))
                                 : "pv = " + points());
        text_ += fmt::format("weighted = {{ count = \"affiliates\", over = \"downline\", "
                             "weights = [3, 0, 2]{}{}, where = {{ pv = {} }} }}\n",
                             dice_.chance(30) ? ", levels = 2" : "", of_tree(), points());
    }

    void so_far(const char* name, const char* rank) {
        const int form = dice_.roll(wanted_.has_windows ? 5 : 3);
        text_ += fmt::format(
            fmt::runtime(form == 2 ? "{} = {{ count = \"customers\", orders = {{ seller = {{ rank = "
                                     "\"{}\" }} }}, where = {{ quantity = 2 }} }}\n"
                         : form == 0 ? "{} = {{ sum = \"volume\", orders = {{ seller = {{ rank = "
                                     "\"{}\" }} }} }}\n"
                         : form == 1 ? "{} = {{ count = \"affiliates\", over = \"downline\", self = "
                                       "true, where = {{ rank = \"{}\" }} }}\n"
                                     : "{} = {{ count = \"periods\", periods = 3, where = {{ rank = "
                                       "\"{}\" }} }}\n"),
            name, rank);
    }

    void weight(int bonus_count) {
        text_ += fmt::format("[[weight]]\norders = {}\n", order_keys(false, true));
        const bool is_qualifying = dice_.chance(70);
        if (is_qualifying) text_ += "qualifying_volume = \"33.3333%\"\n";
        if (!is_qualifying || dice_.chance(70))
            text_ += dice_.chance(20) ? "volume = \"150%\"\n" : "volume = \"50%\"\n";
        if (dice_.chance(40))
            text_ += fmt::format("except = [\"b{}\"]\n", 1 + dice_.roll(bonus_count));
    }

    void rank(int place) {
        const bool asks_lower = place > 1 && dice_.chance(20);
        text_ += fmt::format("[[rank]]\nname = \"r{}\"\nrequires = {}\n", place,
                             asks_lower ? made_of_lower(place) : requirement(of_ladder));
        if (dice_.chance(30))
            text_ += "maintain = " + requirement(of_ladder) + "\n";
    }

    std::string made_of_lower(int place) {
        const char* name = place > 2 && dice_.chance(50) ? "so_far2" : "so_far";
        return dice_.chance(30) ? fmt::format("{{ {} = {{ max = {} }} }}", name, dice_.roll(2))
                                : fmt::format("{{ {} = {} }}", name, 1 + dice_.roll(2));
    }

    /// How members are placed; another way from some period on.
    void placement() {
        const auto way = [&] {
            static constexpr std::array<const char*, 6> fills{
                "breadth-first", "lesser-leg", "left", "right", "alternate", "lesser-leg"};
            if (dice_.chance(30))
                return fmt::format("kind = \"matrix\", width = {}, fill = \"breadth-first\"",
                                   1 + dice_.roll(3));
            return fmt::format("kind = \"binary\", fill = \"{}\"", dice_.pick(fills));
        };
        const auto write = [&](const std::string& keys, const char* when) {
            text_ = fmt::format("placement = {{ {} }}{}\n", keys, when) + text_;
        };
        const std::string early = way();
        if (!dice_.chance(25)) return write(early, "");
        if (dice_.chance(80)) write(early, " # early");
        if (dice_.chance(80)) write(way(), " # late");
    }

    // ── bonuses ──
    void bonus(int number) {
        static constexpr std::array<const char*, 19> kinds{
            "personal",   "unilevel",   "unilevel",     "unilevel",     "unilevel", "unilevel",
            "personal",   "personal",   "generation",   "generation",   "royalty",  "fixed",
            "pool",       "match",      "differential", "differential", "binary",   "binary",
            "binary"};
        static constexpr std::array<const char*, 5> bases{"volume", "qualifying_volume", "amount",
                                                          "margin", "volume"};
        std::string kind = dice_.pick(kinds);
        if (kind == "match" && number == 1) kind = "unilevel";
        if (kind == "generation" && rank_count_ == 0) kind = "unilevel";
        if (wanted_.is_per_order_line && (kind == "pool" || kind == "fixed" || kind == "match"))
            kind = "differential";
        if (kind == "binary" && (wanted_.is_per_order_line || !wanted_.has_binaries))
            kind = "unilevel";
        text_ += fmt::format("[[bonus]]\ncode = \"b{}\"\nkind = \"{}\"\n", number, kind);
        const std::string base = dice_.pick(bases);
        const bool is_of_orders = kind != "fixed" && kind != "match" && kind != "binary";
        if (is_of_orders) text_ += fmt::format("base = \"{}\"\n", base);
        is_money_base_ = base == "amount" || base == "margin";
        has_point_ = is_of_orders;
        if (kind == "unilevel") unilevel();
        if (kind == "personal") personal();
        if (kind == "royalty") rate_form();
        if (kind == "generation") generation(is_amount());
        if (kind == "differential") differential();
        if (kind == "match") match(number);
        if (kind == "pool") pool();
        if (kind == "fixed") fixed();
        if (kind == "binary") binary(number);
        shared(is_of_orders, kind == "pool");
        if (wanted_.has_caps && !wanted_.is_per_order_line && dice_.chance(30))
            cap(kind != "pool" && kind != "fixed" && kind != "binary");
    }

    void cap(bool may_be_per_source) {
        const auto most = [&] {
            return dice_.chance(30) ? by_rank([&] { return amount(); }) : amount();
        };
        std::vector<std::string> keys;
        if (dice_.chance(60)) keys.push_back("per_member = " + most());
        if (may_be_per_source && dice_.chance(30)) keys.push_back("per_source = " + most());
        if (keys.empty() || dice_.chance(30)) keys.push_back("of_volume = " + rate());
        text_ += fmt::format("cap = {{ {} }}\n", fmt::join(keys, ", "));
    }

    void binary(int number) {
        binaries_.push_back(fmt::format("b{}", number));
        const auto volume = [&] {
            return dice_.chance(20) ? by_rank([&] { return points(); }) : points();
        };
        const int form = dice_.roll(3);
        has_point_ = form == 0;
        if (form != 0 && wanted_.has_sequences && dice_.chance(20))
            text_ += "volume = \"orders_n\"\n";
        else if (dice_.chance(40))
            text_ += dice_.chance(50) ? "volume = \"gv\"\n" : "volume = \"own\"\n";
        if (form == 0) {
            text_ += "rate = " + (dice_.chance(30) ? by_rank([&] { return rate(); }) : rate()) + "\n";
        } else if (form == 1) {
            static constexpr std::array<std::pair<std::int64_t, std::int64_t>, 5> cycles{
                {{10'000, 10'000}, {20'000, 10'000}, {5'000, 10'000}, {3'333, 1'111}, {0, 5'000}}};
            const auto& [greater, lesser] = dice_.pick(cycles);
            text_ += fmt::format("cycle = {{ greater = {}, lesser = {}, amount = {} }}\n",
                                 dice_.chance(15) ? by_rank([&] { return points(); })
                                                  : centipoints(greater),
                                 centipoints(lesser),
                                 dice_.chance(30) ? by_rank([&] { return amount(); }) : amount());
        } else {
            const auto paid = [&] {
                return dice_.chance(30) ? by_rank([&] { return amount(); }) : amount();
            };
            text_ += fmt::format("steps = [[{}, {}], [{}, {}]]\n", centipoints(5'000), paid(),
                                 centipoints(20'000), paid());
        }
        if (dice_.chance(25)) text_ += "carry = \"none\"\n";
        if (dice_.chance(25)) text_ += "max_leg = " + volume() + "\n";
        if (dice_.chance(25)) text_ += "min = " + volume() + "\n";
        if (dice_.chance(25)) text_ += "flush_over_cap = true\n";
    }

    /// The tree that a bonus pays in.
    void tree() {
        const int which = dice_.roll(wanted_.has_placement ? 7 : 6);
        if (which == 4 || which == 5) text_ += "tree = \"enroller\"\n";
        if (which == 6) text_ += "tree = \"placement\"\n";
    }

    void shared(bool is_of_orders, bool is_pool) {
        if (is_of_orders && dice_.chance(50))
            text_ += "orders = " + order_keys(true, true) + "\n";
        if (has_point_ && !is_money_base_ && dice_.chance(20)) text_ += "point = \"0.9\"\n";
        if (dice_.chance(35))
            text_ += "requires = " + requirement(of_bonus) + "\n";
        if (dice_.chance(20)) text_ += "active = false\n";
        if (dice_.chance(20)) text_ += "rank_by = \"title\"\n";
        if (dice_.chance(8)) text_ += "stream = \"residual\"\n";
        if (!wanted_.has_factor) return;
        if (dice_.chance(15)) text_ += "factor = \"95%\"\n";
 else if (!is_pool && dice_.chance(10))
            text_ += "factor = " + by_rank([&] { return rate(); }) + "\n";
    }

    void personal() {
        static constexpr std::array<const char*, 3> sources{
            "\"customers\"", "\"self\"", "\"self\", \"customers\""};
        text_ += fmt::format("from = [{}]\n", dice_.pick(sources));
        rate_form();
    }

    void rate_form() {
        const bool is_amount_each = is_amount();
        has_point_ = !is_amount_each;
        switch (dice_.roll(5)) {
            case 1:
                text_ += "by_rank = " + by_rank([&] { return share(is_amount_each); }) + "\n";
                break;
            case 2: tiers(is_amount_each, true); break;
            case 3:
                if (wanted_.has_sequences) return by_sequence(is_amount_each);
                [[fallthrough]];
            default:
                text_ += fmt::format("{} = {}\n", is_amount_each ? "amount" : "rate",
                                     dice_.chance(20) ? by_rank([&] { return share(is_amount_each); })
                                                      : share(is_amount_each));
        }
    }

    void by_sequence(bool is_amount_each) {
        const int from = 1 + dice_.roll(2);
        text_ += fmt::format("by_sequence = [[{}, {}], [{}, {}]]\n", from, of_step(is_amount_each),
                             from + 1 + dice_.roll(3), share(is_amount_each));
    }

    std::string of_step(bool is_amount_each) {
        return dice_.chance(10) ? by_rank([&] { return share(is_amount_each); })
                                : share(is_amount_each);
    }

    void tiers(bool is_amount_each, bool may_be_marginal) {
        static constexpr std::array<std::int64_t, 3> floors{0, 10'000, 5'000};
        const std::int64_t floor = dice_.pick(floors);
        const bool is_marginal = may_be_marginal && !is_amount_each && dice_.chance(40);
        const auto floor_text = [&](std::int64_t value) {
            if (!is_marginal || !is_money_base_) return centipoints(value);
            return fmt::format("\"{}\"", format_decimal(value * wanted_.scale, places_));
        };
        if (!is_marginal && dice_.chance(30)) {
            text_ += "tiers = { " + by_other_unit(is_amount_each) + " }\n";
            return;
        }
        const std::string steps = fmt::format(
            "[{}, {}], [{}, {}], [{}, {}]", floor_text(floor), of_step(is_amount_each),
            floor_text(floor + 5'000), of_step(is_amount_each), floor_text(30'050),
            share(is_amount_each));
        text_ += is_marginal
                     ? fmt::format("tiers = {{ steps = [{}], mode = \"marginal\" }}\n", steps)
                     : fmt::format("tiers = {{ by = \"{}\", steps = [{}] }}\n",
                                   by_measure(dice_.chance(50) ? "gv" : "pv"), steps);
    }

    /// `by` and `steps` of a count, or of money.
    std::string by_other_unit(bool is_amount_each) {
        static constexpr std::array<const char*, 3> measures{"recruits", "below", "bought"};
        const char* by = dice_.pick(measures);
        const auto floor = [&](std::int64_t count, std::int64_t minor) {
            return by != measures[2] ? std::to_string(count)
                                     : fmt::format("\"{}\"", format_decimal(minor * wanted_.scale,
                                                                            places_));
        };
        return fmt::format("by = \"{}\", steps = [[{}, {}], [{}, {}], [{}, {}]]", by, floor(0, 0),
                           share(is_amount_each), floor(1, 10'000), share(is_amount_each),
                           floor(3, 30'050), share(is_amount_each));
    }

    void unilevel() {
        const bool is_amount_each = is_amount();
        has_point_ = !is_amount_each;
        levels(is_amount_each);
        if (dice_.chance(25)) text_ += "counts_from = \"buyer\"\n";
        if (dice_.chance(25)) text_ += "rank_of = \"lower\"\n";
        tree();
    }

    void generation(bool is_amount_each) {
        has_point_ = !is_amount_each;
        text_ += fmt::format("boundary = \"r{}\"\n", 1 + dice_.roll(rank_count_));
        if (dice_.chance(30))
            text_ += "by_rank = " +
                     by_rank([&] { return level_list(is_amount_each, false); }) + "\n";
        else if (dice_.chance(20)) {
            text_ += fmt::format("generations = {}\n", 1 + dice_.roll(3));
            tiers(is_amount_each, false);
        } else {
            text_ += "generations = " + level_list(is_amount_each, true) + "\n";
        }
        if (dice_.chance(40)) text_ += "closer = \"included\"\n";
        else if (dice_.chance(60)) text_ += "own_group = " + share(is_amount_each) + "\n";
        if (dice_.chance(50)) text_ += fmt::format("earners = \"{}\"\n",
                                                   dice_.chance(50) ? "all" : "boundary");
        tree();
    }

    void differential() {
        static constexpr std::array<const char*, 4> selves{"", "self = true\n", "self = false\n",
                                                           "self = \"counts\"\n"};
        const bool is_amount_each = is_amount();
        has_point_ = !is_amount_each;
        if (rank_count_ > 0 && dice_.chance(40))
            text_ += "by_rank = " + by_rank([&] { return share(is_amount_each); }) + "\n";
        else if (dice_.chance(20))
            text_ += std::regex_replace(by_other_unit(is_amount_each), std::regex(", steps"),
                                        "\nsteps") + "\n";
        else
            text_ += fmt::format("by = \"{}\"\nsteps = [[{}, {}], [{}, {}], [{}, {}]]\n",
                                 by_measure(dice_.chance(60) ? "gv" : "pv"),
                                 dice_.chance(20) ? centipoints(5'000) : "0", share(is_amount_each),
                                 centipoints(10'000), of_step(is_amount_each), centipoints(30'050),
                                 share(is_amount_each));
        text_ += dice_.pick(selves);
        if (dice_.chance(30)) text_ += fmt::format("uplines = {}\n", 1 + dice_.roll(3));
        if (dice_.chance(40)) text_ += "unqualified = \"forfeit\"\n";
        tree();
    }

    void match(int number) {
        const int of = 1 + dice_.roll(number - 1);
        text_ += of < number - 1 && dice_.chance(30)
                     ? fmt::format("of = [\"b{}\", \"b{}\"]\n", of, of + 1)
                     : fmt::format("of = [\"b{}\"]\n", of);
        if (rank_count_ > 0 && dice_.chance(40)) {
            generation(false);
        } else {
            levels(false);
            tree();
        }
        has_point_ = false;
    }

    void pool() {
        text_ += "fund = " + rate() + "\n";
        const int form = dice_.roll(4);
        const auto count = [&] { return std::to_string(dice_.roll(4)); };
        if (form == 1) text_ += "shares = " + by_rank(count);
        else if (form == 2) text_ += "shares = { by = \"" + by_measure("gv") + "\" }";
        else if (form == 3) text_ += "places = [\"30%\", \"20%\", \"20%\", \"5%\"]\nby = \"gv\"";
        else text_ += "shares = 1";
        text_ += '\n';
    }

    void fixed() {
        if (rank_count_ == 0 || dice_.chance(40)) return fixed_by_measure();
        text_ += "by_rank = " + by_rank([&] { return amount(); }) + "\n";
        if (dice_.chance(50)) text_ += "pays = \"first-time\"\n";
    }

    void fixed_by_measure() {
        if (dice_.chance(30))
            text_ += std::regex_replace(by_other_unit(true), std::regex(", steps"), "\nsteps") + "\n";
        else
            text_ += fmt::format("by = \"{}\"\nsteps = [[{}, {}], [{}, {}]]\n", by_measure("gv"),
                                 points(), of_step(true), centipoints(300'000), of_step(true));
        if (dice_.chance(20)) text_ += "pays = \"every-period\"\n";
    }

    void levels(bool is_amount_each) {
        static constexpr std::array<const char*, 4> compressions{"unqualified", "none", "inactive",
                                                                 "full"};
        const int form = dice_.roll(5);
        if (form == 1) {
            text_ += "by_rank = " +
                     by_rank([&] { return level_list(is_amount_each, false); }) + "\n";
        } else if (form == 2) {
            text_ += fmt::format("levels = {}\n", 1 + dice_.roll(4));
            tiers(is_amount_each, false);
        } else {
            text_ += "levels = " + level_list(is_amount_each, form == 3) + "\n";
        }
        text_ += fmt::format("compression = \"{}\"\n", dice_.pick(compressions));
    }

    std::string level_list(bool is_amount_each, bool may_be_by_rank) {
        std::vector<std::string> entries;
        for (int level = 1 + dice_.roll(4); level > 0; --level)
            entries.push_back(may_be_by_rank && dice_.chance(50)
                                  ? by_rank([&] { return share(is_amount_each); })
                                  : share(is_amount_each));
        return fmt::format("[{}]", fmt::join(entries, ", "));
    }

    Dice dice_;
    const Wanted& wanted_;
    std::string text_;
    std::vector<std::string> binaries_;
    int rank_count_ = 0;
    int places_ = 2;
    bool has_point_ = true;
    bool is_money_base_ = false;
};

}  // namespace

PlanText plan_text_of(const Faces& faces, const Wanted& wanted) {
    return PlanWriter(faces, wanted).write();
}

Plan read(const std::string& plan_text) {
    PlanReading reading = read_plan(plan_text);
    std::string errors;
    for (const PlanError& error : reading.errors)
        errors += fmt::format("{}:{}: {}: {}\n", error.line, error.column, error.code, error.text);
    if (!errors.empty()) throw std::runtime_error(errors + plan_text);
    return std::move(reading.plan);
}

Case case_of(const Throws& throws, const Wanted& wanted) {
    Case made;
    const PlanText plan = plan_text_of(throws.plan, wanted);
    made.plan_text = plan.text;
    made.plan = read(plan.text);
    Wanted facts_wanted = wanted;  // the reference counts cycles one by one
    if (!plan.binaries.empty()) facts_wanted.has_large_orders = false;
    made.facts = facts_of(throws, plan.rank_count, plan.currency_places,
                          plan.period, facts_wanted);
    add_carry(throws, plan.binaries, made.facts);
    return made;
}

void showValue(const Throws& throws, std::ostream& out) {
    const PlanText plan = plan_text_of(throws.plan);
    out << '\n' << plan.text
        << describe(facts_of(throws, plan.rank_count, plan.currency_places,
                             plan.period));
}

}  // namespace downline::property
