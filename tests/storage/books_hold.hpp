// What holds of the books of any database in a test, and what a member is owed.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "engine/money.hpp"
#include "storage/balances.hpp"
#include "storage/verify.hpp"

namespace downline {

/// Every check of `verify` holds.
inline void check_verifies(Database& database) {
    CHECK(verify(database, {}, 1, [](const Check& check) {
        CAPTURE(check.name);
        CAPTURE(check.finding);
        CHECK(check.holds);
    }));
}

/// Postings sum to zero, and every check of `verify` holds.
inline void check_books_of(Database& database) {
    CHECK(posting_differences(database).empty());
    check_verifies(database);
}

/// "-12.50"
inline std::string balance_of(Database& database, const std::string& member_id) {
    return format_decimal(balance_history(database, member_id).balance_minor, 2);
}

}  // namespace downline
