// A payment file before it has a format: whom a batch pays, with the details that come at export.
//
// Details of payees and of the paying company are in memory only while the file is made. Messages
// show of an account no more than its last four characters.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/period.hpp"
#include "storage/named_rows.hpp"
#include "storage/payouts.hpp"

namespace downline {

struct Payment {
    std::string member_id, name;  ///< the payees file's name, else the newest on record
    std::int64_t amount_minor{};
    const NamedRows::Row* payee = nullptr;  ///< null where there is none that can be read
};

/// Moved, never copied: payments point into payees.
struct PaymentOrder {
    std::string batch_id, currency;
    std::int64_t batch_number{};
    Day on{};
    NamedRows payees;
    std::vector<Payment> payments;  ///< by member id; all of the batch, whatever came of them
    std::int64_t total_minor{};
    FileProblems problems;  ///< of the payees file
    /// A payee's detail, "" where there is none.
    [[nodiscard]] std::string_view detail(const Payment& payment, std::string_view column) const;
    /// Where it is; the payment's row, where the file lacks the column. REQUIRES: a payee.
    [[nodiscard]] FilePlace where(const Payment& payment, std::string_view column) const;
};
/// Joins the payments of a batch with the payees file, whose text may be nothing. `problems` has
/// what cannot be read of the file, columns of `required` that it lacks, and every payment without
/// a row or with two.
[[nodiscard]] PaymentOrder payment_order(Database& database, const PayoutBatch& batch, Day on,
                                         const std::optional<std::string>& payees_text,
                                         const std::string& payees_file, ColumnNames required);
/// The columns of the payees file that a format cannot do without.
[[nodiscard]] ColumnNames payee_columns(std::string_view format);

/// The paying company: a TOML file of texts, as `name` or in tables, as `[nacha] routing`.
class Company {
public:
    Company() = default;
    /// `problems` has what is no text or has no known key.
    Company(std::string_view text, std::string file);
    [[nodiscard]] const FileProblems& problems() const { return problems_; }
    /// KEY as in "nacha.routing". A problem, and "", where it is missing or empty.
    [[nodiscard]] std::string required(const std::string& key, FileProblems& problems) const;
    [[nodiscard]] std::string value_or(const std::string& key, const std::string& otherwise) const;
    /// A problem: the value of the key cannot be used, and why.
    void refuse(const std::string& key, const std::string& why, FileProblems& problems) const;

private:
    FileProblems problems_;
    bool is_toml_ = true;
    std::map<std::string, std::pair<std::string, FilePlace>> values_;  ///< by key, with their place
};

/// The files: their bytes. Refusal (input) for details that are missing or wrong, all at once.
[[nodiscard]] std::string payment_csv(const PaymentOrder& order, std::string_view template_text,
                                      const std::string& template_file);
[[nodiscard]] std::string nacha_file(const PaymentOrder& order, const Company& company);
[[nodiscard]] std::string sepa_file(const PaymentOrder& order, const Company& company);
/// A journal for hledger of everything that the batch was the first to see, and of the batch.
[[nodiscard]] std::string ledger_file(Database& database, const PayoutBatch& batch, Day on,
                                      const Company& company);

/// Latin letters without their accents, digits, blanks and the letters of `punctuation`; a dot for
/// anything else. No blanks at the ends, at most `length_max` letters.
[[nodiscard]] std::string bank_text(std::string_view text, std::string_view punctuation,
                                    std::size_t length_max);
/// "…1234"
[[nodiscard]] std::string last_four(std::string_view account);
/// Nine digits, the last one checking the others (weights 3, 7, 1).
[[nodiscard]] bool is_routing_number(std::string_view text);
/// ISO 13616: letters and digits that leave 1 when divided by 97.
[[nodiscard]] bool is_iban(std::string_view text);

}  // namespace downline
