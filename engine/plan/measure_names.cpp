// The names of all measures, their units and the order in which they need each other, found before
// any of them is read. See sections.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/limits.hpp"
#include "engine/plan/sections.hpp"

namespace downline {

namespace {

/// Names that mean something else where a measure may be named.
constexpr std::array<std::string_view, 14> reserved = {
    "volume",     "qualifying_volume", "amount", "quantity", "orders",
    "affiliates", "periods",           "rank",   "title",    "active",
    "legs",       "frontline",         "count",  "none"};

const std::string* text_under(const TomlValue& table, std::string_view key) {
    const TomlValue* value = table.find(key);
    return value && value->is_text() ? &value->text : nullptr;
}

/// The measures as the file has them, before anything of them is checked.
class Names {
public:
    explicit Names(const TomlValue* measures) {
        order_ = {"pv", "gv"};
        if (measures && measures->is_table())
            for (const TomlValue::Entry& entry : measures->table) {
                if (entry.key != "pv" && entry.key != "gv") order_.push_back(entry.key);
                if (entry.value.is_table()) tables_[entry.key] = &entry.value;
            }
        for (const std::string& name : order_) known_[name] = false;
    }

    /// pv, gv, then every measure after those that it is made of; of a cycle in any order.
    std::vector<std::string> in_dependency_order() {
        sorted_ = {"pv", "gv"};
        known_["pv"] = known_["gv"] = true;
        for (const std::string& name : order_) place(name);
        return sorted_;
    }

    Measure::Unit unit(std::string_view name) const {
        // A chain of measures has at most as many links as there are measures.
        for (std::size_t link = 0; link <= order_.size(); ++link) {
            const auto at = tables_.find(name);
            if (at == tables_.end()) {
                if (name != "gv") return Measure::Unit::centipoints;
                name = "pv";
                continue;
            }
            const TomlValue& table = *at->second;
            if (table.find("count")) return Measure::Unit::count;
            const std::string* of = nullptr;
            for (const std::string_view key : {"sum", "max", "min"})
                if (!of) of = text_under(table, key);
            if (!of || *of == "volume" || *of == "qualifying_volume")
                return Measure::Unit::centipoints;
            if (*of == "amount") return Measure::Unit::minor;
            if (*of == "quantity") return Measure::Unit::count;
            name = *of;
        }
        return Measure::Unit::centipoints;
    }

    bool is_over_downline(std::string_view name) const {
        const auto at = tables_.find(name);
        if (at == tables_.end()) return name == "gv";
        const std::string* over = text_under(*at->second, "over");
        return over && *over == "downline";
    }

private:
    /// Places what `name` is made of, then itself; with a stack of its own, since chains are long.
    void place(const std::string& name) {
        std::vector<std::pair<std::string, std::vector<std::string>>> stack;
        const auto enter = [&](const std::string& entered) {
            known_[entered] = true;
            const auto at = tables_.find(entered);
            stack.emplace_back(entered, at == tables_.end() ? std::vector<std::string>{}
                                                            : references(*at->second));
        };
        if (!known_[name]) enter(name);
        while (!stack.empty()) {
            std::vector<std::string>& open = stack.back().second;
            if (open.empty()) {
                sorted_.push_back(stack.back().first);
                stack.pop_back();
                continue;
            }
            const std::string next = open.back();
            open.pop_back();
            if (!known_[next]) enter(next);
        }
    }

    /// Measures that a definition names: as what it sums, or as a key of a requirement in it.
    std::vector<std::string> references(const TomlValue& value) const {
        std::vector<std::string> found;
        for (const std::string_view key : {"sum", "max", "min"})
            if (const std::string* of = text_under(value, key); of && known_.contains(*of))
                found.push_back(*of);
        add_keys(value, found);
        return found;
    }

    void add_keys(const TomlValue& value, std::vector<std::string>& found) const {
        for (const TomlValue& entry : value.list) add_keys(entry, found);
        for (const TomlValue::Entry& entry : value.table) {
            if (known_.contains(entry.key)) found.push_back(entry.key);
            add_keys(entry.value, found);
        }
    }

    std::vector<std::string> order_, sorted_;
    std::map<std::string, const TomlValue*, std::less<>> tables_;
    std::map<std::string, bool, std::less<>> known_;  ///< true: placed, or about to be
};

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= id_bytes_max && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

void check_name(const TomlValue::Entry& entry, Problems& problems) {
    if (!is_name(entry.key))
        problems.error(entry.place, "bad_name",
                       fmt::format("{} is no name of a measure; write 1 to {} letters, digits, _ "
                                   "or -",
                                   in_quotes(entry.key), id_bytes_max));
    else if (std::ranges::find(reserved, entry.key) != reserved.end() ||
             entry.key.starts_with("joined_"))
        problems.error(entry.place, "reserved_name",
                       fmt::format("{} means something else where measures are named; choose "
                                   "another name",
                                   in_quotes(entry.key)));
}

}  // namespace

void name_measures(const TomlValue* measures, ReadingContext& context, Problems& problems) {
    if (measures)
        for (const TomlValue::Entry& entry : measures->table) check_name(entry, problems);
    Names names(measures);
    for (const std::string& name : names.in_dependency_order())
        context.measures.push_back(
            {name, names.unit(name), names.is_over_downline(name)});
}

}  // namespace downline
