// Malformed plans: tables by rank, levels, tiers, sequences and filters. Every error with its
// place, code and text.
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

std::string repeated(const std::string& text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

const BadPlan bad_plans[] = {
    {"a rank in a table that does not exist",
     header + ranks + bonus(R"(by_rank = { none = "1%", sliver = "2%" })"),
     {R"(15:26 unknown_rank: "sliver" is no rank of this plan; did you mean "silver"?)"}},
    {"a table by rank without entries",
     header + ranks + bonus("by_rank = {}"),
     {R"(15:11 empty_table: by_rank names no rank; write it as { silver = … })"}},
    {"by_rank that is no table",
     header + ranks + bonus(R"(by_rank = "5%")"),
     {R"(15:11 wrong_type: by_rank is "5%", not a table by rank, as { none = "2%" })"}},
    {"rates and amounts in one table",
     header + ranks + bonus(R"(by_rank = { silver = "5%", gold = "5.00" })"),
     {R"(15:35 mixed_pay: an entry of by_rank is "5.00", but the entries before it are )"
      R"(rates; write all as rates or all as amounts)"}},
    {"levels by rank that are no lists",
     header + ranks + bonus(R"(by_rank = { silver = "5%" })", "unilevel"),
     {R"(15:22 wrong_type: an entry of by_rank is "5%", not a list of rates, as ["5%", )"
      R"("3%"])"}},
    {"levels without entries",
     header + bonus("levels = []", "unilevel"),
     {R"(9:10 wrong_type: levels is an empty list, not a list of rates, as ["5%", "3%"])"}},
    {"a count of levels without tiers",
     header + bonus("levels = 3", "unilevel"),
     {R"(9:10 missing_rate: levels = 3 says how many, not what they pay; write a list )"
      R"(of rates, or tiers beside it)"}},
    {"no levels at all",
     header + bonus(R"(compression = "none")", "unilevel"),
     {R"(6:1 missing_rate: bonus "b" does not say what it pays; write levels = ["5%", )"
      R"("3%"] or by_rank)"}},
    {"tiers without a count of levels",
     header + bonus(R"(tiers = { by = "pv", steps = [[0, "5%"]] })", "unilevel"),
     {R"(9:9 missing_rate: tiers need the number of levels; write levels = 3)"}},
    {"marginal tiers of levels",
     header + bonus(R"(levels = 2
tiers = { by = "pv", steps = [[0, "5%"]], mode = "marginal" })",
                    "unilevel"),
     {R"(10:9 marginal_levels: marginal tiers can not set the rates of levels; write )"
      R"(mode = "whole")"}},
    {"levels and by_rank",
     header + ranks +
         bonus(R"(levels = ["5%"]
by_rank = { silver = ["5%"] })",
               "unilevel"),
     {R"(16:11 exclusive_keys: bonus "b" has both levels and by_rank; keep one)"}},
    {"an unknown compression",
     header + bonus(R"(levels = ["5%"]
compression = "some")",
                    "unilevel"),
     {R"(10:15 unknown_word: compression is "some"; write "none", "inactive", )"
      R"("unqualified" or "full")"}},
    {"too many levels",
     header + bonus("levels = [" + repeated("\"1%\",", 1001) + "]", "unilevel"),
     {R"(9:10 too_many: levels has 1001 entries; at most 1000 are read)"}},
    {"tiers without a measure",
     header + bonus(R"(tiers = { steps = [[0, "5%"]] })"),
     {R"(9:9 missing_key: tiers lacks by; write the measure whose value chooses the )"
      R"(step, as by = "pv")"}},
    {"tiers by an unknown measure",
     header + bonus(R"(tiers = { by = "pvv", steps = [[0, "5%"]] })"),
     {R"(9:16 unknown_measure: "pvv" is no measure of this plan; did you mean "pv"?)"}},
    {"tiers that do not ascend",
     header + bonus(R"(tiers = { by = "pv", steps = [[0, "5%"], [500, "8%"], [500, "9%"]] })"),
     {R"(9:56 not_ascending: 500 in steps is not above the entry before it; write the )"
      R"(entries in ascending order, each once)"}},
    {"a step that is no pair",
     header + bonus(R"(tiers = { by = "pv", steps = [[0, "5%", 1]] })"),
     {R"(9:31 wrong_type: an entry of steps is a list, not a pair, as [500, "8%"])"}},
    {"steps of rates and amounts",
     header + bonus(R"(tiers = { by = "pv", steps = [[0, "5%"], [10, "5.00"]] })"),
     {R"(9:47 mixed_pay: an entry of steps is "5.00", but the entries before it are )"
      R"(rates; write all as rates or all as amounts)"}},
    {"marginal tiers of amounts",
     header + bonus(R"(tiers = { steps = [[0, "5.00"]], mode = "marginal" })"),
     {R"(9:19 marginal_amount: marginal tiers pay slices of the base, so amounts per )"
      R"(unit make no sense; write rates, as "5%")"}},
    {"a sequence that begins at zero",
     header + bonus(R"(by_sequence = [[0, "70%"]])"),
     {R"(9:17 out_of_range: an order's number in by_sequence is 0; it must be from 1 )"
      R"(to 1000000000)"}},
    {"a sequence that does not ascend",
     header + bonus(R"(by_sequence = [[2, "70%"], [1, "5%"]])"),
     {R"(9:29 not_ascending: 1 in by_sequence is not above the entry before it; write )"
      R"(the entries in ascending order, each once)"}},
    {"an unknown buyer",
     header + bonus(R"(rate = "5%"
orders = { buyer = "member" })"),
     {R"(10:20 unknown_word: buyer is "member"; write "customer" or "affiliate")"}},
    {"a kind of order without a list",
     header + bonus(R"(rate = "5%"
orders = { kind = "kit" })"),
     {R"(10:19 wrong_type: kind is "kit", not a list of texts, as ["a", "b"])"}},
    {"months in the wrong order",
     header + bonus(R"(rate = "5%"
orders = { months_since_first = [12, 1] })"),
     {R"(10:33 bad_range: months_since_first goes from 12 to 1; write the earlier )"
      R"(month first)"}},
    {"months that are no pair",
     header + bonus(R"(rate = "5%"
orders = { months_since_first = 12 })"),
     {R"(10:33 wrong_type: months_since_first is 12, not a pair of months, as [1, 12])"}},
    {"a negative window",
     header + bonus(R"(rate = "5%"
orders = { within_days_of_joining = -1 })"),
     {R"(10:37 out_of_range: within_days_of_joining is -1; it must be from 0 to 100000)"}},
    {"an unknown key in a negated filter",
     header + bonus(R"(rate = "5%"
orders = { not = { seqence = "first" } })"),
     {R"(10:20 unknown_key: not has no key "seqence"; did you mean "sequence"?)"}},
};

}  // namespace

TEST_CASE("forms that do not add up: every error has its place, code and remedy") {
    for (const BadPlan& bad : bad_plans) {
        CAPTURE(bad.what);
        CHECK(in_lines(errors_of(bad.text)) == in_lines(bad.errors));
    }
}
