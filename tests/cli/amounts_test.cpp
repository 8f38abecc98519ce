// Amounts, volumes and shares as they are shown.
#include "cli/amounts.hpp"

#include <doctest/doctest.h>

#include "cli/progress.hpp"

using namespace downline;

TEST_CASE("amounts have the places of their currency") {
    CHECK(amount_text(15420, "USD") == "154.20");
    CHECK(amount_text(-5, "USD") == "-0.05");
    CHECK(amount_text(15420, "JPY") == "15420");
    CHECK(amount_text(15420, "KWD") == "15.420");
    CHECK(volume_text(340000) == "3400.00");
}

TEST_CASE("shares are rounded half up to two places and nothing has no share") {
    CHECK(share_text(1, 3) == "33.33%");
    CHECK(share_text(2, 3) == "66.67%");
    CHECK(share_text(5, 5) == "100.00%");
    CHECK_FALSE(share_text(5, 0));
    CHECK(share_text(INT64_MAX / 8, INT64_MAX / 8) == "100.00%");
}

TEST_CASE("a point is one unit of the currency in the payout ratio") {
    // 45.00 of 1000.00 points is 4.5 %; in yen 45 of 1000.00 points; in dinars 45.000.
    CHECK(share_of_volume_text(4500, 100000, "USD") == "4.50%");
    CHECK(share_of_volume_text(45, 100000, "JPY") == "4.50%");
    CHECK(share_of_volume_text(45000, 100000, "KWD") == "4.50%");
    CHECK_FALSE(share_of_volume_text(45000, 0, "KWD"));
}

TEST_CASE("one is singular") {
    CHECK(counted(0, "order") == "0 orders");
    CHECK(counted(1, "order") == "1 order");
    CHECK(counted(2, "order") == "2 orders");
}

TEST_CASE("the progress bar says how far it is and never more than all") {
    CHECK(progress_line("importing orders", 50, 100) ==
          "importing orders  [###############...............]  50 %");
    CHECK(progress_line("x", 200, 100) == "x  [##############################] 100 %");
    CHECK(progress_line("x", 5, 0) == "x …");
}
