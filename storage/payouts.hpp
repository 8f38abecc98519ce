// Payouts: a batch takes every balance as it is and says what becomes of it; it never changes. What
// became of its payments is told by the bank's answers after it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/period.hpp"
#include "storage/database.hpp"

namespace downline {

/// Members whose pay is held, from a CSV of `member_id`, `reason`.
struct Holds {
    struct Row {
        std::uint64_t line{};
        std::string member_id, reason;
    };
    std::string file, digest;
    std::vector<Row> rows;
};
/// Refusal (input) for a file that is no such CSV.
[[nodiscard]] Holds read_holds(std::string_view text, const std::string& file);

struct PayoutRequest {
    std::optional<std::string> batch_id;        ///< P0001, P0002, … unless said
    std::optional<std::int64_t> minimum_minor;  ///< 0 unless said
    std::optional<Holds> holds;
    std::string made_by, made_at;
    Day made_on{};  ///< suspended on this day: held
};

/// Items of one state: created, paid, failed (payments), held, carried.
struct PayoutSum {
    std::string state;
    std::int64_t count{}, amount_minor{};
};
struct PayoutExport {
    std::string format, dated, digest;
    std::int64_t payment_count{}, amount_minor{};
    std::optional<std::string> payees_digest, company_digest;
    std::string made_by, made_at;
};
struct PayoutBatch {
    std::int64_t number{};
    std::string batch_id;
    std::int64_t minimum_minor{};
    std::optional<std::string> holds_digest;
    std::string made_by, made_at;
    std::vector<PayoutSum> sums;        ///< all five states, in the order above
    std::vector<PayoutExport> exports;  ///< oldest first
    [[nodiscard]] std::int64_t payment_count() const;
    [[nodiscard]] std::int64_t payment_minor() const;
};

/// Makes a batch of all balances: positive ones at or above the minimum are paid; those of members
/// who are suspended or in the holds file are held; the rest, negative ones too, is carried to the
/// next batch. The same batch id again gives the batch that is there. Refusal (state): nothing to
/// pay, or the batch was made with another minimum or holds file; Refusal (input): unknown members
/// in the holds file.
struct MadePayout {
    PayoutBatch batch;
    bool is_new = false;
};
[[nodiscard]] MadePayout create_payout(Database& database, const PayoutRequest& request);

/// All batches, oldest first.
[[nodiscard]] std::vector<PayoutBatch> list_payouts(Database& database);
/// Refusal (state) where there is no such batch.
[[nodiscard]] PayoutBatch find_payout(Database& database, const std::string& batch_id);

struct PayoutItem {
    std::string member_id;
    std::optional<std::string> name;  ///< the newest
    std::int64_t amount_minor{};
    std::string state;                ///< as in PayoutSum
    std::optional<std::string> reason;
};
/// By member id.
void each_payout_item(Database& database, const PayoutBatch& batch,
                      const std::function<void(const PayoutItem&)>& take);

/// Keeps that a file was written. Refusal (state) where two persons are asked for and the one who
/// made the batch exports it.
void record_export(Database& database, const PayoutBatch& batch, const PayoutExport& written);

/// What the bank says of payments, from a CSV of `member_id`, optionally `reason`.
struct AnswerFile {
    struct Row {
        std::uint64_t line{};
        std::string member_id, reason;
    };
    std::string file, digest;
    std::vector<Row> rows;
};
[[nodiscard]] AnswerFile read_answers(std::string_view text, const std::string& file);

struct MarkedPayout {
    std::int64_t new_count{}, new_minor{}, unchanged_count{};
};
/// Books payments as paid or failed; a failed one returns to the balance, also when it had been
/// told as paid. All rows or none: Refusal (input) names every row that is no payment of the
/// batch, comes twice, or says paid of one that failed. The same answer again is unchanged.
[[nodiscard]] MarkedPayout mark_payout(Database& database, const PayoutBatch& batch,
                                       const AnswerFile& answers, bool is_paid,
                                       const std::string& by, const std::string& at);

/// A payment that a bank's list does not have as the batch has it, or the other way round.
struct ReconcileRow {
    std::string member_id;
    std::string finding;  ///< missing (in the file), extra (only there, or again), different
    std::optional<std::int64_t> batch_minor, file_minor;
};
struct Reconciliation {
    std::int64_t matched_count{}, matched_minor{};
    std::vector<ReconcileRow> rows;  ///< by member id; none where everything matched
};
/// Compares the payments of a batch, without those that failed, with a CSV of `member_id`,
/// `amount` (and whatever else a bank's list has). Refusal (input) for a file that is none.
[[nodiscard]] Reconciliation reconcile_payout(Database& database, const PayoutBatch& batch,
                                              std::string_view text, const std::string& file);

}  // namespace downline
