// Puts together what a run found about one affiliate: see the header.
#include "storage/statements.hpp"

#include <algorithm>

#include "storage/packing.hpp"

namespace downline {
namespace {

/// A statement that is filled again keeps its buffer up to this; top earners have megabytes.
constexpr std::size_t kept_bytes_max = std::size_t{1} << 14;

std::string_view as_text(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

StatementMaker::StatementMaker(const Snapshot& snapshot, const RunResult& result)
    : snapshot_(snapshot), result_(result), next_(result.book_count(), 0) {}

const LineBook::Entry* StatementMaker::entry_of(std::size_t bonus, MemberIndex member) {
    const auto entries = result_.book(bonus).entries();
    std::size_t& next = next_[bonus];
    const auto search_from = [&](std::size_t begin) {
        const auto found = std::lower_bound(
            entries.begin() + static_cast<std::ptrdiff_t>(begin), entries.end(), member,
            [](const LineBook::Entry& entry, MemberIndex earner) { return entry.earner < earner; });
        return static_cast<std::size_t>(found - entries.begin());
    };
    if (next > 0 && entries[next - 1].earner >= member) next = search_from(0);
    if (next < entries.size() && entries[next].earner < member) next = search_from(next + 1);
    if (next == entries.size() || entries[next].earner != member) return nullptr;
    return &entries[next++];
}

bool StatementMaker::make(MemberIndex member, Statement& into) {
    if (snapshot_.members.kind[member] != MemberKind::affiliate) return false;
    const Standing& standing = result_.standing;
    into.is_active = standing.is_active[member] != 0;
    into.rank = standing.rank.empty() ? RankPlace{0} : standing.rank[member];
    into.title = standing.title.empty() ? RankPlace{0} : standing.title[member];
    into.amount_minor = 0;
    into.line_count = 0;
    into.measures.clear();
    into.totals.clear();
    into.packed.clear();
    if (into.packed.capacity() > kept_bytes_max) into.packed.shrink_to_fit();
    bool has_anything = into.is_active || into.rank != 0 || into.title != 0;
    for (const auto& measure : standing.measures) {
        has_anything = has_anything || measure[member] != 0;
        append_signed(into.measures, measure[member]);
    }
    for (std::size_t bonus = 0; bonus < result_.book_count(); ++bonus) {
        const LineBook::Entry* entry = entry_of(bonus, member);
        if (entry == nullptr) continue;
        has_anything = true;
        into.amount_minor += entry->amount_minor;
        into.line_count += entry->line_count;
        const LineBook& book = result_.book(bonus);
        const auto place = static_cast<std::size_t>(entry - book.entries().data());
        const LineBook::Parts parts = book.packed(place);
        append_varint(into.totals, bonus);
        append_bytes(into.totals, as_text(parts.totals));
        append_varint(into.packed, bonus);
        append_bytes(into.packed, as_text(parts.lines));
    }
    add_corrections(member, into);
    return has_anything || into.line_count != 0;
}

void StatementMaker::add_corrections(MemberIndex member, Statement& into) const {
    auto line = std::ranges::lower_bound(result_.corrections, member, {}, &CorrectionLine::member);
    for (; line != result_.corrections.end() && line->member == member; ++line) {
        into.amount_minor = add_checked(into.amount_minor, line->amount_minor);
        ++into.line_count;
    }
}

}  // namespace downline
