// The paying company's file: TOML, texts only, every key known.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <toml++/toml.h>

#include "cli/payment_order.hpp"
#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/nearest.hpp"

namespace downline {
namespace {

const std::array<std::string, 19> known_keys{
    "name",           "nacha.routing",   "nacha.bank",          "nacha.company_id",
    "nacha.origin",   "nacha.class",     "nacha.description",   "sepa.iban",
    "sepa.bic",       "sepa.street",     "sepa.building",       "sepa.postcode",
    "sepa.town",      "sepa.country",    "ledger.commission",   "ledger.members",
    "ledger.held",    "ledger.clearing", "ledger.bank"};

[[noreturn]] void refuse_at(const std::string& file, const toml::source_position& place,
                            std::string_view code, const std::string& text) {
    throw Refusal(Refusal::Kind::input, fmt::format("{}:{}:{}: error {}: {}", shown(file),
                                                    place.line, place.column, code, text));
}

toml::table parsed(std::string_view text, const std::string& file) {
    try {
        return toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        refuse_at(file, error.source().begin, "bad_toml", std::string(error.description()));
    }
}

void read_table(const toml::table& table, const std::string& prefix, const std::string& file,
                std::map<std::string, std::string>& values) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (prefix.empty() && node.is_table()) {
            read_table(*node.as_table(), name + ".", file, values);
            continue;
        }
        if (std::find(known_keys.begin(), known_keys.end(), name) == known_keys.end())
            refuse_at(file, key.source().begin, "unknown_key",
                      fmt::format("unknown key {}{}", shown(name),
                                  did_you_mean(name, known_keys)));
        if (!node.is_string())
            refuse_at(file, node.source().begin, "not_text",
                      fmt::format("{} must be a text in quotes", shown(name)));
        values.emplace(name, node.as_string()->get());
    }
}

}  // namespace

Company::Company(std::string_view text, std::string file) : file_(std::move(file)) {
    read_table(parsed(text, file_), "", file_, values_);
}

std::string Company::required(const std::string& key) const {
    const std::string value = value_or(key, "");
    if (value.empty())
        throw Refusal(Refusal::Kind::input,
                      file_.empty()
                          ? fmt::format("this format needs the paying company's {}: give --from "
                                        "FILE.toml",
                                        key)
                          : fmt::format("{}: {} is missing, which this format needs", shown(file_),
                                        key));
    return value;
}

std::string Company::value_or(const std::string& key, const std::string& otherwise) const {
    const auto value = values_.find(key);
    return value == values_.end() ? otherwise : value->second;
}

void Company::refuse(const std::string& key, const std::string& why) const {
    throw Refusal(Refusal::Kind::input, fmt::format("{}: {} {}", shown(file_), key, why));
}

}  // namespace downline
