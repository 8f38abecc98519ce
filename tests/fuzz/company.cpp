// The company is made once by the program's own imports and runs.
#include "tests/fuzz/company.hpp"

#include "engine/plan/reader.hpp"
#include "storage/payouts.hpp"
#include "storage/runs.hpp"
#include "tests/fuzz/targets.hpp"

namespace downline::fuzz {
namespace {

constexpr const char* plan_text = R"([plan]
name = "small"
currency = "USD"
period = "month"
effective = 2026-01-01
[measures]
team2 = { sum = "pv", over = "downline", levels = 2 }
best = { max = "pv", periods = 2 }
[[weight]]
orders = { category = ["drinks"] }
volume = "50%"
except = ["own"]
[active]
requires = { pv = 20 }
[[rank]]
name = "silver"
requires = { gv = { min = 150, max_per_leg = "60%" } }
[[rank]]
name = "gold"
requires = { gv = 300, frontline = { count = 1, active = true } }
maintain = { gv = 200 }
[placement]
kind = "binary"
fill = "lesser-leg"
[[bonus]]
code = "own"
kind = "personal"
from = ["self", "customers"]
by_sequence = [[1, "20%"], [2, "10%"]]
[[bonus]]
code = "override"
kind = "unilevel"
levels = ["5%", { none = "1%", silver = "3%" }, "1%"]
cap = { per_member = "9.00", per_source = "4.00" }
[[bonus]]
code = "steps"
kind = "differential"
by = "gv"
steps = [[0, "2%"], [100, "4%"], [400, "7%"]]
[[bonus]]
code = "generation"
kind = "generation"
boundary = "silver"
generations = ["3%", "2%"]
[[bonus]]
code = "legs"
kind = "binary"
volume = "pv"
rate = "10%"
cap = { per_member = "20.00" }
[[bonus]]
code = "matching"
kind = "match"
of = ["override", "legs"]
levels = ["10%", "5%"]
[[bonus]]
code = "fund"
kind = "pool"
fund = "2%"
shares = { silver = 1, gold = 2 }
[[bonus]]
code = "advance"
kind = "fixed"
by_rank = { silver = "5.00", gold = "15.00" }
pays = "first-time"
[[bonus]]
code = "royalty"
kind = "royalty"
rate = "3%"
[limits]
payout = "40%"
)";

constexpr const char* members_text =
    "member_id,sponsor_id,joined_on,kind,name,status,status_on,placement_id,leg,title,country\n"
    "ann,,2025-01-01,affiliate,Ann,active,,,,,DE\nbob,ann,2025-01-02,affiliate,Bob,active,,ann,L,,\n"
    "cid,ann,2025-01-03,affiliate,Cid,active,,ann,R,silver,\n"
    "dan,bob,2025-02-01,affiliate,Dan,active,,,,,FR\neve,bob,2025-02-02,affiliate,Eve,terminated,"
    "2026-02-10,,,,\nfay,eve,2025-03-01,affiliate,Fay,suspended,2026-01-10,,,,\n"
    "gus,fay,2025-03-02,affiliate,,active,,,,,\n"
    "x1,dan,2025-04-01,customer,Xi,active,,,,,\nx2,gus,2025-04-02,customer,Yo,active,,,,,\n"
    "x3,cid,2026-01-05,customer,\"Zoe, \"\"Z\"\"\",active,,,,,\n";
constexpr const char* products_text =
    "sku,name,category,price,volume,creator_id,valid_from\ntea,Tea,drinks,9.90,8,dan,\n"
    "soap,Soap,skin,5.00,,,2026-01-01\n";
constexpr const char* orders_text =
    "order_id,line,member_id,ordered_on,amount,volume,sku,quantity,contract\n"
    "O1,1,x1,2026-01-05,100.00,80,tea,10,\nO1,2,x1,2026-01-05,25.00,,soap,5,\n"
    "O2,1,bob,2026-01-10,40.00,,,,\nO3,1,x2,2026-01-31,60.50,,,,P1\nO4,1,gus,2026-01-15,30,,,,\n"
    "O5,1,dan,2026-01-16,30,,,,\nO6,1,cid,2026-01-17,120,,,,\nO7,1,ann,2026-01-18,33.33,,,,\n"
    "P1,1,x1,2026-02-05,90.00,,soap,18,\nP2,1,x3,2026-02-10,75.00,,,,\nP3,1,bob,2026-02-28,35,,,,\n"
    "P4,1,x2,2026-02-20,60.50,,,,P1\nP5,1,cid,2026-02-17,70,,,,\nP6,1,ann,2026-02-18,45.67,,,,\n"
    "Q1,1,x3,2026-03-02,81.00,,tea,9,\nQ2,1,dan,2026-03-03,44.44,,,,\nQ3,1,ann,2026-03-04,50,,,,\n";
constexpr const char* returns_text =
    "return_id,order_id,line,returned_on,amount\nR1,O1,1,2026-02-12,40.00\nR2,P3,1,2026-02-28,5\n";
constexpr const char* moves_text =
    "member_id,tree,new_parent_id,effective_on,reason\ngus,sponsor,cid,2026-03-01,asked for\n";

void import_good(Database& database, ImportKind kind, std::string_view text) {
    const ImportReport report = import_files(database, import_options(kind, text));
    expect(report.applied, "the company cannot be imported",
           report.errors.empty() ? "" : report.errors.front().text);
}

}  // namespace

ImportOptions import_options(ImportKind kind, std::string_view text) {
    ImportOptions options;
    options.kind = kind;
    options.texts = {std::string(text)};
    options.made_by = made_by;
    options.made_at = made_at;
    return options;
}

void import_company(Database& database) {
    import_good(database, ImportKind::members, members_text);
    import_good(database, ImportKind::products, products_text);
    import_good(database, ImportKind::orders, orders_text);
    import_good(database, ImportKind::returns, returns_text);
    import_good(database, ImportKind::moves, moves_text);
}

const Plan& company_plan() {
    static const PlanReading reading = read_plan(plan_text);
    expect(reading.errors.empty(), "the company's plan",
           reading.errors.empty() ? "" : reading.errors.front().text);
    return reading.plan;
}

void import_and_close(Database& database) {
    import_company(database);
    for (const char* const month : {"2026-01", "2026-02", "2026-03"}) {
        (void)make_draft(database, company_plan(), parse_period(month).value(), made_by, made_at, 1);
        if (std::string_view(month) != "2026-03")
            (void)close_period(database, "small", month, std::nullopt, made_by, made_at,
                               {{}, false});
    }
    PayoutRequest request;
    request.made_by = made_by;
    request.made_at = made_at;
    request.made_on = parse_day("2026-03-05").value();
    (void)create_payout(database, request);
}

}  // namespace downline::fuzz
