// The paying company's file: TOML, texts only, every key known.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <toml++/toml.h>

#include "cli/payment_order.hpp"
#include "cli/text_width.hpp"
#include "engine/nearest.hpp"

namespace downline {
namespace {

const std::array<std::string, 19> known_keys{
    "name",           "nacha.routing",   "nacha.bank",          "nacha.company_id",
    "nacha.origin",   "nacha.class",     "nacha.description",   "sepa.iban",
    "sepa.bic",       "sepa.street",     "sepa.building",       "sepa.postcode",
    "sepa.town",      "sepa.country",    "ledger.commission",   "ledger.members",
    "ledger.held",    "ledger.clearing", "ledger.bank"};

FilePlace place_of(const toml::source_position& position) {
    return {position.line, position.column};
}

using Values = std::map<std::string, std::pair<std::string, FilePlace>>;

void read_table(const toml::table& table, const std::string& prefix, Values& values,
                FileProblems& problems) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        const FilePlace place = place_of(node.source().begin);
        if (prefix.empty() && node.is_table())
            read_table(*node.as_table(), name + ".", values, problems);
        else if (std::find(known_keys.begin(), known_keys.end(), name) == known_keys.end())
            problems.add(place_of(key.source().begin), "unknown_key",
                         fmt::format("unknown key {}{}", shown(name),
                                     did_you_mean(name, known_keys)));
        else if (!node.is_string())
            problems.add(place, "not_text",
                         fmt::format("{} must be a text in quotes", shown(name)));
        else values.emplace(name, std::pair(node.as_string()->get(), place));
    }
}

}  // namespace

Company::Company(std::string_view text, std::string file) : problems_(file) {
    try {
        read_table(toml::parse(text, file), "", values_, problems_);
    } catch (const toml::parse_error& error) {
        problems_.add(place_of(error.source().begin), "bad_toml", std::string(error.description()));
        is_toml_ = false;
    }
}

std::string Company::required(const std::string& key, FileProblems& problems) const {
    const std::string value = value_or(key, "");
    if (value.empty()) refuse(key, "is missing, which this format needs", problems);
    return value;
}

std::string Company::value_or(const std::string& key, const std::string& otherwise) const {
    const auto value = values_.find(key);
    return value == values_.end() ? otherwise : value->second.first;
}

void Company::refuse(const std::string& key, const std::string& why,
                     FileProblems& problems) const {
    if (!is_toml_) return;  // what it lacks cannot be known
    const auto value = values_.find(key);
    const bool is_there = value != values_.end() && !value->second.first.empty();
    problems.add(value == values_.end() ? FilePlace(1) : value->second.second,
                 is_there ? "bad_value" : "missing_key", key + " " + why);
}

}  // namespace downline
