// Reads the products' versions: see the header.
#include "storage/products.hpp"

#include <algorithm>

namespace downline {

Products::Products(Database& database, const AsOf& as_of) {
    Query query = database.query(
        "SELECT row, sku, valid_from, category, volume, creator FROM product WHERE import <= ?1"
        " ORDER BY sku, valid_from, import");
    query.bind(1, as_of.last_import);
    while (query.step()) {
        const auto& replaced = as_of.replaced_products;
        if (std::binary_search(replaced.begin(), replaced.end(), query.integer(0))) continue;
        Version version;
        version.valid_from = query.is_null(2) ? INT32_MIN : static_cast<Day>(query.integer(2));
        version.category = query.text(3);
        if (!query.is_null(4)) version.volume_centipoints = query.integer(4);
        version.creator = static_cast<MemberIndex>(query.integer(5));
        has_creators_ = has_creators_ || version.creator != 0;
        versions_[std::string{query.text(1)}].push_back(std::move(version));
    }
}

const Products::Version* Products::in_force(std::string_view sku, Day day) const {
    const auto found = versions_.find(sku);
    if (found == versions_.end()) return nullptr;
    const Version* newest = nullptr;
    for (const Version& version : found->second)  // NULL sorts first, then by day
        if (version.valid_from <= day) newest = &version;
    return newest;
}

}  // namespace downline
