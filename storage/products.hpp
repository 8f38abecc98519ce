// The products as the order lines see them: what is in force on a day.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/load_parts.hpp"

namespace downline {

/// Lets a map of texts be asked with a view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

class Products {
public:
    struct Version {
        Day valid_from{};
        std::string category;  ///< empty: none
        std::optional<std::int64_t> volume_centipoints;
        MemberIndex creator = 0;  ///< storage's number; 0: nobody
    };
    Products(Database& database, const AsOf& as_of);
    [[nodiscard]] bool is_empty() const { return versions_.empty(); }
    [[nodiscard]] bool has_creators() const { return has_creators_; }
    /// The version in force, or null.
    [[nodiscard]] const Version* in_force(std::string_view sku, Day day) const;

private:
    std::unordered_map<std::string, std::vector<Version>, TextHash, std::equal_to<>> versions_;
    bool has_creators_ = false;
};

}  // namespace downline
