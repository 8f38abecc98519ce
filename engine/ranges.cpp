// Threads take ranges from the front until none is left: see the header.
#include "engine/ranges.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace downline {

std::uint32_t range_count_of(std::uint32_t count, unsigned thread_count) {
    return std::min(count, thread_count > 1 ? 1024U : 1U);
}

void in_ranges(std::uint32_t count, unsigned thread_count,
               const std::function<void(std::uint32_t, std::uint32_t, std::uint32_t)>& work) {
    const std::uint32_t range_count = range_count_of(count, thread_count);
    const auto bound = [&](std::uint64_t range) {
        return static_cast<std::uint32_t>(range * count / range_count);
    };
    std::vector<std::exception_ptr> failures(range_count);
    std::atomic<std::uint32_t> next{0};
    const auto take_ranges = [&] {
        for (std::uint32_t range = next++; range < range_count; range = next++) {
            try {
                work(range, bound(range), bound(range + 1ULL));
            } catch (...) {
                failures[range] = std::current_exception();
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 1; t < std::min(thread_count, range_count); ++t)
            threads.emplace_back(take_ranges);
        take_ranges();
    }
    for (const std::exception_ptr& failure : failures)
        if (failure) std::rethrow_exception(failure);
}

}  // namespace downline
