// What is known of stored runs: their rows, totals, and which one is meant.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/errors.hpp"
#include "storage/close_checks.hpp"
#include "storage/intact.hpp"
#include "storage/runs.hpp"

namespace downline {
namespace {

constexpr const char* record_columns =
    "SELECT number, plan, period, CASE WHEN kind = 'what-if' THEN kind WHEN state = 'draft' AND"
    " kind = 'estimate' THEN kind ELSE state END, currency, first_day, last_day, plan_digest,"
    " inputs_digest, result_digest, chain_digest, program_version, made_by, made_at, closed_by,"
    " closed_at, last_import, order_count, volume, sales, line_count, earner_count, active_count,"
    " affiliate_count, paid, ifnull(previous_run, 0) FROM run ";

std::optional<std::string> optional_text(const Query& query, int column) {
    if (query.is_null(column)) return std::nullopt;
    return std::string{query.text(column)};
}

RunRecord read_record(const Query& query) {
    RunRecord record;
    record.number = query.integer(0);
    record.plan = query.text(1);
    record.period = query.text(2);
    record.state = query.text(3);
    record.currency = query.text(4);
    record.first_day = static_cast<Day>(query.integer(5));
    record.last_day = static_cast<Day>(query.integer(6));
    record.plan_digest = query.text(7);
    record.inputs_digest = query.text(8);
    record.result_digest = query.text(9);
    record.chain_digest = optional_text(query, 10);
    record.program_version = query.text(11);
    record.made_by = query.text(12);
    record.made_at = query.text(13);
    record.closed_by = optional_text(query, 14);
    record.closed_at = optional_text(query, 15);
    record.last_import = query.integer(16);
    record.order_count = query.integer(17);
    record.volume_centipoints = query.integer(18);
    record.sales_minor = query.integer(19);
    record.line_count = query.integer(20);
    record.earner_count = query.integer(21);
    record.active_count = query.integer(22);
    record.affiliate_count = query.integer(23);
    record.paid_minor = query.integer(24);
    record.previous_run = query.integer(25);
    return record;
}

std::vector<RunRecord> read_records(Query& query) {
    std::vector<RunRecord> records;
    while (query.step()) records.push_back(read_record(query));
    return records;
}

std::vector<BonusTotal> bonus_totals(Database& database, std::int64_t run) {
    std::vector<BonusTotal> bonuses;
    Query query = database.query(
        "SELECT code, kind, maximum, paid, lines FROM run_bonus WHERE run = ?1 ORDER BY place");
    query.bind(1, run);
    while (query.step())
        bonuses.push_back({std::string{query.text(0)},
                           std::string{query.text(1)},
                           query.integer(2),
                           query.integer(3),
                           query.integer(4),
                           {}});
    Query forfeits = database.query("SELECT bonus, reason, amount FROM run_forfeit WHERE run = ?1");
    forfeits.bind(1, run);
    while (forfeits.step())
        entry_at(bonuses, forfeits.integer(0), "what was forfeited names no bonus of its run")
            .forfeited.emplace_back(forfeits.text(1), forfeits.integer(2));
    return bonuses;
}

/// By stream, in the order in which streams are always shown.
std::vector<std::pair<std::string, std::int64_t>> stream_totals(Database& database,
                                                                std::int64_t run) {
    std::vector<std::pair<std::string, std::int64_t>> streams;
    Query query = database.query(
        "SELECT coalesce(sum(amount), 0), count(*) FROM (SELECT amount FROM run_total"
        " WHERE run = ?1 AND stream = ?2 UNION ALL SELECT amount FROM correction"
        " WHERE run = ?1 AND stream = ?2)");
    for (int kind = 0; kind <= static_cast<int>(StreamKind::adjustment); ++kind) {
        const std::string name{stream_name(static_cast<StreamKind>(kind))};
        query.reset();
        query.bind(1, run).bind(2, name);
        if (query.step() && query.integer(1) != 0) streams.emplace_back(name, query.integer(0));
    }
    return streams;
}

std::vector<RunSummary::Correction> correction_totals(Database& database, std::int64_t run) {
    Query query = database.query(
        "SELECT bonus, adjustment IS NULL, count(*), sum(amount) FROM correction WHERE run = ?1"
        " GROUP BY bonus, adjustment IS NULL ORDER BY bonus, adjustment IS NULL");
    query.bind(1, run);
    std::vector<RunSummary::Correction> corrections;
    while (query.step())
        corrections.push_back({std::string{query.text(0)}, query.integer(1) != 0, query.integer(2),
                               query.integer(3)});
    return corrections;
}

}  // namespace

RunSummary run_summary(Database& database, std::int64_t run_number) {
    Query query = database.query(std::string{record_columns} + "WHERE number = ?1");
    query.bind(1, run_number);
    if (!query.step())
        throw Refusal(Refusal::Kind::state,
                      fmt::format("there is no run {}; `runs` lists them", run_number));
    RunSummary summary;
    summary.record = read_record(query);
    summary.bonuses = bonus_totals(database, run_number);
    summary.corrections = correction_totals(database, run_number);
    summary.streams = stream_totals(database, run_number);
    summary.checks = stored_checks(database, run_number);
    return summary;
}

std::vector<RunRecord> list_runs(Database& database) {
    Query query = database.query(std::string{record_columns} + "ORDER BY number");
    return read_records(query);
}

std::vector<RunRecord> find_runs(Database& database, const std::optional<std::string>& plan,
                                 const std::optional<std::string>& period) {
    Query query = database.query(std::string{record_columns} +
                                 "WHERE state IN ('final', 'draft') AND (?1 IS NULL OR plan = ?1)"
                                 " AND (?2 IS NULL OR period = ?2) ORDER BY last_day DESC, "
                                 "first_day DESC, plan, number DESC");
    if (plan) query.bind(1, *plan);
    else query.bind_null(1);
    if (period) query.bind(2, *period);
    else query.bind_null(2);
    const std::vector<RunRecord> records = read_records(query);
    if (records.empty())
        throw Refusal(Refusal::Kind::state,
                      fmt::format("there is no run{}{}; `runs` lists what there is, `run PERIOD "
                                  "--plan FILE` makes one",
                                  period ? " of " + *period : "", plan ? " of plan " + *plan : ""));
    std::vector<RunRecord> found;
    for (const RunRecord& record : records)
        if (record.period == records.front().period &&
            (found.empty() || found.back().plan != record.plan))
            found.push_back(record);
    return found;
}

RunRecord find_run(Database& database, const std::optional<std::string>& plan,
                   const std::optional<std::string>& period) {
    const std::vector<RunRecord> runs = find_runs(database, plan, period);
    if (runs.size() > 1)
        throw Refusal(Refusal::Kind::state,
                      fmt::format("plans {} and {} both have a run of {}; choose one with --plan",
                                  runs[0].plan, runs[1].plan, runs[0].period));
    return runs.front();
}

}  // namespace downline
