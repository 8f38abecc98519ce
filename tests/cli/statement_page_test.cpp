// Statements as pages: text is only ever text, names of files never meet, charts stay in their frame.
#include "cli/statement_page.hpp"

#include <doctest/doctest.h>

#include "cli/charts.hpp"

using namespace downline;

namespace {

MemberPage small_page() {
    MemberPage page;
    page.run.plan = "evergreen";
    page.run.period = "2026-01";
    page.run.state = "final";
    page.run.currency = "USD";
    page.status = "active";
    page.earnings.member_id = "ann";
    page.earnings.total_minor = 1250;
    page.earnings.by_bonus = {{"override", 2, 1250}};
    page.earnings.by_stream = {{"leveraged", 2, 1250}};
    page.history = {{"2025-12", -300}, {"2026-01", 1250}};
    return page;
}

}  // namespace

TEST_CASE("nothing that a name says becomes markup") {
    MemberPage page = small_page();
    page.earnings.name = "<script>alert('x')</script> & \"Co\"";
    page.earnings.member_id = "a\"><img src=x>";
    const std::string html = StatementTemplate().render(page);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("<img") == std::string::npos);
    CHECK(html.find("&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; &amp; &quot;Co&quot;") !=
          std::string::npos);
}

TEST_CASE("a page says the pay, asks for nothing from elsewhere, and tells what is short") {
    MemberPage page = small_page();
    page.earnings.is_active = true;
    page.next = ShownRank{"gold", false, false,
                          {{{"gv at least 1000", "measure", "gv", "900.00", "850.00", "1000.00",
                             "150.00", false}}}, {}};
    const std::string html = StatementTemplate().render(page);
    CHECK(html.find("12.50 USD") != std::string::npos);
    CHECK(html.find("http") == std::string::npos);
    CHECK(html.find("src=") == std::string::npos);
    CHECK(html.find("The next rank, gold") != std::string::npos);
    CHECK(html.find("850.00") != std::string::npos);  // after what one leg may give
    CHECK(html.find("short by 150.00") != std::string::npos);
    page.status = "suspended";
    CHECK(StatementTemplate().render(page).find("Suspended: the pay is held.") != std::string::npos);
    page.status = "terminated";
    CHECK(StatementTemplate().render(page).find("Terminated: is paid nothing more.") !=
          std::string::npos);
}

TEST_CASE("a page says what other plans pay for the period, and adds up") {
    MemberPage page = small_page();
    CHECK(StatementTemplate().render(page).find("alone") == std::string::npos);
    page.other_plans = {{"teams", false, 300}, {"retail", true, -50}};
    CHECK(StatementTemplate().render(page).find(
              "That is of plan evergreen alone. Plan teams pays 3.00 USD for this period too (a "
              "draft, not final yet). Plan retail pays -0.50 USD for this period too. Together "
              "15.00 USD.") != std::string::npos);
}

TEST_CASE("who earned nothing gets a page that says so") {
    MemberPage page = small_page();
    page.earnings.total_minor = 0;
    page.earnings.by_bonus.clear();
    page.earnings.by_stream.clear();
    const std::string html = StatementTemplate().render(page);
    CHECK(html.find("Nothing was earned in this period.") != std::string::npos);
    CHECK(html.find("What kind of income") == std::string::npos);
}

TEST_CASE("a file is named by the id, and no two ids have the same name") {
    CHECK(statement_file_name("ann-7_b.x") == "ann-7_b.x.html");
    CHECK(statement_file_name("Ann") == "%41nn.html");  // where case does not count, it still differs
    CHECK(statement_file_name("a/b") == "a%2fb.html");
    CHECK(statement_file_name("..") == "%2e..html");
    CHECK(statement_file_name("é") == "%c3%a9.html");
    CHECK(statement_file_name("%41nn") == "%2541nn.html");
}

TEST_CASE("bars below the line, bars of nothing, and the largest amounts stay in the frame") {
    // Heights share 180 - 3 × 18 = 126: 100 of 150 is 84 above the line, 50 is 42 below it.
    const std::string svg = bar_chart("about", {{"a", "1.00", 100}, {"b", "-0.50", -50}});
    CHECK(svg.find("y=\"18\" width=\"90\" height=\"84\"") != std::string::npos);
    CHECK(svg.find("y=\"102\" width=\"90\" height=\"42\"") != std::string::npos);
    CHECK(bar_chart("about", {{"a", "0", 0}}).find("height=\"0\"") != std::string::npos);
    CHECK(bar_chart("a", {{"a", "", INT64_MAX / 4}, {"b", "", -(INT64_MAX / 4)}}).find("=\"-") ==
          std::string::npos);
    CHECK(share_chart("about", {{"a", "", -5}, {"b", "", 0}}).empty());
}
