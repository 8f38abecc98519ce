// Writes corrections: see the header.
#include "storage/corrections.hpp"

#include "engine/errors.hpp"

namespace downline {
namespace {

/// A reversal with what it reverses.
struct Reversed {
    const ClosedRun& run;
    const ClosedLine& line;
    const Loaded::ReturnName& by;
};
Reversed reversed(const Loaded& loaded, const CorrectionLine& line) {
    const ClosedRun& run = loaded.snapshot.corrections->closed_runs[line.closed_run];
    return {run, run.lines[line.line], loaded.returns[line.event - 1]};
}

bool is_adjustment(const CorrectionLine& line) {
    return line.closed_run == CorrectionLine::adjustment;
}

/// 0: NULL.
void bind_number(Query& query, int place, std::int64_t number) {
    if (number == 0) query.bind_null(place);
    else query.bind(place, number);
}

}  // namespace

void write_corrections(Database& database, std::int64_t run, const Loaded& loaded,
                       const RunResult& result) {
    const std::vector<std::int64_t>& numbers = loaded.snapshot.members.number;
    Query query = database.query(
        "INSERT INTO correction(run, place, member, bonus, stream, level, paid_level, amount,"
        " return_id, returned_on, of_run, of_bonus, of_order, of_source, adjustment, of_opening)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");
    query.bind(1, run);
    std::int64_t place = 0;
    for (const CorrectionLine& line : result.corrections) {
        query.bind(2, ++place).bind(3, numbers[line.member]).bind(8, line.amount_minor);
        if (is_adjustment(line)) {
            const Loaded::AdjustmentName& name = loaded.adjustments[line.line];
            query.bind(4, name.bonus).bind(5, stream_name(StreamKind::adjustment));
            query.bind(6, std::int64_t{0}).bind(7, std::int64_t{0});
            for (int column = 9; column <= 14; ++column) query.bind_null(column);
            query.bind(15, name.row).bind_null(16).run();
            continue;
        }
        const auto [closed, its, by] = reversed(loaded, line);
        query.bind(4, closed.bonuses[its.bonus].code).bind(5, stream_name(its.stream));
        query.bind(6, std::int64_t{its.level}).bind(7, std::int64_t{its.paid_level});
        query.bind(9, by.return_id).bind(10, std::int64_t{by.returned_on});
        bind_number(query, 11, closed.number);
        if (closed.number == 0) query.bind_null(12);
        else query.bind(12, std::int64_t{its.bonus});
        bind_number(query, 13, its.order_ref);
        bind_number(query, 14, its.source == no_member ? 0 : numbers[its.source]);
        query.bind_null(15);
        bind_number(query, 16, closed.number == 0 ? loaded.opening_rows[line.line] : 0);
        query.run();
    }
}

void digest_corrections(const Loaded& loaded, const RunResult& result, Digest& digest) {
    for (const CorrectionLine& line : result.corrections) {
        digest.add(std::int64_t{line.member}).add(line.amount_minor);
        if (is_adjustment(line)) {
            digest.add_text(loaded.adjustments[line.line].bonus);
            continue;
        }
        const auto [closed, its, by] = reversed(loaded, line);
        digest.add_text(closed.bonuses[its.bonus].code).add_text(by.return_id);
        digest.add(std::int64_t{its.level}).add(std::int64_t{its.paid_level});
        digest.add_text(stream_name(its.stream)).add(std::int64_t{its.source});
        digest.add(std::int64_t{line.closed_run}).add(std::int64_t{its.order});
    }
}

}  // namespace downline
