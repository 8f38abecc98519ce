// The forms that kinds of bonuses read their own keys with.
#include "engine/plan/forms.hpp"
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

/// A table with ranks silver and gold, measures pv and n (a count), and a bonus "retail" before it.
struct Form {
    explicit Form(const std::string& text) : value(*parse_document(text, problems)) {
        context.rank_names = {"silver", "gold"};
        context.measures = {{"pv", Measure::Unit::centipoints, false},
                            {"n", Measure::Unit::count, false}};
        context.bonus_codes = {"retail"};
    }

    std::string errors() {
        std::vector<std::string> lines;
        for (const PlanError& error : problems.take_errors())
            lines.push_back(
                fmt::format("{}:{} {}: {}", error.line, error.column, error.code, error.text));
        return in_lines(lines);
    }

    Problems problems;
    ReadingContext context;
    TomlValue value;
    TableReader table{value, "bonus \"b\"", problems};
};

std::vector<std::int64_t> values(const ByRank& by_rank) {
    std::vector<std::int64_t> result;
    for (const auto& value : by_rank.by_place) result.push_back(value.value_or(-1));
    return result;
}

}  // namespace

TEST_CASE("amounts, volumes and counts may stand in a table by rank") {
    Form form("cap = { none = \"10.50\", gold = \"20\" }\nmin = { gold = 200 }\nshares = 3\n");
    CHECK(values(read_amount_by_rank(form.table, "cap", form.context)) ==
          std::vector<std::int64_t>{10'50, 10'50, 20'00});
    CHECK(values(read_volume_by_rank(form.table, "min", form.context)) ==
          std::vector<std::int64_t>{-1, -1, 200'00});
    const ByRank shares = read_count_by_rank(form.table, "shares", form.context);
    CHECK_FALSE(shares.is_table);
    CHECK(shares.at(2) == 3);
    CHECK_FALSE(read_rate_by_rank(form.table, "rate", form.context).is_given());
    CHECK(form.errors() == "");
}

TEST_CASE("a rank, a measure and earlier bonuses are found by name") {
    Form form("boundary = \"gold\"\nvolume = \"n\"\nof = [\"retail\"]\n");
    CHECK(read_rank(form.table, "boundary", form.context) == RankPlace{2});
    CHECK(read_measure(form.table, "volume", form.context) == MeasureIndex{1});
    CHECK(read_earlier_bonuses(form.table, "of", form.context) ==
          std::vector<std::string>{"retail"});
    CHECK_FALSE(read_rank(form.table, "closer", form.context));
    CHECK(form.errors() == "");
}

TEST_CASE("a rank, a measure or an earlier bonus that there is not names the nearest") {
    Form form("boundary = \"golt\"\nvolume = \"qv\"\nof = [\"retial\"]\n");
    (void)read_rank(form.table, "boundary", form.context);
    (void)read_measure(form.table, "volume", form.context);
    (void)read_earlier_bonuses(form.table, "of", form.context);
    CHECK(form.errors() ==
          in_lines({R"(1:12 unknown_rank: "golt" is no rank of this plan; did you mean "gold"?)",
                    R"(2:10 unknown_measure: "qv" is no measure of this plan; did you mean "pv"?)",
                    R"(3:6 unknown_bonus: "retial" is no bonus before this one, and bonuses are )"
                    R"(computed in the order of the file; did you mean "retail"?)"}));
}

TEST_CASE("steps have their floors in the unit that is asked, and one sort of pay") {
    Form form("steps = [[250, \"40.00\"], [\"2000.5\", \"400\"]]\n");
    const auto steps = read_steps(form.table, "steps", Measure::Unit::centipoints, form.context);
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].floor == 250'00);
    CHECK(steps[1].floor == 2000'50);
    CHECK(steps[1].pay.is_amount);
    CHECK(steps[1].pay.value.at(0) == 400'00);
    CHECK(form.errors() == "");
}

TEST_CASE("levels by rank: each rank has its own list, and one that is not named that below it") {
    Form form("by_rank = { none = [\"1%\"], gold = [\"5%\", \"4%\"] }\n");
    const LevelsForm levels = read_levels(form.table, "generations", form.context, Bonus{});
    REQUIRE(levels.levels.size() == 2);
    CHECK(values(levels.levels[0].value) == std::vector<std::int64_t>{10'000, 10'000, 50'000});
    CHECK(values(levels.levels[1].value) == std::vector<std::int64_t>{-1, -1, 40'000});
    CHECK(form.errors() == "");
}

TEST_CASE("levels as a list take rates, amounts and tables by rank") {
    Form form("generations = [\"5%\", \"2.50\", { gold = \"1%\" }]\n");
    const LevelsForm levels = read_levels(form.table, "generations", form.context, Bonus{});
    REQUIRE(levels.levels.size() == 3);
    CHECK(levels.levels[0].value.at(0) == 50'000);
    CHECK(levels.levels[1].is_amount);
    CHECK(levels.levels[1].value.at(1) == 2'50);
    CHECK(values(levels.levels[2].value) == std::vector<std::int64_t>{-1, -1, 10'000});
    CHECK(form.errors() == "");
}

TEST_CASE("a count of levels with tiers") {
    Form form("levels = 3\ntiers = { by = \"n\", steps = [[2, \"5%\"]] }\n");
    const LevelsForm levels = read_levels(form.table, "levels", form.context, Bonus{});
    CHECK(levels.levels.size() == 3);
    REQUIRE(levels.tiers);
    CHECK(levels.tiers->by == MeasureIndex{1});
    CHECK(levels.tiers->steps[0].floor == 2);
    CHECK(form.errors() == "");
}

TEST_CASE("marginal floors are in the unit of the base") {
    Form form("tiers = { mode = \"marginal\", steps = [[0, \"5%\"], [\"99.50\", \"6%\"]] }\n");
    Bonus bonus;
    bonus.base = Base::amount;
    form.context.currency_places = 3;
    const RateForm rate = read_rate_form(form.table, form.context, bonus);
    CHECK(rate.kind == RateForm::Kind::tiers);
    CHECK(rate.tiers.is_marginal);
    CHECK(rate.tiers.steps[1].floor == 99'500);
    CHECK(form.errors() == "");
}

TEST_CASE("a table says which of its keys nobody asked for") {
    Form form("rate = \"5%\"\nsurprise = 1\n");
    (void)form.table.percent("rate");
    form.table.finish();
    CHECK(form.errors() == "2:1 unknown_key: bonus \"b\" has no key \"surprise\"; remove it\n");
}
