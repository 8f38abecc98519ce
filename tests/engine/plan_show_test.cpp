// The readable summary of a plan.
#include "engine/plan/show.hpp"
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

TEST_CASE("a plan is shown in the order in which it is computed") {
    const Plan plan = good_plan(R"([plan]
name = "evergreen"
currency = "EUR"
period = "month"
effective = 2026-01-01
was = { bronze = "silver" }

[measures]
recruits = { count = "affiliates", over = "frontline", where = { active = true } }
retail   = { sum = "amount", from = ["customers"], orders = { category = ["skin", "hair"] } }
silvers  = { count = "affiliates", over = "downline", levels = 2, where = { rank = "silver" } }

[[weight]]
orders = { buyer = "customer" }
volume = "50%"
except = ["override"]

[active]
requires = [{ pv = 100 }, { retail = "250.50" }]

[[rank]]
name     = "silver"
requires = { gv = { min = 1000, max_per_leg = "50%" }, frontline = { count = 3, pv = 50 } }
maintain = { pv = { max = 80 }, joined_within_days = 90 }

[[bonus]]
code     = "override"
kind     = "unilevel"
levels   = ["5%", { none = "1%", silver = "4%" }]
orders   = { buyer = "customer", sequence = "reorder", not = { kind = ["kit"] } }
requires = { rank = "silver" }
tree     = "enroller"

[checks]
payout_ratio_max = "45%"
new_payees_max   = 200

[[example]]
name = "e"
period = "2026-01"
members = ""
earnings = ""
)");
    CHECK(show_plan(plan) == R"(evergreen: paid by month in EUR, from 2026-01-01, rounded half up
  title bronze is now silver

Weights of orders
  orders of customers: volume 50%, not for override

Measures
  pv           sum of qualifying volume: all orders, own and one's customers'
  gv           sum of pv over the downline, oneself included
  retail       sum of amounts: orders of category skin or hair, one's customers'

Active
  pv at least 100, or retail at least 250.5 EUR

Measures that ask who is active
  recruits     count of affiliates in the frontline, who meet: active

Ranks, lowest first
  silver       gv at least 1000 (at most 50% of that from one leg) and )"
                             R"(3 direct affiliates with: pv at least 50
               kept with: pv at most 80 and joined within 90 days

Measures that ask for ranks
  silvers      count of affiliates in the downline, 2 levels deep, without oneself, )"
                             R"(who meet: rank at least silver

Bonuses, in this order
  override (unilevel): the uplines of an order, level by level
    on      reorders of customers but no orders of kind kit
    to      who meets: rank at least silver, and is active
    levels = ["5%", { none = "1%", silver = "4%" }]
    tree = "enroller"
    pays    at most 9% of volume before weights

In all the plan pays at most 9% of volume before weights

Checks before closing
  payout_ratio_max = "45%"
  new_payees_max = 200

Examples: 1
)");
}

TEST_CASE("counts of customers and measures of the enrolled are told in words") {
    const Plan plan = good_plan(header + R"([measures]
buyers  = { count = "customers" }
regular = { count = "customers", orders = { category = ["skin"] }, where = { qualifying_volume = 50, amount = "20.50", orders = 2 } }
sides   = { count = "affiliates", over = "lesser-leg", tree = "placement", enrolled = true, where = { pv = 100 } }
near    = { sum = "pv", over = "downline", levels = 2, enrolled = true }
[[bonus]]
code  = "group"
kind  = "fixed"
by    = "regular"
steps = [[2, "10.00"], [5, "30.00"]]
)");
    const std::string text = show_plan(plan);
    CAPTURE(text);
    CHECK(text.find("  buyers       count of customers: all orders\n") != std::string::npos);
    CHECK(text.find("  regular      count of customers: orders of category skin, of each at least "
                    "50 of qualifying volume and 20.5 USD and 2 orders\n") != std::string::npos);
    CHECK(text.find("  sides        count of affiliates in the lesser leg of the placement tree, "
                    "enrolled by oneself, who meet: pv at least 100\n") != std::string::npos);
    CHECK(text.find("  near         sum of pv over the downline, enrolled by oneself, 2 levels "
                    "deep\n") != std::string::npos);
    CHECK(text.find("    by = \"regular\"\n    steps = [[2, \"10.00\"], [5, \"30.00\"]]\n    pays    "
                    "at most 30.00 USD per member\n") != std::string::npos);
}
