// What a plan's text means: every form, read into data.
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

/// Values by place, -1 where a table names nothing.
std::vector<std::int64_t> values(const ByRank& by_rank) {
    std::vector<std::int64_t> result;
    for (const auto& value : by_rank.by_place) result.push_back(value.value_or(-1));
    return result;
}

const Test& only_test(const Requirement& requirement) {
    REQUIRE(requirement.alternatives.size() == 1);
    REQUIRE(requirement.alternatives[0].size() == 1);
    return requirement.alternatives[0][0];
}

}  // namespace

TEST_CASE("the header: currency places, period, first day, rounding, start of the week") {
    const Plan plan = good_plan(R"([plan]
name = "weekly-2"
currency = "KWD"
period = "week"
effective = 2026-10-31
rounding = "half-even"
week_starts = "saturday"
)");
    CHECK(plan.name == "weekly-2");
    CHECK(plan.currency_places == 3);
    CHECK(plan.period == PeriodKind::week);
    CHECK(format_day(plan.effective) == "2026-10-31");
    CHECK(plan.rounding == Rounding::half_even);
    CHECK(plan.week_starts == 6);
}

TEST_CASE("pv and gv are there unasked, first and second") {
    const Plan plan = good_plan(header);
    REQUIRE(plan.measures.size() == 2);
    CHECK(plan.measures[pv_measure].name == "pv");
    CHECK(plan.measures[pv_measure].column == Measure::Column::qualifying_volume);
    CHECK(plan.measures[pv_measure].from_self);
    CHECK(plan.measures[pv_measure].from_customers);
    CHECK(plan.measures[gv_measure].source == Measure::Source::over_members);
    CHECK(plan.measures[gv_measure].of == pv_measure);
    CHECK(plan.measures[gv_measure].with_self);
}

TEST_CASE("a redefined pv changes its unit, and gv's with it") {
    const Plan plan =
        good_plan(header + "[measures]\npv = { sum = \"amount\", from = [\"customers\"] }\n");
    CHECK(plan.measures[pv_measure].unit == Measure::Unit::minor);
    CHECK_FALSE(plan.measures[pv_measure].from_self);
    CHECK(plan.measures[gv_measure].unit == Measure::Unit::minor);
}

TEST_CASE("measures stand after what they are made of, whatever the order of the file") {
    const Plan plan = good_plan(header + R"([measures]
wide  = { sum = "deep", over = "downline", levels = 3, self = false }
deep  = { sum = "own", over = "downline" }
own   = { sum = "volume", from = ["self"] }
front = { count = "affiliates", over = "frontline", where = { wide = 100 } }
)");
    std::vector<std::string> names;
    for (const Measure& measure : plan.measures) names.push_back(measure.name);
    CHECK(names == std::vector<std::string>{"pv", "gv", "own", "deep", "wide", "front"});
    const Measure& wide = plan.measures[4];
    CHECK(wide.of == 3);
    CHECK(wide.levels == 3u);
    CHECK_FALSE(wide.with_self);
    CHECK(only_test(*plan.measures[5].where).measure == 4);
    CHECK(only_test(*plan.measures[5].where).min == 100'00);  // points are kept in hundredths
}

TEST_CASE("a sum over the downline has oneself in it, a count has not") {
    const Plan plan = good_plan(header + R"([measures]
sum   = { sum = "pv", over = "downline" }
n     = { count = "affiliates", over = "downline" }
alln  = { count = "affiliates", over = "downline", self = true }
front = { sum = "pv", over = "frontline" }
)");
    CHECK(plan.measures[2].with_self);
    CHECK_FALSE(plan.measures[3].with_self);
    CHECK(plan.measures[4].with_self);
    CHECK_FALSE(plan.measures[5].with_self);
}

TEST_CASE("a minimum is in the unit of its measure") {
    const Plan plan = good_plan(header + R"([measures]
sold     = { sum = "amount" }
pieces   = { sum = "quantity" }
orders_n = { count = "orders" }
[active]
requires = { pv = 100, gv = "99.5", sold = "12.34", pieces = 7, orders_n = 3 }
)");
    const std::vector<Test>& tests = plan.active->alternatives.at(0);
    CHECK(tests[0].min == 100'00);
    CHECK(tests[1].min == 99'50);
    CHECK(tests[2].min == 12'34);
    CHECK(tests[3].min == 7);
    CHECK(tests[4].min == 3);
    CHECK(tests[4].max == INT64_MAX);
}

TEST_CASE("a list of requirements means any, a range has both ends in it") {
    const Plan plan = good_plan(header + R"([active]
requires = [ { pv = { min = 50, max = 100 } }, { gv = { min = 2000, max_per_leg = "50%" } } ]
)");
    REQUIRE(plan.active->alternatives.size() == 2);
    CHECK(plan.active->alternatives[0][0].min == 50'00);
    CHECK(plan.active->alternatives[0][0].max == 100'00);
    CHECK(plan.active->alternatives[1][0].max_per_leg_ppm == 500'000);
}

TEST_CASE("legs and frontline carry what each must meet; a list means each of several") {
    const Plan plan = good_plan(header + ranks + R"([[rank]]
name = "top"
[rank.requires]
frontline = { count = 3, active = true, pv = 50 }
legs = [{ count = 2, rank = "gold" }, { count = 1, title = "silver" }]
[rank.maintain]
title = "top"
joined_at_least_days = 60
)");
    const std::vector<Test>& tests = plan.ranks[2].requires_.alternatives.at(0);
    REQUIRE(tests.size() == 3);
    CHECK(tests[0].kind == Test::Kind::frontline);
    CHECK(tests[0].count == 3);
    CHECK(tests[0].each->alternatives[0].size() == 2);
    CHECK(tests[1].kind == Test::Kind::legs);
    CHECK(tests[1].count == 2);
    CHECK(only_test(*tests[1].each).rank == 2);
    CHECK(only_test(*tests[2].each).kind == Test::Kind::title);
    const std::vector<Test>& maintain = plan.ranks[2].maintain->alternatives.at(0);
    CHECK(maintain[0].rank == 3);
    CHECK(maintain[1].min == 60);
}

TEST_CASE("a former rank name leads to its rank, also where a rank has that name now") {
    const Plan plan = good_plan(header + "was = { old = \"gold\", silver = \"gold\" }\n" + ranks);
    CHECK(plan.rank_place("old") == 2);
    CHECK(plan.rank_place("silver") == 2);
    CHECK(plan.rank_place("gold") == 2);
    CHECK(plan.rank_place("bronze") == 0);
}

TEST_CASE("in a table by rank who is not named takes the nearest named below") {
    const std::string more = "[[rank]]\nname = \"top\"\nrequires = { pv = 300 }\n";
    const auto factor = [&](const std::string& table) {
        return values(good_plan(header + ranks + more + bonus("rate = \"1%\"\nfactor = " + table))
                          .bonuses[0]
                          .factor_ppm);
    };
    // Places: none, silver, gold, top.
    CHECK(factor(R"({ gold = "5%" })") == std::vector<std::int64_t>{-1, -1, 50'000, 50'000});
    CHECK(factor(R"({ none = "1%", gold = "5%" })") ==
          std::vector<std::int64_t>{10'000, 10'000, 50'000, 50'000});
    CHECK(factor(R"({ silver = "2%", top = "3%" })") ==
          std::vector<std::int64_t>{-1, 20'000, 20'000, 30'000});
    CHECK(factor(R"("95%")") == std::vector<std::int64_t>{950'000});
}

TEST_CASE("the shared keys of a bonus") {
    const Bonus bonus = good_plan(header + ranks + R"([[bonus]]
code = "b"
kind = "unilevel"
levels = ["5%"]
base = "qualifying_volume"
point = "0.90"
requires = { rank = "silver" }
active = false
tree = "enroller"
rank_by = "title"
stream = "leveraged-residual"
)")
                            .bonuses[0];
    CHECK(bonus.base == Base::qualifying_volume);
    CHECK(bonus.point_ppm == 900'000);
    CHECK(only_test(bonus.requires_).rank == 1);
    CHECK_FALSE(bonus.needs_active);
    CHECK(bonus.tree == Tree::enroller);
    CHECK(bonus.rank_by_title);
    CHECK(bonus.stream == StreamKind::leveraged_residual);
    CHECK_FALSE(bonus.factor_ppm.is_given());
    CHECK(bonus.rule != nullptr);
}

TEST_CASE("an order filter takes every condition, and a filter to turn round") {
    const OrderFilter filter = good_plan(header + R"([[bonus]]
code = "b"
kind = "personal"
rate = "5%"
[bonus.orders]
buyer = "customer"
sequence = "reorder"
kind = ["kit", "event"]
category = ["skin"]
sku = ["A1"]
within_days_of_joining = 30
within_months_of_joining = 3
months_since_first = [1, 12]
seller = { active = true }
not = { sequence = "first", not = { sku = ["B2"] } }
)")
                                   .bonuses[0]
                                   .orders;
    CHECK(filter.buyer == OrderFilter::Buyer::customer);
    CHECK(filter.sequence == OrderFilter::Sequence::reorder);
    CHECK(filter.kinds == std::vector<std::string>{"kit", "event"});
    CHECK(filter.categories == std::vector<std::string>{"skin"});
    CHECK(filter.skus == std::vector<std::string>{"A1"});
    CHECK(filter.within_days_of_joining == 30);
    CHECK(filter.within_months_of_joining == 3);
    CHECK(filter.months_since_first == std::pair(1, 12));
    CHECK(only_test(*filter.seller).kind == Test::Kind::active);
    REQUIRE(filter.negated);
    CHECK(filter.negated->sequence == OrderFilter::Sequence::first);
    CHECK(filter.negated->negated->skus == std::vector<std::string>{"B2"});
}

TEST_CASE("weights name what they change, and the bonuses that do not see them") {
    const Plan plan = good_plan(header + R"([[weight]]
orders = { buyer = "customer" }
qualifying_volume = "50%"
except = ["b"]
)" + bonus("rate = \"5%\""));
    REQUIRE(plan.weights.size() == 1);
    CHECK_FALSE(plan.weights[0].volume_ppm);
    CHECK(plan.weights[0].qualifying_volume_ppm == 500'000);
    CHECK(plan.weights[0].except == std::vector<std::string>{"b"});
}

TEST_CASE("an example keeps its texts as they stand, and where it begins") {
    const Plan plan = good_plan(header + R"([[example]]
name = "one"
period = "2026-02"
members = """
member_id,sponsor_id,joined_on
A,,2025-01-01
"""
orders = ""
earnings = "member_id,bonus,amount\n"
[[example.before]]
period = "2026-01"
orders = "x"
)");
    REQUIRE(plan.examples.size() == 1);
    CHECK(plan.examples[0].line == 6);
    CHECK(plan.examples[0].members == "member_id,sponsor_id,joined_on\nA,,2025-01-01\n");
    CHECK(plan.examples[0].stated.orders == "");
    CHECK_FALSE(plan.examples[0].stated.returns);
    REQUIRE(plan.examples[0].before.size() == 1);
    CHECK(plan.examples[0].before[0].orders == "x");
}

TEST_CASE("the plan keeps its text, byte for byte") { CHECK(good_plan(header).text == header); }

TEST_CASE("a rank that asks for itself is warned of: nobody can reach it") {
    const PlanReading reading =
        read_plan(header + ranks + "[[rank]]\nname = \"top\"\nrequires = { rank = \"top\" }\n");
    CHECK(reading.errors.empty());
    REQUIRE(reading.warnings.size() == 1);
    CHECK(reading.warnings[0].line == 12);
    CHECK(reading.warnings[0].code == "unreachable_rank");
    CHECK(reading.warnings[0].text ==
          "nobody can be paid as rank \"top\": every way to it asks for what nobody can have "
          "first");
}

namespace {

/// The ranks that are warned of, of a ladder of rules by name.
std::string ranks_for_nobody(const std::vector<std::pair<const char*, const char*>>& ladder) {
    std::string text = header;
    for (const auto& [name, rule] : ladder)
        text += fmt::format("[[rank]]\nname = \"{}\"\n{}\n", name, rule);
    std::string warned;
    const PlanReading reading = read_plan(text);
    CHECK(reading.errors.empty());
    for (const PlanError& warning : reading.warnings)
        warned += warning.text.substr(27) + "\n";
    return warned;
}

}  // namespace

TEST_CASE("ranks that wait for each other, or for someone to be the first, are warned of") {
    // b waits for c above it, so d, which asks for b, has c alone: that suffices.
    CHECK(ranks_for_nobody({{"a", "requires = { pv = 1 }"},
                            {"b", "requires = { rank = \"c\" }"},
                            {"c", "requires = { pv = 2 }"},
                            {"d", "requires = { rank = \"b\", pv = 3 }"}}) ==
          "\"b\": every way to it asks for what nobody can have first\n");
    // Nobody can be the first a; and b counts on an a below it.
    CHECK(ranks_for_nobody(
              {{"a", "requires = { legs = { count = 1, rank = \"a\" } }"},
               {"b", "requires = { pv = 1, frontline = { count = 2, rank = \"a\" } }"}}) ==
          "\"a\": every way to it asks for what nobody can have first\n"
          "\"b\": every way to it asks for what nobody can have first\n");
    // With what maintains a title somebody has it.
    CHECK(ranks_for_nobody(
              {{"a", "requires = { legs = { count = 1, rank = \"a\" } }\nmaintain = { pv = 1 }"}}) ==
          "");
    CHECK(ranks_for_nobody({{"a", "requires = { joined_within_days = 29, joined_at_least_days = "
                                  "30 }"},
                            {"b", "requires = { joined_within_days = 30, joined_at_least_days = "
                                  "30 }"}}) ==
          "\"a\": every way to it asks for what nobody can have first\n");
}

TEST_CASE("a rank that the next one takes over is warned of") {
    const char* a = "requires = { pv = 100, gv = { min = 500, max_per_leg = \"50%\" } }";
    CHECK(ranks_for_nobody({{"a", a}, {"b", "requires = { rank = \"a\" }"}}) ==
          "\"a\": whoever meets it meets rank \"b\" above it too\n");
    CHECK(ranks_for_nobody({{"a", a}, {"b", "requires = { pv = 99, gv = 500 }"}}) ==
          "\"a\": whoever meets it meets rank \"b\" above it too\n");
    CHECK(ranks_for_nobody({{"a", a}, {"b", "requires = { pv = 101 }"}}) == "");
    CHECK(ranks_for_nobody({{"a", a},
                            {"b", "requires = { gv = { min = 500, max_per_leg = \"40%\" } }"}}) ==
          "");
    const char* three = "requires = { frontline = { count = 3, active = true, pv = 50 } }";
    CHECK(ranks_for_nobody(
              {{"a", three},
               {"b", "requires = [{ pv = 900 }, { frontline = { count = 3, pv = 50 } }]"}}) ==
          "\"a\": whoever meets it meets rank \"b\" above it too\n");
    CHECK(ranks_for_nobody({{"a", three}, {"b", "requires = { frontline = { count = 4, active = "
                                               "true, pv = 50 } }"}}) == "");
    // What maintains a is less than b asks for.
    CHECK(ranks_for_nobody({{"a", "requires = { pv = 100 }\nmaintain = { pv = 50 }"},
                            {"b", "requires = { pv = 80 }"}}) == "");
}

TEST_CASE("keys that say nothing beside others are warned of") {
    const auto warned = [](const std::string& bonus_text) {
        std::string texts;
        const PlanReading reading = read_plan(header + ranks + bonus("rate = \"1%\"") +
                                              "[[bonus]]\ncode = \"c\"\n" + bonus_text);
        CHECK(reading.errors.empty());
        for (const PlanError& warning : reading.warnings)
            texts += fmt::format("{}:{} {}: {}\n", warning.line, warning.column, warning.code,
                                 warning.text);
        return texts;
    };
    CHECK(warned("kind = \"fixed\"\nby_rank = { gold = \"1.00\" }\ntree = \"enroller\"\n"
                 "orders = { buyer = \"customer\" }\n") ==
          "20:8 useless_key: tree says nothing here: a fixed amount is of no order\n"
          "21:10 useless_key: orders says nothing here: a fixed amount is of no order\n");
    CHECK(warned("kind = \"match\"\nof = [\"b\"]\ngenerations = [\"1%\"]\nboundary = \"gold\"\n"
                 "compression = \"inactive\"\n") ==
          "22:15 useless_key: compression says nothing here: generations go by who closes them\n");
    CHECK(warned("kind = \"binary\"\nrate = \"1%\"\nbase = \"volume\"\n") == "");
    CHECK(warned("kind = \"personal\"\norders = { buyer = \"affiliate\" }\nrate = \"1%\"\n") ==
          "19:10 pays_nothing: bonus \"c\" takes only orders that affiliates buy, and pays those "
          "that their customers buy; write from = [\"self\"]\n");
    CHECK(warned("kind = \"personal\"\norders = { buyer = \"customer\" }\nfrom = [\"self\"]\n"
                 "rate = \"1%\"\n") ==
          "19:10 pays_nothing: bonus \"c\" takes only orders that customers buy, and pays those "
          "that the seller buys; write from = [\"customers\"]\n");
    CHECK(warned("kind = \"personal\"\ntiers = { by = \"gv\", mode = \"marginal\", steps = [[0, "
                 "\"1%\"]] }\n") ==
          "19:16 useless_key: by says nothing here: marginal tiers go by the bonus's own base\n");
    CHECK(warned("kind = \"differential\"\nby = \"gv\"\nsteps = [[0, \"3%\"], [600, \"2%\"]]\n") ==
          "20:9 falling_steps: entry 2 of steps pays less than the one before it\n");
    CHECK(warned("kind = \"personal\"\ntiers = { mode = \"marginal\", steps = [[0, \"3%\"], [600, "
                 "\"2%\"]] }\n") == "");
    CHECK(warned("kind = \"match\"\nof = [\"b\"]\nlevels = [\"1%\"]\nbase = \"amount\"\n") ==
          "21:8 useless_key: base says nothing here: a match is paid on what members earned\n");
    CHECK(warned("kind = \"pool\"\nfund = \"1%\"\nshares = 1\ntree = \"enroller\"\n") ==
          "21:8 useless_key: tree says nothing here: a pool is shared by all who qualify\n");
    CHECK(warned("kind = \"personal\"\nrate = \"1%\"\ntree = \"enroller\"\n") ==
          "20:8 useless_key: tree says nothing here: the seller is paid, wherever it stands\n");
    CHECK(warned("kind = \"royalty\"\nrate = \"1%\"\ntree = \"enroller\"\n") ==
          "20:8 useless_key: tree says nothing here: the creator is paid, wherever it stands\n");
    CHECK(warned("kind = \"generation\"\nboundary = \"gold\"\ngenerations = [\"1%\"]\n"
                 "closer = \"included\"\nown_group = \"2%\"\n") ==
          "22:13 useless_key: own_group says nothing here: generations with an included closer begin "
          "with 1\n");
}

TEST_CASE("a bonus whose rates are all zero is warned of") {
    const PlanReading reading = read_plan(header + bonus("rate = \"0%\""));
    CHECK(reading.errors.empty());
    REQUIRE(reading.warnings.size() == 1);
    CHECK(reading.warnings[0].line == 6);
    CHECK(reading.warnings[0].code == "pays_nothing");
    CHECK(reading.warnings[0].text == "bonus \"b\" pays nothing at any rank or step");
}

TEST_CASE("a rank that asks for its own title is an appointed one, and no cycle") {
    const PlanReading reading =
        read_plan(header + "[[rank]]\nname = \"top\"\nrequires = { title = \"top\" }\n");
    CHECK(reading.errors.empty());
    CHECK(reading.warnings.empty());
}

TEST_CASE("several errors are all said, by place") {
    CHECK(in_lines(errors_of("[plan]\nname = \"P\"\ncurrency = \"XXX\"\nperiod = \"month\"\n"
                             "effective = 2026-01-01\n[active]\nrequires = { x = 1, y = 2 }\n")) ==
          in_lines(
              {R"(2:8 bad_name: name is "P"; write 1 to 64 of a-z, 0-9 and -, as "evergreen")",
               R"(3:12 unknown_currency: currency is "XXX", which is no currency of ISO 4217; )"
               R"(write it as "USD")",
               R"(7:14 unknown_requirement: "x" is no measure of this plan and no requirement)",
               R"(7:21 unknown_requirement: "y" is no measure of this plan and no requirement)"}));
}
