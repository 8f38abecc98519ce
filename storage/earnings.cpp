// What members earned: one statement read, unpacked and named.
#include "storage/earnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "engine/errors.hpp"
#include "storage/corrections.hpp"
#include "storage/earning_tables.hpp"
#include "storage/members.hpp"
#include "storage/run_reader.hpp"
#include "storage/statements.hpp"

namespace downline {
namespace {

/// The packed lines of a top earner are megabytes: they are read only where they are asked for.
std::string statement_columns(bool with_lines) {
    return fmt::format("s.is_active, s.rank, s.title, s.amount, s.measures, s.totals, {}, s.lines",
                       with_lines ? lines_of_statement : "NULL");
}
/// From so many lines on, all names are read at once.
constexpr std::int64_t many_lines = 20'000;

/// Adds up by bonus (in plan order, then those of other plans), by stream (in the order of streams)
/// and by paid level.
class Sums {
public:
    explicit Sums(const RunReader& reader) : reader_(reader) {}

    void add(std::size_t bonus, const Total& total) {
        add({bonus, reader_.bonus(bonus).code}, stream_name(total.stream), total.paid_level,
            static_cast<std::int64_t>(total.line_count), total.amount_minor);
    }
    void add(const CorrectionRecord& line) {
        add({reader_.place_of(line.bonus), line.bonus}, line.stream,
            static_cast<std::uint32_t>(line.paid_level), 1, line.amount_minor);
    }
    void finish(Earnings& into) && {
        for (auto& [key, sum] : bonuses_) into.by_bonus.push_back(named(key.second, sum));
        for (std::size_t kind = 0; kind <= static_cast<std::size_t>(StreamKind::adjustment); ++kind) {
            const std::string_view name = stream_name(static_cast<StreamKind>(kind));
            const auto sum = streams_.find(name);
            if (sum != streams_.end()) into.by_stream.push_back(named(std::string{name}, sum->second));
        }
        for (auto& [level, sum] : levels_)
            into.by_level.push_back(named(fmt::format("{}", level), sum));
    }

private:
    struct Sum {
        std::int64_t lines = 0, amount_minor = 0;
    };
    static NamedAmount named(const std::string& name, const Sum& sum) {
        return {name, sum.lines, sum.amount_minor};
    }
    void add(const std::pair<std::size_t, std::string>& bonus, std::string_view stream,
             std::uint32_t level, std::int64_t lines, std::int64_t amount_minor) {
        for (Sum* sum : {&bonuses_[bonus], &streams_[std::string{stream}], &levels_[level]}) {
            sum->lines += lines;
            sum->amount_minor = add_checked(sum->amount_minor, amount_minor);
        }
    }
    const RunReader& reader_;
    std::map<std::pair<std::size_t, std::string>, Sum> bonuses_;
    std::map<std::string, Sum, std::less<>> streams_;
    std::map<std::uint32_t, Sum> levels_;
};

EarningLine named(RunReader& reader, const RunReader::BonusName& bonus, const Line& line) {
    EarningLine result;
    result.bonus = bonus.code;
    std::int64_t source = line.from;
    if (line.order_ref != 0) {
        const OrderName order = reader.order(line.order_ref);
        result.order_id = order.order_id;
        result.line = order.line;
        result.ordered_on = order.ordered_on;
        if (source == 0) source = order.buyer;
    }
    if (source != 0) result.from = reader.member_id(source);
    result.level = line.level;
    result.paid_level = line.paid_level;
    result.base = reader.base_text(bonus, line);
    result.rate = reader.rate_text(line);
    result.amount_minor = line.amount_minor;
    result.stream = stream_name(line.stream);
    return result;
}

EarningLine named(const CorrectionRecord& correction) {
    EarningLine result;
    result.bonus = correction.bonus;
    result.order_id = correction.order_id;
    result.line = correction.line;
    result.ordered_on = correction.ordered_on;
    result.from = correction.from;
    result.level = correction.level;
    result.paid_level = correction.paid_level;
    result.amount_minor = correction.amount_minor;
    result.stream = correction.stream;
    result.return_id = correction.return_id;
    result.reverses_run = correction.of_run;
    result.adjustment_id = correction.adjustment_id;
    result.reason = correction.reason;
    return result;
}

/// Fills in what a statement says; its columns begin at `first`.
void read_statement(RunReader& reader, const Query& query, int first, bool with_lines,
                    std::span<const CorrectionRecord> corrections, Earnings& into) {
    into.is_active = query.integer(first) != 0;
    into.rank = reader.rank(query.integer(first + 1));
    into.title = reader.rank(query.integer(first + 2));
    into.total_minor = query.integer(first + 3);
    into.measures = reader.measure_texts(query.blob(first + 4));
    Sums sums(reader);
    for (const auto& [bonus, totals] : statement_totals(query.blob(first + 5)))
        for (const Total& total : totals) sums.add(bonus, total);
    for (const CorrectionRecord& correction : corrections) sums.add(correction);
    std::move(sums).finish(into);
    std::int64_t sum = 0;
    for (const NamedAmount& bonus : into.by_bonus) sum += bonus.amount_minor;
    ensure_intact(sum == into.total_minor, "a statement's totals do not add up to its pay");
    if (!with_lines) return;
    if (query.integer(first + 7) >= many_lines) reader.read_ahead();
    for (const auto& [place, lines] : statement_lines(query.blob(first + 6)))
        for (const Line& line : lines)
            into.lines.push_back(named(reader, reader.bonus(place), line));
    for (const CorrectionRecord& correction : corrections) into.lines.push_back(named(correction));
}

void refuse_who_earns_nothing(Database& database, const RunRecord& run,
                              const MemberRecord& member) {
    if (member.joined_on > run.last_day)
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{} joins on {}, after {}", member.member_id,
                                  format_day(member.joined_on), run.period));
    if (member.kind == MemberKind::affiliate) return;
    Query sponsor = database.query("SELECT member_id FROM member WHERE number = ?1");
    sponsor.bind(1, member.sponsor);
    throw Refusal(
        Refusal::Kind::input,
        fmt::format("{} is a customer and earns nothing; {}", member.member_id,
                    sponsor.step() ? fmt::format("its orders count for {}", sponsor.text(0))
                                   : "nobody sold to it"));
}

}  // namespace

Earnings earnings_of(Database& database, const RunRecord& run, const std::string& member_id,
                     bool with_lines) {
    const MemberRecord member = find_member(database, member_id, run.last_day);
    refuse_who_earns_nothing(database, run, member);
    RunReader reader(database.handle(), run.number);
    Earnings earnings;
    earnings.member_id = member_id;
    earnings.name = member.name;
    Query query = database.query(fmt::format(
        "SELECT {} FROM statement s WHERE s.run = ?1 AND s.member = ?2",
        statement_columns(with_lines)));
    query.bind(1, run.number).bind(2, member.number);
    const auto corrections = corrections_of(database.handle(), run.number, member.number);
    if (query.step()) read_statement(reader, query, 0, with_lines, corrections, earnings);
    else earnings.measures = reader.measure_texts({});
    return earnings;
}

void each_earnings(Database& database, const RunRecord& run, bool with_lines, bool only_earners,
                   const std::function<void(const Earnings&)>& take) {
    RunReader reader(database.handle(), run.number);
    if (with_lines && run.line_count >= many_lines) reader.read_ahead();
    const auto names = changed_values(database, "name", INT32_MAX);
    const auto kinds = changed_values(database, "kind", run.last_day);
    const auto corrections = corrections_of(database.handle(), run.number);
    Query query = database.query(
        fmt::format("SELECT m.number, m.member_id, m.name, m.kind, s.lines, {} FROM member m"
                    " LEFT JOIN statement s ON s.run = ?1 AND s.member = m.number"
                    " WHERE m.joined_on <= ?2 AND m.import <= ?3 ORDER BY m.member_id",
                    statement_columns(with_lines)));
    query.bind(1, run.number).bind(2, std::int64_t{run.last_day}).bind(3, run.last_import);
    while (query.step()) {
        const auto kind = kinds.find(query.integer(0));
        const bool is_affiliate = kind != kinds.end() ? kind->second == "0" : query.integer(3) == 0;
        if (!is_affiliate || (only_earners && query.integer(4) == 0)) continue;
        Earnings earnings;
        earnings.member_id = query.text(1);
        const auto name = names.find(query.integer(0));
        if (name != names.end()) earnings.name = name->second;
        else if (!query.is_null(2)) earnings.name = query.text(2);
        const auto begin = std::ranges::lower_bound(corrections, query.integer(0), {},
                                                    &CorrectionRecord::member);
        const auto end = std::ranges::upper_bound(begin, corrections.end(), query.integer(0), {},
                                                  &CorrectionRecord::member);
        if (!query.is_null(4)) read_statement(reader, query, 5, with_lines, {begin, end}, earnings);
        else earnings.measures = reader.measure_texts({});
        take(earnings);
    }
}

void register_earning_tables(Database& database) {
    const int code = create_earning_modules(database.handle());
    if (code != 0) throw_sqlite_error(database.handle(), code, "registering earning_line");
}

}  // namespace downline
