// Rows about affiliates: see the header.
#include "storage/import_affiliate_rows.hpp"

#include <fmt/format.h>

#include "storage/messages.hpp"

namespace downline {

AffiliateRowImporter::AffiliateRowImporter(ImportContext& context, ImportKind kind,
                                           std::string_view table)
    : context_(context),
      reader_(kind, context.format, context.problems.keeps_rows()),
      members_(context.database, context.bytes_total),
      kind_(context.database.query(
          "SELECT ifnull((SELECT value FROM member_change WHERE member = ?1 AND item = 'kind'"
          " ORDER BY holds_from DESC, row DESC LIMIT 1), kind), joined_on FROM member"
          " WHERE number = ?1")),
      replace_(
          context.database.query(fmt::format("INSERT INTO replaced(table_name, row, import, by_row)"
                                             " VALUES ('{}', ?1, ?2, ?3)",
                                             table))) {}

std::uint64_t AffiliateRowImporter::read(SourceFile& file) {
    const std::uint64_t before = reader_.row_count();
    while (const std::unique_ptr<Segment> segment = file.next()) {
        reader_.each_row(file, *segment, [this] { take(); });
        context_.problems.add(reader_.problems);
    }
    return reader_.row_count() - before;
}

std::optional<AffiliateRowImporter::Member> AffiliateRowImporter::find_member(
    std::size_t column, std::string_view member_id, code::Code customer_code) {
    const std::uint32_t number = members_.find(member_id);
    if (number == IdTable::none) {
        reader_.refuse(column, code::unknown_member,
                       fmt::format("member_id {} is nobody's; import the members first",
                                   shown_value(member_id)));
        return std::nullopt;
    }
    Member member{number};
    kind_.reset();
    kind_.bind(1, member.number);
    if (kind_.step()) {
        member.is_customer = kind_.integer(0) != 0;
        member.joined_on = static_cast<Day>(kind_.integer(1));
    }
    kind_.reset();
    if (member.is_customer)
        reader_.refuse(column, customer_code,
                       fmt::format("member_id {} is a customer, and customers earn nothing; name "
                                   "an affiliate",
                                   shown_value(member_id)));
    return member;
}

void AffiliateRowImporter::insert(Query& insertion, std::int64_t replaces) {
    insertion.step();
    const std::int64_t stored = insertion.integer(0);
    insertion.step();
    if (replaces == 0) {
        ++context_.report.new_rows;
        return;
    }
    replace_.bind(1, replaces).bind(2, context_.import_number).bind(3, stored).run();
    ++context_.report.changed_rows;
}

}  // namespace downline
