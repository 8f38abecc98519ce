// Batches of a file, parsed on a thread that is some batches ahead of who takes them.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <semaphore>
#include <utility>

namespace downline {

template <typename Batch>
class ParseAhead {
public:
    /// The next batch; null after the last. Called by one thread at a time.
    using Parse = std::function<std::unique_ptr<Batch>()>;
    /// Without a thread of its own, next() parses.
    ParseAhead(Parse parse, bool has_thread) : parse_(std::move(parse)) {
        if (has_thread) parsing_ = std::async(std::launch::async, [this] { parse_all(); });
    }
    ~ParseAhead() {
        is_over_ = true;
        free_.release();
        if (parsing_.valid()) parsing_.wait();
    }
    ParseAhead(const ParseAhead&) = delete;
    ParseAhead& operator=(const ParseAhead&) = delete;

    /// The next batch; null after the last. What parsing it threw.
    std::unique_ptr<Batch> next() {
        if (!parsing_.valid()) return parse_();
        full_.acquire();
        std::unique_ptr<Batch> batch = std::move(slots_[taken_++ % slot_count]);
        if (!batch) parsing_.get();
        free_.release();
        return batch;
    }

private:
    static constexpr std::size_t slot_count = 4;

    /// Ends with a null, also where parsing fails.
    void parse_all() {
        for (std::size_t made = 0;; ++made) {
            free_.acquire();
            if (is_over_) return;
            std::unique_ptr<Batch>& slot = slots_[made % slot_count];
            try {
                slot = parse_();
            } catch (...) {
                full_.release();
                throw;
            }
            const bool is_last = !slot;
            full_.release();
            if (is_last) return;
        }
    }

    Parse parse_;
    std::array<std::unique_ptr<Batch>, slot_count> slots_;
    std::size_t taken_ = 0;
    /// One more than there are slots: the destructor lets the parser go on whatever it waits for.
    std::counting_semaphore<slot_count + 1> free_{slot_count}, full_{0};
    std::atomic<bool> is_over_ = false;  ///< nobody takes any more
    std::future<void> parsing_;
};

}  // namespace downline
