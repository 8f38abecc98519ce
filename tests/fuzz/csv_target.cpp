// CSV and the small files that come with a command: the first byte chooses how big the pieces are
// that the scanner gets.
#include "tests/fuzz/targets.hpp"

#include "cli/payment_order.hpp"
#include "cli/profile.hpp"
#include "storage/csv.hpp"
#include "storage/messages.hpp"
#include "storage/named_rows.hpp"
#include "storage/payouts.hpp"
#include "tests/storage/csv_records.hpp"

namespace downline::fuzz {
namespace {

bool has_lone_return(std::string_view text) {
    for (std::size_t at = 0; (at = text.find('\r', at)) != std::string_view::npos; ++at)
        if (at + 1 == text.size() || text[at + 1] != '\n') return true;
    return false;
}

/// Written down again, records are read as they were.
void written_again(const Records& records) {
    std::string text;
    for (const auto& record : records) {
        for (std::size_t i = 0; i < record.size(); ++i)
            text += (i > 0 ? "," : "") + csv_field(record[i]);
        text += "\n";
    }
    // A return at the end of a line is read as part of the line's end; csv_field quotes it.
    expect(scanned(text, text.size() + 1) == records, "what csv_field writes reads back", text);
}

}  // namespace

void csv(std::string_view bytes) {
    if (bytes.empty()) return;
    const std::size_t piece = static_cast<unsigned char>(bytes.front()) % 16 + 1;
    const std::string text(bytes.substr(1));
    const auto records = scanned(text, text.size() + 1);
    expect(scanned(text, piece) == records, "pieces are read as the whole", text);
    // libcsv takes a return that stands alone for the end of a line, and keeps nothing of NUL.
    if (!has_lone_return(text) && text.find('\0') == std::string::npos)
        expect(without_empty(records) == without_empty(by_libcsv(text)), "read as libcsv does", text);
    if (records) written_again(*records);
    done_or_refused([&] { (void)read_named_rows(text, "f", {}, {}, true); });
    done_or_refused([&] { (void)read_holds(text, "f"); });
    done_or_refused([&] { (void)read_answers(text, "f"); });
    done_or_refused([&] { (void)read_profile(text, "f"); });
    done_or_refused([&] { (void)Company(text, "f"); });
}

}  // namespace downline::fuzz
