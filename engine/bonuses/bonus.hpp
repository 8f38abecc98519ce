// What every bonus kind is: parameters read from the plan, and a rule that pays.
//
// A new kind is one file here and one line in the register (bonus.cpp).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/lines.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run.hpp"

namespace downline {

class TableReader;       // engine/plan/table_reader.hpp
struct ReadingContext;   // engine/plan/forms.hpp
struct PayView;          // engine/bonuses/pay.hpp

/// What a bonus paid, and its account.
struct Payout {
    LineBook book;
    Account account;
    std::vector<Carry> carry_after;  ///< of a binary; by member
};

/// The most that a bonus can pay of what it is paid on.
struct Bound {
    std::optional<std::int64_t> share_ppm;      ///< of its base; nothing: unbounded or not a share
    std::optional<std::int64_t> per_unit_minor; ///< amounts per unit of quantity
    std::optional<std::int64_t> per_member_minor;  ///< amounts per member and period
    std::string unbounded_because;              ///< the key that would bound it, where nothing does
    std::vector<std::string> share_of;          ///< the share is of what these bonuses pay (match)
};

class BonusRule {
public:
    virtual ~BonusRule() = default;
    [[nodiscard]] virtual Payout pay(const PayView& view) const = 0;
    [[nodiscard]] virtual Bound bound(const Bonus& bonus) const = 0;
    /// Whether it asks what bonuses before it paid; else it may be paid beside them.
    [[nodiscard]] virtual bool follows_others() const { return false; }
};

/// A rate or an amount times the bonus's highest factor, rounded up: a bound.
[[nodiscard]] std::int64_t at_highest_factor(std::int64_t value, const Bonus& bonus);
/// The most of a rate form, at any rank, step and sequence, at the bonus's highest factor.
[[nodiscard]] Bound bound_of(const RateForm& rate, const Bonus& bonus);

struct BonusKind {
    std::string_view name;
    std::string_view pays;  ///< one sentence for documentation and messages
    /// Reads the kind's own keys of a `[[bonus]]` table; errors go to the reader.
    std::shared_ptr<const BonusRule> (*read)(TableReader& table, const ReadingContext& context,
                                             Bonus& bonus);
    bool has_source = true;  ///< its lines come from an order or a member: `per_source` can cap them
};

/// The register, in the order of the documentation.
[[nodiscard]] std::span<const BonusKind> bonus_kinds();

}  // namespace downline
