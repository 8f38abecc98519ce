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
#include "storage/digest.hpp"
#include "storage/runs.hpp"
#include "storage/text_arena.hpp"

namespace downline {

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
    std::vector<AutomaticPlace> automatic_places;  ///< as the run that was named left them
    bool is_part = false;  ///< others are there that were not asked for
    [[nodiscard]] MemberIndex index(std::int64_t number) const {
        const auto place = static_cast<std::size_t>(number);
        return place < index_of.size() ? index_of[place] : no_member;
    }
};
/// Places are those that `placing_run` left. `only`: storage's numbers of whom to load, ascending.
[[nodiscard]] LoadedMembers load_members(Database& database, const AsOf& as_of,
                                         const Period& period, std::int64_t placing_run,
                                         const std::vector<std::int64_t>* only = nullptr);
/// Everybody's kind and parents by storage's number, and nothing else: no ids, days, status.
[[nodiscard]] LoadedMembers load_links(Database& database, const AsOf& as_of, const Period& period,
                                       std::int64_t placing_run);

/// The period's order lines. `lines.buyer` and `lines.creator` hold storage's numbers until
/// load() turns them into indexes; `lines.sequence` is empty.
struct LoadedOrders {
    OrderLines lines;
    std::uint32_t order_count = 0;
    std::vector<std::int64_t> rows;  ///< of order_line, by place
    TextColumn contract;
    std::vector<std::string> day_digests;  ///< of all but buyers and creators, by day
    bool is_part = false;                  ///< the period has others
};

/// Reads the order lines that the period counts, late ones too, by days, on as many threads as call work().
class OrderReader {
public:
    OrderReader(Database& database, const AsOf& as_of, const Period& period,
                const Counting& counting, int currency_places);
    ~OrderReader();
    struct Kept {
        std::vector<std::int64_t> rows;  ///< ascending
        std::size_t line_count{};        ///< of those that are not kept, too
    };
    /// Where a part is enough: reads who bought, as work() reads the rest.
    void read_buyers(Database& database);
    /// Leaves out order lines of others than these buyers, by storage's number (0: false).
    /// REQUIRES: every read_buyers() has returned.
    [[nodiscard]] Kept keep(const std::vector<std::uint8_t>& is_buyer);
    /// Takes days until none is left. Safe to call from several threads, each with its database.
    void work(Database& database);
    /// REQUIRES: every work() has returned.
    [[nodiscard]] LoadedOrders finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Storage's numbers of buyers and creators become indexes. Refusal for an order of somebody who has
/// not joined by then.
void link_orders(const LoadedMembers& members, LoadedOrders& orders, Database& database,
                 const Period& period);

/// Titles before the period: what the last final run left, by name, else the members file's. Refusal
/// for one that the plan does not know.
void load_titles(Database& database, const Plan& plan, std::int64_t previous_run,
                 LoadedMembers& loaded);

/// Returns of the period's order lines, by order line, then (returned_on, return_id); into the
/// digest too.
[[nodiscard]] std::vector<ReturnOfLine> load_returns(Database& database, const AsOf& as_of,
                                                     const Period& period,
                                                     const Counting& counting,
                                                     const LoadedOrders& orders, Digest& digest);

/// What the buyers had ordered before the period (9.29), and the contracts among them. Where a
/// final run left it behind, that is read and what has changed since is counted anew; else all
/// orders before the period are counted. REQUIRES: buyers of `orders` are indexes.
struct LoadedSequences {
    Sequences sequences;
    std::vector<Loaded::Contract> contracts;
    std::vector<std::uint32_t> of_line;  ///< by place of the order line; empty: its buyer
};
[[nodiscard]] LoadedSequences load_sequences(Database& database, const AsOf& as_of,
                                             const Period& period, std::int64_t previous_run,
                                             const Counting& counting,
                                             const LoadedMembers& members,
                                             const LoadedOrders& orders);

}  // namespace downline
