// Writes CSV rows and imports them.
#include "tests/property/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace downline::property {

namespace {

class FileWriter {
public:
    FileWriter(const Facts& facts, const Plan& plan, std::optional<int> arriving)
        : facts_(facts), plan_(plan), arriving_(arriving) {}

    File members() const {
        File file{ImportKind::members,
                  "member_id,sponsor_id,joined_on,kind,status,enroller_id,title,placement_id,leg",
                  {}};
        for (const MemberRow& member : facts_.members) {
            if (!comes_in(member.arrives)) continue;
            // The sponsor is the enroller, whether a row says so or not.
            const bool is_said = member.enroller != member.sponsor || member.id.back() % 2 == 0;
            file.rows.push_back(fmt::format(
                "{},{},{},{},{},{},{},{},{}", member.id, id_of(member.sponsor),
                format_day(member.joined_on),
                member.kind == MemberKind::customer ? "customer" : "affiliate",
                status_text(member.status), is_said ? id_of(member.enroller) : "",
                plan_.rank_name(member.title_before), id_of(member.placement),
                member.placement < 0 ? "" : std::to_string(member.leg)));
        }
        return file;
    }

    File orders() const {
        File file{ImportKind::orders,
                  "order_id,member_id,ordered_on,amount,line,volume,qualifying_volume,cost,sku,"
                  "category,kind,quantity,contract", {}};
        for (const OrderRow& order : facts_.orders)
            if (comes_in(order.arrives))
                file.rows.push_back(fmt::format(
                    "{},{},{},{},{},{},{},{},{},{},{},{},{}", order.order_id, id_of(order.buyer),
                    format_day(order.ordered_on), money(order.amount_minor), order.line,
                    order.says_volume ? points(order.volume_centipoints) : "",
                    points(order.qualifying_centipoints),
                    order.cost_minor < 0 ? "" : money(order.cost_minor), order.sku,
                    order.says_category ? order.category : "", order.kind, order.quantity, order.contract));
        if (comes_in(0)) add_history(file);
        return file;
    }

    void add_history(File& file) const {
        for (const auto& [key, before] : facts_.before)
            for (std::uint32_t i = 0; i < before.order_count; ++i)
                file.rows.push_back(fmt::format("h{}{}-{},{},{},0,1,0,0,,,,,1,{}", id_of(key.first),
                                                key.second, i, id_of(key.first),
                                                format_day(before.first_on), key.second));
    }

    File returns() const {
        File file{ImportKind::returns, "return_id,order_id,line,returned_on,amount,volume", {}};
        for (const OrderRow& order : facts_.orders)
            for (const ReturnRow& back : order.returns) {
                if (!comes_in(back.arrives)) continue;
                file.rows.push_back(fmt::format(
                    "{},{},{},{},{},{}",
                    back.return_id.empty() ? fmt::format("r{}", file.rows.size()) : back.return_id,
                    order.order_id, order.line,
                    format_day(back.returned_on.value_or(facts_.period.last)),
                    money(back.amount_minor),
                    back.volume_centipoints < 0 ? "" : points(back.volume_centipoints)));
            }
        return file;
    }

    File products() const {
        File file{ImportKind::products, "sku,creator_id,category,volume,valid_from", {}};
        for (const ProductRow& product : facts_.products) {
            const auto creator = facts_.creators.find(product.sku);
            if (comes_in(0))
                file.rows.push_back(fmt::format(
                    "{},{},{},{},{}", product.sku,
                    creator == facts_.creators.end() ? "" : id_of(creator->second),
                    product.category,
                    product.volume_centipoints < 0 ? "" : points(product.volume_centipoints),
                    product.valid_from ? format_day(*product.valid_from) : ""));
        }
        return file;
    }

private:
    [[nodiscard]] bool comes_in(int arrives) const { return arrives == arriving_.value_or(arrives); }
    [[nodiscard]] std::string id_of(int row) const {
        return row < 0 ? "" : facts_.members[static_cast<std::size_t>(row)].id;
    }
    [[nodiscard]] std::string money(std::int64_t minor) const {
        return format_decimal(minor, facts_.currency_places);
    }
    static std::string points(std::int64_t centipoints) { return format_decimal(centipoints, 2); }
    static const char* status_text(Status status) {
        return status == Status::active      ? "active"
               : status == Status::suspended ? "suspended"
                                             : "terminated";
    }

    const Facts& facts_;
    const Plan& plan_;
    std::optional<int> arriving_;
};

}  // namespace

std::string File::text() const { return fmt::format("{}\n{}\n", header, fmt::join(rows, "\n")); }

std::vector<File> files_of(const Facts& facts, const Plan& plan, std::optional<int> arriving) {
    const FileWriter writer(facts, plan, arriving);
    return {writer.members(), writer.products(), writer.orders(), writer.returns()};
}

ImportReport import_file(Database& database, const File& file, const std::string& currency) {
    ImportOptions options;
    options.kind = file.kind;
    options.late = file.may_be_late;
    options.texts = {file.text()};
    options.currency = currency;
    options.made_by = "test";
    options.made_at = "2026-12-31T00:00:00Z";
    const ImportReport report = import_files(database, options);
    if (report.error_count > 0)
        throw std::runtime_error(row_error_text(report.errors.at(0)) + '\n' + file.text());
    return report;
}

Database database_of(const std::vector<File>& files, const std::string& currency) {
    Database database = Database::in_memory();
    for (const File& file : files)
        if (!file.rows.empty()) import_file(database, file, currency);
    return database;
}

}  // namespace downline::property
