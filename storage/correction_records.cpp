// Reads corrections with the names of what they stand for. Part of the loadable extension too.
#include <fmt/format.h>

#include "storage/corrections.hpp"

namespace downline {
namespace {

std::optional<std::string> text_of(const Query& query, int column) {
    if (query.is_null(column)) return std::nullopt;
    return std::string{query.text(column)};
}
std::optional<std::int64_t> integer_of(const Query& query, int column) {
    if (query.is_null(column)) return std::nullopt;
    return query.integer(column);
}

}  // namespace

std::vector<CorrectionRecord> corrections_of(sqlite3* handle, std::int64_t run,
                                             std::optional<std::int64_t> member) {
    Query query(handle,
                fmt::format("SELECT c.member, c.bonus, c.stream, c.level, c.paid_level, c.amount,"
                            " c.return_id, c.of_run, o.order_id, o.line, o.ordered_on,"
                            " m.member_id, a.adjustment_id, a.reason FROM correction c"
                            " LEFT JOIN order_line o ON o.row = c.of_order"
                            " LEFT JOIN member m ON m.number = ifnull(c.of_source, o.buyer)"
                            " LEFT JOIN adjustment a ON a.row = c.adjustment"
                            " WHERE c.run = ?1{} ORDER BY c.member, c.place",
                            member ? " AND c.member = ?2" : ""));
    query.bind(1, run);
    if (member) query.bind(2, *member);
    std::vector<CorrectionRecord> records;
    while (query.step()) {
        CorrectionRecord& record = records.emplace_back();
        record.member = query.integer(0);
        record.bonus = query.text(1);
        record.stream = query.text(2);
        record.level = query.integer(3);
        record.paid_level = query.integer(4);
        record.amount_minor = query.integer(5);
        record.return_id = text_of(query, 6);
        record.of_run = integer_of(query, 7);
        record.order_id = text_of(query, 8);
        record.line = integer_of(query, 9);
        if (const auto day = integer_of(query, 10)) record.ordered_on = static_cast<Day>(*day);
        record.from = text_of(query, 11);
        record.adjustment_id = text_of(query, 12);
        record.reason = text_of(query, 13);
    }
    return records;
}

}  // namespace downline
