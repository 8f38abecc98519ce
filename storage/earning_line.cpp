// Earning lines as SQL rows: the virtual tables earning_line and earning_total over packed
// statements.
//
// Asked with a run or a member (or both) they read only those statements; every other condition is
// left to SQLite. The same file is the loadable extension `downline_sqlite` for any SQLite shell.
#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "storage/corrections.hpp"
#include "storage/earning_tables.hpp"
#include "storage/run_reader.hpp"
#include "storage/statements.hpp"

namespace downline {
namespace {

enum class Content { lines, totals };

constexpr const char* line_columns =
    "CREATE TABLE earning_line(run INTEGER, plan TEXT, period TEXT, state TEXT, member_id TEXT,"
    " bonus TEXT, order_id TEXT, line INTEGER, from_id TEXT, level INTEGER, paid_level INTEGER,"
    " base TEXT, rate TEXT, amount INTEGER, stream TEXT, return_id TEXT, reverses_run INTEGER,"
    " adjustment_id TEXT, reason TEXT)";
constexpr const char* total_columns =
    "CREATE TABLE earning_total(run INTEGER, plan TEXT, period TEXT, state TEXT, member_id TEXT,"
    " bonus TEXT, paid_level INTEGER, stream TEXT, lines INTEGER, amount INTEGER)";
/// The first columns are the same in both.
enum Column { run, plan, period, state, member_id, bonus, own_columns };

struct Table : sqlite3_vtab {
    sqlite3* handle = nullptr;
    Content content{};
};

struct Cursor : sqlite3_vtab_cursor {
    explicit Cursor(const Table& table) : content(table.content), handle(table.handle) {}
    Content content;
    sqlite3* handle;
    std::unique_ptr<Query> statements;
    std::unique_ptr<RunReader> reader;
    std::string plan, period, state, member_id;
    std::vector<std::pair<std::size_t, std::vector<Line>>> lines;
    std::vector<std::pair<std::size_t, std::vector<Total>>> totals;
    bool has_corrections = false;  ///< the run; those of a statement are its last part
    std::vector<CorrectionRecord> corrections;
    std::size_t part = 0, entry = 0;
    bool is_at_end = false;
    sqlite3_int64 row = 0;

    [[nodiscard]] std::size_t packed_count() const {
        return content == Content::lines ? lines.size() : totals.size();
    }
    [[nodiscard]] bool is_correction() const { return part == packed_count(); }
    [[nodiscard]] std::size_t part_count() const {
        return packed_count() + (corrections.empty() ? 0 : 1);
    }
    [[nodiscard]] std::size_t entry_count() const {
        if (is_correction()) return corrections.size();
        return content == Content::lines ? lines[part].second.size() : totals[part].second.size();
    }
    [[nodiscard]] const RunReader::BonusName& bonus() const {
        return reader->bonus(content == Content::lines ? lines[part].first : totals[part].first);
    }
    /// The next statement that has anything; false at the end.
    bool read_statement() {
        while (statements->step()) {
            const std::int64_t number = statements->integer(0);
            if (!reader || reader->run() != number) {
                reader = std::make_unique<RunReader>(handle, number);
                Query any(handle, "SELECT 1 FROM correction WHERE run = ?1 LIMIT 1");
                has_corrections = any.bind(1, number).step();
            }
            plan = statements->text(1);
            period = statements->text(2);
            state = statements->text(3);
            member_id = statements->text(4);
            part = entry = 0;
            if (content == Content::lines) lines = statement_lines(statements->blob(5));
            else totals = statement_totals(statements->blob(5));
            if (has_corrections)
                corrections = corrections_of(handle, number, statements->integer(6));
            else corrections.clear();
            if (part_count() != 0) return true;
        }
        return false;
    }
    void next() {
        ++row;
        if (++entry < entry_count()) return;
        entry = 0;
        if (++part < part_count()) return;
        is_at_end = !read_statement();
    }
};

/// Runs what may throw and turns it into SQLite's way of failing.
template <typename Work>
int guarded(sqlite3_vtab* table, const Work& work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    } catch (const std::exception& error) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("%s", error.what());
        return SQLITE_ERROR;
    }
}

int connect(sqlite3* handle, void* content, int, const char* const*, sqlite3_vtab** made, char**) {
    auto table = std::make_unique<Table>();
    table->handle = handle;
    table->content = content == nullptr ? Content::lines : Content::totals;
    const int code = sqlite3_declare_vtab(
        handle, table->content == Content::lines ? line_columns : total_columns);
    if (code != SQLITE_OK) return code;
    *made = table.release();
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
}

/// idxNum: bit c is set where column c is asked to be equal; arguments come in that order.
int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
    std::array<int, own_columns> asked;
    asked.fill(-1);
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& constraint = info->aConstraint[i];
        if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ || !constraint.usable) continue;
        const bool is_exact =
            std::string_view{sqlite3_vtab_collation(info, i)} == "BINARY";  // not NOCASE
        if (is_exact && constraint.iColumn >= 0 && constraint.iColumn <= member_id)
            asked[constraint.iColumn] = i;
    }
    double cost = 1e8;
    int argument = 0;
    for (int column = 0; column <= member_id; ++column) {
        if (asked[column] < 0) continue;
        info->idxNum |= 1 << column;
        info->aConstraintUsage[asked[column]].argvIndex = ++argument;
        cost /= column == member_id ? 1e5 : 10;
    }
    info->estimatedCost = cost;
    info->estimatedRows = static_cast<sqlite3_int64>(cost);
    return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* table, sqlite3_vtab_cursor** made) {
    return guarded(table, [&] {
        *made = new Cursor(*static_cast<Table*>(table));
        return SQLITE_OK;
    });
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int asked, const char*, int, sqlite3_value** values) {
    auto& cursor = *static_cast<Cursor*>(base);
    return guarded(base->pVtab, [&] {
        std::string sql = fmt::format(
            "SELECT r.number, r.plan, r.period, r.state, m.member_id, {}, s.member FROM run r"
            " CROSS JOIN statement s ON s.run = r.number JOIN member m ON m.number = s.member"
            " WHERE s.lines <> 0",
            cursor.content == Content::lines ? lines_of_statement : "s.totals");
        constexpr const char* conditions[] = {
            " AND r.number = ?", " AND r.plan = ?", " AND r.period = ?", " AND r.state = ?",
            " AND s.member = (SELECT number FROM member WHERE member_id = ?)"};
        for (int column = 0; column <= member_id; ++column)
            if (asked & (1 << column)) sql += conditions[column];
        sql += " ORDER BY r.number, s.member";
        cursor.statements = std::make_unique<Query>(cursor.handle, sql);
        int argument = 0;
        for (int column = 0; column <= member_id; ++column) {
            if (!(asked & (1 << column))) continue;
            sqlite3_bind_value(cursor.statements->raw(), argument + 1, values[argument]);
            ++argument;
        }
        cursor.reader.reset();
        cursor.row = 0;
        cursor.is_at_end = !cursor.read_statement();
        return SQLITE_OK;
    });
}

int next(sqlite3_vtab_cursor* base) {
    return guarded(base->pVtab, [&] {
        static_cast<Cursor*>(base)->next();
        return SQLITE_OK;
    });
}

int is_at_end(sqlite3_vtab_cursor* base) { return static_cast<Cursor*>(base)->is_at_end ? 1 : 0; }

void give(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void give_known(sqlite3_context* context, const std::optional<std::string>& text) {
    if (text) give(context, *text);
}

void give_of_line(sqlite3_context* context, Cursor& cursor, int column) {
    const Line& line = cursor.lines[cursor.part].second[cursor.entry];
    RunReader& reader = *cursor.reader;
    switch (column - own_columns) {
        case 0:
            if (line.order_ref != 0) give(context, reader.order(line.order_ref).order_id);
            break;
        case 1:
            if (line.order_ref != 0)
                sqlite3_result_int64(context, reader.order(line.order_ref).line);
            break;
        case 2:
            if (const std::int64_t source = reader.source(line))
                give(context, reader.member_id(source));
            break;
        case 3: sqlite3_result_int64(context, line.level); break;
        case 4: sqlite3_result_int64(context, line.paid_level); break;
        case 5: give_known(context, reader.base_text(cursor.bonus(), line)); break;
        case 6: give_known(context, reader.rate_text(line)); break;
        case 7: sqlite3_result_int64(context, line.amount_minor); break;
        case 8: give(context, stream_name(line.stream)); break;
        default: break;
    }
}

void give_of_total(sqlite3_context* context, const Cursor& cursor, int column) {
    const Total& total = cursor.totals[cursor.part].second[cursor.entry];
    switch (column - own_columns) {
        case 0: sqlite3_result_int64(context, total.paid_level); break;
        case 1: give(context, stream_name(total.stream)); break;
        case 2: sqlite3_result_int64(context, static_cast<sqlite3_int64>(total.line_count)); break;
        case 3: sqlite3_result_int64(context, total.amount_minor); break;
        default: break;
    }
}

void give_known(sqlite3_context* context, const std::optional<std::int64_t>& number) {
    if (number) sqlite3_result_int64(context, *number);
}

/// A correction as a line, or as a total of its own.
void give_of_correction(sqlite3_context* context, const Cursor& cursor, int column) {
    const CorrectionRecord& line = cursor.corrections[cursor.entry];
    if (cursor.content == Content::totals) {
        switch (column - own_columns) {
            case 0: sqlite3_result_int64(context, line.paid_level); break;
            case 1: give(context, line.stream); break;
            case 2: sqlite3_result_int64(context, 1); break;
            case 3: sqlite3_result_int64(context, line.amount_minor); break;
            default: break;
        }
        return;
    }
    switch (column - own_columns) {
        case 0: give_known(context, line.order_id); break;
        case 1: give_known(context, line.line); break;
        case 2: give_known(context, line.from); break;
        case 3: sqlite3_result_int64(context, line.level); break;
        case 4: sqlite3_result_int64(context, line.paid_level); break;
        case 7: sqlite3_result_int64(context, line.amount_minor); break;
        case 8: give(context, line.stream); break;
        case 9: give_known(context, line.return_id); break;
        case 10: give_known(context, line.of_run); break;
        case 11: give_known(context, line.adjustment_id); break;
        case 12: give_known(context, line.reason); break;
        default: break;
    }
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int wanted) {
    auto& cursor = *static_cast<Cursor*>(base);
    return guarded(base->pVtab, [&] {
        switch (wanted) {
            case run: sqlite3_result_int64(context, cursor.reader->run()); break;
            case plan: give(context, cursor.plan); break;
            case period: give(context, cursor.period); break;
            case state: give(context, cursor.state); break;
            case member_id: give(context, cursor.member_id); break;
            case bonus:
                give(context, cursor.is_correction() ? cursor.corrections[cursor.entry].bonus
                                                     : cursor.bonus().code);
                break;
            default:
                if (cursor.is_correction()) give_of_correction(context, cursor, wanted);
                else if (cursor.content == Content::lines) give_of_line(context, cursor, wanted);
                else give_of_total(context, cursor, wanted);
        }
        return SQLITE_OK;
    });
}

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* row) {
    *row = static_cast<Cursor*>(base)->row;
    return SQLITE_OK;
}

/// Without xCreate the table is there on every connection that registers it, under its own name.
sqlite3_module module_of_earnings() {
    sqlite3_module module{};
    module.xConnect = connect;
    module.xBestIndex = best_index;
    module.xDisconnect = disconnect;
    module.xOpen = open_cursor;
    module.xClose = close_cursor;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = is_at_end;
    module.xColumn = column;
    module.xRowid = row_id;
    return module;
}

}  // namespace

int create_earning_modules(sqlite3* handle) {
    static const sqlite3_module module = module_of_earnings();
    static char totals_mark = 0;  // any address: tells earning_total from earning_line
    const int code = sqlite3_create_module_v2(handle, "earning_line", &module, nullptr, nullptr);
    if (code != SQLITE_OK) return code;
    return sqlite3_create_module_v2(handle, "earning_total", &module, &totals_mark, nullptr);
}

}  // namespace downline
