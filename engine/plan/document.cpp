// A TOML text as plain values: see the header. The only file that knows the TOML library.
#include "engine/plan/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/limits.hpp"
#include "engine/plan/syntax_remedy.hpp"

namespace downline {

namespace {

constexpr int depth_max = 32;  // of lists, tables and dotted keys each; plans need about six
constexpr std::size_t shown_bytes_max = 80;
/// Keys of one table: measures and tables by rank have the most, 1,000 and one.
constexpr std::size_t keys_max = 2000;
/// Errors that are kept: nobody reads more, and a broken text of 8 MiB can have millions.
constexpr std::size_t errors_max = 10'000;

/// Finds text that would nest too deep before the library recurses over it. Knows only strings,
/// comments, brackets and dots; what else is wrong with the text is the library's to say.
class NestingScan {
public:
    explicit NestingScan(std::string_view text) : text_(text) {}

    std::optional<Place> too_deep() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"' || c == '\'') {
                skip_string(c);
                continue;
            }
            if (c == '#') {
                at_ = std::min(text_.find('\n', at_), text_.size());
                continue;
            }
            if (c == '.') ++dots_;
            else if (is_separator(c)) dots_ = 0;
            if (c == '[' || c == '{') ++depth_;
            if ((c == ']' || c == '}') && depth_ > 0) --depth_;
            if (depth_ > depth_max || dots_ > depth_max) return place();
            ++at_;
        }
        return std::nullopt;
    }

private:
    static bool is_separator(char c) {
        return c == '\n' || c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
    }

    void skip_string(char quote) {
        const std::string closing(3, quote);
        const bool is_multi_line = text_.substr(at_, 3) == closing;
        at_ += is_multi_line ? 3 : 1;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\' && quote == '"') {
                ++at_;
            } else if (!is_multi_line && (text_[at_] == quote || text_[at_] == '\n')) {
                ++at_;
                return;
            } else if (is_multi_line && text_.substr(at_, 3) == closing) {
                at_ += 3;
                for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more)
                    ++at_;  // the text may end with quotes of its own
                return;
            }
        }
    }

    [[nodiscard]] Place place() const {
        const std::string_view before = text_.substr(0, at_);
        const std::size_t newline = before.rfind('\n');
        const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
        return {static_cast<int>(std::ranges::count(before, '\n')) + 1,
                static_cast<int>(at_ - begin) + 1};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0, dots_ = 0;
};

Place place_of(const toml::source_region& region) {
    return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

class Converter {
public:
    Converter(std::string_view text, Problems& problems) : text_(text), problems_(problems) {}

    // Recursive, as deep as NestingScan lets the text be.
    TomlValue convert(const toml::node& node) {
        TomlValue value;
        value.place = place_of(node.source());
        if (const auto* text = node.as_string()) {
            value.sort = TomlValue::Sort::text;
            value.text = text->get();
        } else if (const auto* integer = node.as_integer()) {
            value.sort = TomlValue::Sort::integer;
            value.integer = integer->get();
        } else if (const auto* flag = node.as_boolean()) {
            value.sort = TomlValue::Sort::flag;
            value.flag = flag->get();
        } else if (const auto* date = node.as_date()) {
            take_date(date->get(), value);
        } else if (const auto* list = node.as_array()) {
            value.sort = TomlValue::Sort::list;
            for (const toml::node& entry : *list) value.list.push_back(convert(entry));
        } else if (const auto* table = node.as_table()) {
            take_table(*table, value);
        } else if (node.is_floating_point()) {
            refuse_float(value.place);
        } else {
            problems_.error(value.place, "time",
                            fmt::format("{} has a time of day, which no plan needs; write a date "
                                        "as 2026-01-31",
                                        written(value.place)));
        }
        return value;
    }

private:
    void take_date(const toml::date& date, TomlValue& value) {
        if (const auto day = day_of(date.year, date.month, date.day)) {
            value.sort = TomlValue::Sort::date;
            value.date = *day;
            return;
        }
        problems_.error(value.place, "bad_date",
                        fmt::format("{} is no day between the years {} and {}",
                                    written(value.place), year_min, year_max));
    }

    void take_table(const toml::table& table, TomlValue& value) {
        if (table.size() > keys_max) {
            problems_.error(
                value.place, "too_many",
                fmt::format("a table has {} keys; at most {} are read", table.size(), keys_max));
            return;
        }
        value.sort = TomlValue::Sort::table;
        for (const auto& [key, node] : table)
            value.table.push_back({std::string(key.str()), place_of(key.source()), convert(node)});
        std::ranges::stable_sort(value.table, {}, [](const TomlValue::Entry& entry) {
            return std::pair(entry.place.line, entry.place.column);
        });
        // A table that only dotted keys or longer headers imply has no place of its own.
        if (value.place.line == 0)
            value.place = value.table.empty() ? Place{} : value.table.front().place;
    }

    void refuse_float(Place place) {
        const std::string digits = written(place);
        problems_.error(place, "float",
                        fmt::format("{} is a float, and a float is not exact; write \"{}\" as a "
                                    "text, a rate as \"5%\"",
                                    digits, digits));
    }

    /// The value at a place as it stands in the text, up to what ends it.
    /// Finding it takes as long as its line, so after many errors it is called "this".
    std::string written(Place place) {
        if (!problems_.wants_suggestions()) return "this";
        if (line_begins_.empty()) {
            line_begins_.push_back(0);
            for (std::size_t i = 0; i < text_.size(); ++i)
                if (text_[i] == '\n') line_begins_.push_back(i + 1);
        }
        const auto line = static_cast<std::size_t>(std::max(place.line, 1)) - 1;
        if (line >= line_begins_.size()) return "this";
        std::size_t from = line_begins_[line];
        for (int column = 1; column < place.column && from < text_.size(); ++from)
            if ((text_[std::min(from + 1, text_.size() - 1)] & 0xc0) != 0x80) ++column;
        const std::size_t to = std::min(text_.find_first_of(",]}#\r\n \t", from), text_.size());
        return std::string(text_.substr(from, std::min(to - from, shown_bytes_max)));
    }

    std::string_view text_;
    Problems& problems_;
    std::vector<std::size_t> line_begins_;
};

void sort_by_place(std::vector<PlanError>& errors) {
    std::ranges::stable_sort(
        errors, {}, [](const PlanError& error) { return std::pair(error.line, error.column); });
}

}  // namespace

const TomlValue* TomlValue::find(std::string_view key) const {
    const auto at = std::ranges::find(table, key, &Entry::key);
    return at == table.end() ? nullptr : &at->value;
}

void Problems::error(Place place, std::string_view code, std::string text) {
    if (++error_count_ <= errors_max)
        errors_.push_back({place.line, place.column, std::string(code), std::move(text)});
}

void Problems::warning(Place place, std::string_view code, std::string text) {
    warnings_.push_back({place.line, place.column, std::string(code), std::move(text)});
}

std::vector<PlanError> Problems::take_errors() {
    sort_by_place(errors_);
    if (error_count_ > errors_max)
        errors_.push_back({errors_.back().line, errors_.back().column, "more_errors",
                           fmt::format("there are {} more errors; correct these first",
                                       error_count_ - errors_max)});
    return std::move(errors_);
}

std::vector<PlanError> Problems::take_warnings() {
    sort_by_place(warnings_);
    return std::move(warnings_);
}

std::optional<TomlValue> parse_document(std::string_view text, Problems& problems) {
    if (text.size() > plan_bytes_max) {
        problems.error(
            {}, "too_large",
            fmt::format("the plan has {} bytes; at most {} are read", text.size(), plan_bytes_max));
        return std::nullopt;
    }
    if (const auto place = NestingScan(text).too_deep()) {
        problems.error(*place, "too_deep",
                       fmt::format("lists, tables or dotted keys are nested more than {} deep; no "
                                   "plan needs that",
                                   depth_max));
        return std::nullopt;
    }
    try {
        return Converter(text, problems).convert(toml::parse(text));
    } catch (const toml::parse_error& error) {
        const Place place = place_of(error.source());
        const std::string_view remedy = syntax_remedy(text, place.line, error.description());
        problems.error(place, "syntax",
                       fmt::format("this is not TOML: {}{}{}", plain_text(error.description()),
                                   remedy.empty() ? "" : "; ", remedy));
        return std::nullopt;
    }
}

std::string plain_text(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') result += "\\n";
        else if (byte < 0x20 || byte == 0x7f) result += fmt::format("\\x{:02x}", byte);
        else result += c;
    }
    return result;
}

std::string in_quotes(std::string_view text) {
    if (text.size() <= shown_bytes_max) return '"' + plain_text(text) + '"';
    std::size_t end = shown_bytes_max;
    while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not inside a character
    return '"' + plain_text(text.substr(0, end)) + "…\"";
}

std::string shown(const TomlValue& value) {
    switch (value.sort) {
        case TomlValue::Sort::text: return in_quotes(value.text);
        case TomlValue::Sort::integer: return std::to_string(value.integer);
        case TomlValue::Sort::flag: return value.flag ? "true" : "false";
        case TomlValue::Sort::date: return format_day(value.date);
        case TomlValue::Sort::list: return value.list.empty() ? "an empty list" : "a list";
        case TomlValue::Sort::table: return "a table";
        case TomlValue::Sort::refused: break;
    }
    return "this value";
}

}  // namespace downline
