// Drawn over itself with a carriage return and wiped at the end.
#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/log.hpp"

namespace downline {

Progress::Progress(std::string doing)
    : doing_(std::move(doing)),
      is_shown_(shows_progress()),
      next_draw_(Clock::now() + std::chrono::seconds(1)) {}

Progress::~Progress() {
    if (is_drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::uint64_t done, std::uint64_t total) {
    if (!is_shown_ || Clock::now() < next_draw_) return;
    next_draw_ = Clock::now() + std::chrono::milliseconds(100);
    is_drawn_ = true;
    std::fputs(fmt::format("\r{}\x1b[K", progress_line(doing_, done, total)).c_str(), stderr);
}

Waiting::Waiting(std::string doing) {
    if (!shows_progress()) return;
    thread_ = std::thread([this, doing = std::move(doing)] {
        std::unique_lock lock(mutex_);
        for (int seconds = 1;; ++seconds) {
            if (is_over_changed_.wait_for(lock, std::chrono::seconds(1), [&] { return is_over_; }))
                return;
            std::fputs(fmt::format("\r{} … {} s", doing, seconds).c_str(), stderr);
        }
    });
}

Waiting::~Waiting() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    is_over_changed_.notify_one();
    thread_.join();
    std::fputs("\r\x1b[K", stderr);
}

std::string progress_line(const std::string& doing, std::uint64_t done, std::uint64_t total) {
    if (total == 0) return doing + " …";
    constexpr std::uint64_t width = 30;
    const std::uint64_t part = std::min(done, total);
    const std::uint64_t filled = part * width / total;
    return fmt::format("{}  [{}{}] {:3} %", doing, std::string(filled, '#'),
                       std::string(width - filled, '.'), part * 100 / total);
}

}  // namespace downline
