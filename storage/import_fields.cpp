// Numbers and days take a short way where they are written plainly; only what does not fit it is
// looked at closely.
#include "storage/import_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/errors.hpp"
#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "storage/import_codes.hpp"
#include "storage/messages.hpp"

namespace downline {
namespace {

/// Digits with at most `places` behind a point, up to amount_minor_max; false for anything else.
bool read_plain_decimal(std::string_view text, int places, char point, std::int64_t& value) {
    while (text.size() > 17 && text[0] == '0') text.remove_prefix(1);
    if (text.empty() || text.size() > 17) return false;
    std::int64_t number = 0;  // 17 digits at most
    std::size_t at = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
        number = number * 10 + (text[at] - '0');
    if (at == 0) return false;
    int missing = places;
    if (at < text.size()) {
        if (text[at] != point || at + 1 == text.size()) return false;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, --missing)
            number = number * 10 + (text[at] - '0');
        if (at < text.size() || missing < 0) return false;
    }
    if (number > amount_minor_max) return false;
    for (; missing > 0; --missing) number *= 10;
    value = number;
    return number <= amount_minor_max;
}

/// Digits with at most one point between them.
bool is_decimal(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           std::count(text.begin(), text.end(), '.') <= 1 &&
           std::all_of(text.begin(), text.end(), [](char letter) {
               return letter == '.' || (letter >= '0' && letter <= '9');
           });
}

/// What a number was probably meant to be, or "".
std::string likely_number(std::string_view text, char point) {
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    const auto first = std::find_if(text.begin(), text.end(), is_digit);
    const std::string_view front = text.substr(0, static_cast<std::size_t>(first - text.begin()));
    if (front.find_first_of("-(") != std::string_view::npos) return {};
    const auto last = std::find_if(text.rbegin(), text.rend(), is_digit).base();
    std::string digits;
    std::size_t signs = 0, sign_at = 0;
    char sign = 0;
    for (auto at = first; at < last; ++at) {
        if (is_digit(*at)) {
            digits += *at;
        } else if (*at == '.' || *at == ',') {
            signs = *at == sign ? signs + 1 : 1;  // the last kind of sign is the decimal one
            sign = *at;
            sign_at = digits.size();
        } else if (*at != ' ' && *at != '\'') {
            return {};
        }
    }
    if (digits.empty() || signs > 1) return {};
    const bool has_other = text.find(sign == '.' ? ',' : '.') != std::string_view::npos;
    if (signs == 1 && !has_other && digits.size() - sign_at == 3) return {};  // 1,234: either
    if (signs == 1) digits.insert(sign_at, 1, point);
    const bool begins_with_sign = !front.empty() && (front.back() == '.' || front.back() == ',');
    return begins_with_sign ? std::string{'0', point} + digits : digits;
}

}  // namespace

FieldFormat field_format(const ImportOptions& options, const std::string& currency) {
    for (const std::string part : {"%Y", "%m", "%d"}) {
        const std::size_t at = options.dates.find(part);
        if (at == std::string::npos || options.dates.find(part, at + 1) != std::string::npos)
            throw UsageError(
                fmt::format("--dates {} must have %Y, %m and %d once each, such as "
                            "%d/%m/%Y",
                            shown_value(options.dates)));
    }
    if (std::count(options.dates.begin(), options.dates.end(), '%') != 3)
        throw UsageError(fmt::format("--dates {} may have %Y, %m and %d only, such as %d/%m/%Y",
                                     shown_value(options.dates)));
    return {currency, currency_places(currency).value_or(2), options.decimal, options.dates};
}

RowReader::RowReader(ImportKind kind, FieldFormat format, bool keeps_rows)
    : rules_(columns_of(kind)),
      format_(std::move(format)),
      keeps_rows_(keeps_rows),
      has_iso_dates_(format_.dates == "%Y-%m-%d") {}

bool RowReader::begin_row(CsvScanner& scanner) {
    const CsvScanner::Found found = scanner.next();
    if (found == CsvScanner::Found::end) return false;
    ++row_count_;
    is_good_ = true;
    row_begin_ = static_cast<std::uint32_t>(scanner.begin());
    const std::size_t width = segment_->header->width;
    const auto fail = [&](std::string_view code, std::string text) {
        problems.push_back(segment_->problem_at(row_begin_, scanner.error_at(), code,
                                                std::move(text), keeps_rows_));
        is_good_ = false;
        return true;
    };
    switch (found) {
        case CsvScanner::Found::stray_quote:
            return fail(code::stray_quote,
                        "a quotation mark inside a field that does not begin with one; quote the "
                        "whole field and double the mark");
        case CsvScanner::Found::after_quote:
            return fail(code::text_after_quote,
                        "something follows the closing quotation mark of a field; double a mark "
                        "that belongs to the text");
        case CsvScanner::Found::open_quote:
            return fail(code::open_quote,
                        "the quotation mark that begins this field is never closed; close it, or "
                        "double it where it belongs to the text");
        case CsvScanner::Found::too_long:
            return fail(
                code::line_too_long,
                fmt::format("a row of more than {} bytes; is a quotation mark never closed?",
                            record_bytes_max));
        default: break;
    }
    const std::size_t count = fields_->size();
    if (count == width) [[likely]]
        return true;
    if (scanner.begin() == scanner.end())
        refuse_row(code::empty_line, "the line is empty; take it out");
    else
        refuse_row(count < width ? code::too_few_columns : code::too_many_columns,
                   fmt::format("the row has {} {}, the header {}; {}", count,
                               count == 1 ? "column" : "columns", width,
                               count < width ? "is it cut off?"
                                             : "quote a field that holds the delimiter"));
    return true;
}

/// Puts the problems of a row in the order of its fields.
void RowReader::sort_problems() {
    if (problems.size() > sorted_count_ + 1)
        std::stable_sort(problems.begin() + static_cast<std::ptrdiff_t>(sorted_count_),
                         problems.end(), [](const RowProblem& a, const RowProblem& b) {
                             return std::pair(a.error.line, a.error.column) <
                                    std::pair(b.error.line, b.error.column);
                         });
    sorted_count_ = problems.size();
}

void RowReader::refuse_row(std::string_view code, std::string text) {
    problems.push_back(segment_->problem(row_begin_, -1, code, std::move(text), keeps_rows_));
    is_good_ = false;
}

void RowReader::refuse(std::size_t column, std::string_view code, std::string text) {
    problems.push_back(segment_->problem(row_begin_, segment_->header->place_of[column], code,
                                         std::move(text), keeps_rows_));
    is_good_ = false;
}

std::string RowReader::named(std::size_t column, std::string_view field) const {
    return fmt::format("{} {}", rules_[column].name, shown_value(field));
}

/// Valid UTF-8 without control characters, and not too long.
bool RowReader::is_clean(std::size_t column, std::string_view field) {
    if (field.size() > field_bytes_max) {
        refuse(column, code::field_too_long,
               fmt::format("{} has {} bytes, at most {} are allowed; shorten it",
                           rules_[column].name, field.size(), field_bytes_max));
        return false;
    }
    if (segment_->is_plain) [[likely]]
        return true;
    for (std::string_view rest = field; !rest.empty();) {
        const Utf8Character character = first_character(rest);
        if (character.code < 0) {
            refuse(column, code::invalid_utf8,
                   named(column, field) + " is not UTF-8; save the file as CSV UTF-8");
            return false;
        }
        if (is_control(character.code)) {
            refuse(column, code::control_character,
                   fmt::format("{} has a control character (U+{:04X}); take it out",
                               named(column, field), character.code));
            return false;
        }
        rest.remove_prefix(character.bytes);
    }
    return true;
}

bool RowReader::is_id(std::size_t column, std::string_view field) {
    if (!is_clean(column, field)) return false;
    if (field.size() > id_bytes_max) {
        refuse(column, code::id_too_long,
               fmt::format("{} has {} bytes, an id has at most {}; shorten it",
                           named(column, field), field.size(), id_bytes_max));
        return false;
    }
    if (field.front() == ' ' || field.back() == ' ') {
        refuse(column, code::id_blank,
               named(column, field) + " begins or ends with a blank; take it out");
        return false;
    }
    if (has_invisible(field)) {
        refuse(column, code::id_not_printable,
               named(column, field) + " has an invisible character; take it out");
        return false;
    }
    return true;
}

std::string_view RowReader::id(std::size_t column) {
    const std::string_view field = raw(column);
    if (field.empty()) {
        refuse(column, code::missing_value,
               fmt::format("{} is empty; every row needs one", rules_[column].name));
        return {};
    }
    return is_id(column, field) ? field : std::string_view{};
}

std::string_view RowReader::optional_id(std::size_t column) {
    const std::string_view field = raw(column);
    return field.empty() || !is_id(column, field) ? std::string_view{} : field;
}

std::string_view RowReader::text(std::size_t column) {
    const std::string_view field = raw(column);
    return field.empty() || !is_clean(column, field) ? std::string_view{} : field;
}

std::int64_t RowReader::decimal(std::size_t column, int places, std::string_view code) {
    const std::string_view field = raw(column);
    if (field.empty()) return not_stated;
    std::int64_t value = 0;
    if (read_plain_decimal(field, places, format_.decimal, value)) [[likely]]
        return value;
    refuse_decimal(column, field, places, code);
    return not_stated;
}

/// Says why a number is none.
void RowReader::refuse_decimal(std::size_t column, std::string_view field, int places,
                               std::string_view code) {
    if (!is_clean(column, field)) return;
    std::string text(field);
    if (format_.decimal == ',') {
        for (char& letter : text) letter = letter == ',' ? '.' : letter == '.' ? ',' : letter;
    }
    const std::string name = named(column, field);
    if (text.starts_with('-') && is_decimal(std::string_view(text).substr(1))) {
        const bool is_amount = rules_[column].name == "amount";
        refuse(column, code::negative,
               name + (is_amount ? " is negative; a credit is a row of a returns file"
                                 : " is negative; write 0 or more"));
        return;
    }
    const bool is_number = is_decimal(text);
    if (is_number &&
        text.size() - std::min(text.find('.'), text.size() - 1) - 1 >
            static_cast<std::size_t>(places)) {
        const std::string unit = code == code::bad_volume ? "a volume" : format_.currency;
        refuse(column, code::too_many_places,
               fmt::format("{} has more places than {} has ({}); round it", name, unit, places));
        return;
    }
    if (is_number) {
        refuse(column, code::too_large,
               fmt::format("{} is more than {}; look for a mistake", name,
                           format_decimal(amount_minor_max, places)));
        return;
    }
    const std::string likely = likely_number(field, format_.decimal);
    refuse(column, code,
           fmt::format("{} is not a number; write {}", name,
                       likely.empty() ? fmt::format("digits with a decimal '{}' only, such as "
                                                    "1234{}50",
                                                    format_.decimal, format_.decimal)
                                      : likely));
}

std::int64_t RowReader::signed_money(std::size_t column) {
    const std::string_view field = raw(column);
    std::int64_t value = 0;
    if (field.starts_with('-') &&
        read_plain_decimal(field.substr(1), format_.currency_places, format_.decimal, value))
        return -value;
    return money(column, true);
}

std::int64_t RowReader::money(std::size_t column, bool is_required) {
    if (is_required && raw(column).empty()) {
        refuse(column, code::missing_value,
               fmt::format("{} is empty; every row needs one", rules_[column].name));
        return not_stated;
    }
    return decimal(column, format_.currency_places, code::bad_amount);
}

std::int64_t RowReader::volume(std::size_t column) { return decimal(column, 2, code::bad_volume); }

std::int64_t RowReader::measure(std::size_t column) {
    return decimal(column, opening_measure_places(format_.currency_places), code::bad_volume);
}

std::int64_t RowReader::whole_number(std::size_t column, std::int64_t minimum, std::int64_t maximum,
                                     std::string_view code) {
    const std::string_view field = raw(column);
    if (field.empty()) return not_stated;
    std::int64_t value = 0;
    if (read_plain_decimal(field, 0, '.', value) && value >= minimum && value <= maximum)
        return value;
    if (is_clean(column, field))
        refuse(column, code,
               fmt::format("{} is not a whole number; write one from {} to {}",
                           named(column, field), minimum, maximum));
    return not_stated;
}

std::int64_t RowReader::quantity(std::size_t column) {
    return whole_number(column, 0, quantity_max, code::bad_quantity);
}

std::int64_t RowReader::line(std::size_t column) {
    const std::int64_t value =
        whole_number(column, 1, std::numeric_limits<std::int32_t>::max(), code::bad_line);
    return value == not_stated ? 1 : value;
}

std::int64_t RowReader::level(std::size_t column) {
    const std::int64_t value =
        whole_number(column, 0, std::numeric_limits<std::int32_t>::max(), code::bad_level);
    return value == not_stated ? 0 : value;
}

/// Reads a day by the format; says what is wrong where it is none.
bool RowReader::read_day(std::size_t column, Day& day) {
    const std::string_view field = raw(column);
    if (has_iso_dates_) {
        if (const auto parsed = parse_day(field)) [[likely]] {
            day = *parsed;
            return true;
        }
    }
    int year = 0, month = 0, day_of_month = 0;
    std::size_t at = 0;
    const auto take = [&](int& number, std::size_t digits_max) {
        const std::size_t begin = at;
        while (at < field.size() && at - begin < digits_max && field[at] >= '0' && field[at] <= '9')
            number = number * 10 + (field[at++] - '0');
        return at > begin && (digits_max == 2 || at - begin == 4);
    };
    bool fits = true;
    for (std::size_t i = 0; i < format_.dates.size() && fits; ++i) {
        const std::string_view part = std::string_view(format_.dates).substr(i, 2);
        if (part == "%Y") fits = take(year, 4);
        else if (part == "%m") fits = take(month, 2);
        else if (part == "%d") fits = take(day_of_month, 2);
        else fits = at < field.size() && field[at++] == format_.dates[i];
        if (part.front() == '%') ++i;
    }
    fits = fits && at == field.size() && (!has_iso_dates_ || field.size() == 10);
    if (fits) {
        if (const auto parsed = day_of(year, month, day_of_month)) {
            day = *parsed;
            return true;
        }
        refuse(column, code::no_such_day,
               fmt::format("{} is no day of the calendar from {} to {}; correct it",
                           named(column, field), year_min, year_max));
        return false;
    }
    if (!is_clean(column, field)) return false;
    std::string example = format_.dates;
    for (const auto& [part, digits] : {std::pair{"%Y", "2026"}, {"%m", "10"}, {"%d", "31"}})
        example.replace(example.find(part), 2, digits);
    refuse(column, code::bad_date,
           fmt::format("{} is not a date like {}{}", named(column, field), example,
                       has_iso_dates_ ? "; --dates says how a file writes them" : ""));
    return false;
}

Day RowReader::day(std::size_t column) {
    Day day = 0;
    if (raw(column).empty())
        refuse(column, code::missing_value,
               fmt::format("{} is empty; every row needs one", rules_[column].name));
    else read_day(column, day);
    return day;
}

std::int64_t RowReader::optional_day(std::size_t column) {
    Day day = 0;
    return raw(column).empty() || !read_day(column, day) ? not_stated : day;
}

std::uint32_t RowReader::leg(std::size_t column) {
    const std::string_view field = raw(column);
    if (field.empty()) return 0;
    if (field == "L") return 1;
    if (field == "R") return 2;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
    if (error == std::errc{} && end == field.data() + field.size() && number >= 1 &&
        number <= plan_entries_max)
        return number;
    refuse(column, code::bad_leg,
           fmt::format("leg {} is unknown; write L, R or a number from 1 to {}", shown_value(field),
                       plan_entries_max));
    return 0;
}

std::int64_t RowReader::word(std::size_t column, std::initializer_list<std::string_view> words,
                             std::string_view code, std::int64_t otherwise) {
    const std::string_view field = raw(column);
    if (field.empty()) return otherwise;
    const auto found = std::find(words.begin(), words.end(), field);
    if (found != words.end()) return found - words.begin();
    if (is_clean(column, field))
        refuse(column, code,
               fmt::format("{} is unknown; write one of {}", named(column, field),
                           fmt::join(words, ", ")));
    return otherwise;
}

}  // namespace downline
