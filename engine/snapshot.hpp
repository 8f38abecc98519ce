// What a run computes on: the network as of the period's last day and the period's orders, as
// arrays. Storage fills it; the engine only reads it.
//
// Members are in the byte order of their ids, so an index compares as an id does and ties "by
// member id" are ties by index. Order lines are in the order (ordered_on, order_id, line).
// Whatever the order of rows in files or database, the same facts give the same snapshot.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/period.hpp"

namespace downline {

using MemberIndex = std::uint32_t;
using OrderLineIndex = std::uint32_t;
inline constexpr MemberIndex no_member = 0xffff'ffff;

enum class Status : std::uint8_t { active, suspended, terminated };
enum class MemberKind : std::uint8_t { affiliate, customer };

/// A column of texts: indexes into a list without duplicates; 0 is the empty text.
struct TextColumn {
    std::vector<std::string> texts{std::string{}};
    std::vector<std::uint32_t> of;  ///< empty: every row is the empty text
    [[nodiscard]] std::uint32_t operator[](std::size_t row) const { return of.empty() ? 0 : of[row]; }
};

/// Everybody who had joined by the period's last day, by member id. All vectors have `count`
/// entries but for those that may be empty.
struct Members {
    std::uint32_t count = 0;
    std::vector<std::int64_t> number;      ///< storage's number of the member, for lines and output
    std::vector<MemberIndex> sponsor;      ///< no_member: a root (or the sponsor joins later)
    std::vector<MemberIndex> enroller;     ///< empty: the sponsor for everyone
    std::vector<MemberIndex> placement;    ///< empty: no placement tree
    std::vector<std::uint32_t> leg;        ///< of the placement, 1-based (L 1, R 2); empty likewise
    std::vector<MemberKind> kind;          ///< as of the period's last day
    std::vector<Status> status;            ///< likewise
    std::vector<Day> joined_on;
    std::vector<std::uint16_t> title_before;  ///< place in the ladder (1-based, 0 none); may be empty
};

/// The order lines of the period. Lines and output name one by its place in it, from 1.
struct OrderLines {
    std::uint32_t count = 0;
    std::vector<std::uint32_t> order;          ///< which lines are one order: 0..order_count, ascending
    std::vector<MemberIndex> buyer;
    std::vector<Day> ordered_on;
    std::vector<std::int64_t> amount_minor;
    /// Of the row, the product, or the amount (9.10); empty: all are the same number as the amount.
    std::vector<std::int64_t> volume_centipoints;
    std::vector<std::int64_t> qualifying_centipoints;  ///< empty: as the volume
    std::vector<std::int64_t> cost_minor;              ///< empty: none known; -1: not known
    std::vector<std::uint32_t> quantity;               ///< empty: all 1
    TextColumn sku, category, kind;
    std::vector<MemberIndex> creator;  ///< of the product, for royalties; empty: nobody
    /// The row of orders that this one continues, an index into Sequences; empty: the buyer's.
    std::vector<std::uint32_t> sequence;
    [[nodiscard]] std::uint32_t sequence_of(OrderLineIndex line) const {
        return sequence.empty() ? buyer[line] : sequence[line];
    }
};

/// Orders that a buyer (and, where orders have one, a contract) had before the period. The first
/// `members.count` entries are the buyers' orders without a contract; contracts follow.
/// Fully returned orders (by the period's last day) are not in it (9.29).
struct Sequences {
    std::vector<std::uint32_t> orders_before;
    std::vector<Day> first_on;  ///< of the first such order; meaningless where there is none
};

/// A return dated in the period or before its end, of an order line of the period.
struct ReturnOfLine {
    OrderLineIndex order_line{};
    std::int64_t amount_minor{};
    std::int64_t volume_centipoints = -1;  ///< -1: in proportion to the amount
};

/// What a binary bonus left in a member's legs for the next period.
struct Carry {
    MemberIndex member{};
    std::int64_t left_centipoints{}, right_centipoints{};
    friend bool operator==(const Carry&, const Carry&) = default;
};

struct Corrections;  // engine/corrections.hpp

struct Snapshot {
    Period period;
    int currency_places = 2;
    Members members;
    OrderLines orders;
    std::uint32_t order_count = 0;
    Sequences sequences;
    std::map<std::string, std::vector<Carry>> carry;  ///< by bonus code; by member
    /// What the periods before give to a window, folded as it folds (engine/windows.hpp): by the
    /// name of its measure; by member. No column: no period before counts.
    std::map<std::string, std::vector<std::int64_t>> windows_before;
    std::vector<ReturnOfLine> returns;  ///< by order line, then (returned_on, return_id)
    std::shared_ptr<const Corrections> corrections;  ///< null: nothing is to be put right
};

}  // namespace downline
