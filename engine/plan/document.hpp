// A TOML text as plain values with their places, and the collector of everything wrong with it.
//
// The TOML library stays behind this header: the rest of the reader sees only these types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/period.hpp"
#include "engine/plan/reader.hpp"

namespace downline {

/// Where something stands in the text, 1-based; columns count characters.
struct Place {
    int line = 1, column = 1;
};

/// One value of the document. Only the member that `sort` names is filled.
struct TomlValue {
    enum class Sort : std::uint8_t {
        text, integer, flag, date, list, table,
        refused  ///< a float or a time: its error stands already, nobody reports it again
    };
    struct Entry;

    Sort sort = Sort::refused;
    Place place;
    std::string text;
    std::int64_t integer = 0;
    bool flag = false;
    Day date = 0;
    std::vector<TomlValue> list;
    std::vector<Entry> table;  ///< in the order of the file

    [[nodiscard]] const TomlValue* find(std::string_view key) const;
    [[nodiscard]] bool is_text() const { return sort == Sort::text; }
    [[nodiscard]] bool is_integer() const { return sort == Sort::integer; }
    [[nodiscard]] bool is_list() const { return sort == Sort::list; }
    [[nodiscard]] bool is_table() const { return sort == Sort::table; }
};

struct TomlValue::Entry {
    std::string key;
    Place place;  ///< of the key
    TomlValue value;
};

/// Errors and warnings as they are found, in any order.
class Problems {
public:
    void error(Place place, std::string_view code, std::string text);
    void warning(Place place, std::string_view code, std::string text);

    [[nodiscard]] bool has_errors() const { return error_count_ > 0; }
    /// False once there are so many errors that searching for near names costs more than it helps.
    [[nodiscard]] bool wants_suggestions() const { return error_count_ < 1000; }
    /// By place; for one place in the order in which they were found.
    [[nodiscard]] std::vector<PlanError> take_errors();
    [[nodiscard]] std::vector<PlanError> take_warnings();

private:
    std::vector<PlanError> errors_, warnings_;
    std::size_t error_count_ = 0;
};

/// The document's top table; nothing where the text is no TOML (then there is an error). Refuses
/// text beyond plan_bytes_max, floats, times, and nesting deeper than any plan needs.
[[nodiscard]] std::optional<TomlValue> parse_document(std::string_view text, Problems& problems);

/// How a value is shown in messages: texts quoted and cut at 80 bytes, lists and tables by name.
[[nodiscard]] std::string shown(const TomlValue& value);
/// A text with its control characters as \n or \xNN.
[[nodiscard]] std::string plain_text(std::string_view text);
/// A text in quotes, its control characters escaped, cut at 80 bytes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace downline
