// Numbers, days, periods and packed bytes: what is taken is written again as it was meant, and the
// import takes nothing that the one parser of decimals does not.
//
// The first byte chooses the places; the rest is the text.
#include "tests/fuzz/targets.hpp"

#include <array>

#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "engine/period.hpp"
#include "storage/import_fields.hpp"
#include "storage/order_places.hpp"
#include "storage/packing.hpp"

namespace downline::fuzz {
namespace {

void decimals(std::string_view text, int places) {
    const auto parsed = parse_decimal(text, places, INT64_MAX / 2, true);
    if (parsed) {
        const std::string written = format_decimal(*parsed, places);
        expect(parse_decimal(written, places, INT64_MAX / 2, true) == parsed, "a decimal", text);
        expect(text.find_first_not_of("-.0123456789") == text.npos, "digits only", text);
    }
    if (const auto percent = parse_percent(text))
        expect(parse_percent(format_percent(*percent)) == percent && *percent <= rate_ppm_max,
               "a percentage", text);
    if (const auto currency = currency_places(text))
        expect(text.size() == 3 && *currency != 1 && *currency <= 3, "a currency", text);
}

void days(std::string_view text) {
    if (const auto day = parse_day(text))
        expect(format_day(*day) == text, "a day is written as it was read", text);
    for (Weekday week_starts = monday; week_starts <= 7; ++week_starts) {
        const auto period = parse_period(text, week_starts);
        if (!period) continue;
        expect(period_name(*period) == text, "a period has the name it was read from", text);
        expect(period->first <= period->last, "a period has days", text);
        expect(period_of(period->first, period->kind, week_starts) == *period &&
                   period_of(period->last, period->kind, week_starts) == *period,
               "a period holds its days", text);
        const Period next = next_period(*period);
        expect(next.first == period->last + 1 && previous_period(next) == *period,
               "periods follow each other without a gap", text);
    }
}

/// divide_rounded against its definition: the magnitude of what is left is at most one half.
void division(std::string_view bytes) {
    std::array<std::int64_t, 3> numbers{};
    Unpacker unpacker(bytes);
    for (std::int64_t& number : numbers) number = unpacker.signed_varint();
    const auto& [high, low, given] = numbers;
    const Int128 denominator = given == 0 ? 1 : given < 0 ? -Int128{given} : Int128{given};
    const Int128 numerator = Int128{high} * (low == INT64_MIN ? 1 : low);
    if (numerator / denominator >= INT64_MAX || numerator / denominator <= -INT64_MAX) return;
    const Int128 magnitude = numerator < 0 ? -numerator : numerator;
    const auto rest_of = [&](Rounding rounding) {
        const Int128 rounded = divide_rounded(numerator, denominator, rounding);
        expect(rounded == -divide_rounded(-numerator, denominator, rounding), "the sign comes last");
        return magnitude - (rounded < 0 ? -rounded : rounded) * denominator;
    };
    const Int128 down = rest_of(Rounding::down);
    expect(down >= 0 && down < denominator, "down is towards zero");
    const Int128 up = rest_of(Rounding::half_up);
    expect(2 * up >= -denominator && 2 * up < denominator, "half up is the nearest, a half up");
    const Int128 even = rest_of(Rounding::half_even);
    expect(2 * even >= -denominator && 2 * even <= denominator, "half even is the nearest");
    if (2 * even == denominator || 2 * even == -denominator)
        expect((magnitude - even) / denominator % 2 == 0, "a half goes to the even one");
}

void packed(std::string_view bytes) {
    for (Unpacker unpacker(bytes); !unpacker.is_at_end();) (void)unpacker.bytes();
    Unpacker unpacker(bytes);
    std::string again;
    while (!unpacker.is_at_end()) {
        const std::int64_t value = unpacker.signed_varint();
        if (unpacker.is_broken()) break;
        append_signed(again, value);
        expect(unzigzag(zigzag(value)) == value, "zigzag goes both ways");
    }
    const auto rows = unpack_order_rows(bytes);
    if (!rows || rows->size() > static_cast<std::size_t>(carried_piece_size) || rows->empty()) return;
    const std::vector<std::string> pieces = pack_order_rows(*rows);
    expect(pieces.size() == 1 && unpack_order_rows(pieces[0]) == rows, "rows of orders are packed");
}

/// A row of orders with this text as its day, or its amount: what the import's own short ways take.
void fields(std::string_view text, bool is_amount) {
    if (text.find_first_of("\r\n\",") != text.npos || text.size() > 40) return;
    std::string file = "order_id,member_id,ordered_on,amount\nO,m,";
    file += is_amount ? "2026-01-01," + std::string(text) : std::string(text) + ",1";
    ImportOptions options;
    options.kind = ImportKind::orders;
    options.texts = {file + "\n"};
    ReadProgress progress;
    SourceFile source(options, 0, progress);
    ImportReport report;
    RowProblems problems(options, report);
    if (!source.read_header(problems)) return;
    RowReader reader(ImportKind::orders, field_format(options, "USD"), false);
    const auto columns = columns_of(ImportKind::orders);
    const auto place = [&](std::string_view name) {
        std::size_t at = 0;
        while (columns[at].name != name) ++at;
        return at;
    };
    while (const auto segment = source.next())
        reader.each_row(source, *segment, [&] {
            const Day day = reader.day(place("ordered_on"));
            const std::int64_t money = reader.money(place("amount"), true);
            if (!reader.is_good()) return;
            expect(is_amount || parse_day(text) == day, "the import's day", text);
            expect(!is_amount || parse_decimal(text, 2, amount_minor_max) == money,
                   "the import's amount", text);
        });
    const bool is_day = parse_day(text).has_value();
    expect(is_amount || is_day == reader.problems.empty(), "a day is taken, and only a day", text);
}

}  // namespace

void numbers(std::string_view bytes) {
    if (bytes.empty()) return;
    const std::string_view text = bytes.substr(1);
    decimals(text, static_cast<unsigned char>(bytes.front()) % 7);
    days(text);
    division(text);
    packed(text);
    const bool looks_at_fields = static_cast<unsigned char>(bytes.front()) >= 128;  // they cost most
    if (!looks_at_fields) return;
    fields(text, true);
    fields(text, false);
}

}  // namespace downline::fuzz
