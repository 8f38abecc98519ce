// Parsing ahead: every batch in its order, errors where they belong, and an end that nobody waits for.
#include <doctest/doctest.h>

#include <stdexcept>

#include "storage/parse_ahead.hpp"

namespace downline {

TEST_CASE("batches come in the order in which they are parsed, with and without a thread") {
    for (const bool has_thread : {false, true}) {
        int parsed = 0;
        ParseAhead<int> ahead(
            [&] { return parsed < 100 ? std::make_unique<int>(parsed++) : nullptr; }, has_thread);
        for (int expected = 0; expected < 100; ++expected) CHECK(*ahead.next() == expected);
        CHECK(ahead.next() == nullptr);
        CHECK(ahead.next() == nullptr);
    }
}

TEST_CASE("what parsing throws comes after the batches before it") {
    for (const bool has_thread : {false, true}) {
        int parsed = 0;
        ParseAhead<int> ahead(
            [&] {
                if (parsed == 6) throw std::runtime_error("the seventh");
                return std::make_unique<int>(parsed++);
            },
            has_thread);
        for (int expected = 0; expected < 6; ++expected) CHECK(*ahead.next() == expected);
        CHECK_THROWS_WITH(ahead.next(), "the seventh");
    }
}

TEST_CASE("whoever stops early need not take the rest") {
    int parsed = 0;
    {
        ParseAhead<int> ahead([&] { return std::make_unique<int>(parsed++); }, true);
        CHECK(*ahead.next() == 0);
    }
    CHECK(parsed >= 1);
    CHECK(parsed <= 6);  // the one that was taken, four slots, and one that was under way
}

}  // namespace downline
