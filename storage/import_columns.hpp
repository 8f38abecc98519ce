// The columns of the files that come in, in the order of SPEC's words; an enumerator is the place
// of its rule.
#pragma once

#include <array>

#include "storage/import_source.hpp"

namespace downline {

enum MemberColumn : std::size_t {
    member_member_id,
    member_sponsor_id,
    member_joined_on,
    member_kind,
    member_kind_on,
    member_name,
    member_status,
    member_status_on,
    member_enroller_id,
    member_placement_id,
    member_leg,
    member_country,
    member_title,
    member_column_count
};
inline constexpr std::array<ColumnRule, member_column_count> member_columns{{
    {"member_id", true},
    {"sponsor_id", true},
    {"joined_on", true},
    {"kind"},
    {"kind_on"},
    {"name"},
    {"status"},
    {"status_on"},
    {"enroller_id"},
    {"placement_id"},
    {"leg"},
    {"country"},
    {"title"},
}};

enum OrderColumn : std::size_t {
    order_order_id,
    order_member_id,
    order_ordered_on,
    order_amount,
    order_line,
    order_volume,
    order_qualifying_volume,
    order_cost,
    order_sku,
    order_category,
    order_kind,
    order_quantity,
    order_contract,
    order_currency,
    order_column_count
};
inline constexpr std::array<ColumnRule, order_column_count> order_columns{{
    {"order_id", true},
    {"member_id", true},
    {"ordered_on", true},
    {"amount", true},
    {"line"},
    {"volume"},
    {"qualifying_volume"},
    {"cost"},
    {"sku"},
    {"category"},
    {"kind"},
    {"quantity"},
    {"contract"},
    {"currency"},
}};

enum ReturnColumn : std::size_t {
    return_return_id,
    return_order_id,
    return_returned_on,
    return_amount,
    return_line,
    return_volume,
    return_column_count
};
inline constexpr std::array<ColumnRule, return_column_count> return_columns{{
    {"return_id", true},
    {"order_id", true},
    {"returned_on", true},
    {"amount", true},
    {"line"},
    {"volume"},
}};

enum ProductColumn : std::size_t {
    product_sku,
    product_name,
    product_category,
    product_price,
    product_volume,
    product_creator_id,
    product_valid_from,
    product_column_count
};
inline constexpr std::array<ColumnRule, product_column_count> product_columns{{
    {"sku", true},
    {"name"},
    {"category"},
    {"price"},
    {"volume"},
    {"creator_id"},
    {"valid_from"},
}};

enum AdjustmentColumn : std::size_t {
    adjustment_adjustment_id,
    adjustment_member_id,
    adjustment_period,
    adjustment_amount,
    adjustment_reason,
    adjustment_bonus,
    adjustment_column_count
};
inline constexpr std::array<ColumnRule, adjustment_column_count> adjustment_columns{{
    {"adjustment_id", true},
    {"member_id", true},
    {"period", true},
    {"amount", true},
    {"reason", true},
    {"bonus"},
}};

enum GoalColumn : std::size_t {
    goal_member_id,
    goal_monthly_amount,
    goal_stream,
    goal_set_on,
    goal_by,
    goal_column_count
};
inline constexpr std::array<ColumnRule, goal_column_count> goal_columns{{
    {"member_id", true},
    {"monthly_amount", true},
    {"stream"},
    {"set_on"},
    {"by"},
}};

enum OpeningColumn : std::size_t {
    opening_member_id,
    opening_item,
    opening_amount,
    opening_bonus,
    opening_measure,
    opening_order_id,
    opening_line,
    opening_level,
    opening_column_count
};
inline constexpr std::array<ColumnRule, opening_column_count> opening_columns{{
    {"member_id", true},
    {"item", true},
    {"amount", true},
    {"bonus"},
    {"measure"},
    {"order_id"},
    {"line"},
    {"level"},
}};

enum MoveColumn : std::size_t {
    move_member_id,
    move_tree,
    move_new_parent_id,
    move_effective_on,
    move_reason,
    move_leg,
    move_column_count
};
inline constexpr std::array<ColumnRule, move_column_count> move_columns{{
    {"member_id", true},
    {"tree", true},
    {"new_parent_id", true},
    {"effective_on", true},
    {"reason", true},
    {"leg"},
}};

}  // namespace downline
