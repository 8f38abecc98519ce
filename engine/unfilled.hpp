// A list whose entries are written by several threads: it is made without a first pass of zeros, which
// one thread alone would write over memory that the others then write again.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace downline {

template <typename Entry>
struct UnfilledAllocator : std::allocator<Entry> {
    static_assert(std::is_trivially_copyable_v<Entry>);
    template <typename Other>
    struct rebind {
        using other = UnfilledAllocator<Other>;
    };
    /// Of an entry that nothing is said of: none.
    void construct(Entry*) noexcept {}
    template <typename... Values>
    void construct(Entry* place, Values&&... values) {
        std::construct_at(place, std::forward<Values>(values)...);
    }
};

/// REQUIRES of who makes one with a count: every entry is written before any is read.
template <typename Entry>
using UnfilledVector = std::vector<Entry, UnfilledAllocator<Entry>>;

}  // namespace downline
