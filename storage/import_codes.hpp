// The codes of bad rows and bad files: stable names that programs may rely on. docs/formats.md
// explains each.
#pragma once

#include <array>
#include <string_view>

namespace downline::code {

using Code = std::string_view;

// The file as a whole.
inline constexpr Code empty_file = "empty_file";
inline constexpr Code not_text = "not_text";
inline constexpr Code not_utf8 = "not_utf8";
inline constexpr Code old_line_ends = "old_line_ends";
inline constexpr Code wrong_delimiter = "wrong_delimiter";
inline constexpr Code unknown_column = "unknown_column";
inline constexpr Code missing_column = "missing_column";
inline constexpr Code duplicate_column = "duplicate_column";
inline constexpr Code unnamed_column = "unnamed_column";
inline constexpr Code row_count = "row_count";
inline constexpr Code total = "total";
// The row as CSV.
inline constexpr Code stray_quote = "stray_quote";
inline constexpr Code text_after_quote = "text_after_quote";
inline constexpr Code open_quote = "open_quote";
inline constexpr Code line_too_long = "line_too_long";
inline constexpr Code empty_line = "empty_line";
inline constexpr Code too_few_columns = "too_few_columns";
inline constexpr Code too_many_columns = "too_many_columns";
// One field.
inline constexpr Code invalid_utf8 = "invalid_utf8";
inline constexpr Code control_character = "control_character";
inline constexpr Code field_too_long = "field_too_long";
inline constexpr Code missing_value = "missing_value";
inline constexpr Code id_too_long = "id_too_long";
inline constexpr Code id_blank = "id_blank";
inline constexpr Code id_not_printable = "id_not_printable";
inline constexpr Code bad_date = "bad_date";
inline constexpr Code no_such_day = "no_such_day";
inline constexpr Code bad_amount = "bad_amount";
inline constexpr Code bad_volume = "bad_volume";
inline constexpr Code bad_quantity = "bad_quantity";
inline constexpr Code bad_line = "bad_line";
inline constexpr Code negative = "negative";
inline constexpr Code too_many_places = "too_many_places";
inline constexpr Code too_large = "too_large";
inline constexpr Code wrong_currency = "wrong_currency";
inline constexpr Code bad_kind = "bad_kind";
inline constexpr Code bad_status = "bad_status";
inline constexpr Code bad_leg = "bad_leg";
inline constexpr Code bad_tree = "bad_tree";
// Members.
inline constexpr Code unknown_sponsor = "unknown_sponsor";
inline constexpr Code self_sponsor = "self_sponsor";
inline constexpr Code customer_sponsor = "customer_sponsor";
inline constexpr Code sponsor_cycle = "sponsor_cycle";
inline constexpr Code unknown_enroller = "unknown_enroller";
inline constexpr Code self_enroller = "self_enroller";
inline constexpr Code customer_enroller = "customer_enroller";
inline constexpr Code enroller_cycle = "enroller_cycle";
inline constexpr Code unknown_placement = "unknown_placement";
inline constexpr Code self_placement = "self_placement";
inline constexpr Code customer_placement = "customer_placement";
inline constexpr Code placement_cycle = "placement_cycle";
inline constexpr Code customer_placed = "customer_placed";
inline constexpr Code leg_missing = "leg_missing";
inline constexpr Code leg_alone = "leg_alone";
inline constexpr Code leg_taken = "leg_taken";
inline constexpr Code depends_on_rejected = "depends_on_rejected";
inline constexpr Code status_on_missing = "status_on_missing";
inline constexpr Code status_on_alone = "status_on_alone";
inline constexpr Code status_before_joining = "status_before_joining";
inline constexpr Code kind_on_missing = "kind_on_missing";
inline constexpr Code kind_on_alone = "kind_on_alone";
inline constexpr Code kind_before_joining = "kind_before_joining";
inline constexpr Code affiliate_to_customer = "affiliate_to_customer";
inline constexpr Code sponsor_changed = "sponsor_changed";
inline constexpr Code enroller_changed = "enroller_changed";
inline constexpr Code placement_changed = "placement_changed";
// Moves; what is wrong with the new parent has the codes of members.
inline constexpr Code move_before_joining = "move_before_joining";
inline constexpr Code two_moves = "two_moves";
// Adjustments.
inline constexpr Code bad_period = "bad_period";
inline constexpr Code customer_adjusted = "customer_adjusted";
inline constexpr Code period_before_joining = "period_before_joining";
// Goals.
inline constexpr Code bad_stream = "bad_stream";
inline constexpr Code customer_goal = "customer_goal";
inline constexpr Code by_before_set_on = "by_before_set_on";
// Opening.
inline constexpr Code bad_item = "bad_item";
inline constexpr Code bad_level = "bad_level";
inline constexpr Code not_of_item = "not_of_item";
inline constexpr Code customer_opening = "customer_opening";
inline constexpr Code order_before_joining = "order_before_joining";
// Keys and what they refer to.
inline constexpr Code conflict = "conflict";
inline constexpr Code closed_period = "closed_period";
inline constexpr Code unknown_member = "unknown_member";
inline constexpr Code order_mismatch = "order_mismatch";
inline constexpr Code unknown_order = "unknown_order";
inline constexpr Code return_before_order = "return_before_order";
inline constexpr Code more_than_left = "more_than_left";

inline constexpr std::array all{
    empty_file,
    not_text,
    not_utf8,
    old_line_ends,
    wrong_delimiter,
    unknown_column,
    missing_column,
    duplicate_column,
    unnamed_column,
    row_count,
    total,
    stray_quote,
    text_after_quote,
    open_quote,
    line_too_long,
    empty_line,
    too_few_columns,
    too_many_columns,
    invalid_utf8,
    control_character,
    field_too_long,
    missing_value,
    id_too_long,
    id_blank,
    id_not_printable,
    bad_date,
    no_such_day,
    bad_amount,
    bad_volume,
    bad_quantity,
    bad_line,
    negative,
    too_many_places,
    too_large,
    wrong_currency,
    bad_kind,
    bad_status,
    bad_leg,
    bad_tree,
    unknown_sponsor,
    self_sponsor,
    customer_sponsor,
    sponsor_cycle,
    unknown_enroller,
    self_enroller,
    customer_enroller,
    enroller_cycle,
    unknown_placement,
    self_placement,
    customer_placement,
    placement_cycle,
    customer_placed,
    leg_missing,
    leg_alone,
    leg_taken,
    depends_on_rejected,
    status_on_missing,
    status_on_alone,
    status_before_joining,
    kind_on_missing,
    kind_on_alone,
    kind_before_joining,
    affiliate_to_customer,
    sponsor_changed,
    enroller_changed,
    placement_changed,
    move_before_joining,
    two_moves,
    bad_period,
    customer_adjusted,
    period_before_joining,
    bad_stream,
    customer_goal,
    by_before_set_on,
    bad_item,
    bad_level,
    not_of_item,
    customer_opening,
    order_before_joining,
    conflict,
    closed_period,
    unknown_member,
    order_mismatch,
    unknown_order,
    return_before_order,
    more_than_left,
};

}  // namespace downline::code
