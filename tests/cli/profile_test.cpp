// Profiles of other people's files.
#include "cli/profile.hpp"

#include <doctest/doctest.h>

#include "engine/errors.hpp"

using namespace downline;

namespace {

std::string refusal(std::string_view text) {
    try {
        (void)read_profile(text, "shop.toml");
    } catch (const Refusal& refused) {
        CHECK(refused.kind == Refusal::Kind::input);
        return refused.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("a profile gives the map, the signs and the form of dates") {
    const Profile profile = read_profile(R"(
delimiter = ";"
decimal   = ","
dates     = "%d/%m/%Y"
[map]
Kundennummer = "member_id"
"Datum der Bestellung" = "ordered_on"
)", "shop.toml");
    CHECK(profile.delimiter == ";");
    CHECK(profile.decimal == ",");
    CHECK(profile.dates == "%d/%m/%Y");
    CHECK(profile.map.size() == 2);
    CHECK(profile.map.at("Datum der Bestellung") == "ordered_on");
}

TEST_CASE("an empty profile says nothing") {
    const Profile profile = read_profile("", "shop.toml");
    CHECK_FALSE(profile.delimiter);
    CHECK_FALSE(profile.decimal);
    CHECK_FALSE(profile.dates);
    CHECK(profile.map.empty());
}

TEST_CASE("what is wrong with a profile is said with its place and remedy") {
    CHECK(refusal("delimiter = \";\"\ndecimals = \",\"\n") ==
          "shop.toml:2:1: error unknown_key: unknown key \"decimals\"; did you mean \"decimal\"? "
          "(map, delimiter, decimal, dates)");
    CHECK(refusal("dates = 5\n") == "shop.toml:1:9: error not_text: dates must be a text in quotes");
    CHECK(refusal("map = \"x\"\n") ==
          "shop.toml:1:7: error not_a_table: map must be a table: [map] and below it "
          "their_name = \"our_name\"");
    CHECK(refusal("[map]\nid = 3\n") ==
          "shop.toml:2:6: error not_text: id must be a text in quotes");
    CHECK(refusal("delimiter = \n").starts_with("shop.toml:1:13: error bad_toml: "));
}
