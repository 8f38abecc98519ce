// A run: everything a plan pays for one period, from a snapshot. Pure: same inputs, same result,
// on any number of threads.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/corrections.hpp"
#include "engine/lines.hpp"
#include "engine/plan/plan.hpp"
#include "engine/snapshot.hpp"

namespace downline {

/// Why a slot was not paid.
enum class Reason : std::uint8_t { no_upline, inactive, unqualified, rank };
inline constexpr std::size_t reason_count = 4;
[[nodiscard]] std::string_view reason_name(Reason reason);  ///< "no-upline", …

/// What became of the plan's maximum under one bonus. maximum = paid + all forfeited (checked).
struct Account {
    std::int64_t maximum_minor{};
    std::int64_t paid_minor{};
    std::array<std::int64_t, reason_count> forfeited_minor{};
    std::uint64_t line_count{};
};

/// Measures, activity and rank of every member (customers: zeros), indexed by MemberIndex.
struct Standing {
    std::vector<std::vector<std::int64_t>> measures;  ///< [measure][member]
    /// [measure][member]: what it and all below give, as one leg, to the measure of the one above;
    /// empty where no `max_per_leg` asks.
    std::vector<std::vector<std::int64_t>> as_leg;
    std::vector<std::uint8_t> is_active;
    std::vector<RankPlace> rank;   ///< paid-as
    std::vector<RankPlace> title;  ///< with this period's rank
};

/// What a cap or limit took: lines of one code, `cap:CODE` or `limit:payout`.
struct Cut {
    std::string code;
    LineBook book;
};

/// What `Cut::code` is of: the kind that a run states beside it.
[[nodiscard]] inline const char* kind_of_cut(const Cut& cut) {
    return cut.code.starts_with("cap:") ? "cap" : "limit";
}

struct RunResult {
    Standing standing;
    std::vector<Account> accounts;  ///< per bonus
    std::vector<LineBook> books;    ///< per bonus
    std::vector<Cut> cuts;          ///< negative lines, no slots of any account
    std::vector<CorrectionLine> corrections;  ///< likewise; by member
    std::int64_t volume_centipoints{};  ///< the company's: all order lines after weights and returns
    std::int64_t amount_minor{};        ///< likewise, in money
    std::int64_t paid_minor{};
    std::uint32_t order_count{};        ///< orders that were not fully returned
    std::map<std::string, std::vector<Carry>> carry_after;  ///< by the code of a binary bonus
    /// Sequences after this period, as Snapshot::sequences has them before it.
    Sequences sequences_after;

    /// Every book by its place in the run: the bonuses in plan order, then the cuts.
    [[nodiscard]] std::size_t book_count() const { return books.size() + cuts.size(); }
    [[nodiscard]] const LineBook& book(std::size_t place) const {
        return place < books.size() ? books[place] : cuts[place - books.size()].book;
    }
};

class Watcher;  // engine/watch.hpp

/// Computes the period. Throws Refusal (sums beyond limits, a cycle that prints itself) and
/// BrokenInvariant (an account that does not add up). A watcher is told of every slot, on any of
/// the threads. `known`: what step 2 found where the snapshot is a part of it only.
[[nodiscard]] RunResult run(const Plan& plan, const Snapshot& snapshot, unsigned thread_count = 1,
                            Watcher* watcher = nullptr, const Standing* known = nullptr);

}  // namespace downline
