// The reference engine over several periods: closes one after another from the rows of the files,
// and keeps what each leaves: titles, carry, measures, and every line that a return may touch.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/property/history.hpp"
#include "tests/reference/reference.hpp"

namespace downline::reference {

/// A line of a statement, as it is shown. Members and orders by their ids.
struct StatedLine {
    std::string member, bonus, order_id;  ///< order_id: empty where it names none
    int line = 0;
    std::string from;
    std::uint32_t level{}, paid_level{};
    StreamKind stream{};
    std::int64_t amount_minor{};
    std::string return_id;  ///< of a reversal
    friend auto operator<=>(const StatedLine&, const StatedLine&) = default;
};

/// One closed period.
struct Closed {
    Outcome outcome;
    std::vector<std::string> member_ids;  ///< by index
    std::vector<StatedLine> lines;        ///< of everybody, reversals too; sorted
    Members members;                      ///< where they stand
};

class Chronicle {
public:
    explicit Chronicle(const property::History& history);

    /// Computes the next period and closes it.
    Closed close();

private:
    using OrderKey = std::pair<std::string, int>;  ///< order_id, line

    /// A line of a closed run, with what has been taken back of it so far.
    struct KeptLine {
        std::size_t bonus{};
        std::size_t earner{};           ///< row of the members
        const property::OrderRow* order = nullptr;
        std::optional<std::size_t> source;  ///< of a match
        bool goes_by_volume = false;
        StatedLine stated;
        std::int64_t reversed_minor = 0;
    };
    /// `cap:CODE` (of a bonus) or the limit (of none); the amount is what was cut.
    struct KeptCut {
        std::string code;
        std::optional<std::size_t> bonus;
        std::size_t earner{};
        std::int64_t amount_minor{}, reversed_minor = 0;
    };
    struct KeptRun {
        const Plan* plan = nullptr;
        std::size_t number{};  ///< of the period
        std::vector<KeptLine> lines;
        std::vector<KeptCut> cuts;
    };
    /// Rows that come back together: the period that counts them, their day and return id.
    using Event = std::tuple<std::size_t, Day, std::string>;
    /// Where the run of a closed period put a member; of a root nobody.
    struct Place {
        std::optional<std::size_t> parent;  ///< row
        std::uint32_t leg = 0;
    };

    [[nodiscard]] Snapshot snapshot_of(const Plan& plan, const Period& period);
    void add_members(const Period& period, Snapshot& snapshot);
    void apply_changes(const Period& period, Members& members) const;
    void place(const Plan& plan, const Period& period, Members& members);
    [[nodiscard]] MemberIndex index_of(int row) const;
    void add_orders(Snapshot& snapshot);
    [[nodiscard]] std::vector<std::size_t> rows_of_orders() const;
    [[nodiscard]] bool is_fully_returned(const std::string& order_id) const;
    /// The period that counts a row.
    [[nodiscard]] std::size_t counted(const property::OrderRow& order) const;
    [[nodiscard]] std::size_t counted(const property::ReturnRow& back) const;
    [[nodiscard]] Event event_of(const property::ReturnRow& back) const;

    void keep(const Plan& plan, const Snapshot& snapshot, Closed& closed);
    void claw_back(Closed& closed);
    void adjust(Closed& closed);
    void reverse(KeptRun& run, const Event& event, Closed& closed);
    void reverse_matches(KeptRun& run, const Event& event, Closed& closed);
    void reverse_cuts(KeptRun& run, const Event& event, Closed& closed);
    /// How much of an order line has come back after its own period, of how much it was paid on.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> returned_part(
        const KeptRun& run, const KeptLine& line, const Event& until) const;

    const property::History& history_;
    std::size_t now_ = 0;  ///< the period
    Past past_;
    std::vector<KeptRun> runs_;
    std::map<std::size_t, RankPlace> titles_;                      ///< by row
    std::map<std::string, std::map<std::size_t, Carry>> carry_;    ///< by bonus and row
    std::map<std::size_t, Place> places_;                          ///< by row
    std::vector<std::size_t> row_of_;     ///< by index in this period's snapshot
    std::vector<const property::OrderRow*> order_of_;  ///< by place
};

}  // namespace downline::reference
