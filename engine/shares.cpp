// Largest remainder: see the header.
#include "engine/shares.hpp"

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"
#include "engine/money.hpp"

namespace downline {

std::vector<std::int64_t> share_out(std::int64_t amount_minor,
                                    std::span<const std::int64_t> weights) {
    Int128 sum = 0;
    for (const std::int64_t weight : weights) sum += weight;
    ensure(amount_minor >= 0 && sum > 0, "nothing to share out, or nobody to share it");
    std::vector<std::int64_t> parts(weights.size());
    std::vector<Int128> remainders(weights.size());
    std::int64_t left = amount_minor;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Int128 product = Int128{amount_minor} * weights[i];
        parts[i] = static_cast<std::int64_t>(product / sum);
        remainders[i] = product % sum;
        left -= parts[i];
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto is_larger = [&](std::size_t a, std::size_t b) {
        return remainders[a] != remainders[b] ? remainders[a] > remainders[b] : a < b;
    };
    const auto units = order.begin() + left;  // fewer than there are parts
    std::nth_element(order.begin(), units, order.end(), is_larger);
    for (auto i = order.begin(); i != units; ++i) ++parts[*i];
    return parts;
}

}  // namespace downline
