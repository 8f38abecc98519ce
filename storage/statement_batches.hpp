// A run's statements on their way into the table `statement`, some hundred at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <future>
#include <semaphore>
#include <span>
#include <vector>

#include "storage/database.hpp"
#include "storage/feed.hpp"
#include "storage/runs.hpp"
#include "storage/statements.hpp"

namespace downline {

struct NumberedStatement {
    std::int64_t number{};  ///< run × 2^32 + member
    Statement statement;
};

/// Makes all statements of a run, on a thread that is some batches ahead of who takes them.
class StatementBatches {
public:
    /// `members` in the order of their numbers, so that the tables grow at their ends; it outlives
    /// this, as do the others.
    StatementBatches(const Loaded& loaded, const RunResult& result, std::int64_t run,
                     const std::vector<MemberIndex>& members);
    ~StatementBatches();
    StatementBatches(const StatementBatches&) = delete;
    StatementBatches& operator=(const StatementBatches&) = delete;

    /// The next ones, until the next call; none after the last. What making them threw.
    std::span<const NumberedStatement> next();

private:
    /// Slots go round: the rows of a batch are filled again, with the memory that they have.
    struct Slot {
        std::vector<NumberedStatement> rows;
        std::size_t count = 0;
    };
    static constexpr std::size_t slot_count = 8;
    void make_all();
    void fill(Slot& slot);

    const Loaded& loaded_;
    std::int64_t run_;
    StatementMaker maker_;
    const std::vector<MemberIndex>& members_;
    std::size_t next_member_ = 0;
    std::array<Slot, slot_count> slots_;
    std::size_t taken_ = 0;  ///< batches that next() gave
    /// One more than there are slots: the destructor lets the maker go on whatever it waits for.
    std::counting_semaphore<slot_count + 1> free_{slot_count}, full_{0};
    std::atomic<bool> is_over_ = false;  ///< nobody takes any more
    std::future<void> making_;
};

/// Takes the statements of a run, in the order of their numbers.
class StatementSink {
public:
    virtual ~StatementSink() = default;
    virtual void take(std::span<const NumberedStatement> rows) = 0;
};

/// Puts the statements of one run into their tables.
class StatementFeed final : public StatementSink {
public:
    StatementFeed(Database& database, std::int64_t run);
    void take(std::span<const NumberedStatement> rows) override;

private:
    Feed statements_, lines_;
    std::vector<const NumberedStatement*> with_lines_;
};

}  // namespace downline
