// Runs: facts → snapshot → engine → one transaction; and closing a period.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "engine/snapshot.hpp"
#include "storage/database.hpp"

namespace downline {

/// A place that a run gave, by storage's numbers; parent 0: a root.
struct AutomaticPlace {
    std::int64_t member{}, parent{};
    std::uint32_t leg{};
};

/// A snapshot and what storage must remember of it.
struct Loaded {
    Snapshot snapshot;
    std::vector<std::string> order_places;  ///< which row each place is (storage/order_places.hpp)
    /// Entries of Snapshot::sequences beyond the members': by buyer, then contract.
    struct Contract {
        MemberIndex buyer{};
        std::string contract;
    };
    std::vector<Contract> contracts;
    /// What corrections name: returns by event (from 1), adjustments by their place.
    struct ReturnName {
        std::string return_id;
        Day returned_on{};
    };
    std::vector<ReturnName> returns;
    struct AdjustmentName {
        std::int64_t row{};
        std::string bonus;
    };
    std::vector<AdjustmentName> adjustments;
    /// By line of the closed run without a number: the row of `opening` that it is.
    std::vector<std::int64_t> opening_rows;
    std::vector<AutomaticPlace> automatic_places;  ///< by member; those of this run too
    std::int64_t last_import = 0;
    std::int64_t previous_run = 0;  ///< the final run whose state it continues; 0 none
    std::string inputs_digest;      ///< SHA-256 in key order, no names; hex
};

/// Reads everything that `plan` needs for `period`, as of import `last_import` (0: all there is), to
/// continue run `previous_run` (0: none; not said: the newest final run before the period).
[[nodiscard]] Loaded load(Database& database, const Plan& plan, const Period& period,
                          std::int64_t last_import = 0,
                          std::optional<std::int64_t> previous_run = std::nullopt);

struct RunRecord {
    std::int64_t number{};
    std::string plan, period, currency;
    std::string state;  ///< draft, estimate (a draft that continues drafts), final, superseded,
                        ///< what-if
    Day first_day{}, last_day{};
    std::string plan_digest, inputs_digest, result_digest;
    std::optional<std::string> chain_digest;
    std::string program_version, made_by, made_at;
    std::optional<std::string> closed_by, closed_at;
    std::int64_t last_import{}, order_count{}, volume_centipoints{}, sales_minor{}, line_count{},
        earner_count{}, active_count{}, affiliate_count{}, paid_minor{};
    std::int64_t previous_run{};  ///< the run that it continues; 0 none
};
struct BonusTotal {
    std::string code, kind;  ///< a bonus, or what a `cap` or `limit` took: that has no maximum
    [[nodiscard]] bool is_cut() const { return kind == "cap" || kind == "limit"; }
    std::int64_t maximum_minor{}, paid_minor{}, line_count{};
    std::vector<std::pair<std::string, std::int64_t>> forfeited;  ///< reason, amount; not zero
};
/// One thing that closing looks at (storage/close_checks.hpp).
struct CloseCheck {
    std::string name, figure;
    std::optional<std::string> bound;  ///< of the plan's [checks]
    bool holds = true, is_accepted = false;
};
struct RunSummary {
    RunRecord record;
    std::vector<BonusTotal> bonuses;
    struct Correction {
        std::string bonus;
        bool is_reversal = false;  ///< else adjustments
        std::int64_t line_count{}, amount_minor{};
    };
    std::vector<Correction> corrections;  ///< by bonus; paid besides what `bonuses` say
    std::vector<std::pair<std::string, std::int64_t>> streams;  ///< stream, amount
    std::vector<CloseCheck> checks;  ///< of a run that is closed, or closing
    std::vector<std::string> notes;  ///< e.g. changed lines of the plan since the run before
};

/// Computes a draft and stores it; the draft before is superseded. A period whose predecessor has a
/// draft only is an estimate. A what-if takes the place of no draft, and its period may be closed.
/// Refusal (state) where the period is closed, one before it has neither draft nor close, or the plan
/// is not in force or in another currency; Refusal (input) where a worked example of the plan fails.
[[nodiscard]] RunSummary make_draft(Database& database, const Plan& plan, const Period& period,
                                    const std::string& by, const std::string& at,
                                    unsigned thread_count, bool is_what_if = false);

/// The current draft with what is checked before it is closed. Refusal as close_period where there is
/// none.
[[nodiscard]] RunSummary checked_draft(Database& database, const std::string& plan,
                                       const std::string& period);

struct CloseOptions {
    std::vector<std::string> accepted;  ///< names of checks that may fail
    bool has_checks = true;             ///< false: nothing is looked at (worked examples)
};
/// Makes the current draft final. `draft_digest` must be its result_digest (or a prefix of at least
/// 8 digits) where given. Refusal (state): no draft, an estimate, stale (says what came since),
/// already closed, a check fails that is not accepted, a second person is needed.
[[nodiscard]] RunSummary close_period(Database& database, const std::string& plan,
                                      const std::string& period,
                                      const std::optional<std::string>& draft_digest,
                                      const std::string& by, const std::string& at,
                                      const CloseOptions& options = {});

[[nodiscard]] RunSummary run_summary(Database& database, std::int64_t run_number);
/// All runs, oldest first.
[[nodiscard]] std::vector<RunRecord> list_runs(Database& database);
/// The current runs (final, else draft) of a period, one of each plan, by plan; of the newest period
/// that has one where none is named. Refusal (state) where there is none.
[[nodiscard]] std::vector<RunRecord> find_runs(Database& database,
                                               const std::optional<std::string>& plan,
                                               const std::optional<std::string>& period);
/// The only one of them; Refusal (state) where two plans have the period.
[[nodiscard]] RunRecord find_run(Database& database, const std::optional<std::string>& plan,
                                 const std::optional<std::string>& period);

/// A worked example that fails: "FILE-less" sentence with expected and computed.
struct ExampleFailure {
    std::string example;
    int line{};
    std::string text;
};
/// Runs every example of a plan through an in-memory database: real import, run and close.
[[nodiscard]] std::vector<ExampleFailure> check_examples(const Plan& plan);

}  // namespace downline
