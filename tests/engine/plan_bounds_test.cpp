// The most that a plan can pay, per bonus and in all.
#include "engine/plan/bounds.hpp"
#include "tests/engine/plan_texts.hpp"

using namespace downline;
using namespace downline::plan_texts;

namespace {

/// "CODE: MOST" of every bonus, the total's code being empty.
std::string most(const std::string& text) {
    std::vector<std::string> lines;
    for (const MostPaid& paid : most_paid(good_plan(header + text)))
        lines.push_back(paid.bonus + ": " + paid.most);
    return in_lines(lines);
}

std::string named(std::string_view code, std::string_view kind, std::string_view keys) {
    return fmt::format("[[bonus]]\ncode = \"{}\"\nkind = \"{}\"\n{}\n", code, kind, keys);
}

}  // namespace

TEST_CASE("a plan without bonuses pays nothing") { CHECK(most("") == ": nothing\n"); }

TEST_CASE("levels add up, and bonuses that may meet on one order add up") {
    // 5 + 4 + 3 = 12 %; with 10 % to the seller 22 %.
    CHECK(most(named("seller", "personal", "rate = \"10%\"") +
               named("override", "unilevel", "levels = [\"5%\", \"4%\", \"3%\"]")) ==
          "seller: at most 10% of volume\noverride: at most 12% of volume\n"
          ": at most 22% of volume\n");
}

TEST_CASE("the highest rank, step, number of order and factor count") {
    // 8 % × 150 % = 12 %; 9 %; 70 %.
    CHECK(most(ranks +
               named("rank", "personal",
                     "by_rank = { silver = \"8%\", gold = \"6%\" }\n"
                     "factor = { none = \"50%\", gold = \"150%\" }") +
               named("step", "personal",
                     "tiers = { by = \"pv\", steps = [[0, \"2%\"], [100, \"9%\"]] }") +
               named("number", "personal", "by_sequence = [[1, \"70%\"], [2, \"2%\"]]")) ==
          "rank: at most 12% of volume\nstep: at most 9% of volume\n"
          "number: at most 70% of volume\n: at most 91% of volume\n");
}

TEST_CASE("first orders and reorders are never the same order") {
    // The greater of 10 % and 5 %, with 3 % on every order.
    CHECK(most(named("first", "personal", "rate = \"10%\"\norders = { sequence = \"first\" }") +
               named("again", "personal", "rate = \"5%\"\norders = { sequence = \"reorder\" }") +
               named("every", "personal", "rate = \"3%\"")) ==
          "first: at most 10% of volume\nagain: at most 5% of volume\n"
          "every: at most 3% of volume\n: at most 13% of volume\n");
}

TEST_CASE("kinds, and what a negated filter surely leaves out, keep orders apart") {
    CHECK(most(named("kit", "personal", "rate = \"20%\"\norders = { kind = [\"kit\"] }") +
               named("other", "personal",
                     "rate = \"15%\"\norders = { not = { kind = [\"kit\", \"event\"] } }")) ==
          "kit: at most 20% of volume\nother: at most 15% of volume\n"
          ": at most 20% of volume\n");
}

TEST_CASE("windows prove nothing: an order may be in both") {
    CHECK(
        most(named("new", "personal", "rate = \"20%\"\norders = { within_days_of_joining = 30 }") +
             named("old", "personal",
                   "rate = \"15%\"\norders = { not = { within_days_of_joining = 30 } }")) ==
        "new: at most 20% of volume\nold: at most 15% of volume\n: at most 35% of volume\n");
}

TEST_CASE("caps are said beside what the rule pays, and one of volume bounds it") {
    CHECK(most(ranks + named("a", "personal", "rate = \"10%\"\ncap = { of_volume = \"4%\" }") +
               named("b", "unilevel",
                     "levels = [\"5%\"]\ncap = { per_source = \"20.00\", per_member = { silver = "
                     "\"100.00\", gold = \"250.00\" } }")) ==
          "a: at most 4% of volume; capped at 4% of volume\n"
          "b: at most 5% of volume; to one member at most 100.00 to 250.00 USD by rank"
          "; for what comes from one member at most 20.00 USD\n"
          ": at most 9% of volume\n");
}

TEST_CASE("the limit is the most in all where the bonuses can pay more, and only there") {
    const std::string bonus = named("a", "personal", "rate = \"10%\"");
    CHECK(most(bonus + "[limits]\npayout = \"9.9%\"") ==
          "a: at most 10% of volume\n"
          ": at most 9.9% of volume, its limit; without it at most 10% of volume\n");
    CHECK(most(bonus + "[limits]\npayout = \"10%\"") ==
          "a: at most 10% of volume\n: at most 10% of volume\n");
    CHECK(most(named("a", "personal", "amount = \"5.00\"") + "[limits]\npayout = \"40%\"") ==
          "a: at most 5.00 USD per unit\n"
          ": at most 40% of volume, its limit; without it at most 5.00 USD per unit\n");
}

TEST_CASE("a binary has no bound unless a key makes one, and says where it passes 100 %") {
    const auto binary = [&](const std::string& keys) {
        const std::string text = most(named("b", "binary", "volume = \"pv\"\n" + keys));
        return text.substr(0, text.find('\n'));
    };
    // A level pays half of 40 % of what the lowest level buys: five make 100 %, six more than that.
    CHECK(binary("rate = \"40%\"") ==
          "b: unbounded: every member's lesser leg is paid, level above level; cap = { of_volume = "
          "\"40%\" } bounds it; a full network of 7 levels (127 members) whose lowest level buys "
          "is paid more than 100% of volume");
    // 30.00 per 300 points is 20 % of the lesser of two equal legs: ten levels make 100 %.
    CHECK(binary("cycle = { greater = 200, lesser = 100, amount = \"30.00\" }")
              .ends_with("a full network of 12 levels (4095 members) whose lowest level buys is paid "
                         "more than 100% of volume"));
    CHECK(binary("rate = \"0.1%\"").ends_with("it passes 100% of volume only with more than 40 levels"));
    CHECK(binary("rate = \"40%\"\ncap = { of_volume = \"25%\" }") ==
          "b: at most 25% of volume; capped at 25% of volume");
    CHECK(binary("rate = \"40%\"\ncap = { per_member = \"500.00\" }") ==
          "b: at most 500.00 USD per member; to one member at most 500.00 USD");
    // 10 % of 5,000; of two legs of 5,000 cycles of 300 together are 33, at 30.00 each.
    CHECK(binary("rate = \"10%\"\nmax_leg = 5000") == "b: at most 500.00 USD per member");
    CHECK(binary("cycle = { greater = 200, lesser = 100, amount = \"30.00\" }\nmax_leg = 5000") ==
          "b: at most 990.00 USD per member");
    CHECK(binary("rate = \"0%\"") == "b: nothing");
    CHECK(binary("cycle = { greater = 0, lesser = 0, amount = \"30.00\" }") == "b: nothing");
    CHECK(binary("steps = [[250, \"40.00\"], [2000, \"400.00\"]]") ==
          "b: at most 400.00 USD per member");
}

TEST_CASE("a point that is worth less pays less of volume") {
    CHECK(most(named("b", "personal", "rate = \"10%\"\npoint = \"0.90\"")) ==
          "b: at most 9% of volume\n: at most 9% of volume\n");
}

TEST_CASE("what is paid on different things is added up for each") {
    const std::string text =
        named("volume", "personal", "rate = \"10%\"") +
        named("money", "personal", "rate = \"5%\"\nbase = \"amount\"") +
        named("margin", "personal", "rate = \"100%\"\nbase = \"margin\"") +
        named("qualifying", "personal", "rate = \"1%\"\nbase = \"qualifying_volume\"") +
        named("piece", "personal", "amount = \"2.50\"");
    CHECK(most(text) ==
          "volume: at most 10% of volume\nmoney: at most 5% of amounts\n"
          "margin: at most 100% of margins\nqualifying: at most 1% of qualifying volume\n"
          "piece: at most 2.50 USD per unit\n"
          ": at most 10% of volume and 1% of qualifying volume and 5% of amounts and 100% of "
          "margins and 2.50 USD per unit\n");
    const std::vector<MostPaid> paid = most_paid(good_plan(header + text));
    CHECK(paid[0].volume_share_ppm == 100'000);
    CHECK_FALSE(paid[1].volume_share_ppm);
    CHECK_FALSE(paid.back().volume_share_ppm);
}

TEST_CASE("a bonus that sees orders unweighted is no share of the weighted volume") {
    CHECK(most("[[weight]]\nvolume = \"50%\"\nexcept = [\"b\"]\n" +
               named("b", "personal", "rate = \"10%\"")) ==
          "b: at most 10% of volume before weights\n: at most 10% of volume before weights\n");
}

TEST_CASE("a match pays a share of what it matches, also of amounts per member") {
    // match: (8 % + 2 %) of 5 % = 0.5 %; of 10.00 per member 1.00. The second matches the first
    // match too: 50 % of (5 % + 0.5 %) = 2.75 %, of (10.00 + 1.00) = 5.50.
    CHECK(most(ranks + named("override", "unilevel", "levels = [\"5%\"]") +
               named("prize", "fixed", "by_rank = { gold = \"10.00\" }") +
               named("match", "match", "of = [\"override\", \"prize\"]\nlevels = [\"8%\", \"2%\"]") +
               named("more", "match",
                     "of = [\"override\", \"prize\", \"match\"]\nlevels = [\"50%\"]")) ==
          "override: at most 5% of volume\nprize: at most 10.00 USD per member\n"
          "match: at most 0.5% of volume and 1.00 USD per member\n"
          "more: at most 2.75% of volume and 5.50 USD per member\n"
          ": at most 8.25% of volume and 16.50 USD per member\n");
}

TEST_CASE("a match adds up in the orders that its bonuses take, and has no bound where they have none") {
    // First orders: 10 % + 10 % of it = 11 %; reorders: 4 %.
    CHECK(most(named("first", "personal", "orders = { sequence = \"first\" }\nrate = \"10%\"") +
               named("again", "personal", "orders = { sequence = \"reorder\" }\nrate = \"4%\"") +
               named("match", "match", "of = [\"first\"]\nlevels = [\"10%\"]")) ==
          "first: at most 10% of volume\nagain: at most 4% of volume\n"
          "match: at most 1% of volume\n: at most 11% of volume\n");
    const std::string all = most(
        ranks +
        named("all", "generation",
              "boundary = \"gold\"\nearners = \"all\"\ngenerations = [\"1%\"]") +
        named("match", "match", "of = [\"all\"]\nlevels = [\"10%\"]"));
    CHECK(all.find("match: unbounded: what it matches, bonus \"all\", has no bound") !=
          std::string::npos);
}

TEST_CASE("a match sees what its bonuses pay before their caps") {
    // 50 % of the 10 %, not of the 4 % that the cap leaves.
    CHECK(most(named("a", "personal", "rate = \"10%\"\ncap = { of_volume = \"4%\" }") +
               named("match", "match", "of = [\"a\"]\nlevels = [\"50%\"]")) ==
          "a: at most 4% of volume; capped at 4% of volume\nmatch: at most 5% of volume\n"
          ": at most 9% of volume\n");
    const std::string binary =
        named("b", "binary", "rate = \"10%\"\ncap = { per_member = \"500.00\" }");
    const std::string text =
        most(binary + named("match", "match", "of = [\"b\"]\nlevels = [\"10%\"]"));
    CHECK(text.starts_with("b: at most 500.00 USD per member; to one member at most 500.00 USD\n"
                           "match: unbounded: what it matches, bonus \"b\", has no bound before "
                           "its cap\n: unbounded: "));
    CHECK(most(binary + named("match", "match", "of = [\"b\"]\nlevels = [\"10%\"]\n"
                                                "cap = { per_member = \"50.00\", of_volume = "
                                                "\"7%\" }"))
              .ends_with("match: at most 7% of volume; capped at 7% of volume; to one member at most "
                         "50.00 USD\n: at most 7% of volume and 500.00 USD per member\n"));
}

TEST_CASE("a cap that binds every rank bounds what has no other bound") {
    CHECK(most(ranks + named("all", "generation",
                             "boundary = \"gold\"\nearners = \"all\"\ngenerations = [\"1%\"]\n"
                             "cap = { per_member = { none = \"5.00\", gold = \"80.00\" } }")) ==
          "all: at most 80.00 USD per member; to one member at most 5.00 to 80.00 USD by rank\n"
          ": at most 80.00 USD per member\n");
}

TEST_CASE("what a cap of volume holds may be paid on few orders, beside the most of the others") {
    // 50 % of 20.00 of kind x are held to 10 % of all 100.00, 30 % of 80.00 of kind y stand beside:
    // 34.00. Stated is what it can not pass: 10 % + 30 %.
    const std::string of_y = named("b", "personal", "orders = { kind = [\"y\"] }\nrate = \"30%\"");
    CHECK(most(named("a", "personal", "orders = { kind = [\"x\"] }\nrate = \"50%\"\n"
                                      "cap = { of_volume = \"10%\" }") +
               of_y) ==
          "a: at most 10% of volume; capped at 10% of volume\nb: at most 30% of volume\n"
          ": at most 40% of volume\n");
    // A cap that never binds leaves it on its own orders.
    CHECK(most(named("a", "personal", "orders = { kind = [\"x\"] }\nrate = \"8%\"\n"
                                      "cap = { of_volume = \"10%\" }") +
               of_y) ==
          "a: at most 8% of volume; capped at 10% of volume\nb: at most 30% of volume\n"
          ": at most 30% of volume\n");
}

TEST_CASE("the highest factor raises what a fixed amount can be") {
    CHECK(most(ranks + named("f", "fixed", "by_rank = { gold = \"20.00\" }\nfactor = \"120%\"")) ==
          "f: at most 24.00 USD per member\n: at most 24.00 USD per member\n");
    CHECK(most(named("f", "fixed", "by = \"gv\"\nsteps = [[0, \"20.00\"], [100, \"10.00\"]]\n"
                                   "factor = \"120%\"")) ==
          "f: at most 24.00 USD per member\n: at most 24.00 USD per member\n");
}

TEST_CASE("who does not see one weight is paid on what the others make of an order") {
    const std::string weights =
        "[[weight]]\norders = { buyer = \"customer\" }\nvolume = \"50%\"\n"
        "qualifying_volume = \"50%\"\nexcept = [\"r\", \"q\"]\n"
        "[[weight]]\norders = { kind = [\"x\"] }\nvolume = \"200%\"\n";
    // 20 % of 100.00 that another weight makes 200.00; of qualifying volume there is no other.
    CHECK(most(weights + named("r", "personal", "rate = \"20%\"") +
               named("q", "personal", "base = \"qualifying_volume\"\nrate = \"20%\"")) ==
          "r: at most 40% of volume before weights\nq: at most 20% of qualifying volume before "
          "weights\n: at most 40% of volume before weights and 20% of qualifying volume before "
          "weights\n");
}
