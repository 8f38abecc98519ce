// The rows of a small company, before they are a snapshot: what the properties change, merge,
// shuffle and scale.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/snapshot.hpp"

namespace downline::property {

struct MemberRow {
    std::string id;
    int sponsor = -1;   ///< a row of Facts::members; -1: a root
    int enroller = -1;
    int placement = -1;         ///< whom it stands under in the placement tree; -1: nobody
    std::uint32_t leg = 0;      ///< 1-based
    MemberKind kind = MemberKind::affiliate;
    Status status = Status::active;
    Day joined_on{};
    std::uint16_t title_before{};  ///< place in the ladder
    int arrives = 0;               ///< before the run of which period it comes in
};

struct ReturnRow {
    std::int64_t amount_minor{};
    std::int64_t volume_centipoints = -1;  ///< -1: in proportion
    std::string return_id;                 ///< empty: any
    std::optional<Day> returned_on;        ///< nothing: the period's last day
    int arrives = 0;
};

struct OrderRow {
    std::string order_id;
    int line = 1;
    int buyer{};
    Day ordered_on{};
    std::string contract;
    std::int64_t amount_minor{}, volume_centipoints{}, qualifying_centipoints{};
    std::int64_t cost_minor = -1;  ///< -1: not known
    std::uint32_t quantity = 1;
    std::string sku, category, kind;
    bool says_volume = true, says_category = true;  ///< false: its file leaves the field empty
    std::vector<ReturnRow> returns;
    int arrives = 0;
};

/// A version of a product; its creator is in Facts::creators.
struct ProductRow {
    std::string sku, category;
    std::int64_t volume_centipoints = -1;  ///< -1: not said
    std::optional<Day> valid_from;         ///< nothing: always
};

/// Orders that a buyer (under a contract) had before the period.
struct Before {
    std::uint32_t order_count{};
    Day first_on{};
};

/// What a binary bonus brings into a member's legs.
struct CarryRow {
    std::string bonus;
    int member{};
    std::int64_t left_centipoints{}, right_centipoints{};
};

struct Facts {
    Period period;
    int currency_places = 2;
    std::vector<MemberRow> members;
    std::vector<OrderRow> orders;
    std::map<std::pair<int, std::string>, Before> before;  ///< by buyer and contract
    std::vector<ProductRow> products;                      ///< by sku and valid_from
    std::map<std::string, int> creators;                   ///< of products, by sku
    std::vector<CarryRow> carry;
};

/// As storage would load it: members by id, order lines by (ordered_on, order_id, line), named by
/// their place in that order from 1. A member's number is made from its place in `facts`.
[[nodiscard]] Snapshot snapshot_of(const Facts& facts);

[[nodiscard]] inline std::int64_t member_number(std::size_t row) {
    return static_cast<std::int64_t>(row) * 3 + 11;
}

/// The rows as a person would read them, for failures.
[[nodiscard]] std::string describe(const Facts& facts);

}  // namespace downline::property
