// Companies drawn as indented text, and what a plan pays in them.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run.hpp"
#include "tests/property/facts.hpp"

namespace downline {

struct DrawnTree {
    property::Facts facts;
    [[nodiscard]] int row(std::string_view id) const;
    [[nodiscard]] MemberIndex index(std::string_view id) const;
};

/// One member a line, below its sponsor by indentation: its id, then the points of each of its
/// orders, then words: inactive, customer, suspended, terminated, title=1 (place in the ladder),
/// enroller=ann (drawn above), place=ann:L (or a number; ann drawn above), joined=2026-02-01, on=2026-03-31 (all its orders),
/// before=2 (orders before the period, the first on 2026-01-15), kind=event, category=skin, sku=s1,
/// quantity=3, cost=7.50. The period is 2026-03; a point is one unit of money; "0" is no order.
/// "inactive" means that `active_unless_drawn_inactive` does not hold: joined on the last day.
[[nodiscard]] DrawnTree draw(std::string_view text);

/// A line as a test asks for it.
struct PaidLine {
    std::string earner, from;  ///< from: "" where the line has none
    std::uint32_t level{}, paid_level{};
    std::int64_t amount_minor{};
    StreamKind stream{};
    friend bool operator==(const PaidLine&, const PaidLine&) = default;
};
std::ostream& operator<<(std::ostream& out, const PaidLine& line);  ///< for failed checks

/// What one plan paid in a drawn tree, checked against the reference engine on the way.
struct Paid {
    RunResult result;
    std::vector<PaidLine> lines;  ///< of all bonuses, by bonus, earner and order

    [[nodiscard]] std::int64_t to(std::string_view earner) const;
    [[nodiscard]] std::int64_t forfeited(Reason reason, std::size_t bonus = 0) const;
};

/// Runs `[plan]` of March 2026 in USD, where everybody not drawn inactive is active, with
/// `rest_of_plan` after it.
[[nodiscard]] Paid pay(const DrawnTree& drawn, std::string_view rest_of_plan);

/// The same with a `[plan]` of one's own.
[[nodiscard]] Paid pay_by(const DrawnTree& drawn, const std::string& plan_text);

/// The same without the reference: for what it does not know.
[[nodiscard]] Paid pay_alone(const DrawnTree& drawn, std::string_view rest_of_plan);

}  // namespace downline
