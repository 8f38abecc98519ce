// Hashes of texts that came before.
#include "storage/id_table.hpp"

namespace downline {

std::uint64_t hash_of(std::string_view text) {
    __extension__ using Wide = unsigned __int128;
    std::uint64_t hash = 0x9e3779b97f4a7c15 ^ text.size();
    while (!text.empty()) {
        std::uint64_t word = 0;
        const std::size_t size = std::min<std::size_t>(text.size(), 8);
        std::memcpy(&word, text.data(), size);
        const Wide product = static_cast<Wide>(hash ^ word) * 0xa0761d6478bd642f;
        hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
        text.remove_prefix(size);
    }
    return hash;
}

bool SeenTexts::add(std::string_view text) {
    if (ascend_ && text == last_) return true;
    const std::uint64_t hash = std::max<std::uint64_t>(hash_of(text), 1);
    if (ascend_ && (last_.empty() || text > last_)) {
        last_ = text;
        hashes_.push_back(hash);
        return false;
    }
    if (ascend_) {
        ascend_ = false;
        for (const std::uint64_t earlier : hashes_) insert(earlier);
        hashes_ = {};
    }
    return insert(hash);
}

/// Whether the hash was there.
bool SeenTexts::insert(std::uint64_t hash) {
    if ((size_ + 1) * 2 > places_.size()) {
        std::vector<std::uint64_t> old(std::max<std::size_t>(places_.size() * 2, 1 << 16));
        old.swap(places_);
        size_ = 0;
        for (const std::uint64_t earlier : old)
            if (earlier != 0) insert(earlier);
    }
    const std::size_t mask = places_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        if (places_[at] == hash) return true;
        if (places_[at] != 0) continue;
        places_[at] = hash;
        ++size_;
        return false;
    }
}

}  // namespace downline
