// Malformed plans: requirements, ranks and examples. Every error with its place, code and text.
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

const BadPlan bad_plans[] = {
    {"an unknown requirement",
     header + R"([active]
requires = { pvv = 100 }
)",
     {R"(7:14 unknown_requirement: "pvv" is no measure of this plan and no )"
      R"(requirement; did you mean "pv"?)"}},
    {"active without requirements",
     header + R"([active]
)",
     {R"(6:1 missing_key: [active] lacks requires; write requires = { pv = 100 }, or )"
      R"(remove [active])"}},
    {"a key of [plan] below another table",
     header + R"([active]
requires = { pv = 100 }
rounding = "down"
)",
     {R"(8:1 unknown_key: [active] has no key "rounding"; it belongs in [plan])"}},
    {"a requirement that is a number",
     header + R"([active]
requires = 100
)",
     {R"(7:12 wrong_type: requires is 100, not a table of minimums, as { pv = 100 }, )"
      R"(or a list of such tables)"}},
    {"a range that nothing meets",
     header + R"([active]
requires = { pv = { min = 200, max = 100 } }
)",
     {R"(7:38 bad_range: pv asks for at least 200 and at most 100, which nothing meets)"}},
    {"a range without ends",
     header + R"([active]
requires = { pv = {} }
)",
     {R"(7:19 missing_key: pv lacks min; write { min = 100 }, { max = 500 } or both)"}},
    {"a limit per leg of one's own volume",
     header + R"([active]
requires = { pv = { min = 100, max_per_leg = "50%" } }
)",
     {R"(7:46 max_per_leg: max_per_leg limits what each leg adds, but pv is not )"
      R"(over a downline; remove it, or ask it of such a measure as gv)"}},
    {"a limit per leg of no minimum",
     header + R"([active]
requires = { gv = { max = 100, max_per_leg = "50%" } }
)",
     {R"(7:46 max_per_leg: max_per_leg is a share of the minimum, and there is none; )"
      R"(write min beside it)"}},
    {"a count that is a text",
     header + R"([measures]
n = { count = "orders" }
[active]
requires = { n = "1.5" }
)",
     {R"(9:18 bad_number: n is "1.5", which is no number from 0 to 1000000000000000 )"
      R"(without places; write it as "50")"}},
    {"an amount with too many places",
     header + R"([measures]
n = { sum = "amount" }
[active]
requires = { n = "1.505" }
)",
     {R"(9:18 bad_number: n is "1.505", which is no number from 0 to 10000000000000.00 )"
      R"(with at most 2 places; write it as "50.00")"}},
    {"legs without a count",
     header + ranks + R"([active]
requires = { legs = { title = "gold" } }
)",
     {R"(13:21 missing_key: legs lacks count; write how many are asked for, as count = )"
      R"(3)"}},
    {"legs that are a number",
     header + ranks + R"([active]
requires = { legs = 3 }
)",
     {R"(13:21 wrong_type: legs is 3, not a table, as { count = 3, active = true })"}},
    {"a rank that does not exist",
     header + ranks + R"([[rank]]
name = "top"
requires = { rank = "golf" }
)",
     {R"(14:21 unknown_rank: "golf" is no rank of this plan; did you mean "gold"?)"}},
    {"a title that is a number",
     header + ranks + R"([[rank]]
name = "top"
requires = { title = 1 }
)",
     {R"(14:22 wrong_type: title is 1, not a text in quotes)"}},
    {"activity by rank",
     header + ranks + R"([active]
requires = { rank = "gold" }
)",
     {R"(12:1 active_needs_rank: [active] asks for a rank, but ranks are found among )"
      R"(the active; ask for a title, or in the bonus)"}},
    {"activity by a measure that asks for ranks",
     header + ranks + R"([measures]
n = { count = "affiliates", over = "frontline", where = { rank = "gold" } }
[active]
requires = { n = 1 }
)",
     {R"(14:1 active_needs_rank: [active] asks for the measure "n", which depends on )"
      R"(ranks, but ranks are found among the active; ask for a title, or in the bonus)"}},
    {"activity of the active",
     header + R"([active]
requires = { frontline = { count = 1, active = true } }
)",
     {R"(6:1 cycle: [active] → [active]: each needs the next, in a circle; break it at )"
      R"(one of them)"}},
    {"activity by a measure of the active",
     header + R"([measures]
n = { count = "affiliates", over = "frontline", where = { active = true } }
[active]
requires = { n = 1 }
)",
     {R"(7:5 cycle: measure "n" → [active] → measure "n": each needs the next, in a )"
      R"(circle; break it at one of them)"}},
    {"a rank by a measure that asks for that member's rank",
     header + R"([measures]
n = { count = "orders", orders = { seller = { rank = "top" } } }
)" + ranks +
         R"([[rank]]
name = "top"
requires = { n = 1 }
)",
     {R"(7:5 cycle: measure "n" → rank "top" → measure "n": each needs the next, in a )"
      R"(circle; break it at one of them)"}},
    {"a rank by a count of its holders that counts oneself",
     header + R"([measures]
n = { count = "affiliates", over = "downline", self = true, where = { rank = "top" } }
)" + ranks +
         R"([[rank]]
name = "top"
requires = { n = 1 }
)",
     {R"(7:5 cycle: measure "n" → rank "top" → measure "n": each needs the next, in a )"
      R"(circle; break it at one of them)"}},
    {"a rank by the orders of sellers with that rank, oneself among them",
     header + R"([measures]
n = { sum = "volume", orders = { seller = { rank = "top" } } }
m = { sum = "n", over = "downline" }
)" + ranks +
         R"([[rank]]
name = "top"
requires = { m = 1 }
)",
     {R"(7:5 cycle: measure "n" → rank "top" → measure "m" → measure "n": each needs the )"
      R"(next, in a circle; break it at one of them)"}},
    {"measures of those below that go round without a rank",
     header + R"([measures]
n = { sum = "volume", orders = { seller = { m = 1, frontline = { count = 1, rank = "gold" } } } }
m = { sum = "n", over = "downline", self = false }
)" + ranks +
         R"([[rank]]
name = "top"
requires = { m = 1 }
)",
     {R"(8:5 cycle: measure "m" → measure "n" → measure "m": each needs the next, in a )"
      R"(circle; break it at one of them)"}},
    {"two ranks of one name",
     header + ranks + R"([[rank]]
name = "silver"
requires = { pv = 100 }
)",
     {R"(13:8 duplicate_rank: there is a rank "silver" already; give each its own name)"}},
    {"a rank called none",
     header + R"([[rank]]
name = "none"
requires = { pv = 1 }
)",
     {R"(7:8 bad_name: "none" is no name of a rank; write 1 to 64 bytes that are not )"
      R"("none")"}},
    {"a rank without requirements",
     header + R"([[rank]]
name = "silver"
)",
     {R"(6:1 missing_key: rank "silver" lacks requires; write requires = { pv = 100 })"}},
    {"a rank without a name",
     header + R"([[rank]]
requires = { pv = 1 }
)",
     {R"(6:1 missing_key: [[rank]] lacks name; write name = "silver")"}},
    {"a limit that is no percentage",
     header + R"([limits]
payout = 45
)",
     {R"(7:10 wrong_type: payout is 45, not a rate; write it in quotes, as "5%")"}},
    {"a placement without a fill",
     header + R"([placement]
kind = "binary"
)",
     {R"(6:1 missing_key: [placement] lacks fill; write fill = "breadth-first"; of a binary also )"
      R"("lesser-leg", "left", "right" or "alternate")"}},
    {"a matrix without a width, filled as only a binary is",
     header + R"([placement]
kind = "matrix"
fill = "left"
)",
     {R"(6:1 missing_key: [placement] lacks width; say how many stand side by side: width = 3)",
      R"(8:8 unknown_word: fill is "left"; write "breadth-first")"}},
    {"an example without anything",
     header + R"([[example]]
name = "e"
)",
     {R"(6:1 missing_key: [[example]] lacks members; give them as the rows of a )"
      R"(members file)",
      R"(6:1 missing_key: [[example]] lacks period; write the period that is run, as )"
      R"(period = "2026-01")",
      R"(6:1 missing_key: [[example]] lacks earnings; state what comes out: earnings, )"
      R"(ranks, lines or measures)"}},
    {"an example of another period",
     header + R"([[example]]
name = "e"
period = "2026-W01"
members = ""
earnings = ""
)",
     {R"(8:10 bad_period: period is "2026-W01", which is no month of this plan; write )"
      R"(it as "2026-01")"}},
    {"an example before itself",
     header + R"([[example]]
name = "e"
period = "2026-02"
members = ""
earnings = ""
[[example.before]]
period = "2026-02"
[[example.before]]
period = "2026-01"
)",
     {R"(12:10 not_ascending: "2026-02" does not come before "2026-02", the period of )"
      R"(the example)",
      R"(14:10 not_ascending: "2026-01" does not come after "2026-02"; write earlier )"
      R"(periods first)"}},
    {"an example before the plan is effective",
     header + R"([[example]]
name = "e"
period = "2025-12"
members = ""
earnings = ""
)",
     {R"(8:10 before_effective: period "2025-12" begins before the plan is effective, )"
      R"(2026-01-01; write a later one, or an earlier effective)"}},
    {"an example with an unknown key",
     header + R"([[example]]
name = "e"
period = "2026-02"
members = ""
earnigns = ""
)",
     {R"(6:1 missing_key: [[example]] lacks earnings; state what comes out: earnings, )"
      R"(ranks, lines or measures)",
      R"(10:1 unknown_key: [[example]] has no key "earnigns"; did you mean "earnings"?)"}},
};

}  // namespace

TEST_CASE("rules that can not hold: every error has its place, code and remedy") {
    for (const BadPlan& bad : bad_plans) {
        CAPTURE(bad.what);
        CHECK(in_lines(errors_of(bad.text)) == in_lines(bad.errors));
    }
}
