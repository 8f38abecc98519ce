// Import, plainest form: well-formed files go in, anything else is refused as a whole.
#include "storage/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <numeric>
#include <sstream>
#include <unordered_map>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "storage/example_table.hpp"

namespace downline {

namespace {

using Row = std::vector<std::string>;

std::vector<Row> parse(const std::string& text) {
    std::vector<Row> rows;
    Row row;
    std::string field;
    bool quoted_field = false, any = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted_field) {
            if (c != '"') field += c;
            else if (i + 1 < text.size() && text[i + 1] == '"') field += text[++i];
            else quoted_field = false;
        } else if (c == '"') {
            quoted_field = any = true;
        } else if (c == ',') {
            row.push_back(std::move(field));
            field.clear();
            any = true;
        } else if (c == '\n') {
            if (any || !field.empty()) {
                row.push_back(std::move(field));
                rows.push_back(std::move(row));
            }
            field.clear();
            row.clear();
            any = false;
        } else if (c != '\r') {
            field += c;
        }
    }
    if (any || !field.empty()) {
        row.push_back(std::move(field));
        rows.push_back(std::move(row));
    }
    return rows;
}

[[noreturn]] void refuse(const std::string& text) { throw Refusal(Refusal::Kind::input, text); }

struct Table {
    std::vector<Row> rows;
    std::unordered_map<std::string, std::size_t> columns;
    [[nodiscard]] std::string of(const Row& row, const std::string& name) const {
        const auto at = columns.find(name);
        return at == columns.end() || at->second >= row.size() ? "" : row[at->second];
    }
};

Day day(const std::string& text) {
    const auto parsed = parse_day(text);
    if (!parsed) refuse("bad date " + text);
    return *parsed;
}

class Importer {
public:
    Importer(Database& database, std::int64_t import, int places)
        : database_(database), import_(import), places_(places) {}

    void members(const Table& table) {
        std::vector<const Row*> rows;
        for (const Row& row : table.rows) rows.push_back(&row);
        std::ranges::sort(rows, {}, [&](const Row* row) { return table.of(*row, "member_id"); });
        std::unordered_map<std::string, std::int64_t> numbers;
        std::int64_t next = database_.integer("SELECT coalesce(max(number), 0) FROM member").value_or(0);
        Query old = database_.query("SELECT member_id, number FROM member");
        while (old.step()) numbers[std::string(old.text(0))] = old.integer(1);
        for (const Row* row : rows) numbers[table.of(*row, "member_id")] = ++next;
        Query insert = database_.query(
            "INSERT INTO member (number, import, member_id, sponsor, enroller, placement, leg, "
            "joined_on, kind, status, status_on, name, country, title) VALUES "
            "(?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        for (const Row* row : rows) {
            const auto id = [&](const char* column) { return table.of(*row, column); };
            insert.bind(1, numbers[id("member_id")]).bind(2, import_).bind(3, id("member_id"));
            const auto link = [&](int place, const char* column) {
                if (id(column).empty()) insert.bind_null(place);
                else if (!numbers.contains(id(column))) refuse("unknown member " + id(column));
                else insert.bind(place, numbers[id(column)]);
            };
            link(4, "sponsor_id");
            link(5, "enroller_id");
            link(6, "placement_id");
            const std::string leg = id("leg");
            if (leg.empty()) insert.bind_null(7);
            else insert.bind(7, std::int64_t{leg == "L" ? 1 : leg == "R" ? 2 : std::stoi(leg)});
            insert.bind(8, std::int64_t{day(id("joined_on"))});
            insert.bind(9, std::int64_t{id("kind") == "customer"});
            insert.bind(10, std::int64_t{id("status") == "terminated"  ? 2
                                         : id("status") == "suspended" ? 1
                                                                       : 0});
            if (id("status_on").empty()) insert.bind_null(11);
            else insert.bind(11, std::int64_t{day(id("status_on"))});
            int place = 12;
            for (const char* column : {"name", "country", "title"}) {
                if (id(column).empty()) insert.bind_null(place++);
                else insert.bind(place++, id(column));
            }
            insert.run();
        }
    }

    void orders(const Table& table) {
        std::unordered_map<std::string, std::int64_t> numbers;
        Query old = database_.query("SELECT member_id, number FROM member");
        while (old.step()) numbers[std::string(old.text(0))] = old.integer(1);
        std::vector<const Row*> rows;
        for (const Row& row : table.rows) rows.push_back(&row);
        std::ranges::stable_sort(rows, {}, [&](const Row* row) {
            return std::pair(table.of(*row, "ordered_on"), table.of(*row, "order_id"));
        });
        std::int64_t next = database_.integer("SELECT coalesce(max(row), 0) FROM order_line").value_or(0);
        Query insert = database_.query(
            "INSERT INTO order_line VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        Query extent = database_.query("INSERT INTO order_extent VALUES (?,?,?,?)");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Row* row = rows[i];
            const auto text = [&](const char* column) { return table.of(*row, column); };
            const Day on = day(text("ordered_on"));
            if (i == 0 || table.of(*rows[i - 1], "ordered_on") != text("ordered_on"))
                first_row_ = next + 1;
            if (!numbers.contains(text("member_id"))) refuse("unknown buyer " + text("member_id"));
            const std::string line = text("line");
            insert.bind(1, ++next).bind(2, import_).bind(3, text("order_id"));
            insert.bind(4, std::int64_t{line.empty() ? 1 : std::stol(line)});
            insert.bind(5, numbers[text("member_id")]).bind(6, std::int64_t{on});
            const auto number = [&](int place, const char* column, int places) {
                if (text(column).empty()) return void(insert.bind_null(place));
                const auto value = parse_decimal(text(column), places, amount_minor_max);
                if (!value) refuse("bad number " + text(column));
                insert.bind(place, *value);
            };
            number(7, "amount", places_);
            number(8, "volume", 2);
            number(9, "qualifying_volume", 2);
            number(10, "cost", places_);
            number(11, "quantity", 0);
            int place = 12;
            for (const char* column : {"sku", "category", "kind", "contract"}) {
                if (text(column).empty()) insert.bind_null(place++);
                else insert.bind(place++, text(column));
            }
            insert.run();
            if (i + 1 == rows.size() || table.of(*rows[i + 1], "ordered_on") != text("ordered_on"))
                extent.bind(1, std::int64_t{on}).bind(2, first_row_).bind(3, next).bind(4, import_).run();
        }
    }

    void returns(const Table& table) {
        Query insert = database_.query(
            "INSERT INTO return_line (import, return_id, order_id, line, order_row, returned_on, "
            "amount, volume) VALUES (?,?,?,?,(SELECT max(row) FROM order_line WHERE order_id = ?3 "
            "AND line = ?4),?,?,?)");
        for (const Row& row : table.rows) {
            const auto text = [&](const char* column) { return table.of(row, column); };
            const std::string line = text("line");
            insert.bind(1, import_).bind(2, text("return_id")).bind(3, text("order_id"));
            insert.bind(4, std::int64_t{line.empty() ? 1 : std::stol(line)});
            insert.bind(5, std::int64_t{day(text("returned_on"))});
            insert.bind(6, parse_decimal(text("amount"), places_, amount_minor_max).value_or(0));
            if (text("volume").empty()) insert.bind_null(7);
            else insert.bind(7, parse_decimal(text("volume"), 2, amount_minor_max).value_or(0));
            insert.run();
        }
    }

    void products(const Table& table) {
        Query insert = database_.query(
            "INSERT INTO product (import, sku, valid_from, name, category, price, volume, creator) "
            "VALUES (?,?,?,?,?,?,?,(SELECT number FROM member WHERE member_id = ?8))");
        for (const Row& row : table.rows) {
            const auto text = [&](const char* column) { return table.of(row, column); };
            const auto optional_text = [&](int place, const char* column) {
                if (text(column).empty()) insert.bind_null(place);
                else insert.bind(place, text(column));
            };
            insert.bind(1, import_).bind(2, text("sku"));
            if (text("valid_from").empty()) insert.bind_null(3);
            else insert.bind(3, std::int64_t{day(text("valid_from"))});
            optional_text(4, "name");
            optional_text(5, "category");
            if (text("price").empty()) insert.bind_null(6);
            else insert.bind(6, parse_decimal(text("price"), places_, amount_minor_max).value_or(0));
            if (text("volume").empty()) insert.bind_null(7);
            else insert.bind(7, parse_decimal(text("volume"), 2, amount_minor_max).value_or(0));
            optional_text(8, "creator_id");
            insert.run();
        }
    }

private:
    Database& database_;
    std::int64_t import_;
    int places_;
    std::int64_t first_row_ = 0;
};

}  // namespace

std::vector<std::vector<std::string>> read_example_table(std::string_view text,
                                                         const std::vector<std::string>& columns) {
    const std::vector<Row> rows = parse(std::string(text));
    std::vector<Row> result;
    if (rows.empty()) refuse("an expected table is empty");
    for (std::size_t i = 1; i < rows.size(); ++i) {
        Row& row = result.emplace_back();
        for (const std::string& column : columns) {
            const auto at = std::ranges::find(rows[0], column);
            if (at == rows[0].end()) refuse("column " + column + " is missing");
            row.push_back(rows[i].at(static_cast<std::size_t>(at - rows[0].begin())));
        }
    }
    return result;
}

std::string_view import_kind_name(ImportKind kind) {
    static constexpr std::string_view names[] = {"members", "orders", "returns", "products"};
    return names[static_cast<std::size_t>(kind)];
}

std::string row_error_text(const RowError& error) {
    return fmt::format("{}:{}:{}: error {}: {}", error.file, error.line, error.column, error.code,
                       error.text);
}

ImportReport import_files(Database& database, const ImportOptions& options) {
    ImportReport report;
    Transaction transaction(database);
    if (!database.currency()) {
        database.set_setting("currency", options.currency.value_or("USD"));
        report.created_currency = true;
    }
    report.currency = *database.currency();
    const std::int64_t number =
        database.integer("SELECT coalesce(max(number), 0) + 1 FROM import").value_or(1);
    std::vector<std::string> texts = options.texts;
    for (const std::string& file : options.files) {
        std::ifstream stream(file, std::ios::binary);
        if (!stream) throw StorageError("cannot read " + file);
        std::ostringstream text;
        text << stream.rdbuf();
        texts.push_back(text.str());
    }
    Query record = database.query(
        "INSERT INTO import VALUES (?,?,'[]',?,?,0,0,0,0,NULL,NULL,NULL,NULL)");
    record.bind(1, number).bind(2, import_kind_name(options.kind)).bind(3, options.made_by);
    record.bind(4, options.made_at).run();
    Importer importer(database, number, *currency_places(report.currency));
    for (const std::string& text : texts) {
        Table table{parse(text), {}};
        if (table.rows.empty()) refuse("the file is empty");
        for (std::size_t i = 0; i < table.rows.front().size(); ++i)
            table.columns[table.rows.front()[i]] = i;
        table.rows.erase(table.rows.begin());
        report.rows += table.rows.size();
        switch (options.kind) {
            case ImportKind::members: importer.members(table); break;
            case ImportKind::orders: importer.orders(table); break;
            case ImportKind::returns: importer.returns(table); break;
            case ImportKind::products: importer.products(table); break;
        }
    }
    report.import_number = number;
    report.new_rows = report.rows;
    report.applied = true;
    transaction.commit();
    return report;
}

std::vector<ImportRecord> list_imports(Database&) { return {}; }

void undo_import(Database&, std::int64_t number, const std::string&, const std::string&) {
    refuse(fmt::format("import {} can not be undone yet", number));
}

}  // namespace downline
