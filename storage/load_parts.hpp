// The parts of which load() puts a snapshot together: members, order lines, sequences.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"
#include "storage/counting.hpp"
#include "storage/database.hpp"
#include "storage/runs.hpp"
#include "storage/text_arena.hpp"

namespace downline {

/// A second connection to the same file, for another thread to read by; nothing where only this one
/// sees the data (in memory, or inside a transaction).
[[nodiscard]] std::optional<Database> second_connection(Database& database);

/// Which rows count: those of imports up to `last_import` that no such import replaced.
struct AsOf {
    std::int64_t last_import = 0;
    std::vector<std::int64_t> replaced_orders, replaced_returns, replaced_products;  ///< ascending
};
[[nodiscard]] std::vector<std::int64_t> replaced_rows(Database& database, std::string_view table,
                                                      std::int64_t last_import);
[[nodiscard]] AsOf as_of(Database& database, std::int64_t last_import);

/// A column of a table, and the column of files that fills it; "": every file does.
struct TableColumn {
    std::string_view name, filled_by = {};
};
/// Columns for a Scan of what imports of `kind` brought: NULL for one that no file up to
/// `last_import` had, which costs less to read than a column of NULLs.
[[nodiscard]] std::string stated_columns(Database& database, std::string_view kind,
                                         std::int64_t last_import,
                                         std::initializer_list<TableColumn> columns);

/// Everybody who had joined by the period's last day. `members.title_before` is still empty.
struct LoadedMembers {
    Members members;
    TextArena ids;                      ///< by index
    std::vector<MemberIndex> index_of;  ///< by storage's number; no_member: not there (yet)
    std::vector<std::pair<MemberIndex, std::string>> file_titles;  ///< stated by the members file
    /// By index: stands where a file, a move or an earlier run put it; empty: nobody does.
    std::vector<std::uint8_t> has_place;
    std::vector<AutomaticPlace> automatic_places;  ///< as the previous run left them
    [[nodiscard]] MemberIndex index(std::int64_t number) const {
        const auto place = static_cast<std::size_t>(number);
        return place < index_of.size() ? index_of[place] : no_member;
    }
};
[[nodiscard]] LoadedMembers load_members(Database& database, const AsOf& as_of,
                                         const Period& period, std::int64_t previous_run);

/// The period's order lines. `lines.buyer` and `lines.creator` hold storage's numbers until
/// load() turns them into indexes; `lines.sequence` is empty.
struct LoadedOrders {
    OrderLines lines;
    std::uint32_t order_count = 0;
    std::vector<std::int64_t> rows;  ///< of order_line, by place
    TextColumn contract;
    std::vector<std::string> day_digests;  ///< of all but buyers and creators, by day
};

/// Reads the order lines that the period counts, late ones too, by days, on as many threads as call work().
class OrderReader {
public:
    OrderReader(Database& database, const AsOf& as_of, const Period& period,
                const Counting& counting, int currency_places);
    ~OrderReader();
    /// Takes days until none is left. Safe to call from several threads, each with its database.
    void work(Database& database);
    /// REQUIRES: every work() has returned.
    [[nodiscard]] LoadedOrders finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What the buyers had ordered before the period (9.29), and the contracts among them. Where a
/// final run left it behind, that is read and what has changed since is counted anew; else all
/// orders before the period are counted. REQUIRES: buyers of `orders` are indexes.
struct LoadedSequences {
    Sequences sequences;
    std::vector<Loaded::Contract> contracts;
    std::vector<std::uint32_t> of_line;  ///< by place of the order line
};
[[nodiscard]] LoadedSequences load_sequences(Database& database, const AsOf& as_of,
                                             const Period& period, std::int64_t previous_run,
                                             const Counting& counting,
                                             const LoadedMembers& members,
                                             const LoadedOrders& orders);

}  // namespace downline
