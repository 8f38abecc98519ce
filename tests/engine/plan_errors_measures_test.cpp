// Malformed plans: weights and measures. Every error with its place, code and text.
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

const BadPlan bad_plans[] = {
    {"a seller in a weight",
     header + R"([[weight]]
orders = { seller = { active = true } }
volume = "50%"
)",
     {R"(7:21 seller_in_weight: a weight is applied before anything is known of )"
      R"(sellers; remove seller)"}},
    {"a seller in the negated filter of a weight",
     header + R"([[weight]]
orders = { not = { seller = { active = true } } }
volume = "50%"
)",
     {R"(7:29 seller_in_weight: a weight is applied before anything is known of )"
      R"(sellers; remove seller)"}},
    {"a weight of nothing",
     header + R"([[weight]]
orders = { buyer = "customer" }
)",
     {R"(6:1 missing_key: [[weight]] lacks volume; write volume = "50%", )"
      R"(qualifying_volume or both)"}},
    {"a weight without an unknown bonus",
     header + R"([[weight]]
volume = "50%"
except = ["c"]
[[bonus]]
code = "b"
kind = "personal"
rate = "5%"
)",
     {R"(8:10 unknown_bonus: "c" is no bonus of this plan)"}},
    {"a measure of nothing",
     header + R"([measures]
m = { from = ["self"] }
)",
     {R"(7:5 missing_key: measure "m" has no sum, count, max or min; write { sum = )"
      R"("volume" })"}},
    {"a measure that is no table",
     header + R"([measures]
m = 1
)",
     {R"(7:5 wrong_type: m is 1, not a table, as { sum = "volume" })"}},
    {"a measure that sums and counts",
     header + R"([measures]
m = { sum = "volume", count = "orders" }
)",
     {R"(7:31 exclusive_keys: measure "m" has both sum and count; keep one)"}},
    {"a sum of an unknown column",
     header + R"([measures]
m = { sum = "volum" }
)",
     {R"(7:13 unknown_word: sum is "volum"; write volume, qualifying_volume, amount, )"
      R"(quantity, or a measure with over or periods; did you mean "volume"?)"}},
    {"a sum of a measure over nothing",
     header + R"([measures]
m = { sum = "pv" }
)",
     {R"(7:13 missing_key: a sum of "pv" says nothing of what it is over; write over = )"
      R"("downline" or periods = 3 beside it)"}},
    {"a sum over a downline of no measure",
     header + R"([measures]
m = { sum = "volume", over = "downline" }
)",
     {R"(7:13 unknown_measure: "volume" is no measure of this plan)"}},
    {"a count of members",
     header + R"([measures]
m = { count = "members", over = "frontline" }
)",
     {R"(7:15 unknown_word: count is "members"; write "orders", "customers", )"
      R"("affiliates" or "periods")"}},
    {"a count of customers over affiliates",
     header + R"([measures]
m = { count = "customers", over = "frontline", from = ["self"] }
)",
     {R"(7:35 exclusive_keys: customers are counted of each affiliate; for more, sum )"
      R"(it: { sum = "m", over = "downline" })",
      R"(7:48 unknown_key: measure "m" has no key "from"; remove it)"}},
    {"customers who bought nothing that is known",
     header + R"([measures]
m = { count = "customers", where = { pv = 50, amout = 20 } }
)",
     {R"(7:38 unknown_key: where has no key "pv"; measures belong to affiliates, so of )"
      R"(customers ask for volume, qualifying_volume, amount, quantity or orders)",
      R"(7:47 unknown_key: where has no key "amout"; did you mean "amount"?)"}},
    {"customers of whom nothing is asked",
     header + R"([measures]
m = { count = "customers", where = {} }
)",
     {R"(7:36 missing_key: where asks nothing of a customer; write where = { amount = 50 )"
      R"(}, or volume, qualifying_volume, quantity or orders)"}},
    {"customers by half an order",
     header + R"([measures]
m = { count = "customers", where = { orders = "1.5", volume = "1.005", amount = -1 } }
)",
     {R"(7:47 bad_number: orders is "1.5", which is no number from 0 to 1000000000000000 )"
      R"(without places; write it as "50")",
      R"(7:63 bad_number: volume is "1.005", which is no number from 0 to )"
      R"(10000000000000.00 with at most 2 places; write it as "50.00")",
      R"(7:81 bad_number: amount is -1, which is no number from 0 to )"
      R"(10000000000000.00 with at most 2 places; write it as "50.00")"}},
    {"who is enrolled, oneself included",
     header + R"([measures]
m = { sum = "pv", over = "downline", enrolled = true, self = true, until = { pv = 1 } }
)",
     {R"(7:62 exclusive_keys: measure "m" has both enrolled and self; keep one)",
      R"(7:76 exclusive_keys: measure "m" has both enrolled and until; keep one)"}},
    {"who is enrolled, of customers' orders",
     header + R"([measures]
m = { count = "orders", enrolled = true }
)",
     {R"(7:25 unknown_key: measure "m" has no key "enrolled"; remove it)"}},
    {"a count over nothing",
     header + R"([measures]
m = { count = "affiliates" }
)",
     {R"(7:5 missing_key: measure "m" lacks over; write over = "downline" or over = )"
      R"("frontline")"}},
    {"a frontline with levels",
     header + R"([measures]
m = { sum = "pv", over = "frontline", levels = 2 }
)",
     {R"(7:39 unknown_key: measure "m" has no key "levels"; remove it)"}},
    {"weights and oneself",
     header + R"([measures]
m = { count = "affiliates", over = "downline", self = true, weights = [3, 1] }
)",
     {R"(7:55 exclusive_keys: weights begin with level 1, so oneself has none; remove self)"}},
    {"weights of a sum, which has oneself in it unless said",
     header + R"([measures]
m = { sum = "pv", over = "downline", weights = [3, 1] }
)",
     {R"(7:48 exclusive_keys: weights begin with level 1, so oneself has none; write self = false)"}},
    {"a leg without a name",
     header + R"([measures]
m = { sum = "pv", over = "leg" }
)",
     {R"(7:5 missing_key: measure "m" lacks leg; write leg = "L", "R" or a number)",
      R"(7:26 leg_of_tree: only places have legs with names; write tree = "placement" )"
      R"(beside it)"}},
    {"a window of no period",
     header + R"([measures]
m = { sum = "pv", periods = 0 }
)",
     {R"(7:29 out_of_range: periods is 0; it must be from 1 to 1000)"}},
    {"a window without end",
     header + R"([measures]
m = { max = "pv", periods = "for ever" }
)",
     {R"(7:29 wrong_type: periods is "for ever", not a whole number or "lifetime")"}},
    {"a measure with a reserved name",
     header + R"([measures]
rank = { sum = "volume" }
)",
     {R"(7:1 reserved_name: "rank" means something else where measures are named; )"
      R"(choose another name)"}},
    {"a measure with a space in its name",
     header + R"([measures]
"my pv" = { sum = "volume" }
)",
     {R"(7:1 bad_name: "my pv" is no name of a measure; write 1 to 64 letters, digits, )"
      R"(_ or -)"}},
    {"measures in a circle",
     header + R"([measures]
a = { sum = "b", over = "downline" }
b = { sum = "c", over = "frontline" }
c = { sum = "a", over = "frontline" }
)",
     {R"(9:5 cycle: measure "c" → measure "a" → measure "b" → measure "c": each needs )"
      R"(the next, in a circle; break it at one of them)"}},
    {"a measure of itself",
     header + R"([measures]
a = { sum = "a", over = "downline" }
)",
     {R"(7:5 cycle: measure "a" → measure "a": each needs the next, in a circle; break )"
      R"(it at one of them)"}},
};

}  // namespace

TEST_CASE("measures that measure nothing: every error has its place, code and remedy") {
    for (const BadPlan& bad : bad_plans) {
        CAPTURE(bad.what);
        CHECK(in_lines(errors_of(bad.text)) == in_lines(bad.errors));
    }
}
