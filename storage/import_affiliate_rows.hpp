// The importer of a file whose rows each say one thing about an affiliate: adjustments, goals, what
// an earlier system left. Row after row against what is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/import_codes.hpp"
#include "storage/import_columns.hpp"
#include "storage/import_context.hpp"

namespace downline {

class AffiliateRowImporter : public Importer {
public:
    std::uint64_t read(SourceFile& file) final;

protected:
    /// `table` is where the rows of this kind are kept.
    AffiliateRowImporter(ImportContext& context, ImportKind kind, std::string_view table);
    /// Takes the row that the reader is at.
    virtual void take() = 0;

    struct Member {
        std::int64_t number{};
        Day joined_on{};
        bool is_customer = false;
    };
    /// Whom a row is of. Refuses the column for nobody, and with `customer_code` for a customer.
    std::optional<Member> find_member(std::size_t column, std::string_view member_id,
                                      code::Code customer_code);
    /// Runs an insertion that returns the row's number, and counts the row: as a new one, or as the
    /// one that replaces row `replaces` (0: none).
    void insert(Query& insertion, std::int64_t replaces);

    ImportContext& context_;
    RowReader reader_;

private:
    KnownMembers members_;
    Query kind_, replace_;
};

}  // namespace downline
