// Malformed plans: the text itself, and [plan]. Every error with its place, code and text.
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

std::string deep_key(int depth) {
    std::string key = "a";
    for (int i = 0; i < depth; ++i) key += ".a";
    return key + " = 1\n";
}

const BadPlan bad_plans[] = {
    {"a text that is no TOML",
     R"(a = = 1
)",
     {R"(1:5 syntax: this is not TOML: Error while parsing value: could not determine )"
      R"(value type; a text stands in quotation marks, as "text")"}},
    {"a string that is never closed",
     R"([plan]
name = "p
)",
     {R"(2:10 syntax: this is not TOML: Error while parsing string: unescaped control )"
      R"(characters other than TAB (U+0009) are explicitly prohibited; a text ends with )"
      R"(a quotation mark on the same line)"}},
    {"a key given twice",
     R"([plan]
name = "p"
name = "q"
)",
     {R"(3:8 syntax: this is not TOML: Error while parsing key-value pair: cannot )"
      R"(redefine existing string 'name'; a key stands once; remove one of the two)"}},
    {"a rate without quotation marks",
     "[[bonus]]\nrate = 10%\n",
     {R"(2:10 syntax: this is not TOML: Error while parsing decimal integer: expected )"
      R"(digit, saw '%'; a rate stands in quotation marks, as "10%")"}},
    {"quotation marks of a word processor",
     "[plan]\nname = “p”\n",
     {R"(2:8 syntax: this is not TOML: Error while parsing value: could not determine )"
      R"(value type; quotation marks are straight, as "text")"}},
    {"an inline table over two lines",
     "[plan]\nchecks = { paid = 1,\n  members = 2 }\n",
     {R"(2:21 syntax: this is not TOML: Error while parsing inline table: expected key )"
      R"(or closing '}', saw '\n'; what stands in { } is written on one line)"}},
    {"an inline table that ends on the next line",
     "[plan]\nchecks = { paid = 1\n}\n",
     {R"(2:20 syntax: this is not TOML: Error while parsing inline table: expected key )"
      R"(or closing '}', saw '\n'; what stands in { } is written on one line)"}},
    {"a colon",
     "[plan]\nname: \"p\"\n",
     {R"(2:5 syntax: this is not TOML: Error while parsing key-value pair: expected '=', )"
      R"(saw ':'; = stands between a key and its value)"}},
    {"a table where there may be several",
     "[bonus]\ncode = \"a\"\n[bonus]\ncode = \"b\"\n",
     {R"(3:1 syntax: this is not TOML: Error while parsing table header: cannot redefine )"
      R"(existing table 'bonus'; a list of tables has two brackets, as [[bonus]])"}},
    {"a day with points",
     "[plan]\neffective = 01.02.2026\n",
     {R"(2:14 syntax: this is not TOML: Error while parsing floating-point: leading zeroes )"
      R"(are prohibited; a day is written as 2026-02-01, a number without zeros in )"
      R"(front)"}},
    {"a decimal comma",
     "[[bonus]]\nrate = 0,1\n",
     {R"(2:9 syntax: this is not TOML: Error while parsing key-value pair: expected a )"
      R"(comment or whitespace, saw ','; a number has a point and no comma, as 0.5)"}},
    {"a file in UTF-16",
     std::string("\xff\xfe[\0p\0", 6),
     {R"(1:1 syntax: this is not TOML: Encountered invalid utf-8 sequence; the file is )"
      R"(UTF-16; save it as UTF-8)"}},
    {"no plan table",
     R"([[rank]]
name = "silver"
requires = { pv = 1 }
)",
     {R"(1:1 missing_key: the plan has no table [plan]; begin with it and write its )"
      R"(name, currency, period and effective)"}},
    {"an empty plan table",
     R"([plan]
)",
     {R"(1:1 missing_key: [plan] lacks name; write name = "evergreen")",
      R"(1:1 missing_key: [plan] lacks currency; write currency = "USD")",
      R"(1:1 missing_key: [plan] lacks period; write period = "month")",
      R"(1:1 missing_key: [plan] lacks effective; write the first day it may be run )"
      R"(for, as effective = 2026-01-01)"}},
    {"brackets nested too deep",
     "a = " + std::string(40, '[') + std::string(40, ']'),
     {R"(1:37 too_deep: lists, tables or dotted keys are nested more than 32 deep; no )"
      R"(plan needs that)"}},
    {"dotted keys nested too deep",
     deep_key(40),
     {R"(1:66 too_deep: lists, tables or dotted keys are nested more than 32 deep; no )"
      R"(plan needs that)"}},
    {"a byte that is no UTF-8",
     "[plan]\nname = \"\xff\"\n",
     {R"(2:8 syntax: this is not TOML: Encountered invalid utf-8 sequence; save the file )"
      R"(as UTF-8)"}},
    {"a plan name with capitals",
     R"([plan]
name = "Evergreen"
currency = "USD"
period = "month"
effective = 2026-01-01
)",
     {R"(2:8 bad_name: name is "Evergreen"; write 1 to 64 of a-z, 0-9 and -, as )"
      R"("evergreen")"}},
    {"a currency that does not exist",
     R"([plan]
name = "p"
currency = "USX"
period = "month"
effective = 2026-01-01
)",
     {R"(3:12 unknown_currency: currency is "USX", which is no currency of ISO 4217; )"
      R"(write it as "USD")"}},
    {"a currency in small letters",
     R"([plan]
name = "p"
currency = "usd"
period = "month"
effective = 2026-01-01
)",
     {R"(3:12 unknown_currency: currency is "usd", which is no currency of ISO 4217; )"
      R"(write it as "USD")"}},
    {"an unknown period",
     R"([plan]
name = "p"
currency = "USD"
period = "mouth"
effective = 2026-01-01
)",
     {R"(4:10 unknown_word: period is "mouth"; write "day", "week", "month", "quarter" )"
      R"(or "year"; did you mean "month"?)"}},
    {"a date in quotes",
     R"([plan]
name = "p"
currency = "USD"
period = "month"
effective = "2026-01-01"
)",
     {R"(5:13 wrong_type: effective is "2026-01-01", not a date, as 2026-01-31 without )"
      R"(quotes)"}},
    {"a date with a time",
     R"([plan]
name = "p"
currency = "USD"
period = "month"
effective = 2026-01-01T00:00:00Z
)",
     {R"(5:13 time: 2026-01-01T00:00:00Z has a time of day, which no plan needs; write )"
      R"(a date as 2026-01-31)"}},
    {"a day in the year 1",
     R"([plan]
name = "p"
currency = "USD"
period = "month"
effective = 0001-01-01
)",
     {R"(5:13 bad_date: 0001-01-01 is no day between the years 1900 and 9999)"}},
    {"an unknown rounding",
     header + R"(rounding = "half-upp"
)",
     {R"(6:12 unknown_word: rounding is "half-upp"; write "half-up", "half-even" or )"
      R"("down"; did you mean "half-up"?)"}},
    {"a week that starts in a month",
     header + R"(week_starts = "saturday"
)",
     {R"(6:15 useless_key: week_starts says nothing unless period = "week"; remove it)"}},
    {"an unknown key of the plan",
     header + R"(roundin = "down"
)",
     {R"(6:1 unknown_key: [plan] has no key "roundin"; did you mean "rounding"?)"}},
    {"an unknown table",
     header + R"([limit]
payout = "45%"
)",
     {R"(6:2 unknown_key: the plan has no key "limit"; did you mean "limits"?)"}},
    {"a former rank that became nothing",
     header + R"(was = { old = "gold" }
[[rank]]
name = "silver"
requires = { pv = 100 }
[[rank]]
name = "golden"
requires = { pv = 200 }
)",
     {R"(6:15 unknown_rank: "gold" is no rank of this plan; did you mean "golden"?)"}},
    {"a plan that is no table",
     R"(plan = 1
)",
     {R"(1:8 wrong_type: plan is 1, not a table, as plan = { … })"}},
};

}  // namespace

TEST_CASE("texts that are no plan: every error has its place, code and remedy") {
    for (const BadPlan& bad : bad_plans) {
        CAPTURE(bad.what);
        CHECK(in_lines(errors_of(bad.text)) == in_lines(bad.errors));
    }
}
