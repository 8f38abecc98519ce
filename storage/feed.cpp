// An eponymous virtual table that only counts: every cell is asked of the caller's function.
#include "storage/feed.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <atomic>
#include <new>

namespace downline {

struct Feed::Source {
    std::string declaration;
    std::vector<int> places;
    const void* rows = nullptr;
    std::size_t first = 0, end = 0;
    Emit emit = nullptr;
};

namespace {

struct FeedTable : sqlite3_vtab {
    const Feed::Source* source = nullptr;
};

struct FeedCursor : sqlite3_vtab_cursor {
    const Feed::Source* source = nullptr;
    std::size_t row = 0;
};

FeedCursor& at(sqlite3_vtab_cursor* cursor) { return *static_cast<FeedCursor*>(cursor); }

int connect(sqlite3* handle, void* given, int, const char* const*, sqlite3_vtab** table, char**) {
    const auto* source = static_cast<const Feed::Source*>(given);
    const int code = sqlite3_declare_vtab(handle, source->declaration.c_str());
    if (code != SQLITE_OK) return code;
    sqlite3_vtab_config(handle, SQLITE_VTAB_DIRECTONLY);
    auto* made = new (std::nothrow) FeedTable;
    if (made == nullptr) return SQLITE_NOMEM;
    made->source = source;
    *table = made;
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
    delete static_cast<FeedTable*>(table);
    return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open_cursor(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
    auto* made = new (std::nothrow) FeedCursor;
    if (made == nullptr) return SQLITE_NOMEM;
    made->source = static_cast<FeedTable*>(table)->source;
    *cursor = made;
    return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* cursor) {
    delete &at(cursor);
    return SQLITE_OK;
}

int to_first(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    at(cursor).row = at(cursor).source->first;
    return SQLITE_OK;
}

int to_next(sqlite3_vtab_cursor* cursor) {
    ++at(cursor).row;
    return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* cursor) { return at(cursor).row >= at(cursor).source->end; }

int cell_of(sqlite3_vtab_cursor* cursor, sqlite3_context* cell, int column) {
    const Feed::Source& source = *at(cursor).source;
    source.emit(source.rows, at(cursor).row, source.places[static_cast<std::size_t>(column)], cell);
    return SQLITE_OK;
}

int number_of(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
    *number = static_cast<sqlite3_int64>(at(cursor).row);
    return SQLITE_OK;
}

const sqlite3_module feed_module = [] {
    sqlite3_module module{};
    module.xConnect = connect;  // without xCreate the table is there without CREATE
    module.xBestIndex = best_index;
    module.xDisconnect = disconnect;
    module.xOpen = open_cursor;
    module.xClose = close_cursor;
    module.xFilter = to_first;
    module.xNext = to_next;
    module.xEof = is_at_end;
    module.xColumn = cell_of;
    module.xRowid = number_of;
    return module;
}();

/// "c0, c1, …"
std::string places(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    return text;
}

std::vector<Feed::Column> numbered(std::initializer_list<std::string_view> names) {
    std::vector<Feed::Column> columns;
    for (const std::string_view name : names)
        columns.push_back({name, static_cast<int>(columns.size())});
    return columns;
}

}  // namespace

Feed::Feed(Database& database, std::string_view table, const std::vector<Column>& columns)
    : handle_(database.handle()), source_(new Source) {
    static std::atomic<unsigned> count = 0;
    module_ = fmt::format("feed_{}_{}", table, ++count);
    std::string names, values;
    for (const Column& column : columns) {
        const std::string_view comma = names.empty() ? "" : ", ";
        names += fmt::format("{}{}", comma, column.name);
        if (column.constant) {
            values += fmt::format("{}{}", comma, *column.constant);
            continue;
        }
        values += fmt::format("{}c{}", comma, source_->places.size());
        source_->places.push_back(column.place);
    }
    source_->declaration = fmt::format("CREATE TABLE feed({})", places(source_->places.size()));
    const int code =
        sqlite3_create_module_v2(handle_, module_.c_str(), &feed_module, source_,
                                 [](void* given) { delete static_cast<Feed::Source*>(given); });
    if (code != SQLITE_OK) throw_sqlite_error(handle_, code, "writing");
    insert_.emplace(handle_, fmt::format("INSERT INTO {}({}) SELECT {} FROM {}", table, names,
                                         values, module_));
}

Feed::Feed(Database& database, std::string_view table,
           std::initializer_list<std::string_view> columns)
    : Feed(database, table, numbered(columns)) {}

Feed::~Feed() {
    insert_.reset();
    sqlite3_create_module_v2(handle_, module_.c_str(), nullptr, nullptr, nullptr);
}

void Feed::insert(const void* rows, std::size_t first, std::size_t end, Emit emit) {
    source_->rows = rows;
    source_->first = first;
    source_->end = end;
    source_->emit = emit;
    insert_->run();
}

}  // namespace downline
