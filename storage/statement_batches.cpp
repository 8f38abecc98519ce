// Statements some hundred at a time: see the header.
#include "storage/statement_batches.hpp"

#include <sqlite3.h>

#include <string>

namespace downline {

namespace {

constexpr std::size_t batch_rows_max = 512;
constexpr std::size_t batch_bytes_max = std::size_t{1}
                                        << 20;  ///< of packed lines, less the last row

void emit_blob(sqlite3_context* cell, const std::string& bytes) {
    sqlite3_result_blob64(cell, bytes.data(), bytes.size(), SQLITE_STATIC);
}

void emit_statement(const void* rows, std::size_t row, int column, sqlite3_context* cell) {
    const NumberedStatement& numbered = static_cast<const NumberedStatement*>(rows)[row];
    const Statement& statement = numbered.statement;
    switch (column) {
        case 0: sqlite3_result_int64(cell, numbered.number & 0xffff'ffff); break;
        case 1: sqlite3_result_int64(cell, statement.is_active ? 1 : 0); break;
        case 2: sqlite3_result_int64(cell, statement.rank); break;
        case 3: sqlite3_result_int64(cell, statement.title); break;
        case 4: sqlite3_result_int64(cell, statement.amount_minor); break;
        case 5: sqlite3_result_int64(cell, static_cast<std::int64_t>(statement.line_count)); break;
        case 6: emit_blob(cell, statement.measures); break;
        case 7:
            if (!statement.totals.empty()) emit_blob(cell, statement.totals);
            break;
        default: break;
    }
}

void emit_lines(const void* rows, std::size_t row, int column, sqlite3_context* cell) {
    const NumberedStatement& numbered = *static_cast<const NumberedStatement* const*>(rows)[row];
    if (column == 0) sqlite3_result_int64(cell, numbered.number);
    else emit_blob(cell, numbered.statement.packed);
}

}  // namespace

StatementBatches::StatementBatches(const Loaded& loaded, const RunResult& result, std::int64_t run,
                                   const std::vector<MemberIndex>& members)
    : loaded_(loaded), run_(run), maker_(loaded.snapshot, result), members_(members) {
    making_ = std::async(std::launch::async, [this] { make_all(); });
}

StatementBatches::~StatementBatches() {
    is_over_ = true;
    free_.release();
    if (making_.valid()) making_.wait();
}

/// Ends with an empty batch, also where making one fails.
void StatementBatches::make_all() {
    for (std::size_t made = 0;; ++made) {
        free_.acquire();
        if (is_over_) return;
        Slot& slot = slots_[made % slot_count];
        slot.count = 0;
        try {
            fill(slot);
        } catch (...) {
            slot.count = 0;
            full_.release();
            throw;
        }
        const bool is_last = slot.count == 0;
        full_.release();
        if (is_last) return;
    }
}

void StatementBatches::fill(Slot& slot) {
    slot.rows.resize(batch_rows_max);
    std::size_t byte_count = 0;
    for (; next_member_ < members_.size() && slot.count < batch_rows_max &&
           byte_count < batch_bytes_max;
         ++next_member_) {
        const MemberIndex member = members_[next_member_];
        NumberedStatement& row = slot.rows[slot.count];
        if (!maker_.make(member, row.statement)) continue;
        row.number = run_ << 32 | loaded_.snapshot.members.number[member];
        byte_count += row.statement.packed.size();
        ++slot.count;
    }
}

std::span<const NumberedStatement> StatementBatches::next() {
    constexpr std::size_t half = slot_count / 2;
    if (taken_ > 0 && taken_ % half == 0) free_.release(half);
    full_.acquire();
    const Slot& slot = slots_[taken_++ % slot_count];
    if (slot.count == 0) making_.get();
    return std::span(slot.rows).first(slot.count);
}

StatementFeed::StatementFeed(Database& database, std::int64_t run)
    : statements_(database, "statement",
                  std::vector<Feed::Column>{{"run", 0, run},
                                            {"member", 0},
                                            {"is_active", 1},
                                            {"rank", 2},
                                            {"title", 3},
                                            {"amount", 4},
                                            {"lines", 5},
                                            {"measures", 6},
                                            {"totals", 7}}),
      lines_(database, "statement_lines", {"statement", "packed"}) {}

void StatementFeed::take(std::span<const NumberedStatement> rows) {
    statements_.insert(rows.data(), 0, rows.size(), emit_statement);
    with_lines_.clear();
    for (const NumberedStatement& row : rows)
        if (!row.statement.packed.empty()) with_lines_.push_back(&row);
    lines_.insert(with_lines_.data(), 0, with_lines_.size(), emit_lines);
}

}  // namespace downline
