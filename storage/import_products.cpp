// Products: a row per version; the version in force on an order's day gives what the order leaves
// empty, when it is read.
#include <fmt/format.h>

#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_context.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

/// A version of a product; "" and not_stated: nothing is said.
struct Product {
    std::string sku, name, category;
    std::int64_t valid_from{}, price{}, volume{}, creator{};
};

class ProductImporter : public Importer {
public:
    explicit ProductImporter(ImportContext& context);
    std::uint64_t read(SourceFile& file) override;

private:
    void take();
    std::int64_t creator();
    void settle(Product& product);
    bool settle_known(Product& product, std::int64_t& replaces);
    std::string differences(const Product& known, const Product& here);
    std::string member_id(std::int64_t number);

    ImportContext& context_;
    RowReader reader_;
    KnownMembers members_;
    Query known_, insert_, replace_, member_;
};

ProductImporter::ProductImporter(ImportContext& context)
    : context_(context),
      reader_(ImportKind::products, context.format, context.problems.keeps_rows()),
      members_(context.database, context.bytes_total),
      known_(context.database.query(
          "SELECT row, import, name, category, price, volume, creator FROM product p WHERE sku ="
          " ?1 AND valid_from IS ?2 AND NOT EXISTS (SELECT 1 FROM replaced r WHERE r.table_name ="
          " 'product' AND r.row = p.row)")),
      insert_(context.database.query(
          "INSERT INTO product(import, sku, valid_from, name, category, price, volume, creator)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING row")),
      replace_(context.database.query("INSERT INTO replaced(table_name, row, import, by_row)"
                                      " VALUES ('product', ?1, ?2, ?3)")),
      member_(context.database.query("SELECT member_id FROM member WHERE number = ?1")) {}

std::uint64_t ProductImporter::read(SourceFile& file) {
    const std::uint64_t before = reader_.row_count();
    while (const std::unique_ptr<Segment> segment = file.next()) {
        reader_.each_row(file, *segment, [this] { take(); });
        context_.problems.add(reader_.problems);
    }
    return reader_.row_count() - before;
}

std::int64_t ProductImporter::creator() {
    const std::string_view id = reader_.optional_id(product_creator_id);
    if (id.empty()) return not_stated;
    const std::uint32_t number = members_.find(id);
    if (number != IdTable::none) return number;
    reader_.refuse(
        product_creator_id, code::unknown_member,
        fmt::format("creator_id {} is nobody's; import the members first", shown_value(id)));
    return not_stated;
}

void ProductImporter::take() {
    Product product;
    product.sku = reader_.text(product_sku);
    if (reader_.raw(product_sku).empty())
        reader_.refuse(product_sku, code::missing_value, "sku is empty; every row needs one");
    product.valid_from = reader_.optional_day(product_valid_from);
    product.name = reader_.text(product_name);
    product.category = reader_.text(product_category);
    product.price = reader_.money(product_price);
    product.volume = reader_.volume(product_volume);
    product.creator = creator();
    if (product.price != not_stated) context_.total += product.price;
    if (reader_.is_good()) settle(product);
}

std::string ProductImporter::member_id(std::int64_t number) {
    if (number == not_stated) return {};
    member_.bind(1, number);
    std::string id = member_.step() ? std::string(member_.text(0)) : std::string{};
    member_.reset();
    return id;
}

std::string ProductImporter::differences(const Product& known, const Product& here) {
    RowDifferences found;
    if (reader_.has(product_name)) found.add("name", known.name, here.name);
    if (reader_.has(product_category)) found.add("category", known.category, here.category);
    const int places = context_.format.currency_places;
    if (reader_.has(product_price))
        found.add("price", RowDifferences::shown_number(known.price, places),
                  RowDifferences::shown_number(here.price, places));
    if (reader_.has(product_volume))
        found.add("volume", RowDifferences::shown_number(known.volume, 2),
                  RowDifferences::shown_number(here.volume, 2));
    if (reader_.has(product_creator_id))
        found.add("creator_id", member_id(known.creator), member_id(here.creator));
    return found.text();
}

/// Whether a product whose version may be known goes in; what the file lacks stays as it was.
bool ProductImporter::settle_known(Product& product, std::int64_t& replaces) {
    const auto number = [this](int column) {
        return known_.is_null(column) ? not_stated : known_.integer(column);
    };
    known_.bind(1, product.sku);
    if (product.valid_from == not_stated) known_.bind_null(2);
    else known_.bind(2, product.valid_from);
    if (!known_.step()) {
        known_.reset();
        return true;
    }
    const std::int64_t row = known_.integer(0), import = known_.integer(1);
    const Product known{product.sku,
                        std::string(known_.text(2)),
                        std::string(known_.text(3)),
                        product.valid_from,
                        number(4),
                        number(5),
                        number(6)};
    known_.reset();
    const std::string key = fmt::format("{} {}", product.valid_from, product.sku);
    const std::string difference = differences(known, product);
    if (difference.empty()) {
        context_.confirm(key);
        return false;
    }
    const bool is_twice = import == context_.import_number || context_.confirmed_keys.contains(key);
    if (!context_.options.replace || is_twice) {
        reader_.refuse(product_sku, code::conflict,
                       fmt::format("sku {} is known with other content: {}; {}",
                                   shown_value(product.sku), difference,
                                   is_twice ? "the files have it twice, take one out"
                                            : "give the new version a valid_from of its own, or "
                                              "--replace lets it count"));
        return false;
    }
    if (!reader_.has(product_name)) product.name = known.name;
    if (!reader_.has(product_category)) product.category = known.category;
    if (!reader_.has(product_price)) product.price = known.price;
    if (!reader_.has(product_volume)) product.volume = known.volume;
    if (!reader_.has(product_creator_id)) product.creator = known.creator;
    replaces = row;
    return true;
}

void ProductImporter::settle(Product& product) {
    std::int64_t replaces = 0;
    if (!settle_known(product, replaces)) return;
    if (product.valid_from != not_stated &&
        context_.closing.holds(static_cast<Day>(product.valid_from))) {
        reader_.refuse(
            product_valid_from, code::closed_period,
            fmt::format("valid_from {} lies in a closed period: {}; choose a later day, what was "
                        "computed stays",
                        RowDifferences::shown_day(product.valid_from), context_.closing.text));
        return;
    }
    insert_.bind(1, context_.import_number).bind(2, product.sku);
    const auto bind_number = [this](int place, std::int64_t value) {
        if (value == not_stated) insert_.bind_null(place);
        else insert_.bind(place, value);
    };
    const auto bind_text = [this](int place, const std::string& value) {
        if (value.empty()) insert_.bind_null(place);
        else insert_.bind(place, value);
    };
    bind_number(3, product.valid_from);
    bind_text(4, product.name);
    bind_text(5, product.category);
    bind_number(6, product.price);
    bind_number(7, product.volume);
    bind_number(8, product.creator);
    insert_.step();
    const std::int64_t row = insert_.integer(0);
    insert_.step();
    insert_.reset();
    if (product.valid_from != not_stated) context_.saw_day(static_cast<Day>(product.valid_from));
    if (replaces == 0) {
        ++context_.report.new_rows;
        return;
    }
    replace_.bind(1, replaces).bind(2, context_.import_number).bind(3, row).run();
    ++context_.report.changed_rows;
}

}  // namespace

std::unique_ptr<Importer> import_products(ImportContext& context) {
    return std::make_unique<ProductImporter>(context);
}

}  // namespace downline
