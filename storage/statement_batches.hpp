// A run's statements on their way into the table `statement`, a thousand at a time.
#pragma once

#include <cstdint>
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

/// Makes all statements of a run. One thread at a time.
class StatementBatches {
public:
    /// `members` in the order of their numbers, so that the tables grow at their ends; it outlives
    /// this, as do the others.
    StatementBatches(const Loaded& loaded, const RunResult& result, std::int64_t run,
                     const std::vector<MemberIndex>& members);
    /// Fills `rows` anew; how many of them count is the result, 0 after the last batch.
    std::size_t next(std::vector<NumberedStatement>& rows);

private:
    const Loaded& loaded_;
    std::int64_t run_;
    StatementMaker maker_;
    const std::vector<MemberIndex>& members_;
    std::size_t next_ = 0;
};

/// Takes the statements of a run, in the order of their numbers.
class StatementSink {
public:
    virtual ~StatementSink() = default;
    virtual void take(const std::vector<NumberedStatement>& rows, std::size_t count) = 0;
};

/// Puts the statements of one run into their tables.
class StatementFeed final : public StatementSink {
public:
    StatementFeed(Database& database, std::int64_t run);
    void take(const std::vector<NumberedStatement>& rows, std::size_t count) override;

private:
    Feed statements_, lines_;
    std::vector<const NumberedStatement*> with_lines_;
};

}  // namespace downline
