// Order lines on their way in: batches of parsed rows, and one row against what is known.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/feed.hpp"
#include "storage/import_context.hpp"

namespace downline {

/// The good rows of a segment, column by column. A column that the file lacks is empty.
struct OrderBatch {
    std::unique_ptr<Segment> segment;
    std::vector<std::uint32_t> begin;  ///< of the row in the segment's text
    std::vector<std::string_view> order_id, member_id, sku, category, kind, contract;
    std::vector<std::uint32_t> buyer;  ///< the number of member_id
    std::vector<Day> ordered_on;
    std::vector<std::int64_t> line, amount, volume, qualifying_volume, cost, quantity;
    /// A suspect's order may be there already: the row is compared before it goes in.
    enum Fate : std::uint8_t { goes_in, is_suspect, is_refused };
    std::vector<Fate> fate;
    std::vector<std::uint32_t> by_day;  ///< rows that go in
    std::vector<RowProblem> problems;
    Int128 total = 0;
    [[nodiscard]] std::size_t size() const { return order_id.size(); }
};

/// One order line as the table has it; texts are "" and numbers not_stated where they are NULL.
struct StoredOrder {
    std::int64_t row{}, import{}, line{}, buyer{}, ordered_on{}, amount{}, volume{},
        qualifying_volume{}, cost{}, quantity{};
    std::string sku, category, kind, contract;
};

/// Rows of a batch with one fate by day, rows of a day as the file has them.
[[nodiscard]] std::vector<std::uint32_t> rows_by_day(const OrderBatch& batch,
                                                     OrderBatch::Fate fate);

/// Reads files into batches; keeps what it must know from one batch to the next.
class OrderParser {
public:
    OrderParser(ImportContext& context, KnownMembers& members);
    /// The next batch of the file, or null at its end.
    [[nodiscard]] std::unique_ptr<OrderBatch> next(SourceFile& file);
    [[nodiscard]] std::uint64_t row_count() const { return reader_.row_count(); }

private:
    void take(OrderBatch& batch);
    OrderBatch::Fate fate_of_last(const OrderBatch& batch);
    void find_buyers(OrderBatch& batch);

    KnownMembers& members_;
    const Closing& closing_;
    RowReader reader_;
    SeenTexts seen_;
};

/// Brings batches into the table.
class OrderWriter {
public:
    explicit OrderWriter(ImportContext& context);
    void write(OrderBatch& batch);
    /// After the last batch: orders whose lines no longer agree are refused.
    void finish();

private:
    void mark_known(OrderBatch& batch);
    void insert(const OrderBatch& batch);
    void insert_extent(Day day, std::int64_t first_row, std::int64_t last_row);
    void settle_suspects(OrderBatch& batch);
    bool settle(OrderBatch& batch, std::uint32_t i, OrderBatch& row, std::int64_t& replaces);
    std::vector<StoredOrder> stored(std::string_view order_id);
    std::string differences(const OrderBatch& batch, std::uint32_t i, const StoredOrder& known);
    bool agrees(OrderBatch& batch, std::uint32_t i, const StoredOrder& other);
    bool may_replace(OrderBatch& batch, std::uint32_t i, const StoredOrder& known);
    void refuse(OrderBatch& batch, std::uint32_t i, std::size_t column, std::string_view code,
                std::string text);
    std::string member_id(std::int64_t number);

    ImportContext& context_;
    bool was_empty_;
    std::string largest_id_;  ///< of the orders before this import
    std::int64_t next_row_;
    StoredOrder replaced_;            ///< the row that is being replaced
    const Header* header_ = nullptr;  ///< of the file whose columns feed_ has
    std::optional<Feed> feed_;
    Feed full_feed_;  ///< of rows that replace others: all columns
    Query insert_extent_, known_, replace_, returned_, member_;
    std::vector<std::pair<std::string, RowError>> replaced_orders_;
};

}  // namespace downline
