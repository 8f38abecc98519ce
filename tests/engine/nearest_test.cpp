// The nearest known word to a mistyped one.
#include "engine/nearest.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace downline;

TEST_CASE("edit distance counts inserted, deleted, changed and swapped letters") {
    CHECK(edit_distance("gold", "gold") == 0);
    CHECK(edit_distance("gold", "godl") == 1);   // swap
    CHECK(edit_distance("gold", "golds") == 1);  // insert
    CHECK(edit_distance("gold", "old") == 1);    // delete
    CHECK(edit_distance("gold", "bold") == 1);   // change
    CHECK(edit_distance("", "gold") == 4);
    CHECK(edit_distance("ordered_on", "Ordered-On") == 0);  // case and dash are no difference
    CHECK(edit_distance(std::string(65, 'a'), "a") == 65);  // too long to compare
}

TEST_CASE("the nearest word is named, the first of equals, and none that is far") {
    const std::vector<std::string> known{"members", "orders", "returns", "products"};
    CHECK(nearest("ordres", known) == "orders");
    CHECK(nearest("prod", known) == "products");  // a beginning
    CHECK(nearest("xyz", known).empty());
    CHECK(nearest("", known).empty());
    CHECK(nearest("cat", std::vector<std::string>{"bat", "rat"}) == "bat");
    CHECK(did_you_mean("member", known) == "; did you mean \"members\"?");
    CHECK(did_you_mean("zebra", known).empty());
}
