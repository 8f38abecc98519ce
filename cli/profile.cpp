// [map] with their = "ours"; delimiter, decimal and dates on top.
#include "cli/profile.hpp"

#include <fmt/format.h>

#include <array>

#include <toml++/toml.h>

#include "cli/text_width.hpp"
#include "engine/errors.hpp"
#include "engine/nearest.hpp"

namespace downline {
namespace {

class ProfileReader {
public:
    explicit ProfileReader(std::string file) : file_(std::move(file)) {}

    Profile read(std::string_view text) {
        Profile profile;
        for (const auto& [key, node] : parsed(text)) read_key(profile, key, node);
        return profile;
    }

private:
    toml::table parsed(std::string_view text) const {
        try {
            return toml::parse(text, file_);
        } catch (const toml::parse_error& error) {
            refuse(error.source().begin, "bad_toml", std::string(error.description()));
        }
    }

    [[noreturn]] void refuse(const toml::source_position& place, std::string_view code,
                             const std::string& text) const {
        throw Refusal(Refusal::Kind::input,
                      fmt::format("{}:{}:{}: error {}: {}", shown(file_), place.line, place.column,
                                  code, text));
    }

    std::string text_of(std::string_view key, const toml::node& node) const {
        if (const auto* text = node.as_string()) return text->get();
        refuse(node.source().begin, "not_text",
               fmt::format("{} must be a text in quotes", shown(key)));
    }

    void read_key(Profile& profile, const toml::key& key, const toml::node& node) const {
        static const std::array<std::string, 4> known{"map", "delimiter", "decimal", "dates"};
        if (key == "delimiter") profile.delimiter = text_of(key, node);
        else if (key == "decimal") profile.decimal = text_of(key, node);
        else if (key == "dates") profile.dates = text_of(key, node);
        else if (key == "map") read_map(profile, node);
        else
            refuse(key.source().begin, "unknown_key",
                   fmt::format("unknown key \"{}\"{} (map, delimiter, decimal, dates)",
                               shown(key.str()), did_you_mean(key.str(), known)));
    }

    void read_map(Profile& profile, const toml::node& node) const {
        const toml::table* table = node.as_table();
        if (table == nullptr)
            refuse(node.source().begin, "not_a_table",
                   "map must be a table: [map] and below it their_name = \"our_name\"");
        for (const auto& [theirs, ours] : *table)
            profile.map.emplace(theirs.str(), text_of(theirs.str(), ours));
    }

    std::string file_;
};

}  // namespace

Profile read_profile(std::string_view text, const std::string& file) {
    return ProfileReader(file).read(text);
}

}  // namespace downline
