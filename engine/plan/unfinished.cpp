// What the plan language has and the engine does not compute yet, refused by name.
//
// To release a feature, delete its line.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/sections.hpp"

namespace downline {

namespace {

/// A key (with one value of it, or any) of every table at a path. `*` is every key of a table;
/// lists of tables are gone through.
struct Unfinished {
    std::string_view path, key, value;
};

constexpr Unfinished unfinished[] = {
    {"", "placement", ""},
};

void refuse_in(const TomlValue& table, const Unfinished& feature, Problems& problems) {
    const TomlValue* value = table.find(feature.key);
    if (!value || (!feature.value.empty() && value->text != feature.value)) return;
    const std::string what = feature.value.empty()
                                 ? std::string(feature.key)
                                 : fmt::format("{} = \"{}\"", feature.key, feature.value);
    problems.error(value->place, "not_yet",
                   fmt::format("{} is not supported yet; this version can not compute it", what));
}

// Recursive over the parts of a path.
void refuse_along(const TomlValue& value, std::string_view path, const Unfinished& feature,
                  Problems& problems) {
    if (value.is_list()) {
        for (const TomlValue& entry : value.list) refuse_along(entry, path, feature, problems);
        return;
    }
    if (!value.is_table()) return;
    if (path.empty()) {
        refuse_in(value, feature, problems);
        return;
    }
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view part = path.substr(0, dot);
    const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
    for (const TomlValue::Entry& entry : value.table)
        if (part == "*" || entry.key == part) refuse_along(entry.value, rest, feature, problems);
}

}  // namespace

void refuse_unfinished(const TomlValue& document, Problems& problems) {
    for (const Unfinished& feature : unfinished)
        refuse_along(document, feature.path, feature, problems);
}

bool is_unfinished_kind(std::string_view kind) {
    return std::ranges::any_of(unfinished, [kind](const Unfinished& feature) {
        return feature.path == "bonus" && feature.key == "kind" && feature.value == kind;
    });
}

}  // namespace downline
