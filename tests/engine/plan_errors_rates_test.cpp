// Malformed plans: rates, amounts, bonuses and their shared keys. Every error with its place, code
// and text.
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

const BadPlan bad_plans[] = {
    {"a rate that is a float",
     header + bonus("rate = 0.05"),
     {R"(9:8 float: 0.05 is a float, and a float is not exact; write "0.05" as a text, )"
      R"(a rate as "5%")"}},
    {"a volume that is a float",
     header + R"([active]
requires = { pv = 99.5 }
)",
     {R"(7:19 float: 99.5 is a float, and a float is not exact; write "99.5" as a )"
      R"(text, a rate as "5%")"}},
    {"a rate without a percent sign",
     header + bonus(R"(rate = "5")"),
     {R"(9:8 bad_rate: rate is "5", which is no rate; write a number from 0 to 100000 )"
      R"(with at most four places and a percent sign, as "5%" or "0.25%")"}},
    {"a rate that is a number",
     header + bonus("rate = 5"),
     {R"(9:8 wrong_type: rate is 5, not a rate; write it in quotes, as "5%")"}},
    {"a rate with a decimal comma",
     header + bonus(R"(rate = "2,5%")"),
     {R"(9:8 bad_rate: rate is "2,5%", which is no rate; write a number from 0 to )"
      R"(100000 with at most four places and a percent sign, as "5%" or "0.25%")"}},
    {"a rate with five places",
     header + bonus(R"(rate = "0.00001%")"),
     {R"(9:8 bad_rate: rate is "0.00001%", which is no rate; write a number from 0 to )"
      R"(100000 with at most four places and a percent sign, as "5%" or "0.25%")"}},
    {"a negative rate",
     header + bonus(R"(rate = "-5%")"),
     {R"(9:8 bad_rate: rate is "-5%", which is no rate; write a number from 0 to )"
      R"(100000 with at most four places and a percent sign, as "5%" or "0.25%")"}},
    {"a rate beyond the highest",
     header + bonus(R"(rate = "100001%")"),
     {R"(9:8 bad_rate: rate is "100001%", which is no rate; write a number from 0 to )"
      R"(100000 with at most four places and a percent sign, as "5%" or "0.25%")"}},
    {"an amount with too many places",
     header + bonus(R"(amount = "5.005")"),
     {R"(9:10 bad_number: amount is "5.005", which is no number from 0 to )"
      R"(10000000000000.00 with at most 2 places; write it as "50.00")"}},
    {"an amount in yen with places",
     R"([plan]
name = "p"
currency = "JPY"
period = "month"
effective = 2026-01-01
[[bonus]]
code = "b"
kind = "personal"
amount = "5.5"
)",
     {R"(9:10 bad_number: amount is "5.5", which is no number from 0 to )"
      R"(1000000000000000 without places; write it as "50")"}},
    {"an amount that is a number",
     header + bonus("amount = 5"),
     {R"(9:10 wrong_type: amount is 5, not an amount; write it in quotes, as "50.00")"}},
    {"a rate where an amount belongs",
     header + bonus(R"(amount = "5%")"),
     {R"(9:10 bad_number: amount is "5%", which is no number from 0 to )"
      R"(10000000000000.00 with at most 2 places; write it as "50.00")"}},
    {"a bonus without code and kind",
     header + R"([[bonus]]
rate = "5%"
)",
     {R"(6:1 missing_key: [[bonus]] lacks code; write its name on every line, as code )"
      R"(= "override")",
      R"(6:1 missing_key: [[bonus]] lacks kind; write which rule pays, as kind = )"
      R"("unilevel")"}},
    {"a code with a colon",
     header + R"([[bonus]]
code = "cap:x"
kind = "personal"
rate = "5%"
)",
     {R"(7:8 bad_name: code is "cap:x"; write 1 to 64 bytes without spaces, commas or )"
      R"(colons)"}},
    {"two bonuses of one code",
     header + bonus(R"(rate = "5%")") + bonus(R"(rate = "6%")"),
     {R"(11:8 duplicate_bonus: there is a bonus "b" already; give each its own code)"}},
    {"a kind misspelt",
     header + bonus(R"(levels = ["5%"])", "unilevle"),
     {R"(8:8 unknown_kind: kind is "unilevle", which is none of "personal", )"
      R"("unilevel", "generation", "differential", "binary", "match", "pool", "fixed", )"
      R"("royalty"; )"
      R"(did you mean "unilevel"?)"}},
    {"a kind that nobody knows",
     header + bonus(R"(rate = "5%")", "lottery"),
     {R"(8:8 unknown_kind: kind is "lottery", which is none of "personal", "unilevel", )"
      R"("generation", "differential", "binary", "match", "pool", "fixed", "royalty")"}},
    {"a fixed amount for nothing",
     header + bonus("", "fixed"),
     {R"(6:1 missing_key: bonus "b" lacks by_rank; say what the ranks are paid: by_rank = )"
      R"({ gold = "500.00" }, or by and steps)"}},
    {"a fixed amount by a measure that is not said",
     header + bonus(R"(steps = [[100, "5.00"]])", "fixed"),
     {R"(6:1 missing_key: bonus "b" lacks by; say which measure decides the amount: by = )"
      R"("gv")"}},
    {"a fixed amount by a measure and by rank, the first time, as a rate",
     header + bonus(R"(by = "gvv"
steps = [[100, "5%"]]
by_rank = { none = "5.00" }
pays = "first-time")",
                    "fixed"),
     {R"(9:6 unknown_measure: "gvv" is no measure of this plan; did you mean "gv"?)",
      R"(10:9 wrong_type: a step of a fixed bonus pays an amount; write [[5000, "100.00"]])",
      R"(11:11 excludes: by_rank and steps exclude each other: keep one)",
      R"(12:8 excludes: first-time is of ranks, which titles remember; remove pays, or pay )"
      R"(by_rank)"}},
    {"a binary that pays by nothing",
     header + bonus("", "binary"),
     {R"(6:1 missing_key: bonus "b" lacks rate; write rate = "10%", or cycle or steps instead)"}},
    {"a binary that pays twice, on orders",
     header + bonus(R"(rate = "10%"
steps = [[250, "40.00"]]
orders = { kind = ["kit"] })",
                    "binary"),
     {R"(10:9 exclusive_keys: bonus "b" has both rate and steps; keep one)",
      R"(11:10 useless_key: a binary pays on the legs of places, not on orders; remove orders, )"
      R"(and say by volume what the legs hold)"}},
    {"a binary on amounts; that it is on volume may be said",
     header + bonus("rate = \"10%\"\nbase = \"amount\"", "binary"),
     {R"(10:8 useless_key: a binary pays on the legs of places, not on orders; remove base, )"
      R"(and say by volume what the legs hold)"}},
    {"a binary over money",
     header + "[measures]\nsales = { sum = \"amount\" }\n" +
         bonus(R"(rate = "10%"
volume = "sales")",
               "binary"),
     {R"(12:10 wrong_unit: volume is sales, which is money; the legs of a binary hold points, )"
      R"(or a count for cycle and steps)"}},
    {"a share of a count",
     header + "[measures]\norders_n = { count = \"orders\" }\n" +
         bonus(R"(rate = "10%"
volume = "orders_n")",
               "binary"),
     {R"(12:10 wrong_unit: volume is orders_n, which is a count, and rate is a share of points; )"
      R"(write cycle or steps)"}},
    {"a binary whose steps are rates, in the sponsor tree",
     header + bonus(R"(steps = [[250, "4%"]]
tree = "sponsor")",
                    "binary"),
     {R"(9:9 wrong_type: a step of a binary pays an amount; write [[250, "40.00"]])",
      R"(10:8 useless_key: a binary pays on the legs of places, not on orders; remove tree, )"
      R"(and say by volume what the legs hold)"}},
    {"cycles by rank, of which one lacks something",
     header + ranks +
         bonus(R"(cycle = { silver = { greater = 400, lesser = 200, amount = "54.00" }, gold = { lesser = 1, amount = "1.00", more = 1 } })",
               "binary"),
     {R"(15:78 missing_key: the cycle of "gold" lacks greater; write { greater = 400, )"
      R"(lesser = 200, amount = "54.00" })",
      R"(15:109 unknown_key: the cycle of "gold" has no key "more"; remove it)"}},
    {"a binary with a cycle that lacks something",
     header + bonus(R"(cycle = { greater = 400, amount = "54.00" })", "binary"),
     {R"(9:9 missing_key: cycle lacks lesser; write cycle = { greater = 400, lesser = 200, )"
      R"(amount = "54.00" })"}},
    {"a bonus that says nothing of what it pays",
     header + bonus(""),
     {R"(6:1 missing_rate: bonus "b" does not say what it pays; write rate = "5%", )"
      R"(amount, by_rank, tiers or by_sequence)"}},
    {"a rate and an amount",
     header + bonus(R"(rate = "5%"
amount = "1.00")"),
     {R"(10:10 exclusive_keys: bonus "b" has both rate and amount; keep one)"}},
    {"a key of another kind",
     header + bonus(R"(rate = "5%"
levels = ["5%"])"),
     {R"(10:1 unknown_key: bonus "b" has no key "levels"; it is a key of unilevel, match)"}},
    {"a bonus named as lines of adjustments are",
     header + "[[bonus]]\ncode = \"adjustment\"\nkind = \"personal\"\nrate = \"5%\"\n",
     {R"(7:8 bad_name: code is "adjustment", as lines of adjustments are called; choose another)"}},
    {"a misspelt key",
     header + bonus(R"(rate = "5%"
order = { buyer = "customer" })"),
     {R"(10:1 unknown_key: bonus "b" has no key "order"; did you mean "orders"?)"}},
    {"an unknown base",
     header + bonus(R"(rate = "5%"
base = "profit")"),
     {R"(10:8 unknown_word: base is "profit"; write "volume", "qualifying_volume", )"
      R"("amount" or "margin")"}},
    {"a point of an amount",
     header + bonus(R"(rate = "5%"
base = "amount"
point = "0.90")"),
     {R"(11:9 useless_key: point is what a point of volume is worth, but the base is )"
      R"(money; remove it)"}},
    {"a point worth nothing",
     header + bonus(R"(rate = "5%"
point = "0")"),
     {R"(10:9 out_of_range: point is "0"; it must be above 0 and at most 1000)"}},
    {"an unknown stream",
     header + bonus(R"(rate = "5%"
stream = "passive")"),
     {R"(10:10 unknown_word: stream is "passive"; write "active", "residual", )"
      R"("leveraged", "leveraged-residual" or "active-leveraged")"}},
    {"active that is no flag",
     header + bonus(R"(rate = "5%"
active = "no")"),
     {R"(10:10 wrong_type: active is "no", not true or false)"}},
    {"a source of orders that does not exist",
     header + bonus(R"(rate = "5%"
from = ["customer"])"),
     {R"(10:8 unknown_word: from has "customer"; write "self", "customers" or both; )"
      R"(did you mean "customers"?)"}},
    {"a cap for what comes from one member of what comes from nobody",
     header + bonus(R"(fund = "5%"
shares = 1
cap = { per_source = "100.00" })",
                    "pool"),
     {R"(11:7 useless_key: cap has per_source, but what a pool pays comes from no member; )"
      R"(use per_member or of_volume)"}},
    {"a cap of a kind that there is not",
     header + bonus(R"(rate = "5%"
cap = { per_members = "100.00" })"),
     {R"(10:9 unknown_key: cap has no key "per_members"; did you mean "per_member"?)"}},
    {"bonus as a single table",
     header + R"([bonus]
code = "b"
)",
     {R"(6:1 wrong_type: bonus is a table, not a list of tables; write [[bonus]])"}},
};

}  // namespace

TEST_CASE("bonuses that can not be paid: every error has its place, code and remedy") {
    for (const BadPlan& bad : bad_plans) {
        CAPTURE(bad.what);
        CHECK(in_lines(errors_of(bad.text)) == in_lines(bad.errors));
    }
}
