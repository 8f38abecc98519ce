// A progress bar on standard error: on a terminal only, and only for work over a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace downline {

class Progress {
public:
    explicit Progress(std::string doing);
    ~Progress();  ///< wipes the line
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// May be called often: draws ten times a second at most.
    void update(std::uint64_t done, std::uint64_t total);

private:
    using Clock = std::chrono::steady_clock;
    std::string doing_;
    bool is_shown_;
    bool is_drawn_ = false;
    Clock::time_point next_draw_;
};

/// The same for work that cannot say how far it is: `computing 2026-10 … 3 s` while it lives.
class Waiting {
public:
    explicit Waiting(std::string doing);
    ~Waiting();  ///< wipes the line
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

private:
    std::mutex mutex_;
    std::condition_variable is_over_changed_;
    bool is_over_ = false;
    std::thread thread_;
};

/// The line for so much of the work: `importing  [#####.....]  50 %`.
[[nodiscard]] std::string progress_line(const std::string& doing, std::uint64_t done,
                                        std::uint64_t total);

}  // namespace downline
