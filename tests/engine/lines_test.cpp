// Books of packed lines: what is packed comes back, whatever an earner has.
#include <doctest/doctest.h>

#include "engine/lines.hpp"

namespace downline {
namespace {

/// Line number `n` of an earner who has many.
Line line_of(std::uint32_t n) {
    Line line;
    line.order_ref = 1 + std::int64_t{n} * 3;
    line.level = n % 7;
    line.paid_level = 1 + n / 1000 % 3;
    line.stream = n % 2 == 0 ? StreamKind::leveraged : StreamKind::leveraged_residual;
    line.rate = 50'000 - std::int64_t{n / 1000 % 3} * 10'000;
    line.base = 100'000'000 + std::int64_t{n};
    line.amount_minor = 5'000'000 - std::int64_t{n};
    return line;
}

void add(LineBook& book, MemberIndex earner, std::uint32_t line_count) {
    LinePacker packer;
    for (std::uint32_t n = 0; n < line_count; ++n) packer.add(line_of(n));
    packer.finish(earner, book);
}

TEST_CASE("who has megabytes of lines stands in a book like who has one, also in a book of books") {
    LineBook book, later;
    LinePacker packer;  // one for all, as bonuses have it
    for (const auto& [earner, line_count] :
         {std::pair{1U, 1U}, {2U, 300'000U}, {5U, 2U}, {6U, 0U}, {7U, 200'000U}}) {
        for (std::uint32_t n = 0; n < line_count; ++n) packer.add(line_of(n));
        packer.finish(earner, book);
    }
    add(later, 8, 3);
    book.shrink();
    book.append(std::move(later));

    const std::uint32_t counts[] = {1, 300'000, 2, 200'000, 3};
    REQUIRE(book.entries().size() == std::size(counts));
    CHECK(book.entries()[1].earner == 2);
    CHECK(book.packed(1).lines.size() > std::size_t{1} << 20);  // it is large enough to stand alone
    for (std::size_t entry = 0; entry < std::size(counts); ++entry) {
        CHECK(book.entries()[entry].line_count == counts[entry]);
        const std::vector<Line> lines = book.lines(entry);
        REQUIRE(lines.size() == counts[entry]);
        std::int64_t amount_minor = 0;
        std::uint64_t wrong_count = 0, line_count = 0;
        for (std::uint32_t n = 0; n < counts[entry]; ++n) {
            wrong_count += lines[n] != line_of(n);
            amount_minor += lines[n].amount_minor;
        }
        CHECK(wrong_count == 0);
        CHECK(book.entries()[entry].amount_minor == amount_minor);
        for (const Total& total : book.totals(entry)) {
            line_count += total.line_count;
            amount_minor -= total.amount_minor;
        }
        CHECK(line_count == counts[entry]);
        CHECK(amount_minor == 0);
    }
}

}  // namespace
}  // namespace downline
