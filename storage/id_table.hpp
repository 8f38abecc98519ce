// Ids to numbers: an open-addressing hash table made for being asked a million ids in a row.
//
// An id of up to 11 bytes lies in its entry, so that asking touches one line of memory; asking for
// many at once fetches the entries ahead.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace downline {

class IdTable {
public:
    static constexpr std::uint32_t none = 0xffff'ffff;

    explicit IdTable(std::size_t expected = 0) { grow(expected * 2); }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Room for so many ids in all.
    void reserve(std::size_t count) {
        if (count * 2 > entries_.size()) grow(count * 2);
    }

    /// The value of an id, or `none`; `none` for "".
    [[nodiscard]] std::uint32_t find(std::string_view id) const {
        return id.empty() ? none : find(key_of(id), id);
    }
    /// The values of many ids.
    void find(std::span<const std::string_view> ids, std::uint32_t* values) const {
        in_blocks(ids, [&](const Key& key, std::size_t i) {
            values[i] = ids[i].empty() ? none : find(key, ids[i]);
        });
    }
    /// Adds an id of 1 to 64 bytes that must outlive the table, unless it is there. Its value then.
    std::uint32_t add(std::string_view id, std::uint32_t value) {
        reserve(size_ + 1);
        return add(key_of(id), id, value);
    }
    /// The same with a copy of the id.
    std::uint32_t add_copy(std::string_view id, std::uint32_t value) {
        return add(kept(id), value);
    }
    /// Adds many ids as they are, with values that ascend from `first_value`. False where one of
    /// them was there.
    bool add(std::span<const std::string_view> ids, std::uint32_t first_value) {
        reserve(size_ + ids.size());
        bool are_new = true;
        in_blocks(ids, [&](const Key& key, std::size_t i) {
            const std::uint32_t value = first_value + static_cast<std::uint32_t>(i);
            are_new &= add(key, ids[i], value) == value;
        });
        return are_new;
    }
    /// Adds a copy of an id that is not there, with the next full block or add_waiting(): its entry
    /// is fetched meanwhile.
    void add_later(std::string_view id, std::uint32_t value) {
        if (waiting_count_ == block_size) add_waiting();
        const std::string_view copy = id.size() <= short_max ? id : kept(id);
        const Key key = key_of(copy);
        __builtin_prefetch(&entries_[key.hash & mask_], 1);
        Waiting& waiting = waiting_[waiting_count_++];
        waiting.hash = key.hash;
        waiting.entry = {
            id.size() <= short_max ? key.first : reinterpret_cast<std::uint64_t>(copy.data()),
            key.second, value};
    }
    void add_waiting() {
        reserve(size_ + waiting_count_);
        for (std::size_t i = 0; i < waiting_count_; ++i) {
            std::size_t at = waiting_[i].hash & mask_;
            while (entries_[at].value != none) at = (at + 1) & mask_;
            entries_[at] = waiting_[i].entry;
            ++size_;
        }
        waiting_count_ = 0;
    }
    /// A copy of an id that lives as long as the table.
    std::string_view kept(std::string_view id) {
        if (id.size() <= short_max) return id;  // it lies in the entry
        if (blocks_.empty() || blocks_.back().size() + id.size() > blocks_.back().capacity())
            blocks_.emplace_back().reserve(1 << 20);
        std::string& block = blocks_.back();
        block += id;
        return {block.data() + block.size() - id.size(), id.size()};
    }

private:
    static constexpr std::size_t short_max = 11;
    static constexpr std::size_t block_size = 32;

    /// A short id: its bytes and its size. A long one: where it is, 24 bits of its hash, its size.
    struct Entry {
        std::uint64_t first = 0;
        std::uint32_t second = 0;
        std::uint32_t value = none;  ///< none: free
    };
    struct Waiting {
        Entry entry;
        std::uint64_t hash = 0;
    };
    struct Key {
        std::uint64_t first = 0, hash = 0;
        std::uint32_t second = 0;
    };

    static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    template <typename Word>
    static Word word_at(const char* bytes) {
        Word word = 0;
        std::memcpy(&word, bytes, sizeof word);
        return word;
    }
    /// 0 to 8 bytes as a number.
    static std::uint64_t short_word(const char* bytes, std::size_t size) {
        if (size == 8) return word_at<std::uint64_t>(bytes);
        if (size >= 4)
            return word_at<std::uint32_t>(bytes) |
                   std::uint64_t{word_at<std::uint32_t>(bytes + size - 4)} << (size - 4) * 8;
        if (size == 0) return 0;
        const auto byte = [bytes](std::size_t at) {
            return std::uint64_t{static_cast<unsigned char>(bytes[at])} << at * 8;
        };
        return byte(0) | byte(size / 2) | byte(size - 1);
    }
    static Key key_of(std::string_view id) {
        constexpr std::uint64_t a = 0xa0761d6478bd642f, b = 0xe7037ed1a0b428db;
        const auto size = static_cast<std::uint32_t>(id.size());
        if (size <= short_max) {
            const std::size_t front = std::min<std::size_t>(size, 8);
            const std::uint64_t first = short_word(id.data(), front);
            const auto second =
                static_cast<std::uint32_t>(short_word(id.data() + front, size - front)) | size
                                                                                              << 24;
            return {first, mix(first ^ a, second ^ b), second};
        }
        std::uint64_t hash = size;
        for (std::size_t at = 0; at < size; at += 8)
            hash =
                mix(hash ^ short_word(id.data() + at, std::min<std::size_t>(size - at, 8)) ^ a, b);
        const auto tag = static_cast<std::uint32_t>(hash >> 40);
        return {0, hash, tag | size << 24};
    }
    static bool is_same(const Entry& entry, const Key& key, std::string_view id) {
        if (entry.second != key.second) return false;
        if (id.size() <= short_max) return entry.first == key.first;
        return std::memcmp(reinterpret_cast<const char*>(entry.first), id.data(), id.size()) == 0;
    }
    [[nodiscard]] std::uint32_t find(const Key& key, std::string_view id) const {
        for (std::size_t at = key.hash & mask_;; at = (at + 1) & mask_) {
            const Entry& entry = entries_[at];
            if (entry.value == none || is_same(entry, key, id)) return entry.value;
        }
    }
    std::uint32_t add(const Key& key, std::string_view id, std::uint32_t value) {
        for (std::size_t at = key.hash & mask_;; at = (at + 1) & mask_) {
            Entry& entry = entries_[at];
            if (entry.value != none) {
                if (is_same(entry, key, id)) return entry.value;
                continue;
            }
            entry = {
                id.size() <= short_max ? key.first : reinterpret_cast<std::uint64_t>(id.data()),
                key.second, value};
            ++size_;
            return value;
        }
    }
    template <typename Take>
    void in_blocks(std::span<const std::string_view> ids, const Take& take) const {
        std::array<Key, block_size> keys;
        for (std::size_t begin = 0; begin < ids.size(); begin += block_size) {
            const std::size_t count = std::min(block_size, ids.size() - begin);
            for (std::size_t i = 0; i < count; ++i) {
                keys[i] = key_of(ids[begin + i]);
                __builtin_prefetch(&entries_[keys[i].hash & mask_]);
            }
            for (std::size_t i = 0; i < count; ++i) take(keys[i], begin + i);
        }
    }
    void grow(std::size_t wanted) {
        std::size_t room = std::max<std::size_t>(64, entries_.size());
        while (room < wanted) room *= 2;
        std::vector<Entry> old(room);
        old.swap(entries_);
        mask_ = room - 1;
        for (const Entry& entry : old) {
            if (entry.value == none) continue;
            const std::size_t size = entry.second >> 24;
            const char* bytes = size <= short_max ? reinterpret_cast<const char*>(&entry)
                                                  : reinterpret_cast<const char*>(entry.first);
            std::size_t at = key_of({bytes, size}).hash & mask_;
            while (entries_[at].value != none) at = (at + 1) & mask_;
            entries_[at] = entry;
        }
    }

    std::vector<Entry> entries_;
    std::size_t mask_ = 0, size_ = 0;
    std::deque<std::string> blocks_;
    std::array<Waiting, block_size> waiting_;
    std::size_t waiting_count_ = 0;
};

/// A hash of a text, 64 bits, the same on every run.
[[nodiscard]] std::uint64_t hash_of(std::string_view text);

/// Tells which of many texts may have come before: of texts that ascend it keeps hashes only, and
/// puts them into a table when one does not.
class SeenTexts {
public:
    /// False: the text is new. True: it, or another one of the same hash, came before. The text
    /// must live until the next call.
    bool add(std::string_view text);
    /// The text of the last call is kept, because its bytes go.
    void keep_last() { last_ = kept_ = std::string(last_); }

private:
    bool insert(std::uint64_t hash);
    std::string_view last_;  ///< the largest, while they ascend
    std::string kept_;
    bool ascend_ = true;
    std::vector<std::uint64_t> hashes_;  ///< of all, while they ascend
    std::vector<std::uint64_t> places_;  ///< of the table; 0: free
    std::size_t size_ = 0;
};

}  // namespace downline
