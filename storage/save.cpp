// Run → database: the run's row, its totals, a statement per affiliate, and what it leaves behind.
//
// The digest of the result is taken on a second thread while statements are written: it goes over
// the same statements, but in the order of member ids, so that it does not depend on the order in
// which rows were imported.
#include "storage/save.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <map>
#include <numeric>
#include <utility>

#include "engine/errors.hpp"
#include "storage/carried.hpp"
#include "storage/corrections.hpp"
#include "storage/digest.hpp"
#include "storage/result_digest.hpp"
#include "storage/statement_batches.hpp"

namespace downline {
namespace {

/// What was paid under one bonus, by stream and paid level.
struct TotalKey {
    std::size_t bonus{};
    StreamKind stream{};
    std::uint32_t paid_level{};
    friend auto operator<=>(const TotalKey&, const TotalKey&) = default;
};
struct TotalSum {
    std::int64_t lines{}, amount_minor{};
};
using RunTotals = std::map<TotalKey, TotalSum>;

RunTotals totals_of(const RunResult& result) {
    RunTotals totals;
    for (std::size_t bonus = 0; bonus < result.book_count(); ++bonus) {
        const LineBook& book = result.book(bonus);
        for (std::size_t entry = 0; entry < book.entries().size(); ++entry) {
            const auto parts = unpack_totals(book.packed(entry).totals);
            ensure(parts.has_value(), "packed totals cannot be read again");
            for (const Total& part : *parts) {
                TotalSum& sum = totals[{bonus, part.stream, part.paid_level}];
                sum.lines += static_cast<std::int64_t>(part.line_count);
                sum.amount_minor = add_checked(sum.amount_minor, part.amount_minor);
            }
        }
    }
    return totals;
}

std::string_view base_name(Base base) {
    switch (base) {
        case Base::volume: return "volume";
        case Base::qualifying_volume: return "qualifying_volume";
        case Base::amount: return "amount";
        case Base::margin: return "margin";
    }
    return "volume";
}

std::string_view unit_name(Measure::Unit unit) {
    switch (unit) {
        case Measure::Unit::centipoints: return "points";
        case Measure::Unit::minor: return "money";
        case Measure::Unit::count: return "count";
    }
    return "count";
}

/// One draft on its way into the database.
class Writer {
public:
    Writer(Database& database, const Plan& plan, const Loaded& loaded, const RunResult& result)
        : database_(database), plan_(plan), loaded_(loaded), result_(result) {}

    std::int64_t write(const Signature& made, const std::function<RunCounts()>& counted,
                       StatementSink* statements);

private:
    /// Affiliates by storage's number, so that the table grows at its end.
    std::vector<MemberIndex> by_number() const;
    void supersede(RunKind kind);
    void write_run(const Signature& made, const std::string& plan_digest,
                   const std::string& result_digest, const std::function<RunCounts()>& counted);
    void write_names();
    void write_cuts();
    void write_totals(const RunTotals& totals);
    void write_statements(const std::vector<MemberIndex>& members, StatementSink& sink);
    void count(const Statement& statement);
    void write_orders();

    Database& database_;
    const Plan& plan_;
    const Loaded& loaded_;
    const RunResult& result_;
    std::int64_t run_ = 0;
    std::int64_t line_count_ = 0, earner_count_ = 0, active_count_ = 0, affiliate_count_ = 0;
    std::int64_t statement_sum_minor_ = 0;
};

std::int64_t Writer::write(const Signature& made, const std::function<RunCounts()>& counted,
                           StatementSink* statements) {
    run_ = database_.integer("SELECT coalesce(max(number), 0) + 1 FROM run").value_or(1);
    const std::string plan_digest = sha256_hex(plan_.text);
    auto aside = std::async(std::launch::async, [&] {
        return std::pair(result_digest_of(plan_digest, loaded_, result_), totals_of(result_));
    });
    const std::vector<MemberIndex> members = by_number();
    supersede(made.kind);
    if (statements) {
        write_statements(members, *statements);
    } else {
        StatementFeed feed(database_, run_);
        write_statements(members, feed);
    }
    const auto [result_digest, totals] = aside.get();
    write_run(made, plan_digest, result_digest, counted);
    write_names();
    write_cuts();
    write_totals(totals);
    write_orders();
    write_corrections(database_, run_, loaded_, result_);
    write_carried(database_, run_, plan_, loaded_, result_, members);
    return run_;
}

std::vector<MemberIndex> Writer::by_number() const {
    const Members& members = loaded_.snapshot.members;
    std::vector<MemberIndex> order(members.count);
    std::iota(order.begin(), order.end(), 0U);
    if (!std::is_sorted(members.number.begin(), members.number.end()))
        std::sort(order.begin(), order.end(), [&](MemberIndex a, MemberIndex b) {
            return members.number[a] < members.number[b];
        });
    return order;
}

/// The draft before, or the what-if before, of the same plan and period.
void Writer::supersede(RunKind kind) {
    Query runs = database_.query(
        kind == RunKind::what_if
            ? "SELECT number FROM run WHERE plan = ?1 AND period = ?2 AND kind = 'what-if'"
            : "SELECT number FROM run WHERE plan = ?1 AND period = ?2 AND state = 'draft'");
    const std::string period = period_name(loaded_.snapshot.period);
    runs.bind(1, plan_.name).bind(2, period);
    std::vector<std::int64_t> numbers;
    while (runs.step()) numbers.push_back(runs.integer(0));
    runs.reset();
    for (const std::int64_t number : numbers) {
        drop_lines(database_, number);
        database_.query("UPDATE run SET state = 'superseded', kind = 'run' WHERE number = ?1")
            .bind(1, number)
            .run();
    }
}

void Writer::write_run(const Signature& made, const std::string& plan_digest,
                       const std::string& result_digest,
                       const std::function<RunCounts()>& counted) {
    const Snapshot& snapshot = loaded_.snapshot;
    const std::string period = period_name(snapshot.period);
    Query query = database_.query(
        "INSERT INTO run(number, plan, period, first_day, last_day, last_import,"
        " previous_run, currency, plan_text, plan_digest, inputs_digest, result_digest,"
        " program_version, made_by, made_at, order_count, volume, sales, line_count,"
        " earner_count, active_count, affiliate_count, paid, state, kind, payees_without_sales,"
        " repeated_orders) VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), ?8, ?9, ?10, ?11, ?12,"
        " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)");
    query.bind(1, run_).bind(2, plan_.name).bind(3, period);
    query.bind(4, std::int64_t{snapshot.period.first}).bind(5, std::int64_t{snapshot.period.last});
    query.bind(6, loaded_.last_import).bind(7, loaded_.previous_run).bind(8, plan_.currency);
    query.bind(9, plan_.text).bind(10, plan_digest).bind(11, loaded_.inputs_digest);
    query.bind(12, result_digest).bind(13, std::string_view{DOWNLINE_VERSION});
    query.bind(14, made.by).bind(15, made.at).bind(16, std::int64_t{result_.order_count});
    query.bind(17, result_.volume_centipoints).bind(18, result_.amount_minor);
    query.bind(19, line_count_).bind(20, earner_count_).bind(21, active_count_);
    query.bind(22, affiliate_count_).bind(23, result_.paid_minor);
    constexpr std::string_view kinds[] = {"run", "estimate", "what-if"};
    query.bind(24, made.kind == RunKind::what_if ? "superseded" : "draft");
    query.bind(25, kinds[static_cast<std::size_t>(made.kind)]);
    if (counted) {
        const RunCounts counts = counted();
        query.bind(26, counts.payees_without_sales).bind(27, counts.repeated_orders);
    }
    query.run();
}

void Writer::write_names() {
    Query bonus = database_.query(
        "INSERT INTO run_bonus(run, place, code, kind, base, maximum, paid, lines)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    Query forfeit = database_.query(
        "INSERT INTO run_forfeit(run, bonus, reason, amount) VALUES (?1, ?2, ?3, ?4)");
    for (std::size_t place = 0; place < plan_.bonuses.size(); ++place) {
        const Account& account = result_.accounts[place];
        const auto number = static_cast<std::int64_t>(place);
        bonus.bind(1, run_).bind(2, number).bind(3, plan_.bonuses[place].code);
        bonus.bind(4, plan_.bonuses[place].kind).bind(5, base_name(plan_.bonuses[place].base));
        bonus.bind(6, account.maximum_minor).bind(7, account.paid_minor);
        bonus.bind(8, static_cast<std::int64_t>(account.line_count)).run();
        for (std::size_t reason = 0; reason < reason_count; ++reason) {
            if (account.forfeited_minor[reason] == 0) continue;
            forfeit.bind(1, run_).bind(2, number).bind(3, reason_name(static_cast<Reason>(reason)));
            forfeit.bind(4, account.forfeited_minor[reason]).run();
        }
    }
    Query rank = database_.query("INSERT INTO run_rank(run, place, name) VALUES (?1, ?2, ?3)");
    for (std::size_t i = 0; i < plan_.ranks.size(); ++i)
        rank.bind(1, run_)
            .bind(2, static_cast<std::int64_t>(i) + 1)
            .bind(3, plan_.ranks[i].name)
            .run();
    Query measure =
        database_.query("INSERT INTO run_measure(run, place, name, unit) VALUES (?1, ?2, ?3, ?4)");
    for (std::size_t i = 0; i < plan_.measures.size(); ++i) {
        measure.bind(1, run_).bind(2, static_cast<std::int64_t>(i)).bind(3, plan_.measures[i].name);
        measure.bind(4, unit_name(plan_.measures[i].unit)).run();
    }
}

/// Cuts stand behind the bonuses, so that lines name both by place. They have no slots: no maximum.
void Writer::write_cuts() {
    Query query = database_.query(
        "INSERT INTO run_bonus(run, place, code, kind, base, maximum, paid, lines)"
        " VALUES (?1, ?2, ?3, ?4, 'none', 0, ?5, ?6)");
    for (std::size_t i = 0; i < result_.cuts.size(); ++i) {
        const Cut& cut = result_.cuts[i];
        std::int64_t amount_minor = 0, line_count = 0;
        for (const LineBook::Entry& entry : cut.book.entries()) {
            amount_minor = add_checked(amount_minor, entry.amount_minor);
            line_count += entry.line_count;
        }
        query.bind(1, run_).bind(2, static_cast<std::int64_t>(result_.books.size() + i));
        query.bind(3, cut.code).bind(4, std::string_view{kind_of_cut(cut)});
        query.bind(5, amount_minor).bind(6, line_count).run();
    }
}

void Writer::write_totals(const RunTotals& totals) {
    Query query = database_.query(
        "INSERT INTO run_total(run, bonus, stream, paid_level, lines, amount)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    std::int64_t lines = 0, amount = 0;
    for (const auto& [key, sum] : totals) {
        query.bind(1, run_).bind(2, static_cast<std::int64_t>(key.bonus));
        query.bind(3, stream_name(key.stream)).bind(4, std::int64_t{key.paid_level});
        query.bind(5, sum.lines).bind(6, sum.amount_minor).run();
        lines += sum.lines;
        amount += sum.amount_minor;
    }
    for (const CorrectionLine& line : result_.corrections) {
        amount += line.amount_minor;
        ++lines;
    }
    ensure(amount == result_.paid_minor && lines == line_count_ &&
               statement_sum_minor_ == result_.paid_minor,
           "what the statements say does not add up to what the run paid");
}

void Writer::write_statements(const std::vector<MemberIndex>& members, StatementSink& sink) {
    for (const MemberIndex member : members)
        affiliate_count_ += loaded_.snapshot.members.kind[member] == MemberKind::affiliate ? 1 : 0;
    StatementBatches batches(loaded_, result_, run_, members);
    for (auto rows = batches.next(); !rows.empty(); rows = batches.next()) {
        sink.take(rows);
        for (const NumberedStatement& row : rows) count(row.statement);
    }
}

void Writer::count(const Statement& statement) {
    line_count_ += static_cast<std::int64_t>(statement.line_count);
    earner_count_ += statement.line_count != 0 ? 1 : 0;
    active_count_ += statement.is_active ? 1 : 0;
    statement_sum_minor_ = add_checked(statement_sum_minor_, statement.amount_minor);
}

void Writer::write_orders() {
    Query query = database_.query("INSERT INTO run_order(run, piece, packed) VALUES (?1, ?2, ?3)");
    for (std::size_t piece = 0; piece < loaded_.order_places.size(); ++piece) {
        const std::string& packed = loaded_.order_places[piece];
        query.bind(1, run_).bind(2, static_cast<std::int64_t>(piece));
        query.bind_blob(3, packed.data(), packed.size()).run();
    }
}

}  // namespace

void drop_lines(Database& database, std::int64_t run) {
    for (const char* table : {"statement", "carried", "run_order", "correction"})
        database.query(fmt::format("DELETE FROM {} WHERE run = ?1", table)).bind(1, run).run();
    database.query(fmt::format("DELETE FROM statement_lines WHERE {}", statements_of_run))
        .bind(1, run)
        .run();
}

std::int64_t save(Database& database, const Plan& plan, const Loaded& loaded,
                  const RunResult& result, const Signature& made,
                  const std::function<RunCounts()>& counted, StatementSink* statements) {
    ensure(result.accounts.size() == plan.bonuses.size() &&
               result.books.size() == plan.bonuses.size() &&
               result.standing.measures.size() == plan.measures.size(),
           "a run has one account and one book per bonus, and a column per measure");
    return Writer(database, plan, loaded, result).write(made, counted, statements);
}

}  // namespace downline
