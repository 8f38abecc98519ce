// Ids to numbers: an open-addressing hash table over texts that stay where they are.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace downline {

/// A hash of a short text, 64 bits, the same on every run.
[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) {
    __extension__ using Wide = unsigned __int128;
    const auto mix = [](std::uint64_t a, std::uint64_t b) {
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    std::uint64_t hash = 0x9e3779b97f4a7c15 ^ text.size();
    while (text.size() > 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        hash = mix(hash ^ word, 0xa0761d6478bd642f);
        text.remove_prefix(8);
    }
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), text.size());
    hash = mix(hash ^ word, 0xe7037ed1a0b428db);
    return mix(hash, 0x8ebc6af09c88c6e3);
}

class IdTable {
public:
    static constexpr std::uint32_t none = 0xffff'ffff;

    explicit IdTable(std::size_t expected = 0) { grow(expected * 2); }
    [[nodiscard]] std::size_t size() const { return size_; }

    /// The value of an id, or `none`.
    [[nodiscard]] std::uint32_t find(std::string_view id) const {
        const std::uint64_t hash = hash_of(id);
        for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
            const Entry& entry = entries_[at];
            if (entry.size == 0) return none;
            if (entry.tag == tag_of(hash) && entry.size == id.size() &&
                std::memcmp(entry.text, id.data(), id.size()) == 0)
                return entry.value;
        }
    }
    /// Adds an id, whose bytes must outlive the table, unless it is there; its value then.
    std::uint32_t add(std::string_view id, std::uint32_t value) {
        if ((size_ + 1) * 2 > entries_.size()) grow(entries_.size() * 2);
        const std::uint64_t hash = hash_of(id);
        for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
            Entry& entry = entries_[at];
            if (entry.size == 0) {
                entry = {id.data(), value, static_cast<std::uint8_t>(id.size()), tag_of(hash) & 0xff'ffffU};
                ++size_;
                return value;
            }
            if (entry.tag == tag_of(hash) && entry.size == id.size() &&
                std::memcmp(entry.text, id.data(), id.size()) == 0)
                return entry.value;
        }
    }
    /// The same with a copy of the id.
    std::uint32_t add_copy(std::string_view id, std::uint32_t value) {
        if (blocks_.empty() || blocks_.back().size() + id.size() > blocks_.back().capacity())
            blocks_.emplace_back().reserve(1 << 20);
        std::string& block = blocks_.back();
        block += id;
        return add({block.data() + block.size() - id.size(), id.size()}, value);
    }

private:
    /// `size` 0: free. Ids have 1 to 64 bytes. `tag`: 24 bits of the hash that do not choose the
    /// place, so that nearly no other id is looked at.
    struct Entry {
        const char* text = nullptr;
        std::uint32_t value = 0;
        std::uint32_t size : 8 = 0;
        std::uint32_t tag : 24 = 0;
    };
    static std::uint32_t tag_of(std::uint64_t hash) {
        return static_cast<std::uint32_t>(hash >> 40);
    }

    void grow(std::size_t wanted) {
        std::size_t room = 64;
        while (room < wanted) room *= 2;
        std::vector<Entry> old(room);
        old.swap(entries_);
        mask_ = room - 1;
        for (const Entry& entry : old) {
            if (entry.size == 0) continue;
            std::size_t at = hash_of({entry.text, entry.size}) & mask_;
            while (entries_[at].size != 0) at = (at + 1) & mask_;
            entries_[at] = entry;
        }
    }

    std::vector<Entry> entries_;
    std::size_t mask_ = 0, size_ = 0;
    std::deque<std::string> blocks_;
};

/// Which hashes were seen before.
class HashSet {
public:
    /// Whether the hash is new.
    bool add(std::uint64_t hash) {
        if ((size_ + 1) * 2 > places_.size()) grow();
        if (hash == 0) hash = 1;  // 0 is a free place
        for (std::size_t at = hash & (places_.size() - 1);; at = (at + 1) & (places_.size() - 1)) {
            if (places_[at] == hash) return false;
            if (places_[at] != 0) continue;
            places_[at] = hash;
            ++size_;
            return true;
        }
    }

private:
    void grow() {
        std::vector<std::uint64_t> old(places_.empty() ? 1 << 16 : places_.size() * 2);
        old.swap(places_);
        size_ = 0;
        for (const std::uint64_t hash : old)
            if (hash != 0) add(hash);
    }
    std::vector<std::uint64_t> places_;
    std::size_t size_ = 0;
};

}  // namespace downline
