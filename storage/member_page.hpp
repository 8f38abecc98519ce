// What a statement says beside the pay itself: what the next rank asks, the downline, earlier periods.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/explain.hpp"

namespace downline {

/// One level of the sponsor tree below a member.
struct DownlineLevel {
    std::uint32_t level{};  ///< 1 is the frontline
    std::int64_t affiliates{}, active{};
    std::int64_t pv_centipoints{};
};
inline constexpr std::uint32_t downline_levels_shown = 8;

struct PeriodPay {
    std::string period;
    std::int64_t amount_minor{};
};
inline constexpr std::size_t periods_shown = 12;

/// What the current run of another plan pays in the same period.
struct PlanPay {
    std::string plan;
    bool is_final = false;
    std::int64_t amount_minor{};  ///< not 0
};

struct MemberPage {
    RunRecord run;
    Earnings earnings;  ///< without lines
    std::string status;
    ShownTests active;              ///< what `[active]` asked; none: every affiliate is
    std::optional<ShownRank> next;  ///< the rank above, where there is one
    std::vector<DownlineLevel> downline;  ///< at most downline_levels_shown
    DownlineLevel deeper;                 ///< all levels below those, `level` being the first of them
    std::vector<PeriodPay> history;       ///< oldest first; this run's is the last
    std::vector<PlanPay> other_plans;     ///< by plan
};

/// Makes pages of one run: computes it once again, held against what is stored.
class PageMaker {
public:
    /// Refuses as reload() does. `member_id`: pages of this member only are asked for.
    PageMaker(Database& database, const RunRecord& run, const std::optional<std::string>& member_id,
              unsigned thread_count);
    ~PageMaker();
    PageMaker(const PageMaker&) = delete;
    PageMaker& operator=(const PageMaker&) = delete;
    /// REQUIRES: `earnings` is of the run, and of the member that was named if one was.
    [[nodiscard]] MemberPage page(Earnings earnings) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace downline
